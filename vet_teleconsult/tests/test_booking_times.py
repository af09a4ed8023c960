from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_booking_times

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestBookingTimes(BookingCommon):
    """A time is offered in the owner's zone, booked once, and gone for everybody else."""

    def test_a_time_becomes_an_appointment_with_a_vet(self):
        booking = self._book_as_stranger()
        start = self._get_free(booking)
        response = self._book_at(booking, start)
        self.assertEqual(self._step_of(response), "result")
        self.assertEqual(booking.state, "booked")
        consultation = booking.consultation_id
        self.assertEqual(consultation.scheduled_at, booking._read_start(start))
        self.assertEqual(consultation.type_id, self.offer)
        self.assertIn(consultation.vet_id, self.vet | self.second_vet)
        self.assertEqual(consultation.event_id.start, consultation.scheduled_at)
        self.assertEqual(consultation.chat_id, booking.chat_id)

    def test_the_appointment_comes_as_a_calendar_file(self):
        booking = self._book_as_stranger()
        response = self._book_at(booking)
        self.assertEqual(
            response.page.xpath("//a[@data-test='booking-ics']/@href"), [booking._get_path("calendar.ics")]
        )
        answer = self.url_open(booking._get_path("calendar.ics"))
        self.assertTrue(answer.headers["Content-Type"].startswith("text/calendar"))
        content = answer.text.replace("\r\n ", "")
        self.assertIn("BEGIN:VEVENT", content)
        self.assertIn(booking.consultation_id._get_room_path(), content)
        self.assertIn(booking.consultation_id.scheduled_at.strftime("%Y%m%dT%H%M%SZ"), content)

    def test_a_request_for_now_has_no_calendar_file(self):
        booking = self._book_as_stranger()
        response = self._send(booking._get_path("time"), when="now")
        self.assertFalse(response.page.xpath("//a[@data-test='booking-ics']"))
        self.assertEqual(self._step_of(self._open(booking._get_path("calendar.ics"))), "result")

    def test_a_time_that_somebody_else_has_taken_is_said_to_be_gone_and_nothing_is_lost(self):
        self.offer.vet_ids = self.vet
        booking = self._book_as_stranger()
        start = self._get_free(booking)
        other = self._book_as_stranger(owner={"email": "otto@example.com"})
        self._book_at(other, start)
        self.assertEqual(other.state, "booked")
        response = self._send(booking._get_path("time"), start=start)
        self.assertIn("just been taken", self._get_text(response, "booking-problem"))
        offered = response.page.xpath("//input[@name='start']/@value")
        self.assertTrue(offered)
        self.assertNotIn(start, offered)
        self.assertEqual((booking.state, booking.reason), ("draft", "Scratches since Monday"))
        self.assertFalse(booking.consultation_id)
        self._book_at(booking, offered[0])
        self.assertEqual(booking.state, "booked")

    def test_a_time_that_was_never_offered_cannot_be_booked(self):
        booking = self._book_as_stranger()
        for start in ("2020-01-01T10:00:00Z", "2999-01-01T10:00:00Z", "9999-12-31T23:59:59Z", "tomorrow", ""):
            with self.subTest(start):
                response = self._send(booking._get_path("time"), start=start)
                self.assertTrue(self._get_text(response, "booking-problem"))
                self.assertFalse(booking.consultation_id)

    def test_times_are_those_of_the_owners_zone_which_is_named(self):
        booking = self._book_as_stranger()
        response = self._open(booking._get_path("time"))
        self.assertIn("Europe/Berlin", self._get_text(response, "booking-zone"))
        self.opener.cookies.set("tz", "America/New_York")
        self._send(booking._get_path("files"))
        self.assertEqual(booking.tz, "America/New_York")
        response = self._open(booking._get_path("time"))
        self.assertIn("America/New York", self._get_text(response, "booking-zone"))

    def test_another_zone_can_be_chosen_without_javascript(self):
        booking = self._book_as_stranger()
        response = self._open(booking._get_path("time") + "?tz=Asia/Kolkata")
        self.assertIn("Asia/Kolkata", self._get_text(response, "booking-zone"))
        self.assertEqual(booking.tz, "Asia/Kolkata")
        self._open(booking._get_path("time") + "?tz=Nowhere/Land")
        self.assertEqual(booking.tz, "Asia/Kolkata")

    def test_the_times_of_one_day_are_shown_and_a_week_of_days(self):
        self.offer.booking_horizon_days = 20
        booking = self._book_as_stranger()
        first = self._open(booking._get_path("time")).page
        days = first.xpath("//*[@data-test='booking-day']")
        self.assertEqual(len(days), 7)
        self.assertEqual([day.get("aria-current") for day in days], ["date"] + [None] * 6)
        times = first.xpath("//input[@name='start']/@value")
        third = self._open(booking._get_path("time") + days[2].get("href")).page
        self.assertLess(max(times), min(third.xpath("//input[@name='start']/@value")))
        self.assertEqual(len(third.xpath("//*[@data-test='booking-day']")), 7)

    def test_a_week_leads_to_the_next_and_back(self):
        self.offer.booking_horizon_days = 20
        booking = self._book_as_stranger()
        first = self._open(booking._get_path("time")).page
        self.assertFalse(first.xpath("//a[@data-test='earlier-days']"))
        [later] = first.xpath("//a[@data-test='later-days']/@href")
        second = self._open(booking._get_path("time") + later).page
        days = [page.xpath("//*[@data-test='booking-day']/@href") for page in (first, second)]
        self.assertFalse(set(days[0]) & set(days[1]))
        [earlier] = second.xpath("//a[@data-test='earlier-days']/@href")
        again = self._open(booking._get_path("time") + earlier).page
        self.assertEqual(again.xpath("//*[@data-test='booking-day']/@href"), days[0])

    def test_a_number_without_end_is_no_clinic(self):
        self._log_in(self.owner)
        self.assertEqual(self.url_open("/my/book?company_id=" + "9" * 5000).status_code, 200)

    def test_who_looks_for_times_again_and_again_waits_a_minute(self):
        booking = self._book_as_stranger()
        with patch.object(vet_booking_times, "MAX_SEARCHES", booking.searches + 1):
            first = self._open(booking._get_path("time"))
            refused = self._open(booking._get_path("time"))
            booking.searched_at -= timedelta(minutes=2)
            self.env.flush_all()
            later = self._open(booking._get_path("time"))
        self.assertEqual((first.status_code, refused.status_code, later.status_code), (200, 429, 200))
        self.assertIn("Wait a minute", self._get_text(refused, "booking-refusal"))

    def test_without_any_free_time_the_owner_is_told_to_call(self):
        self.hours.attendance_ids.unlink()
        booking = self._book_as_stranger()
        response = self._open(booking._get_path("time"))
        self.assertIn("Please call", self._get_text(response, "no-times"))


