from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .test_workflow import WorkflowCommon

NOBODY = False


class HolderCommon(WorkflowCommon):
    """What those concerned are told."""

    def _get_notices(self, consultation, user):
        """Give what a colleague was notified of about a consultation."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "vet.consultation"),
                ("res_id", "=", consultation.id),
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", user.partner_id.ids),
            ]
        )


class TestWritingTheVet(HolderCommon):
    """Who writes the vet, in a form or by an import, is bound by what binds the buttons."""

    def test_an_available_consultation_is_taken(self):
        consultation = self._make(vet=self.env["res.users"])
        consultation.with_user(self.vet).vet_id = self.vet
        self.assertEqual((consultation.vet_id, consultation.chat_id.vet_id), (self.vet, self.vet))

    def test_what_a_colleague_holds_is_neither_taken_nor_made_available_nor_given_on(self):
        consultation = self._make()
        for vet in (self.second_vet, self.env["res.users"], self.manager):
            with self.subTest(vet=vet.name), self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
                consultation.with_user(self.second_vet).vet_id = vet
        self.assertEqual(consultation.vet_id, self.vet)

    def test_of_two_who_have_the_form_open_the_second_is_told_who_was_quicker(self):
        consultation = self._make(vet=self.env["res.users"])
        form = Form(consultation.with_user(self.second_vet))
        form.vet_id = self.second_vet
        consultation.with_user(self.vet).action_claim()
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            form.save()
        self.assertEqual(consultation.vet_id, self.vet)

    def test_of_several_written_at_once_none_changes_when_one_is_refused(self):
        free, held = self._make(vet=self.env["res.users"]), self._make()
        with self.assertRaisesRegex(UserError, held.name):
            (free | held).with_user(self.second_vet).vet_id = self.second_vet
        self.assertFalse(free.vet_id)

    def test_writing_who_holds_it_already_is_no_change(self):
        consultation = self._make()
        consultation.with_user(self.second_vet).write({"vet_id": self.vet.id, "note": "<p>Limps</p>"})
        self.assertIn("Limps", consultation.note)

    def test_what_is_over_keeps_its_vet(self):
        for state in ("done", "cancelled", "no_show"):
            consultation = self._make(state)
            with self.subTest(state=state), self.assertRaisesRegex(UserError, "Reopen it first"):
                consultation.with_user(self.vet).vet_id = self.second_vet

    def test_what_has_begun_is_not_made_available(self):
        consultation = self._make("in_progress")
        with self.assertRaisesRegex(UserError, "cannot be made available again"):
            consultation.with_user(self.vet).vet_id = NOBODY

    def test_owners_write_no_vet(self):
        consultation = self._make(vet=self.env["res.users"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            consultation.with_user(self.owner).vet_id = self.vet

    def test_a_client_that_claims_to_install_data_is_bound_too(self):
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._make().with_user(self.second_vet).with_context(install_mode=True).vet_id = self.second_vet

    def test_the_system_is_bound_by_none_of_it(self):
        consultation = self._make("done")
        consultation.vet_id = self.second_vet
        self.assertEqual(consultation.vet_id, self.second_vet)
        self.assertFalse(self._get_notices(consultation, self.second_vet))


class TestTellingHolders(HolderCommon):
    """Nobody gets or loses a consultation without knowing."""

    def test_the_successor_is_told_whichever_way_the_vet_is_exchanged(self):
        consultation = self._make()
        consultation.with_user(self.vet).vet_id = self.second_vet
        [notice] = self._get_notices(consultation, self.second_vet)
        self.assertIn("Dr. Meier has handed the consultation of Rex (Anna Keller) over to you", notice.body)

    def test_handing_over_tells_the_successor_once(self):
        consultation = self._make()
        consultation.with_user(self.vet).action_hand_over(self.second_vet.id)
        self.assertEqual(len(self._get_notices(consultation, self.second_vet)), 1)

    def test_who_loses_it_to_a_colleague_is_told_to_whom(self):
        consultation = self._make()
        consultation.with_user(self.manager).action_hand_over(self.second_vet.id)
        [notice] = self._get_notices(consultation, self.vet)
        self.assertIn("to Dr. Weber", notice.body)

    def test_who_loses_it_to_the_queue_is_told(self):
        consultation = self._make()
        consultation.with_user(self.manager).action_release()
        [notice] = self._get_notices(consultation, self.vet)
        self.assertIn("available to every vet again", notice.body)

    def test_who_claims_or_releases_is_not_told_what_they_do(self):
        consultation = self._make(vet=self.env["res.users"])
        consultation.with_user(self.vet).action_claim()
        consultation.with_user(self.vet).action_release()
        self.assertFalse(self._get_notices(consultation, self.vet))


class TestViews(HolderCommon):
    """What the screens offer."""

    def test_the_form_lets_only_those_choose_the_vet_who_may(self):
        free, mine, closed = self._make(vet=self.env["res.users"]), self._make(), self._make("done")
        for consultation, user, expected in (
            (free, self.second_vet, True),
            (mine, self.vet, True),
            (mine, self.second_vet, False),
            (mine, self.manager, True),
            (closed, self.vet, False),
        ):
            with self.subTest(state=consultation.state, user=user.login):
                self.assertEqual(consultation.with_user(user).can_assign, expected)

    def test_who_gives_it_away_in_the_form_can_still_save(self):
        consultation = self._make()
        form = Form(consultation.with_user(self.vet))
        form.vet_id = self.second_vet
        self.assertTrue(form.can_assign)
        form.save()
        self.assertEqual(consultation.vet_id, self.second_vet)

    def test_the_card_of_the_queue_assigns_nobody(self):
        arch = self.env["vet.consultation"].with_user(self.vet).get_view(view_type="kanban")["arch"]
        fields_of_vet = etree.fromstring(arch).findall(".//templates//field[@name='vet_id']")
        self.assertEqual([field.get("readonly") for field in fields_of_vet], ["1"])

    def test_the_list_offers_for_several_what_takes_several(self):
        arch = self.env["vet.consultation"].with_user(self.vet).get_view(view_type="list")["arch"]
        buttons = etree.fromstring(arch).findall("./header/button")
        self.assertEqual(
            [button.get("name") for button in buttons], ["action_claim", "action_hand_over", "action_cancel"]
        )


class TestClaimingSeveral(HolderCommon):
    """Claim above the list takes all that are ticked."""

    def test_several_are_claimed_at_once(self):
        consultations = self._make(vet=self.env["res.users"]) | self._make(vet=self.env["res.users"])
        consultations.with_user(self.vet).action_claim()
        self.assertEqual(consultations.vet_id, self.vet)

    def test_those_that_are_ones_own_already_do_no_harm(self):
        consultations = self._make() | self._make(vet=self.env["res.users"])
        consultations.with_user(self.vet).action_claim()
        self.assertEqual(consultations.mapped("vet_id"), self.vet)

    def test_each_that_a_colleague_holds_is_named_and_none_is_claimed(self):
        free, held, held_too = self._make(vet=self.env["res.users"]), self._make(), self._make()
        with self.assertRaises(UserError) as refused:
            (free | held | held_too).with_user(self.second_vet).action_claim()
        for consultation in (held, held_too):
            self.assertIn(consultation.name, str(refused.exception))
        self.assertNotIn(free.name, str(refused.exception))
        self.assertFalse(free.vet_id)

    def test_several_are_handed_over_and_cancelled_by_one_dialog(self):
        consultations = (self._make() | self._make()).with_user(self.vet)
        for method in ("action_hand_over", "action_cancel"):
            action = getattr(consultations, method)()
            dialog = self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"]).new({})
            with self.subTest(button=method):
                self.assertEqual(dialog.consultation_ids._origin, consultations)


class TestMoving(HolderCommon):
    """Until when, and by whom, the time can be changed."""

    def _move(self, consultation, user, **values):
        values = values or {"scheduled_at": fields.Datetime.now() + timedelta(days=2)}
        consultation.with_user(user).write(values)

    def test_what_has_begun_or_is_over_is_not_moved(self):
        for state in ("in_progress", "done", "cancelled", "no_show"):
            consultation = self._make(state)
            before = consultation.scheduled_at
            for values in (
                {"scheduled_at": "2030-05-01 10:00:00"},
                {"scheduled_end": "2030-05-01 10:00:00"},
                {"scheduled_duration": 3.0},
            ):
                with self.subTest(state=state, **values), self.assertRaisesRegex(UserError, "cannot be moved"):
                    self._move(consultation, self.vet, **values)
            self.assertEqual(consultation.scheduled_at, before)

    def test_writing_the_same_time_is_no_move(self):
        consultation = self._make("done")
        self._move(
            consultation,
            self.vet,
            scheduled_at=fields.Datetime.to_string(consultation.scheduled_at),
            scheduled_duration=consultation.scheduled_duration,
            note="<p>Better</p>",
        )
        self.assertIn("Better", consultation.note)

    def test_what_a_colleague_holds_is_not_moved(self):
        with self.assertRaisesRegex(UserError, "Dr. Meier has claimed"):
            self._move(self._make(), self.second_vet)

    def test_the_holder_a_manager_and_of_an_available_one_anybody_moves_it(self):
        free = self._make(vet=self.env["res.users"])
        for consultation, user in ((self._make(), self.vet), (self._make(), self.manager), (free, self.second_vet)):
            with self.subTest(user=user.login):
                self._move(consultation, user)
                self.assertGreater(consultation.scheduled_at, fields.Datetime.now())

    def test_dragged_in_the_calendar_of_consultations_it_keeps_its_length(self):
        consultation = self._make()
        self._move(consultation, self.vet, scheduled_at="2030-05-01 10:00:00", scheduled_end="2030-05-01 10:30:00")
        self.assertEqual(consultation.scheduled_duration, 0.5)
        self.assertEqual(consultation.event_id.stop, consultation.scheduled_end)

    def test_drawn_out_in_the_calendar_of_consultations_it_takes_longer(self):
        consultation = self._make()
        self._move(consultation, self.vet, scheduled_at="2030-05-01 10:00:00", scheduled_end="2030-05-01 11:15:00")
        self.assertEqual(consultation.scheduled_duration, 1.25)
        self.assertEqual(fields.Datetime.to_string(consultation.event_id.stop), "2030-05-01 11:15:00")

    def test_made_by_a_click_on_a_day_of_the_calendar_it_is_as_long_as_its_type(self):
        consultation = (
            self.env["vet.consultation"]
            .with_user(self.vet)
            .with_context(default_scheduled_at="2030-05-01 07:00:00", default_scheduled_end="2030-05-01 19:00:00")
            .create({"patient_id": self.patient.id, "type_id": self.consultation_type.id})
        )
        self.assertEqual(consultation.scheduled_duration, 0.5)
        self.assertEqual(fields.Datetime.to_string(consultation.scheduled_end), "2030-05-01 07:30:00")
