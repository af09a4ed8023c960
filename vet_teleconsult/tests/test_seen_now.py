from datetime import timedelta

from odoo import fields

from .schedule_common import ScheduleCommon

MONDAY = "2026-03-16"


class TestSeenNow(ScheduleCommon):
    """Whether a vet can see an owner who wants to be seen now: open from nine to eleven, two vets, half an hour."""

    def _has_vet(self, clock="09:00"):
        return self.consultation_type._has_vet_at(self._at(MONDAY, clock), self.company)

    def test_a_vet_who_has_nothing_else_can(self):
        self.assertTrue(self._has_vet())

    def test_nobody_can_while_the_clinic_is_closed(self):
        for clock in ("08:59", "11:00", "23:00"):
            with self.subTest(clock=clock):
                self.assertFalse(self._has_vet(clock))

    def test_one_of_several_vets_is_enough(self):
        self._block(self.vet, MONDAY, "08:00", "18:00")
        self.assertTrue(self._has_vet())

    def test_nobody_can_when_all_are_taken_until_closing_time(self):
        self._block(self.vet, MONDAY, "08:00", "18:00")
        self._block(self.second_vet, MONDAY, "09:00", "11:00")
        self.assertFalse(self._has_vet())

    def test_who_is_free_again_for_a_consultation_before_closing_time_can(self):
        for vet in (self.vet, self.second_vet):
            self._block(vet, MONDAY, "08:00", "10:30")
        self.assertTrue(self._has_vet())

    def test_a_gap_that_is_too_short_for_a_consultation_does_not_count(self):
        for vet in (self.vet, self.second_vet):
            self._block(vet, MONDAY, "08:00", "10:00")
            self._block(vet, MONDAY, "10:20", "11:00")
        self.assertFalse(self._has_vet())

    def test_shortly_before_closing_time_who_is_free_until_then_can(self):
        self.assertTrue(self._has_vet("10:50"))

    def test_a_vet_on_leave_cannot(self):
        for vet in (self.vet, self.second_vet):
            resource = self.env["resource.resource"].create(
                {"name": vet.name, "user_id": vet.id, "company_id": self.company.id}
            )
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "resource_id": resource.id,
                    "company_id": self.company.id,
                    "date_from": self._at(MONDAY, "00:00"),
                    "date_to": self._at(MONDAY, "23:00"),
                }
            )
        self.assertFalse(self._has_vet())

    def test_other_vets_of_the_clinic_do_not_hold_this_type(self):
        self.consultation_type.vet_ids = [fields.Command.set(self.vet.ids)]
        self._block(self.vet, MONDAY, "08:00", "18:00")
        self.assertFalse(self._has_vet())

    def test_opening_hours_that_follow_upon_each_other_close_once(self):
        self.opening_hours.attendance_ids = [
            fields.Command.create(
                {"name": "Late", "dayofweek": "0", "hour_from": 11, "hour_to": 13, "day_period": "afternoon"}
            )
        ]
        closing = self.consultation_type._get_closing_at(self._at(MONDAY, "09:30"), self.company)
        self.assertEqual(closing, self._at(MONDAY, "13:00"))

    def test_a_clinic_that_never_closes_is_looked_at_for_a_day(self):
        for day in range(7):
            self.opening_hours.attendance_ids.filtered(lambda each, day=day: each.dayofweek == str(day)).unlink()
            self.opening_hours.attendance_ids = [
                fields.Command.create({"name": "Day", "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
            ]
        moment = self._at(MONDAY, "09:30")
        closing = self.consultation_type._get_closing_at(moment, self.company)
        self.assertEqual(closing, moment + timedelta(days=1))
