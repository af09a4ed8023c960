from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TeleconsultCommon, TeleconsultHttpCommon


@freeze_time("2026-05-04 09:00:00")
class TestPlaceInLine(TeleconsultCommon):
    """Who is before whom among those who wait for any vet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["vet.consultation"].search([("company_id", "=", cls.company.id)]).vet_id = cls.vet

    def _waiting(self, minutes=0, **values):
        """A consultation of an owner whose time came some minutes ago."""
        return self._create_consultation(scheduled_at=fields.Datetime.now() - timedelta(minutes=minutes), **values)

    def _places(self, *consultations):
        return [consultation._get_place_in_line() for consultation in consultations]

    def test_who_asked_first_is_first(self):
        first, second, third = self._waiting(9), self._waiting(6), self._waiting(3)
        self.assertEqual(self._places(first, second, third), [0, 1, 2])

    def test_of_two_who_asked_at_once_the_older_request_is_first(self):
        first, second = self._waiting(), self._waiting()
        self.assertEqual(self._places(first, second), [0, 1])

    def test_everybody_moves_up_when_a_vet_claims_the_first(self):
        first, second = self._waiting(9), self._waiting(6)
        first.with_user(self.vet).action_claim()
        self.assertEqual(self._places(first, second), [None, 0])

    def test_everybody_moves_up_when_somebody_cancels(self):
        first, second = self._waiting(9), self._waiting(6)
        first.state = "cancelled"
        self.assertEqual(self._places(first, second), [None, 0])

    def test_who_has_an_appointment_next_week_stands_in_no_line(self):
        later, now = self._waiting(-7 * 24 * 60), self._waiting()
        self.assertEqual(self._places(later, now), [None, 0])

    def test_who_never_came_is_before_nobody_for_ever(self):
        self._waiting(5 * 60)
        self.assertEqual(self._places(self._waiting()), [0])

    def test_who_has_been_here_for_hours_keeps_their_place(self):
        patient_one, other = self._waiting(5 * 60, owner_present=True), self._waiting()
        self.assertEqual(self._places(patient_one, other), [0, 1])

    def test_another_clinics_line_is_another_line(self):
        patient = self._create_patient("Fox", self.other_owner.partner_id, self.other_company)
        foreign_type = self.consultation_type.copy({"company_id": self.other_company.id})
        self._waiting(9, patient=patient, type_id=foreign_type.id)
        self.assertEqual(self._places(self._waiting()), [0])

    def test_who_waits_for_other_vets_is_before_nobody_here(self):
        vets = (self.vet, self.second_vet)
        own, other = (self.consultation_type.copy({"vet_ids": [fields.Command.set(vet.ids)]}) for vet in vets)
        self._waiting(9, type_id=other.id)
        self.assertEqual(self._places(self._waiting(type_id=own.id)), [0])

    def test_who_waits_for_the_same_vet_is_before_also_with_another_type(self):
        own = self.consultation_type.copy({"vet_ids": [fields.Command.set(self.vet.ids)]})
        both = self.consultation_type.copy({"vet_ids": [fields.Command.set((self.vet | self.second_vet).ids)]})
        anybody = self.consultation_type.copy({"vet_ids": [fields.Command.clear()]})
        self._waiting(9, type_id=both.id)
        self._waiting(6, type_id=anybody.id)
        self.assertEqual(self._places(self._waiting(type_id=own.id)), [2])

    def test_an_owner_is_told_the_number_though_the_others_are_none_of_their_business(self):
        self._waiting(9, patient=self.other_patient)
        own = self._waiting()
        self.assertEqual(own.with_user(self.owner)._get_place_in_line(), 1)


@freeze_time("2026-05-04 09:00:00")
class TestWaitingRoom(TeleconsultCommon):
    """What the owner is told until the vet comes, and whom the vet sees waiting."""

    def test_an_owner_is_told_who_comes_and_when(self):
        self.consultation.vet_id = self.vet
        status = self.consultation._get_waiting_room()
        self.assertEqual(status["vet"], {"name": "Dr. Meier"})
        self.assertEqual(status["scheduled_at"], status["now"])
        self.assertIsNone(status["place"])
        self.assertFalse(status["vet_here"] or status["vet_busy"])

    def test_an_owner_is_told_that_the_vet_is_in_the_room(self):
        self.consultation.write({"vet_id": self.vet.id, "vet_present": True})
        self.assertTrue(self.consultation._get_waiting_room()["vet_here"])

    def _occupy(self, vet, **values):
        consultation = self._create_consultation(self.other_patient, vet_id=vet.id)
        consultation.write({"state": "in_progress", "vet_present": True, **values})
        return consultation

    def test_a_vet_in_another_room_is_with_another_patient(self):
        self.consultation.vet_id = self.vet
        self._occupy(self.vet)
        status = self.consultation._get_waiting_room()
        self.assertTrue(status["vet_busy"])
        self.assertNotIn("Otis", str(status))

    def test_a_vet_who_has_left_the_other_room_is_not_with_another_patient(self):
        self.consultation.vet_id = self.vet
        self._occupy(self.vet, vet_present=False)
        self.assertFalse(self.consultation._get_waiting_room()["vet_busy"])

    def test_a_colleague_in_another_room_keeps_nobody_waiting(self):
        self.consultation.vet_id = self.vet
        self._occupy(self.second_vet)
        self.assertFalse(self.consultation._get_waiting_room()["vet_busy"])

    def _names_waiting(self, user):
        return [entry["patient"] for entry in self.env["vet.consultation"].with_user(user).get_waiting_list()]

    def _arrive(self, consultation, minutes):
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        consultation.write({"state": "waiting", "waiting_since": since, "owner_present": True})
        return consultation

    def test_a_vet_sees_who_waits_for_them_and_for_anybody_the_longest_first(self):
        self._arrive(self.consultation, 2).vet_id = self.vet
        self._arrive(self._create_consultation(self.other_patient), 5)
        self.assertEqual(self._names_waiting(self.vet), ["Otis", "Rex"])

    def test_a_vet_is_called_from_a_quarter_of_an_hour_before_the_appointment(self):
        self._arrive(self.consultation, 2).scheduled_at = fields.Datetime.now() + timedelta(minutes=16)
        self.assertEqual(self._names_waiting(self.vet), [])
        with freeze_time("2026-05-04 09:01:00"):
            self.assertEqual(self._names_waiting(self.vet), ["Rex"])

    def _request_now(self, consultation):
        """Make a consultation one that its owner has asked for at once."""
        self.env["vet.booking"].create(
            {"company_id": self.company.id, "state": "requested", "consultation_id": consultation.id}
        )
        return consultation

    def test_a_vet_is_called_to_who_asks_to_be_seen_now(self):
        self._request_now(self.consultation)
        self.assertEqual(self._names_waiting(self.vet), ["Rex"])

    def test_who_asked_to_be_seen_now_is_announced_once_wherever_they_wait(self):
        waiting_list = self.env["vet.consultation"].with_user(self.vet).get_waiting_list
        self._request_now(self.consultation)
        (before,) = waiting_list()
        with freeze_time("2026-05-04 09:03:00"):
            self._arrive(self.consultation, 0)
            (after,) = waiting_list()
        self.assertEqual((before["has_come"], after["has_come"]), (False, True))
        self.assertEqual(before["waiting_since"], after["waiting_since"])

    def test_nobody_is_called_any_more_to_a_request_that_is_claimed(self):
        self._request_now(self.consultation).vet_id = self.second_vet
        for vet in (self.vet, self.second_vet):
            self.assertEqual(self._names_waiting(vet), [])

    def test_a_vet_is_called_to_a_call_by_phone_when_it_is_due(self):
        self.consultation.write({"mode": "phone", "vet_id": self.vet.id})
        self.consultation.scheduled_at = fields.Datetime.now() + timedelta(minutes=5)
        self.assertEqual(self._names_waiting(self.vet), [])
        with freeze_time("2026-05-04 09:05:00"):
            (entry,) = self.env["vet.consultation"].with_user(self.vet).get_waiting_list()
        self.assertEqual((entry["mode"], entry["patient"]), ("phone", "Rex"))

    def test_nobody_is_called_to_an_appointment_whose_owner_is_not_there(self):
        self.consultation.vet_id = self.vet
        self.assertEqual(self._names_waiting(self.vet), [])

    def test_a_vet_sees_the_red_flags_of_who_waits_in_list_and_room(self):
        booking = self._request_now(self.consultation).booking_ids
        booking.answers = [{"question": "It cannot get up", "yes": True}, {"question": "It bleeds", "yes": False}]
        (entry,) = self.env["vet.consultation"].with_user(self.vet).get_waiting_list()
        self.assertEqual(entry["red_flags"], ["It cannot get up"])
        workspace = self.consultation.with_user(self.vet)._get_workspace()
        self.assertEqual(workspace["red_flags"], ["It cannot get up"])

    def test_a_vet_is_not_called_to_who_waits_for_a_colleague(self):
        self._arrive(self.consultation, 2).vet_id = self.second_vet
        self.assertEqual(self._names_waiting(self.vet), [])

    def test_a_vet_of_another_clinic_sees_nobody(self):
        self._arrive(self.consultation, 2)
        self.assertEqual(self._names_waiting(self.foreign_vet), [])

    def test_a_vet_sees_the_result_of_the_device_check(self):
        self._arrive(self.consultation, 2)._store_device_check({"camera": "denied", "microphone": "ok"})
        (entry,) = self.env["vet.consultation"].with_user(self.vet).get_waiting_list()
        self.assertEqual(entry["device_check"], {"state": "warning", "summary": "The camera is blocked."})

    def test_the_list_needs_as_many_queries_for_many_as_for_few(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["vet.consultation"].with_user(self.vet).get_waiting_list()
            return self.env.cr.sql_log_count - before

        for _number in range(2):
            self._arrive(self._create_consultation(), 2)
        count()
        few = count()
        for _number in range(10):
            self._arrive(self._create_consultation(self.other_patient), 2)
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestComingAndGoing(TeleconsultCommon):
    """Owners who leave before their consultation begins are expected again, after a moment's grace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("vet_teleconsult.ir_cron_keep_waiting_room")

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-05-04 09:00:00", tick=False)
        self.now = clock.start()
        self.addCleanup(clock.stop)
        self.earlier = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.start = datetime(2026, 5, 4, 9, 10)
        self.expected = self._create_consultation(vet_id=self.vet.id, scheduled_at=self.start)

    def _triggers(self):
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]) - self.earlier
        return triggers.mapped("call_at")

    def _look(self, moment):
        self.now.move_to(moment)
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _come(self):
        self.expected.write({"state": "waiting", "waiting_since": fields.Datetime.now(), "owner_present": True})

    def _come_and_go(self):
        """The owner comes at nine, and goes three minutes later."""
        self._come()
        self.now.move_to(datetime(2026, 5, 4, 9, 3))
        self.expected.owner_present = False

    def test_who_left_is_expected_again_after_the_grace_and_not_sooner(self):
        self._come_and_go()
        self._look(datetime(2026, 5, 4, 9, 4, 59))
        self.assertEqual(self.expected.state, "waiting")
        self._look(datetime(2026, 5, 4, 9, 5))
        self.assertEqual((self.expected.state, self.expected.waiting_since), ("scheduled", False))
        self.assertEqual(self.expected.queue_state, "claimed")

    def test_the_scheduled_action_is_woken_exactly_when_the_grace_ends(self):
        self._come_and_go()
        self.assertIn(datetime(2026, 5, 4, 9, 5), self._triggers())

    def test_who_comes_back_in_time_keeps_their_place(self):
        self._come_and_go()
        self.expected.owner_present = True
        self._look(datetime(2026, 5, 4, 9, 30))
        self.assertEqual(self.expected.state, "waiting")
        self.assertEqual(self.expected.waiting_since, datetime(2026, 5, 4, 9))

    def test_that_they_were_there_stays_on_record(self):
        self.company.partner_id.tz = "Europe/Berlin"
        self._come_and_go()
        self._look(datetime(2026, 5, 4, 9, 5))
        record = "".join(self.expected.message_ids.mapped("body"))
        self.assertRegex(record, r"was in the waiting room from .*11:00.* to .*11:03")

    def test_what_has_begun_goes_on_though_the_owner_leaves(self):
        self._come_and_go()
        self.expected.with_user(self.vet).action_start()
        self._look(datetime(2026, 5, 4, 9, 30))
        self.assertEqual(self.expected.state, "in_progress")

    def test_an_owner_who_is_thrown_out_by_a_new_link_has_left(self):
        self._come()
        self.expected.with_user(self.vet).action_revoke_owner_link()
        self._look(datetime(2026, 5, 4, 9, 2))
        self.assertEqual(self.expected.state, "scheduled")

    def test_vets_pages_look_when_an_owner_who_is_early_may_call(self):
        self.expected.scheduled_at = datetime(2026, 5, 4, 10)
        self._come()
        self.assertIn(datetime(2026, 5, 4, 9, 45), self._triggers())
        self.env.cr.precommit.run()
        last = self.env["bus.bus"]._bus_last_id()
        self._look(datetime(2026, 5, 4, 9, 45))
        self.env.cr.precommit.run()
        heard = self.env["bus.bus"].search([("id", ">", last)]).mapped("message")
        self.assertTrue([message for message in heard if '"vet_teleconsult/queue"' in message])

    def test_vets_pages_look_when_a_call_by_phone_is_due(self):
        self.expected.mode = "phone"
        self.assertIn(self.start, self._triggers())


