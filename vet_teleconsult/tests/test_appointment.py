from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .schedule_common import ScheduleCommon

TUESDAY, WEDNESDAY = "2026-03-17", "2026-03-18"


class TestAppointment(ScheduleCommon):
    """A consultation that is to take place is an event in the vet's calendar."""

    def test_a_booked_consultation_is_an_event_of_vet_and_owner(self):
        consultation = self._book(vet=self.vet)
        event = consultation.event_id
        self.assertEqual((event.start, event.stop), (self._at(TUESDAY, "09:00"), self._at(TUESDAY, "09:30")))
        self.assertEqual(event.user_id, self.vet)
        self.assertEqual(event.partner_ids, self.vet.partner_id | self.owner.partner_id)
        self.assertEqual(event.attendee_ids.partner_id, event.partner_ids)

    def test_the_event_leads_to_the_consultation(self):
        consultation = self._book()
        action = consultation.event_id.action_open_calendar_event()
        self.assertEqual((action["res_model"], action["res_id"]), ("vet.consultation", consultation.id))

    def test_the_events_link_is_neutral(self):
        consultation = self._book()
        link = consultation.event_id.videocall_location
        self.assertTrue(link.endswith(f"/vet/join/{consultation.id}"))
        self.assertNotIn(consultation.room_token, str(consultation.event_id.read()))

    def test_an_appointment_by_phone_has_no_link(self):
        self.consultation_type.mode = "phone"
        self.assertFalse(self._book().event_id.videocall_location)

    def test_an_appointment_that_becomes_one_by_phone_loses_its_link(self):
        consultation = self._book()
        consultation.mode = "phone"
        self.assertFalse(consultation.event_id.videocall_location)

    def test_a_consultation_that_takes_place_at_once_is_no_event(self):
        consultation = self._create_consultation(vet_id=self.vet.id)
        self.assertFalse(consultation.event_id)
        consultation.with_user(self.vet).action_start()
        self.assertFalse(consultation.event_id)

    def test_what_a_vet_schedules_is_an_event_too(self):
        consultation = (
            self.env["vet.consultation"]
            .with_user(self.vet)
            .create(
                {
                    "patient_id": self.patient.id,
                    "type_id": self.consultation_type.id,
                    "scheduled_at": self._at(TUESDAY, "15:00"),
                }
            )
        )
        self.assertEqual(consultation.event_id.partner_ids, self.owner.partner_id)
        self.assertFalse(consultation.event_id.user_id)

    def test_the_consultation_shows_no_activity_besides_its_event(self):
        self.env["mail.activity.type"].search([("category", "=", "meeting")]).res_model = False
        self.assertFalse(self._book().activity_ids)

    def test_a_deleted_consultation_takes_its_event_along(self):
        consultation = self._book()
        event = consultation.event_id
        consultation.unlink()
        self.assertFalse(event.exists())


