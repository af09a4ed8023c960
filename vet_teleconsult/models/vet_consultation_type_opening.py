from datetime import timedelta

import pytz

from odoo import models
from odoo.tools.intervals import Intervals

from .vet_consultation_type_schedule import END_OF_DAY, NOBODY

LOOK_AHEAD = timedelta(days=1)


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

    def _get_closing_at(self, moment, company):
        """Say until when the opening hours last in which a moment lies.

        Note: self.ensure_one()

        :param datetime moment: UTC, without time zone
        :param res.company company: the clinic
        :return: UTC, without time zone, at most a day later; None when it is closed
        :rtype: datetime | None
        """
        self.ensure_one()
        # sudo: as above
        calendar_sudo = self.sudo()._get_opening_hours(company.sudo())
        if not calendar_sudo:
            return moment + LOOK_AHEAD
        start = pytz.utc.localize(moment)
        closing = start
        for span in sorted(calendar_sudo._work_intervals_batch(start, start + LOOK_AHEAD)[False], key=lambda s: s[0]):
            # 24:00 is stored as the last microsecond of the day.
            if span[0] > closing + END_OF_DAY:
                break
            closing = max(closing, span[1])
        return closing.astimezone(pytz.utc).replace(tzinfo=None) if closing > start else None

    def _has_vet_at(self, moment, company):
        """Say whether a vet of this type works at a moment, or is free again for one consultation before closing time.

        Note: self.ensure_one()

        :param datetime moment: UTC, without time zone
        :param res.company company: the clinic
        :rtype: bool
        """
        self.ensure_one()
        closing = self._get_closing_at(moment, company)
        if not closing:
            return False
        # sudo: owners are told whether somebody can see them, without a right to see why not
        company_sudo = company.sudo()
        vets_sudo = self.sudo()._get_schedule_vets(company_sudo)
        length = min(self._get_slot_length(), closing - moment)
        busy = vets_sudo._get_busy_intervals(moment, closing, company_sudo)
        free = (Intervals([(moment, closing, NOBODY)]) - busy[user.id] for user in vets_sudo)
        return any(span[1] - span[0] >= length for spans in free for span in spans)