class TestDeviceCheck(TeleconsultCommon):
    """What is kept of the owner's devices."""

    def _judge(self, **result):
        self.consultation._store_device_check(result)
        return self.consultation.device_check_state

    def test_devices_that_all_work_are_ready(self):
        self.assertEqual(
            self._judge(camera="ok", microphone="ok", speaker="unknown", network="relay", service="ok"), "ok"
        )
        self.assertEqual(self.consultation.device_check_summary, "Camera, microphone and network work.")

    def test_what_does_not_work_is_said_in_words(self):
        self.assertEqual(self._judge(camera="in-use", microphone="ok", network="no-relay"), "warning")
        self.assertIn("in use by another program", self.consultation.device_check_summary)
        self.assertIn("TURN", self.consultation.device_check_summary)

    def test_what_does_not_work_is_said_in_the_same_order_always(self):
        self._judge(speaker="not-found", microphone="denied", camera="denied")
        self.assertEqual(
            self.consultation.device_check_summary,
            "The camera is blocked. The microphone is blocked. There is no speaker.",
        )

    def test_neither_picture_nor_sound_is_not_ready(self):
        self.assertEqual(self._judge(camera="denied", microphone="not-found"), "failed")

    def test_a_video_service_out_of_reach_is_not_ready(self):
        self.assertEqual(self._judge(camera="ok", microphone="ok", service="failed"), "failed")

    def test_a_second_check_replaces_the_first(self):
        self._judge(camera="denied", microphone="ok")
        self.assertEqual(self._judge(camera="ok", microphone="ok"), "ok")
        self.assertEqual(self.consultation.device_check, {"camera": "ok", "microphone": "ok"})

    def test_anything_else_than_a_result_is_refused(self):
        for result in (None, [], {}, "ok", {"camera": "<b>"}, {"camera": 1}, {"shoe": "ok"}, {"camera": ["ok"]}):
            with self.subTest(result=result), self.assertRaises(UserError):
                self.consultation._store_device_check(result)


