from odoo import api, fields, models


class VetConsultationCancel(models.TransientModel):
    """Ask why a consultation is cancelled: the owner is told."""

    _name = "vet.consultation.cancel"
    _description = "Cancel Consultation"

    consultation_ids = fields.Many2many("vet.consultation", string="Consultations", required=True, readonly=True)
    reason = fields.Text(required=True)
    told_names = fields.Char(compute="_compute_names", help="Owners who are mailed.")
    not_told_names = fields.Char(compute="_compute_names", help="Owners without an e-mail address.")

    @api.depends("consultation_ids")
    def _compute_names(self):
        for wizard in self:
            owners = wizard.consultation_ids.partner_id
            told = owners.filtered("email")
            wizard.told_names = ", ".join(told.mapped("name"))
            wizard.not_told_names = ", ".join((owners - told).mapped("name"))

    def action_confirm(self):
        """Cancel the consultations."""
        self.ensure_one()
        self.consultation_ids.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
