from odoo import api, models
from odoo.exceptions import UserError

# Where an attachment stands is changed by nobody either: it would leave the record without it.
PLACE_FIELDS = {"res_model", "res_id", "res_field"}
KEPT_FIELDS = PLACE_FIELDS | {
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "name",
    "mimetype",
    "type",
    "url",
    "public",
}


class IrAttachment(models.Model):
    """What belongs to a signed prescription stays as it was signed: PDF, signature, photos of the paper."""

    _inherit = "ir.attachment"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        # Afterwards: the place may be a default value, such as a context's, which stands in no ``vals``.
        attachments._check_field_of_draft()
        return attachments

    def write(self, vals):
        if KEPT_FIELDS & vals.keys():
            self._check_not_signed()
        result = super().write(vals)
        if PLACE_FIELDS & vals.keys():
            self._check_field_of_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_not_signed()

    def _check_field_of_draft(self):
        """Refuse to put a file into the place of a signed prescription's field, such as its signature.

        :raises UserError: naming the prescription
        """
        # sudo: whether it is signed, whoever would put another signature into its place
        of_fields_sudo = self.sudo().filtered(
            lambda attachment: attachment.res_model == "vet.prescription" and attachment.res_field
        )
        if of_fields_sudo:
            numbers = of_fields_sudo.mapped("res_id")
            self.env["vet.prescription"].sudo().browse(numbers).exists()._check_draft()

    def _check_not_signed(self):
        """Refuse to change what was signed.

        :raises UserError: naming the prescription
        """
        # sudo: an attachment's place and its prescription, whoever tries to change it
        of_prescriptions_sudo = self.sudo().filtered(lambda attachment: attachment.res_model == "vet.prescription")
        if not of_prescriptions_sudo:
            return
        prescriptions_sudo = self.env["vet.prescription"].sudo().browse(of_prescriptions_sudo.mapped("res_id")).exists()
        for prescription_sudo in prescriptions_sudo.filtered(lambda prescription: prescription.state != "draft"):
            if of_prescriptions_sudo & prescription_sudo._get_kept_attachments():
                raise UserError(
                    self.env._(
                        "Prescription %(number)s is signed: its files cannot be changed.", number=prescription_sudo.name
                    )
                )
