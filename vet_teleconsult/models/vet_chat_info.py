from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import limited_field_access_token

from odoo.addons.bus.websocket import WebsocketConnectionHandler

from ..tools import protocol
from ..tools.text import drop_controls, html_to_text

INBOX_LIMIT = 100
INBOX_PAGE = 40
PREVIEW_LENGTH = 120  # characters
# Who waits comes first, by when an answer is due; then the conversations that moved last.
INBOX_ORDER = "reply_due_at asc nulls last, waiting_since asc nulls last, last_message_at desc nulls last, id desc"


class VetChat(models.Model):
    """What a page is told when it opens a chat, and the vets' inbox of all of them."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    # The first rows of the inbox are read in their order, and counted without reading the chats themselves.
    _inbox_idx = models.Index(
        "(reply_due_at, waiting_since, last_message_at DESC NULLS LAST, id DESC) WHERE ended_at IS NULL"
    )
    _inbox_ended_idx = models.Index(
        "(reply_due_at, waiting_since, last_message_at DESC NULLS LAST, id DESC) WHERE ended_at IS NOT NULL"
    )
    _inbox_count_idx = models.Index("(vet_id, company_id, last_message_at, type_id) WHERE ended_at IS NULL")

    # === BUSINESS METHODS - PARTICIPANTS === #

    def _get_owner_participant(self, partner=None):
        """Describe the owner as a participant.

        Note: self.ensure_one()

        :param res.partner partner: who of the owner's people it is; the chat's owner by default
        :rtype: dict
        """
        self.ensure_one()
        # sudo: the participant's own name
        partner_sudo = (partner or self.partner_id).sudo()
        return {
            "id": f"owner-{partner_sudo.id}",
            "role": "owner",
            "name": partner_sudo.name or self.env._("Owner"),
            "partner": partner_sudo,
            "user": self.env["res.users"],
        }

    @api.model
    def _get_vet_participant(self):
        """Describe the current user, a vet, as a participant.

        :rtype: dict
        """
        user = self.env.user
        return {"id": f"vet-{user.id}", "role": "vet", "name": user.name, "partner": user.partner_id, "user": user}

    # === BUSINESS METHODS - ONE CHAT === #

    def _get_info(self, participant, channel=None):
        """Tell a participant everything that their page needs to show the chat.

        Note: self.ensure_one()

        :param dict participant: who opens it
        :param str channel: which bus channel their page listens to; the chat's own by default
        :rtype: dict
        """
        self.ensure_one()
        # sudo: what owners and vets may know of their chat, wherever it stands
        chat_sudo = self.sudo()
        company_sudo, owner_sudo = chat_sudo.company_id, chat_sudo.partner_id
        phone = company_sudo._get_clinic_phone() or None
        return {
            "id": self.id,
            "name": chat_sudo.name,
            "subject": chat_sudo.subject or None,
            "patient": chat_sudo._get_patient_info(),
            "owner": {"id": owner_sudo.id, "name": owner_sudo.name},
            "clinic": {"name": company_sudo.name, "phone": phone},
            "type": chat_sudo._get_type_info(),
            **chat_sudo._get_live_state(),
            "consultation": self._get_consultation_info(participant),
            "participant": {key: participant[key] for key in ("id", "role", "name")},
            "may": chat_sudo._get_permissions(participant),
            "limits": self._get_upload_limits(participant),
            **self._get_page(None, None, None, participant),
            "reads": self._get_reads(),
            "uploads": self._get_open_uploads(participant),
            "transcripts": self._get_transcripts(participant),
            "emergency": {"text": self._get_emergency_text()} if participant["role"] == "owner" else None,
            "bus": {
                "path": f"/websocket?version={WebsocketConnectionHandler._VERSION}",
                "channel": channel or f"vet_chat_{self.id}",
                # sudo: the number of the last notification, nothing of its content
                "last": self.env["bus.bus"].sudo()._bus_last_id(),
            },
            "time_zone": chat_sudo._get_reader_timezone(participant),
        }

    def _get_reader_timezone(self, participant):
        """Give the time zone in which a participant reads times: a vet's own, or the owner's.

        Note: self.ensure_one(), with superuser rights

        :param dict participant: who has opened the chat
        :return: a name of the IANA database
        :rtype: str
        """
        self.ensure_one()
        if participant["role"] == "owner":
            return self.company_id._get_owner_timezone(self.partner_id)
        return self.company_id._get_owner_timezone(chosen=participant["user"].tz)

    def _get_patient_info(self):
        patient = self.patient_id
        return {
            "id": patient.id,
            "name": patient.name,
            "species": patient.species_id.name,
            "breed": patient.breed_id.name or None,
            "photo_url": self._get_photo_url(),
        }

    def _get_photo_url(self):
        # Whether there is a photo, without loading it.
        patient = self.patient_id.with_context(bin_size=True)
        if not patient.image_256:
            return None
        token = limited_field_access_token(patient, "image_256", scope="binary")
        return f"/web/image/vet.patient/{patient.id}/image_256?access_token={token}"

    def _get_vet_info(self):
        # sudo: a vet's name only, which owners and vets of other companies may not read from users
        vet_sudo = self.sudo().vet_id
        if not vet_sudo:
            return None
        return {"id": vet_sudo.id, "name": vet_sudo.name, "participant": f"vet-{vet_sudo.id}"}

    def _get_type_info(self):
        chat_type = self.type_id
        if not chat_type:
            return None
        return {
            "name": chat_type.name,
            "reply_hours": chat_type.reply_hours,
            "price": chat_type._format_price(self.partner_id, self.company_id),
        }

    def _get_permissions(self, participant):
        """Say what a participant may do in the chat at present; what they try is checked again.

        Note: self.ensure_one()

        :param dict participant: who asks
        :rtype: dict
        """
        self.ensure_one()
        is_vet = participant["role"] == "vet"
        may_write = is_vet or self.state == "open"
        is_mine = not self.vet_id or self.vet_id == participant["user"]
        may_act = is_vet and (is_mine or participant["user"].has_group("vet_teleconsult.group_manager"))
        return {"write": may_write, "claim": is_vet and not self.vet_id, "end": may_act, "upload": may_write}

    def _get_emergency_text(self):
        """Tell an owner what to do when it cannot wait for an answer.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: the clinic's phone number is for owners
        return self.sudo().company_id._get_emergency_text()

    # === BUSINESS METHODS - INBOX === #

    @api.model
    def _get_begun_domain(self):
        """Return which chats are conversations: the message boxes of consultations are none until somebody writes.

        Neither is that of a booking which its owner has not finished.

        :rtype: Domain
        """
        has_begun = Domain("last_message_at", "!=", False) | Domain("type_id", "!=", False)
        return has_begun & Domain("is_draft", "=", False)

    @api.model
    def _get_inbox_domain(self, ended=False):
        """Return which conversations belong in an inbox.

        :param bool ended: those that have ended, instead of those that go on
        :rtype: Domain
        """
        return self._get_begun_domain() & Domain("ended_at", "!=" if ended else "=", False)

    @api.model
    def _get_inbox(self, inbox_filter="all", search=None, ended=False, limit=None, offset=0):
        """List conversations for a vet. The number of queries does not depend on how many there are.

        :param str inbox_filter: ``mine``, ``unassigned`` or ``all``
        :param str search: part of the patient's or owner's name, or of the subject
        :param bool ended: those that have ended
        :param int limit: how many rows at most, not above 100
        :param int offset: how many rows to pass over
        :return: ``chats``, ``counts`` of each filter, and whether there are ``more``
        :rtype: dict
        """
        domain = self._get_inbox_domain(bool(ended))
        text = drop_controls(search).strip() if isinstance(search, str) else ""
        if text:
            names = ("subject", "patient_id.name", "partner_id.name")
            domain &= Domain.OR(Domain(name, "ilike", text) for name in names)
        counts = {"mine": 0, "unassigned": 0, "all": 0}
        for vet, count in self._read_group(domain, ["vet_id"], ["__count"]):
            counts["all"] += count
            counts["mine"] += count if vet == self.env.user else 0
            counts["unassigned"] += count if not vet else 0
        if inbox_filter == "mine":
            domain &= Domain("vet_id", "=", self.env.uid)
        elif inbox_filter == "unassigned":
            domain &= Domain("vet_id", "=", False)
        limit = min(self._to_positive(limit) or INBOX_PAGE, INBOX_LIMIT)
        chats = self.search(domain, order=INBOX_ORDER, limit=limit + 1, offset=self._to_positive(offset))
        rows = chats[:limit]._get_inbox_rows(self.env.user.partner_id)
        return {"chats": rows, "counts": counts, "more": len(chats) > limit}

    def _get_inbox_rows(self, reader):
        unread = self._count_unread(reader)
        # sudo: owners' and vets' names, photos and last messages of chats that the reader may see
        chats_sudo = self.sudo()
        documents_sudo = chats_sudo.last_message_id._get_vet_documents()
        return [
            chat_sudo._get_inbox_row(unread.get(chat_sudo.id, 0), documents_sudo.get(chat_sudo.last_message_id))
            for chat_sudo in chats_sudo
        ]

    def _get_inbox_row(self, unread, document_sudo):
        patient, message = self.patient_id, self.last_message_id
        return {
            "id": self.id,
            "name": self.name,
            "subject": self.subject or None,
            "patient": {
                "id": patient.id,
                "name": patient.name,
                "species": patient.species_id.name,
                "photo_url": self._get_photo_url(),
            },
            "owner": {"id": self.partner_id.id, "name": self.partner_id.name},
            **self._get_live_state(),
            "preview": self._get_preview(message, document_sudo),
            "last_message_at": protocol.format_time(self.last_message_at),
            "last_role": self._get_author(message.author_id)[0] if message else None,
            "unread": unread,
            "overdue": self.is_overdue,
        }

    def _get_preview(self, message_sudo, document_sudo=None):
        """Say what a message holds, in a line.

        :param mail.message message_sudo: a visible one, or none
        :param document_sudo: the record that it shows, or none
        :rtype: str
        """
        if not message_sudo:
            return ""
        text = " ".join(html_to_text(message_sudo.body, message_sudo.message_type == "email").split())
        if not text:
            names = [*message_sudo.vet_media_ids.mapped("name"), *message_sudo.attachment_ids.mapped("name")]
            text = ", ".join([document_sudo.display_name, *names] if document_sudo else names)
        return text if len(text) <= PREVIEW_LENGTH else text[:PREVIEW_LENGTH].rsplit(" ", 1)[0] + "…"
