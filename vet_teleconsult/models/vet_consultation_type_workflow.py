from odoo import fields, models

from .vet_consultation_no_show import MISSABLE_STATES


class VetConsultationType(models.Model):
    """What the type says about consultations that do not take place."""

    _inherit = "vet.consultation.type"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    cancel_template_id = fields.Many2one(
        "mail.template",
        string="Cancellation Mail",
        ondelete="set null",
        domain=[("model", "=", "vet.consultation")],
        check_company=True,
        groups="vet_teleconsult.group_veterinarian",
        help="What the owner is mailed when a consultation of this type is cancelled. Empty: the clinic's usual mail.",
    )
    no_show_after = fields.Integer(
        string="Propose a No-Show After (min)",
        default=15,
        required=True,
        help="How long after the appointment an owner who has not come is proposed as a no-show. 0: never.",
    )

    _no_show_after_not_negative = models.Constraint(
        "CHECK (no_show_after >= 0)", "The minutes until a no-show is proposed cannot be negative. Enter 0 for never."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "no_show_after" in vals:
            # sudo: consultations of every company that uses the type
            expected = (
                self.env["vet.consultation"]
                .sudo()
                .search([("type_id", "in", self.ids), ("state", "in", MISSABLE_STATES)])
            )
            expected._withdraw_no_show()
            expected._plan_no_show()
        return result
