from collections import defaultdict

from odoo import models

PENDING = "vet_chat_documents"  # in the precommit data: cards to refresh, model → ids


class VetChatDocumentMixin(models.AbstractModel):
    """A record that a thread shows as a card, with its state at the moment: a quote, a prescription.

    Its fields ``company_id`` and ``partner_id`` say whose it is.
    """

    _name = "vet.chat.document.mixin"
    _description = "Document of a Chat"

    # === CRUD METHODS === #

    def unlink(self):
        self._notify_chat_documents()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _get_chat_document(self, audience):
        """Describe the record as a card.

        Note: self.ensure_one(), with superuser rights

        :param str audience: ``vet`` or ``owner``; an owner's addresses carry the record's own access token
        :return: ``kind`` (picture and colours), ``id``, ``title``, ``subtitle`` (or None), ``state``, ``state_label``,
            ``amount`` (formatted, or None), ``url`` and ``pdf_url`` (or None), ``is_void``; optionally ``url_label``
            (what opening it is for) and ``asks`` (whether the reader is to do something there)
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
