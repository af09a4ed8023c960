from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .common import TeleconsultCommon

OPERATIONS = ("read", "write", "create", "unlink")
NOBODY = ""
READ = "r"
KEEP = "rwc"
ALL = "rwcu"

# What each person may do with a record of the clinic, by model.
# public, owner, other owner, receptionist, vet, vet of another company, manager
MATRIX = {
    "vet.species": (NOBODY, READ, READ, NOBODY, READ, READ, ALL),
    "vet.breed": (NOBODY, READ, READ, NOBODY, READ, READ, ALL),
    "vet.consultation.type": (NOBODY, READ, READ, NOBODY, READ, NOBODY, ALL),
    "vet.patient": (NOBODY, READ, NOBODY, NOBODY, KEEP, NOBODY, ALL),
    "vet.consultation": (NOBODY, READ, NOBODY, NOBODY, KEEP, NOBODY, ALL),
    "vet.consultation.notice": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.consultation.guest": (NOBODY, NOBODY, NOBODY, NOBODY, KEEP, NOBODY, KEEP),
    "vet.booking": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.link.request": (NOBODY,) * 7,  # administrators read
    "vet.emergency.question": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, ALL),
    "vet.chat": (NOBODY, READ, NOBODY, NOBODY, KEEP, NOBODY, ALL),
    "vet.chat.participant": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.call": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.recording": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.media": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.media.link": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.observation": (NOBODY, NOBODY, NOBODY, NOBODY, KEEP, NOBODY, ALL),
    "vet.consultation.summary": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.prescription": (NOBODY, READ, NOBODY, NOBODY, ALL, NOBODY, ALL),  # in the ORM: drafts alone
    "vet.prescription.line": (NOBODY, READ, NOBODY, NOBODY, ALL, NOBODY, ALL),
    "vet.transcript": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.consent": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.media.access": (NOBODY, NOBODY, NOBODY, NOBODY, READ, NOBODY, READ),
    "vet.sidecar": (NOBODY, NOBODY, NOBODY, NOBODY, READ, READ, ALL),
    "vet.sidecar.command": (NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, "rw"),
    "vet.sidecar.event": (NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, READ),
}

SECRET_FIELDS = {
    "vet.consultation": {
        "note",
        "note_shared",
        "note_summary",
        "room_token",
        "room_token_expiration",
        "room_url",
        "room_key",
        "sidecar_id",
        "presence_sequence",
        "recording_ids",
        "consent_ids",
        "history_ids",
        "device_check",
        "device_check_summary",
        "guest_ids",
        "notice_ids",
        "event_id",
        "cancel_mail_id",
        "cancel_mail_state",
        "cancel_mailed_at",
        "conflict",
        "no_show_proposed",
        "owner_left_at",
        "rebook_url",
        "booking_id",
        "booking_ids",
        "red_flags",
    },
    "vet.chat": {
        "link_token",
        "former_link_hashes",
        "link_url",
        "chat_key",
        "sidecar_id",
        "media_ids",
        "participant_ids",
        "transcript_ids",
        "observation_ids",
        "last_message_id",
    },
    "vet.consultation.type": {"cancel_template_id", "note_template", "vet_ids", "product_id", "resource_calendar_id"},
    "vet.prescription": {"media_ids"},
    "vet.patient": {"recording_count"},
}


