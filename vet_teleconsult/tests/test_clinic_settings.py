from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import MANAGER_GROUP
from .schedule_common import ScheduleCommon

INVITATION = "vet_teleconsult.mail_template_consultation_invitation"


@tagged("post_install", "-at_install")
class TestWordsOfTwoClinics(ScheduleCommon):
    """Neither of two clinics sees or uses the other's mails, SMS and reminders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ours = {"vet_company_id": cls.company.id}
        cls.words = {
            "mail.template": cls.env.ref(INVITATION).copy({**ours}),
            "sms.template": cls.env.ref("vet_teleconsult.sms_template_consultation_reminder").copy(ours),
            "calendar.alarm": cls.env.ref("vet_teleconsult.reminder_email_day").copy(ours),
        }

    def test_each_clinic_sees_its_own_only(self):
        for model, words in self.words.items():
            for user, sees in ((self.vet, True), (self.foreign_vet, False), (self.receptionist, True)):
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(words in self.env[model].with_user(user).search([]), sees)

    def test_the_other_clinic_can_neither_read_nor_write_them_by_number(self):
        for model, words in self.words.items():
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    words.with_user(self.foreign_vet).read(["name"])
                self.assertFalse(words.with_user(self.foreign_vet).has_access("write"))

    def test_what_has_no_clinic_stays_everybodys(self):
        for model in self.words:
            everybodys = self.env[model].search([("vet_company_id", "=", False)])
            for user in (self.vet, self.foreign_vet, self.receptionist):
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(self.env[model].with_user(user).search([]) & everybodys, everybodys)

    def test_odoos_own_templates_have_no_clinic(self):
        for xml_id in ("calendar.calendar_template_meeting_reminder", "calendar.alarm_mail_1", INVITATION):
            with self.subTest(record=xml_id):
                self.assertFalse(self.env.ref(xml_id).vet_company_id)

    def test_a_type_uses_words_of_its_own_clinic(self):
        self.consultation_type.write(
            {
                "invitation_template_id": self.words["mail.template"].id,
                "reminder_ids": [Command.set(self.words["calendar.alarm"].ids)],
            }
        )
        self.assertEqual(self.consultation_type.reminder_ids, self.words["calendar.alarm"])

    def test_a_type_uses_no_words_of_another_clinic(self):
        foreign_type = self.consultation_type.copy(
            {"company_id": self.other_company.id, "resource_calendar_id": False, "vet_ids": False}
        )
        for field in ("cancel_template_id", "invitation_template_id", "move_template_id"):
            with self.subTest(field=field), self.assertRaises(UserError), self.env.cr.savepoint():
                foreign_type[field] = self.words["mail.template"]
        with self.assertRaises(UserError), self.env.cr.savepoint():
            foreign_type.reminder_ids = self.words["calendar.alarm"]

    def test_a_type_of_every_clinic_uses_words_of_every_clinic(self):
        everybodys = self.env["vet.consultation.type"].create({"name": "Everywhere", "duration": 0.5})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            everybodys.invitation_template_id = self.words["mail.template"]
        everybodys.invitation_template_id = self.env.ref(INVITATION)

    def test_the_form_of_a_type_offers_what_its_clinic_may_use(self):
        fields = self.env["vet.consultation.type"].fields_get(
            ["cancel_template_id", "invitation_template_id", "move_template_id", "summary_template_id", "reminder_ids"],
            ["domain"],
        )
        for name, description in fields.items():
            with self.subTest(field=name):
                self.assertIn("vet_company_id", str(description["domain"]))

    def test_the_owner_is_written_the_clinics_own_words_whoever_books(self):
        self.words["mail.template"].subject = "Linden awaits {{ object.patient_id.name }}"
        self.consultation_type.invitation_template_id = self.words["mail.template"]
        self.assertEqual(self._book().notice_ids.mail_id.subject, "Linden awaits Rex")


@tagged("post_install", "-at_install")
class TestConfiguration(ScheduleCommon):
    """What a manager sets without Odoo's developer mode."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_manager = cls._create_user("test_foreign_manager", MANAGER_GROUP, company=cls.other_company)

    def _search(self, menu, user):
        action = self.env.ref(f"vet_teleconsult.{menu}").action
        domain = safe_eval(action.domain or "[]", {"allowed_company_ids": user.company_ids.ids})
        return self.env[action.res_model].with_user(user).search(domain)

    def test_prescription_validity_is_a_setting_of_each_clinic(self):
        settings = self.env["res.config.settings"].with_company(self.company).create({"vet_prescription_validity": 14})
        settings.execute()
        self.assertEqual(self.company.vet_prescription_validity, 14)
        self.assertEqual(self.other_company.vet_prescription_validity, 30)

    def test_prescription_validity_stands_on_the_settings_page(self):
        arch = etree.fromstring(self.env["res.config.settings"].get_view(view_type="form")["arch"])
        self.assertTrue(arch.findall(".//setting[@id='vet_prescription_validity']//field"))

    def test_managers_find_it_below_configuration_which_vets_do_not_see(self):
        configuration = self.env.ref("vet_teleconsult.menu_configuration")
        self.assertFalse(configuration.with_user(self.vet)._filter_visible_menus())
        for menu in ("menu_opening_hours", "menu_closed_days", "menu_mail_template", "menu_reminder"):
            record = self.env.ref(f"vet_teleconsult.{menu}")
            with self.subTest(menu=menu):
                self.assertEqual(record.parent_id, configuration)
                self.assertTrue(record.with_user(self.manager)._filter_visible_menus())

    def test_managers_change_when_their_clinic_is_open(self):
        hours = self.opening_hours.with_user(self.manager)
        self.assertIn(hours, self._search("menu_opening_hours", self.manager))
        hours.attendance_ids[0].hour_to = 10
        self.assertEqual(self._find_times("2026-03-16")[-1:], ["09:30"])

    def test_managers_of_another_clinic_and_vets_do_not(self):
        for user in (self.foreign_manager, self.vet):
            with self.subTest(user=user.login):
                self.assertFalse(self.opening_hours.with_user(user).has_access("write"))
                self.assertFalse(self.opening_hours.attendance_ids.with_user(user).has_access("write"))

    def test_managers_close_the_clinic_for_a_day(self):
        closed = self.env["resource.calendar.leaves"].with_user(self.manager)
        self.assertTrue(self._find_times("2026-03-17"))
        day = closed.create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "calendar_id": self.opening_hours.id,
                "date_from": self._at("2026-03-17", "00:00"),
                "date_to": self._at("2026-03-17", "23:59"),
            }
        )
        self.assertFalse(self._find_times("2026-03-17"))
        self.assertIn(day, self._search("menu_closed_days", self.manager))
        self.assertNotIn(day.sudo(False), self._search("menu_closed_days", self.foreign_manager))

    def test_vets_close_no_clinic(self):
        with self.assertRaises(AccessError):
            self.env["resource.calendar.leaves"].with_user(self.vet).create(
                {
                    "name": "Holiday",
                    "company_id": self.company.id,
                    "date_from": self._at("2026-03-17", "00:00"),
                    "date_to": self._at("2026-03-17", "23:59"),
                }
            )

    def test_the_list_of_mails_has_every_mail_to_owners_and_none_of_odoos(self):
        templates = self._search("menu_mail_template", self.manager)
        own = self.env["ir.model.data"].search([("module", "=", "vet_teleconsult"), ("model", "=", "mail.template")])
        self.assertEqual(set(own.mapped("res_id")) - set(templates.ids), set())
        self.assertFalse(templates.filtered(lambda template: not template.model.startswith("vet.")))

    def test_the_list_of_reminders_has_none_of_odoos(self):
        reminders = self._search("menu_reminder", self.manager)
        self.assertIn(self.env.ref("vet_teleconsult.reminder_sms_day"), reminders)
        self.assertNotIn(self.env.ref("calendar.alarm_mail_1"), reminders)


