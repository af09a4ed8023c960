from odoo import api, fields, models


class ResCompany(models.Model):
    """How owners come to a clinic's booking page."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    vet_booking_public = fields.Boolean(
        string="Booking without a Login",
        help="Whoever has the clinic's booking link can ask for a consultation. Owners with a login always can.",
    )
    vet_booking_url = fields.Char(string="Booking Link", compute="_compute_vet_booking_url")

    @api.depends("vet_booking_public")
    def _compute_vet_booking_url(self):
        for company in self:
            record = company._origin
            company.vet_booking_url = record.get_base_url() + f"/vet/book/{record.id}" if record.id else False
