from odoo import api, models

from ..tools.timeline import Scope
from .vet_timeline import PAGE


class VetTimelineMixin(models.AbstractModel):
    """A record that a timeline can be shown of."""

    _name = "vet.timeline.mixin"
    _description = "Timeline Mixin"

    # === BUSINESS METHODS === #

    @api.readonly
    def get_timeline(self, before=None, kinds=None):
        """Give a page of the timeline to the web client: to vets all that they may read, to others what owners see.

        Note: self.ensure_one()

        :param str before: ``next`` of the page before; the first page by default
        :param list[str] kinds: which kinds of entries; all by default
        :return: as of ``vet.timeline._get_page``
        :rtype: dict
        :raises AccessError: when the current user may not read the record
        """
        self.ensure_one()
        self.check_access("read")
        is_vet = self.env.user.has_group("vet_teleconsult.group_veterinarian")
        return self._get_timeline("vet" if is_vet else "owner", before, kinds=kinds)

    def _get_timeline(self, audience, before=None, limit=PAGE, kinds=None):
        """Give a page of the timeline: of what is in scope, all that the current user may read.

        Note: self.ensure_one()

        :param str audience: ``vet``, or ``owner`` for what owners see on their pages
        :param str before: ``next`` of the page before; the first page by default
        :param int limit: how many entries
        :param list[str] kinds: which kinds of entries; all by default
        :return: as of ``vet.timeline._get_page``
        :rtype: dict
        """
        self.ensure_one()
        return self.env["vet.timeline"]._get_page(self._get_timeline_scope(audience), before, limit, kinds)

    def _get_timeline_scope(self, audience):
        """Say what the timeline is about.

        Note: self.ensure_one()

        :param str audience: ``vet`` or ``owner``
        :rtype: Scope
        """
        raise NotImplementedError


class VetPatient(models.Model):
    """The patient's timeline: everything about it."""

    _name = "vet.patient"
    _inherit = ["vet.patient", "vet.timeline.mixin"]

    def _get_timeline_scope(self, audience):
        return Scope(self, audience)


class VetConsultation(models.Model):
    """What a vet wants to know of in a consultation: all that came before, of the patient and of its owner."""

    _name = "vet.consultation"
    _inherit = ["vet.consultation", "vet.timeline.mixin"]  # pylint: disable=consider-merging-classes-inherited

    def _get_timeline_scope(self, audience):
        return Scope(self.patient_id, audience, partner=self.partner_id, consultation=self)
