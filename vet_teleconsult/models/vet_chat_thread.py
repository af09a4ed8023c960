import re

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import protocol
from ..tools.text import html_to_text

MESSAGE_LIMIT = 500
PAGE_LIMIT = 100
FIRST_PAGE = 50
WRITTEN_BY_PEOPLE = ("comment", "email")
CLIENT_KEY = re.compile(r"<vet-chat-\d+-(?:vet|owner)-\d+-(?P<key>[\w-]+)@")


class VetChat(models.Model):
    """What stands in a chat and who has read it: messages page by page, read marks, what a page shows of each."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - READING === #

    def _get_visible_domain(self):
        """Return which messages people wrote to each other in these chats; notes of the clinic are none of them.

        :rtype: Domain
        """
        return (
            Domain("model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("message_type", "in", WRITTEN_BY_PEOPLE)
            & Domain("subtype_id", "=", self.env.ref("mail.mt_comment").id)
            & Domain("is_internal", "=", False)
        )

    def _get_messages(self, before_id=0, after_id=0, limit=MESSAGE_LIMIT):
        """Give what people wrote, oldest first: the last ones, those before one, or those after one.

        Note: self.ensure_one()

        :param int before_id: only messages that came before this one
        :param int after_id: only messages that came after this one: the first of them, not the last
        :param int limit: how many at most
        :rtype: mail.message
        """
        self.ensure_one()
        domain = self._get_visible_domain()
        if before_id:
            domain &= Domain("id", "<", before_id)
        if after_id:
            domain &= Domain("id", ">", after_id)
        # sudo: participants by link have no user; who may read was checked by the link or by the vet's rights
        messages_sudo = self.env["mail.message"].sudo()
        return messages_sudo.search(domain, order="id" if after_id else "id desc", limit=limit).sorted("id")

    def _get_page(self, before_id, after_id, limit, participant):
        """Give one page of the thread. Its cost does not depend on how much was ever written.

        Note: self.ensure_one()

        :param int before_id: the oldest message that the page has, to get older ones; or None
        :param int after_id: the youngest message that the page has, to get younger ones; or None
        :param int limit: how many messages at most, not above 100
        :param dict participant: who reads
        :return: ``messages``, oldest first, and whether there are ``more`` in that direction
        :rtype: dict
        """
        self.ensure_one()
        before_id, after_id = (self._to_positive(value) for value in (before_id, after_id))
        limit = min(self._to_positive(limit) or FIRST_PAGE, PAGE_LIMIT)
        messages = self._get_messages(before_id=before_id, after_id=after_id, limit=limit + 1)
        more = len(messages) > limit
        if more:
            messages = messages[:limit] if after_id else messages[-limit:]
        return {"messages": self._format_messages(messages, participant), "more": more}

    def _to_positive(self, value):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return value if is_number and 0 < value < 2**31 else 0

    def _filter_visible(self, messages):
        comment = self.env.ref("mail.mt_comment")
        return messages.sudo().filtered(
            lambda message: (
                message.message_type in WRITTEN_BY_PEOPLE and message.subtype_id == comment and not message.is_internal
            )
        )

    # === BUSINESS METHODS - FORMATTING === #

    def _format_messages(self, messages, participant):
        """Describe messages for a participant's page.

        :param mail.message messages: visible ones of this chat
        :param dict participant: who reads: ``id`` and ``role`` at least
        :rtype: list[dict]
        """
        # sudo: authors, attachments and files of messages that the reader may see
        messages_sudo = messages.sudo()
        documents_sudo = messages_sudo._get_vet_documents()
        return [
            {
                **self._format_message(message_sudo, participant),
                "document": self._format_document(documents_sudo[message_sudo], participant)
                if message_sudo in documents_sudo
                else None,
            }
            for message_sudo in messages_sudo
        ]

    def _format_message(self, message_sudo, participant):
        author_sudo = message_sudo.author_id
        role, author_key = self._get_author(author_sudo)
        values = {
            "id": message_sudo.id,
            "author": author_sudo.name or message_sudo.email_from or "",
            "author_key": author_key,
            "mine": author_key is not None and author_key == participant["id"],
            "role": role,
            "body": html_to_text(message_sudo.body, without_quotes=message_sudo.message_type == "email"),
            "date": protocol.format_time(message_sudo.date),
            "media": [media_sudo._format(participant, self) for media_sudo in message_sudo.vet_media_ids],
            "attachments": [self._format_attachment(attachment) for attachment in message_sudo.attachment_ids],
        }
        if key := CLIENT_KEY.match(message_sudo.message_id or ""):
            values["client_key"] = key["key"]
        return values

    def _format_attachment(self, attachment_sudo):
        token = attachment_sudo._get_raw_access_token()
        return {
            "id": attachment_sudo.id,
            "name": attachment_sudo.name,
            "mimetype": attachment_sudo.mimetype,
            "size": attachment_sudo.file_size,
            # Downloaded, never shown in the clinic's address: it came by mail from anywhere.
            "url": f"/web/content/{attachment_sudo.id}?download=true&access_token={token}",
        }

    def _get_author(self, author_sudo):
        """Say in which role somebody wrote, and with which identifier they take part.

        :param res.partner author_sudo: author of a message
        :return: role and identifier
        :rtype: tuple[str, str | None]
        """
        staff = self._is_staff(author_sudo)
        if staff:
            return "vet", f"vet-{staff[:1].id}"
        return ("owner", f"owner-{author_sudo.id}") if author_sudo else ("system", None)

    def _is_staff(self, partner):
        """Give the internal users of a partner, former ones too: somebody of the clinic, not an owner.

        :param res.partner partner: somebody
        :rtype: res.users
        """
        # sudo: whether somebody is of the clinic, for people who may not read users
        return partner.sudo().with_context(active_test=False).user_ids.filtered(lambda user: not user.share)

    # === BUSINESS METHODS - READ MARKS === #

    def _mark_read(self, participant, message_id):
        """Note up to where somebody has read, and tell the others.

        Note: self.ensure_one()

        :param dict participant: who reads
        :param int message_id: the youngest message that they saw
        :return: nothing that a page needs
        :rtype: dict
        """
        self.ensure_one()
        message_sudo = self.env["mail.message"].sudo().browse(self._to_positive(message_id)).exists()
        if (message_sudo.model, message_sudo.res_id) != (self._name, self.id):
            return {}
        if record := self._advance_read_mark(participant["partner"], message_sudo):
            self._notify_read(participant, record)
            self._close_inbox_notifications(participant["partner"], message_sudo)
        return {}

    def _advance_read_mark(self, partner, message):
        """Move somebody's read mark forward, never back.

        :param res.partner partner: who reads
        :param mail.message message: of this chat
        :return: their record when the mark has moved, else none
        :rtype: vet.chat.participant
        """
        # sudo: everybody notes for themselves what they have read
        record_sudo = self.env["vet.chat.participant"].sudo()._ensure(self, partner)
        if record_sudo.last_read_message_id.id >= message.id:
            return record_sudo.browse()
        record_sudo.write({"last_read_message_id": message.id, "read_at": fields.Datetime.now()})
        return record_sudo

    def _close_inbox_notifications(self, partner, message):
        """Take what somebody has read here out of their Odoo inbox too."""
        # sudo: somebody's own notifications, who has just read the messages
        notifications_sudo = (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("res_partner_id", "=", partner.id),
                    ("is_read", "=", False),
                    ("notification_type", "=", "inbox"),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", self.id),
                    ("mail_message_id", "<=", message.id),
                ]
            )
        )
        if notifications_sudo:
            partner.main_user_id and notifications_sudo.mail_message_id.with_user(
                partner.main_user_id
            ).set_message_done()

    def _mark_looking(self, participant, looking):
        """Note that somebody sees the chat right now, or no longer: whoever does gets no mail about it.

        Note: self.ensure_one()

        :param dict participant: who looks
        :param bool looking: whether the page is visible and in focus
        :return: nothing that a page needs
        :rtype: dict
        """
        self.ensure_one()
        # sudo: everybody notes for themselves
        self.env["vet.chat.participant"].sudo()._ensure(self, participant["partner"])._mark_looking(bool(looking))
        return {}

    def _count_unread(self, reader):
        """Count for each chat what the other side wrote after somebody's read mark.

        :param res.partner reader: somebody of the clinic, or an owner
        :return: chat id → number of messages; chats without any are left out
        :rtype: dict[int, int]
        """
        if not self:
            return {}
        self.env["mail.message"].flush_model()
        self.env["vet.chat.participant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT message.res_id, COUNT(*)
                  FROM mail_message message
             LEFT JOIN vet_chat_participant reader
                    ON reader.chat_id = message.res_id AND reader.partner_id = %(reader)s
                 WHERE message.model = %(model)s
                   AND message.res_id IN %(chats)s
                   AND message.id > COALESCE(reader.last_read_message_id, 0)
                   AND message.message_type IN %(types)s
                   AND message.subtype_id = %(comment)s
                   AND message.is_internal IS NOT TRUE
                   AND %(reader_is_staff)s != EXISTS (
                       SELECT 1 FROM res_users author
                        WHERE author.partner_id = message.author_id AND author.share IS NOT TRUE
                   )
              GROUP BY message.res_id
                """,
                reader=reader.id,
                model=self._name,
                chats=tuple(self.ids),
                types=WRITTEN_BY_PEOPLE,
                comment=self.env.ref("mail.mt_comment").id,
                reader_is_staff=bool(self._is_staff(reader)),
            )
        )
        return dict(rows)

    def _get_reads(self):
        """List up to where everyone has read.

        Note: self.ensure_one()

        :rtype: list[dict]
        """
        self.ensure_one()
        reads = []
        # sudo: each side sees what the other has read
        for record_sudo in self.sudo().participant_ids.filtered("last_read_message_id"):
            role, key = self._get_author(record_sudo.partner_id)
            reads.append(
                {
                    "participant": key,
                    "role": role,
                    "name": record_sudo.partner_id.name,
                    "message_id": record_sudo.last_read_message_id.id,
                    "at": protocol.format_time(record_sudo.read_at),
                }
            )
        return reads
