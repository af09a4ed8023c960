from odoo import api, fields, models


class VetConsultation(models.Model):
    """What was prescribed in a consultation."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    prescription_ids = fields.One2many(
        "vet.prescription", "consultation_id", string="Prescriptions", groups="vet_teleconsult.group_veterinarian"
    )
    prescription_count = fields.Integer(
        compute="_compute_prescription_count", groups="vet_teleconsult.group_veterinarian"
    )

    # === COMPUTE METHODS === #

    @api.depends("prescription_ids")
    def _compute_prescription_count(self):
        counts = dict(
            self.env["vet.prescription"]._read_group(
                [("consultation_id", "in", self.ids)], ["consultation_id"], ["__count"]
            )
        )
        for consultation in self:
            consultation.prescription_count = counts.get(consultation, 0)

    # === ACTION METHODS === #

    def action_view_prescriptions(self):
        """Open the consultation's prescriptions."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("vet_teleconsult.vet_prescription_action"),
            "domain": [("consultation_id", "=", self.id)],
            "context": self._get_prescription_defaults(),
        }

    def action_new_prescription(self):
        """Open the form of a new prescription in this consultation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Prescription"),
            "res_model": "vet.prescription",
            "view_mode": "form",
            "context": self._get_prescription_defaults(),
        }

    def _get_prescription_defaults(self):
        return {
            "default_consultation_id": self.id,
            "default_patient_id": self.patient_id.id,
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
        }

    # === BUSINESS METHODS === #

    def _get_prescribing(self):
        """Tell a vet in the room what was prescribed here, and what a new prescription begins with.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        patient, user = self.patient_id, self.env.user
        return {
            "prescriptions": [prescription._describe_for_room() for prescription in self.prescription_ids],
            "patient": {
                "name": patient.name,
                "species": patient.species_id.name,
                "age": patient.age or "",
                "weight": patient.weight,
                "allergies": patient.allergies or "",
                "is_food_animal": patient.is_food_animal,
            },
            "routes": self.env["vet.prescription.line"]._fields["route"]._description_selection(self.env),
            "signer": {
                "name": user.name,
                "license_number": user.vet_license_number or "",
                "has_signature": bool(user.vet_signature),
            },
        }
