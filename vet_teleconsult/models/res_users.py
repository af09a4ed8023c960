from odoo import fields, models

VET_FIELDS = ["vet_license_number", "vet_signature"]


class ResUsers(models.Model):
    """What a vet signs with."""

    _inherit = "res.users"

    vet_license_number = fields.Char(
        string="Licence Number", copy=False, help="Of the veterinarian, as it stands on prescriptions."
    )
    vet_signature = fields.Image(
        string="Handwritten Signature",
        copy=False,
        max_width=1024,
        max_height=1024,
        help="Drawn once, put on each prescription that you sign.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + VET_FIELDS

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + VET_FIELDS
