from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_booking_hold

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestBookingHold(BookingCommon):
    """Whoever only types an address holds a time until the mailed link is followed, and takes nobody's."""

    def setUp(self):
        super().setUp()
        self.before = {model: self.env[model].search([]) for model in ("mail.mail", "sms.sms", "calendar.event")}

    def _get_new(self, model):
        return self.env[model].search([]) - self.before[model]

    def _hold(self, **typed):
        booking = self._book_as_stranger(**typed)
        response = self._send(booking._get_path("time"), start=self._get_free(booking))
        return booking, response

    def _let_lapse(self, booking):
        booking.held_until = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()

    # === HELD === #

    def test_the_time_is_held_and_nothing_is_booked(self):
        booking, response = self._hold()
        self.assertEqual(self._step_of(response), "confirm")
        self.assertIn("nora@example.com", self._get_text(response, "booking-held"))
        self.assertEqual(booking.state, "draft")
        self.assertFalse(booking.consultation_id or self._get_new("calendar.event"))
        left = booking.held_until - fields.Datetime.now()
        self.assertTrue(timedelta(minutes=29) < left <= timedelta(minutes=30))

    def test_one_mail_goes_to_the_address_and_no_sms(self):
        booking, _response = self._hold()
        [mail] = self._get_new("mail.mail")
        self.assertEqual(mail.recipient_ids, booking.partner_id)
        self.assertIn(self._get_confirm_path(booking), mail.body_html)
        self.assertNotIn(booking.access_token, mail.body_html)
        self.assertFalse(mail.model)
        self.assertFalse(self._get_new("sms.sms"))

    def test_the_page_of_whoever_typed_the_address_does_not_confirm_it(self):
        booking, response = self._hold()
        self.assertNotIn(booking.confirm_token, response.text)
        self._send(booking._get_path("time"), start=fields.Datetime.to_string(booking.held_start))
        self.assertFalse(booking.consultation_id)

    def test_a_held_time_is_offered_to_nobody_else(self):
        self.offer.vet_ids = self.vet
        booking, _response = self._hold()
        other = self._book_as_stranger(owner={"email": "otto@example.com"})
        offered = self._open(other._get_path("time")).page.xpath("//input[@name='start']/@value")
        held = booking.held_start.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.assertNotIn(held, offered)
        response = self._send(other._get_path("time"), start=held)
        self.assertIn("just been taken", self._get_text(response, "booking-problem"))

    def test_after_half_an_hour_the_time_is_free_again_and_nothing_more_is_sent(self):
        self.offer.vet_ids = self.vet
        booking, _response = self._hold()
        held = booking.held_start.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._let_lapse(booking)
        other = self._book_as_stranger(owner={"email": "otto@example.com"})
        offered = self._open(other._get_path("time")).page.xpath("//input[@name='start']/@value")
        self.assertIn(held, offered)
        self.assertEqual(self._step_of(self._open(booking._get_path())), "time")
        self.assertEqual(len(self._get_new("mail.mail")), 1)

    def test_the_owner_chooses_again_and_the_mailed_link_is_worthless(self):
        booking, _response = self._hold()
        path = self._get_confirm_path(booking)
        response = self._send(booking._get_path("confirm"))
        self.assertEqual(self._step_of(response), "time")
        self.assertFalse(booking.held_until)
        self.assertEqual(self._open(path).status_code, 404)

    # === CONFIRMED === #

    def test_the_mailed_link_books_the_time_when_its_button_is_pressed(self):
        booking, _response = self._hold()
        start = booking.held_start
        response = self._open(self._get_confirm_path(booking))
        self.assertIn("Minka", response.text)
        self.assertFalse(booking.consultation_id)
        response = self._confirm(booking)
        self.assertEqual(self._step_of(response), "result")
        self.assertEqual((booking.state, booking.consultation_id.scheduled_at), ("booked", start))
        self.assertEqual(booking.consultation_id.event_id.start, start)
        self.assertFalse(booking.held_until)

    def test_the_mailed_link_leads_to_what_was_booked_by_it(self):
        booking, _response = self._hold()
        self._confirm(booking)
        self.assertEqual(self._step_of(self._open(self._get_confirm_path(booking))), "result")

    def test_confirmed_too_late_the_time_is_booked_if_it_is_free(self):
        booking, _response = self._hold()
        self._let_lapse(booking)
        self._confirm(booking)
        self.assertEqual(booking.state, "booked")

    def test_confirmed_too_late_and_taken_another_is_booked_without_asking_again(self):
        self.offer.vet_ids = self.vet
        booking, _response = self._hold()
        self._let_lapse(booking)
        other = self._book_as_stranger(owner={"email": "otto@example.com"})
        self._book_at(other, booking.held_start.strftime("%Y-%m-%dT%H:%M:%SZ"))
        response = self._confirm(booking)
        self.assertIn("not free", self._get_text(response, "booking-problem"))
        self.assertFalse(booking.consultation_id)
        response = self._send(booking._get_path("time"), start=self._get_free(booking))
        self.assertEqual((self._step_of(response), booking.state), ("result", "booked"))

    def test_a_wrong_link_confirms_nothing(self):
        booking, _response = self._hold()
        for path in (f"/vet/book/confirm/{booking.id}/wrong", "/vet/book/confirm/999999/wrong"):
            with self.subTest(path):
                self.assertEqual(self._open(path).status_code, 404)
        self.assertFalse(booking.consultation_id)

    def test_the_link_to_one_address_does_not_confirm_another(self):
        booking, _response = self._hold()
        self._let_lapse(booking)
        self._send(booking._get_path("owner"), name="Nora New", email="victim@example.com")
        self.assertEqual(booking.owner_email, "victim@example.com")
        self.assertEqual(self._open(self._get_confirm_path(booking)).status_code, 404)
        self._send(booking._get_path("time"), start=self._get_free(booking))
        self.assertTrue(booking._is_held())

    # === LIMITS, AND WHO IS NOT BOTHERED === #

    def test_one_address_is_not_mailed_again_and_again(self):
        booking, _response = self._hold()
        for _number in range(5):
            self._send(booking._get_path("confirm"))
            response = self._send(booking._get_path("time"), start=self._get_free(booking))
        self.assertIn("call the clinic", self._get_text(response, "booking-problem"))
        self.assertEqual(len(self._get_new("mail.mail")), vet_booking_hold.MAX_MAILS)

    def test_other_bookings_with_the_address_count_too(self):
        with patch.object(vet_booking_hold, "MAX_MAILS", 1):
            self._hold()
            other, response = self._hold()
        self.assertIn("call the clinic", self._get_text(response, "booking-problem"))
        self.assertFalse(other._is_held())

    def test_an_owner_with_a_login_is_booked_in_at_once(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}&patient_id={self.patient.id}")
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Limps")
        self._send(booking._get_path("files"))
        response = self._send(booking._get_path("time"), start=self._get_free(booking))
        self.assertEqual((self._step_of(response), booking.state), ("result", "booked"))

    def test_with_the_clinics_link_to_book_again_nothing_is_to_be_confirmed(self):
        self.consultation.with_user(self.manager).action_cancel("The vet is ill.")
        booking = self._begin("/vet/book/again/" + self.consultation._get_rebook_url().rpartition("/")[2])
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Limps")
        self._send(booking._get_path("files"))
        response = self._send(booking._get_path("time"), start=self._get_free(booking))
        self.assertEqual((self._step_of(response), booking.state), ("result", "booked"))
