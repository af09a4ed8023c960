from odoo import fields, models


class VetPrescriptionVoid(models.TransientModel):
    """Ask why a prescription is void: the owner reads it."""

    _name = "vet.prescription.void"
    _description = "Void Prescription"

    prescription_id = fields.Many2one("vet.prescription", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Void the prescription."""
        self.ensure_one()
        self.prescription_id._void(self.reason)
        return {"type": "ir.actions.act_window_close"}
