from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .chat_common import ChatCommon


class TestChatWorkflow(ChatCommon):
    """Who holds a chat, who writes in it, since when its owner waits, and how it ends."""

    def _as(self, user, chat=None):
        return (chat or self.chat).with_user(user)

    # --- claiming

    def test_vet_claims_a_chat_that_nobody_has(self):
        self._as(self.vet, self.other_chat).action_claim()
        self.assertEqual(self.other_chat.vet_id, self.vet)

    def test_second_vet_who_claims_is_told_who_was_first(self):
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._as(self.second_vet).action_claim()
        self.assertEqual(self.chat.vet_id, self.vet)

    def test_claiming_again_changes_nothing(self):
        self.assertTrue(self._as(self.vet).action_claim())
        self.assertEqual(self.chat.vet_id, self.vet)

    def test_released_chat_can_be_claimed_by_another(self):
        self._as(self.vet).action_release()
        self._as(self.second_vet).action_claim()
        self.assertEqual(self.chat.vet_id, self.second_vet)

    def test_nobody_releases_a_colleagues_chat_but_a_manager(self):
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._as(self.second_vet).action_release()
        self._as(self.manager).action_release()
        self.assertFalse(self.chat.vet_id)

    def test_only_veterinarians_hold_chats(self):
        with self.assertRaises(ValidationError):
            self.chat.vet_id = self.receptionist

    # --- handing over

    def test_chat_handed_over_belongs_to_the_colleague_who_is_told(self):
        self._as(self.vet).action_hand_over(self.second_vet)
        self.assertEqual(self.chat.vet_id, self.second_vet)
        told = self.env["mail.message"].search(
            [("model", "=", "vet.chat"), ("res_id", "=", self.chat.id), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(told.partner_ids, self.second_vet.partner_id)
        self.assertIn("Dr. Meier", told.body)

    def test_chat_is_handed_over_to_vets_of_the_clinic_only(self):
        for user in (self.receptionist, self.foreign_vet, self.owner, self.env["res.users"]):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "Choose a vet"):
                self._as(self.vet).action_hand_over(user)
        self.assertEqual(self.chat.vet_id, self.vet)

    def test_nobody_hands_over_a_colleagues_chat(self):
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._as(self.second_vet).action_hand_over(self.second_vet)

    def test_whoever_held_the_chat_no_longer_follows_it(self):
        self._as(self.vet).action_hand_over(self.second_vet)
        followers = self.chat.message_partner_ids
        self.assertNotIn(self.vet.partner_id, followers)
        self.assertLessEqual(self.second_vet.partner_id | self.owner.partner_id, followers)

    # --- waiting for an answer

    @freeze_time("2026-05-04 10:00:00")
    def test_owner_waits_since_their_first_unanswered_message(self):
        self._write(self.as_owner, "He limps.")
        with freeze_time("2026-05-04 11:00:00"):
            self._write(self.as_owner, "And he does not eat.")
        self.assertEqual(self.chat.waiting_since, datetime(2026, 5, 4, 10))
        self.assertEqual(self.chat.reply_due_at, datetime(2026, 5, 4, 14))

    def test_answer_of_a_vet_ends_the_waiting(self):
        self._write(self.as_owner)
        self._write(self.as_vet)
        self.assertFalse(self.chat.waiting_since)
        self.assertFalse(self.chat.reply_due_at)

    def test_note_among_colleagues_is_no_answer(self):
        self._write(self.as_owner)
        self._as(self.vet).message_post(body="Lame?", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertTrue(self.chat.waiting_since)

    def test_answer_is_due_in_opening_hours(self):
        self.chat_type.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "company_id": False,
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    fields.Command.create(
                        {"name": day, "dayofweek": day, "hour_from": 8, "hour_to": 11, "day_period": "morning"}
                    )
                    for day in ("0", "1")
                ],
            }
        )
        # Tuesday 10:00 in Berlin: one hour is left on Tuesday, three more come on Monday from 8:00 to 11:00.
        with freeze_time("2026-05-05 08:00:00"):
            self._write(self.as_owner)
        self.assertEqual(self.chat.reply_due_at, datetime(2026, 5, 11, 9))

    def test_calendar_without_opening_hours_leaves_the_hours_of_the_clock(self):
        self.chat_type.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Never", "company_id": False, "attendance_ids": [fields.Command.clear()]}
        )
        due = self.chat_type._get_reply_due(datetime(2026, 5, 5, 8))
        self.assertEqual(due, datetime(2026, 5, 5, 12))

    def test_chat_of_a_consultation_promises_no_time(self):
        chat = self.consultation.chat_id
        self._write(self.as_owner, chat=chat)
        self.assertTrue(chat.waiting_since)
        self.assertFalse(chat.reply_due_at)

    def test_nobody_waits_while_both_sides_talk_in_the_room(self):
        self.consultation.write({"owner_present": True, "vet_present": True})
        self._write(self.as_owner, chat=self.consultation.chat_id)
        self.assertFalse(self.consultation.chat_id.waiting_since)

    def test_chat_is_overdue_when_the_time_has_passed(self):
        self._write(self.as_owner)
        self.assertFalse(self.chat.is_overdue)
        self.chat.waiting_since = fields.Datetime.now() - timedelta(hours=5)
        self.assertTrue(self.chat.is_overdue)

    # --- ending

    def test_ending_locks_the_chat_and_ends_the_waiting(self):
        self._write(self.as_owner)
        self._as(self.vet)._end()
        self.assertTrue(self.chat.ended_at)
        self.assertEqual((self.chat.state, self.chat.waiting_since), ("locked", False))

    def test_ending_makes_a_transcript(self):
        self._as(self.vet)._end()
        self.assertEqual(len(self.chat.transcript_ids), 1)

    def test_ending_again_makes_a_new_version_and_keeps_the_old(self):
        self._as(self.vet)._end()
        self._as(self.vet).action_reopen()
        self._as(self.vet)._end()
        self.assertEqual(sorted(self.chat.transcript_ids.mapped("version")), [1, 2])

    def test_chat_that_has_ended_cannot_end_again(self):
        self._as(self.vet)._end()
        with self.assertRaisesRegex(UserError, "has ended already"):
            self._as(self.vet)._end()

    def test_owner_who_writes_in_an_ended_chat_that_is_open_goes_on_with_it(self):
        self._as(self.vet)._end(lock=False)
        self._write(self.as_owner)
        self.assertFalse(self.chat.ended_at)
        self.assertTrue(self.chat.waiting_since)

    def test_vet_who_writes_in_an_ended_chat_leaves_it_ended(self):
        self._as(self.vet)._end(lock=False)
        self._write(self.as_vet, "By the way")
        self.assertTrue(self.chat.ended_at)

    def test_reopening_lets_the_owner_write_again(self):
        self._as(self.vet)._end()
        self._as(self.vet).action_reopen()
        self.assertEqual((self.chat.ended_at, self.chat.state), (False, "open"))
        self.assertTrue(self._write(self.as_owner)["id"])

    def test_nobody_ends_a_colleagues_chat(self):
        for method in ("action_end", "_end", "action_reopen"):
            with self.subTest(method=method), self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
                getattr(self._as(self.second_vet), method)()

    def test_dialog_locks_by_default_and_does_not_mail(self):
        action = self._as(self.vet).action_end()
        model = self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"])
        dialog = Form(model).save()
        self.assertEqual((dialog.lock, dialog.mail_transcript), (True, False))
        dialog.lock = False
        dialog.action_confirm()
        self.assertEqual((bool(self.chat.ended_at), self.chat.state), (True, "open"))

    # --- beginning

    def test_vet_begins_a_chat_from_a_patient_and_holds_it(self):
        action = self.patient.with_user(self.second_vet).action_new_chat()
        chat = self.env["vet.chat"].browse(action["params"]["chat_id"])
        self.assertEqual((chat.patient_id, chat.partner_id), (self.patient, self.owner.partner_id))
        self.assertEqual(chat.vet_id, self.second_vet)

    def test_vet_begins_a_chat_from_an_owner_of_one_animal(self):
        action = self.owner.partner_id.with_user(self.vet).action_new_chat()
        self.assertEqual(self.env["vet.chat"].browse(action["params"]["chat_id"]).patient_id, self.patient)

    def test_vet_is_asked_about_which_of_an_owners_animals(self):
        self._create_patient("Luna", self.owner.partner_id)
        action = self.owner.partner_id.with_user(self.vet).action_new_chat()
        form = Form(self.env["vet.chat"].with_user(self.vet).with_context(**action["context"]))
        form.patient_id = self.patient
        chat = form.save()
        self.assertEqual((chat.partner_id, chat.vet_id), (self.owner.partner_id, self.vet))

    def test_consultations_chat_is_opened_instead_of_another(self):
        action = self.consultation.with_user(self.vet).action_view_chat()
        self.assertEqual(action["params"], {"chat_id": self.consultation.chat_id.id})

    def test_chat_is_with_an_owner_of_the_patient(self):
        with self.assertRaisesRegex(ValidationError, "not an owner"):
            self._create_chat(partner_id=self.other_owner.partner_id.id)

    def test_chat_has_a_type_for_chats_and_a_consultation_has_none(self):
        with self.assertRaisesRegex(ValidationError, "not a type for chats"):
            self._create_chat(type_id=self.consultation_type.id)
        with self.assertRaisesRegex(ValidationError, "type for chats"):
            self._create_consultation(type_id=self.chat_type.id)

    def test_new_consultation_is_never_of_a_type_for_chats(self):
        self.env["vet.consultation.type"].search([("mode", "!=", "chat")]).action_archive()
        self.assertFalse(self.env["vet.consultation"].default_get(["type_id"]).get("type_id"))


