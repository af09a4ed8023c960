from odoo import api, fields, models


class VetConsultationHandOver(models.TransientModel):
    """Ask which colleague goes on with consultations."""

    _name = "vet.consultation.hand.over"
    _description = "Hand Over Consultations"

    consultation_ids = fields.Many2many("vet.consultation", string="Consultations", required=True, readonly=True)
    colleague_ids = fields.Many2many("res.users", string="Who Can Hold Them", compute="_compute_colleague_ids")
    user_id = fields.Many2one(
        "res.users", string="Colleague", required=True, domain="[('id', 'in', colleague_ids)]", ondelete="cascade"
    )
    conflict = fields.Text(compute="_compute_conflict", help="What else the colleague has at the times of each.")

    @api.depends("consultation_ids")
    def _compute_colleague_ids(self):
        for wizard in self:
            colleagues = self.env["res.users"].browse()
            for position, consultation in enumerate(wizard.consultation_ids):
                can_hold = consultation._get_colleagues() - consultation.vet_id
                colleagues = colleagues & can_hold if position else can_hold
            wizard.colleague_ids = colleagues

    @api.depends("consultation_ids", "user_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_conflict(self):
        for wizard in self:
            conflicts = (
                (consultation.display_name, consultation._describe_conflict(vet=wizard.user_id))
                for consultation in wizard.consultation_ids._origin
            )
            wizard.conflict = "\n".join(
                f"{name}: {conflict}" for name, conflict in conflicts if wizard.user_id and conflict
            )

    def action_confirm(self):
        """Hand the consultations over."""
        self.ensure_one()
        self.consultation_ids.action_hand_over(self.user_id.id)
        return {"type": "ir.actions.act_window_close"}