@tagged("post_install", "-at_install")
class TestWaitingRoutes(TeleconsultHttpCommon):
    """What the owner's page asks while it waits."""

    def test_the_owner_hears_how_things_stand_with_the_page_and_whenever_they_ask(self):
        self.consultation.vet_id = self.vet
        self.assertEqual(self._ask_as_owner("join")["waiting"]["vet"], {"name": "Dr. Meier"})
        self.assertEqual(self._ask_as_owner("waiting")["vet"], {"name": "Dr. Meier"})

    def test_the_vets_page_waits_for_nobody_in_line(self):
        self.assertIsNone(self._ask("join", self.vet)["waiting"])

    def test_the_result_of_the_device_check_is_kept_on_the_consultation(self):
        answer = self._ask_as_owner("device_check", result={"camera": "ok", "microphone": "ok"})
        self.assertEqual(answer, {"state": "ok"})
        self.assertEqual(self.consultation.device_check_state, "ok")

    def test_a_device_check_that_is_none_is_refused_in_words(self):
        error = self._ask_as_owner("device_check", result={"camera": "yes"})["error"]
        self.assertEqual(
            (error["code"], error["message"]), ("invalid", "The result of the device check is not understood.")
        )

    def test_vets_do_not_answer_for_the_owners_devices(self):
        answer = self._ask("device_check", self.vet, result={"camera": "ok"})
        self.assertEqual(answer["error"]["code"], "access_denied")

    def _hear_line(self, consultation):
        """Give what the page of an owner who waits heard of the line since the beginning of the test."""
        self.env.cr.precommit.run()
        channel = f"vet_consultation_{consultation.id}_{consultation.room_token}"
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications", {"channels": [channel], "last": self.last, "is_first_poll": True}
        )
        messages = [notification["message"] for notification in answer["notifications"]]
        return [message["payload"] for message in messages if message["type"] == "vet_teleconsult/line"]

    def _begin_hearing(self):
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"]._bus_last_id()

    def test_whoever_waits_hears_that_the_line_has_moved_and_nothing_else(self):
        other = self._create_consultation(self.other_patient)
        self._begin_hearing()
        self.consultation.with_user(self.vet).action_claim()
        self.assertEqual(self._hear_line(other), [{}])

    def test_the_line_moves_when_a_vet_enters_a_room(self):
        self._begin_hearing()
        self.consultation.vet_present = True
        self.assertEqual(self._hear_line(self.consultation), [{}])

    def test_those_who_wait_in_another_clinic_hear_of_a_vet_who_works_in_both(self):
        self.vet.company_ids |= self.other_company
        self.consultation.vet_id = self.vet
        patient = self._create_patient("Fox", self.other_owner.partner_id, self.other_company)
        other = self._create_consultation(patient, vet_id=self.vet.id)
        self._begin_hearing()
        self.consultation.vet_present = True
        self.assertEqual(self._hear_line(other), [{}])

    def test_a_link_that_was_withdrawn_hears_nothing_of_the_line(self):
        self.consultation.room_token_revoked_at = fields.Datetime.now()
        self._begin_hearing()
        self.consultation.vet_present = True
        self.assertEqual(self._hear_line(self.consultation), [])
