from odoo.tests import Form

from .schedule_common import ScheduleCommon

TUESDAY = "2026-03-17"


class TestConflict(ScheduleCommon):
    """What else a vet has at the time of an appointment is shown; nothing is refused."""

    def _make(self, clock="09:00", vet=None, patient=None, **values):
        return self._create_consultation(
            patient, scheduled_at=self._at(TUESDAY, clock), vet_id=(vet or self.vet).id, **values
        )

    def _read(self, consultation, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return consultation.with_user(user or self.vet).conflict

    def test_an_appointment_alone_has_none(self):
        self.assertFalse(self._read(self._make()))

    def test_another_appointment_of_the_vet_is_named_with_its_time(self):
        self._make("09:15", patient=self.other_patient)
        conflict = self._read(self._make())
        self.assertIn("Otis", conflict)
        self.assertIn("9:15", conflict)
        self.assertIn("9:45", conflict)

    def test_both_show_it_and_each_only_once(self):
        other, consultation = self._make("09:15", patient=self.other_patient), self._make()
        self.assertEqual(self._read(other).count("Rex"), 1)
        self.assertEqual(self._read(consultation).count("Otis"), 1)

    def test_what_ends_as_it_begins_is_none(self):
        self._make("09:30", patient=self.other_patient)
        self.assertFalse(self._read(self._make()))

    def test_what_is_cancelled_is_none(self):
        self._make(patient=self.other_patient).with_user(self.vet).action_cancel("The vet is ill")
        self.assertFalse(self._read(self._make()))

    def test_what_a_colleague_has_is_none(self):
        self._make(vet=self.second_vet, patient=self.other_patient)
        self.assertFalse(self._read(self._make()))

    def test_ones_own_event_is_named_and_a_colleagues_is_not(self):
        self._block(self.vet, TUESDAY, "08:00", "12:00")
        consultation = self._make()
        self.assertIn("Surgery", self._read(consultation))
        conflict = self._read(consultation, self.second_vet)
        self.assertNotIn("Surgery", conflict)
        self.assertIn("An event in the calendar", conflict)

    def test_an_event_that_leaves_the_vet_free_is_none(self):
        self._block(self.vet, TUESDAY, "08:00", "12:00", show_as="free")
        self.assertFalse(self._read(self._make()))

    def test_a_leave_is_one(self):
        resource = self.env["resource.resource"].create(
            {"name": "Dr. Meier", "user_id": self.vet.id, "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "company_id": self.company.id,
                "date_from": self._at(TUESDAY, "00:00"),
                "date_to": self._at(TUESDAY, "23:00"),
            }
        )
        self.assertIn("A leave", self._read(self._make()))

    def test_a_consultation_of_a_clinic_that_the_reader_does_not_work_in_is_not_named(self):
        self.vet.company_ids |= self.other_company
        patient = self._create_patient("Fern", self.other_owner.partner_id, self.other_company)
        self.consultation_type.write({"company_id": False, "vet_ids": False, "resource_calendar_id": False})
        self._make(patient=patient)
        conflict = self._read(self._make(), self.second_vet)
        self.assertNotIn("Fern", conflict)
        self.assertIn("Another consultation", conflict)

    def test_what_has_begun_and_what_has_no_vet_shows_none(self):
        self._make("09:15", patient=self.other_patient)
        unclaimed = self._create_consultation(scheduled_at=self._at(TUESDAY, "09:00"))
        begun = self._make(state="in_progress")
        self.assertFalse(self._read(unclaimed) or self._read(begun))

    def test_the_form_says_so_while_the_time_is_being_chosen(self):
        self._make(patient=self.other_patient)
        form = Form(self._make("10:00").with_user(self.vet))
        self.assertFalse(form.conflict)
        form.scheduled_at = self._at(TUESDAY, "09:00")
        self.assertIn("Otis", form.conflict)
        form.save()

    def test_the_dialog_to_hand_over_says_what_the_colleague_has(self):
        self._make("09:15", vet=self.second_vet, patient=self.other_patient)
        consultation = self._make()
        action = consultation.with_user(self.vet).action_hand_over()
        dialog = Form(self.env[action["res_model"]].with_user(self.vet).with_context(**action["context"]))
        self.assertFalse(dialog.conflict)
        dialog.user_id = self.second_vet
        self.assertIn("Otis", dialog.conflict)
        dialog.save().action_confirm()
        self.assertEqual(consultation.vet_id, self.second_vet)
