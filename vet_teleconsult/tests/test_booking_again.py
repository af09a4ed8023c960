from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestBookingAgain(BookingCommon):
    """By the link of a cancelled consultation its owner books again, and says nothing twice."""

    def _cancel(self, booking=None):
        consultation = booking.consultation_id if booking else self.consultation
        consultation.with_user(self.manager).action_cancel("The vet is ill.")
        return consultation

    def _get_again_path(self, consultation):
        return "/vet/book/again/" + consultation._get_rebook_url().rpartition("/")[2]

    def test_patient_type_and_what_was_said_are_carried_over(self):
        first = self._book_as_stranger()
        self._book_at(first)
        consultation = self._cancel(first)
        path = self._get_again_path(consultation)
        self.assertIn("Minka", self._open(path).text)
        booking = self._begin(path)
        self.assertEqual(
            (booking.partner_id, booking.patient_id, booking.type_id, booking.reason, booking.rebooked_from_id),
            (first.partner_id, first.patient_id, self.offer, "Scratches since Monday", consultation),
        )
        self.assertEqual(self._step_of(self._open(booking._get_path())), "files")
        self._send(booking._get_path("files"))
        self._send(booking._get_path("time"), start=self._get_free(booking))
        self.assertEqual(booking.consultation_id.patient_id, first.patient_id)
        self.assertEqual(booking.consultation_id.chat_id, consultation.chat_id)
        self.assertEqual(booking.consultation_id.state, "scheduled")
        said = [body for body in consultation.chat_id._get_messages().mapped("body") if "Scratches" in body]
        self.assertEqual(len(said), 1)

    def _get_offer(self, booking):
        return self._open(booking._get_path("result")).page.xpath("//a[@data-test='book-again']/@href")

    def test_the_bookings_own_page_leads_to_another_time(self):
        first = self._book_as_stranger()
        self._book_at(first)
        self.assertFalse(self._get_offer(first))
        self._cancel(first)
        [offer] = self._get_offer(first)
        again = self._begin("/vet/book/again/" + offer.rpartition("/")[2])
        self.assertEqual((again.patient_id, again.rebooked_from_id), (first.patient_id, first.consultation_id))

    def test_who_was_missed_is_offered_another_time_too(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        booking.consultation_id.write({"state": "no_show"})
        self.assertTrue(self._get_offer(booking))

    def test_whose_link_was_withdrawn_is_offered_no_other_time(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        self._cancel(booking).action_revoke_owner_link()
        self.assertFalse(self._get_offer(booking))

    def test_who_is_not_the_owner_any_more_is_offered_no_other_time(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        consultation = booking.consultation_id
        consultation.patient_id.owner_ids |= self.other_owner.partner_id
        consultation.partner_id = self.other_owner.partner_id
        self._cancel(booking)
        self.assertFalse(self._get_offer(booking))

    def test_a_type_that_is_no_longer_offered_is_chosen_anew(self):
        consultation = self._cancel()
        booking = self._begin(self._get_again_path(consultation))
        self.assertFalse(booking.type_id)
        self.assertEqual(self._step_of(self._open(booking._get_path())), "reason")

    def test_in_a_locked_chat_nothing_is_put_again(self):
        consultation = self._cancel()
        consultation.chat_id.state = "locked"
        booking = self._begin(self._get_again_path(consultation))
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Still limps")
        self._send(booking._get_path("files"))
        self.assertTrue(booking.chat_id)
        self.assertNotEqual(booking.chat_id, consultation.chat_id)

    def test_the_link_leads_to_what_was_booked_by_it_already(self):
        consultation = self._cancel()
        path = self._get_again_path(consultation)
        booking = self._begin(path)
        self.assertEqual(self._booking_of(self._open(path)), booking)
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Still limps")
        self._send(booking._get_path("files"))
        self._send(booking._get_path("time"), when="now")
        response = self._open(path)
        self.assertEqual((self._booking_of(response), self._step_of(response)), (booking, "result"))

    def test_begun_twice_it_is_booked_once(self):
        consultation = self._cancel()
        bookings = [
            self.env["vet.booking"]._begin(
                self.company,
                [],
                **{
                    **self.env["vet.booking"]._prepare_rebooking_vals(consultation),
                    "type_id": self.offer.id,
                    "reason": "Limps",
                    "files_done": True,
                },
            )
            for _number in range(2)
        ]
        self._send(bookings[0]._get_path("time"), when="now")
        response = self._send(bookings[1]._get_path("time"), when="now")
        self.assertIn("already", self._get_text(response, "booking-problem"))
        self.assertFalse(bookings[1].consultation_id)

    def test_the_link_of_a_consultation_that_takes_place_after_all_says_so(self):
        consultation = self._cancel()
        path = self._get_again_path(consultation)
        consultation.with_user(self.manager).action_reopen(fields.Datetime.now() + timedelta(days=1))
        response = self._open(path)
        self.assertEqual(response.status_code, 410)
        self.assertIn("takes place after all", self._get_text(response, "booking-refusal"))

    def test_a_forged_or_expired_link_says_so(self):
        path = self._get_again_path(self._cancel())
        forged = self._open(path[:-3] + "abc")
        self.assertEqual(forged.status_code, 410)
        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self.assertEqual(self._open(path).status_code, 410)


@tagged("post_install", "-at_install")
class TestBookingExpiry(BookingCommon):
    """What nobody finishes is forgotten; what a clinic may need to know later is not."""

    def _expire(self, booking):
        self._let_expire(booking)
        with self.enter_registry_test_mode():
            self.env.ref("vet_teleconsult.ir_cron_expire_bookings").method_direct_trigger()
        self.env.invalidate_all()

    def test_contact_patient_and_chat_of_an_unfinished_booking_go(self):
        booking = self._book_as_stranger()
        made = [booking.partner_id, booking.patient_id, booking.chat_id]
        self._expire(booking)
        self.assertEqual(booking.state, "expired")
        self.assertFalse([record for record in made if record.exists()])
        self.assertFalse(booking.owner_name or booking.owner_email or booking.owner_phone or booking.reason)

    def _begin_again(self):
        """Begin to book instead of a cancelled consultation whose chat goes on, and stop at the files."""
        self.consultation.with_user(self.manager).action_cancel("The vet is ill.")
        path = "/vet/book/again/" + self.consultation._get_rebook_url().rpartition("/")[2]
        booking = self._begin(path)
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Still limps")
        self._open(booking._get_path("files"))
        return booking

    def test_of_a_booking_again_the_earlier_chat_and_its_files_stay(self):
        chat = self.consultation.chat_id
        media = self._send_file(chat)
        booking = self._begin_again()
        self.assertEqual(booking.chat_id, chat)
        token = chat.link_token
        self._expire(booking)
        self.assertEqual(booking.state, "expired")
        self.assertEqual((media.state, chat.state, chat.link_token), ("ready", "open", token))

    def test_an_earlier_chat_is_kept_whatever_a_booking_says_of_it(self):
        booking = self._begin_again()
        booking.is_chat_new = True
        self._expire(booking)
        self.assertEqual(self.consultation.chat_id.state, "open")

    def test_one_that_cannot_be_forgotten_holds_up_no_other(self):
        first, second = self._book_as_stranger(), self._book_as_stranger()
        self.env["vet.consultation"].create(
            {
                "patient_id": first.patient_id.id,
                "partner_id": first.partner_id.id,
                "type_id": self.offer.id,
                "company_id": self.company.id,
                "scheduled_at": fields.Datetime.now(),
            }
        )
        self._let_expire(second)
        with mute_logger("odoo.sql_db"), self.assertLogs("odoo.addons.vet_teleconsult.models.vet_booking_limits"):
            self._expire(first)
        self.assertEqual((first.state, second.state), ("draft", "expired"))

    def test_nothing_of_the_person_is_left_where_records_stay(self):
        booking = self._book_as_stranger()
        partner, chat = booking.partner_id, booking.chat_id
        self._send_file(chat)
        self._send(booking._get_path("owner"), name="Nora Newer", email="newer@example.com", phone="+49 30 5550188")
        self.env.cr.precommit.run()
        self._expire(booking)
        self.env.cr.precommit.run()
        self.assertFalse(partner.message_ids)
        kept = (
            self.env["mail.tracking.value"]
            .search([])
            .filtered(lambda value: "Nora" in f"{value.old_value_char} {value.new_value_char}")
        )
        self.assertFalse(kept)
        typed = (booking.patient_name, booking.species_id, booking.patient_weight, booking.lang, booking.tz)
        self.assertFalse(any(typed))

    def test_where_files_were_sent_they_are_deleted_and_the_contact_is_nameless(self):
        booking = self._book_as_stranger()
        chat, partner, patient = booking.chat_id, booking.partner_id, booking.patient_id
        media = self._send_file(chat)
        self._expire(booking)
        self.assertEqual(media.state, "deleted")
        self.assertEqual(chat.state, "locked")
        self.assertFalse(partner.active or partner.email or partner.phone or patient.active)
        self.assertNotIn("Nora", partner.name)

    def _send_file(self, chat):
        values = {
            "filename": "cat.mp4",
            "size": 1000,
            "mime": "video/mp4",
            "client_key": "booking-file-1",
            "origin": "file",
        }
        answer = chat._create_upload(chat._get_owner_participant(), values)
        media = self.env["vet.media"].browse(answer["media"]["id"])
        media.state = "ready"
        return media

    def test_an_owner_with_a_login_and_their_pets_stay(self):
        self._log_in(self.owner)
        booking = self._begin(f"/my/book?company_id={self.company.id}&patient_id={self.patient.id}")
        self._send(booking._get_path("reason"), type_id=str(self.offer.id), reason="Limps")
        self._open(booking._get_path("files"))
        self._expire(booking)
        self.assertEqual(booking.state, "expired")
        self.assertTrue(self.owner.partner_id.active and self.patient.active)

    def test_the_answers_to_the_emergency_questions_stay(self):
        booking = self._begin(red_flag=str(self.question.id))
        self._expire(booking)
        self.assertEqual(booking.red_flags, "It cannot get up")

    def test_what_is_finished_does_not_expire(self):
        booking = self._book_as_stranger()
        self._send(booking._get_path("time"), when="now")
        self._expire(booking)
        self.assertEqual(booking.state, "requested")
        self.assertTrue(booking.partner_id)

    def test_an_expired_link_leads_to_a_new_beginning(self):
        booking = self._begin()
        self._let_expire(booking)
        response = self._open(booking._get_path("owner"))
        self.assertEqual(response.status_code, 410)
        self.assertEqual(response.page.xpath("//a[@data-test='booking-again']/@href"), [f"/vet/book/{self.company.id}"])
