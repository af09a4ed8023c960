from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import Form
from odoo.tools import file_path, mute_logger

from .prescription_common import PrescriptionCommon, make_photo

UPGRADE = "vet_teleconsult/migrations/19.0.1.2.0/post-food_animals.py"
SHEEP = "vet_teleconsult.species_sheep"


class TestPrescriptionDraft(PrescriptionCommon):
    """What a vet writes before the signature."""

    def test_draft_has_no_number_and_the_consultations_owner_and_chat(self):
        self.assertEqual(self.prescription.name, "/")
        self.assertEqual(self.prescription.state, "draft")
        self.assertEqual(self.prescription.partner_id, self.consultation.partner_id)
        self.assertEqual(self.prescription.chat_id, self.consultation.chat_id)
        self.assertEqual(self.prescription.vet_id, self.vet)

    def test_draft_follows_the_patient(self):
        self.patient.weight = 6.1
        self.assertAlmostEqual(self.prescription.weight, 6.1)
        self.assertEqual(self.prescription.species_id, self.species)
        self.assertEqual(str(self.prescription.birth_date), "2021-03-04")

    def test_draft_follows_the_owner_and_the_conversation_of_its_consultation(self):
        co_owner = self.env["res.partner"].create({"name": "Cora Co-owner", "email": "cora@example.com"})
        self.patient.owner_ids |= co_owner
        self.consultation.chat_id._post_message(
            self.consultation.chat_id._get_owner_participant(), "He limps", "before-the-change"
        )
        former_chat = self.consultation.chat_id
        self.consultation.partner_id = co_owner
        self.assertEqual(self.prescription.partner_id, co_owner)
        self.assertNotEqual(self.consultation.chat_id, former_chat)
        self.assertEqual(self.prescription.chat_id, self.consultation.chat_id)

    def test_what_is_signed_keeps_the_owner_whom_it_was_written_for(self):
        co_owner = self.env["res.partner"].create({"name": "Cora Co-owner", "email": "cora@example.com"})
        self.patient.owner_ids |= co_owner
        self.prescription.with_user(self.vet)._sign("Dr. Meier", "BE-10482")
        chat = self.prescription.chat_id
        self.consultation.partner_id = co_owner
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.prescription.partner_id, self.prescription.chat_id), (self.owner.partner_id, chat))

    def test_form_of_the_consultation_begins_with_its_patient_and_owner(self):
        action = self.consultation.with_user(self.vet).action_new_prescription()
        form = Form(self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"]))
        self.assertEqual(form.patient_id, self.patient)
        self.assertEqual(form.partner_id, self.owner.partner_id)
        self.assertEqual(form.consultation_id, self.consultation)

    def test_form_of_the_patient_begins_with_it_and_its_owner(self):
        action = self.other_patient.with_user(self.vet).action_new_prescription()
        form = Form(self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"]))
        self.assertEqual(form.patient_id, self.other_patient)
        self.assertEqual(form.partner_id, self.other_owner.partner_id)
        self.assertFalse(form.consultation_id)

    def test_menu_of_a_chat_goes_on_with_the_draft_that_the_vet_has_begun_there(self):
        chat = self.consultation.chat_id
        self.assertEqual(chat.with_user(self.vet).action_continue_prescription()["res_id"], self.prescription.id)
        action = chat.with_user(self.second_vet).action_continue_prescription()
        self.assertFalse(action["res_id"])
        form = Form(self.env["vet.prescription"].with_user(self.second_vet).with_context(**action["context"]))
        self.assertEqual((form.patient_id, form.chat_id, form.consultation_id), (self.patient, chat, self.consultation))

    def test_product_gives_the_drug_its_name(self):
        product = self.env["product.product"].create({"name": "Rimadyl 50 mg", "default_code": "R50"})
        line = self.env["vet.prescription.line"].create(
            {"prescription_id": self.prescription.id, "product_id": product.id}
        )
        self.assertEqual(line.name, "Rimadyl 50 mg")

    def test_clinic_says_for_how_many_days_prescriptions_are_valid(self):
        self.company.vet_prescription_validity = 14
        prescription = self._create_prescription()
        today = fields.Date.context_today(prescription)
        self.assertEqual(prescription.valid_until, today + timedelta(days=14))

    def test_antimicrobial_is_valid_for_five_days_in_the_european_union(self):
        today = fields.Date.context_today(self.prescription)
        self.prescription.line_ids.is_antimicrobial = True
        self.assertEqual(self.prescription.valid_until, today + timedelta(days=5))

    def test_antimicrobial_is_valid_as_long_as_others_elsewhere(self):
        self.company.country_id = self.env.ref("base.us")
        prescription = self._create_prescription(line={"is_antimicrobial": True})
        self.assertEqual(prescription.valid_until, fields.Date.context_today(prescription) + timedelta(days=30))

    def test_owner_of_another_patient_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "is not an owner of Rex"):
            self.prescription.partner_id = self.other_owner.partner_id

    def test_consultation_about_another_patient_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "must be about its patient"):
            self._create_prescription(
                self._create_patient("Rexina", self.owner.partner_id), consultation_id=self.consultation.id
            )

    def test_draft_can_be_deleted(self):
        self.prescription.unlink()
        self.assertFalse(self.prescription.exists())

    def test_draft_cannot_be_made_signed_by_writing(self):
        sealed = {
            "state": "signed",
            "name": "RX/2026/00001",
            "signed_at": fields.Datetime.now(),
            "signed_name": "Somebody",
            "license_number": "1",
            "signature": self._make_signature(),
            "attachment_id": self.env["ir.attachment"].create({"name": "x", "raw": b"x"}).id,
            "voided_at": fields.Datetime.now(),
            "voided_by_id": self.env.uid,
            "void_reason": "none",
        }
        for name, value in sealed.items():
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "button “Sign”"):
                self.prescription.sudo().write({name: value})

    def test_signed_prescription_cannot_be_created(self):
        with self.assertRaisesRegex(UserError, "button “Sign”"):
            self.env["vet.prescription"].create({"patient_id": self.patient.id, "state": "signed", "name": "RX/1"})

    def test_signed_prescription_cannot_be_created_by_default_values(self):
        file = self.env["ir.attachment"].create({"name": "payroll.pdf", "raw": b"x"})
        signed = {
            "state": "signed",
            "name": "RX/2026/00042",
            "signed_at": "2026-01-02 10:00:00",
            "signed_name": "Dr. Weber",
            "license_number": "1",
        }
        values = {
            "patient_id": self.patient.id,
            "partner_id": self.owner.partner_id.id,
            "company_id": self.company.id,
            "vet_id": self.second_vet.id,
        }
        for defaults in (
            signed,
            {"name": "RX/2026/00042"},
            {"signed_name": "Dr. Weber"},
            {"signature": self._make_signature()},
            {"attachment_id": file.id},
            {"voided_attachment_id": file.id},
        ):
            context = {f"default_{name}": value for name, value in defaults.items()}
            prescriptions = self.env["vet.prescription"].with_user(self.vet).with_context(**context)
            with self.subTest(fields=sorted(defaults)), self.assertRaisesRegex(UserError, "button “Sign”"):
                prescriptions.create(values)


