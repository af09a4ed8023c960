from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .common import TeleconsultCommon


class TestAppendOnly(TeleconsultCommon):
    """Consents and accesses are evidence: nobody changes them, not even the superuser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        recording = cls._create_recording()
        cls.env["vet.media.access"]._log(recording, recording.media_ids, "view", "192.0.2.1", "Browser")
        cls.entries = (
            recording.access_ids,
            cls.env["vet.consent"].create(
                cls.consultation._prepare_consent_vals(f"owner-{cls.owner.partner_id.id}", "call", "granted")
            ),
        )

    def test_entries_cannot_be_changed_by_the_superuser(self):
        for entry in self.entries:
            with self.subTest(model=entry._name), self.assertRaisesRegex(UserError, "cannot be changed"):
                entry.sudo().write({"ip": "198.51.100.1"})

    def test_entries_cannot_be_deleted_by_the_superuser(self):
        for entry in self.entries:
            with self.subTest(model=entry._name), self.assertRaisesRegex(UserError, "cannot be deleted"):
                entry.sudo().unlink()

    def test_entries_go_when_the_addon_is_removed(self):
        for entry in self.entries:
            with self.subTest(model=entry._name):
                entry.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
                self.assertFalse(entry.exists())

    def test_consent_keeps_the_text_that_was_shown(self):
        consent = self.entries[1]
        self.consultation_type.consent_text = "Something else."
        self.assertEqual(consent.text, "May we record this call?")
        self.assertNotEqual(consent.version, self.consultation_type.consent_version)

    def test_recording_cannot_be_deleted(self):
        recording = self.entries[0].recording_id
        with self.assertRaisesRegex(UserError, "patient's record"):
            recording.unlink()

    def test_media_that_the_store_holds_cannot_be_deleted(self):
        media = self.entries[0].media_id
        with self.assertRaisesRegex(UserError, "store still holds"):
            media.unlink()


class TestConsultationType(TeleconsultCommon):
    """What a type demands."""

    def test_consent_version_changes_with_the_text_and_comes_back_with_it(self):
        version = self.consultation_type.consent_version
        self.consultation_type.consent_text = "May we record this call, please?"
        self.assertNotEqual(self.consultation_type.consent_version, version)
        self.consultation_type.consent_text = "May we record this call?"
        self.assertEqual(self.consultation_type.consent_version, version)

    def test_each_language_has_its_own_version(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.consultation_type.with_context(lang="de_DE")
        german.consent_text = "Dürfen wir aufzeichnen?"
        self.assertNotEqual(german.consent_version, self.consultation_type.consent_version)

    def test_recording_without_a_consent_text_is_refused(self):
        with self.assertRaisesRegex(UserError, "consent text"):
            self.consultation_type.consent_text = " "

    def test_type_that_never_records_needs_no_consent_text(self):
        self.consultation_type.write({"recording_policy": "never", "consent_text": False})
        self.assertFalse(self.consultation_type.consent_text)

    def test_only_vets_can_hold_a_type(self):
        with self.assertRaisesRegex(UserError, "not in the group Veterinarian"):
            self.consultation_type.vet_ids = self.receptionist

    def test_new_type_asks_with_a_text_of_its_own(self):
        self.assertIn("free to refuse", self.env["vet.consultation.type"].create({"name": "New"}).consent_text)

    def test_types_of_the_installation_ask_with_the_same_text_as_new_ones(self):
        new_type = self.env["vet.consultation.type"].create({"name": "New"})
        for name in ("consultation_type_video", "consultation_type_follow_up"):
            with self.subTest(name=name):
                installed = self.env.ref(f"vet_teleconsult.{name}")
                self.assertEqual(installed.consent_text, new_type.consent_text)
