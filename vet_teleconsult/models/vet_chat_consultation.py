from odoo import models

from .vet_consultation import OPEN_STATES


class VetChat(models.Model):
    """The chat of a consultation: who holds the consultation holds its chat."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _get_current_consultation(self):
        """Give the consultation that the chat is about at present: one that is not over, else the latest.

        Note: self.ensure_one()

        :rtype: vet.consultation
        """
        self.ensure_one()
        consultations = self.consultation_ids.sorted(lambda consultation: (consultation.scheduled_at, consultation.id))
        return consultations.filtered(lambda consultation: consultation.state in OPEN_STATES)[-1:] or consultations[-1:]

    def _split_by_consultation(self):
        """Part the chats whose consultation is not over, which is held in their place, from the others.

        :return: the chats on their own, and the consultations of the others
        :rtype: tuple[vet.chat, vet.consultation]
        """
        alone, consultations = self.browse(), self.env["vet.consultation"]
        for chat in self:
            consultation = chat._get_current_consultation()
            if consultation._is_open():
                consultations |= consultation
            else:
                alone |= chat
        return alone, consultations

    def _get_consultation_info(self, participant):
        """Tell a vet's page which consultation the chat belongs to.

        Note: self.ensure_one()

        :param dict participant: who opens the chat
        :return: ``id``, ``name`` and ``state``; None for owners, and for a chat of its own
        :rtype: dict | None
        """
        self.ensure_one()
        consultation = self._get_current_consultation() if participant["role"] == "vet" else None
        if not consultation:
            return None
        return {"id": consultation.id, "name": consultation.name, "state": consultation.state}
