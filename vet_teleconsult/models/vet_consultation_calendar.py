from odoo import fields, models


class VetConsultation(models.Model):
    """The appointment in the vet's calendar, in step with the consultation."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    event_id = fields.Many2one(
        "calendar.event",
        string="Calendar Event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="vet_teleconsult.group_veterinarian",
    )
