import io

import pypdf
from freezegun import freeze_time
from PIL import Image

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .prescription_common import PrescriptionCommon, make_photo, read_text


class TestPrescriptionPdf(PrescriptionCommon):
    """What stands on the paper that a pharmacy gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prescription.write({"diagnosis": "Sprained left foreleg", "note": "Rest for a week."})

    def test_pdf_says_all_that_a_prescription_has_to_say(self):
        self.prescription.line_ids.write(
            {
                "repeats": 1,
                "instructions": "with food",
                "warnings": "Stop when he vomits",
                "withdrawal_period": "meat 28 days",
                "is_off_label": True,
            }
        )
        with freeze_time("2026-05-12 22:30:00"):
            self.prescription.valid_until = "2026-06-11"
            self._sign()
        text = read_text(self.prescription.attachment_id.raw)
        self.assertIn(self.prescription.name, text)
        for expected in (
            # who is treated, whose animal it is, who prescribes
            *("Rex", "Test Ferret", "5 y 2 m", "5.2 kg", "276098106123456"),
            *("Anna Keller", "Ahornweg 4", "10119"),
            *("Linden Clinic", "Lindenstraße 5", "Dr. Clara Meier", "BE-10482"),
            # the day is that of the clinic: in Berlin it is after midnight
            *("May 13, 2026", "June 11, 2026", "Sprained left foreleg"),
            # what, how strong, how to give it, how much
            *("Metacam (meloxicam), 1.5 mg/ml, oral suspension", "0.5 ml, once a day, 7 days", "By mouth"),
            *("bottle of 32 ml", "with food", "Stop when he vomits", "meat 28 days", "articles 112 to 114"),
            *("Rest for a week.", "Signed electronically", "Page 1 of 1"),
        ):
            with self.subTest(expected=expected):
                self.assertIn(expected, text)

    def test_what_is_not_known_is_said_to_be_so(self):
        self.patient.write({"birth_date": False, "weight": 0})
        self._sign()
        self.assertEqual(read_text(self.prescription.attachment_id.raw).count("not known"), 2)

    def test_pdf_is_in_the_owners_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.owner.partner_id.lang = "fr_FR"
        with freeze_time("2026-05-12 10:00:00"):
            self.prescription.valid_until = "2026-06-11"
            self._sign()
        text = read_text(self.prescription.attachment_id.raw)
        self.assertIn("12 mai 2026", text)

    def test_drawn_signature_stands_in_the_pdf(self):
        without, signed = self._sign(self._create_prescription()), self._sign(signature=self._make_signature())
        self.assertEqual(self._count_pictures(signed), self._count_pictures(without) + 1)

    def _count_pictures(self, prescription):
        return len(pypdf.PdfReader(io.BytesIO(prescription.attachment_id.raw)).pages[0].images)

    def test_pdf_names_the_account_where_another_name_was_typed(self):
        typed, own = self._sign(self._create_prescription()), self._sign(name="Dr. Meier")
        self.assertIn("With the account of Dr. Meier", read_text(typed.attachment_id.raw))
        self.assertNotIn("With the account of", read_text(own.attachment_id.raw))

    def test_pdf_has_a_title_and_an_author(self):
        self._sign()
        metadata = pypdf.PdfReader(io.BytesIO(self.prescription.attachment_id.raw)).metadata
        self.assertIn(self.prescription.name, metadata.title)
        self.assertEqual(metadata.author, "Linden Clinic")

    def test_void_pdf_is_marked_and_the_signed_one_stays_as_it_was(self):
        self._sign()
        signed = self.prescription.attachment_id.raw
        self.prescription.with_user(self.second_vet)._void("Wrong dose\nfor his weight")
        self.assertEqual(self.prescription.attachment_id.raw, signed)
        text = read_text(self.prescription._get_pdf().raw)
        self.assertIn("VOID", text)
        self.assertIn("by Dr. Weber: Wrong dose for his weight", text)
        self.assertIn("Metacam", text)
        self.assertNotIn("VOID", read_text(signed))

    def test_every_page_of_a_void_one_is_marked(self):
        self.prescription.kind = "paper"
        self._attach_photo(self.prescription)
        self._sign()
        self.prescription._void("Wrong dose")
        pages = pypdf.PdfReader(io.BytesIO(self.prescription._get_pdf().raw)).pages
        self.assertGreater(len(pages), 1)
        for page in pages:
            self.assertIn("VOID", page.extract_text())

    def test_download_leads_to_the_pdf(self):
        with self.assertRaisesRegex(UserError, "A draft has no PDF"):
            self.prescription.action_download()
        self._sign()
        action = self.prescription.action_download()
        self.assertEqual(action["url"], f"/my/prescriptions/{self.prescription.id}/pdf?download=1")

    def test_mail_to_the_owner_holds_the_pdf(self):
        self._sign()
        context = self.prescription.action_send()["context"]
        composer = self.env["mail.compose.message"].with_user(self.vet).with_context(**context).create({})
        composer._action_send_mail()
        message = self.prescription.message_ids[0]
        self.assertEqual(message.partner_ids, self.owner.partner_id)
        self.assertIn(self.prescription.name, message.subject)
        self.assertEqual(message.attachment_ids.mapped("mimetype"), ["application/pdf"])


class TestPaperPrescription(PrescriptionCommon):
    """A photo or a scan of what was written on paper."""

    def setUp(self):
        super().setUp()
        self.prescription.kind = "paper"

    def test_paper_needs_a_photo(self):
        with self.assertRaisesRegex(UserError, "Add a photo of the paper"):
            self._sign()

    def test_photo_stands_in_the_pdf_upright(self):
        content = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6  # lying: to be turned by 90 degrees
        Image.new("RGB", (2000, 1500), "#aa2200").save(content, "JPEG", exif=exif)
        self._attach_photo(self.prescription, content.getvalue())
        self._sign()
        pages = pypdf.PdfReader(io.BytesIO(self.prescription.attachment_id.raw)).pages
        # Whole, on one page, on the shorter paper of America too.
        self.assertEqual(len(pages), 2)
        [image] = pages[1].images
        width, height = image.image.size
        self.assertAlmostEqual(width / height, 3 / 4, places=2)
        self.assertGreater(height, 1000)
        self.assertIn("As on the paper", " ".join(pages[0].extract_text().split()))

    def test_scan_is_put_behind_as_it_is(self):
        writer = pypdf.PdfWriter()
        for _page in range(2):
            writer.add_blank_page(300, 400)
        scan = io.BytesIO()
        writer.write(scan)
        self._attach_photo(self.prescription, scan.getvalue(), "scan.pdf")
        self._sign()
        pages = pypdf.PdfReader(io.BytesIO(self.prescription.attachment_id.raw)).pages
        self.assertEqual([int(page.mediabox.width) for page in pages][1:], [300, 300])
        self.assertIn("Page 3 of 3", pages[2].extract_text())

    def test_scan_that_cannot_be_read_is_refused_and_nothing_is_signed(self):
        self._attach_photo(self.prescription, b"%PDF-1.4\nnothing of a document", "scan.pdf")
        with mute_logger("pypdf._reader"), self.assertRaisesRegex(UserError, "scan of the paper cannot be read"):
            self._sign()

    def test_photo_that_cannot_be_read_is_refused_by_name(self):
        self._attach_photo(self.prescription, make_photo()[:300], "blurred.jpg")
        with self.assertRaisesRegex(UserError, "“blurred.jpg” cannot be read"):
            self._sign()

    def test_file_that_is_no_picture_is_refused_whatever_its_name(self):
        with self.assertRaisesRegex(UserError, "neither a picture"):
            self._attach_photo(self.prescription, b"<script>alert(1)</script>", "paper.jpg")

    def test_empty_or_too_large_file_is_refused(self):
        with self.assertRaisesRegex(UserError, "empty"):
            self._attach_photo(self.prescription, b"")
        with self.assertRaisesRegex(UserError, "larger than 20 MB"):
            self._attach_photo(self.prescription, bytes(20 * 1024**2 + 1))

    def test_photos_of_a_signed_one_stay(self):
        photo = self._attach_photo(self.prescription)
        self._sign()
        with self.assertRaisesRegex(UserError, "its files cannot be changed"):
            photo.sudo().unlink()
        with self.assertRaisesRegex(UserError, "is signed"):
            self._attach_photo(self.prescription)

    def test_photo_of_another_record_is_kept_as_a_copy(self):
        content = make_photo()
        photo = self.env["ir.attachment"].create(
            {"name": "p.jpg", "raw": content, "res_model": "vet.patient", "res_id": self.patient.id}
        )
        self.prescription.photo_ids = photo
        self._sign()
        kept = self.prescription.sudo().photo_ids
        photo.unlink()
        self.assertEqual((kept.res_model, kept.res_id), ("vet.prescription", self.prescription.id))
        self.assertEqual(kept.raw, content)
        with self.assertRaisesRegex(UserError, "its files cannot be changed"):
            kept.write({"raw": b"x"})

    def test_photos_uploaded_on_the_form_belong_to_the_prescription(self):
        photo = self.env["ir.attachment"].with_user(self.vet).create({"name": "p.jpg", "raw": make_photo()})
        self.prescription.photo_ids = photo
        self.assertEqual((photo.res_model, photo.res_id), ("vet.prescription", self.prescription.id))
