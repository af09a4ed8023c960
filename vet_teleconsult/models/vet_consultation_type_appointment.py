from odoo import api, fields, models

from .vet_consultation import OPEN_STATES
from .vet_consultation_reminder import DEFAULT_REMINDERS

MAIL_DOMAIN = [("model", "=", "vet.consultation")]


class VetConsultationType(models.Model):
    """What owners are sent about appointments of a type."""

    _inherit = "vet.consultation.type"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    invites_owners = fields.Boolean(
        string="Mail Appointments to Owners",
        default=True,
        groups="vet_teleconsult.group_veterinarian",
        help="Mail owners a new appointment, and its new time when it is moved, with a file for their calendar.",
    )
    invitation_template_id = fields.Many2one(
        "mail.template",
        string="Invitation Mail",
        ondelete="set null",
        domain=MAIL_DOMAIN,
        check_company=True,
        groups="vet_teleconsult.group_veterinarian",
        help="What the owner is mailed when an appointment is made. Empty: the clinic's usual mail.",
    )
    move_template_id = fields.Many2one(
        "mail.template",
        string="Mail of Another Time",
        ondelete="set null",
        domain=MAIL_DOMAIN,
        check_company=True,
        groups="vet_teleconsult.group_veterinarian",
        help="What the owner is mailed when an appointment is moved. Empty: the clinic's usual mail.",
    )
    reminder_ids = fields.Many2many(
        "calendar.alarm",
        string="Reminders to Owners",
        domain=[("is_vet_reminder", "=", True)],
        check_company=True,
        default=lambda self: self._get_default_reminders(),
        groups="vet_teleconsult.group_veterinarian",
        help="Each is sent once before an appointment, by mail or SMS, to the owner only.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_default_reminders(self):
        reminders = (self.env.ref(xml_id, raise_if_not_found=False) for xml_id in DEFAULT_REMINDERS)
        return self.env["calendar.alarm"].union(*filter(None, reminders))

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "reminder_ids" in vals:
            # sudo: appointments of every company that uses the type
            appointments_sudo = (
                self.env["vet.consultation"]
                .sudo()
                .search([("type_id", "in", self.ids), ("event_id", "!=", False), ("state", "in", OPEN_STATES)])
            )
            appointments_sudo._sync_events()
        return result
