from odoo import models
from odoo.fields import Domain

PAGE_LIMIT = 24


class VetChat(models.Model):
    """Files that are kept of the patient already, for a vet to put into the chat."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _get_patient_media(self, participant, before_id=None):
        """List ready files of the patient which the thread does not show yet, the newest first.

        Note: self.ensure_one()

        :param dict participant: a vet
        :param int before_id: the oldest file that the page has, to get older ones; or None
        :return: a page of ``media``, and whether there are ``more``
        :rtype: dict
        """
        self.ensure_one()
        # sudo: where files are shown; which files the vet may read decides the search
        shown_ids = self.sudo()._get_visible_messages_media_ids()
        domain = (
            Domain("patient_id", "=", self.patient_id.id)
            & Domain(self.patient_id._get_media_domain())
            & Domain("state", "=", "ready")
            & Domain("id", "not in", shown_ids)
        )
        if before := self._to_positive(before_id):
            domain &= Domain("id", "<", before)
        media = self.env["vet.media"].search(domain, order="id desc", limit=PAGE_LIMIT + 1)
        return {
            "media": [file._format(participant, self) for file in media[:PAGE_LIMIT]],
            "more": len(media) > PAGE_LIMIT,
        }

    def _get_visible_messages_media_ids(self):
        domain = self._get_visible_domain() & Domain("vet_media_ids", "!=", False)
        return self.env["mail.message"].search(domain).vet_media_ids.ids
