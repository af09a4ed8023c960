from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import html2plaintext, mute_logger

from .schedule_common import ScheduleCommon

TUESDAY, WEDNESDAY = "2026-03-17", "2026-03-18"


class ReopenCommon(ScheduleCommon):
    """An appointment on Tuesday at nine that does not take place."""

    def setUp(self):
        super().setUp()
        self.consultation = self._book(vet=self.vet)
        self.as_vet = self.consultation.with_user(self.vet)

    def _cancel(self):
        self.as_vet.action_cancel("The vet is ill")

    def _miss(self):
        self.clock.move_to("2026-03-17 08:30:00")  # half past nine in Berlin
        self.as_vet.action_no_show()

    def _open_dialog(self):
        action = self.as_vet.action_reopen()
        return self.env[action["res_model"]].with_user(self.vet).browse(action["res_id"])

    def _get_mails(self):
        return self.consultation.notice_ids.mail_id.sorted("id")


class TestReopening(ReopenCommon):
    """What did not take place gets another time."""

    def test_without_a_time_it_is_asked_for_and_nothing_changes(self):
        self._cancel()
        self.assertEqual(self.as_vet.action_reopen()["res_model"], "vet.consultation.reopen")
        self.assertEqual(self.consultation.state, "cancelled")

    def test_what_is_finished_goes_on_without_a_question(self):
        self.as_vet.action_start()
        self.as_vet.action_finish()
        self.assertIs(self.as_vet.action_reopen(), True)
        self.assertEqual((self.consultation.state, self.consultation.ended_at), ("in_progress", False))

    def test_a_cancelled_one_is_in_the_calendar_at_the_new_time(self):
        self._cancel()
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        event = self.consultation.event_id
        self.assertEqual((self.consultation.state, event.active), ("scheduled", True))
        self.assertEqual((event.start, event.stop), (self._at(WEDNESDAY, "10:00"), self._at(WEDNESDAY, "10:30")))
        self.assertFalse(self.consultation.cancel_reason)

    def test_the_owner_of_a_cancelled_one_is_told_the_new_time_once(self):
        self._cancel()
        before = self._get_mails()
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        [mail] = self._get_mails() - before
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)
        self.assertIn("Wednesday, March 18, 2026, 10:00 AM", " ".join(html2plaintext(mail.body_html).split()))

    def test_the_owner_of_a_missed_one_is_told_the_new_time_once(self):
        self._miss()
        before = self._get_mails()
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        [mail] = self._get_mails() - before
        self.assertIn("Wednesday, March 18, 2026, 10:00 AM", " ".join(html2plaintext(mail.body_html).split()))

    def test_an_owner_who_wanted_to_be_seen_at_once_is_invited(self):
        consultation = self._create_consultation(vet_id=self.vet.id)
        self.clock.move_to("2026-03-16 07:00:00")
        consultation.with_user(self.vet).action_no_show()
        consultation.with_user(self.vet).action_reopen(self._at(WEDNESDAY, "10:00"))
        self.assertEqual(consultation.notice_ids.mapped("kind"), ["invitation"])

    def test_a_time_that_is_over_is_refused(self):
        self._miss()
        with self.assertRaisesRegex(UserError, "This time is over"):
            self.as_vet.action_reopen(self._at(TUESDAY, "09:00"))
        self.assertEqual(self.consultation.state, "no_show")

    def test_what_had_begun_begins_anew(self):
        self.as_vet.action_start()
        self._cancel()
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        self.assertFalse(self.consultation.started_at or self.consultation.ended_at or self.consultation.waiting_since)

    def test_a_no_show_is_not_proposed_again_before_the_new_time(self):
        self._miss()
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        self.assertFalse(self.env["vet.consultation"]._find_overdue() & self.consultation)

    def test_any_time_is_allowed_also_one_that_somebody_else_has_got(self):
        self._cancel()
        self._book(vet=self.vet, patient=self.other_patient)
        self.as_vet.action_reopen(self._at(TUESDAY, "09:00"))
        self.assertEqual(self.consultation.state, "scheduled")
        self.assertIn("Otis", self.as_vet.conflict)

    def test_several_that_did_not_take_place_are_reopened_one_after_the_other(self):
        other = self._book(clock="10:00", vet=self.vet, patient=self.other_patient)
        (self.consultation | other).with_user(self.vet).action_cancel("The vet is ill")
        with self.assertRaisesRegex(UserError, "one consultation after the other"):
            (self.consultation | other).with_user(self.vet).action_reopen()

    def test_another_vets_is_reopened_by_a_manager_only(self):
        self._cancel()
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self.consultation.with_user(self.second_vet).action_reopen(self._at(WEDNESDAY, "10:00"))
        self.consultation.with_user(self.manager).action_reopen(self._at(WEDNESDAY, "10:00"))
        self.assertEqual(self.consultation.state, "scheduled")

    def test_owners_reopen_nothing(self):
        self._cancel()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.consultation.with_user(self.owner).action_reopen(self._at(WEDNESDAY, "10:00"))


