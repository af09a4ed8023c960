from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vet_teleconsult.models.vet_consultation import STATES

from .common import TeleconsultCommon, TeleconsultHttpCommon

OVER = "Reopen it first"
CANNOT = "cannot become"
BEGUN = "cannot be made available again"
# What each button makes of a consultation that the vet holds, or why it refuses, by the state that it is in:
# scheduled, waiting, in progress, done, cancelled, no-show.
BUTTONS = {
    "action_claim": ("scheduled", "waiting", "in_progress", OVER, OVER, OVER),
    "action_release": ("scheduled", "waiting", BEGUN, BEGUN, BEGUN, BEGUN),
    "action_hand_over": ("scheduled", "waiting", "in_progress", OVER, OVER, OVER),
    "action_start": ("in_progress", "in_progress", "in_progress", OVER, OVER, OVER),
    "action_finish": (CANNOT, CANNOT, "done", OVER, OVER, OVER),
    "action_undo_start": ("has not begun", "has not begun", "scheduled", OVER, OVER, OVER),
    "action_no_show": ("no_show", "no_show", "no_show", OVER, OVER, OVER),
    "action_cancel": ("cancelled", "cancelled", "cancelled", CANNOT, "has been cancelled already", CANNOT),
    "action_reopen": ("is not over", "is not over", "is not over", "in_progress", "scheduled", "scheduled"),
    "action_reschedule": ("scheduled", "scheduled", "scheduled", OVER, OVER, OVER),
    "action_lock_chat": ("scheduled", "waiting", "in_progress", "done", "cancelled", "no_show"),
    "action_unlock_chat": ("scheduled", "waiting", "in_progress", "done", "cancelled", "no_show"),
}
STATE_NAMES = [name for name, _label in STATES]
# Buttons of whoever holds the consultation; writing in its chat can be locked by any vet of the clinic.
HOLDERS_BUTTONS = [name for name in BUTTONS if not name.endswith("_chat")]


class WorkflowCommon(TeleconsultCommon):
    """Consultations in every state, and their buttons."""

    def _make(self, state="scheduled", vet=None, **values):
        return self._create_consultation(
            state=state,
            vet_id=(vet if vet is not None else self.vet).id,
            scheduled_at=fields.Datetime.now() - timedelta(minutes=5),
            **values,
        )

    def _press(self, consultation, name, user=None):
        arguments = {
            "action_cancel": ["The vet is ill."],
            "action_hand_over": [self.second_vet.id],
            "action_reopen": [fields.Datetime.now() + timedelta(days=1)],
            "action_reschedule": [fields.Datetime.now() + timedelta(days=1)],
        }
        return getattr(consultation.with_user(user or self.vet), name)(*arguments.get(name, []))


class TestButtons(WorkflowCommon):
    """Every button in every state."""

    def test_each_button_does_what_the_table_says(self):
        for name, outcomes in BUTTONS.items():
            for state, outcome in zip(STATE_NAMES, outcomes, strict=True):
                consultation = self._make(state)
                with self.subTest(button=name, state=state):
                    if outcome in STATE_NAMES:
                        self._press(consultation, name)
                        self.assertEqual(consultation.state, outcome)
                    else:
                        with self.assertRaisesRegex(UserError, outcome):
                            self._press(consultation, name)
                        self.assertEqual(consultation.state, state)

    def test_another_vet_presses_none_of_the_buttons_of_who_holds_it(self):
        for name in HOLDERS_BUTTONS:
            state = "in_progress" if name == "action_finish" else "scheduled"
            consultation = self._make(state)
            with self.subTest(button=name), self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
                self._press(consultation, name, self.second_vet)

    def test_a_manager_acts_for_the_vet_who_holds_it(self):
        for name in HOLDERS_BUTTONS:
            if name == "action_claim":
                continue
            begun = {"action_finish": "in_progress", "action_undo_start": "in_progress", "action_reopen": "done"}
            consultation = self._make(begun.get(name, "scheduled"))
            with self.subTest(button=name):
                self._press(consultation, name, self.manager)

    def test_a_manager_does_not_take_by_claiming_what_a_vet_holds(self):
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._press(self._make(), "action_claim", self.manager)

    def test_any_vet_locks_and_opens_the_owners_message_box(self):
        consultation = self._make()
        self._press(consultation, "action_lock_chat", self.second_vet)
        self.assertEqual(consultation.chat_state, "locked")
        self._press(consultation, "action_unlock_chat", self.second_vet)
        self.assertEqual(consultation.chat_state, "open")

    def test_nobody_else_presses_any_button(self):
        for user in (self.owner, self.other_owner, self.receptionist, self.foreign_vet):
            for name in BUTTONS:
                state = {"action_finish": "in_progress", "action_reopen": "done"}.get(name, "scheduled")
                consultation = self._make(state, vet=self.env["res.users"])
                with (
                    self.subTest(user=user.login, button=name),
                    self.assertRaises(AccessError),
                    mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
                ):
                    self._press(consultation, name, user)

    def test_pressing_finish_twice_keeps_the_time_of_the_first(self):
        consultation = self._make("in_progress")
        self._press(consultation, "action_finish")
        ended_at = consultation.ended_at
        with self.assertRaisesRegex(UserError, OVER):
            self._press(consultation, "action_finish")
        self.assertEqual(consultation.ended_at, ended_at)


