from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError

from ..tools import protocol
from ..tools.text import html_to_text, text_to_html

MAX_LENGTH = 10_000  # characters of one message
MAX_KEY_LENGTH = 64
MESSAGE_LIMIT = 500
WRITTEN_BY_PEOPLE = ("comment", "email")


class VetChat(models.Model):
    """A conversation about a patient: its messages are ``mail.message`` records, live in the room, kept afterwards."""

    _name = "vet.chat"
    _description = "Chat"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "last_message_at desc nulls last, id desc"
    _rec_names_search = ["patient_id.name", "partner_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"

    # === FIELDS === #

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    patient_id = fields.Many2one(
        "vet.patient", required=True, index=True, check_company=True, ondelete="restrict", tracking=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    vet_id = fields.Many2one(
        "res.users",
        string="Responsible Vet",
        index=True,
        check_company=True,
        ondelete="restrict",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("vet_teleconsult.group_veterinarian").ids)],
        tracking=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("locked", "Locked")],
        required=True,
        default="open",
        copy=False,
        tracking=True,
        help="Locked: the owner can read, and not write.",
    )
    consultation_ids = fields.One2many("vet.consultation", "chat_id", string="Consultations")
    reply_due_at = fields.Datetime(string="Reply Due", copy=False, tracking=True)
    last_message_at = fields.Datetime(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("patient_id.name", "partner_id.name")
    def _compute_name(self):
        for chat in self:
            # sudo: the owner's name, of a chat that the reader may see
            names = (chat.patient_id.sudo().name, chat.partner_id.sudo().name)
            chat.name = " · ".join(filter(None, names))

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for chat in self:
            # sudo: only which consultation to open; its page checks access itself
            consultation_sudo = chat.sudo().consultation_ids[:1]
            chat.access_url = consultation_sudo.access_url or "/my"
        return result

    def _get_share_url(self, *args, **kwargs):
        """Lead to the page of the chat's consultation, with the token of that page."""
        # sudo: only which page to open
        consultation_sudo = self.sudo().consultation_ids[:1]
        if consultation_sudo:
            return consultation_sudo._get_share_url(*args, **kwargs)
        return super()._get_share_url(*args, **kwargs)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        chats = super().create(vals_list)
        for chat in chats:
            chat.message_subscribe(partner_ids=(chat.partner_id | chat.vet_id.partner_id).ids)
        return chats

    def write(self, vals):
        former_owners = {chat: chat.partner_id for chat in self} if "partner_id" in vals else {}
        result = super().write(vals)
        for chat, former_owner in former_owners.items():
            chat.message_unsubscribe(partner_ids=(former_owner - chat.partner_id).ids)
        if "vet_id" in vals or "partner_id" in vals:
            for chat in self:
                chat.message_subscribe(partner_ids=(chat.partner_id | chat.vet_id.partner_id).ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(chat._has_content() for chat in self):
            raise UserError(
                self.env._("A chat with messages or files belongs to the patient's record: it cannot be deleted.")
            )

    def _has_content(self):
        """Say whether somebody wrote or put something here.

        :rtype: bool
        """
        # Messages go before their chat when it is deleted; the time of the last one stays.
        return bool(
            self.last_message_at
            or self._get_messages(limit=1)
            or self.env["vet.media"].sudo().search_count([("chat_id", "=", self.id)], limit=1)
        )

    # === ACTION METHODS === #

    def action_lock(self):
        """Stop the owner from writing."""
        self.write({"state": "locked"})
        self.consultation_ids._notify_room()
        return True

    def action_unlock(self):
        """Let the owner write again."""
        self.write({"state": "open"})
        self.consultation_ids._notify_room()
        return True

    # === BUSINESS METHODS - POSTING === #

    def message_post(self, **kwargs):
        """Refuse what an owner writes in a locked chat; mail from outside is kept for the vets alone.

        :raises UserError: when the chat is locked for the author
        """
        self.ensure_one()
        message_type = kwargs.get("message_type")
        if self.state == "locked" and message_type in WRITTEN_BY_PEOPLE:
            author_id, _email = self._message_compute_author(kwargs.get("author_id"), kwargs.get("email_from"))
            if not self._is_staff(self.env["res.partner"].browse(author_id)):
                if message_type == "comment":
                    raise UserError(self.env._("The clinic has closed this chat. Please call, or book a consultation."))
                kwargs.update(subtype_xmlid="mail.mt_note", subtype_id=False)
        return super().message_post(**kwargs)

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message in self._filter_visible(message):
            # sudo: owners write, but have no right on the chat itself
            self.sudo().last_message_at = message.date
            payload = self._format_message(message)
            # Everyone decides by themselves whether a message is theirs: all get the same.
            payload.pop("mine")
            self.sudo().consultation_ids._send_to_room("vet_teleconsult/message", {"message": payload})
        return result

    def _post_from_room(self, participant, body, client_key):
        """Post what a participant wrote in the room; the same key again posts nothing new.

        The key makes the message's Message-Id (RFC 5322), by which a repeated one is found.

        Note: self.ensure_one()

        :param dict participant: who wrote
        :param str body: plain text
        :param str client_key: made by the page, unique for the message
        :return: the message as the page shows it
        :rtype: dict
        :raises UserError: when the chat is locked, or the message cannot be taken
        """
        self.ensure_one()
        body = body.strip() if isinstance(body, str) else ""
        if not body:
            raise UserError(self.env._("Write something first."))
        if len(body) > MAX_LENGTH:
            raise UserError(
                self.env._(
                    "The message is too long: %(length)s characters. Send it in parts of at most %(limit)s.",
                    length=len(body),
                    limit=MAX_LENGTH,
                )
            )
        if not isinstance(client_key, str) or not client_key.strip() or len(client_key) > MAX_KEY_LENGTH:
            raise UserError(self.env._("The message could not be taken. Reload the page and send it again."))
        message_id = self._get_message_id(participant["id"], client_key)
        # sudo: participants by link have no user; who may write was checked by the link or by the vet's rights
        chat_sudo = self.sudo()
        chat_sudo._lock_for_post()
        message_sudo = chat_sudo.message_ids.search(
            [("model", "=", self._name), ("res_id", "=", self.id), ("message_id", "=", message_id)], limit=1
        )
        if not message_sudo:
            message_sudo = chat_sudo.with_context(mail_post_autofollow=False).message_post(
                body=text_to_html(body),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=participant["partner"].id,
                message_id=message_id,
                notify_skip_followers=self._is_everyone_present(),
            )
        return self._format_message(message_sudo, participant["id"])

    def _get_message_id(self, participant, client_key):
        # The key comes from outside: only characters of a Message-Id's left part may get in (RFC 5322, 3.2.3).
        key = "".join(character if character.isalnum() and character.isascii() else "-" for character in client_key)
        # sudo: the database's uuid is a config parameter
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"<vet-chat-{self.id}-{participant}-{key}@{database}>"

    def _lock_for_post(self):
        """Let one participant post at a time, so that a message sent twice at once is found the second time.

        :raises ConcurrencyError: when another transaction posts; the request starts again by itself
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise ConcurrencyError(str(error)) from error

    def _is_everyone_present(self):
        """Say whether both sides read along in the room, so that no mail has to tell them.

        :rtype: bool
        """
        # sudo: owners may not read who is in the room
        return any(
            consultation.owner_present and consultation.vet_present and consultation._is_open()
            for consultation in self.sudo().consultation_ids
        )

    # === BUSINESS METHODS - READING === #

    def _get_messages(self, after_id=0, limit=MESSAGE_LIMIT):
        """Give what people wrote, oldest first: at most the last ones.

        Note: self.ensure_one()

        :param int after_id: only messages that came after this one
        :param int limit: how many at most
        :rtype: mail.message
        """
        self.ensure_one()
        # sudo: participants by link have no user; who may read was checked by the link or by the vet's rights
        messages_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", WRITTEN_BY_PEOPLE),
                    ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
                    ("is_internal", "=", False),
                    ("id", ">", after_id),
                ],
                order="id desc" if not after_id else "id",
                limit=limit,
            )
        )
        return messages_sudo.sorted("id")

    def _filter_visible(self, messages):
        comment = self.env.ref("mail.mt_comment")
        return messages.sudo().filtered(
            lambda message: (
                message.message_type in WRITTEN_BY_PEOPLE and message.subtype_id == comment and not message.is_internal
            )
        )

    def _format_messages(self, messages, reader):
        """Describe messages for a participant's page.

        :param mail.message messages: visible ones of this chat
        :param str reader: the participant who reads
        :rtype: list[dict]
        """
        return [self._format_message(message, reader) for message in messages]

    def _format_message(self, message, reader=None):
        """Describe a message for a participant's page.

        :param mail.message message: a visible one of this chat
        :param str reader: the participant who reads, or None
        :rtype: dict
        """
        # sudo: the author's name and kind, of a message that the reader may see
        author_sudo = message.sudo().author_id
        role, author_key = self._get_author(author_sudo)
        return {
            "id": message.id,
            "author": author_sudo.name or message.email_from or "",
            "author_key": author_key,
            "mine": author_key is not None and author_key == reader,
            "role": role,
            "body": html_to_text(message.body),
            "date": protocol.format_time(message.date),
        }

    def _get_author(self, author_sudo):
        """Say in which role somebody wrote, and with which identifier they stand in the room.

        :param res.partner author_sudo: author of a message
        :return: role and identifier
        :rtype: tuple[str, str | None]
        """
        staff = self._is_staff(author_sudo)
        if staff:
            return "vet", f"vet-{staff[:1].id}"
        return ("owner", f"owner-{author_sudo.id}") if author_sudo else ("system", None)

    def _is_staff(self, partner):
        """Give the internal users of a partner: somebody of the clinic, not an owner.

        :param res.partner partner: somebody
        :rtype: res.users
        """
        # sudo: whether somebody is of the clinic, for people who may not read users
        return partner.sudo().user_ids.filtered(lambda user: not user.share)
