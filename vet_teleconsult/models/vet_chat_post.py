from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError

from ..tools.room_error import get_room_error
from ..tools.text import drop_controls, is_client_key, text_to_html
from .mail_message import SHOWN_FIELDS
from .vet_chat_thread import WRITTEN_BY_PEOPLE

MAX_LENGTH = 10_000  # characters of one message
MAX_SHARED_MEDIA = 20
CHECKED = "vet_chat_author_is_checked"  # in the context
IS_CHECKED = object()  # Nobody outside of this process can put it there, whatever a client sends as its context.
NOTIFICATION_LAYOUT = "vet_teleconsult.chat_notification_layout"


class VetChat(models.Model):
    """How a message gets into a chat: from its page, from a room, by mail, from Odoo's own chatter, or as a file."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - ODOO'S OWN WAY === #

    def message_post(self, **kwargs):
        """Let people of the chat write in it; keep what others send by mail for the vets alone.

        :raises UserError: when the chat is locked for the author
        :raises AccessError: when files are put into a message by any other way than ours
        """
        self.ensure_one()
        is_checked = self._is_checked()
        if not is_checked and any(kwargs.get(name) for name in SHOWN_FIELDS):
            raise AccessError(self.env._("Files are put into a message on the chat's own page only."))
        if self.env.user.share and not is_checked and not self._is_from_gateway(kwargs):
            kwargs.update(message_type="comment", subtype_xmlid="mail.mt_comment", subtype_id=False)
        if not self._is_conversation(kwargs):
            return super().message_post(**kwargs)
        if not is_checked and (refusal := self._get_refusal_of(kwargs)):
            if kwargs["message_type"] == "comment":
                raise UserError(refusal)
            kwargs = self._prepare_kept_mail(kwargs)
        else:
            kwargs.setdefault("email_layout_xmlid", NOTIFICATION_LAYOUT)
        # Who answers once for a colleague is not told of everything from then on. What Odoo posts in answer, such as
        # that a vet is away, is its own.
        self = self._as_checked().with_context(mail_post_autofollow_author_skip=True)
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, **kwargs):
        """Let owners change what they wrote for as long as they may write.

        :param mail.message message: of this chat
        :raises UserError: when the chat is locked for whoever changes it
        """
        self.ensure_one()
        user = self.env.user
        if user.share and not self._is_checked() and (refusal := self._get_refusal(user.partner_id)):
            raise UserError(refusal)
        return super()._message_update_content(message, **kwargs)

    @api.model
    def _get_allowed_message_params(self):
        params = super()._get_allowed_message_params()
        # What an owner's browser asks Odoo's own routes to post is a message of the conversation, and nothing else.
        return params - {"message_type", "subtype_xmlid"} if self.env.user.share else params

    @api.model
    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | SHOWN_FIELDS

    def _is_checked(self):
        """Say whether our own code posts, which has found out who writes and whether they may."""
        return self.env.context.get(CHECKED) is IS_CHECKED

    def _as_checked(self):
        """Let our own code post for somebody who could not by a route of Odoo's.

        :rtype: vet.chat
        """
        return self.with_context(**{CHECKED: IS_CHECKED})

    def _is_from_gateway(self, post_values):
        # Routes of Odoo's post with superuser rights too, but for owners comments only.
        return self.env.su and post_values.get("message_type") == "email"

    def _is_conversation(self, post_values):
        subtype_id = post_values.get("subtype_id")
        if xmlid := post_values.get("subtype_xmlid"):
            subtype_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        return post_values.get("message_type") in WRITTEN_BY_PEOPLE and subtype_id == self.env.ref("mail.mt_comment").id

    def _get_refusal_of(self, post_values):
        """Say why a message may not be posted, if it may not.

        :param dict post_values: as for ``message_post``
        :rtype: str | None
        """
        author_id, _email = self._message_compute_author(post_values.get("author_id"), post_values.get("email_from"))
        author = self.env["res.partner"].browse(author_id)
        user = self.env.user
        # The gateway knows the author of a mail by their address, which several partners may have.
        if user.share and not self._is_from_gateway(post_values) and author != user.partner_id:
            return self.env._("You can write in your own name only.")
        return self._get_refusal(author)

    def _get_refusal(self, author):
        """Say why somebody may not write in the chat, if they may not.

        Note: self.ensure_one()

        :param res.partner author: who writes; empty for an address that nobody is known by
        :rtype: str | None
        """
        self.ensure_one()
        if self._is_staff(author):
            return None
        # sudo: whose chat it is, for an author who may not read partners
        if not author or author.sudo().commercial_partner_id != self.sudo().partner_id.commercial_partner_id:
            return self.env._("Only the owner and the clinic can write in this chat.")
        if self.state == "locked":
            return self.env._("The clinic has closed this chat. Please call, or book a consultation.")
        if self.sudo().is_draft:  # sudo: as above
            return self.env._("This booking is not finished: nobody would read your message yet.")
        return None

    def _prepare_kept_mail(self, post_values):
        """Turn a mail that does not belong into the conversation into a note, of which the chat's vet is told.

        :param dict post_values: of the mail
        :rtype: dict
        """
        # sudo: whom to tell, for a mail that nobody's rights stand behind
        vet_partner = self.sudo().vet_id.partner_id
        return {
            **post_values,
            "subtype_xmlid": "mail.mt_note",
            "subtype_id": False,
            "partner_ids": vet_partner.ids,
        }

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message in self._filter_visible(message):
            self._take_note(message)
            self._notify_message(message)
        return result

    def _take_note(self, message):
        """Keep what a message changes: the clinic has answered, or the owner waits for an answer.

        :param mail.message message: a visible one, just posted
        """
        # sudo: owners write, but have no right on the chat itself
        chat_sudo = self.sudo()
        now = fields.Datetime.now()
        author_sudo = message.sudo().author_id
        values = {"last_message_at": now, "last_message_id": message.id}
        if self._is_staff(author_sudo):
            if chat_sudo.waiting_since:
                values["waiting_since"] = False
        else:
            if not chat_sudo.waiting_since and not self._is_everyone_present():
                values["waiting_since"] = now
            # In a locked chat too: a file that was on its way has come, and somebody has to look at it.
            if chat_sudo.ended_at:
                values["ended_at"] = False
        chat_sudo.write(values)
        media_sudo = message.sudo().vet_media_ids
        media_sudo.filtered(lambda file: not file.message_id and file.chat_id == self).message_id = message
        if author_sudo:
            self._advance_read_mark(author_sudo, message)

    # === BUSINESS METHODS - PAGES === #

    def _post_message(self, participant, body, client_key, media_ids=None):
        """Post what a participant wrote on a page; the same key again posts nothing new.

        The key makes the message's Message-Id (RFC 5322), by which a repeated one is found.

        Note: self.ensure_one()

        :param dict participant: who wrote
        :param str body: plain text
        :param str client_key: made by the page, unique for the message
        :param list[int] media_ids: files of the patient that are in the store already, from a vet
        :return: the message as the page shows it
        :rtype: dict
        :raises RoomError: when the chat is locked for the participant, or of an unfinished booking
        :raises UserError: when the message cannot be taken
        """
        self.ensure_one()
        media_sudo = self._check_shared_media(participant, media_ids)
        body = self._check_body(body, optional=bool(media_sudo))
        if not is_client_key(client_key):
            raise UserError(self.env._("The message could not be taken. Reload the page and send it again."))

        def check_open():
            if participant["role"] != "vet" and self.state == "locked":
                raise get_room_error(self.env, "chat_locked")
            if participant["role"] != "vet" and self.sudo().is_draft:  # sudo: by link there is no user
                raise get_room_error(self.env, "draft_chat")

        message_sudo = self._post_once(
            participant["partner"],
            text_to_html(body) if body else "",
            self._get_message_id(participant["id"], client_key),
            media_sudo,
            check_open,
        )
        return self._format_messages(message_sudo, participant)[0]

    def _check_body(self, body, optional):
        body = drop_controls(body).strip() if isinstance(body, str) else ""
        if not body and not optional:
            raise UserError(self.env._("Write something first."))
        if len(body) > MAX_LENGTH:
            raise UserError(
                self.env._(
                    "The message is too long: %(length)s characters. Send it in parts of at most %(limit)s.",
                    length=len(body),
                    limit=MAX_LENGTH,
                )
            )
        return body

    def _check_shared_media(self, participant, media_ids):
        """Find the files that a vet puts into a message.

        :param dict participant: who writes
        :param list[int] media_ids: identifiers from a page
        :rtype: vet.media
        :raises UserError: when one is not a ready file of this patient
        """
        media_model = self.env["vet.media"]
        if not media_ids:
            return media_model.sudo()
        is_list = isinstance(media_ids, list) and all(self._to_positive(number) for number in media_ids)
        media = media_model
        if participant["role"] == "vet" and is_list and len(media_ids) <= MAX_SHARED_MEDIA:
            domain = [("id", "in", media_ids), ("patient_id", "=", self.patient_id.id), ("state", "=", "ready")]
            media = media_model.search(domain, order="id")
        if len(media) != len(media_ids):
            raise UserError(self.env._("A file cannot be sent: it is not a ready one of this patient."))
        # sudo: files are changed by the system; the vet may read each of these
        return media.sudo()

    def _post_media(self, media, body, author, message_id):
        """Make the message that a file comes with. It is taken in a locked chat too: it was on its way.

        Note: self.ensure_one()

        :param vet.media media: a file of this chat
        :param Markup body: what its sender wrote to it, or an empty text
        :param res.partner author: its sender
        :param str message_id: Message-Id (RFC 5322) that stands for the file
        :return: the message, with superuser rights
        :rtype: mail.message
        """
        self.ensure_one()
        return self._post_once(author, body, message_id, media)

    def _post_once(self, author, body, message_id, media, check=None, **values):
        """Post a message unless it was posted before.

        :param res.partner author: who wrote
        :param Markup body: may be empty when there are files
        :param str message_id: Message-Id (RFC 5322), the same for the same message
        :param vet.media media: what it shows
        :param check: called before a new message is posted, to raise what forbids it
        :param values: other fields of the message
        :return: the message, with superuser rights
        :rtype: mail.message
        """
        # sudo: participants by link have no user; who may write was checked by the link or by the vet's rights
        chat_sudo = self.sudo()
        chat_sudo._lock_row()
        domain = [("model", "=", self._name), ("res_id", "=", self.id), ("message_id", "=", message_id)]
        if message_sudo := chat_sudo.message_ids.search(domain, limit=1):
            return message_sudo
        if check:
            check()
        return chat_sudo._as_checked().message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=author.id,
            message_id=message_id,
            vet_media_ids=[fields.Command.link(media_id) for media_id in media.ids],
            **values,
        )

    def _get_message_id(self, participant, client_key):
        # The key comes from outside: only characters of a Message-Id's left part may get in (RFC 5322, 3.2.3).
        key = "".join(character if character.isalnum() and character.isascii() else "-" for character in client_key)
        # sudo: the database's uuid is a config parameter
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"<vet-chat-{self.id}-{participant}-{key}@{database}>"

    def _lock_row(self):
        """Let one change the chat at a time, so that what is sent or pressed twice at once is found the second time.

        :raises ConcurrencyError: when another transaction does; the request starts again by itself
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise ConcurrencyError(str(error)) from error
        self.invalidate_recordset(["vet_id", "state", "ended_at", "waiting_since"])

    def _is_everyone_present(self):
        """Say whether both sides talk to each other in a room right now.

        :rtype: bool
        """
        # sudo: owners may not read who is in the room
        return any(
            consultation.owner_present and consultation.vet_present and consultation._is_open()
            for consultation in self.sudo().consultation_ids
        )
