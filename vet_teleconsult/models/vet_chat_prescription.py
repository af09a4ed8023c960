from odoo import fields, models


class VetChat(models.Model):
    """Prescriptions written in a chat."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    prescription_ids = fields.One2many(
        "vet.prescription", "chat_id", string="Prescriptions", groups="vet_teleconsult.group_veterinarian"
    )

    # === ACTION METHODS === #

    def action_continue_prescription(self):
        """Open the prescription that the current user has begun here and not signed, or else an empty one.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        consultation = self.consultation_ids.filtered(lambda consultation: consultation._is_open())[:1]
        draft = self.prescription_ids.filtered(
            lambda prescription: prescription.state == "draft" and prescription.vet_id == self.env.user
        )[:1]
        return {
            "type": "ir.actions.act_window",
            "name": draft.display_name or self.env._("New Prescription"),
            "res_model": "vet.prescription",
            "res_id": draft.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_patient_id": self.patient_id.id,
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_chat_id": self.id,
                "default_consultation_id": consultation.id,
            },
        }
