from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError

from .schedule_common import BERLIN, ScheduleCommon

MONDAY, TUESDAY = "2026-03-16", "2026-03-17"
ALL = ["09:00", "09:30", "10:00", "10:30"]


class TestSlots(ScheduleCommon):
    """The times that owners are offered."""

    def test_opening_hours_are_divided_into_the_types_duration(self):
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def test_a_slot_names_its_end_and_the_vets_who_are_free(self):
        slots = self.consultation_type._find_slots(self._at(TUESDAY, "09:00"), self._at(TUESDAY, "09:01"))
        self.assertEqual(
            slots,
            [
                {
                    "start": self._at(TUESDAY, "09:00"),
                    "end": self._at(TUESDAY, "09:30"),
                    "vet_ids": (self.vet | self.second_vet).ids,
                }
            ],
        )

    def test_a_step_that_does_not_fit_before_closing_is_not_offered(self):
        self.consultation_type.duration = 0.75
        self.assertEqual(self._find_times(TUESDAY), ["09:00", "09:45"])

    def test_steps_begin_at_opening_whatever_part_of_the_day_is_asked_for(self):
        slots = self.consultation_type._find_slots(self._at(TUESDAY, "09:10"), self._at(TUESDAY, "10:10"))
        self.assertEqual([slot["start"] for slot in slots], [self._at(TUESDAY, "09:30"), self._at(TUESDAY, "10:00")])

    def test_hours_that_follow_upon_each_other_are_one_stretch(self):
        afternoon = {"name": "later", "dayofweek": "1", "hour_from": 11, "hour_to": 12, "day_period": "afternoon"}
        self.opening_hours.attendance_ids = [fields.Command.create(afternoon)]
        self.consultation_type.duration = 0.75
        self.assertEqual(self._find_times(TUESDAY), ["09:00", "09:45", "10:30", "11:15"])

    def test_a_clinic_that_is_open_day_and_night_offers_the_last_half_hour(self):
        self.consultation_type.resource_calendar_id = self._create_opening_hours(range(7), 0, 24)
        times = self._find_times(TUESDAY)
        self.assertEqual((len(times), times[0], times[-1]), (48, "00:00", "23:30"))

    def test_closed_days_offer_nothing(self):
        self.assertEqual(self._find_times("2026-03-21", "2026-03-22"), [])

    def test_what_is_nearer_than_the_minimum_notice_is_not_offered(self):
        self.consultation_type.booking_notice_hours = 3
        self.assertEqual(self._find_times(MONDAY), ["10:00", "10:30"])

    def test_what_is_beyond_the_horizon_is_not_offered(self):
        self.consultation_type.booking_horizon_days = 1
        self.assertEqual(self._find_times(TUESDAY), [])
        self.assertEqual(self._find_times(MONDAY), ALL)

    def test_a_type_without_opening_hours_keeps_the_companys(self):
        self.consultation_type.resource_calendar_id = False
        self.company.resource_calendar_id = self._create_opening_hours(range(5), 14, 15)
        self.assertEqual(self._find_times(TUESDAY), ["14:00", "14:30"])

    def test_a_type_without_vets_is_held_by_every_vet_of_the_company_and_no_other(self):
        self.consultation_type.vet_ids = False
        slot = self.consultation_type._find_slots(self._at(TUESDAY, "09:00"), self._at(TUESDAY, "09:01"))[0]
        self.assertIn(self.vet.id, slot["vet_ids"])
        self.assertNotIn(self.foreign_vet.id, slot["vet_ids"])

    def test_one_vets_times_can_be_asked_for(self):
        self._block(self.vet, TUESDAY, "09:00", "10:00")
        self.assertEqual(self._find_times(TUESDAY, vet=self.vet), ["10:00", "10:30"])
        self.assertEqual(self._find_times(TUESDAY, vet=self.second_vet), ALL)

    def test_a_vet_who_does_not_hold_the_type_has_no_times_for_it(self):
        self.assertEqual(self._find_times(TUESDAY, vet=self.manager), [])

    def test_chats_need_no_times(self):
        chat = self.env["vet.consultation.type"].create({"name": "Ask", "mode": "chat"})
        self.assertEqual(self._find_times(TUESDAY, consultation_type=chat), [])
        with self.assertRaisesRegex(ValidationError, "Only video and phone can be booked"):
            chat.is_bookable = True


