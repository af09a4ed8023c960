from odoo import api, fields, models


class VetPrescriptionSign(models.TransientModel):
    """Ask for the signature: name, licence number, and a drawing if the vet likes."""

    _name = "vet.prescription.sign"
    _description = "Sign Prescription"

    prescription_id = fields.Many2one("vet.prescription", required=True, readonly=True)
    name = fields.Char(string="Your Name", required=True, default=lambda self: self.env.user.name)
    license_number = fields.Char(required=True, default=lambda self: self.env.user.vet_license_number)
    has_license = fields.Boolean(
        compute="_compute_has_license", help="Whether your own record has a licence number: it is the one that counts."
    )
    signature = fields.Image(
        string="Handwritten Signature",
        max_width=1024,
        max_height=1024,
        default=lambda self: self.env.user.vet_signature,
        help="Optional: your name, the time and your licence number stand on the prescription in any case.",
    )
    keep_signature = fields.Boolean(string="Keep this signature for the next prescriptions")

    @api.depends_context("uid")
    def _compute_has_license(self):
        self.has_license = bool(self.env.user.vet_license_number)

    def action_confirm(self):
        """Sign."""
        self.ensure_one()
        signature = self.with_context(bin_size=False).signature
        if self.keep_signature and signature:
            self.env.user.vet_signature = signature
        self.prescription_id._sign(self.name, self.license_number, signature)
        return {"type": "ir.actions.act_window_close"}
