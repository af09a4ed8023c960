from odoo.tools import html2plaintext

from .schedule_common import ScheduleCommon

OURS = "9:00 AM (Central European Standard Time)"


class TestOwnerTimezone(ScheduleCommon):
    """One rule says in which time zone an owner reads times, wherever they read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner.partner_id.tz = cls.company.partner_id.tz = False
        cls.company.resource_calendar_id = cls.opening_hours
        # Where the vet is does not matter to the owner.
        cls.vet.tz = "America/New_York"
        cls.appointment = cls.env["vet.consultation"]._book(
            cls.consultation_type,
            cls._at("2026-03-17", "09:00"),
            {"patient_id": cls.patient.id, "partner_id": cls.owner.partner_id.id},
            vet=cls.vet,
        )

    def _render(self, xml_id, record):
        template = self.env.ref(f"vet_teleconsult.{xml_id}")
        body = template._render_field("body_html", record.ids, compute_lang=True)[record.id]
        return " ".join(html2plaintext(body).split())

    def _get_documents(self):
        """Everything that tells this owner times and is no mail."""
        booking = self.env["vet.booking"]._begin(self.company, [])
        booking.write({"partner_id": self.owner.partner_id.id, "tz": False})
        return {
            "booking": booking._get_timezone(),
            "invitation": self.appointment._get_owner_timezone(),
            "summary": self.env["vet.consultation.summary"]._create_for(self.appointment)._get_time_zone(),
            "transcript": self.appointment.chat_id._make_transcript()._get_time_zone(),
            "chat": self.appointment.chat_id._get_reader_timezone({"role": "owner", "user": self.public}),
        }

    def test_every_mail_says_the_same_time(self):
        guest = self.env["vet.consultation.guest"].create({"consultation_id": self.appointment.id, "name": "Ben"})
        for xml_id, record in (
            ("mail_template_consultation_invitation", self.appointment),
            ("mail_template_consultation_moved", self.appointment),
            ("mail_template_consultation_reminder", self.appointment),
            ("mail_template_consultation_cancelled", self.appointment),
            ("mail_template_room_link", self.appointment),
            ("mail_template_guest_link", guest),
        ):
            with self.subTest(mail=xml_id):
                self.assertIn(OURS, self._render(xml_id, record))

    def test_owner_without_a_time_zone_reads_that_of_the_opening_hours_everywhere(self):
        for document, zone in self._get_documents().items():
            with self.subTest(document=document):
                self.assertEqual(zone, "Europe/Berlin")

    def test_clinics_address_comes_before_its_opening_hours(self):
        self.company.partner_id.tz = "Europe/London"
        self.assertEqual(set(self._get_documents().values()), {"Europe/London"})

    def test_owners_own_time_zone_comes_first_everywhere(self):
        self.owner.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(set(self._get_documents().values()), {"Asia/Tokyo"})

    def test_vet_reads_a_chat_in_their_own_time_zone(self):
        zone = self.appointment.chat_id._get_reader_timezone({"role": "vet", "user": self.vet})
        self.assertEqual(zone, "America/New_York")

    def test_prescription_is_dated_where_it_is_signed(self):
        self.owner.partner_id.tz = "Asia/Tokyo"
        prescriptions = self.env["vet.prescription"].with_user(self.vet)
        prescription = prescriptions.create({"patient_id": self.patient.id, "company_id": self.company.id})
        self.assertEqual(prescription._get_time_zone(), "America/New_York")
        self.vet.tz = False
        self.assertEqual(prescription._get_time_zone(), "Europe/Berlin")
