from bisect import bisect_right
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.intervals import Intervals

from .vet_consultation import MODES, OPEN_STATES

NOBODY = frozenset()  # what Intervals carries along: nothing of interest here
END_OF_DAY = timedelta(seconds=1)  # 24:00 is stored as the last microsecond of the day


class VetConsultationType(models.Model):
    """When consultations of a type can take place: opening hours, less what the vets have in their calendars."""

    _inherit = "vet.consultation.type"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    is_bookable = fields.Boolean(
        string="Owners Can Book", help="Offer consultations of this type to owners, at a free time."
    )
    booking_notice_hours = fields.Float(
        string="Minimum Notice (h)",
        required=True,
        default=2.0,
        groups="vet_teleconsult.group_veterinarian",
        help="How long before its beginning a time can still be booked.",
    )
    booking_horizon_days = fields.Integer(
        string="Book Ahead (days)",
        required=True,
        default=30,
        groups="vet_teleconsult.group_veterinarian",
        help="How far ahead a time can be booked.",
    )

    _booking_notice_not_negative = models.Constraint(
        "CHECK (booking_notice_hours >= 0)", "The minimum notice cannot be less than zero."
    )
    _booking_horizon_positive = models.Constraint(
        "CHECK (booking_horizon_days > 0)", "Owners must be able to book at least one day ahead."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("is_bookable", "mode")
    def _check_bookable(self):
        for consultation_type in self:
            if consultation_type.is_bookable and consultation_type.mode not in MODES:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” is a type for chats, which need no time. Only video and phone can be booked.",
                        type=consultation_type.name,
                    )
                )

    # === BUSINESS METHODS - SLOTS === #

    def _find_slots(self, start, end, vet=None):
        """Find the times that are free for a consultation of this type.

        The opening hours are divided from their beginning into steps of the type's duration, in the time zone of the
        opening hours and so right on the days on which clocks change. A step is free for a vet when nothing in their
        calendar, no consultation and no leave lies in it. Minimum notice and horizon are kept.

        Note: self.ensure_one()

        :param datetime start: UTC, without time zone; the earliest beginning
        :param datetime end: UTC, without time zone; beginnings lie before it
        :param res.users vet: whose times; by default those of all vets of the type
        :return: slots in order of time, each ``{"start": datetime, "end": datetime, "vet_ids": list[int]}``, in UTC
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: owners are offered times, without a right to see why others are not free
        type_sudo = self.sudo()
        company_sudo = type_sudo._get_schedule_company()
        vets_sudo = type_sudo._get_schedule_vets(company_sudo)
        if vet is not None:
            vets_sudo &= vet.sudo()
        now = fields.Datetime.now()
        start = max(start, now + timedelta(hours=type_sudo.booking_notice_hours))
        end = min(end, now + timedelta(days=type_sudo.booking_horizon_days))
        if type_sudo.mode not in MODES or not vets_sudo or start >= end:
            return []
        steps = [step for step in type_sudo._get_steps(company_sudo, start, end) if start <= step[0] < end]
        if not steps:
            return []
        window = (steps[0][0], steps[-1][1])
        busy = vets_sudo._get_busy_intervals(*window, company_sudo)
        free = {
            user.id: [(span[0], span[1]) for span in Intervals([(*window, NOBODY)]) - busy[user.id]]
            for user in vets_sudo
        }
        unassigned = type_sudo._get_unassigned(*window, company_sudo) if vet is None else []
        slots = []
        for step_start, step_end in steps:
            vet_ids = [user_id for user_id, spans in free.items() if _is_within(spans, step_start, step_end)]
            # What is booked and has no vet at present will need one of those who are free.
            if len(vet_ids) > sum(other[0] < step_end and other[1] > step_start for other in unassigned):
                slots.append({"start": step_start, "end": step_end, "vet_ids": vet_ids})
        return slots

    def _get_schedule_company(self):
        """Say whose opening hours and vets count: a type for every company serves the current one.

        Note: self.ensure_one()

        :rtype: res.company
        """
        self.ensure_one()
        return self.company_id or self.env.company

    def _get_schedule_vets(self, company):
        """Give the vets who hold consultations of this type in a company.

        Note: self.ensure_one()

        :param res.company company: the clinic
        :rtype: res.users
        """
        self.ensure_one()
        domain = Domain("company_ids", "in", company.ids)
        if self.vet_ids:
            return self.vet_ids.filtered_domain(domain & Domain("active", "=", True))
        group = self.env.ref("vet_teleconsult.group_veterinarian")
        return self.env["res.users"].search(
            domain & Domain("all_group_ids", "in", group.ids) & Domain("share", "=", False)
        )

    def _get_opening_hours(self, company):
        """Give the calendar of opening hours: the type's own, or the company's.

        Note: self.ensure_one()

        :param res.company company: the clinic
        :rtype: resource.calendar
        """
        self.ensure_one()
        return self.resource_calendar_id or company.resource_calendar_id

    def _get_slot_length(self):
        """Give how long a consultation of this type takes, in whole minutes.

        Note: self.ensure_one()

        :rtype: timedelta
        """
        self.ensure_one()
        # sudo: owners are offered times without a right to read all of the type
        return timedelta(minutes=max(round(self.sudo().duration * 60), 1))

    def _get_steps(self, company, start, end):
        """Divide the opening hours of some days, less the clinic's leaves, into steps of a consultation's length.

        Each stretch of opening hours is divided from its own beginning, whatever part of it is asked for.

        Note: self.ensure_one()

        :param res.company company: the clinic
        :param datetime start: UTC, without time zone
        :param datetime end: UTC, without time zone
        :return: beginning and end of each step, in UTC without time zone, in order
        :rtype: list[tuple[datetime, datetime]]
        """
        self.ensure_one()
        calendar = self._get_opening_hours(company)
        if not calendar:
            return []
        zone = pytz.timezone(calendar.tz)
        first_day = pytz.utc.localize(start).astimezone(zone).date()
        last_day = pytz.utc.localize(end).astimezone(zone).date()
        midnight = zone.localize(datetime.combine(first_day, time.min))
        after = zone.localize(datetime.combine(last_day + timedelta(days=1), time.min))
        nobody = self.env["resource.resource"]
        opening = calendar._attendance_intervals_batch(midnight, after)[nobody.id]
        # Of another company's leaves in no calendar nothing is known here.
        is_leave = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
        leaves = calendar._leave_intervals_batch(midnight, after, domain=is_leave)[nobody.id]
        closed = Intervals([(_to_utc(span[0]), _to_utc(span[1]), NOBODY) for span in leaves])
        steps, length = [], self._get_slot_length()
        for stretch_start, stretch_end in self._join_stretches(opening):
            stretch = Intervals([(stretch_start, stretch_end, NOBODY)]) - closed
            open_spans = [(span[0], span[1]) for span in stretch]
            step_start = stretch_start
            while step_start + length <= stretch_end:
                if _is_within(open_spans, step_start, step_start + length):
                    steps.append((step_start, step_start + length))
                step_start += length
        return steps

    @api.model
    def _join_stretches(self, opening):
        """Join the hours of each day that follow upon each other, such as a morning and an afternoon without a break.

        :param Intervals opening: in the time zone of the opening hours
        :return: beginning and end, in UTC without time zone
        :rtype: list[tuple[datetime, datetime]]
        """
        stretches = []
        for start, end, _attendance in sorted(opening, key=lambda span: (span[0], span[1])):
            day = start.date()
            start, end = _to_utc(start), _to_utc(end)
            if end.microsecond:
                end = end.replace(microsecond=0) + END_OF_DAY
            if stretches and stretches[-1][2] == day and start <= stretches[-1][1]:
                stretches[-1][1] = max(stretches[-1][1], end)
            else:
                stretches.append([start, end, day])
        return [(start, end) for start, end, _day in stretches]

    def _get_unassigned(self, start, end, company):
        """Give the times of appointments that this type's vets could hold and that nobody has claimed.

        Note: self.ensure_one()

        :param datetime start: UTC, without time zone
        :param datetime end: UTC, without time zone
        :param res.company company: the clinic
        :rtype: list[tuple[datetime, datetime]]
        """
        self.ensure_one()
        consultations = self.env["vet.consultation"].search(
            Domain("company_id", "=", company.id)
            & Domain("vet_id", "=", False)
            & Domain("event_id", "!=", False)
            & Domain("state", "in", OPEN_STATES)
            & Domain("scheduled_at", "<", end)
            & Domain("scheduled_end", ">", start)
        )
        vets = self._get_schedule_vets(company)
        return [
            (consultation.scheduled_at, consultation.scheduled_end)
            for consultation in consultations
            if not consultation.type_id.vet_ids or consultation.type_id.vet_ids & vets
        ]


def _to_utc(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


def _is_within(spans, start, end):
    """Say whether one of some spans, in order and apart from each other, holds a stretch of time."""
    index = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return index >= 0 and spans[index][1] >= end
