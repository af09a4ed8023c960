from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.text import text_to_html
from .vet_chat_document_mixin import PENDING
from .vet_chat_live import OWNERS, VETS


class VetChat(models.Model):
    """Documents of the clinic in a chat: posted by vets, shown to both sides as cards that follow the record."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - POSTING === #

    def _post_document(self, record, body=""):
        """Show a record in the thread; one that stands there already is not shown a second time.

        Note: self.ensure_one()

        :param record: one record of a model with the mixin, which the current user may read
        :param str body: plain text to go with it
        :return: the message, with superuser rights
        :rtype: mail.message
        :raises AccessError: when it is no vet who posts, or the record is of another company or owner
        """
        self.ensure_one()
        record.ensure_one()
        if not self.env.user.has_group("vet_teleconsult.group_veterinarian"):
            raise AccessError(self.env._("Only vets put documents into a chat."))
        self.check_access("read")
        record.check_access("read")
        if not self._is_own_document(record):
            raise AccessError(
                self.env._(
                    "“%(document)s” belongs to somebody else than this chat.",
                    document=record.display_name,
                )
            )
        return self._show_document(record, self.env.user.partner_id, body)

    def _show_document(self, record, author, body=""):
        """Put a card into the thread, unless it stands there.

        Note: self.ensure_one()

        :param record: one record of this chat's clinic and owner
        :param res.partner author: somebody of the clinic
        :param str body: plain text to go with it
        :return: the message, with superuser rights
        :rtype: mail.message
        """
        self.ensure_one()
        return self._post_once(
            author,
            text_to_html(body) if body else "",
            # The same for the same record: a second card would say nothing that the first does not.
            self._get_message_id(f"document-{record._table}", str(record.id)),
            self.env["vet.media"],
            vet_document_model=record._name,
            vet_document_id=record.id,
        )

    def _is_own_document(self, record):
        """Say whether a record is of the chat's clinic and owner.

        Note: self.ensure_one()

        :param record: of a model with the mixin
        :rtype: bool
        """
        self.ensure_one()
        # sudo: whose they are, for participants who may read neither
        record_sudo, chat_sudo = record.sudo(), self.sudo()
        return (
            record_sudo.company_id == chat_sudo.company_id
            and record_sudo.partner_id.commercial_partner_id == chat_sudo.partner_id.commercial_partner_id
        )

    # === BUSINESS METHODS - SHOWING === #

    def _format_document(self, record_sudo, participant):
        """Describe the card of a message for a participant's page.

        Note: self.ensure_one()

        :param record_sudo: what the message shows, with superuser rights; empty when it has been deleted since
        :param dict participant: who reads: ``role`` at least
        :rtype: dict
        """
        self.ensure_one()
        if not record_sudo or record_sudo.company_id != self.sudo().company_id:
            return self._format_missing_document()
        values = record_sudo._get_chat_document("vet" if participant["role"] == "vet" else "owner")
        # Somebody else may own the patient by now: who reads that there was a document may not open it.
        if not self._is_own_document(record_sudo):
            values.update(subtitle=None, url=None, pdf_url=None, amount=None, asks=False)
        return values

    def _format_missing_document(self):
        return {
            "kind": "missing",
            "id": None,
            "title": self.env._("This document has been deleted."),
            "subtitle": None,
            "state": "deleted",
            "state_label": self.env._("Deleted"),
            "amount": None,
            "url": None,
            "pdf_url": None,
            "is_void": True,
        }

    def _localize(self, participant):
        """Give the chat in the language of those who are told something, instead of whoever causes it.

        Note: self.ensure_one()

        :param dict participant: ``OWNERS`` or ``VETS``
        :rtype: vet.chat
        """
        self.ensure_one()
        # sudo: people's languages
        chat_sudo = self.sudo()
        reader = chat_sudo.partner_id if participant["role"] == "owner" else chat_sudo.vet_id.partner_id
        return self.with_context(lang=reader.lang or chat_sudo.company_id.partner_id.lang or self.env.lang)

    # === BUSINESS METHODS - LIVE === #

    @api.model
    def _send_pending_documents(self):
        """Tell the pages of what has become of the records whose cards they show."""
        for model, ids in self.env.cr.precommit.data.pop(PENDING, {}).items():
            # sudo: whoever causes the change, such as an owner without a login who signs
            messages_sudo = (
                self.env["mail.message"]
                .sudo()
                .search(
                    [
                        ("model", "=", "vet.chat"),
                        ("vet_document_model", "=", model),
                        ("vet_document_id", "in", list(ids)),
                    ],
                    order="id",
                )
            )
            for message_sudo in messages_sudo:
                self.sudo().browse(message_sudo.res_id).exists()._notify_document(message_sudo)

    def _notify_document(self, message):
        """Tell everyone who sees a message of what has become of the record that it shows.

        :param mail.message message: of this chat
        """
        for chat in self:
            payloads = {}
            for audience in (OWNERS, VETS):
                (payload,) = chat._localize(audience)._format_messages(message, audience)
                payloads[audience["role"]] = {"message_id": message.id, "document": payload["document"]}
            chat._send_live("vet_teleconsult/document", payloads["owner"], vet_payload=payloads["vet"])