class TestMovedConsultation(ScheduleCommon):
    """The event follows the consultation."""

    def setUp(self):
        super().setUp()
        self.consultation = self._book(vet=self.vet)
        self.event = self.consultation.event_id

    def test_another_time(self):
        self.consultation.with_user(self.vet).scheduled_at = self._at(WEDNESDAY, "10:00")
        self.assertEqual(
            (self.event.start, self.event.stop), (self._at(WEDNESDAY, "10:00"), self._at(WEDNESDAY, "10:30"))
        )

    def test_another_length(self):
        self.consultation.scheduled_duration = 1.25
        self.assertEqual(self.event.stop, self._at(TUESDAY, "10:15"))
        self.assertEqual(self.consultation.scheduled_end, self._at(TUESDAY, "10:15"))

    def test_a_length_that_is_no_whole_minute_is_rounded_on_both_sides(self):
        self.consultation.scheduled_duration = 0.1667
        self.assertEqual(self.event.stop, self._at(TUESDAY, "09:10"))
        self.assertEqual(self.consultation.scheduled_end, self.event.stop)

    def test_another_vet(self):
        self.consultation.vet_id = self.second_vet
        self.assertEqual(self.event.user_id, self.second_vet)
        self.assertEqual(self.event.partner_ids, self.second_vet.partner_id | self.owner.partner_id)
        self.assertEqual(self.event.attendee_ids.partner_id, self.event.partner_ids)

    def test_no_vet_for_the_time_being(self):
        self.consultation.with_user(self.vet).action_release()
        self.assertFalse(self.event.user_id)
        self.assertEqual(self.event.partner_ids, self.owner.partner_id)
        self.consultation.with_user(self.second_vet).action_claim()
        self.assertEqual(self.event.partner_ids, self.second_vet.partner_id | self.owner.partner_id)

    def test_another_owner(self):
        co_owner = self.env["res.partner"].create({"name": "Cora Co-owner", "email": "cora@example.com"})
        self.patient.owner_ids |= co_owner
        self.consultation.partner_id = co_owner
        self.assertEqual(self.event.partner_ids, self.vet.partner_id | co_owner)

    def test_a_colleague_whom_the_vet_invited_stays(self):
        self.event.partner_ids |= self.receptionist.partner_id
        self.consultation.vet_id = self.second_vet
        self.assertIn(self.receptionist.partner_id, self.event.partner_ids)
        self.assertNotIn(self.vet.partner_id, self.event.partner_ids)

    def test_a_colleague_who_has_seen_the_vet_busy_and_takes_over_is_in_the_event_once(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.event.with_user(self.second_vet).name, "Busy")
        self.consultation.vet_id = self.second_vet
        self.assertEqual(len(self.event.attendee_ids), 2)
        self.assertEqual(self.event.attendee_ids.partner_id, self.second_vet.partner_id | self.owner.partner_id)
        self.assertIn("Rex", self.event.name)

    def test_a_cancelled_consultation_is_out_of_the_calendar_and_in_it_again_when_reopened(self):
        self.consultation.with_user(self.vet).action_cancel("The vet is ill")
        self.assertFalse(self.event.active)
        self.consultation.with_user(self.vet).action_reopen(self._at(TUESDAY, "09:00"))
        self.assertTrue(self.event.active)

    def test_a_finished_consultation_stays_in_the_calendar(self):
        self.consultation.with_user(self.vet).action_start()
        self.consultation.with_user(self.vet).action_finish()
        self.assertTrue(self.event.active)

    def test_a_now_request_that_gets_a_time_becomes_an_event(self):
        consultation = self._create_consultation(vet_id=self.vet.id)
        consultation.scheduled_at = self._at(WEDNESDAY, "10:00")
        self.assertEqual(consultation.event_id.start, self._at(WEDNESDAY, "10:00"))

    def test_a_type_that_changes_its_duration_leaves_appointments_as_they_are(self):
        self.consultation_type.duration = 2
        self.assertEqual(self.consultation.scheduled_end, self._at(TUESDAY, "09:30"))


