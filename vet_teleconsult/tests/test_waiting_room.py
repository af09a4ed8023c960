from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .common import TeleconsultCommon


@freeze_time("2026-05-04 09:00:00")
class TestPlaceInLine(TeleconsultCommon):
    """Who is before whom among those who wait for any vet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["vet.consultation"].search([("company_id", "=", cls.company.id)]).vet_id = cls.vet

    def _waiting(self, minutes=0, **values):
        """A consultation of an owner whose time came some minutes ago."""
        return self._create_consultation(
            scheduled_at=fields.Datetime.now() - timedelta(minutes=minutes), **values
        )

    def _places(self, *consultations):
        return [consultation._get_place_in_line() for consultation in consultations]

    def test_who_asked_first_is_first(self):
        first, second, third = self._waiting(9), self._waiting(6), self._waiting(3)
        self.assertEqual(self._places(first, second, third), [0, 1, 2])

    def test_of_two_who_asked_at_once_the_older_request_is_first(self):
        first, second = self._waiting(), self._waiting()
        self.assertEqual(self._places(first, second), [0, 1])

    def test_everybody_moves_up_when_a_vet_claims_the_first(self):
        first, second = self._waiting(9), self._waiting(6)
        first.with_user(self.vet).action_claim()
        self.assertEqual(self._places(first, second), [None, 0])

    def test_everybody_moves_up_when_somebody_cancels(self):
        first, second = self._waiting(9), self._waiting(6)
        first.state = "cancelled"
        self.assertEqual(self._places(first, second), [None, 0])

    def test_who_has_an_appointment_next_week_stands_in_no_line(self):
        later, now = self._waiting(-7 * 24 * 60), self._waiting()
        self.assertEqual(self._places(later, now), [None, 0])

    def test_who_never_came_is_before_nobody_for_ever(self):
        self._waiting(5 * 60)
        self.assertEqual(self._places(self._waiting()), [0])

    def test_who_has_been_here_for_hours_keeps_their_place(self):
        patient_one, other = self._waiting(5 * 60, owner_present=True), self._waiting()
        self.assertEqual(self._places(patient_one, other), [0, 1])

    def test_another_clinics_line_is_another_line(self):
        patient = self._create_patient("Fox", self.other_owner.partner_id, self.other_company)
        foreign_type = self.consultation_type.copy({"company_id": self.other_company.id})
        self._waiting(9, patient=patient, type_id=foreign_type.id)
        self.assertEqual(self._places(self._waiting()), [0])

    def test_an_owner_is_told_the_number_though_the_others_are_none_of_their_business(self):
        self._waiting(9, patient=self.other_patient)
        own = self._waiting()
        self.assertEqual(own.with_user(self.owner)._get_place_in_line(), 1)
