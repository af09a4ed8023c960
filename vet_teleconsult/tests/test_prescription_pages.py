import base64

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TeleconsultHttpCommon
from .prescription_common import PrescriptionCommon, make_photo, read_text


@tagged("post_install", "-at_install")
class TestPrescriptionInTheRoom(PrescriptionCommon, TeleconsultHttpCommon):
    """What a vet writes in the room, through its routes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.values = {
            "client_key": "key-1",
            "kind": "structured",
            "diagnosis": "Sprain",
            "note": "Rest",
            "weight": 5.5,
            "valid_until": "",
            "lines": [{**cls._prepare_line(), "repeats": 0, "is_antimicrobial": False}],
        }

    def _call(self, route, user=None, **params):
        user = user or self.vet
        self.authenticate(user.login, user.login)
        params.setdefault("consultation_id", self.consultation.id)
        answer = self.make_jsonrpc_request(f"/vet_teleconsult/prescription/{route}", params)
        self.env.invalidate_all()
        return answer

    def _save(self, **values):
        answer = self._call("save", values={**self.values, **values})
        self.assertNotIn("error", answer)
        return self.env["vet.prescription"].browse(answer["id"])

    def _refuse(self, route, **params):
        """Ask for what is refused.

        :return: the sentence
        """
        return self._call(route, **params)["error"]["message"]

    def test_draft_is_kept_with_all_that_was_typed(self):
        prescription = self._save()
        self.assertEqual(prescription.consultation_id, self.consultation)
        self.assertEqual((prescription.diagnosis, prescription.weight), ("Sprain", 5.5))
        self.assertEqual(prescription.line_ids.mapped("strength"), ["1.5 mg/ml"])
        self.assertEqual(prescription.vet_id, self.vet)
        self.assertTrue(prescription.valid_until)
        self.assertEqual((prescription.patient_name, prescription.species_id), ("Rex", self.species))

    def test_draft_that_is_sent_twice_is_one(self):
        self.assertEqual(self._save(), self._save(diagnosis="Sprained"))

    def test_draft_is_changed_by_its_number(self):
        prescription = self._save()
        again = self._save(id=prescription.id, client_key="key-2", lines=[{"name": "Rimadyl"}])
        self.assertEqual(again, prescription)
        self.assertEqual(prescription.line_ids.mapped("name"), ["Rimadyl"])

    def test_drugs_without_a_name_are_left_out(self):
        self.assertFalse(self._save(lines=[{"name": "  ", "dose": "1"}]).line_ids)

    def test_what_makes_no_sense_is_refused_in_words(self):
        line = self.values["lines"][0]
        refused = {
            "The weight is not a number": {"weight": "heavy"},
            "The weight is not": {"weight": -1},
            "The quantity is not a number": {"lines": [{**line, "quantity": True}]},
            "The number of repeats": {"lines": [{**line, "repeats": 1000}]},
            "makes no sense": {"valid_until": "soon"},
            "not complete": {"lines": "none"},
            "at most": {"lines": [line] * 51},
            "does not exist any more": {"id": 2**40},
        }
        for sentence, values in refused.items():
            with self.subTest(values=str(values)[:60]):
                self.assertIn(sentence, self._refuse("save", values={**self.values, **values}))

    def test_vet_signs_in_the_room_and_the_workspace_tells_it(self):
        prescription = self._save()
        answer = self._call("sign", prescription_id=prescription.id, name="Dr. Meier", license_number="BE-1")
        [told] = [each for each in answer["prescribing"]["prescriptions"] if each["id"] == prescription.id]
        self.assertEqual(told["state"], "signed")
        self.assertEqual(told["name"], f"{prescription.name} · Rex")
        workspace = self._ask("workspace", self.vet)
        self.assertIn(prescription.id, [each["id"] for each in workspace["prescribing"]["prescriptions"]])

    def test_refusal_to_sign_names_what_is_missing_and_keeps_the_draft(self):
        prescription = self._save(lines=[{"name": "Metacam"}])
        self.assertIn("Metacam: the dose", self._refuse("sign", prescription_id=prescription.id, name="Dr. Meier"))
        self.assertEqual(prescription.state, "draft")

    def test_vet_voids_in_the_room(self):
        prescription = self._sign(self._save())
        self._call("void", prescription_id=prescription.id, reason="Wrong dose")
        self.assertEqual(prescription.state, "voided")

    def test_vet_throws_a_draft_away_but_nothing_signed(self):
        draft, signed = self._save(), self._sign(self._save(client_key="key-2"))
        self._call("discard", prescription_id=draft.id)
        self.assertFalse(draft.exists())
        self.assertIn("cannot be deleted", self._refuse("discard", prescription_id=signed.id))

    def test_photo_of_the_paper_is_taken(self):
        prescription = self._save(kind="paper", lines=[])
        content = base64.b64encode(make_photo()).decode()
        answer = self._call("photo", prescription_id=prescription.id, name="paper.jpg", content=content)
        self.assertEqual(
            [photo["name"] for photo in answer["prescribing"]["prescriptions"][0]["photos"]], ["paper.jpg"]
        )
        self.assertIn("did not arrive", self._refuse("photo", prescription_id=prescription.id, name="x", content="%%%"))

    def test_prescription_of_another_consultation_is_not_reached(self):
        other = self._create_consultation(vet_id=self.vet.id)
        prescription = self._save()
        for route in ("sign", "void", "discard", "photo"):
            with self.subTest(route=route):
                answer = self._refuse(route, consultation_id=other.id, prescription_id=prescription.id)
                self.assertIn("does not exist", answer)

    def test_products_are_suggested_of_the_own_clinic(self):
        products = self.env["product.product"]
        products.create({"name": "Zymoxan tablets", "company_id": self.company.id})
        products.create({"name": "Zymoxan foreign", "company_id": self.other_company.id})
        found = self._call("products", term="zymox")["products"]
        self.assertEqual([product["name"] for product in found], ["Zymoxan tablets"])
        self.assertEqual(self._call("products", term="z")["products"], [])


@tagged("post_install", "-at_install")
class TestPrescriptionOnThePortal(PrescriptionCommon, TeleconsultHttpCommon):
    """What an owner sees: their own signed and void ones."""

    def _open(self, path, user=None):
        self.authenticate(user and user.login, user and user.login)
        with mute_logger("odoo.http"):
            return self.url_open(path, allow_redirects=False)

    @property
    def path(self):
        return f"/my/prescriptions/{self.prescription.id}"

    def test_owner_reads_it_and_opens_the_pdf(self):
        self._sign()
        page = self._open(self.path, self.owner)
        self.assertEqual(page.status_code, 200)
        for expected in (self.prescription.name, "Metacam (meloxicam), 1.5 mg/ml", "0.5 ml, once a day, 7 days"):
            self.assertIn(expected, page.text)
        pdf = self._open(f"{self.path}/pdf", self.owner)
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        self.assertIn(self.prescription.name, read_text(pdf.content))
        self.assertEqual(pdf.headers["Cache-Control"], "no-store")

    def test_bearer_of_the_cards_link_reads_it_without_a_login(self):
        self._sign()
        card = self.prescription.sudo()._get_chat_document("owner")
        self.assertEqual(self._open(card["url"]).status_code, 200)
        self.assertEqual(self._open(card["pdf_url"]).headers["Content-Type"], "application/pdf")

    def test_void_one_is_marked_on_page_and_pdf(self):
        self._sign()
        self.prescription._void("Wrong dose")
        page = self._open(self.path, self.owner)
        self.assertIn("This prescription is void.", page.text)
        self.assertIn("Wrong dose", page.text)
        self.assertIn("VOID", read_text(self._open(f"{self.path}/pdf", self.owner).content))

    def test_draft_is_shown_to_no_owner_not_even_with_its_token(self):
        token = self.prescription.sudo().access_token
        for path in (self.path, f"{self.path}/pdf"):
            for user, query in ((self.owner, ""), (None, f"?access_token={token}")):
                with self.subTest(path=path, user=user and user.login):
                    self.assertEqual(self._open(path + query, user).status_code, 303)

    def test_nobody_else_opens_it(self):
        self._sign()
        for user in (self.other_owner, self.receptionist, self.foreign_vet, None):
            for path in (self.path, f"{self.path}/pdf", f"{self.path}?access_token=wrong"):
                with self.subTest(user=user and user.login, path=path):
                    self.assertEqual(self._open(path, user).status_code, 303)

    def test_file_of_another_record_is_not_handed_out_as_the_pdf(self):
        self._sign()
        payroll = self.env["ir.attachment"].create(
            {
                "name": "payroll.pdf",
                "raw": b"%PDF-payroll",
                "res_model": "res.partner",
                "res_id": self.vet.partner_id.id,
            }
        )
        self.prescription._seal({"attachment_id": payroll.id})
        answer = self._open(f"{self.path}/pdf", self.owner)
        self.assertEqual(answer.status_code, 303)
        self.assertNotIn("payroll", answer.text)

    def test_page_names_the_account_where_another_name_was_typed(self):
        self._sign()
        page = self._open(self.path, self.owner).text
        self.assertRegex(page, r'data-test="account-name"[^>]*>Dr\. Meier<')

    def test_list_holds_own_signed_ones_alone(self):
        self._sign()
        draft = self._create_prescription()
        other = self._sign(self._create_prescription(self.other_patient))
        page = self._open("/my/prescriptions", self.owner).text
        self.assertIn(self.prescription.name, page)
        self.assertNotIn(f"/my/prescriptions/{draft.id}", page)
        self.assertNotIn(f"/my/prescriptions/{other.id}", page)

    def test_page_of_the_consultation_shows_what_was_prescribed(self):
        self._sign()
        page = self._open(f"/my/consultations/{self.consultation.id}", self.owner).text
        self.assertIn(self.prescription.access_url, page)

    def test_bearer_of_the_consultations_token_is_not_told_what_was_prescribed(self):
        self._sign()
        token = self.consultation._portal_ensure_token()
        page = self._open(f"/my/consultations/{self.consultation.id}?access_token={token}").text
        self.assertNotIn("Metacam", page)

    def test_page_says_that_the_validity_is_over(self):
        with freeze_time("2026-01-10 10:00:00"):
            prescription = self._sign(self._create_prescription())
        self.assertIn("Expired", self._open(prescription.access_url, self.owner).text)
