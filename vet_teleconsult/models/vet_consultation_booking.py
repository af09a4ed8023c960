from odoo import api, fields, models


class VetConsultation(models.Model):
    """The booking that a consultation came of."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    booking_ids = fields.One2many(
        "vet.booking", "consultation_id", string="Bookings", groups="vet_teleconsult.group_veterinarian"
    )
    booking_id = fields.Many2one(
        "vet.booking", compute="_compute_booking_id", groups="vet_teleconsult.group_veterinarian"
    )
    red_flags = fields.Text(
        compute="_compute_booking_id",
        groups="vet_teleconsult.group_veterinarian",
        help="What the owner answered with yes when they were asked the emergency questions.",
    )

    # === COMPUTE METHODS === #

    @api.depends("booking_ids.answers")
    def _compute_booking_id(self):
        for consultation in self:
            consultation.booking_id = consultation.booking_ids[:1]
            consultation.red_flags = consultation.booking_id.red_flags

    # === BUSINESS METHODS === #

    def _get_red_flags(self):
        """List what the owner answered with yes when they were asked the emergency questions.

        Note: self.ensure_one()

        :rtype: list[str]
        """
        self.ensure_one()
        return (self.red_flags or "").splitlines()

    # === ACTION METHODS === #

    def action_view_booking(self):
        """Open what the owner entered when they booked."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "vet.booking",
            "res_id": self.booking_id.id,
            "view_mode": "form",
        }
