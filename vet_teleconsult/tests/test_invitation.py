import vobject

from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext

from .schedule_common import ScheduleCommon

TUESDAY, WEDNESDAY = "2026-03-17", "2026-03-18"


class TestInvitation(ScheduleCommon):
    """What an owner reads when an appointment is made or moved."""

    def _get_mails(self, consultation):
        return consultation.notice_ids.mail_id.sorted("id")

    def _read(self, mail):
        return " ".join(html2plaintext(mail.body_html).split())

    def _open_file(self, mail):
        return vobject.readOne(mail.attachment_ids.raw.decode())

    def test_a_booking_is_confirmed_to_the_owner_alone(self):
        mail = self._get_mails(self._book())
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)
        self.assertFalse(mail.email_to or mail.email_cc)

    def test_the_mail_says_when_with_whom_and_how(self):
        consultation = self._book(vet=self.vet)
        mail = self._get_mails(consultation)
        self.assertEqual(
            mail.subject,
            "Linden Clinic: appointment for Rex on Tuesday, March 17, 2026, 9:00 AM (Central European Standard Time)",
        )
        text = self._read(mail)
        self.assertIn("Tuesday, March 17, 2026, 9:00 AM (Central European Standard Time)", text)
        self.assertIn("With Dr. Meier.", text)
        self.assertIn("+49 30 5550142", text)
        self.assertIn(consultation.room_url, mail.body_html)

    def test_times_are_the_owners(self):
        self.owner.partner_id.tz = "America/New_York"
        text = self._read(self._get_mails(self._book()))
        self.assertIn("4:00 AM (Eastern Daylight Time)", text)

    def test_an_owner_without_a_time_zone_reads_the_clinics(self):
        self.owner.partner_id.tz = False
        self.company.partner_id.tz = "Europe/London"
        self.assertIn("8:00 AM (Greenwich Mean Time)", self._read(self._get_mails(self._book())))

    def test_times_after_the_clock_change_are_those_that_clocks_will_show(self):
        consultation = self._book(day="2026-03-31")
        text = self._read(self._get_mails(consultation))
        self.assertIn("Tuesday, March 31, 2026, 9:00 AM (Central European Summer Time)", text)

    def test_words_are_the_owners(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        subject = self._get_mails(self._book()).subject
        self.assertIn("Dienstag, 17. März 2026, 09:00 (Mitteleuropäische Normalzeit)", subject)

    def test_an_appointment_by_phone_names_the_number_and_no_link(self):
        self.consultation_type.mode = "phone"
        consultation = self._book()
        mail = self._get_mails(consultation)
        self.assertIn("By phone: we call you at +49 151 23456789", self._read(mail))
        self.assertNotIn(consultation.room_token, mail.body_html + mail.attachment_ids.raw.decode())

    def test_the_file_is_the_appointment_in_the_owners_calendar(self):
        consultation = self._book(vet=self.vet)
        calendar = self._open_file(self._get_mails(consultation))
        event = calendar.vevent
        self.assertEqual(calendar.method.value, "REQUEST")
        self.assertEqual(event.dtstart.value.replace(tzinfo=None), self._at(TUESDAY, "09:00"))
        self.assertEqual(event.dtend.value.replace(tzinfo=None), self._at(TUESDAY, "09:30"))
        self.assertEqual(event.location.value, consultation.room_url)
        self.assertEqual(event.summary.value, "Linden Clinic: Video Visit for Rex")
        self.assertEqual(event.attendee.value, "mailto:test_owner@example.com")
        self.assertEqual(event.sequence.value, "0")

    def test_the_file_is_in_the_owners_language_whoever_has_it_sent(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        consultation = self._book(vet=self.vet).with_context(lang="en_US")
        event = vobject.readOne(consultation._get_owner_calendar_file().decode()).vevent
        self.assertEqual(event.summary.value, "Linden Clinic: Video Visit für Rex")
        self.assertIn("Sprechzimmer betreten: http", event.description.value)
        self.assertIn("Bei Dr. Meier", event.description.value)

    def test_the_file_of_a_move_replaces_the_first_one(self):
        consultation = self._book()
        consultation.scheduled_at = self._at(WEDNESDAY, "10:00")
        first, second = (self._open_file(mail).vevent for mail in self._get_mails(consultation))
        self.assertEqual(first.uid.value, second.uid.value)
        self.assertLess(int(first.sequence.value), int(second.sequence.value))
        self.assertEqual(second.dtstart.value.replace(tzinfo=None), self._at(WEDNESDAY, "10:00"))

    def test_a_cancellation_takes_the_appointment_out_of_the_owners_calendar(self):
        consultation = self._book(vet=self.vet)
        invited = self._open_file(self._get_mails(consultation)).vevent
        consultation.with_user(self.vet).action_cancel("The vet is ill")
        calendar = self._open_file(consultation.cancel_mail_id)
        self.assertEqual((calendar.method.value, calendar.vevent.status.value), ("CANCEL", "CANCELLED"))
        self.assertEqual(calendar.vevent.uid.value, invited.uid.value)
        self.assertLess(int(invited.sequence.value), int(calendar.vevent.sequence.value))

    def test_a_cancellation_of_what_was_no_appointment_has_no_file(self):
        consultation = self._create_consultation(vet_id=self.vet.id)
        consultation.with_user(self.vet).action_cancel("The vet is ill")
        self.assertFalse(consultation.cancel_mail_id.attachment_ids)

    def test_a_vet_who_moves_the_event_has_the_owner_told_both_times(self):
        consultation = self._book(vet=self.vet)
        event = consultation.event_id.with_user(self.vet)
        event.write({"start": self._at(WEDNESDAY, "10:00"), "stop": self._at(WEDNESDAY, "10:30")})
        mails = self._get_mails(consultation)
        self.assertEqual(len(mails), 2)
        text = self._read(mails[-1])
        self.assertIn("It is now on: *Wednesday, March 18, 2026, 10:00 AM", text)
        self.assertIn("It was on Tuesday, March 17, 2026, 9:00 AM", text)
        self.assertEqual(mails[-1].recipient_ids, self.owner.partner_id)

    def test_what_does_not_move_the_appointment_is_not_told(self):
        consultation = self._book(vet=self.vet)
        consultation.write({"vet_id": self.second_vet.id, "note": "<p>Bring the blood results.</p>"})
        consultation.event_id.with_user(self.second_vet).location = "Room 2"
        self.assertEqual(len(self._get_mails(consultation)), 1)

    def test_a_time_that_is_over_is_not_told(self):
        consultation = self._book()
        consultation.scheduled_at = self._at("2026-03-15", "10:00")
        self.assertEqual(len(self._get_mails(consultation)), 1)

    def test_a_reopened_appointment_is_told_again(self):
        consultation = self._book(vet=self.vet)
        consultation.with_user(self.vet).action_cancel("The vet is ill")
        consultation.with_user(self.vet).action_reopen(self._at(TUESDAY, "09:00"))
        self.assertEqual(len(self._get_mails(consultation)), 2)

    def test_a_type_may_keep_silent(self):
        self.consultation_type.invites_owners = False
        consultation = self._book()
        consultation.scheduled_at = self._at(WEDNESDAY, "10:00")
        self.assertFalse(consultation.notice_ids)

    def test_a_type_may_have_words_of_its_own(self):
        template = self.env.ref("vet_teleconsult.mail_template_consultation_invitation").copy(
            {"subject": "Surgery: {{ object.patient_id.name }}"}
        )
        self.consultation_type.invitation_template_id = template
        self.assertEqual(self._get_mails(self._book()).subject, "Surgery: Rex")

    def test_an_owner_without_an_address_is_noted_as_not_told(self):
        self.owner.partner_id.email = False
        notice = self._book().notice_ids
        self.assertEqual((notice.state, notice.problem), ("skipped", "no_address"))

    def test_the_token_stands_in_no_message_and_the_file_belongs_to_nobody(self):
        consultation = self._book()
        for message in consultation.message_ids | consultation.event_id.message_ids:
            self.assertNotIn(consultation.room_token, message.body or "")
        mail = self._get_mails(consultation)
        self.assertFalse(mail.mail_message_id.res_id)
        for user in (self.receptionist, self.owner, self.foreign_vet):
            self.assertFalse(mail.attachment_ids.with_user(user).has_access("read"), user.name)

    def test_a_delivered_mail_leaves_no_file_behind(self):
        mail = self._get_mails(self._book())
        file = mail.attachment_ids
        mail.unlink()
        self.assertFalse(file.exists())

    def test_what_was_not_delivered_is_seen_and_sent_again(self):
        notice = self._book().notice_ids
        notice.mail_id.state = "exception"
        self.assertEqual(notice.state, "failed")
        notice.with_user(self.vet).action_retry()
        self.assertEqual((notice.state, notice.mail_id.state), ("outgoing", "outgoing"))
        with self.assertRaisesRegex(UserError, "Only what was not delivered"):
            notice.with_user(self.vet).action_retry()

    def test_a_vet_sends_the_invitation_again(self):
        consultation = self._book(vet=self.vet)
        consultation.with_user(self.vet).action_invite_owner()
        self.assertEqual(len(self._get_mails(consultation)), 2)

    def test_an_owner_cannot_have_invitations_mailed_again_and_again(self):
        consultation = self._book()
        with self.assertRaises(AccessError):
            consultation.with_user(self.owner).action_invite_owner()