@tagged("post_install", "-at_install")
class TestVetsLanguage(ScheduleCommon):
    """Vets are told in their own language, whoever or whatever tells them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.second_vet.lang = "de_DE"

    def test_vet_who_gets_a_chat_reads_so_in_their_language(self):
        chat = self.env["vet.chat"].with_user(self.vet)._begin_by_clinic(self.patient, self.owner.partner_id)
        chat.action_hand_over(self.second_vet)
        message = self.env["mail.message"].search([("partner_ids", "in", self.second_vet.partner_id.ids)], limit=1)
        self.assertEqual(message.subject, "Chat über Rex")

    def test_vet_who_waits_in_vain_reads_so_in_their_language(self):
        consultation = self._create_consultation(vet_id=self.second_vet.id, scheduled_at="2026-03-16 05:00:00")
        consultation._propose_no_show()
        activity = consultation.activity_search(["vet_teleconsult.mail_activity_type_no_show"])
        self.assertIn("nicht gekommen", activity.summary)

    def test_vet_whose_recording_failed_reads_so_in_their_language(self):
        consultation = self._create_consultation(vet_id=self.second_vet.id)
        recording = self._create_recording(consultation, state="failed", problems="disk full")
        consultation._report_recording_problem(recording)
        summaries = consultation.activity_ids.mapped("summary")
        self.assertEqual(summaries, ["Eine Aufzeichnung ist fehlgeschlagen"])
