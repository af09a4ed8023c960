import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

VET_FIELDS = ["vet_license_number", "vet_signature"]


class ResUsers(models.Model):
    """What a vet signs with: each reads and changes their own, colleagues see nothing of it."""

    _inherit = "res.users"

    # Whoever manages users enters it for them; nobody but its vet draws a signature.
    vet_license_number = fields.Char(
        string="Licence Number",
        copy=False,
        groups="base.group_erp_manager",
        help="Of the veterinarian, as it stands on prescriptions.",
    )
    vet_signature = fields.Image(
        string="Handwritten Signature",
        copy=False,
        max_width=1024,
        max_height=1024,
        groups="base.group_system",
        help="Drawn once, put on each prescription that you sign.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + VET_FIELDS

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + VET_FIELDS

    # === CONSTRAINT METHODS === #

    @api.constrains("vet_signature")
    def _check_vet_signature(self):
        for user in self:
            # sudo: compared with what others keep, and shown to nobody
            user._check_signature_is_own(user.sudo().with_context(bin_size=False).vet_signature)

    # === BUSINESS METHODS === #

    def _check_signature_is_own(self, signature):
        """Refuse a drawn signature that another vet keeps, or has signed with: the same picture, to the byte.

        Note: self.ensure_one()

        :param bytes signature: base64 of an image; nothing is refused of none
        :raises ValidationError: saying what to do
        """
        self.ensure_one()
        if not signature:
            return
        # sudo: pictures of colleagues are compared, by their checksums, and shown to nobody
        attachments_sudo = self.env["ir.attachment"].sudo()
        same = Domain("checksum", "=", attachments_sudo._compute_checksum(base64.b64decode(signature)))
        kept = Domain("res_model", "=", "res.users") & Domain("res_field", "=", "vet_signature")
        used = Domain("res_model", "=", "vet.prescription") & Domain("res_field", "=", "signature")
        others = attachments_sudo.search(same & kept & Domain("res_id", "!=", self.id), limit=1)
        if not others:
            prescription_ids = attachments_sudo.search(same & used).mapped("res_id")
            prescriptions_sudo = self.env["vet.prescription"].sudo().browse(prescription_ids)
            others = prescriptions_sudo.filtered(lambda each: each.vet_id != self)
        if others:
            raise ValidationError(self.env._("This is another vet's signature. Draw your own, please."))