class TestAccess(TeleconsultCommon):
    """Who may do what with each model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        recording = cls._create_recording()
        cls.consultation_type.company_id = cls.company
        cls.env["vet.media.access"]._log(recording, recording.media_ids, "view", None, None)
        consent = cls.env["vet.consent"].create(
            cls.consultation._prepare_consent_vals(f"owner-{cls.owner.partner_id.id}", "call", "granted")
        )
        cls.consultation.chat_id._mark_looking({"partner": cls.owner.partner_id}, True)
        transcript = cls.env["vet.transcript"]._create_for(cls.consultation.chat_id, False)
        prescription = cls._create_signed_prescription()
        cls.records = {
            "vet.species": cls.species,
            "vet.breed": cls.env["vet.breed"].create({"name": "Sable", "species_id": cls.species.id}),
            "vet.consultation.type": cls.consultation_type,
            "vet.patient": cls.patient,
            "vet.consultation": cls.consultation,
            "vet.consultation.notice": cls.consultation._create_notice("invitation", "email"),
            "vet.consultation.guest": cls.env["vet.consultation.guest"].create(
                {"consultation_id": cls.consultation.id, "name": "Ben"}
            ),
            "vet.booking": cls.env["vet.booking"]._begin(cls.company, []),
            "vet.link.request": cls.env["vet.link.request"].create({"consultation_number": "1"}),
            "vet.emergency.question": cls.env["vet.emergency.question"].create(
                {"question": "It cannot get up", "company_id": cls.company.id}
            ),
            "vet.chat": cls.consultation.chat_id,
            "vet.chat.participant": cls.consultation.chat_id.participant_ids,
            "vet.call": recording.call_id,
            "vet.recording": recording,
            "vet.media": recording.media_ids,
            "vet.media.link": cls.env["vet.media.link"].create(
                {"media_id": recording.media_ids.id, "transcript_id": transcript.id}
            ),
            "vet.observation": cls.env["vet.observation"].create(
                {
                    "patient_id": cls.patient.id,
                    "company_id": cls.company.id,
                    "kind": "respiratory_rate",
                    "value": 24.0,
                    "unit": "1/min",
                }
            ),
            "vet.consultation.summary": cls.env["vet.consultation.summary"]._create_for(cls.consultation),
            "vet.prescription": prescription,
            "vet.prescription.line": prescription.line_ids,
            "vet.transcript": transcript,
            "vet.consent": consent,
            "vet.media.access": recording.access_ids,
            "vet.sidecar": cls.sidecar,
            "vet.sidecar.command": cls.env["vet.sidecar.command"].create(
                {"sidecar_id": cls.sidecar.id, "path": "/commands/check", "payload": {}}
            ),
            "vet.sidecar.event": cls.env["vet.sidecar.event"].create(
                {"event_id": "e", "room": "r", "sequence": 1, "type": "call.started", "at": "2026-05-01 10:00:00"}
            ),
        }
        cls.people = (
            cls.public,
            cls.owner,
            cls.other_owner,
            cls.receptionist,
            cls.vet,
            cls.foreign_vet,
            cls.manager,
        )

    def _may(self, record, user, operation):
        with mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"):
            return record.with_user(user).has_access(operation)

    def test_every_model_with_a_table_has_a_row_in_the_matrix(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("vet.") and not model._abstract and not model._transient
        }
        self.assertEqual(models, set(MATRIX))

    def test_everybody_may_do_exactly_what_the_matrix_says(self):
        for model, rights in MATRIX.items():
            for user, allowed in zip(self.people, rights, strict=True):
                for operation in OPERATIONS:
                    with self.subTest(model=model, user=user.login, operation=operation):
                        letter = "u" if operation == "unlink" else operation[0]
                        self.assertEqual(self._may(self.records[model], user, operation), letter in allowed)

    def test_owners_cannot_read_what_is_for_vets_alone(self):
        for model, names in SECRET_FIELDS.items():
            record = self.records[model].with_user(self.owner)
            for name in names:
                with self.subTest(model=model, field=name), self.assertRaises(AccessError):
                    record.read([name])

    def test_owners_can_read_what_is_theirs(self):
        record = self.consultation.with_user(self.owner)
        self.assertEqual(record.patient_id.name, "Rex")
        self.assertEqual(record.link_state, "valid")
        self.assertFalse(record.owner_note)

    def test_second_owner_of_a_patient_sees_it(self):
        self.patient.owner_ids |= self.other_owner.partner_id
        self.assertTrue(self._may(self.patient, self.other_owner, "read"))

    def test_colleague_of_an_owning_company_sees_its_animals(self):
        stable = self.env["res.partner"].create({"name": "Stable", "is_company": True})
        self.owner.partner_id.parent_id = stable
        self.other_owner.partner_id.parent_id = stable
        self.assertTrue(self._may(self.patient, self.other_owner, "read"))

    def test_searching_shows_nobody_more_than_reading(self):
        for user, expected in ((self.owner, self.consultation), (self.other_owner, self.consultation.browse())):
            found = self.env["vet.consultation"].with_user(user).search([])
            with self.subTest(user=user.login):
                self.assertEqual(found, expected)

    def test_type_without_company_is_for_every_company(self):
        self.consultation_type.company_id = False
        self.assertTrue(self._may(self.consultation_type, self.foreign_vet, "read"))

    def test_only_managers_make_administrators_of_teleconsult(self):
        self.assertFalse(self.vet.has_group("vet_teleconsult.group_manager"))
        self.assertTrue(self.manager.has_group("vet_teleconsult.group_veterinarian"))

    def test_vets_can_enter_a_new_owner_with_an_animal(self):
        owner = self.env["res.partner"].with_user(self.vet).create({"name": "New Owner"})
        patient = (
            self.env["vet.patient"]
            .with_user(self.vet)
            .create({"name": "Newt", "partner_id": owner.id, "species_id": self.species.id})
        )
        self.assertEqual(patient.company_id, self.company)
