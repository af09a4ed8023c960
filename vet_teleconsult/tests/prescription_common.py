import base64
import io

import pypdf
from PIL import Image

from odoo.fields import Command

from .common import TeleconsultCommon


def make_photo(size=(600, 800), color="#f4f0e6", kind="JPEG"):
    """Take a photo of a paper.

    :rtype: bytes
    """
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, kind)
    return content.getvalue()


def read_text(content):
    """Read what stands in a PDF.

    :param bytes content: the PDF
    :rtype: str
    """
    reader = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


class PrescriptionCommon(TeleconsultCommon):
    """A vet with a licence, and a prescription that is ready to be signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vet.tz = "Europe/Berlin"
        cls.vet.vet_license_number = "BE-10482"
        cls.company.write(
            {"country_id": cls.env.ref("base.de").id, "street": "Lindenstraße 5", "city": "Berlin", "zip": "10969"}
        )
        cls.patient.write({"birth_date": "2021-03-04", "weight": 5.2, "microchip": "276098106123456"})
        cls.owner.partner_id.write({"street": "Ahornweg 4", "city": "Berlin", "zip": "10119"})
        cls.consultation.vet_id = cls.vet
        cls.prescription = cls._create_prescription()

    @classmethod
    def _create_prescription(cls, patient=None, vet=None, line=None, **values):
        """Write a prescription as a vet does.

        :param dict line: values of its only drug that differ from the usual ones
        """
        patient = patient or cls.patient
        if patient == cls.patient:
            values.setdefault("consultation_id", cls.consultation.id)
        return (
            cls.env["vet.prescription"]
            .with_user(vet or cls.vet)
            .create(
                {
                    "patient_id": patient.id,
                    "company_id": patient.company_id.id,
                    "line_ids": [Command.create({**cls._prepare_line(), **(line or {})})],
                    **values,
                }
            )
        )

    @classmethod
    def _prepare_line(cls):
        return {
            "name": "Metacam",
            "substance": "meloxicam",
            "form": "oral suspension",
            "strength": "1.5 mg/ml",
            "dose": "0.5 ml",
            "route": "oral",
            "frequency": "once a day",
            "duration": "7 days",
            "quantity": 2,
            "unit": "bottle of 32 ml",
        }

    def _sign(self, prescription=None, vet=None, **values):
        prescription = self.prescription if prescription is None else prescription
        values = {"name": "Dr. Clara Meier", "license_number": "BE-10482", **values}
        prescription.with_user(vet or self.vet)._sign(**values)
        return prescription

    def _attach_photo(self, prescription, content=None, name="paper.jpg"):
        return prescription._add_photo(name, make_photo() if content is None else content)

    @classmethod
    def _make_signature(cls):
        return base64.b64encode(make_photo((200, 80), "#0000aa", "PNG"))
