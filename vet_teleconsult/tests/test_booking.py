from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models import vet_booking_submit

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestBooking(BookingCommon):
    """From the emergency questions to a consultation, with a login and without."""

    # === EMERGENCY QUESTIONS === #

    def test_looking_at_the_link_leaves_nothing_behind(self):
        before = self.env["vet.booking"].search_count([])
        response = self._open(f"/vet/book/{self.company.id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("It cannot get up", response.text)
        self.assertEqual(self.env["vet.booking"].search_count([]), before)

    def test_a_red_flag_is_answered_with_the_clinics_number_and_kept(self):
        response = self._send(f"/vet/book/{self.company.id}", red_flag=str(self.question.id))
        booking = self._booking_of(response)
        self.assertEqual(self._step_of(response), "emergency")
        self.assertEqual(response.page.xpath("//a[@data-test='booking-emergency-call']/@href"), ["tel:+49305550142"])
        self.assertEqual(booking.state, "emergency")
        self.assertTrue(booking.has_red_flag)
        self.assertTrue(booking.emergency_shown_at)
        self.assertEqual(booking.answers, [{"question": "It cannot get up", "yes": True}])
        self.assertIn(booking.with_user(self.vet), self.env["vet.booking"].with_user(self.vet).search([]))

    def test_nobody_gets_past_a_red_flag_without_having_seen_the_number(self):
        booking = self._begin(red_flag=str(self.question.id))
        self.assertEqual(self._step_of(self._open(booking._get_path("owner"))), "emergency")
        response = self._send(booking._get_path("emergency"))
        self.assertEqual(self._step_of(response), "owner")
        self.assertEqual(booking.state, "draft")
        self.assertTrue(booking.has_red_flag)
        self.assertTrue(booking.emergency_passed_at)

    def test_the_vet_reads_of_the_red_flag_on_the_consultation(self):
        booking = self._begin(red_flag=str(self.question.id))
        self._send(booking._get_path("emergency"))
        self._fill(booking)
        self._send(booking._get_path("time"), when="now")
        consultation = booking.consultation_id.with_user(self.vet)
        self.assertEqual(consultation.red_flags, "It cannot get up")
        self.assertEqual(consultation.booking_id, booking)
        self.assertIn("It cannot get up", "".join(consultation.message_ids.mapped("body")))

    def test_a_sign_counts_although_none_is_ticked_too(self):
        booking = self._begin(red_flag=str(self.question.id), none="1")
        self.assertEqual(booking.state, "emergency")

    def test_the_questions_must_be_answered(self):
        before = self.env["vet.booking"].search_count([])
        response = self._send(f"/vet/book/{self.company.id}", red_flag="0")
        self.assertIn("Tick what applies", self._get_text(response, "booking-problem"))
        self.assertEqual(self.env["vet.booking"].search_count([]), before)

    def test_a_question_of_another_clinic_is_not_asked(self):
        self.env["vet.emergency.question"].create({"question": "Foreign sign", "company_id": self.other_company.id})
        self.assertNotIn("Foreign sign", self._open(f"/vet/book/{self.company.id}").text)

    # === STEPS === #

    def test_each_step_is_kept_and_a_reload_loses_nothing(self):
        booking = self._begin()
        self._fill(booking, until="reason")
        again = self._open(booking._get_path())
        self.assertEqual(self._step_of(again), "reason")
        page = self._open(booking._get_path("owner")).page
        self.assertEqual(page.xpath("//input[@name='name']/@value"), ["Nora New"])
        self.assertEqual(page.xpath("//input[@name='email']/@value"), ["nora@example.com"])

    def test_a_step_cannot_be_skipped(self):
        booking = self._begin()
        self.assertEqual(self._step_of(self._open(booking._get_path("time"))), "owner")

    def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(self):
        booking = self._begin()
        response = self._send(booking._get_path("owner"), name="Nora", email="nora at example", phone="12")
        email = response.page.xpath("//input[@name='email']")[0]
        self.assertEqual(email.get("aria-invalid"), "true")
        self.assertEqual(email.get("value"), "nora at example")
        described = email.get("aria-describedby").split()
        self.assertIn("anna@example.com", response.page.get_element_by_id(described[-1]).text_content())
        self.assertIn("phone number", self._get_text(response, "booking-problem"))
        self.assertFalse(booking.owner_name)

    def test_a_new_pet_needs_a_name_and_a_kind(self):
        booking = self._begin()
        self._fill(booking, until="pet")
        response = self._send(
            booking._get_path("pet"), name=" ", species_id="0", weight="heavy", birth_date="2999-01-01"
        )
        problem = self._get_text(response, "booking-problem")
        for sentence in ("pet's name", "kind of animal", "kilograms", "in the future"):
            self.assertIn(sentence, problem)

    def test_what_is_not_offered_cannot_be_chosen(self):
        hidden = self.env["vet.consultation.type"].create({"name": "Hidden"})
        booking = self._begin()
        self._fill(booking, until="reason")
        page = self._open(booking._get_path("reason")).page
        self.assertEqual(page.xpath("//input[@name='type_id']/@value"), [str(self.offer.id)])
        response = self._send(booking._get_path("reason"), type_id=str(hidden.id), reason="x")
        self.assertIn("Choose what you want", self._get_text(response, "booking-problem"))

    def test_the_price_stands_beside_each_offer(self):
        product = self.env["product.product"].create({"name": "Video visit", "list_price": 39.0, "taxes_id": False})
        self.offer.product_id = product
        booking = self._begin()
        response = self._fill(booking, until="reason")
        self.assertIn("39.00", self._get_text(response, "booking-offer"))

    def test_a_call_by_phone_needs_a_number(self):
        self.offer.mode = "phone"
        booking = self._begin()
        response = self._fill(booking, until="files", owner={"phone": ""})
        self.assertEqual(self._step_of(response), "owner")
        response = self._send(booking._get_path("owner"), name="Nora", email="nora@example.com", phone="")
        self.assertIn("number at which", self._get_text(response, "booking-problem"))
        response = self._send(booking._get_path("owner"), name="Nora", email="nora@example.com", phone="+49305550199")
        self.assertEqual(self._step_of(response), "files")

    # === NOW === #

    def test_now_puts_the_owner_into_the_queue_and_shows_their_place(self):
        first = self._book_as_stranger()
        self._send(first._get_path("time"), when="now")
        second = self._book_as_stranger(owner={"email": "otto@example.com"})
        response = self._send(second._get_path("time"), when="now")
        self.assertEqual(self._step_of(response), "result")
        self.assertEqual(second.state, "requested")
        consultation = second.consultation_id
        self.assertEqual((consultation.queue_state, consultation.vet_id), ("available", self.env["res.users"]))
        self.assertEqual(consultation.type_id, self.offer)
        self.assertEqual(consultation.company_id, self.company)
        place = consultation._get_place_in_line()
        self.assertGreaterEqual(place, 1)
        self.assertEqual(response.page.xpath("//*[@data-test='booking-place']/@data-place"), [str(place)])
        self.assertEqual(response.page.xpath("//a[@data-test='booking-room']/@href"), [consultation._get_room_path()])

    def test_who_asks_for_a_call_now_is_told_to_expect_it_and_vets_are_called(self):
        self.offer.mode = "phone"
        booking = self._book_as_stranger()
        response = self._send(booking._get_path("time"), when="now")
        self.assertIn("We call you as soon as a vet is free", response.text)
        self.assertNotIn("We expect you now", response.text)
        waiting = self.env["vet.consultation"].with_user(self.vet).get_waiting_list()
        self.assertIn(booking.consultation_id.id, [entry["id"] for entry in waiting])

    def test_vets_are_called_to_who_asks_to_be_seen_now_before_they_enter_the_room(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        waiting = self.env["vet.consultation"].with_user(self.vet).get_waiting_list()
        self.assertIn(booking.consultation_id.id, [entry["id"] for entry in waiting])

    def test_pressed_twice_it_is_one_consultation(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        consultation = booking.consultation_id
        booking._request_now()
        self.assertEqual(booking.consultation_id, consultation)
        self.assertEqual(self._step_of(self._open(booking._get_path("time"))), "result")

    def _request_now(self):
        booking = self._book_as_stranger()
        response = self._send(booking._get_path("time"), when="now")
        return booking, response

    def test_who_asks_for_now_is_mailed_and_told_where_to(self):
        booking, response = self._request_now()
        self.assertIn("nora@example.com", self._get_text(response, "booking-mailed"))
        notice = booking.consultation_id.notice_ids
        self.assertEqual(
            (notice.kind, notice.recipient, notice.state), ("confirmation", "nora@example.com", "outgoing")
        )
        self.assertIn(booking._get_path(), notice.mail_id.body_html)

    def test_who_books_a_time_is_told_where_the_invitation_went(self):
        booking = self._book_as_stranger()
        response = self._book_at(booking)
        self.assertIn("nora@example.com", self._get_text(response, "booking-mailed"))

    def test_without_a_template_no_mail_is_promised_and_the_clinic_sees_it(self):
        self.env.ref("vet_teleconsult.mail_template_booking").unlink()
        booking, response = self._request_now()
        self.assertEqual(self._step_of(response), "result")
        self.assertFalse(self._get_text(response, "booking-mailed"))
        notice = booking.consultation_id.with_user(self.vet).notice_ids
        self.assertEqual((notice.kind, notice.state, notice.problem), ("confirmation", "skipped", "no_template"))

    def test_a_mail_that_failed_is_not_said_to_be_sent(self):
        booking, _response = self._request_now()
        booking.consultation_id.notice_ids.mail_id.state = "exception"
        self.assertFalse(self._get_text(self._open(booking._get_path("result")), "booking-mailed"))

    def test_an_address_that_was_mailed_too_often_is_not_mailed_again_and_that_is_noted(self):
        with patch.object(vet_booking_submit, "MAX_MAILS", 1):
            self._request_now()
            booking, response = self._request_now()
        self.assertFalse(self._get_text(response, "booking-mailed"))
        self.assertEqual(booking.consultation_id.notice_ids.problem, "limit")

    def test_a_closed_clinic_offers_no_now(self):
        self.hours.attendance_ids.unlink()
        booking = self._book_as_stranger()
        page = self._open(booking._get_path("time")).page
        self.assertTrue(page.xpath("//*[@data-test='closed-now']"))
        self.assertFalse(page.xpath("//*[@data-test='book-now']"))
        token = page.xpath("//input[@name='csrf_token']/@value")
        response = self.url_open(
            booking._get_path("time"), data={"csrf_token": token[0] if token else "", "when": "now"}
        )
        self.assertNotIn("booking-result", response.text)
        self.assertFalse(booking.consultation_id)

    def test_who_is_left_over_at_closing_time_is_told_to_call(self):
        self.company.phone = "+49 30 5550142"
        booking, response = self._request_now()
        self.assertFalse(self._get_text(response, "booking-left-over"))
        self.hours.attendance_ids.unlink()
        response = self._open(booking._get_path("result"))
        self.assertIn("Please call the clinic", self._get_text(response, "booking-left-over"))
        self.assertEqual(response.page.xpath("//*[@data-test='booking-left-over-call']/@href"), ["tel:+49305550142"])
        self.assertNotIn("We expect you now", response.text)
        self.assertFalse(response.page.xpath("//*[@data-test='booking-place']"))

    def test_who_was_left_over_is_not_expected_again_when_the_clinic_opens_the_next_day(self):
        booking, _response = self._request_now()
        booking.consultation_id.scheduled_at -= timedelta(days=2)
        self.assertTrue(booking._is_left_over())

    def test_whom_a_vet_has_claimed_is_seen_also_after_closing_time(self):
        booking, _response = self._request_now()
        booking.consultation_id.vet_id = self.vet
        self.hours.attendance_ids.unlink()
        self.assertFalse(booking._is_left_over())

    def test_no_now_is_offered_when_no_vet_is_there_before_closing_time(self):
        booking = self._book_as_stranger()
        now = fields.Datetime.now()
        for vet in (self.vet, self.second_vet):
            self.env["calendar.event"].create(
                {
                    "name": "Congress",
                    "start": now - timedelta(hours=1),
                    "stop": now + timedelta(hours=36),
                    "user_id": vet.id,
                    "partner_ids": [fields.Command.set(vet.partner_id.ids)],
                }
            )
        page = self._open(booking._get_path("time")).page
        self.assertTrue(page.xpath("//*[@data-test='no-vet-now']"))
        self.assertFalse(page.xpath("//*[@data-test='book-now' or @data-test='closed-now']"))
        with self.assertRaisesRegex(UserError, "No vet can see you"):
            booking._request_now()
        self.assertFalse(booking.consultation_id)

    def test_what_the_owner_said_stands_in_the_consultations_chat(self):
        booking = self._book_as_stranger()
        chat = booking.chat_id
        self.assertTrue(chat.is_draft)
        self._send(booking._get_path("time"), when="now")
        self.assertEqual(booking.consultation_id.chat_id, chat)
        self.assertFalse(chat.is_draft)
        self.assertEqual(chat.subject, "Scratches since Monday")
        [message] = chat._get_messages()
        self.assertEqual(message.author_id, booking.partner_id)
        self.assertIn("Scratches since Monday", message.body)

    def test_an_unfinished_booking_is_not_in_the_vets_inbox(self):
        booking = self._book_as_stranger()
        chat = booking.chat_id
        chat.last_message_at = fields.Datetime.now()
        inbox = self.env["vet.chat"].with_user(self.vet)
        self.assertNotIn(chat, inbox.search(inbox._get_inbox_domain()))
        self._send(booking._get_path("time"), when="now")
        self.assertIn(chat, inbox.search(inbox._get_inbox_domain()))

    # === WITH A LOGIN === #

    def test_an_owner_with_a_login_is_not_asked_who_they_are(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}")
        self.assertEqual(self._step_of(self._open(booking._get_path())), "pet")
        response = self._send(booking._get_path("pet"), patient_id=str(self.patient.id))
        self.assertEqual(self._step_of(response), "reason")
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Limps")
        self._send(booking._get_path("files"))
        self._send(booking._get_path("time"), when="now")
        consultation = booking.consultation_id
        self.assertEqual((consultation.partner_id, consultation.patient_id), (self.owner.partner_id, self.patient))
        self.assertFalse(booking.is_partner_new)

    def test_an_owner_adds_a_new_pet_in_the_same_step(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}")
        self._send(
            booking._get_path("pet"),
            patient_id="new",
            name="Pip",
            species_id=str(self.species.id),
            sex="male",
            weight="1,2",
        )
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Vaccination")
        self._send(booking._get_path("files"))
        self._send(booking._get_path("time"), when="now")
        patient = booking.consultation_id.patient_id
        self.assertEqual((patient.name, patient.partner_id, patient.sex), ("Pip", self.owner.partner_id, "male"))
        self.assertAlmostEqual(patient.weight, 1.2)
        self.assertEqual(patient.company_id, self.company)

    def test_changing_the_pet_afterwards_leaves_no_second_one(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}")
        self._send(booking._get_path("pet"), patient_id="new", name="Pip", species_id=str(self.species.id))
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Vaccination")
        self._open(booking._get_path("files"))
        self.env.invalidate_all()
        unneeded = booking.patient_id
        self.assertEqual(unneeded.name, "Pip")
        self._send(booking._get_path("pet"), patient_id=str(self.patient.id))
        self.assertFalse(unneeded.exists())
        self.assertEqual(booking.chat_id.patient_id, self.patient)

    def test_the_page_of_a_pet_begins_a_booking_for_it(self):
        self._log_in(self.owner)
        path = f"/my/book?company_id={self.company.id}&patient_id={self.patient.id}"
        self.assertEqual(self._begin(path).patient_id, self.patient)
        path = f"/my/book?company_id={self.company.id}&patient_id={self.other_patient.id}"
        self.assertFalse(self._begin(path).patient_id)

    def test_another_owners_pet_cannot_be_chosen(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}")
        response = self._send(booking._get_path("pet"), patient_id=str(self.other_patient.id))
        self.assertIn("Choose which pet", self._get_text(response, "booking-problem"))
        self.assertFalse(booking.patient_id)
