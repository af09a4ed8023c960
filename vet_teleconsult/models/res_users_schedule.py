from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.intervals import Intervals

from .vet_consultation import OPEN_STATES

NOBODY = frozenset()  # what Intervals carries along: nothing of interest here
ONE_DAY = timedelta(days=1)
HALF_A_DAY = timedelta(hours=12)


class ResUsers(models.Model):
    """A vet's time: what fills it, and how two bookings at once do not fill it twice."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    vet_schedule_version = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Counts what was booked with this vet, so that two who book at once notice each other.",
    )

    # === BUSINESS METHODS === #

    def _get_busy_intervals(self, start, end, company):
        """Give when vets are not free: events in their calendars, consultations of every company, leaves.

        :param datetime start: UTC, without time zone
        :param datetime end: UTC, without time zone
        :param res.company company: whose leaves for everyone count
        :return: of each vet's id, in UTC without time zone
        :rtype: dict[int, Intervals]
        """
        spans = {user.id: [] for user in self}
        for user_id, busy_start, busy_end, _record in self._collect_busy(start, end, company):
            spans[user_id].append((busy_start, busy_end, NOBODY))
        return {user_id: Intervals(busy) for user_id, busy in spans.items()}

    def _get_commitments(self, start, end, company):
        """Give what fills a vet's time between two moments, with the same sources as the times that are not free.

        Note: self.ensure_one()

        :param datetime start: UTC, without time zone
        :param datetime end: UTC, without time zone
        :param res.company company: whose leaves for everyone count
        :return: beginning, end and record (``vet.consultation``, ``calendar.event`` or ``resource.calendar.leaves``)
            of each, in order of time, in UTC without time zone
        :rtype: list[tuple[datetime, datetime, models.Model]]
        """
        self.ensure_one()
        found = [
            (busy_start, busy_end, record)
            for _user_id, busy_start, busy_end, record in self._collect_busy(start, end, company)
            if busy_start < end and busy_end > start
        ]
        return sorted(found, key=lambda busy: (busy[0], busy[2]._name, busy[2].id))

    def _collect_busy(self, start, end, company):
        for collect in (self._collect_events, self._collect_consultations, self._collect_leaves):
            yield from collect(start, end, company)

    def _collect_events(self, start, end, company):
        # An event of whole days is stored with office hours of nobody's time zone: look a day further.
        attendees = self.env["calendar.attendee"].search(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("state", "!=", "declined")
            & Domain("event_id.active", "=", True)
            & Domain("event_id.show_as", "=", "busy")
            & Domain("event_id.start", "<", end + ONE_DAY)
            & Domain("event_id.stop", ">", start - ONE_DAY)
        )
        user_by_partner = {user.partner_id.id: user for user in self}
        for attendee in attendees:
            user, event = user_by_partner[attendee.partner_id.id], attendee.event_id
            if event.allday:
                zone = pytz.timezone(user.tz or company.resource_calendar_id.tz or "UTC")
                yield user.id, *_get_days(event.start_date, event.stop_date, zone), event
            else:
                yield user.id, event.start, event.stop, event

    def _collect_consultations(self, start, end, _company):
        consultations = self.env["vet.consultation"].search(
            Domain("vet_id", "in", self.ids)
            & Domain("state", "in", OPEN_STATES)
            & Domain("scheduled_at", "<", end)
            & Domain("scheduled_end", ">", start)
        )
        for consultation in consultations:
            yield consultation.vet_id.id, consultation.scheduled_at, consultation.scheduled_end, consultation

    def _collect_leaves(self, start, end, company):
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("time_type", "=", "leave")
            & Domain("resource_id.user_id", "in", self.ids)
            & Domain("company_id", "in", [False, company.id])
            & Domain("date_from", "<", end)
            & Domain("date_to", ">", start)
        )
        for leave in leaves:
            yield leave.resource_id.user_id.id, leave.date_from, leave.date_to, leave

    def _get_least_busy(self, moment):
        """Give the vet with the fewest open consultations around a time; of equals, the first.

        :param datetime moment: UTC, without time zone
        :rtype: res.users
        """
        counts = dict(
            self.env["vet.consultation"]._read_group(
                Domain("vet_id", "in", self.ids)
                & Domain("state", "in", OPEN_STATES)
                & Domain("scheduled_at", ">=", moment - HALF_A_DAY)
                & Domain("scheduled_at", "<", moment + HALF_A_DAY),
                ["vet_id"],
                ["__count"],
            )
        )
        return min(self, key=lambda user: counts.get(user, 0))

    def _note_booking(self):
        """Note that something is about to be booked with these vets.

        Two transactions that do so at once cannot both go on: the second waits for the first and starts again
        (`odoo.service.model.retrying`), with what the first has booked in sight. Rows are taken in order of their
        number, so that nobody waits in a circle.

        :raises psycopg2.errors.SerializationFailure: when somebody else has booked since this transaction began
        """
        for user in self.sorted("id"):
            self.env.cr.execute(
                SQL(
                    "UPDATE res_users SET vet_schedule_version = COALESCE(vet_schedule_version, 0) + 1 WHERE id = %s",
                    user.id,
                ),
                log_exceptions=False,
            )
        self.invalidate_recordset(["vet_schedule_version"])


def _get_days(first_day, last_day, zone):
    start = zone.localize(datetime.combine(first_day, time.min))
    end = zone.localize(datetime.combine(last_day + ONE_DAY, time.min))
    return start.astimezone(pytz.utc).replace(tzinfo=None), end.astimezone(pytz.utc).replace(tzinfo=None)