class TestMovedEvent(ScheduleCommon):
    """The consultation follows the event."""

    def setUp(self):
        super().setUp()
        self.consultation = self._book(vet=self.vet)
        self.event = self.consultation.event_id.with_user(self.vet)

    def test_another_time_and_length(self):
        self.event.write({"start": self._at(WEDNESDAY, "10:00"), "stop": self._at(WEDNESDAY, "11:00")})
        self.assertEqual(self.consultation.scheduled_at, self._at(WEDNESDAY, "10:00"))
        self.assertEqual(self.consultation.scheduled_duration, 1.0)
        self.assertEqual(self.consultation.scheduled_end, self._at(WEDNESDAY, "11:00"))

    def test_another_organizer_is_another_vet(self):
        self.event.user_id = self.second_vet
        self.assertEqual(self.consultation.vet_id, self.second_vet)
        self.assertEqual(self.event.partner_ids, self.second_vet.partner_id | self.owner.partner_id)

    def test_what_is_under_way_cannot_be_moved(self):
        self.consultation.with_user(self.vet).action_start()
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            self.event.start = self._at(WEDNESDAY, "10:00")

    def test_a_consultation_takes_no_whole_day(self):
        with self.assertRaisesRegex(UserError, "cannot take a whole day"):
            self.event.write({"allday": True, "start_date": WEDNESDAY, "stop_date": WEDNESDAY})

    def test_an_event_that_an_owner_counts_on_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Cancel the consultation instead"):
            self.event.unlink()
        with self.assertRaisesRegex(UserError, "Cancel the consultation instead"):
            self.event.action_archive()

    def test_no_context_of_a_client_lets_an_appointment_disappear_or_move_alone(self):
        event = self.event.with_context(vet_consultation_in_step=True)
        for attempt in (event.unlink, event.action_archive):
            with self.subTest(attempt=attempt.__name__), self.assertRaisesRegex(UserError, "Cancel the consultation"):
                attempt()
        event.write({"start": self._at(WEDNESDAY, "10:00"), "stop": self._at(WEDNESDAY, "11:00")})
        self.assertEqual(self.consultation.scheduled_at, self._at(WEDNESDAY, "10:00"))

    def test_an_event_that_is_over_may_be_deleted_and_the_consultation_stays(self):
        self.consultation.with_user(self.vet).action_start()
        self.consultation.with_user(self.vet).action_finish()
        self.event.unlink()
        self.assertTrue(self.consultation.exists())

    def test_a_colleague_cannot_move_somebody_elses_appointment_in_the_calendar(self):
        with self.assertRaises(AccessError):
            self.event.with_user(self.second_vet).start = self._at(WEDNESDAY, "10:00")

    def test_other_events_are_left_alone(self):
        event = self._block(self.vet, WEDNESDAY, "09:00", "10:00")
        event.write({"start": self._at(WEDNESDAY, "10:00"), "stop": self._at(WEDNESDAY, "11:00")})
        event.active = False
        event.unlink()
        self.assertEqual(self.consultation.scheduled_at, self._at(TUESDAY, "09:00"))


class TestWhoSeesAppointments(ScheduleCommon):
    """Names are for those who take part."""

    def setUp(self):
        super().setUp()
        self.event = self._book(vet=self.vet).event_id

    def test_colleagues_see_that_the_vet_is_busy_and_not_with_whom(self):
        for user in (self.second_vet, self.receptionist):
            with self.subTest(user=user.name):
                self.env.invalidate_all()
                self.assertEqual(self.event.with_user(user).read(["name"])[0]["name"], "Busy")

    def test_another_clinic_does_not_see_the_event_at_all(self):
        events = self.env["calendar.event"].with_user(self.foreign_vet).search([("id", "=", self.event.id)])
        self.assertFalse(events)

    def test_who_takes_part_is_for_those_who_take_part(self):
        attendees = self.event.attendee_ids
        self.assertEqual(len(attendees), 2)
        self.env.invalidate_all()
        for user, seen in (
            (self.vet, attendees),
            (self.second_vet, attendees.browse()),
            (self.receptionist, attendees.browse()),
            (self.foreign_vet, attendees.browse()),
        ):
            with self.subTest(user=user.name):
                found = attendees.with_user(user).search([("event_id", "=", self.event.id)])
                self.assertEqual(found, seen)

    def test_whoever_is_invited_besides_sees_who_takes_part_and_leaves_again(self):
        self.event.partner_ids |= self.receptionist.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        event = self.event.with_user(self.receptionist)
        self.assertEqual(len(event.attendee_ids.mapped("email")), 3)
        event.partner_ids -= self.receptionist.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.event.attendee_ids.partner_id, self.vet.partner_id | self.owner.partner_id)

    def test_nobody_else_answers_for_the_vet(self):
        attendee = self.event.attendee_ids.filtered(lambda attendee: attendee.partner_id == self.vet.partner_id)
        for user in (self.second_vet, self.receptionist, self.foreign_vet):
            self.env.invalidate_all()
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                attendee.with_user(user).do_decline()
        attendee.with_user(self.vet).do_tentative()
        self.assertEqual(attendee.state, "tentative")

    def test_the_calendar_of_colleagues_opens(self):
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["name", "attendee_ids", "current_attendee", "is_organizer_alone", "attendees_count"]
        (values,) = self.event.with_user(self.receptionist).read(names)
        self.assertEqual((values["name"], values["attendee_ids"]), ("Busy", []))
        self.assertEqual(self.vet.partner_id.with_user(self.receptionist).get_attendee_detail(self.event.ids), [])

    def test_who_takes_part_in_other_events_is_seen_as_ever(self):
        event = self._block(self.vet, WEDNESDAY, "09:00", "10:00")
        self.env.invalidate_all()
        self.assertEqual(event.with_user(self.receptionist).attendee_ids.partner_id, self.vet.partner_id)

    def test_the_owner_sees_their_own_appointment(self):
        self.env.invalidate_all()
        values = self.event.with_user(self.owner).read(["name", "start", "videocall_location"])[0]
        self.assertIn("Rex", values["name"])

    def test_another_owner_does_not(self):
        with self.assertRaises(AccessError):
            self.event.with_user(self.other_owner).read(["name"])