class TestBookedAgain(ReopenCommon):
    """The owner may have found another time by the link in the meantime."""

    def setUp(self):
        super().setUp()
        self._cancel()
        bookings = self.env["vet.booking"]
        vals = {**bookings._prepare_rebooking_vals(self.consultation), "reason": "Limps", "files_done": True}
        self.booking = bookings._begin(self.company, [], **vals)

    def _book_again(self):
        self.booking.consultation_id = self._book(WEDNESDAY, vet=self.second_vet)
        return self.booking.consultation_id

    def test_what_they_have_booked_instead_is_named_before_a_time_is_asked_for(self):
        again = self._book_again()
        for arguments in ([], [self._at(WEDNESDAY, "10:00")]):
            with self.subTest(arguments=arguments), self.assertRaisesRegex(UserError, again.name):
                self.as_vet.action_reopen(*arguments)
        self.assertEqual(self.consultation.state, "cancelled")

    def test_what_they_have_only_begun_to_book_is_no_hindrance(self):
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        self.assertEqual(self.consultation.state, "scheduled")

    def test_what_they_had_booked_and_was_cancelled_too_is_no_hindrance(self):
        self._book_again().with_user(self.manager).action_cancel("The vet is ill, too")
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        self.assertEqual(self.consultation.state, "scheduled")

    def test_an_owner_who_goes_on_booking_is_told_that_it_takes_place_after_all(self):
        self.as_vet.action_reopen(self._at(WEDNESDAY, "10:00"))
        with self.assertRaisesRegex(UserError, "takes place after all"):
            self.booking._book_time(self._at(WEDNESDAY, "09:00"))
        self.assertFalse(self.booking.consultation_id)


class TestChoosingAnotherTime(ReopenCommon):
    """An owner who has not come in time is given another one, instead of a no-show."""

    def setUp(self):
        super().setUp()
        self.clock.move_to("2026-03-17 08:20:00")  # twenty past nine in Berlin
        self.consultation._propose_no_show()
        self.before = self._get_mails()

    def test_the_proposal_ends_with_its_activity(self):
        self.assertTrue(self.consultation.no_show_proposed)
        self.as_vet.action_reschedule(self._at(WEDNESDAY, "10:00"))
        self.assertFalse(self.consultation.no_show_proposed or self.consultation.activity_ids)

    def test_it_is_in_the_calendar_at_the_new_time(self):
        self.as_vet.action_reschedule(self._at(WEDNESDAY, "10:00"))
        event = self.consultation.event_id
        self.assertEqual((self.consultation.state, event.active), ("scheduled", True))
        self.assertEqual(event.start, self._at(WEDNESDAY, "10:00"))

    def test_the_owner_is_told_once_as_of_any_move(self):
        self.as_vet.action_reschedule(self._at(WEDNESDAY, "10:00"))
        [mail] = self._get_mails() - self.before
        self.assertIn("Wednesday, March 18, 2026, 10:00 AM", " ".join(html2plaintext(mail.body_html).split()))
        self.assertEqual(self.consultation.notice_ids.filtered(lambda each: each.mail_id == mail).kind, "move")

    def test_what_the_vet_has_started_in_vain_is_expected_anew(self):
        self.as_vet.action_start()
        self.as_vet.action_reschedule(self._at(WEDNESDAY, "10:00"))
        self.assertEqual((self.consultation.state, self.consultation.started_at), ("scheduled", False))
        self.assertEqual(len(self._get_mails() - self.before), 1)

    def test_that_the_owner_had_come_and_left_counts_no_more(self):
        self.consultation.write({"state": "waiting", "owner_present": True})
        self.consultation.write({"state": "scheduled", "owner_present": False})
        self.as_vet.action_reschedule(self._at(WEDNESDAY, "10:00"))
        self.assertFalse(self.consultation.owner_left_at)

    def test_an_owner_who_is_there_is_seen_and_not_sent_away(self):
        self.consultation.owner_present = True
        with self.assertRaisesRegex(UserError, "Anna Keller is in the room"):
            self.as_vet.action_reschedule(self._at(WEDNESDAY, "10:00"))

    def test_a_time_that_is_over_is_refused(self):
        with self.assertRaisesRegex(UserError, "This time is over"):
            self.as_vet.action_reschedule(self._at(TUESDAY, "09:00"))
        self.assertTrue(self.consultation.no_show_proposed)

    def _open_move(self):
        action = self.as_vet.action_reschedule()
        self.assertEqual(action["name"], "Choose Another Time")
        return self.env[action["res_model"]].with_user(self.vet).browse(action["res_id"])

    def test_without_a_time_the_dialog_suggests_the_next_free_one_and_nothing_changes(self):
        dialog = self._open_move()
        self.assertEqual(dialog.scheduled_at, dialog.slot_ids[:1].start)
        self.assertGreater(dialog.scheduled_at, self._at(TUESDAY, "09:30"))
        self.assertTrue(self.consultation.no_show_proposed)

    def test_the_time_of_the_dialog_is_taken(self):
        dialog = self._open_move()
        dialog.action_confirm()
        self.assertEqual(self.consultation.scheduled_at, dialog.scheduled_at)

    def test_what_was_closed_while_the_dialog_was_open_is_not_opened_by_it(self):
        dialog = self._open_move()
        self.as_vet.action_no_show()
        with self.assertRaisesRegex(UserError, "Reopen it first"):
            dialog.action_confirm()
        self.assertEqual(self.consultation.state, "no_show")


