from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.text import text_to_html
from .vet_chat_live import OWNERS, VETS

MIXIN = "vet.chat.document.mixin"
PENDING = "vet_chat_documents"  # in the precommit data: cards to refresh, model → ids


class VetChatDocumentMixin(models.AbstractModel):
    """A record that a thread shows as a card, with its state at the moment: a quote, a prescription.

    Its fields ``company_id`` and ``partner_id`` say whose it is.
    """

    _name = "vet.chat.document.mixin"
    _description = "Document of a Chat"

    # === BUSINESS METHODS === #

    def _get_chat_document(self, audience):
        """Describe the record as a card.

        Note: self.ensure_one(), with superuser rights

        :param str audience: ``vet`` or ``owner``; an owner's addresses carry the record's own access token
        :return: ``kind`` (picture and colours), ``id``, ``title``, ``subtitle`` (or None), ``state``, ``state_label``,
            ``amount`` (formatted, or None), ``url`` and ``pdf_url`` (or None), ``is_void``
        :rtype: dict
        """
        raise NotImplementedError

    def _notify_chat_documents(self):
        """Have every page that shows a card of these records show them as they are once the transaction is done."""
        if not self:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = defaultdict(set)
            precommit.add(self.env["vet.chat"]._send_pending_documents)
        precommit.data[PENDING][self._name].update(self.ids)


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
        return self._post_once(
            self.env.user.partner_id,
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
        if participant["role"] != "vet" and not self._is_own_document(record_sudo):
            values.update(url=None, pdf_url=None, amount=None)
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
