from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_amount

from ..tools.timeline import Source

PRESCRIPTION_TONES = {"signed": "good", "voided": "danger"}
QUOTE_TONES = {
    "sent": "warning",
    "expired": "danger",
    "signed": "good",
    "confirmed": "good",
    "paid": "good",
    "cancelled": "danger",
}
INVOICE_TONES = {
    "not_paid": "warning",
    "partial": "warning",
    "in_payment": "good",
    "paid": "good",
    "reversed": "neutral",
}
INVOICE_ORDER = "line_ids.sale_line_ids.order_id"


class VetTimeline(models.AbstractModel):
    """What was written for an owner: prescriptions, quotes, and the invoices that came of these."""

    _inherit = "vet.timeline"

    # === BUSINESS METHODS === #

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            # A draft is nothing that has happened.
            Source(
                "prescription",
                self.env._("Prescriptions"),
                "vet.prescription",
                "signed_at",
                self._describe_prescriptions,
                domain=Domain("state", "!=", "draft"),
                without=lambda consultation: Domain("consultation_id", "not in", consultation.ids),
                is_for_owners=True,
            ),
            Source(
                "quote",
                self.env._("Quotes"),
                "sale.order",
                "date_order",
                self._describe_quotes,
                patient="vet_patient_id",
                domain=Domain("vet_chat_id", "!=", False),
                owner_domain=Domain("state", "in", ("sent", "sale")),
                without=lambda consultation: Domain("vet_consultation_id", "not in", consultation.ids),
                is_for_owners=True,
                is_guarded=True,
            ),
            Source(
                "invoice",
                self.env._("Invoices"),
                "account.move",
                "invoice_date",
                self._describe_invoices,
                patient=f"{INVOICE_ORDER}.vet_patient_id",
                domain=Domain("move_type", "in", ("out_invoice", "out_refund"))
                & Domain("state", "=", "posted")
                & Domain(f"{INVOICE_ORDER}.vet_chat_id", "!=", False),
                without=lambda consultation: ~Domain(f"{INVOICE_ORDER}.vet_consultation_id", "in", consultation.ids),
                is_for_owners=True,
                is_guarded=True,
            ),
        ]

    def _describe_prescriptions(self, prescriptions, scope):
        """Describe signed and voided prescriptions, with their PDFs.

        :param vet.prescription prescriptions: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        return {
            prescription: {
                "title": self.env._("Prescription %(number)s", number=prescription.name),
                "about": prescription.vet_id.name or None,
                "detail": prescription.drugs or None,
                "patient": self._name_patient(prescription.patient_id, scope),
                "files": [self._describe_pdf(f"{prescription.name}.pdf", prescription._get_pdf_path())],
                **self._describe_state(prescription, PRESCRIPTION_TONES),
                **self._describe_place_in_odoo(prescription, scope, prescription.access_url),
            }
            for prescription in prescriptions
        }

    def _describe_quotes(self, orders, scope):
        """Describe quotes as their cards do.

        :param sale.order orders: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        entries = {}
        for order in orders:
            state, label = order._get_chat_state(scope.audience)
            entries[order] = {
                "title": self.env._("Quote %(number)s", number=order.name),
                "about": order.user_id.name or None,
                "detail": format_amount(self.env, order.amount_total, order.currency_id),
                "patient": self._name_patient(order.vet_patient_id, scope),
                "state": state,
                "state_label": label,
                "tone": QUOTE_TONES.get(state, "neutral"),
                **self._describe_place_in_odoo(order, scope, order.access_url),
            }
        return entries

    def _describe_invoices(self, moves, scope):
        """Describe invoices and credit notes, and what is paid of them.

        :param account.move moves: with superuser rights
        :param Scope scope: who reads
        :rtype: dict
        """
        titles = dict(moves._fields["move_type"]._description_selection(self.env))
        return {
            move: {
                "title": f"{titles[move.move_type]} {move.name}",
                "detail": format_amount(self.env, move.amount_total, move.currency_id),
                "patient": self._name_patient(move.line_ids.sale_line_ids.order_id.vet_patient_id[:1], scope),
                **self._describe_state(move, INVOICE_TONES, "payment_state"),
                **self._describe_place_in_odoo(move, scope, f"/my/invoices/{move.id}"),
            }
            for move in moves
        }