class TestBusyTimes(ScheduleCommon):
    """What is not offered, because a vet has something else to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultation_type.vet_ids = cls.vet

    def test_an_event_in_the_vets_calendar(self):
        self._block(self.vet, TUESDAY, "09:15", "10:00")
        self.assertEqual(self._find_times(TUESDAY), ["10:00", "10:30"])

    def test_an_event_that_shows_as_free_does_not_count(self):
        self._block(self.vet, TUESDAY, "09:00", "11:00", show_as="free")
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def test_an_event_that_the_vet_has_declined_does_not_count(self):
        event = self._block(self.second_vet, TUESDAY, "09:00", "11:00")
        event.partner_ids |= self.vet.partner_id
        self.assertEqual(self._find_times(TUESDAY), [])
        event.attendee_ids.filtered(lambda attendee: attendee.partner_id == self.vet.partner_id).do_decline()
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def test_an_archived_event_does_not_count(self):
        self._block(self.vet, TUESDAY, "09:00", "11:00").active = False
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def test_an_event_of_a_whole_day_fills_the_day_and_no_other(self):
        self.env["calendar.event"].create(
            {
                "name": "Congress",
                "allday": True,
                "start_date": TUESDAY,
                "stop_date": TUESDAY,
                "user_id": self.vet.id,
                "partner_ids": [fields.Command.set(self.vet.partner_id.ids)],
            }
        )
        self.consultation_type.resource_calendar_id = self._create_opening_hours(range(7), 0, 24)
        self.assertEqual(self._find_times(TUESDAY), [])
        self.assertEqual(len(self._find_times("2026-03-18")), 48)

    def test_another_consultation_of_the_vet(self):
        self._create_consultation(vet_id=self.vet.id, scheduled_at=self._at(TUESDAY, "09:30"))
        self.assertEqual(self._find_times(TUESDAY), ["09:00", "10:00", "10:30"])

    def test_a_cancelled_consultation_does_not_count(self):
        consultation = self._create_consultation(vet_id=self.vet.id, scheduled_at=self._at(TUESDAY, "09:30"))
        consultation.action_cancel("The vet is ill")
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def test_an_appointment_that_nobody_has_claimed_keeps_a_vet_for_itself(self):
        appointment = self._book(clock="09:30")
        appointment.vet_id = False
        self.assertEqual(self._find_times(TUESDAY), ["09:00", "10:00", "10:30"])

    def test_a_leave_of_everyone(self):
        self._create_leave(calendar_id=self.opening_hours.id)
        self.assertEqual(self._find_times(TUESDAY), ["10:00", "10:30"])

    def test_a_leave_of_the_vet_with_hours_of_their_own(self):
        own_hours = self._create_opening_hours(range(5), 8, 12)
        resource = self.env["resource.resource"].create(
            {"name": "Dr. Meier", "user_id": self.vet.id, "calendar_id": own_hours.id, "company_id": self.company.id}
        )
        self._create_leave(resource_id=resource.id, calendar_id=own_hours.id)
        self.assertEqual(self._find_times(TUESDAY), ["10:00", "10:30"])

    def test_a_leave_of_a_colleague_does_not_count(self):
        resource = self.env["resource.resource"].create(
            {"name": "Dr. Weber", "user_id": self.second_vet.id, "calendar_id": self.opening_hours.id}
        )
        self._create_leave(resource_id=resource.id)
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def test_another_companys_leave_does_not_count(self):
        self._create_leave(calendar_id=False, company_id=self.other_company.id)
        self.assertEqual(self._find_times(TUESDAY), ALL)

    def _create_leave(self, **values):
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "date_from": self._at(TUESDAY, "00:00"),
                "date_to": self._at(TUESDAY, "10:00"),
                **values,
            }
        )
        if "company_id" in values:
            leave.company_id = values["company_id"]
        return leave

    def test_finding_takes_as_many_queries_for_a_month_as_for_a_day(self):
        for number in range(20):
            day = (
                self.env["vet.consultation"]
                ._fields["scheduled_at"]
                .to_string(self._at(TUESDAY, "09:00") + timedelta(days=number))[:10]
            )
            self._block(self.vet, day, "09:00", "09:30")
            self._create_consultation(vet_id=self.vet.id, scheduled_at=self._at(day, "10:00"))
        first = self._at(TUESDAY, "00:00")

        def count(days):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            slots = self.consultation_type._find_slots(first, first + timedelta(days=days))
            self.assertTrue(slots)
            return self.cr.sql_log_count - before

        count(1)  # what is the same for every call is in memory by now
        self.assertLessEqual(count(28), count(1))


class TestClockChanges(ScheduleCommon):
    """Opening hours are what clocks show in the clinic, on every day of the year."""

    def test_opening_hours_keep_to_the_clock_when_it_changes_in_spring(self):
        for day, first in (("2026-03-27", "08:00"), ("2026-03-30", "07:00")):
            with self.subTest(day=day):
                slots = self.consultation_type._find_slots(self._at(day, "00:00"), self._at(day, "23:00"))
                self.assertEqual(slots[0]["start"].strftime("%H:%M"), first)
                self.assertEqual(self._find_times(day), ALL)

    def test_opening_hours_keep_to_the_clock_when_it_changes_in_autumn(self):
        for day, first in (("2026-10-23", "07:00"), ("2026-10-26", "08:00")):
            with self.subTest(day=day):
                slots = self.consultation_type._find_slots(self._at(day, "00:00"), self._at(day, "23:00"))
                self.assertEqual(slots[0]["start"].strftime("%H:%M"), first)
                self.assertEqual(self._find_times(day), ALL)

    def test_the_hour_that_spring_leaves_out_is_not_offered(self):
        self.consultation_type.resource_calendar_id = self._create_opening_hours(range(7), 1, 4)
        self.assertEqual(self._find_times("2026-03-29"), ["01:00", "01:30", "03:00", "03:30"])

    def test_the_hour_that_autumn_repeats_is_offered_twice(self):
        self.consultation_type.resource_calendar_id = self._create_opening_hours(range(7), 1, 4)
        expected = ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]
        self.assertEqual(self._find_times("2026-10-25"), expected)

    def test_each_half_hour_of_a_clock_change_lasts_half_an_hour(self):
        self.consultation_type.resource_calendar_id = self._create_opening_hours(range(7), 0, 24)
        for day, count in (("2026-03-29", 46), ("2026-10-25", 50)):
            with self.subTest(day=day):
                start = self._at(day, "00:00")
                slots = self.consultation_type._find_slots(start, start + timedelta(hours=count / 2))
                self.assertEqual(len(slots), count)
                self.assertEqual({slot["end"] - slot["start"] for slot in slots}, {timedelta(minutes=30)})

    def test_a_whole_day_in_the_calendar_covers_the_longer_day_of_autumn(self):
        self.consultation_type.write(
            {"resource_calendar_id": self._create_opening_hours(range(7), 0, 24).id, "vet_ids": self.vet.ids}
        )
        self.env["calendar.event"].create(
            {
                "name": "Congress",
                "allday": True,
                "start_date": "2026-10-25",
                "stop_date": "2026-10-25",
                "user_id": self.vet.id,
                "partner_ids": [fields.Command.set(self.vet.partner_id.ids)],
            }
        )
        self.assertEqual(self._find_times("2026-10-25"), [])


class TestBook(ScheduleCommon):
    """A slot becomes a consultation."""

    def test_booking_makes_a_scheduled_consultation_with_a_vet(self):
        consultation = self._book()
        self.assertEqual(consultation.scheduled_at, self._at(TUESDAY, "09:00"))
        self.assertEqual(consultation.state, "scheduled")
        self.assertIn(consultation.vet_id, self.vet | self.second_vet)
        self.assertEqual(consultation.company_id, self.company)

    def test_a_slot_can_be_taken_as_often_as_vets_are_free_and_by_each_once(self):
        booked = self._book() | self._book(patient=self.other_patient)
        self.assertEqual(booked.vet_id, self.vet | self.second_vet)
        with self.assertRaisesRegex(UserError, "choose another"):
            self._book()

    def test_the_wanted_vet_gets_it(self):
        self.assertEqual(self._book(vet=self.second_vet).vet_id, self.second_vet)
        with self.assertRaisesRegex(UserError, "choose another"):
            self._book(vet=self.second_vet)

    def test_of_the_free_vets_the_one_with_least_to_do_gets_it(self):
        self._create_consultation(vet_id=self.vet.id, scheduled_at=self._at(TUESDAY, "10:00"))
        self.assertEqual(self._book().vet_id, self.second_vet)

    def test_a_time_between_two_slots_cannot_be_booked(self):
        with self.assertRaisesRegex(UserError, "choose another"):
            self._book(clock="09:10")

    def test_a_time_outside_the_opening_hours_cannot_be_booked(self):
        with self.assertRaisesRegex(UserError, "choose another"):
            self._book(clock="13:00")

    def test_a_cancelled_appointment_frees_its_slot(self):
        first, _second = self._book(), self._book()
        first.action_cancel("The vet is ill")
        self.assertEqual(self._book().vet_id, first.vet_id)

    def test_local_times_of_both_sides_of_a_clock_change_are_booked_as_shown(self):
        for day in ("2026-03-27", "2026-03-30"):
            with self.subTest(day=day):
                local = fields.Datetime.context_timestamp(
                    self.vet.with_context(tz=BERLIN.zone), self._book(day=day).scheduled_at
                )
                self.assertEqual(local.strftime("%H:%M"), "09:00")
