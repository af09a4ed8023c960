from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

LINE_STATES = ("scheduled", "waiting")
LINE_BEFORE = timedelta(minutes=15)
LINE_AFTER = timedelta(hours=4)


class VetConsultation(models.Model):
    """The waiting room: who is expected, who is here, and who is before whom."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - LINE === #

    def _get_place_in_line(self):
        """Count the owners who are to be seen before this one by whichever vet is free next.

        The line is that of the company's consultations which no vet has claimed: those whose owner is here, and those
        whose time has come. Whoever has a vet of their own stands in no line, nor does anybody whose time is more than a
        quarter of an hour away, or long past without them.

        Note: self.ensure_one()

        :return: how many are before, or None when the consultation stands in no line
        :rtype: int | None
        """
        self.ensure_one()
        # sudo: an owner may know how many there are, not who
        consultations_sudo = self.sudo().with_context(active_test=False)
        in_line = consultations_sudo._get_line_domain()
        if not self.sudo().filtered_domain(in_line):
            return None
        before = Domain("scheduled_at", "<", self.scheduled_at) | (
            Domain("scheduled_at", "=", self.scheduled_at) & Domain("id", "<", self.id)
        )
        return consultations_sudo.search_count(in_line & before)

    def _get_line_domain(self):
        """Say which consultations wait for any vet of the company.

        Note: self.ensure_one()

        :rtype: Domain
        """
        self.ensure_one()
        now = fields.Datetime.now()
        is_due = Domain("scheduled_at", ">=", now - LINE_AFTER) & Domain("scheduled_at", "<=", now + LINE_BEFORE)
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("vet_id", "=", False)
            & Domain("state", "in", LINE_STATES)
            & (Domain("owner_present", "=", True) | is_due)
        )
