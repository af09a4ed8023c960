from datetime import datetime

import pytz
from freezegun import freeze_time

from odoo import fields

from .common import TeleconsultCommon

BERLIN = pytz.timezone("Europe/Berlin")
NOW = "2026-03-16 06:00:00"  # a Monday, seven in the morning in Berlin


class ScheduleCommon(TeleconsultCommon):
    """The clinic, open in Berlin from nine to eleven on working days, on a Monday in March before it opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        cls.clock = clock.start()
        cls.addClassCleanup(clock.stop)
        cls.opening_hours = cls._create_opening_hours(range(5), 9, 11)
        cls.consultation_type.write(
            {
                "duration": 0.5,
                "is_bookable": True,
                "company_id": cls.company.id,
                "resource_calendar_id": cls.opening_hours.id,
                "vet_ids": [fields.Command.set((cls.vet | cls.second_vet).ids)],
                "booking_notice_hours": 2,
                "booking_horizon_days": 365,
            }
        )
        cls.owner.partner_id.write({"tz": "Europe/Berlin", "lang": "en_US", "phone": "+49 151 23456789"})
        cls.vet.tz = cls.second_vet.tz = "Europe/Berlin"
        cls.consultation.unlink()

    def setUp(self):
        super().setUp()
        self.addCleanup(self.clock.move_to, NOW)

    @classmethod
    def _create_opening_hours(cls, days, start, end, timezone="Europe/Berlin", **values):
        return cls.env["resource.calendar"].create(
            {
                "name": "Opening hours",
                "tz": timezone,
                "company_id": cls.company.id,
                "attendance_ids": [
                    fields.Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning",
                        }
                    )
                    for day in days
                ],
                **values,
            }
        )

    @classmethod
    def _at(cls, day, clock, zone=BERLIN):
        """Give the moment at which clocks in Berlin show a time.

        :param str day: such as ``2026-03-16``
        :param str clock: such as ``09:30``
        :return: UTC, without time zone
        """
        local = zone.localize(datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M"))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _find_times(self, day, last_day=None, vet=None, consultation_type=None):
        """Find the free times of whole days as clocks in Berlin show them.

        :rtype: list[str]
        """
        consultation_type = consultation_type or self.consultation_type
        slots = consultation_type._find_slots(self._at(day, "00:00"), self._at(last_day or day, "23:59"), vet=vet)
        return [pytz.utc.localize(slot["start"]).astimezone(BERLIN).strftime("%H:%M") for slot in slots]

    def _block(self, user, day, start, end, **values):
        """Put an event into somebody's calendar."""
        return self.env["calendar.event"].create(
            {
                "name": "Surgery",
                "start": self._at(day, start),
                "stop": self._at(day, end),
                "user_id": user.id,
                "partner_ids": [fields.Command.set(user.partner_id.ids)],
                **values,
            }
        )

    def _book(self, day="2026-03-17", clock="09:00", vet=None, patient=None, **values):
        """Book a time for an owner.

        :rtype: vet.consultation
        """
        patient = patient or self.patient
        values = {"patient_id": patient.id, "partner_id": patient.partner_id.id, **values}
        return self.env["vet.consultation"]._book(self.consultation_type, self._at(day, clock), values, vet=vet)
