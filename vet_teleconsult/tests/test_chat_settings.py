from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .chat_common import ChatCommon


class TestChatSettings(ChatCommon):
    """What a clinic sets for its chats, and who may."""

    def test_largest_file_is_a_setting_of_each_clinic(self):
        self.assertEqual(self.other_company.vet_chat_max_upload, 200)
        settings = self.env["res.config.settings"].with_company(self.company).create({"vet_chat_max_upload": 50})
        settings.execute()
        self.assertEqual(self.company._get_max_upload_bytes(), 50 * 1024**2)
        self.assertEqual(self.other_company._get_max_upload_bytes(), 200 * 1024**2)

    def test_page_is_told_the_limit(self):
        self.company.vet_chat_max_upload = 7
        self.assertEqual(self.chat._get_info(self.as_owner)["limits"]["max_bytes"], 7 * 1024**2)

    def test_limit_of_nothing_is_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.vet_chat_max_upload = 0
            self.env.flush_all()

    def test_sms_are_sent_only_where_the_clinic_wants_them(self):
        self.assertFalse(self.company.vet_chat_sms)
        settings = self.env["res.config.settings"].with_company(self.company).create({"vet_chat_sms": True})
        settings.execute()
        self.assertTrue(self.company.vet_chat_sms)
        self.assertFalse(self.other_company.vet_chat_sms)

    def test_button_opens_the_text_of_the_sms(self):
        action = self.env["res.config.settings"].action_edit_vet_chat_sms()
        template = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(template, self.env.ref("vet_teleconsult.sms_template_chat_message"))

    def test_vets_change_no_settings(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.vet).vet_chat_sms = True

    def test_time_to_reply_is_longer_than_nothing(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.chat_type.reply_hours = 0
            self.env.flush_all()

    def test_time_to_reply_is_said_in_words(self):
        self.chat_type.reply_hours = 1.5
        self.assertEqual(self.chat_type._format_reply_hours(), "Reply within 1.5 hours")

    def test_clinic_without_a_number_names_the_emergency_service(self):
        self.company.write({"vet_emergency_phone": False, "phone": False})
        self.assertIn("veterinary emergency service", self.company._get_emergency_text())
