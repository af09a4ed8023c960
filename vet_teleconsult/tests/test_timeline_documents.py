from datetime import date

from odoo.tests import tagged

from .test_quote import QuoteCommon


@tagged("post_install", "-at_install")
class TestTimelineDocuments(QuoteCommon):
    """Prescriptions, quotes and invoices in a patient's timeline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner.partner_id.email = "anna@example.com"

    def _get_entries(self, kind, user=None, audience="vet", record=None):
        page = (record or self.patient).with_user(user or self.vet)._get_timeline(audience, kinds=[kind])
        return page["entries"]

    def _get_owner_entries(self, kind, user=None):
        return self._get_entries(kind, user or self.owner, "owner")

    def _prescribe(self, **values):
        return (
            self.env["vet.prescription"]
            .with_user(self.vet)
            .create(
                {
                    "patient_id": self.patient.id,
                    "consultation_id": self.consultation.id,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "Meloxicam",
                                "strength": "1.5 mg/ml",
                                "dose": "0.1 mg/kg",
                                "route": "oral",
                                "frequency": "once a day",
                                "duration": "5 days",
                                "quantity": 1.0,
                            },
                        )
                    ],
                    **values,
                }
            )
        )

    def _sign(self, prescription):
        self.vet.sudo().vet_license_number = "BE-12345"
        prescription._sign("Dr. Meier", "BE-12345")
        return prescription

    def test_signed_prescription_stands_with_its_drugs_and_its_pdf(self):
        prescription = self._sign(self._prescribe())
        for entries in (self._get_entries("prescription"), self._get_owner_entries("prescription")):
            (entry,) = entries
            self.assertIn(prescription.name, entry["title"])
            self.assertEqual((entry["detail"], entry["tone"]), ("Meloxicam", "good"))
            self.assertEqual(entry["files"][0]["url"], f"/my/prescriptions/{prescription.id}/pdf")

    def test_draft_of_a_prescription_has_not_happened_yet(self):
        self._prescribe()
        self.assertEqual(self._get_entries("prescription") + self._get_owner_entries("prescription"), [])

    def test_voided_prescription_stays_and_says_so(self):
        prescription = self._sign(self._prescribe())
        prescription._void("Wrong dose")
        (entry,) = self._get_owner_entries("prescription")
        self.assertEqual((entry["state"], entry["tone"]), ("voided", "danger"))

    def test_other_owners_see_no_prescription(self):
        self._sign(self._prescribe())
        self.patient.owner_ids |= self.other_owner.partner_id
        self.assertEqual(self._get_owner_entries("prescription", self.other_owner), [])

    def test_quote_stands_with_its_amount_and_how_it_stands(self):
        order = self._send(self._make_quote())
        (entry,) = self._get_entries("quote")
        self.assertEqual((entry["id"], entry["state"], entry["about"]), (order.id, "sent", "Dr. Meier"))
        self.assertIn("120.00", entry["detail"])
        self.assertEqual(entry["record"], {"model": "sale.order", "id": order.id})

    def test_owner_sees_a_quote_once_it_is_sent(self):
        order = self._make_quote()
        self.assertEqual(self._get_owner_entries("quote"), [])
        self._send(order)
        (entry,) = self._get_owner_entries("quote")
        self.assertEqual((entry["id"], entry["url"]), (order.id, f"/my/orders/{order.id}"))

    def test_other_owners_see_no_quote(self):
        self._send(self._make_quote())
        self.patient.owner_ids |= self.other_owner.partner_id
        self.assertEqual(self._get_owner_entries("quote", self.other_owner), [])

    def test_an_order_that_is_of_no_chat_is_no_entry(self):
        self.env["sale.order"].create({"partner_id": self.owner.partner_id.id, "company_id": self.company.id})
        present = self._create_consultation(state="in_progress")
        self.assertEqual(self._get_entries("quote", record=present), [])

    def test_history_leaves_out_the_quotes_of_the_present_consultation(self):
        self._send(self._make_quote(self.consultation))
        earlier = self._send(self._make_quote())
        self.assertEqual([entry["id"] for entry in self._get_entries("quote", record=self.consultation)], [earlier.id])

    def test_vets_of_another_clinic_find_no_quote(self):
        self._send(self._make_quote())
        patient = self._create_patient("Fern", self.owner.partner_id, self.other_company)
        present = self._create_consultation(patient, state="in_progress")
        self.assertEqual(self._get_entries("quote", self.foreign_vet, record=present), [])
        self.assertEqual(self._get_entries("invoice", self.foreign_vet, record=present), [])

    def _invoice(self, order):
        """Invoice an order, as the accountant does."""
        order = order.sudo().with_company(self.company)
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        order.action_confirm()
        order.order_line.qty_delivered = 1.0
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 5, 1)
        invoice.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        return invoice

    def test_invoice_of_a_quote_stands_with_what_is_open_on_its_day_everywhere(self):
        invoice = self._invoice(self._send(self._make_quote()))
        for entries in (self._get_entries("invoice"), self._get_owner_entries("invoice")):
            (entry,) = entries
            self.assertEqual((entry["id"], entry["state"], entry["tone"]), (invoice.id, "not_paid", "warning"))
            self.assertIn(invoice.name, entry["title"])
            self.assertEqual(entry["date"], "2026-05-01T12:00:00Z")
        self.assertEqual(entry["url"], f"/my/invoices/{invoice.id}")

    def test_pages_pass_over_invoices_of_one_day(self):
        invoices = [self._invoice(self._send(self._make_quote())) for _number in range(2)]
        timeline = self.patient.with_user(self.vet)
        first = timeline._get_timeline("vet", kinds=["invoice"], limit=1)
        second = timeline._get_timeline("vet", before=first["next"], kinds=["invoice"], limit=1)
        self.assertEqual(
            [entry["id"] for page in (first, second) for entry in page["entries"]], [invoices[1].id, invoices[0].id]
        )
        self.assertIsNone(second["next"])