class TestStartWithoutOwner(WorkflowCommon):
    """A vet who starts may have to wait: nothing has taken place before a call with the owner has connected."""

    def _call(self, consultation, **values):
        return self.env["vet.call"].create({"consultation_id": consultation.id, "sidecar_key": "c1", **values})

    def test_what_was_started_by_mistake_is_expected_as_before(self):
        consultation = self._make()
        self._press(consultation, "action_start")
        self._press(consultation, "action_undo_start")
        self.assertEqual((consultation.state, consultation.started_at), ("scheduled", False))
        self.assertEqual((consultation.queue_state, consultation.vet_id), ("claimed", self.vet))

    def test_an_owner_who_is_in_the_room_waits_again(self):
        consultation = self._make("in_progress", owner_present=True)
        self._press(consultation, "action_undo_start")
        self.assertEqual((consultation.state, bool(consultation.waiting_since)), ("waiting", True))

    def test_after_a_call_with_the_owner_it_is_neither_taken_back_nor_a_no_show(self):
        consultation = self._make("in_progress")
        self._call(consultation)
        for name in ("action_undo_start", "action_no_show", "action_reschedule"):
            with self.subTest(button=name), self.assertRaisesRegex(UserError, "finish it instead"):
                self._press(consultation, name)
        may = consultation.with_user(self.vet)._get_workflow()["may"]
        self.assertFalse(may["undo_start"] or may["no_show"] or may["reschedule"])

    def test_a_talk_of_vet_and_guest_is_no_call_with_the_owner(self):
        consultation = self._make("in_progress")
        self._call(consultation, is_with_owner=False)
        self._press(consultation, "action_no_show")
        self.assertEqual(consultation.state, "no_show")

    def test_an_owner_who_is_in_the_room_is_no_no_show(self):
        for state in ("waiting", "in_progress"):
            consultation = self._make(state, owner_present=True)
            with self.subTest(state=state):
                self.assertFalse(consultation.with_user(self.vet)._get_workflow()["may"]["no_show"])
                with self.assertRaisesRegex(UserError, "Anna Keller is in the room"):
                    self._press(consultation, "action_no_show")


class TestPhone(WorkflowCommon):
    """A consultation by phone is held from its form."""

    def test_start_leads_to_the_form_with_the_number(self):
        consultation = self._make(mode="phone")
        action = self._press(consultation, "action_start")
        self.assertEqual(
            (action["type"], action["res_model"], action["res_id"]),
            ("ir.actions.act_window", "vet.consultation", consultation.id),
        )
        self.assertEqual(consultation.state, "in_progress")

    def test_start_in_the_form_stays_in_the_form(self):
        consultation = self._make(mode="phone").with_context(vet_form_is_open=True)
        self.assertIs(self._press(consultation, "action_start"), True)

    def test_start_of_a_video_consultation_opens_the_room_from_the_form_too(self):
        consultation = self._make().with_context(vet_form_is_open=True)
        self.assertEqual(self._press(consultation, "action_start")["tag"], "vet_teleconsult.room")

    def test_an_owner_who_does_not_answer_is_a_no_show(self):
        consultation = self._make(mode="phone")
        self._press(consultation, "action_start")
        self._press(consultation, "action_no_show")
        self.assertEqual(consultation.state, "no_show")


