from odoo import fields, models


class VetConsultationCancel(models.TransientModel):
    """Ask why a consultation is cancelled: the owner is told."""

    _name = "vet.consultation.cancel"
    _description = "Cancel Consultation"

    consultation_ids = fields.Many2many("vet.consultation", string="Consultations", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Cancel the consultations."""
        self.ensure_one()
        self.consultation_ids.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
