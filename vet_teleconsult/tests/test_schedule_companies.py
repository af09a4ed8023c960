from odoo.fields import Command

from .schedule_common import ScheduleCommon

TUESDAY, WEDNESDAY = "2026-03-17", "2026-03-18"


class TestTwoClinics(ScheduleCommon):
    """Two clinics with vets, opening hours, words and reminders of their own, in one database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_owner = cls.env["res.partner"].create(
            {"name": "Birgit Birch", "email": "birgit@example.com", "phone": "+44 7911 123456", "tz": False}
        )
        cls.foreign_patient = cls._create_patient("Milo", cls.foreign_owner, company=cls.other_company)
        cls.other_company.partner_id.write({"tz": "Europe/London", "email": "birch@example.com"})
        invitation = cls.env.ref("vet_teleconsult.mail_template_consultation_invitation")
        cls.foreign_type = cls.env["vet.consultation.type"].create(
            {
                "name": "Birch Visit",
                "duration": 0.5,
                "is_bookable": True,
                "company_id": cls.other_company.id,
                "resource_calendar_id": cls._create_opening_hours(
                    range(5), 9, 10, timezone="Europe/London", company_id=cls.other_company.id
                ).id,
                "vet_ids": [Command.set(cls.foreign_vet.ids)],
                "invitation_template_id": invitation.copy({"subject": "Birch awaits {{ object.patient_id.name }}"}).id,
                "reminder_ids": [Command.set(cls.env.ref("vet_teleconsult.reminder_sms_day").ids)],
            }
        )
        cls.shared_type = cls.env["vet.consultation.type"].create({"name": "Everywhere", "duration": 0.5})

    def _book_there(self):
        vals = {"patient_id": self.foreign_patient.id, "company_id": self.other_company.id}
        return self.env["vet.consultation"]._book(self.foreign_type, self._at(WEDNESDAY, "10:00"), vals)

    def test_each_clinic_opens_by_its_own_clock(self):
        self.assertEqual(self._find_times(TUESDAY, consultation_type=self.foreign_type), ["10:00", "10:30"])
        self.assertEqual(self._find_times(TUESDAY)[0], "09:00")

    def test_each_clinics_vets_hold_its_own(self):
        consultation = self._book_there()
        self.assertEqual(consultation.vet_id, self.foreign_vet)
        self.assertEqual(consultation.company_id, self.other_company)
        self.assertEqual(consultation.event_id.vet_company_id, self.other_company)

    def test_a_type_of_every_clinic_has_the_vets_and_hours_of_the_one_that_asks(self):
        for company, vet in ((self.company, self.vet), (self.other_company, self.foreign_vet)):
            with self.subTest(company=company.name):
                company.resource_calendar_id = self._create_opening_hours(range(5), 9, 10, company_id=company.id)
                slots = self.shared_type.with_company(company)._find_slots(
                    self._at(TUESDAY, "00:00"), self._at(TUESDAY, "23:00")
                )
                self.assertEqual(len(slots), 2)
                self.assertIn(vet.id, slots[0]["vet_ids"])
        self.assertNotIn(self.vet.id, slots[0]["vet_ids"])

    def test_each_clinic_writes_its_own_words_in_its_own_name(self):
        mail = self._book_there().notice_ids.mail_id
        self.assertEqual(mail.subject, "Birch awaits Milo")
        self.assertIn("birch@example.com", mail.email_from)
        self.assertIn("9:00 AM (Greenwich Mean Time)", mail.body_html)
        self.assertNotIn("Linden", mail.body_html)

    def test_each_clinic_reminds_as_its_type_says_and_by_its_own_account(self):
        consultation = self._book_there()
        self.clock.move_to(self._at(TUESDAY, "10:01"))
        manager = self.env["calendar.alarm_manager"].with_context(lastcall=self._at(TUESDAY, "09:00"))
        manager._send_reminder()
        reminder = consultation.notice_ids.filtered(lambda notice: notice.kind == "reminder")
        self.assertEqual(reminder.sms_id.record_company_id, self.other_company)
        self.assertTrue(reminder.sms_id.body.startswith("Birch Clinic: Milo, Wed 18 Mar, 9:00 AM. http"))

    def test_neither_clinic_sees_the_others_appointments_and_notices(self):
        ours, theirs = self._book(), self._book_there()
        for user, own, other in ((self.vet, ours, theirs), (self.foreign_vet, theirs, ours)):
            events = self.env["calendar.event"].with_user(user).search([])
            notices = self.env["vet.consultation.notice"].with_user(user).search([])
            with self.subTest(user=user.name):
                self.assertIn(own.event_id, events)
                self.assertNotIn(other.event_id, events)
                self.assertIn(own, notices.consultation_id)
                self.assertNotIn(other, notices.consultation_id)
