import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from .vet_consultation import OPEN_STATES

VALIDITY_PARAMETER = "vet_teleconsult.link_validity_days"
DEFAULT_VALIDITY = 7  # days after the scheduled time


class VetConsultation(models.Model):
    """The owner's link to the room: whoever has it is the owner, until it expires or is revoked."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    room_token = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self._generate_token(),
        groups="vet_teleconsult.group_veterinarian",
    )
    room_token_expiration = fields.Datetime(
        string="Link Valid Until",
        compute="_compute_room_token_expiration",
        store=True,
        readonly=False,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
    )
    room_token_revoked_at = fields.Datetime(
        string="Link Revoked", readonly=True, copy=False, groups="vet_teleconsult.group_veterinarian"
    )
    room_url = fields.Char(
        string="Owner's Room Link", compute="_compute_room_url", groups="vet_teleconsult.group_veterinarian"
    )
    link_state = fields.Selection(
        [("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")],
        compute="_compute_link_state",
        compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.model
    def _generate_token(self):
        return secrets.token_urlsafe(32)

    @api.model
    def _get_link_validity(self):
        """Return how long after the appointment a link opens the room.

        :rtype: timedelta
        """
        # sudo: a config parameter that decides about a link which the current user may make
        days = self.env["ir.config_parameter"].sudo().get_param(VALIDITY_PARAMETER)
        return timedelta(days=int(days) if days and days.isdigit() and int(days) else DEFAULT_VALIDITY)

    @api.depends("scheduled_at")
    def _compute_room_token_expiration(self):
        validity = self._get_link_validity()
        for consultation in self:
            start = max(consultation.scheduled_at or fields.Datetime.now(), fields.Datetime.now())
            consultation.room_token_expiration = start + validity

    @api.depends("room_token")
    def _compute_room_url(self):
        for consultation in self:
            record = consultation._origin
            has_link = record.id and record.room_token
            consultation.room_url = record.get_base_url() + record._get_room_path() if has_link else False

    def _get_room_path(self):
        """Give the path of the owner's page.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return f"/vet/room/{self.id}/{self.room_token}"

    @api.depends("room_token_expiration", "room_token_revoked_at")
    def _compute_link_state(self):
        now = fields.Datetime.now()
        for consultation in self:
            if consultation.room_token_revoked_at:
                consultation.link_state = "revoked"
            elif consultation.room_token_expiration and consultation.room_token_expiration <= now:
                consultation.link_state = "expired"
            else:
                consultation.link_state = "valid"

    # === ACTION METHODS === #

    def action_revoke_owner_link(self):
        """Make the owner's link worthless at once, also for a page that is open.

        The room gets a new key, so that nothing that was issued for the old one opens it again.
        """
        self._check_responsible()
        self._end_room("revoked")
        for consultation in self:
            consultation.write({"room_token_revoked_at": fields.Datetime.now(), **consultation._prepare_new_room()})
        return True

    def action_renew_owner_link(self):
        """Make a new link for the owner; every older one is worthless from now on."""
        self._check_responsible()
        # Whoever came in by the old link goes out; the vet's page comes back by itself.
        self.filtered(lambda consultation: consultation.link_state != "revoked").action_revoke_owner_link()
        for consultation in self:
            consultation.write({"room_token": self._generate_token(), "room_token_revoked_at": False})
        self._extend_links()
        return True

    def _extend_links(self):
        """Let the links live for the usual time from now, or from the appointment when that is later."""
        self._compute_room_token_expiration()

    def action_send_owner_link(self):
        """Mail the owner the link to the room, to their own address only."""
        self.check_access("read")
        template = self.env.ref("vet_teleconsult.mail_template_room_link")
        for consultation in self:
            # sudo: an owner asks for it on a portal page too, who may not read the link there
            consultation_sudo = consultation.sudo()
            consultation_sudo._check_open()
            if not consultation_sudo.partner_id.email:
                raise UserError(
                    self.env._(
                        "%(owner)s has no e-mail address. Enter one, or copy the link.",
                        owner=consultation_sudo.partner_id.name,
                    )
                )
            if consultation_sudo.link_state != "valid":
                raise UserError(self.env._("The owner's link is revoked or expired. Renew it first."))
            # sudo: the template reads the link for whoever sends it. The mail belongs to no record, so that the link
            # does not stand among its messages.
            template.sudo().send_mail(consultation.id, email_values={"model": False, "res_id": False})
            consultation_sudo.message_post(
                body=self.env._("Room link sent to %(email)s.", email=consultation_sudo.partner_id.email)
            )
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_room_token(self, consultation_id, token):
        """Find the consultation that a link opens, whatever state the link is in.

        The comparison takes the same time whether the consultation exists, the token is wrong or right.

        :param int consultation_id: identifier in the link
        :param str token: token in the link
        :return: the consultation with superuser rights, or none
        :rtype: vet.consultation
        """
        # sudo: whoever holds the token is the owner; there is no user to check rights with
        consultation_sudo = self.sudo().browse(consultation_id).exists()
        expected = consultation_sudo.room_token or self._generate_token()
        is_right = consteq(self._hash_token(expected), self._hash_token(token))
        return consultation_sudo if consultation_sudo and is_right else self.browse()

    @api.model
    def _hash_token(self, token):
        return hashlib.sha256(str(token).encode()).hexdigest()

    def _get_link_problem(self):
        """Say why a right token does not open the room at present.

        Note: self.ensure_one()

        :return: ``link_revoked``, ``link_expired``, ``cancelled``, ``finished``, or None
        :rtype: str | None
        """
        self.ensure_one()
        if self.link_state == "revoked":
            return "link_revoked"
        if self.state in ("cancelled", "no_show"):
            return "cancelled"
        if self.link_state == "expired" and not self._is_under_way():
            return "link_expired"
        return "finished" if self.state == "done" else None

    def _is_under_way(self):
        """Say whether the consultation goes on right now: nobody is thrown out of it by a link's last day.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        began_lately = self.started_at and fields.Datetime.now() - self.started_at < timedelta(days=1)
        return self.state == "in_progress" and bool(self.owner_present or began_lately)

    def _get_owner_channel(self):
        """Name the part of the consultation's bus channel that holders of the present link listen to.

        Made of the token, so that nobody who has an older link hears anything.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: the name is made of the token, and does not give it away
        consultation_sudo = self.sudo()
        token = f"{consultation_sudo.room_token} {consultation_sudo.room_token_revoked_at or ''}"
        return "owner_" + self._hash_token(token)[:32]

    def _is_open(self):
        """Say whether the consultation is not over yet.

        :rtype: bool
        """
        return self.state in OPEN_STATES
