from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    patient_ids = fields.Many2many(
        "vet.patient",
        "vet_patient_owner_rel",
        "partner_id",
        "patient_id",
        string="Patients",
        readonly=True,
        groups="vet_teleconsult.group_veterinarian",
    )
    patient_count = fields.Integer(compute="_compute_patient_count", groups="vet_teleconsult.group_veterinarian")
    consultation_count = fields.Integer(
        compute="_compute_consultation_count", groups="vet_teleconsult.group_veterinarian"
    )

    chat_count = fields.Integer(compute="_compute_chat_count", groups="vet_teleconsult.group_veterinarian")

    def _compute_patient_count(self):
        for partner in self:
            partner.patient_count = len(partner.patient_ids)

    def _compute_consultation_count(self):
        counts = dict(
            self.env["vet.consultation"]._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        )
        for partner in self:
            partner.consultation_count = counts.get(partner, 0)

    def _compute_chat_count(self):
        counts = dict(self.env["vet.chat"]._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"]))
        for partner in self:
            partner.chat_count = counts.get(partner, 0)

    def action_view_patients(self):
        """Open the owner's animals."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Patients"),
            "res_model": "vet.patient",
            "view_mode": "kanban,list,form",
            "domain": [("owner_ids", "in", self.ids)],
            "context": {"default_partner_id": self.id},
        }

    def action_view_consultations(self):
        """Open the owner's consultations."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Consultations"),
            "res_model": "vet.consultation",
            "view_mode": "list,kanban,calendar,form",
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_view_chats(self):
        """Open the owner's chats."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Chats"),
            "res_model": "vet.chat",
            "view_mode": "list,kanban,form",
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_new_chat(self):
        """Begin a chat about the owner's animal, and open it; of several animals, ask which."""
        self.ensure_one()
        patients = self.patient_ids.filtered("active")
        if len(patients) == 1:
            return self.env["vet.chat"]._begin_by_clinic(patients, self).action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Chat"),
            "res_model": "vet.chat",
            "view_mode": "form",
            "context": {"default_partner_id": self.id, "default_vet_id": self.env.uid},
        }