class TestDialog(ReopenCommon):
    """The dialog suggests free times, and lets choose any."""

    def test_it_suggests_the_time_that_was_given_back_while_it_is_free(self):
        self._cancel()
        dialog = self._open_dialog()
        self.assertEqual(dialog.scheduled_at, self._at(TUESDAY, "09:00"))
        self.assertFalse(dialog.conflict or dialog.is_outside_hours or dialog.is_over)

    def test_it_suggests_the_next_free_time_when_the_former_is_somebody_elses(self):
        self._cancel()
        for clock in ("09:00", "09:30"):
            self._book(clock=clock, vet=self.vet, patient=self.other_patient)
        dialog = self._open_dialog()
        self.assertEqual(dialog.scheduled_at, dialog.slot_ids[:1].start)
        self.assertNotIn(self._at(TUESDAY, "09:00"), dialog.slot_ids.mapped("start"))
        self.assertNotIn(self._at(TUESDAY, "09:30"), dialog.slot_ids.mapped("start"))

    def test_it_suggests_the_next_free_time_when_the_former_is_over(self):
        self._miss()
        dialog = self._open_dialog()
        self.assertEqual(dialog.scheduled_at, dialog.slot_ids[:1].start)
        self.assertGreater(dialog.scheduled_at, self._at(TUESDAY, "09:30"))

    def test_free_times_are_those_of_the_vet_who_holds_it(self):
        self._cancel()
        self._block(self.vet, TUESDAY, "08:00", "18:00")
        starts = self._open_dialog().slot_ids.mapped("start")
        self.assertNotIn(self._at(TUESDAY, "10:00"), starts)
        self.assertIn(self._at(WEDNESDAY, "10:00"), starts)

    def test_a_free_time_reads_as_the_vets_clock_shows_it(self):
        self._cancel()
        [slot] = self._open_dialog().slot_ids.filtered(lambda each: each.start == self._at(WEDNESDAY, "10:00"))
        self.assertIn("Wed 18 Mar", slot.display_name)
        self.assertIn("10:00", slot.display_name)

    def test_a_free_time_that_is_chosen_is_taken(self):
        self._cancel()
        dialog = self._open_dialog()
        form = Form(dialog)
        form.slot_id = dialog.slot_ids.filtered(lambda slot: slot.start == self._at(WEDNESDAY, "10:00"))
        self.assertEqual(form.scheduled_at, self._at(WEDNESDAY, "10:00"))
        form.save().action_confirm()
        self.assertEqual(self.consultation.scheduled_at, self._at(WEDNESDAY, "10:00"))

    def test_another_time_that_is_typed_takes_the_place_of_a_suggestion(self):
        self._cancel()
        dialog = self._open_dialog()
        form = Form(dialog)
        form.slot_id = dialog.slot_ids[-1:]
        form.scheduled_at = self._at(WEDNESDAY, "14:10")
        self.assertFalse(form.slot_id)
        self.assertTrue(form.is_outside_hours)
        form.save().action_confirm()
        self.assertEqual(self.consultation.scheduled_at, self._at(WEDNESDAY, "14:10"))

    def test_it_warns_of_what_the_vet_has_then(self):
        self._cancel()
        dialog = self._open_dialog()
        self._book(vet=self.vet, patient=self.other_patient)
        dialog.scheduled_at = self._at(TUESDAY, "09:15")
        self.assertIn("Otis", dialog.conflict)

    def test_it_warns_of_a_time_that_is_over(self):
        self._cancel()
        dialog = self._open_dialog()
        dialog.scheduled_at = self._at("2026-03-15", "09:00")
        self.assertTrue(dialog.is_over)

    def test_it_says_whether_the_owner_is_told(self):
        self._cancel()
        self.assertTrue(self._open_dialog().is_told)
        self.owner.partner_id.email = False
        self.assertFalse(self._open_dialog().is_told)

    def test_without_a_time_it_asks_for_one(self):
        self._cancel()
        dialog = self._open_dialog()
        dialog.scheduled_at = False
        with self.assertRaisesRegex(UserError, "Choose when"):
            dialog.action_confirm()
