from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.vet_teleconsult.models.vet_consultation import STATES, TRANSITIONS

from .common import TeleconsultCommon


class TestConsultation(TeleconsultCommon):
    """What holds of a consultation, whoever writes it."""

    def test_each_company_numbers_its_consultations_itself(self):
        foreign_patient = self._create_patient("Fern", self.other_owner.partner_id, self.other_company)
        first = self._create_consultation(foreign_patient)
        second = self._create_consultation(foreign_patient)
        year = fields.Date.today().year
        self.assertEqual((first.name, second.name), (f"VC/{year}/00001", f"VC/{year}/00002"))

    def test_chat_is_made_with_the_consultation(self):
        chat = self.consultation.chat_id
        self.assertEqual((chat.patient_id, chat.partner_id), (self.patient, self.owner.partner_id))
        self.assertEqual(chat.consultation_ids, self.consultation)

    def test_chat_follows_the_consultation_to_another_patient(self):
        patient = self._create_patient("Luna", self.owner.partner_id)
        self.consultation.patient_id = patient
        self.assertEqual(self.consultation.chat_id.patient_id, patient)

    def test_owner_comes_from_the_patient(self):
        consultation = self.env["vet.consultation"].create(
            {"patient_id": self.patient.id, "type_id": self.consultation_type.id, "company_id": self.company.id}
        )
        self.assertEqual(consultation.partner_id, self.owner.partner_id)

    def test_somebody_who_does_not_own_the_patient_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "not an owner of Rex"):
            self.consultation.partner_id = self.other_owner.partner_id

    def test_patient_of_another_company_is_refused(self):
        foreign_patient = self._create_patient("Fern", self.owner.partner_id, self.other_company)
        with self.assertRaises(UserError):
            self._create_consultation(foreign_patient, company_id=self.company.id)

    def test_somebody_who_is_no_vet_cannot_hold_it(self):
        with self.assertRaisesRegex(ValidationError, "not in the group Veterinarian"):
            self.consultation.vet_id = self.receptionist

    def test_vet_who_does_not_hold_the_type_is_refused(self):
        self.consultation_type.vet_ids = self.second_vet
        with self.assertRaisesRegex(ValidationError, "does not hold consultations of type"):
            self.consultation.vet_id = self.vet

    def test_it_cannot_end_before_it_started(self):
        now = fields.Datetime.now()
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.consultation.write({"started_at": now, "ended_at": now - timedelta(minutes=1)})
            self.env.flush_all()

    def test_only_the_allowed_transitions_are_possible(self):
        for state, _label in STATES:
            for new_state, _new_label in STATES:
                if new_state == state:
                    continue
                consultation = self._create_consultation(state=state)
                with self.subTest(state=state, new_state=new_state):
                    if new_state in TRANSITIONS[state]:
                        consultation.state = new_state
                        self.assertEqual(consultation.state, new_state)
                    else:
                        with self.assertRaisesRegex(UserError, "cannot become"):
                            consultation.state = new_state

    def test_patient_cannot_change_after_the_start(self):
        self.consultation.with_user(self.vet).action_start()
        with self.assertRaisesRegex(UserError, "has begun"):
            self.consultation.patient_id = self._create_patient("Luna", self.owner.partner_id)

    def test_consultation_that_has_begun_cannot_be_deleted(self):
        self.consultation.with_user(self.vet).action_start()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.consultation.unlink()

    def test_consultation_made_by_mistake_takes_its_empty_chat_with_it(self):
        chat = self.consultation.chat_id
        self.consultation.unlink()
        self.assertFalse(chat.exists())

    def test_chat_with_messages_outlives_a_deleted_consultation(self):
        chat = self.consultation.chat_id
        chat.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.consultation.unlink()
        self.assertTrue(chat.exists())

    def test_queue_says_available_until_somebody_claims(self):
        self.assertEqual(self.consultation.queue_state, "available")
        self.consultation.vet_id = self.vet
        self.assertEqual(self.consultation.queue_state, "claimed")
        self.consultation.state = "waiting"
        self.assertEqual(self.consultation.queue_state, "waiting")

    def test_queue_always_shows_its_five_columns(self):
        model = self.env["vet.consultation"].with_context(read_group_expand=True)
        groups = model.web_read_group([("id", "=", self.consultation.id)], ["queue_state"])["groups"]
        self.assertEqual(
            [group["queue_state"] for group in groups], ["available", "claimed", "waiting", "in_progress", "done"]
        )

    def test_waiting_is_counted_in_minutes_only_while_the_owner_waits(self):
        since = fields.Datetime.now() - timedelta(minutes=12, seconds=5)
        self.consultation.write({"state": "waiting", "waiting_since": since})
        self.assertEqual(self.consultation.waiting_minutes, 12)
        self.consultation.state = "in_progress"
        self.assertEqual(self.consultation.waiting_minutes, 0)

    def test_durations_are_measured_in_hours(self):
        start = fields.Datetime.now()
        self.consultation.write(
            {
                "waiting_since": start - timedelta(minutes=6),
                "started_at": start,
                "ended_at": start + timedelta(minutes=30),
            }
        )
        self.assertAlmostEqual(self.consultation.waiting_duration, 0.1)
        self.assertAlmostEqual(self.consultation.duration, 0.5)

    def test_scheduled_end_follows_the_type(self):
        self.assertEqual(self.consultation.scheduled_end - self.consultation.scheduled_at, timedelta(minutes=30))

    def test_history_holds_earlier_consultations_of_the_patient_and_of_the_owner(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        closed = {"state": "done", "scheduled_at": yesterday}
        same_patient = self._create_consultation(**closed)
        same_owner = self._create_consultation(self._create_patient("Luna", self.owner.partner_id), **closed)
        self._create_consultation(self.other_patient, **closed)
        self._create_consultation(scheduled_at=yesterday)
        self._create_consultation(state="done", scheduled_at=fields.Datetime.now() + timedelta(days=1))
        self.assertEqual(self.consultation.history_ids, same_patient | same_owner)
        self.assertEqual(self.consultation.history_count, 2)

    def test_history_holds_nothing_of_another_company(self):
        foreign_patient = self._create_patient("Fern", self.owner.partner_id, self.other_company)
        self._create_consultation(foreign_patient, state="done", scheduled_at=fields.Datetime.now() - timedelta(days=1))
        self.assertFalse(self.consultation.with_user(self.vet).history_ids)

    def test_note_summary_is_its_first_words(self):
        self.consultation.note = f"<p>Fleas.</p><p>{'word ' * 100}</p>"
        self.assertTrue(self.consultation.note_summary.startswith("Fleas. word"))
        self.assertLessEqual(len(self.consultation.note_summary), 121)

    def test_owner_reads_the_note_only_when_it_is_shared(self):
        self.consultation.note = "<p>Fleas.</p>"
        self.assertFalse(self.consultation.owner_note)
        self.consultation.note_shared = True
        self.assertEqual(self.consultation.owner_note, "<p>Fleas.</p>")


class TestConsultationWorkflow(TeleconsultCommon):
    """What the buttons do."""

    def setUp(self):
        super().setUp()
        self.as_vet = self.consultation.with_user(self.vet)
        self.as_second_vet = self.consultation.with_user(self.second_vet)

    def test_claiming_makes_the_vet_responsible(self):
        self.as_vet.action_claim()
        self.assertEqual(self.consultation.vet_id, self.vet)
        self.assertTrue(self.as_vet.is_mine)
        self.assertFalse(self.as_second_vet.is_mine)

    def test_claiming_ones_own_again_changes_nothing(self):
        self.as_vet.action_claim()
        self.as_vet.action_claim()
        self.assertEqual(self.consultation.vet_id, self.vet)

    def test_who_comes_late_is_told_who_has_claimed(self):
        self.as_vet.action_claim()
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self.as_second_vet.action_claim()

    def test_released_consultation_is_available_again(self):
        self.as_vet.action_claim()
        self.as_vet.action_release()
        self.assertEqual(self.consultation.queue_state, "available")

    def test_another_vet_cannot_release_it(self):
        self.as_vet.action_claim()
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self.as_second_vet.action_release()

    def test_manager_can_release_it_for_a_vet(self):
        self.as_vet.action_claim()
        self.consultation.with_user(self.manager).action_release()
        self.assertFalse(self.consultation.vet_id)

    def test_starting_claims_and_opens_the_room(self):
        action = self.as_vet.action_start()
        self.assertEqual((self.consultation.vet_id, self.consultation.state), (self.vet, "in_progress"))
        self.assertTrue(self.consultation.started_at)
        self.assertEqual(action["tag"], "vet_teleconsult.room")
        self.assertEqual(action["params"], {"consultation_id": self.consultation.id})

    def test_starting_again_only_opens_the_room(self):
        self.as_vet.action_start()
        started_at = self.consultation.started_at
        self.as_vet.action_start()
        self.assertEqual(self.consultation.started_at, started_at)

    def test_starting_leaves_a_note_alone(self):
        self.consultation.note = "<p>Asked for this time by phone.</p>"
        self.as_vet.action_start()
        self.assertEqual(self.consultation.note, "<p>Asked for this time by phone.</p>")

    def test_another_vet_cannot_start_it(self):
        self.as_vet.action_claim()
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self.as_second_vet.action_start()

    def test_finishing_ends_it_and_closes_the_room(self):
        self.consultation.sidecar_id = self.sidecar
        self.as_vet.action_start()
        self.as_vet.action_finish()
        self.assertEqual(self.consultation.state, "done")
        self.assertTrue(self.consultation.ended_at)
        command = self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)])
        self.assertEqual(command.path, f"/commands/rooms/{self.consultation.room_key}/end")
        self.assertEqual(command.payload, {"reason": "finished"})

    def test_finishing_a_room_that_nobody_entered_sends_no_command(self):
        self.as_vet.action_start()
        self.as_vet.action_finish()
        self.assertFalse(self.env["vet.sidecar.command"].search([("consultation_id", "=", self.consultation.id)]))

    def test_cancelling_asks_for_a_reason_first(self):
        action = self.as_vet.action_cancel()
        self.assertEqual(action["res_model"], "vet.consultation.cancel")
        self.assertEqual(self.consultation.state, "scheduled")
        wizard = (
            self.env["vet.consultation.cancel"]
            .with_user(self.vet)
            .with_context(**action["context"])
            .create({"reason": "An emergency came in."})
        )
        wizard.action_confirm()
        self.assertEqual(self.consultation.state, "cancelled")
        self.assertEqual(self.consultation.cancel_reason, "An emergency came in.")

    def test_no_show_is_for_times_that_have_passed(self):
        self.consultation.scheduled_at = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaisesRegex(UserError, "not begun yet"):
            self.as_vet.action_no_show()
        self.consultation.scheduled_at = fields.Datetime.now() - timedelta(hours=1)
        self.as_vet.action_no_show()
        self.assertEqual(self.consultation.state, "no_show")

    def test_reopening_a_finished_consultation_goes_on_with_it(self):
        self.as_vet.action_start()
        self.as_vet.action_finish()
        self.as_vet.action_reopen()
        self.assertEqual((self.consultation.state, self.consultation.ended_at), ("in_progress", False))

    def test_reopening_a_cancelled_consultation_schedules_it_again(self):
        self.as_vet.action_cancel("Wrong day")
        self.as_vet.action_reopen(fields.Datetime.now() + timedelta(days=1))
        self.assertEqual((self.consultation.state, self.consultation.cancel_reason), ("scheduled", False))

    def test_closed_consultation_cannot_be_claimed_or_started(self):
        self.as_vet.action_cancel("Wrong day")
        for action in ("action_claim", "action_start"):
            with self.subTest(action=action), self.assertRaises(UserError):
                getattr(self.as_vet, action)()

    def test_chat_is_locked_and_unlocked_from_the_consultation(self):
        self.as_vet.action_lock_chat()
        self.assertEqual(self.consultation.chat_state, "locked")
        self.as_vet.action_unlock_chat()
        self.assertEqual(self.consultation.chat_state, "open")

    def test_starting_writes_no_note(self):
        self.as_vet.action_start()
        self.assertFalse(self.as_vet.has_note)

    def test_note_begins_with_the_template_of_its_type(self):
        self.as_vet.action_insert_note_template()
        self.assertEqual(self.consultation.note, "<p>Plan:</p>")

    def test_template_is_added_below_a_note(self):
        self.consultation.note = "<p>Fleas.</p>"
        self.as_vet.action_insert_note_template()
        self.assertEqual(self.consultation.note, "<p>Fleas.</p><p>Plan:</p>")

    def test_each_change_of_state_and_vet_is_tracked(self):
        self.flush_tracking()
        self.as_vet.action_claim()
        self.flush_tracking()
        tracked = self.consultation.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("vet_id", tracked)

    def test_buttons_open_what_they_say(self):
        self._create_recording()
        expected = {
            "action_view_calls": "vet.call",
            "action_view_history": "vet.consultation",
            "action_open_patient": "vet.patient",
        }
        for name, model in expected.items():
            with self.subTest(name=name):
                self.assertEqual(getattr(self.as_vet, name)()["res_model"], model)
        self.assertEqual(self.as_vet.action_view_recordings()["tag"], "vet_teleconsult.recording_player")
        action = self.as_vet.action_view_chat()
        self.assertEqual(
            (action["tag"], action["params"]), ("vet_teleconsult.chats", {"chat_id": self.consultation.chat_id.id})
        )

    def flush_tracking(self):
        """Write the tracking values, as the end of a request does."""
        self.env.flush_all()
        self.cr.flush()
