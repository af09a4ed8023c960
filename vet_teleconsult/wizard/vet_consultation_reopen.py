from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date, format_time

OFFERED_DAYS = timedelta(days=14)
OFFERED_SLOTS = 12


class VetConsultationReopen(models.TransientModel):
    """Ask when a consultation is to take place whose time was given back, is over, or passed without its owner."""

    _name = "vet.consultation.reopen"
    _description = "Schedule a Consultation Again"

    consultation_id = fields.Many2one("vet.consultation", required=True, readonly=True, ondelete="cascade")
    is_move = fields.Boolean(readonly=True, help="Whether it is to take place anyway, at another time.")
    vet_id = fields.Many2one(related="consultation_id.vet_id")
    owner_name = fields.Char(related="consultation_id.partner_id.name")
    slot_ids = fields.One2many("vet.consultation.reopen.slot", "reopen_id", string="Free Times", readonly=True)
    slot_id = fields.Many2one(
        "vet.consultation.reopen.slot", string="Free Time", domain="[('reopen_id', '=', id)]", ondelete="set null"
    )
    scheduled_at = fields.Datetime(string="Takes Place", compute="_compute_scheduled_at", store=True, readonly=False)
    conflict = fields.Char(compute="_compute_warnings", help="What else the vet has then.")
    is_over = fields.Boolean(compute="_compute_warnings")
    is_outside_hours = fields.Boolean(compute="_compute_warnings", help="The clinic is closed then.")
    is_told = fields.Boolean(compute="_compute_is_told", help="Whether the owner is mailed the time.")

    # === COMPUTE METHODS === #

    @api.depends("consultation_id", "slot_id")
    def _compute_scheduled_at(self):
        for wizard in self:
            if wizard.slot_id:
                wizard.scheduled_at = wizard.slot_id.start
            elif not wizard.scheduled_at:
                wizard.scheduled_at = wizard._get_former_time()

    @api.onchange("scheduled_at")
    def _onchange_scheduled_at(self):
        if self.slot_id.start != self.scheduled_at:
            self.slot_id = False

    @api.depends("scheduled_at")
    @api.depends_context("uid", "lang", "tz")
    def _compute_warnings(self):
        for wizard in self:
            consultation, start = wizard.consultation_id._origin, wizard.scheduled_at
            consultation_type, company = consultation.type_id, consultation.company_id
            wizard.is_over = bool(start) and start <= fields.Datetime.now()
            wizard.conflict = bool(start) and consultation._describe_conflict(start=start)
            wizard.is_outside_hours = bool(start) and not consultation_type._is_open_at(start, company)

    @api.depends("consultation_id")
    def _compute_is_told(self):
        for wizard in self:
            consultation = wizard.consultation_id
            wizard.is_told = bool(consultation.type_id.invites_owners and consultation.partner_id.email)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.slot_ids = [Command.create({"start": slot["start"]}) for slot in wizard._find_slots()]
            if not wizard.scheduled_at:
                wizard.slot_id = wizard.slot_ids[:1]
        return wizards

    # === ACTION METHODS === #

    def action_confirm(self):
        """Schedule the consultation again, or at another time."""
        self.ensure_one()
        if not self.scheduled_at:
            raise UserError(self.env._("Choose when the consultation is to take place."))
        # What has become of it since the dialog was opened decides whether that still can be done.
        choose = self.consultation_id.action_reschedule if self.is_move else self.consultation_id.action_reopen
        choose(self.scheduled_at)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _get_former_time(self):
        """Give the time that the consultation had, if it is still to come and its vet has nothing else then.

        Note: self.ensure_one()

        :rtype: datetime | bool
        """
        self.ensure_one()
        consultation = self.consultation_id
        former = consultation.scheduled_at
        is_free = former and former > fields.Datetime.now() and not consultation._describe_conflict(start=former)
        return former if is_free else False

    def _find_slots(self):
        """Find the next times at which the vet of the consultation, or one of its type's, is free.

        Note: self.ensure_one()

        :rtype: list[dict]
        """
        self.ensure_one()
        consultation, now = self.consultation_id, fields.Datetime.now()
        consultation_type = consultation.type_id.with_company(consultation.company_id)
        slots = consultation_type._find_slots(now, now + OFFERED_DAYS, vet=consultation.vet_id or None)
        return slots[:OFFERED_SLOTS]


class VetConsultationReopenSlot(models.TransientModel):
    """A free time that the dialog suggests."""

    _name = "vet.consultation.reopen.slot"
    _description = "Free Time of a Consultation"
    _rec_name = "start"
    _order = "start, id"

    reopen_id = fields.Many2one("vet.consultation.reopen", required=True, readonly=True, index=True, ondelete="cascade")
    start = fields.Datetime(required=True, readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("start")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for slot in self:
            local = fields.Datetime.context_timestamp(slot, slot.start)
            day = format_date(self.env, local.date(), date_format="EEE d MMM")
            slot.display_name = f"{day}, {format_time(self.env, local.timetz(), time_format='short')}"