@tagged("post_install", "-at_install")
class TestChatWorkflowRoute(ChatCommon):
    """The vet's buttons on a chat's page."""

    def test_each_button_answers_with_the_chat_as_it_is_then(self):
        self.chat.vet_id = False
        for action, params, expected in (
            ("claim", {}, {"vet": self.vet.id, "state": "open"}),
            ("lock", {}, {"vet": self.vet.id, "state": "locked"}),
            ("unlock", {}, {"vet": self.vet.id, "state": "open"}),
            ("end", {"lock": True, "mail_transcript": False}, {"vet": self.vet.id, "state": "locked"}),
            ("reopen", {}, {"vet": self.vet.id, "state": "open"}),
            ("hand_over", {"user_id": self.second_vet.id}, {"vet": self.second_vet.id, "state": "open"}),
        ):
            with self.subTest(action=action):
                info = self._ask_chat("workflow", self.vet, action=action, **params)
                self.assertEqual({"vet": info["vet"]["id"], "state": info["state"]}, expected)
                self.assertEqual(bool(info["ended_at"]), action == "end")

    def test_released_chat_has_no_vet(self):
        self.assertIsNone(self._ask_chat("workflow", self.vet, action="release")["vet"])

    def test_refusal_is_said_in_words_and_changes_nothing(self):
        error = self._ask_chat("workflow", self.second_vet, action="claim")["error"]
        self.assertEqual(error["code"], "invalid")
        self.assertIn("Dr. Meier has claimed", error["message"])
        self.assertEqual(self.chat.vet_id, self.vet)

    def test_what_is_no_button_is_refused(self):
        for action in ("unlink", "", None, 7, ["claim"]):
            with self.subTest(action=action):
                self.assertEqual(self._ask_chat("workflow", self.vet, action=action)["error"]["code"], "invalid")

    def test_owner_has_no_buttons(self):
        for answer in (
            self._ask_by_link("workflow", action="lock"),
            self._ask_chat("workflow", self.owner, action="lock"),
        ):
            self.assertEqual(answer["error"]["code"], "access_denied")
        self.assertEqual(self.chat.state, "open")

    def test_colleagues_are_the_other_vets_of_the_clinic(self):
        colleagues = {colleague["id"] for colleague in self._ask_chat("colleagues", self.vet)}
        self.assertLessEqual({self.second_vet.id, self.manager.id}, colleagues)
        self.assertFalse(colleagues & {self.vet.id, self.foreign_vet.id, self.receptionist.id})

    def test_vet_without_the_right_to_write_has_no_buttons(self):
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "vet.chat"), ("group_id", "=", self.env.ref(self._vet_group()).id)]
        ).perm_write = False
        with self.assertRaises(AccessError):
            self.chat.with_user(self.vet)._run_workflow(self.as_vet, "lock")

    def _vet_group(self):
        return "vet_teleconsult.group_veterinarian"