class TestVetsInvitation(ScheduleCommon):
    """Vets are told by the calendar, as of any event; owners are not."""

    def test_calendar_mails_reach_the_vet_only_and_name_no_token(self):
        before = self.env["mail.mail"].search([])
        consultation = self._book(vet=self.vet)
        consultation.scheduled_at = self._at(WEDNESDAY, "10:00")
        consultation.event_id.action_sendmail()
        mails = self.env["mail.mail"].search([]) - before
        owners = mails.filtered(lambda mail: self.owner.partner_id in mail.recipient_ids)
        vets = mails.filtered(lambda mail: self.vet.partner_id in mail.recipient_ids)
        self.assertEqual(owners | vets, mails)
        self.assertTrue(vets)
        self.assertFalse(owners & vets)
        for mail in vets:
            self.assertNotIn(consultation.room_token, mail.body_html)
            for file in mail.attachment_ids:
                self.assertNotIn(consultation.room_token, file.raw.decode())
        self.assertEqual(
            owners, self.env["vet.consultation.notice"].search([("consultation_id", "=", consultation.id)]).mail_id
        )

    def test_whoever_mails_the_event_from_the_calendar_mails_no_owner(self):
        event = self._book(vet=self.vet).event_id
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env["mail.mail"].search([])
        event.with_user(self.receptionist).action_sendmail()
        self.assertNotIn(self.owner.partner_id, (self.env["mail.mail"].search([]) - before).recipient_ids)

    def test_the_vets_file_leads_to_the_neutral_link(self):
        consultation = self._book(vet=self.vet)
        file = consultation.event_id._get_ics_file()[consultation.event_id.id].decode()
        self.assertIn(f"/vet/join/{consultation.id}", file.replace("\r\n ", ""))
        self.assertNotIn(consultation.room_token, file.replace("\r\n ", ""))

    def test_a_vet_who_takes_an_appointment_is_not_mailed_about_it(self):
        consultation = self._book(vet=self.vet)
        consultation.vet_id = False
        before = self.env["mail.mail"].search([])
        consultation.with_user(self.second_vet).action_claim()
        self.assertFalse(self.env["mail.mail"].search([]) - before)

    def test_deleting_with_a_mail_to_all_is_refused_before_it_is_sent(self):
        event = self._book(vet=self.vet).event_id
        wizard = self.env["calendar.popover.delete.wizard"].create({"calendar_event_id": event.id})
        with (
            patch.object(self.env.registry["mail.template"], "send_mail") as send_mail,
            self.assertRaisesRegex(UserError, "Cancel the consultation instead"),
        ):
            wizard.action_send_mail_and_delete()
        send_mail.assert_not_called()
