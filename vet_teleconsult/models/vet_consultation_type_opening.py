from datetime import timedelta

import pytz

from odoo import models


class VetConsultationType(models.Model):
    _inherit = "vet.consultation.type"  # pylint: disable=consider-merging-classes-inherited

    def _is_open_at(self, moment, company):
        """Say whether vets hold consultations of this type at a moment: always, unless there are opening hours.

        Note: self.ensure_one()

        :param datetime moment: UTC, without time zone
        :param res.company company: the clinic
        :rtype: bool
        """
        self.ensure_one()
        # sudo: owners are told whether the clinic is open, without a right to read calendars
        calendar_sudo = self.sudo()._get_opening_hours(company.sudo())
        if not calendar_sudo:
            return True
        start = pytz.utc.localize(moment)
        intervals = calendar_sudo._work_intervals_batch(start, start + timedelta(minutes=1))
        return bool(intervals[False])