class TestPrescriptionSigning(PrescriptionCommon):
    """What a signature asks for, and what it leaves behind."""

    def test_signature_keeps_name_time_licence_number_and_vet(self):
        with freeze_time("2026-05-12 08:30:00"):
            prescription = self._create_prescription(vet=self.second_vet)
            self._sign(prescription, name="  Dr. Clara  Meier ", signature=self._make_signature())
        self.assertEqual(prescription.state, "signed")
        self.assertEqual(prescription.signed_name, "Dr. Clara Meier")
        self.assertEqual(str(prescription.signed_at), "2026-05-12 08:30:00")
        self.assertEqual(prescription.license_number, "BE-10482")
        self.assertEqual(prescription.vet_id, self.vet)
        self.assertTrue(prescription.signature)

    def test_facts_of_the_patient_are_those_of_the_signature_even_in_the_same_transaction(self):
        self.patient.write({"sex": "male", "weight": 6.2})
        prescription = self._sign(self._create_prescription())
        self.env.flush_all()
        self.env.invalidate_all()
        facts = prescription.read(["patient_name", "sex", "weight"])[0]
        self.assertEqual((facts["patient_name"], facts["sex"], facts["weight"]), ("Rex", "male", 6.2))

    def test_kept_signature_is_put_on_by_itself(self):
        self.vet.vet_signature = self._make_signature()
        self.assertTrue(self._sign().signature)

    def test_numbers_run_without_gaps_for_each_company_and_year(self):
        foreign_patient = self._create_patient(
            "Fips", self.env["res.partner"].create({"name": "F"}), self.other_company
        )
        with freeze_time("2026-12-31 22:00:00"):
            first = self._sign(self._create_prescription())
            foreign = self._sign(self._create_prescription(foreign_patient, vet=self.foreign_vet), vet=self.foreign_vet)
            second = self._sign(self._create_prescription())
        self.vet.tz = "Europe/Berlin"
        # In Berlin it is 2027 by then, in UTC still 2026.
        with freeze_time("2026-12-31 23:30:00"):
            third = self._sign(self._create_prescription())
        names = (first | second | third | foreign).mapped("name")
        self.assertEqual(names, ["RX/2026/00001", "RX/2026/00002", "RX/2027/00001", "RX/2026/00001"])

    def test_signature_that_fails_uses_no_number(self):
        broken = self._create_prescription(line={"dose": False})
        with self.assertRaises(UserError):
            self._sign(broken)
        report = type(self.env["ir.actions.report"])
        self.patch(report, "_run_wkhtmltopdf", self._fail_to_print)
        with self.assertRaisesRegex(UserError, "no paper"), self.env.cr.savepoint():
            self._sign()
        self.assertEqual(self.prescription.state, "draft")
        self.assertEqual(self.company._next_prescription_name(fields.Date.today())[-5:], "00001")

    @staticmethod
    def _fail_to_print(*args, **kwargs):
        raise UserError("no paper")  # pylint: disable=translation-required

    def test_without_wkhtmltopdf_nothing_is_signed_and_the_vet_is_told_why(self):
        self.patch(type(self.env["ir.actions.report"]), "get_wkhtmltopdf_state", lambda report: "install")
        with self.assertRaisesRegex(UserError, "wkhtmltopdf is not installed"):
            self._sign()

    def test_what_is_missing_is_said_at_once(self):
        line = {
            "dose": "",
            "frequency": " ",
            "duration": False,
            "quantity": 0,
            "route": False,
            "is_antimicrobial": True,
        }
        prescription = self._create_prescription(line=line)
        with self.assertRaises(UserError) as refusal:
            prescription.action_sign()
        message = str(refusal.exception)
        self.assertIn("Metacam: the dose, how it is given, how often, how long, the quantity is missing.", message)
        self.assertIn("Enter the diagnosis", message)

    def test_prescription_without_drugs_is_not_signed(self):
        self.prescription.line_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "Prescribe at least one drug"):
            self._sign()

    def test_food_animal_needs_a_withdrawal_period(self):
        self.species.is_food_animal = True
        sheep = self._create_patient("Dolly", self.owner.partner_id)
        prescription = self._create_prescription(sheep)
        with self.assertRaisesRegex(UserError, "the withdrawal period is missing"):
            self._sign(prescription)
        prescription.line_ids.withdrawal_period = "meat 28 days, milk 0 days"
        self.assertEqual(self._sign(prescription).state, "signed")

    def test_animal_outside_of_the_food_chain_needs_none(self):
        self.species.is_food_animal = True
        horse = self._create_patient("Flicka", self.owner.partner_id)
        self.assertTrue(horse.is_food_animal)
        horse.is_food_animal = False
        self.assertEqual(self._sign(self._create_prescription(horse)).state, "signed")

    def test_upgrade_marks_what_new_databases_have_marked(self):
        sheep = self._create_patient("Dolly", self.owner.partner_id, species_id=self.env.ref(SHEEP).id)
        self.env["vet.species"].search([]).is_food_animal = False
        sheep.is_food_animal = False
        load_script(file_path(UPGRADE), "post_food_animals").migrate(self.env.cr, "19.0.1.1.0")
        self.assertTrue(sheep.species_id.is_food_animal and sheep.is_food_animal)
        self.assertFalse(self.env.ref("vet_teleconsult.species_dog").is_food_animal)

    def test_farm_animals_are_food_animals_by_their_species(self):
        tree = etree.parse(file_path("vet_teleconsult/data/vet_species_data.xml"))
        marked = {
            record.findtext("field[@name='code']")
            for record in tree.iterfind("record")
            if record.find("field[@name='is_food_animal']") is not None
        }
        script = load_script(file_path(UPGRADE), "post_food_animals")
        self.assertEqual(marked, set(script.CODES))
        self.assertTrue({"cattle", "sheep", "goat", "pig", "horse", "chicken"} <= marked)

    def test_validity_that_is_over_is_refused(self):
        self.prescription.valid_until = fields.Date.today() - timedelta(days=3)
        with self.assertRaisesRegex(UserError, "over already"):
            self._sign()

    def test_antimicrobial_for_longer_than_the_law_allows_is_refused(self):
        self.prescription.write({"diagnosis": "Abscess"})
        self.prescription.line_ids.is_antimicrobial = True
        self.prescription.valid_until = fields.Date.today() + timedelta(days=9)
        with self.assertRaisesRegex(UserError, "valid for 5 days"):
            self._sign()

    def test_name_and_licence_number_are_asked_for(self):
        with self.assertRaisesRegex(UserError, "Type your name"):
            self._sign(name=" ")
        self.vet.vet_license_number = False
        with self.assertRaisesRegex(UserError, "licence number"):
            self._sign(license_number="")

    def test_licence_number_that_is_typed_first_is_kept_for_the_next_time(self):
        self._sign(vet=self.second_vet, license_number="BE-777")
        self.assertEqual(self.second_vet.vet_license_number, "BE-777")

    def test_licence_number_of_the_vets_own_record_wins_over_a_typed_one(self):
        self._sign(license_number="BE-99999")
        self.assertEqual(self.prescription.license_number, "BE-10482")
        self.assertEqual(self.vet.vet_license_number, "BE-10482")

    def test_typed_name_that_is_the_vets_names_no_account(self):
        self.assertFalse(self._sign(name="dr.  MEIER")._get_account_name())

    def test_account_is_named_where_another_name_was_typed(self):
        self.assertEqual(self._sign(name="Dr. Weber")._get_account_name(), "Dr. Meier")

    def test_vet_can_keep_their_own_licence_number(self):
        self.second_vet.with_user(self.second_vet).write({"vet_license_number": "BE-1"})
        self.assertEqual(self.second_vet.vet_license_number, "BE-1")

    def test_only_vets_sign(self):
        for user in (self.receptionist, self.owner, self.foreign_vet):
            with self.subTest(user=user.login), self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self._sign(vet=user)

    def test_second_signature_is_refused(self):
        self._sign()
        with self.assertRaisesRegex(UserError, "is signed"):
            self._sign()

    def test_dialog_signs_with_what_the_vet_has_kept(self):
        action = self.prescription.action_sign()
        dialog = Form(self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"]))
        self.assertEqual(dialog.license_number, "BE-10482")
        wizard = dialog.save()
        wizard.write({"signature": self._make_signature(), "keep_signature": True})
        wizard.action_confirm()
        self.assertEqual(self.prescription.state, "signed")
        self.assertTrue(self.vet.vet_signature)

    def test_dialog_asks_for_the_licence_number_of_whoever_has_none(self):
        action = self.prescription.action_sign()
        for user, is_asked in ((self.vet, False), (self.second_vet, True)):
            dialog = Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))
            with self.subTest(user=user.login):
                self.assertEqual(dialog._get_modifier("license_number", "readonly"), not is_asked)

    def test_card_appears_in_the_chat_once(self):
        self._sign()
        message = self.consultation.chat_id._get_messages()[-1]
        self.assertEqual(
            (message.vet_document_model, message.vet_document_id), ("vet.prescription", self.prescription.id)
        )
        self.assertEqual(message.author_id, self.vet.partner_id)

    def test_prescription_in_a_locked_chat_is_signed_and_shown(self):
        self.consultation.chat_id.with_user(self.vet).action_lock()
        self._sign()
        self.assertEqual(self.consultation.chat_id._get_messages()[-1].vet_document_id, self.prescription.id)

    def test_prescription_without_a_chat_is_signed(self):
        self.assertEqual(self._sign(self._create_prescription(self.other_patient)).state, "signed")


