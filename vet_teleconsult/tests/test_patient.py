from datetime import date, timedelta

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import TeleconsultCommon


class TestPatient(TeleconsultCommon):
    """An animal, who owns it, and what identifies it."""

    def test_main_owner_is_always_one_of_the_owners(self):
        self.assertIn(self.owner.partner_id, self.patient.owner_ids)

    def test_new_main_owner_becomes_one_of_the_owners(self):
        self.patient.partner_id = self.other_owner.partner_id
        self.assertIn(self.other_owner.partner_id, self.patient.owner_ids)

    def test_main_owner_cannot_be_left_out_of_the_owners(self):
        self.patient.owner_ids = [fields.Command.clear()]
        self.assertEqual(self.patient.owner_ids, self.owner.partner_id)

    def test_owner_of_another_company_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "company_id": self.other_company.id})
        with self.assertRaises(UserError):
            self._create_patient("Lost", stranger)

    def test_breed_of_another_species_is_refused(self):
        breed = self.env["vet.breed"].create({"name": "Crested", "species_id": self.other_species.id})
        with self.assertRaisesRegex(ValidationError, "Crested is not a breed"):
            self.patient.breed_id = breed

    def test_changing_the_species_drops_a_breed_of_the_old_one(self):
        self.patient.breed_id = self.env["vet.breed"].create({"name": "Sable", "species_id": self.species.id})
        self.patient.species_id = self.other_species
        self.assertFalse(self.patient.breed_id)

    def test_microchip_is_kept_without_the_marks_of_its_label(self):
        self.patient.microchip = "276 0981-0641.0021"
        self.assertEqual(self.patient.microchip, "276098106410021")

    def test_older_microchips_of_nine_and_ten_characters_are_taken(self):
        for number in ("012345678", "00a1b2c3d4"):
            with self.subTest(number=number):
                self.patient.microchip = number
                self.assertEqual(self.patient.microchip, number.upper())

    def test_microchip_of_another_length_is_refused_with_what_to_do(self):
        for number in ("12345678", "27609810641002", "2760981064100211", "000098106410021", "27609810641002X"):
            with self.subTest(number=number), self.assertRaisesRegex(ValidationError, "15 digits"):
                self.patient.microchip = number

    def test_two_patients_of_a_company_cannot_have_one_microchip(self):
        self.patient.microchip = "276098106410021"
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.other_patient.microchip = "276098106410021"
            self.env.flush_all()

    def test_archived_patient_frees_its_microchip(self):
        self.patient.write({"microchip": "276098106410021", "active": False})
        self.other_patient.microchip = "276098106410021"
        self.env.flush_all()
        self.assertEqual(self.other_patient.microchip, "276098106410021")

    def test_weight_below_zero_is_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.patient.weight = -1
            self.env.flush_all()

    def test_birth_date_in_the_future_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.patient.birth_date = fields.Date.today() + timedelta(days=2)

    @freeze_time("2026-05-01")
    def test_age_is_said_as_people_say_it(self):
        cases = {
            date(2020, 3, 1): "6 y 2 m",
            date(2025, 5, 1): "1 y",
            date(2026, 1, 15): "3 m",
            date(2026, 4, 20): "11 d",
        }
        for birth_date, age in cases.items():
            with self.subTest(birth_date=birth_date):
                self.patient.birth_date = birth_date
                self.assertEqual(self.patient.age, age)

    def test_patient_is_found_by_its_microchip_and_by_its_owner(self):
        self.patient.microchip = "276098106410021"
        for term in ("276098106410021", "Anna Kel"):
            with self.subTest(term=term):
                self.assertIn(self.patient.id, [found[0] for found in self.env["vet.patient"].name_search(term)])

    def test_counts_follow_the_consultations(self):
        self.assertEqual((self.patient.consultation_count, self.patient.chat_count), (1, 1))
        self._create_recording()
        self.patient.invalidate_recordset()
        self.assertEqual(self.patient.recording_count, 1)

    def test_last_consultation_is_the_latest_that_took_place(self):
        ended_at = fields.Datetime.now() - timedelta(days=3)
        self._create_consultation(state="done", started_at=ended_at, ended_at=ended_at)
        self.assertEqual(self.patient.last_consultation_at, ended_at)

    def test_patient_keeps_an_owner_who_is_archived(self):
        partner = self.env["res.partner"].create({"name": "Gone", "active": False})
        patient = self._create_patient("Left", partner)
        self.assertEqual(patient.with_context(active_test=False).owner_ids, partner)