class TestHandOver(WorkflowCommon):
    """Who goes on with a consultation."""

    def test_the_colleague_holds_it_and_its_chat_from_then_on(self):
        consultation = self._make()
        self._press(consultation, "action_hand_over")
        self.assertEqual(consultation.vet_id, self.second_vet)
        self.assertEqual(consultation.chat_id.vet_id, self.second_vet)

    def test_the_colleague_is_told_by_whom_and_of_whom(self):
        consultation = self._make()
        self._press(consultation, "action_hand_over")
        notice = self.env["mail.message"].search(
            [
                ("model", "=", "vet.consultation"),
                ("res_id", "=", consultation.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(notice.notified_partner_ids, self.second_vet.partner_id)
        for word in ("Dr. Meier", "Rex", "Anna Keller"):
            self.assertIn(word, notice.body)

    def test_handing_over_to_whom_it_belongs_already_tells_nobody(self):
        consultation = self._make()
        consultation.with_user(self.vet).action_hand_over(self.vet.id)
        self.assertFalse(consultation.message_ids.filtered(lambda message: message.message_type == "user_notification"))

    def test_only_vets_of_the_clinic_get_it(self):
        consultation = self._make()
        for user in (self.foreign_vet, self.receptionist, self.owner):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "Choose a vet of the clinic"):
                consultation.with_user(self.vet).action_hand_over(user.id)

    def test_only_vets_who_hold_the_type_get_it(self):
        consultation = self._make()
        self.consultation_type.vet_ids = self.vet | self.manager
        with self.assertRaisesRegex(UserError, "who holds consultations of type “Video Visit”"):
            consultation.with_user(self.vet).action_hand_over(self.second_vet.id)

    def test_the_dialog_offers_the_colleagues_who_can_hold_all_of_them(self):
        consultation, other = self._make(), self._make()
        self.consultation_type.vet_ids = self.vet | self.second_vet
        action = (consultation | other).with_user(self.vet).action_hand_over()
        dialog = self.env["vet.consultation.hand.over"].with_user(self.vet).with_context(**action["context"]).new({})
        self.assertEqual(dialog.colleague_ids._origin, self.second_vet)

    def test_the_dialog_hands_over(self):
        consultation = self._make()
        action = consultation.with_user(self.vet).action_hand_over()
        dialog = (
            self.env["vet.consultation.hand.over"]
            .with_user(self.vet)
            .with_context(**action["context"])
            .create({"user_id": self.second_vet.id})
        )
        dialog.action_confirm()
        self.assertEqual(consultation.vet_id, self.second_vet)


class TestChatOfConsultation(WorkflowCommon):
    """Who holds the consultation holds its chat, from whichever page it is claimed."""

    def test_claiming_the_chat_claims_the_consultation(self):
        consultation = self._make(vet=self.env["res.users"])
        consultation.chat_id.with_user(self.vet).action_claim()
        self.assertEqual((consultation.vet_id, consultation.chat_id.vet_id), (self.vet, self.vet))

    def test_releasing_the_chat_releases_the_consultation(self):
        consultation = self._make()
        consultation.chat_id.with_user(self.vet).action_release()
        self.assertFalse(consultation.vet_id | consultation.chat_id.vet_id)

    def test_handing_the_chat_over_hands_the_consultation_over(self):
        consultation = self._make()
        consultation.chat_id.with_user(self.vet).action_hand_over(self.second_vet)
        self.assertEqual((consultation.vet_id, consultation.chat_id.vet_id), (self.second_vet, self.second_vet))

    def test_the_chat_of_a_finished_consultation_is_held_on_its_own(self):
        consultation = self._make("done")
        consultation.chat_id.with_user(self.vet).action_hand_over(self.second_vet)
        self.assertEqual((consultation.vet_id, consultation.chat_id.vet_id), (self.vet, self.second_vet))

    def test_a_chat_that_goes_on_over_consultations_is_of_the_present_ones_vet(self):
        earlier = self._make("done")
        consultation = self._make(vet=self.env["res.users"], chat_id=earlier.chat_id.id)
        consultation.with_user(self.second_vet).action_claim()
        self.assertEqual(earlier.chat_id.vet_id, self.second_vet)
        self.assertEqual(earlier.chat_id._get_current_consultation(), consultation)


@tagged("post_install", "-at_install")
class TestWorkflowRoute(WorkflowCommon, TeleconsultHttpCommon):
    """What the control bar asks of Odoo."""

    def _ask_bar(self, user, **params):
        self.authenticate(user and user.login, user and user.login)
        params.setdefault("consultation_id", self.consultation.id)
        return self.make_jsonrpc_request("/vet_teleconsult/consultation/workflow", params)

    def test_each_button_answers_with_the_consultation_as_it_is_then(self):
        self.consultation.scheduled_at = fields.Datetime.now() - timedelta(minutes=5)
        for action, params, state, holder, chat_state in (
            ("claim", {}, "scheduled", self.vet, "open"),
            ("lock", {}, "scheduled", self.vet, "locked"),
            ("unlock", {}, "scheduled", self.vet, "open"),
            ("cancel", {"reason": "The vet is ill."}, "cancelled", self.vet, "open"),
        ):
            with self.subTest(action=action):
                answer = self._ask_bar(self.vet, action=action, **params)
                self.assertEqual(
                    (answer["state"], answer["claimed_by"]["id"], answer["chat_state"]), (state, holder.id, chat_state)
                )
                self.assertEqual(answer["is_mine"], holder == self.vet)

    def test_handing_over_and_noting_a_no_show_answer_too(self):
        self.consultation.scheduled_at = fields.Datetime.now() - timedelta(minutes=5)
        answer = self._ask_bar(self.vet, action="hand_over", user_id=self.second_vet.id)
        self.assertEqual((answer["claimed_by"]["id"], answer["is_mine"]), (self.second_vet.id, False))
        self.assertEqual(self._ask_bar(self.second_vet, action="no_show")["state"], "no_show")

    def test_reopening_goes_on_with_what_is_finished_and_refuses_what_needs_a_time(self):
        self.consultation.with_user(self.vet).action_start()
        self.consultation.with_user(self.vet).action_finish()
        self.assertEqual(self._ask_bar(self.vet, action="reopen")["state"], "in_progress")
        self._ask_bar(self.vet, action="cancel", reason="The vet is ill.")
        error = self._ask_bar(self.vet, action="reopen")["error"]
        self.assertIn("Choose when", error["message"])
        self.assertEqual(self.consultation.state, "cancelled")

    def test_finishing_and_releasing_answer_too(self):
        self.consultation.with_user(self.vet).action_claim()
        self.assertIsNone(self._ask_bar(self.vet, action="release")["claimed_by"])
        self.consultation.with_user(self.vet).action_start()
        self.assertEqual(self._ask_bar(self.vet, action="finish")["state"], "done")

    def test_taking_the_start_back_answers_too(self):
        self.consultation.with_user(self.vet).action_start()
        self.assertEqual(self._ask_bar(self.vet, action="undo_start")["state"], "scheduled")

    def test_asking_without_an_action_changes_nothing(self):
        answer = self._ask_bar(self.second_vet)
        self.assertEqual(
            (answer["id"], answer["state"], answer["claimed_by"]), (self.consultation.id, "scheduled", None)
        )

    def test_who_is_too_late_is_told_who_was_quicker(self):
        self.consultation.with_user(self.vet).action_claim()
        error = self._ask_bar(self.second_vet, action="claim")["error"]
        self.assertEqual(error["code"], "invalid")
        self.assertIn("Dr. Meier has claimed", error["message"])

    def test_refused_is_what_makes_no_sense(self):
        for params, words in (
            ({"action": "unlink"}, "did not work"),
            ({"action": ["claim"]}, "did not work"),
            ({"action": "hand_over"}, "Choose a vet"),
            ({"action": "reschedule"}, "Choose when"),
            ({"action": "hand_over", "user_id": "7"}, "Choose a vet"),
            ({"action": "cancel"}, "Write why"),
            ({"action": "cancel", "reason": "  "}, "Write why"),
            ({"action": "cancel", "reason": ["x"]}, "Write why"),
        ):
            with self.subTest(**params):
                error = self._ask_bar(self.vet, **params)["error"]
                self.assertEqual(error["code"], "invalid")
                self.assertIn(words, error["message"])
        self.assertEqual(self.consultation.state, "scheduled")

    def test_a_vet_who_may_only_read_has_no_buttons(self):
        group = self.env.ref("vet_teleconsult.group_veterinarian")
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "vet.consultation"), ("group_id", "=", group.id)]
        ).perm_write = False
        with mute_logger("odoo.addons.base.models.ir_model"):
            self.assertEqual(self._ask_bar(self.vet, action="lock")["error"]["code"], "access_denied")

    def test_a_vet_of_both_clinics_works_in_either_without_switching(self):
        self.vet.company_ids |= self.other_company
        foreign = self._create_consultation(
            self._create_patient("Fern", self.other_owner.partner_id, self.other_company)
        )
        answer = self._ask_bar(self.vet, consultation_id=foreign.id, action="claim")
        self.assertTrue(answer["is_mine"])

    def test_what_may_be_pressed_is_what_would_not_be_refused(self):
        buttons = {
            "claim": "action_claim",
            "release": "action_release",
            "hand_over": "action_hand_over",
            "cancel": "action_cancel",
            "no_show": "action_no_show",
            "reschedule": "action_reschedule",
            "undo_start": "action_undo_start",
            "finish": "action_finish",
            "reopen": "action_reopen",
        }
        nobody = self.env["res.users"]
        for state in STATE_NAMES:
            for holder in (nobody, self.vet, self.second_vet):
                may = self._make(state, vet=holder).with_user(self.vet)._get_workflow()["may"]
                for name, method in buttons.items():
                    consultation = self._make(state, vet=holder)
                    # Claiming or releasing again is no error, and makes no button.
                    is_idle = (name == "claim" and holder) or (name == "release" and not holder)
                    with self.subTest(state=state, holder=holder.name, button=name):
                        self.assertEqual(may[name], not is_idle and self._is_taken(consultation, method))

    def _is_taken(self, consultation, method):
        try:
            with self.env.cr.savepoint():
                self._press(consultation, method)
        except UserError:
            return False
        return True