class TestSignatureOfAVet(PrescriptionCommon):
    """What a vet signs with is theirs alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vet.vet_signature = cls._make_signature()

    def test_vets_read_and_draw_their_own(self):
        user = self.vet.with_user(self.vet)
        [values] = user.read(["vet_license_number", "vet_signature"])
        self.assertEqual(values["vet_license_number"], "BE-10482")
        self.assertTrue(values["vet_signature"] and user.vet_signature)
        user.write({"vet_signature": False})
        self.assertFalse(user.vet_signature)

    def test_nobody_else_in_the_clinic_reads_them(self):
        for user in (self.second_vet, self.manager, self.receptionist):
            for field in ("vet_license_number", "vet_signature"):
                with (
                    self.subTest(user=user.login, field=field),
                    self.assertRaises(AccessError),
                    mute_logger("odoo.models"),
                ):
                    self.env["res.users"].with_user(user).search_read([("id", "=", self.vet.id)], [field])

    def test_licence_number_is_not_found_by_searching_for_it(self):
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.env["res.users"].with_user(self.second_vet).search([("vet_license_number", "=like", "BE-1%")])

    def test_whoever_manages_users_enters_the_licence_number(self):
        administrator = self._create_user("test_administrator", "base.group_erp_manager", name="Administrator")
        with Form(self.vet.with_user(administrator), "base.view_users_form") as form:
            form.vet_license_number = "BE-2"
        self.assertEqual(self.vet.vet_license_number, "BE-2")

    def test_signature_that_a_colleague_keeps_is_refused(self):
        with self.assertRaisesRegex(UserError, "another vet's signature"):
            self._sign(vet=self.second_vet, signature=self._make_signature())

    def test_signature_that_a_colleague_has_signed_with_is_refused(self):
        self._sign(self._create_prescription())
        self.vet.vet_signature = False
        with self.assertRaisesRegex(UserError, "another vet's signature"):
            self._sign(vet=self.second_vet, signature=self._make_signature())

    def test_signature_of_a_colleague_is_not_kept_as_ones_own(self):
        with self.assertRaisesRegex(UserError, "another vet's signature"):
            self.second_vet.with_user(self.second_vet).write({"vet_signature": self._make_signature()})

    def test_the_same_signature_is_used_again_and_again(self):
        draft_of_a_colleague = self._create_prescription(vet=self.second_vet)
        for prescription in (self.prescription, draft_of_a_colleague):
            self._sign(prescription, signature=self._make_signature())
        self.assertEqual(draft_of_a_colleague.vet_id, self.vet)


class TestPrescriptionFrozen(PrescriptionCommon):
    """Once it is signed nobody changes it, the superuser neither."""

    def setUp(self):
        super().setUp()
        self._sign()
        self.people = (self.prescription, self.prescription.with_user(self.manager), self.prescription.sudo())

    def test_no_field_of_a_signed_one_can_be_written(self):
        values = {
            "note": "Something else",
            "weight": 9,
            "diagnosis": "None",
            "valid_until": "2030-01-01",
            "vet_id": self.second_vet.id,
            "partner_id": self.owner.partner_id.id,
            "state": "draft",
            "name": "/",
            "signed_name": "X",
            "access_token": "1",
            "void_reason": "x",
            "company_id": self.company.id,
            "line_ids": [Command.clear()],
            "photo_ids": [Command.clear()],
        }
        for prescription in self.people:
            for name, value in values.items():
                refused = self.assertRaisesRegex(UserError, "is signed: it cannot be changed")
                with self.subTest(user=prescription.env.user.login, field=name), refused:
                    prescription.write({name: value})

    def test_its_drugs_can_be_neither_changed_added_nor_removed(self):
        draft = self._create_prescription()
        for prescription in self.people:
            lines = prescription.line_ids
            attempts = {
                "change": lambda lines=lines: lines.write({"dose": "5 ml"}),
                "move away": lambda lines=lines: lines.write({"prescription_id": draft.id}),
                "remove": lines.unlink,
                "add": lambda lines=lines: lines.create({"prescription_id": self.prescription.id, "name": "Arsenic"}),
                "add by a default value": lambda lines=lines: lines.with_context(
                    default_prescription_id=self.prescription.id
                ).create({"name": "Arsenic"}),
                "move in": lambda lines=lines: draft.line_ids.with_env(lines.env).write(
                    {"prescription_id": self.prescription.id}
                ),
            }
            for what, attempt in attempts.items():
                refused = self.assertRaisesRegex(UserError, "is signed")
                with self.subTest(user=prescription.env.user.login, what=what), refused:
                    attempt()

    def test_it_cannot_be_deleted(self):
        for prescription in self.people:
            with self.subTest(user=prescription.env.user.login), self.assertRaisesRegex(UserError, "cannot be deleted"):
                prescription.unlink()

    def test_its_pdf_can_be_neither_changed_nor_deleted(self):
        for prescription in self.people:
            pdf = prescription.sudo().attachment_id.with_env(prescription.env)
            for values in ({"raw": b"x"}, {"datas": b"eA=="}, {"name": "y.pdf"}, {"res_id": 0}, {"res_model": False}):
                refused = self.assertRaisesRegex(UserError, "its files cannot be changed")
                with self.subTest(user=prescription.env.user.login, values=values), refused:
                    pdf.write(values)
            with self.assertRaisesRegex(UserError, "its files cannot be changed"):
                pdf.unlink()

    def test_its_signature_cannot_be_replaced(self):
        prescription = self._sign(self._create_prescription(), signature=self._make_signature())
        domain = [("res_model", "=", "vet.prescription"), ("res_id", "=", prescription.id), ("res_field", "!=", False)]
        signature = self.env["ir.attachment"].sudo().search(domain)
        self.assertTrue(signature)
        with self.assertRaises(UserError):
            signature.write({"raw": b"x"})
        for number in (prescription.id, str(prescription.id)):
            with self.subTest(number=number), self.assertRaises(UserError):
                self.env["ir.attachment"].sudo().create(
                    {
                        "name": "s",
                        "raw": b"x",
                        "res_model": "vet.prescription",
                        "res_id": number,
                        "res_field": "signature",
                    }
                )

    def test_its_signature_can_be_neither_taken_away_nor_shown_to_everyone(self):
        prescription = self._sign(self._create_prescription(), signature=self._make_signature())
        signature = prescription.sudo()._get_kept_attachments().filtered("res_field").with_user(self.vet)
        for values in ({"res_field": False}, {"public": True}):
            with self.subTest(**values), self.assertRaisesRegex(UserError, "its files cannot be changed"):
                signature.write(values)

    def test_another_file_does_not_become_its_signature(self):
        place = {"res_model": "vet.prescription", "res_id": self.prescription.id}
        files = self.env["ir.attachment"].with_user(self.vet)
        values = {"name": "signature.png", "raw": make_photo(kind="PNG")}
        beside = files.create({**values, **place})
        with self.assertRaisesRegex(UserError, "is signed"):
            beside.write({"res_field": "signature"})
        defaults = {f"default_{name}": value for name, value in {**place, "res_field": "signature"}.items()}
        with self.assertRaisesRegex(UserError, "is signed"):
            files.with_context(**defaults).create(values)

    def test_what_becomes_of_the_patient_does_not_change_it(self):
        other_breed = self.env["vet.breed"].create({"name": "B", "species_id": self.other_species.id})
        self.patient.write(
            {
                "name": "Max",
                "weight": 9,
                "birth_date": "2025-01-01",
                "species_id": self.other_species.id,
                "breed_id": other_breed.id,
                "microchip": False,
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.prescription.patient_name, "Rex")
        self.assertAlmostEqual(self.prescription.weight, 5.2)
        self.assertEqual(self.prescription.species_id, self.species)
        self.assertEqual(str(self.prescription.birth_date), "2021-03-04")
        self.assertEqual(self.prescription.microchip, "276098106123456")

    def test_age_stays_that_of_the_day_of_the_signature(self):
        with freeze_time("2026-03-10 10:00:00"):
            prescription = self._sign(self._create_prescription())
        with freeze_time("2029-03-10 10:00:00"):
            prescription.invalidate_recordset()
            self.assertEqual(prescription.age, "5 y")

    def test_renamed_product_does_not_rename_the_drug(self):
        product = self.env["product.product"].create({"name": "Rimadyl"})
        prescription = self._sign(self._create_prescription(line={"name": "Rimadyl", "product_id": product.id}))
        product.name = "Carprofen"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(prescription.line_ids.name, "Rimadyl")

    def test_written_again_it_is_a_new_draft_with_the_same_drugs(self):
        action = self.prescription.action_write_again()
        draft = self.env["vet.prescription"].browse(action["res_id"])
        self.assertEqual((draft.state, draft.name), ("draft", "/"))
        self.assertEqual(draft.line_ids.mapped("name"), ["Metacam"])
        self.assertEqual(draft.consultation_id, self.consultation)
        self.assertFalse(draft.signed_at or draft.signature or draft.attachment_id)
        self.assertNotEqual(draft.access_token, self.prescription.access_token)


class TestPrescriptionVoid(PrescriptionCommon):
    """A mistake stays, marked."""

    def test_void_one_stays_with_number_reason_time_and_whoever_did_it(self):
        self._sign()
        number = self.prescription.name
        with freeze_time("2026-06-01 12:00:00"):
            self.prescription.with_user(self.second_vet)._void("  Wrong dose ")
        self.assertEqual(self.prescription.state, "voided")
        self.assertEqual(self.prescription.name, number)
        self.assertEqual(self.prescription.void_reason, "Wrong dose")
        self.assertEqual(self.prescription.voided_by_id, self.second_vet)
        self.assertEqual(str(self.prescription.voided_at), "2026-06-01 12:00:00")

    def test_number_of_a_void_one_is_not_given_again(self):
        self._sign()
        self.prescription._void("Wrong dose")
        again = self._sign(self._create_prescription())
        self.assertEqual(int(again.name[-5:]), int(self.prescription.name[-5:]) + 1)

    def test_void_one_is_as_frozen_as_before(self):
        self._sign()
        self.prescription._void("Wrong dose")
        with self.assertRaises(UserError):
            self.prescription.sudo().write({"void_reason": "Another reason"})
        with self.assertRaises(UserError):
            self.prescription.sudo().unlink()
        with self.assertRaises(UserError):
            self.prescription.sudo().voided_attachment_id.unlink()

    def test_reason_is_asked_for(self):
        self._sign()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.prescription._void("  ")

    def test_draft_is_not_voided(self):
        with self.assertRaisesRegex(UserError, "deleted, not voided"):
            self.prescription.action_void()

    def test_second_time_is_refused_naming_who_did_it(self):
        self._sign()
        self.prescription.with_user(self.second_vet)._void("Wrong dose")
        with self.assertRaisesRegex(UserError, "Dr. Weber has voided"):
            self.prescription._void("Again")

    def test_only_vets_of_the_clinic_void(self):
        self._sign()
        for user in (self.receptionist, self.owner, self.foreign_vet):
            with self.subTest(user=user.login), self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self.prescription.with_user(user)._void("Because")

    def test_dialog_voids(self):
        self._sign()
        action = self.prescription.action_void()
        dialog = Form(self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"]))
        dialog.reason = "Wrong dose"
        dialog.save().action_confirm()
        self.assertEqual(self.prescription.state, "voided")

    def test_card_in_the_chat_says_void(self):
        self._sign()
        self.prescription._void("Wrong dose")
        card = self.prescription.sudo()._get_chat_document("owner")
        self.assertTrue(card["is_void"])
        self.assertEqual(card["state"], "voided")


class TestPrescriptionCompanies(PrescriptionCommon):
    """Two clinics, each with its own."""

    def test_vet_of_another_clinic_finds_none(self):
        found = self.env["vet.prescription"].with_user(self.foreign_vet).search([])
        self.assertNotIn(self.prescription, found)

    def test_patient_of_another_clinic_is_refused(self):
        foreign_patient = self._create_patient(
            "Fips", self.env["res.partner"].create({"name": "F"}), self.other_company
        )
        with self.assertRaises(UserError):
            self.prescription.sudo().patient_id = foreign_patient

    def test_product_of_another_clinic_is_refused(self):
        product = self.env["product.product"].create({"name": "Theirs", "company_id": self.other_company.id})
        with self.assertRaises(UserError):
            self.prescription.sudo().line_ids.product_id = product

    def test_new_company_gets_its_numbers(self):
        company = self.env["res.company"].create({"name": "Maple Clinic"})
        self.assertRegex(company._next_prescription_name(fields.Date.today()), r"RX/\d{4}/00001")
