from datetime import UTC, datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import groupby

DAYS_SHOWN = 7
SEARCH_WINDOW = timedelta(minutes=1)
MAX_SEARCHES = 30  # of one booking in that time


class VetBooking(models.Model):
    """The times that an owner can choose from, in their own time zone."""

    _inherit = "vet.booking"

    # === FIELDS === #

    searched_at = fields.Datetime(readonly=True, copy=False, help="When the minute began whose searches are counted.")
    searches = fields.Integer(readonly=True, copy=False, help="How often times were looked for in that minute.")

    # === BUSINESS METHODS === #

    def _may_search(self):
        """Count that times are looked for, which is work: nobody does so without end.

        Note: self.ensure_one()

        :return: False when it was done too often in the last minute
        :rtype: bool
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.searched_at or self.searched_at + SEARCH_WINDOW <= now:
            self.write({"searched_at": now, "searches": 0})
        if self.searches >= MAX_SEARCHES:
            return False
        self.searches += 1
        return True

    def _get_timezone(self):
        """Give the time zone in which the owner reads times: theirs, or else the clinic's.

        Note: self.ensure_one()

        :return: the name of a time zone
        :rtype: str
        """
        self.ensure_one()
        return self.company_id._get_owner_timezone(self.partner_id, chosen=self.tz)

    def _note_timezone(self, name):
        """Keep the time zone that the owner's browser is set to, unless they have chosen one.

        Note: self.ensure_one()

        :param str name: as the page has sent it
        """
        self.ensure_one()
        if not self.tz and name in pytz.all_timezones_set:
            self.tz = name

    def _get_days(self, chosen=None):
        """List the free times by the day on which the owner lives them, a page of days at a time.

        Note: self.ensure_one()

        :param date chosen: the day whose times are wanted, or the next one that has any; today by default
        :return: the zone, the ``days`` of the page, the one that is ``chosen``, and a day of the page before
            (``earlier``) and after (``later``) where there is one
        :rtype: dict
        """
        self.ensure_one()
        zone = pytz.timezone(self._get_timezone())
        now = fields.Datetime.now()
        # A type for every company has the times of this one.
        consultation_type = self.type_id.with_company(self.company_id)
        slots = consultation_type._find_slots(now, now + timedelta(days=consultation_type.booking_horizon_days))
        times = sorted({slot["start"] for slot in slots})
        local = [pytz.utc.localize(start).astimezone(zone) for start in times]
        days = list(groupby(local, key=lambda moment: moment.date()))
        number = next((index for index, (day, _moments) in enumerate(days) if not chosen or day >= chosen), 0)
        first = number - number % DAYS_SHOWN
        shown = [self._describe_day(day, moments) for day, moments in days[first : first + DAYS_SHOWN]]
        return {
            "timezone": zone.zone,
            "days": shown,
            "chosen_day": shown[number - first] if shown else None,
            "earlier": days[first - DAYS_SHOWN][0] if first else None,
            "later": days[first + DAYS_SHOWN][0] if first + DAYS_SHOWN < len(days) else None,
        }

    @api.model
    def _describe_day(self, day, moments):
        # Where a clock goes back, the same hour comes twice: only the zone's abbreviation tells one from the other.
        is_ambiguous = len({moment.utcoffset() for moment in moments}) > 1
        return {
            "date": day,
            "times": [
                {
                    "start": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "local": moment.replace(tzinfo=None),
                    "zone": moment.tzname() if is_ambiguous else None,
                }
                for moment in moments
            ],
        }

    def _read_start(self, text):
        """Read a time as the page has sent it, if it lies where owners can book.

        :param str text: such as ``2026-05-01T10:00:00Z``
        :return: UTC, without time zone, or None
        :rtype: datetime | None
        """
        try:
            start = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
        except (TypeError, ValueError):
            return None
        now = fields.Datetime.now()
        return start if now <= start <= now + timedelta(days=self.type_id.booking_horizon_days) else None
