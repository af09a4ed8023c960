from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.misc import clean_context

from .vet_consultation import OPEN_STATES

IN_STEP = "vet_consultation_in_step"  # context: the other side is being written, do not write it back
IS_IN_STEP = object()  # Nobody outside of this process can put it there, whatever a client sends as its context.
APPOINTMENT_FIELDS = {
    "scheduled_at",
    "scheduled_duration",
    "type_id",
    "mode",
    "vet_id",
    "partner_id",
    "patient_id",
    "company_id",
    "state",
}


class VetConsultation(models.Model):
    """The appointment in the vet's calendar, in step with the consultation.

    A consultation that is to take place later is an event, from when it is made until it is over; one that takes place
    at once is none. The event's link is neutral: it says which consultation, and opens it for nobody who may not
    enter anyway.
    """

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    scheduled_duration = fields.Float(
        string="Planned Duration (h)",
        compute="_compute_scheduled_duration",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    event_id = fields.Many2one(
        "calendar.event",
        string="Calendar Event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="vet_teleconsult.group_veterinarian",
    )
    join_url = fields.Char(
        compute="_compute_join_url",
        groups="vet_teleconsult.group_veterinarian",
        help="Leads whoever may enter to the room, and nobody else: safe in a calendar that others see.",
    )

    _scheduled_duration_positive = models.Constraint(
        "CHECK (scheduled_duration > 0)", "The planned duration must be longer than zero."
    )

    # === COMPUTE METHODS === #

    @api.depends("type_id")
    def _compute_scheduled_duration(self):
        for consultation in self:
            consultation.scheduled_duration = consultation.type_id.duration or consultation.scheduled_duration or 0.25

    def _compute_join_url(self):
        for consultation in self:
            record = consultation._origin
            consultation.join_url = f"{record.get_base_url()}/vet/join/{record.id}" if record.id else False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        consultations = super().create(vals_list)
        consultations._sync_events()
        return consultations

    def write(self, vals):
        if not APPOINTMENT_FIELDS & vals.keys():
            return super().write(vals)
        # sudo: events are private to the vet who holds the appointment
        # Of what is out of the calendar the owner is not told that it moved, but that it takes place.
        times = {each: each.scheduled_at for each in self if each.sudo().event_id.active}
        owners = {consultation: consultation.partner_id for consultation in times}
        result = super().write(vals)
        self._sync_events()
        for consultation, time in times.items():
            if consultation.partner_id != owners[consultation]:
                consultation._invite_owner()
            elif consultation.scheduled_at != time:
                consultation._tell_owner_of_move(time)
        return result

    def unlink(self):
        # sudo: as above
        events_sudo = self.sudo().event_id
        result = super().unlink()
        events_sudo.with_context(**{IN_STEP: IS_IN_STEP}).unlink()
        return result

    # === ACTION METHODS === #

    def action_open_event(self):
        """Open the appointment in the calendar."""
        self.ensure_one()
        return self._action_open(self.event_id)

    # === BUSINESS METHODS === #

    def _release_slot(self):
        result = super()._release_slot()
        self._archive_events()
        return result

    def _is_appointment(self):
        """Say whether the consultation has, or is to have, its place in a calendar.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        is_to_come = self.scheduled_at and self.scheduled_at > fields.Datetime.now()
        return bool(self.event_id or (self.state in OPEN_STATES and is_to_come))

    def _sync_events(self):
        """Make the events that are missing, and change those that differ."""
        if self.env.context.get(IN_STEP) is IS_IN_STEP:
            return
        # sudo: events are private to the vet who holds the appointment; whoever may change the consultation moves it
        for consultation_sudo in self.sudo():
            if consultation_sudo.state == "cancelled":
                consultation_sudo._archive_events()
            elif not consultation_sudo.event_id and consultation_sudo._is_appointment():
                consultation_sudo._create_event()
            elif consultation_sudo.event_id:
                consultation_sudo._update_event()

    def _create_event(self):
        """Put the appointment into the calendar, and invite vet and owner.

        Note: self.ensure_one()
        """
        self.ensure_one()
        self.vet_id._note_booking()
        context = {**clean_context(self.env.context), "skip_contact_description": True, "no_mail_to_attendees": True}
        events = self.env["calendar.event"].with_context(context)  # pylint: disable=context-overridden
        # Whom Odoo invites depends on the consultation that the event belongs to: first this link, then the mails.
        self.event_id = events.create(self._prepare_event_vals()).with_env(self.env)
        if not self.env.context.get("install_mode"):
            self.event_id.attendee_ids._send_invitation_emails()
        self._invite_owner()

    def _update_event(self):
        """Bring the event in step with the consultation.

        Note: self.ensure_one()
        """
        self.ensure_one()
        values = self._prepare_event_vals()
        event = self.event_id
        # What somebody was shown of a private event ("Busy") is no longer what is compared.
        event.invalidate_recordset()
        alarm_commands, attendee_commands = values.pop("alarm_ids"), self._prepare_attendee_commands()
        del values["partner_ids"]
        changes = {name: value for name, value in values.items() if _get_value(event[name]) != value}
        if attendee_commands:
            changes["partner_ids"] = attendee_commands
        if alarm_commands:
            changes["alarm_ids"] = alarm_commands
        is_to_come = self.state in OPEN_STATES and self.scheduled_at > fields.Datetime.now()
        if is_to_come and not event.active:
            changes["active"] = True
        if {"start", "stop", "user_id", "active"} & changes.keys():
            self.vet_id._note_booking()
        if changes:
            event.with_context(**{IN_STEP: IS_IN_STEP}).write(changes)
        if "active" in changes:
            self._invite_owner()

    def _prepare_event_vals(self):
        """Prepare the event of the appointment.

        The owner's name and the patient's are for those who take part: to everyone else the event shows as busy.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        return {
            "name": f"{self.patient_id.name} · {self.partner_id.name} · {self.type_id.name}",
            "start": self.scheduled_at,
            "stop": self.scheduled_end,
            "user_id": self.vet_id.id,
            "partner_ids": [Command.set((self.partner_id | self.vet_id.partner_id).ids)],
            "videocall_location": self.join_url if self.mode == "video" else False,
            "alarm_ids": self._prepare_alarm_commands(),
            "privacy": "private",
            "show_as": "busy",
            "vet_company_id": self.company_id.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _prepare_attendee_commands(self):
        """Exchange vet and owner, and leave in which colleagues the vet has invited besides.

        Note: self.ensure_one()

        :return: commands for ``calendar.event.partner_ids``; none when nothing is to change
        :rtype: list
        """
        self.ensure_one()
        event = self.event_id
        wanted = self.partner_id | self.vet_id.partner_id
        former = (event.partner_ids.filtered("partner_share") | event.user_id.partner_id) & event.partner_ids - wanted
        return [
            *(Command.unlink(partner.id) for partner in former),
            *(Command.link(partner.id) for partner in wanted - event.partner_ids),
        ]

    def _prepare_alarm_commands(self):
        """Exchange the reminders of the type, and leave alone what the vet has set for themselves.

        Note: self.ensure_one()

        :return: commands for ``calendar.event.alarm_ids``; none when nothing is to change
        :rtype: list
        """
        self.ensure_one()
        wanted, present = self.type_id.reminder_ids, self.event_id.alarm_ids
        return [
            *(Command.unlink(alarm.id) for alarm in present.filtered("is_vet_reminder") - wanted),
            *(Command.link(alarm.id) for alarm in wanted - present),
        ]

    def _archive_events(self):
        """Take what does not take place out of the calendars."""
        # sudo: as above
        events_sudo = self.sudo().event_id.filtered("active")
        if events_sudo:
            events_sudo.with_context(**{IN_STEP: IS_IN_STEP}).write({"active": False})


def _get_value(value):
    return value.id if isinstance(value, models.BaseModel) else value