@tagged("post_install", "-at_install")
class TestBookingClockChanges(BookingCommon):
    """On the nights on which clocks change, each hour is offered once, and told apart where it comes twice."""

    def _get_days_at(self, moment):
        with freeze_time(moment):
            booking = self.env["vet.booking"]._begin(self.company, [], tz="Europe/Berlin", type_id=self.offer.id)
            return {day["date"].isoformat(): day["times"] for day in booking._get_days()["days"]}

    def test_where_the_clock_goes_back_the_hour_that_comes_twice_is_told_apart(self):
        times = self._get_days_at("2026-10-24 12:00:00")["2026-10-25"]
        twice = [(time["start"], time["zone"]) for time in times if time["local"].hour == 2]
        self.assertEqual(
            twice,
            [
                ("2026-10-25T00:00:00Z", "CEST"),
                ("2026-10-25T00:30:00Z", "CEST"),
                ("2026-10-25T01:00:00Z", "CET"),
                ("2026-10-25T01:30:00Z", "CET"),
            ],
        )

    def test_where_the_clock_goes_forward_the_hour_that_is_left_out_is_not_offered(self):
        times = self._get_days_at("2026-03-28 12:00:00")["2026-03-29"]
        self.assertFalse([time for time in times if time["local"].hour == 2])
        self.assertIn("2026-03-29T01:00:00Z", [time["start"] for time in times if time["local"].hour == 3])

    def test_on_other_days_no_zone_is_repeated_at_each_time(self):
        times = self._get_days_at("2026-10-24 12:00:00")["2026-10-26"]
        self.assertEqual({time["zone"] for time in times}, {None})

    def test_the_start_is_read_back_as_it_was_written(self):
        with freeze_time("2026-10-24 12:00:00"):
            booking = self.env["vet.booking"]._begin(self.company, [], tz="Europe/Berlin", type_id=self.offer.id)
            days = {day["date"].isoformat(): day["times"] for day in booking._get_days()["days"]}
            start = booking._read_start(days["2026-10-25"][0]["start"])
        self.assertEqual(start, datetime(2026, 10, 24, 22, 0))
        self.assertEqual(fields.Datetime.to_string(start), "2026-10-24 22:00:00")
