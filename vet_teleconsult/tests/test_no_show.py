from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TeleconsultCommon

APPOINTMENT = datetime(2026, 5, 4, 10, 0)
DUE = APPOINTMENT + timedelta(minutes=15)


@tagged("post_install", "-at_install")
class TestNoShow(TeleconsultCommon):
    """Owners who do not come are proposed as no-shows; only a vet decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever else the database expects is no concern of these tests.
        cls.env["vet.consultation.type"].search([]).no_show_after = 0
        cls.consultation_type.no_show_after = 15
        cls.cron = cls.env.ref("vet_teleconsult.ir_cron_propose_no_shows")

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-05-04 08:00:00", tick=False)
        self.now = clock.start()
        self.addCleanup(clock.stop)
        self.cron_triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.expected = self._create_consultation(scheduled_at=APPOINTMENT, vet_id=self.vet.id)

    def _triggers(self):
        """Give the moments for which the scheduled action has been woken since the test began."""
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]) - self.cron_triggers
        return sorted(triggers.mapped("call_at"))

    def _look(self, moment):
        """Run the scheduled action at a moment."""
        self.now.move_to(moment)
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _activities(self, consultation=None):
        kind = self.env.ref("vet_teleconsult.mail_activity_type_no_show")
        return (consultation or self.expected).activity_ids.filtered(lambda each: each.activity_type_id == kind)

    # ------------------------------------------------------------- when

    def test_the_scheduled_action_is_woken_exactly_when_the_owner_is_overdue(self):
        self.assertEqual(self._triggers(), [DUE])

    def test_it_is_proposed_then_and_not_a_second_sooner(self):
        self._look(DUE - timedelta(seconds=1))
        self.assertFalse(self.expected.no_show_proposed)
        self._look(DUE)
        self.assertTrue(self.expected.no_show_proposed)

    def test_proposing_decides_nothing(self):
        self._look(DUE)
        self.assertEqual(self.expected.state, "scheduled")

    def test_a_moved_appointment_is_looked_at_when_it_is_overdue(self):
        self.expected.scheduled_at = APPOINTMENT + timedelta(hours=1)
        self.assertEqual(self._triggers(), [DUE, DUE + timedelta(hours=1)])
        self._look(DUE)
        self.assertFalse(self.expected.no_show_proposed)
        self._look(DUE + timedelta(hours=1))
        self.assertTrue(self.expected.no_show_proposed)

    def test_another_patience_of_the_type_holds_for_what_is_expected_already(self):
        self.consultation_type.no_show_after = 30
        self.assertIn(APPOINTMENT + timedelta(minutes=30), self._triggers())
        self._look(DUE)
        self.assertFalse(self.expected.no_show_proposed)
        self._look(APPOINTMENT + timedelta(minutes=30))
        self.assertTrue(self.expected.no_show_proposed)

    def test_a_type_without_it_proposes_nothing(self):
        self.consultation_type.no_show_after = 0
        self._look(DUE + timedelta(days=1))
        self.assertFalse(self.expected.no_show_proposed)
        later = self._triggers()
        self._create_consultation(scheduled_at=APPOINTMENT + timedelta(days=2))
        self.assertEqual(self._triggers(), later)

    def test_the_patience_is_never_negative(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.consultation_type.no_show_after = -1
            self.env.flush_all()

    def test_what_was_missed_while_the_server_was_away_is_proposed_afterwards(self):
        self._look(DUE + timedelta(hours=20))
        self.assertTrue(self.expected.no_show_proposed)

    # -------------------------------------------------------------- who

    def test_an_owner_who_is_there_is_not_proposed(self):
        self.now.move_to(APPOINTMENT)
        self.expected.write({"state": "waiting", "waiting_since": APPOINTMENT, "owner_present": True})
        self._look(DUE)
        self.assertFalse(self.expected.no_show_proposed)

    def test_an_owner_who_came_and_left_is_proposed_after_as_long_again(self):
        left_at = APPOINTMENT + timedelta(minutes=10)
        self.expected.write({"state": "waiting", "waiting_since": APPOINTMENT, "owner_present": True})
        self.now.move_to(left_at)
        self.expected.owner_present = False
        self.expected.state = "scheduled"
        self._look(left_at + timedelta(minutes=14))
        self.assertFalse(self.expected.no_show_proposed)
        self._look(left_at + timedelta(minutes=15))
        self.assertTrue(self.expected.no_show_proposed)
        self.assertEqual(self._activities().summary, "Anna Keller has left and not come back")

    def test_an_owner_who_looked_in_days_before_is_proposed_like_any_other(self):
        self.expected.write({"state": "waiting", "owner_present": True})
        self.expected.owner_present = False
        self.expected.state = "scheduled"
        self._look(DUE)
        self.assertTrue(self.expected.no_show_proposed)

    def test_it_is_proposed_too_to_a_vet_who_has_started_and_waits(self):
        self.now.move_to(APPOINTMENT)
        self.expected.with_user(self.vet).action_start()
        self._look(DUE)
        self.assertEqual((self.expected.state, self.expected.no_show_proposed), ("in_progress", True))

    def test_who_is_called_by_phone_is_not_proposed(self):
        self.expected.mode = "phone"
        self._look(DUE)
        self.assertFalse(self.expected.no_show_proposed)

    def test_nothing_that_is_over_is_proposed(self):
        others = self.env["vet.consultation"]
        for state in ("done", "cancelled", "no_show"):
            others |= self._create_consultation(scheduled_at=APPOINTMENT, state=state)
        self._look(DUE)
        self.assertFalse(others.filtered("no_show_proposed"))

    def test_nothing_is_proposed_after_a_call_with_the_owner(self):
        self.expected.state = "in_progress"
        self.env["vet.call"].create({"consultation_id": self.expected.id, "sidecar_key": "c1"})
        self._look(DUE)
        self.assertFalse(self.expected.no_show_proposed)

    def test_the_vet_is_told_once(self):
        self._look(DUE)
        self._look(DUE + timedelta(minutes=10))
        activity = self._activities()
        self.assertEqual((len(activity), activity.user_id), (1, self.vet))
        self.assertEqual(activity.summary, "Anna Keller has not come")

    def test_of_one_that_nobody_has_claimed_a_manager_is_told(self):
        available = self._create_consultation(scheduled_at=APPOINTMENT)
        self._look(DUE)
        self.assertTrue(available.no_show_proposed)
        self.assertTrue(self._activities(available).user_id.has_group("vet_teleconsult.group_manager"))

    def _ask_for_now(self, **values):
        """An owner asks to be seen at once, at the time of the appointment."""
        self.now.move_to(APPOINTMENT)
        consultation = self._create_consultation(scheduled_at=APPOINTMENT, **values)
        self.env["vet.booking"].create(
            {"company_id": self.company.id, "state": "requested", "consultation_id": consultation.id}
        )
        return consultation

    def test_who_asked_to_be_seen_now_has_missed_nobody_before_a_vet_claims_them(self):
        asked = self._ask_for_now()
        self._look(DUE + timedelta(hours=1))
        self.assertFalse(asked.no_show_proposed or self._activities(asked))
        self.assertNotIn(asked, self.env["vet.consultation"]._find_overdue())
        self.assertEqual(asked.state, "scheduled")

    def test_who_asked_to_be_seen_now_is_proposed_some_time_after_a_vet_has_claimed_them(self):
        asked = self._ask_for_now()
        claimed_at = DUE + timedelta(hours=1)
        self.now.move_to(claimed_at)
        asked.with_user(self.vet).action_claim()
        self.assertIn(claimed_at + timedelta(minutes=15), self._triggers())
        self._look(claimed_at + timedelta(minutes=14))
        self.assertFalse(asked.no_show_proposed)
        self._look(claimed_at + timedelta(minutes=15))
        self.assertTrue(asked.no_show_proposed)

    def test_proposal_of_who_asked_to_be_seen_now_ends_when_the_vet_releases_them(self):
        asked = self._ask_for_now(vet_id=self.vet.id)
        self._look(DUE)
        self.assertTrue(asked.no_show_proposed)
        asked.with_user(self.vet).action_release()
        self.assertFalse(asked.no_show_proposed)

    def test_pages_of_the_clinic_hear_of_it(self):
        self.env.cr.precommit.run()
        last = self.env["bus.bus"]._bus_last_id()
        self._look(DUE)
        self.env.cr.precommit.run()
        heard = self.env["bus.bus"].search([("id", ">", last)]).mapped("message")
        for kind in ("vet_teleconsult/queue", "vet_teleconsult/consultation"):
            self.assertTrue([message for message in heard if f'"{kind}"' in message], kind)
        self.assertTrue(self.expected.with_user(self.vet)._get_workflow()["no_show_proposed"])

    # ------------------------------------------------------ what follows

    def test_a_proposal_ends_when_the_owner_comes_after_all(self):
        self._look(DUE)
        self.expected.write({"state": "waiting", "waiting_since": DUE, "owner_present": True})
        self.assertFalse(self.expected.no_show_proposed)
        self.assertFalse(self._activities())

    def test_a_proposal_ends_when_the_owner_comes_to_a_vet_who_has_started(self):
        self.expected.state = "in_progress"
        self._look(DUE)
        self.expected.owner_present = True
        self.assertFalse(self.expected.no_show_proposed)

    def test_a_proposal_ends_when_another_time_is_chosen(self):
        self._look(DUE)
        self.expected.scheduled_at = APPOINTMENT + timedelta(days=1)
        self.assertFalse(self.expected.no_show_proposed)
        self._look(DUE + timedelta(days=1))
        self.assertTrue(self.expected.no_show_proposed)

    def test_a_proposal_ends_when_the_vet_agrees(self):
        self._look(DUE)
        self.expected.with_user(self.vet).action_no_show()
        self.assertEqual((self.expected.state, self.expected.no_show_proposed), ("no_show", False))
        self.assertFalse(self._activities())

    def test_a_proposal_ends_when_the_type_becomes_more_patient(self):
        self._look(DUE)
        self.consultation_type.no_show_after = 60
        self.assertFalse(self.expected.no_show_proposed)

    def test_a_proposal_stays_when_something_else_changes(self):
        self._look(DUE)
        self.expected.with_user(self.vet).action_hand_over(self.second_vet.id)
        self.assertTrue(self.expected.no_show_proposed)
