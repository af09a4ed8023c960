from odoo import api, fields, models


class VetPatient(models.Model):
    """What was prescribed for a patient, and whether people eat of it."""

    _inherit = "vet.patient"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    is_food_animal = fields.Boolean(
        string="Food Animal",
        compute="_compute_is_food_animal",
        store=True,
        readonly=False,
        tracking=True,
        help="Prescriptions for it need a withdrawal period. Its species says so; a horse that was taken out of the "
        "food chain, or a pig kept as a pet, is none.",
    )
    prescription_ids = fields.One2many(
        "vet.prescription", "patient_id", string="Prescriptions", groups="vet_teleconsult.group_veterinarian"
    )
    prescription_count = fields.Integer(
        compute="_compute_prescription_count", groups="vet_teleconsult.group_veterinarian"
    )

    # === COMPUTE METHODS === #

    @api.depends("species_id")
    def _compute_is_food_animal(self):
        for patient in self:
            patient.is_food_animal = patient.species_id.is_food_animal

    @api.depends("prescription_ids")
    def _compute_prescription_count(self):
        counts = dict(
            self.env["vet.prescription"]._read_group([("patient_id", "in", self.ids)], ["patient_id"], ["__count"])
        )
        for patient in self:
            patient.prescription_count = counts.get(patient, 0)

    # === ACTION METHODS === #

    def action_view_prescriptions(self):
        """Open the patient's prescriptions."""
        return self._action_view(self.env._("Prescriptions"), "vet.prescription", "list,form")

    def action_new_prescription(self):
        """Open the form of a new prescription for this patient."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Prescription"),
            "res_model": "vet.prescription",
            "view_mode": "form",
            "context": {
                "default_patient_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
