from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tools import html2plaintext

from .schedule_common import ScheduleCommon

MONDAY, TUESDAY, WEDNESDAY = "2026-03-16", "2026-03-17", "2026-03-18"


class TestReminders(ScheduleCommon):
    """Owners are reminded, the day before and a quarter of an hour before, by mail and by SMS."""

    def setUp(self):
        super().setUp()
        # The action has run a minute ago, as it does all day.
        self.last_call = fields.Datetime.now()
        self.env["calendar.event"].search([("start", ">", self.last_call)]).active = False

    def _run(self, day, clock):
        """Run Odoo's scheduled action for alarms at a time, as its runner does: it knows when it ran last."""
        now = self._at(day, clock)
        self.clock.move_to(now)
        self.env["calendar.alarm_manager"].with_context(lastcall=self.last_call)._send_reminder()
        self.last_call = now

    def _get_reminders(self, consultation):
        return consultation.notice_ids.filtered(lambda notice: notice.kind == "reminder").sorted("id")

    def _summarize(self, consultation):
        return [(reminder.channel, reminder.state) for reminder in self._get_reminders(consultation)]

    def test_an_appointment_has_the_reminders_of_its_type(self):
        alarms = self._book().event_id.alarm_ids
        self.assertEqual(
            sorted((alarm.alarm_type, alarm.duration_minutes) for alarm in alarms),
            [("email", 15), ("email", 1440), ("sms", 15), ("sms", 1440)],
        )

    def test_the_action_is_called_exactly_when_a_reminder_is_due(self):
        self._book(day=WEDNESDAY)
        cron = self.env.ref("calendar.ir_cron_scheduler_alarm")
        called_at = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")
        self.assertLessEqual({self._at(TUESDAY, "09:00"), self._at(WEDNESDAY, "08:45")}, set(called_at))

    def test_the_day_before_comes_a_mail_and_an_sms(self):
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "08:59")
        self.assertEqual(self._summarize(consultation), [])
        self._run(TUESDAY, "09:01")
        self.assertEqual(self._summarize(consultation), [("email", "outgoing"), ("sms", "outgoing")])

    def test_a_quarter_of_an_hour_before_they_come_again(self):
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        self._run(WEDNESDAY, "08:44")
        self.assertEqual(len(self._get_reminders(consultation)), 2)
        self._run(WEDNESDAY, "08:46")
        self.assertEqual(len(self._get_reminders(consultation)), 4)

    def test_nothing_comes_twice(self):
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        self.last_call -= timedelta(hours=1)  # a run that failed after this one begins anew where it began
        self._run(TUESDAY, "09:02")
        self.assertEqual(len(self._get_reminders(consultation)), 2)

    def test_the_mail_reads_as_an_owner_needs_it(self):
        consultation = self._book(day=WEDNESDAY, vet=self.vet)
        self._run(TUESDAY, "09:01")
        mail = self._get_reminders(consultation)[0].mail_id
        self.assertEqual(
            mail.subject, "Reminder: Rex, Wednesday, March 18, 2026, 9:00 AM (Central European Standard Time)"
        )
        text = " ".join(html2plaintext(mail.body_html).split())
        self.assertIn("Hello Anna Keller, this is to remind you of your appointment for Rex (Video Visit):", text)
        self.assertIn("With Dr. Meier.", text)
        self.assertIn(consultation.room_url, mail.body_html)
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)

    def test_the_sms_reads_as_an_owner_needs_it(self):
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        sms = self._get_reminders(consultation)[1].sms_id
        self.assertEqual(sms.number, "+4915123456789")
        self.assertEqual(sms.body, f"Linden Clinic: Rex, Wed 18 Mar, 9:00 AM. {consultation.room_url}")

    def test_times_and_words_are_the_owners(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.write({"lang": "de_DE", "tz": "Europe/London"})
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        mail, sms = (reminder.mail_id.subject or reminder.sms_id.body for reminder in self._get_reminders(consultation))
        self.assertIn("Mittwoch, 18. März 2026, 08:00 (Mittlere Greenwich-Zeit)", mail)
        self.assertIn("Mi. 18 März, 08:00.", sms)

    def test_the_vet_is_not_reminded_in_the_owners_place(self):
        self._book(day=WEDNESDAY, vet=self.vet)
        before = self.env["mail.mail"].search([])
        self._run(TUESDAY, "09:01")
        self.assertEqual((self.env["mail.mail"].search([]) - before).recipient_ids, self.owner.partner_id)

    def test_what_a_vet_has_set_for_themselves_reminds_the_vet_and_not_the_owner(self):
        consultation = self._book(day=WEDNESDAY, vet=self.vet)
        own = self.env["calendar.alarm"].create(
            {"name": "Two hours", "alarm_type": "email", "duration": 2, "interval": "hours"}
        )
        consultation.event_id.with_user(self.vet).alarm_ids = [Command.link(own.id)]
        consultation.scheduled_duration = 1  # brings the event in step, and leaves the vet's own alarm alone
        self._run(TUESDAY, "09:01")
        before = self.env["mail.mail"].search([])
        self._run(WEDNESDAY, "07:01")
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(mails.recipient_ids, self.vet.partner_id)
        self.assertNotIn(consultation.room_token, mails.body_html)

    def test_an_appointment_that_was_moved_is_reminded_of_at_its_new_time(self):
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        consultation.scheduled_at = self._at("2026-03-20", "10:00")
        self._run(WEDNESDAY, "08:46")
        self.assertEqual(len(self._get_reminders(consultation)), 2)
        self._run("2026-03-19", "10:01")
        self.assertEqual(len(self._get_reminders(consultation)), 4)

    def test_nothing_comes_for_what_is_cancelled_or_over(self):
        cancelled, finished = self._book(day=WEDNESDAY), self._book(day=WEDNESDAY, clock="09:30")
        cancelled.action_cancel("The vet is ill")
        finished.action_start()
        finished.action_finish()
        self._run(TUESDAY, "12:00")
        self.assertFalse(self._get_reminders(cancelled | finished))

    def test_whoever_has_just_been_invited_is_not_reminded_of_the_same(self):
        self.clock.move_to(self._at(TUESDAY, "09:10"))
        consultation = self._book(day=WEDNESDAY)  # the day before has been over for ten minutes
        self._run(TUESDAY, "09:15")
        self.assertFalse(self._get_reminders(consultation))

    def test_a_reminder_that_comes_too_late_is_noted_and_not_sent(self):
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        self._run(WEDNESDAY, "09:05")
        self.assertEqual(self._summarize(consultation)[2:], [("email", "skipped"), ("sms", "skipped")])
        self.assertEqual(self._get_reminders(consultation)[-1].problem, "late")

    def test_an_owner_without_address_or_mobile_is_noted_as_not_reminded(self):
        self.owner.partner_id.write({"email": False, "phone": "+49 30 5550142"})
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        self.assertEqual(self._get_reminders(consultation).mapped("problem"), ["no_address", "no_mobile"])

    def test_a_revoked_link_is_sent_to_nobody(self):
        consultation = self._book(day=WEDNESDAY)
        consultation.action_revoke_owner_link()
        self._run(TUESDAY, "09:01")
        self.assertEqual(self._get_reminders(consultation).mapped("problem"), ["link", "link"])

    def test_a_type_sets_its_own_reminders(self):
        reminder = self.env.ref("vet_teleconsult.reminder_email_day").copy({"duration": 2, "name": "Two days"})
        self.consultation_type.reminder_ids = reminder
        consultation = self._book(day="2026-03-19")
        self._run(TUESDAY, "09:01")
        self.assertEqual(self._summarize(consultation), [("email", "outgoing")])

    def test_reminders_that_a_type_changes_hold_for_what_is_booked_already(self):
        consultation = self._book(day=WEDNESDAY)
        self.consultation_type.reminder_ids = self.env.ref("vet_teleconsult.reminder_sms_quarter")
        self._run(TUESDAY, "09:01")
        self.assertFalse(self._get_reminders(consultation))
        self._run(WEDNESDAY, "08:46")
        self.assertEqual(self._summarize(consultation), [("sms", "outgoing")])

    def test_a_reminder_has_words_of_its_own(self):
        sms = self.env.ref("vet_teleconsult.sms_template_consultation_reminder").copy(
            {"body": "Think of {{ object.patient_id.name }}!"}
        )
        reminder = self.env.ref("vet_teleconsult.reminder_sms_day").copy({"sms_template_id": sms.id})
        self.consultation_type.reminder_ids = reminder
        consultation = self._book(day=WEDNESDAY)
        self._run(TUESDAY, "09:01")
        self.assertEqual(self._get_reminders(consultation).sms_id.body, "Think of Rex!")

    def test_the_day_before_a_clock_change_is_twenty_four_hours_before(self):
        self.consultation_type.resource_calendar_id = self._create_opening_hours(range(7), 9, 11)
        for day, before, clock in (("2026-03-29", "2026-03-28", "08:01"), ("2026-10-25", "2026-10-24", "10:01")):
            with self.subTest(day=day):
                consultation = self._book(day=day)
                self._run(before, "06:00")
                self.assertFalse(self._get_reminders(consultation))
                self._run(before, clock)
                mail = self._get_reminders(consultation)[0].mail_id
                self.assertIn("9:00 AM", mail.subject)

    def test_reminders_wait_in_the_queues_of_mail_and_sms_and_wake_them(self):
        self._book(day=WEDNESDAY)
        triggers = self.env["ir.cron.trigger"]
        queues = ("mail.ir_cron_mail_scheduler_action", "sms.ir_cron_sms_scheduler_action")
        cron_ids = [self.env.ref(queue).id for queue in queues]
        triggers.search([("cron_id", "in", cron_ids)]).unlink()
        self._run(TUESDAY, "09:01")
        self.assertEqual(set(triggers.search([("cron_id", "in", cron_ids)]).cron_id.ids), set(cron_ids))

    def test_a_vet_reads_what_was_sent_and_another_clinic_does_not(self):
        consultation = self._book(day=WEDNESDAY)
        notices = consultation.notice_ids
        self.assertEqual(notices.with_user(self.vet).mapped("state"), ["outgoing"])
        self.assertFalse(self.env["vet.consultation.notice"].with_user(self.foreign_vet).search([]) & notices)


class TestSmsOfTwoClinics(ScheduleCommon):
    """Each clinic's SMS go by its own account, also when the queue sends both at once."""

    def test_the_queue_sends_each_clinics_sms_by_its_own_provider(self):
        sms = self.env["sms.sms"].create(
            [
                {"number": "+4915123456789", "body": company.name, "record_company_id": company.id}
                for company in (self.company, self.other_company)
            ]
        )
        self.other_company.sms_provider = "twilio"
        sent = []

        def send(api, messages, **_kwargs):
            sent.extend((type(api).__name__, message["content"]) for message in messages)
            return [{"uuid": number["uuid"], "state": "sent"} for message in messages for number in message["numbers"]]

        twilio = "odoo.addons.sms_twilio.tools.sms_api.SmsApiTwilio._send_sms_batch"
        with patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", send), patch(twilio, send):
            sms._send()
        self.assertEqual(sorted(sent), [("SmsApi", "Linden Clinic"), ("SmsApiTwilio", "Birch Clinic")])
