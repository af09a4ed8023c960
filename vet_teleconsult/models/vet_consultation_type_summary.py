from odoo import fields, models


class VetConsultationType(models.Model):
    """Whether owners get a summary by mail."""

    _inherit = "vet.consultation.type"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    mail_summary = fields.Boolean(
        string="Mail a Summary",
        help="When a consultation is finished, its owner gets a summary as a PDF: what was shared of the note, "
        "recommendations, next steps and prescriptions.",
    )
    summary_template_id = fields.Many2one(
        "mail.template",
        string="Summary Mail",
        ondelete="set null",
        domain=[("model", "=", "vet.consultation.summary")],
        check_company=True,
        groups="vet_teleconsult.group_veterinarian",
        help="With which mail. Empty: the clinic's usual one.",
    )
