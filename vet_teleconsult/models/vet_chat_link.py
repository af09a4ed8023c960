import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, consteq


class VetChat(models.Model):
    """The owner's link to the chat: whoever has it reads and writes as the owner, until the clinic renews it."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited
    # What Odoo signs for people without a login goes by the link, and is worthless as soon as that is.
    _mail_post_token_field = "link_token"

    # === FIELDS === #

    link_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._generate_link_token(),
        groups="vet_teleconsult.group_veterinarian",
    )
    former_link_hashes = fields.Json(
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="By which a withdrawn link is told from a wrong one: SHA-256 of each, in hexadecimal digits.",
    )
    link_url = fields.Char(
        string="Owner's Link", compute="_compute_link_url", groups="vet_teleconsult.group_veterinarian"
    )

    def _init_column(self, column_name):
        """Give each chat of an older version a link of its own: a default would give all the same."""
        if column_name == "link_token":
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET link_token = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"
                    " WHERE link_token IS NULL",
                    SQL.identifier(self._table),
                )
            )
        else:
            super()._init_column(column_name)

    # === COMPUTE METHODS === #

    @api.model
    def _generate_link_token(self):
        return secrets.token_urlsafe(32)

    @api.depends("link_token")
    def _compute_link_url(self):
        for chat in self:
            record = chat._origin
            chat.link_url = record.get_base_url() + record._get_link_path() if record.id else False

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for chat in self:
            chat.access_url = f"/vet/chat/{chat.id}"
        return result

    # === ACTION METHODS === #

    def action_send_link(self):
        """Mail the owner the link to the chat, to their own address only."""
        self.check_access("read")
        template = self.env.ref("vet_teleconsult.mail_template_chat_link")
        for chat in self:
            if not chat.partner_id.email:
                raise UserError(
                    self.env._(
                        "%(owner)s has no e-mail address. Enter one, or copy the link.", owner=chat.partner_id.name
                    )
                )
            # sudo: the template reads the link for whoever sends it. The mail belongs to no record, so that the link
            # does not stand among its messages.
            template.sudo().send_mail(chat.id, email_values={"model": False, "res_id": False})
            chat._as_checked().message_post(
                body=self.env._("Link to the chat sent to %(email)s.", email=chat.partner_id.email)
            )
        return True

    def action_renew_link(self):
        """Make a new link for the owner; every older one is worthless from now on, also on a page that is open."""
        self._check_responsible()
        self._rotate_link()
        for chat in self:
            chat._as_checked().message_post(
                body=self.env._("The owner's link was renewed: older ones no longer open the chat.")
            )
        return True

    # === BUSINESS METHODS === #

    def _rotate_link(self):
        """Withdraw the owner's link and make another."""
        # sudo: whoever may change the chat's owner need not be allowed to read links
        for chat_sudo in self.sudo():
            chat_sudo.write(
                {
                    "link_token": self._generate_link_token(),
                    "former_link_hashes": [
                        *(chat_sudo.former_link_hashes or []),
                        self._hash_link_token(chat_sudo.link_token),
                    ],
                }
            )

    def _get_link_path(self):
        """Give the path of the owner's page.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return f"/vet/chat/{self.id}/{self.link_token}"

    @api.model
    def _find_by_link(self, chat_id, token):
        """Find the chat that a link opens.

        The comparison takes the same time whether the chat exists, the token is wrong or right.

        :param int chat_id: identifier in the link
        :param str token: token in the link
        :return: the chat with superuser rights, or none
        :rtype: vet.chat
        """
        # sudo: whoever holds the token is the owner; there is no user to check rights with
        chat_sudo = self.sudo().browse(chat_id).exists()
        expected = chat_sudo.link_token or self._generate_link_token()
        is_right = consteq(self._hash_link_token(expected), self._hash_link_token(token))
        return chat_sudo if chat_sudo and is_right else self.browse()

    @api.model
    def _is_withdrawn_link(self, chat_id, token):
        """Say whether a link opened the chat once and was withdrawn since.

        :param int chat_id: identifier in the link
        :param str token: token in the link
        :rtype: bool
        """
        # sudo: as above; the answer says nothing that the bearer did not know
        former = self.sudo().browse(chat_id).exists().former_link_hashes or []
        return self._hash_link_token(token) in former

    @api.model
    def _hash_link_token(self, token):
        return hashlib.sha256(str(token).encode()).hexdigest()

    def _sign_token(self, pid):
        # sudo: Odoo signs for recipients of a mail, whoever causes it; the signature does not give the token away
        return super(VetChat, self.sudo())._sign_token(pid)

    def _get_share_url(self, *args, **kwargs):
        """Lead to the page without any token: a link with one is mailed by its own button, and nowhere else."""
        self.ensure_one()
        return self.access_url
