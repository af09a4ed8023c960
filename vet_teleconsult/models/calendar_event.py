from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .vet_consultation import OPEN_STATES
from .vet_consultation_calendar import IN_STEP, IS_IN_STEP

MOVABLE_STATES = ("scheduled", "waiting")
TIME_FIELDS = {"start", "stop", "duration", "allday", "start_date", "stop_date"}


class CalendarEvent(models.Model):
    """An event that is the appointment of a consultation: whoever moves it moves the consultation."""

    _inherit = "calendar.event"

    # === FIELDS === #

    vet_consultation_ids = fields.One2many(
        "vet.consultation",
        "event_id",
        string="Consultations",
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
    )
    vet_company_id = fields.Many2one(
        "res.company",
        string="Clinic",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Set where the event is the appointment of a consultation: only that clinic sees it.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if self.env.context.get(IN_STEP) is IS_IN_STEP:
            return super().write(vals)
        if vals.get("active") is False:
            self._check_no_appointment()
        changed = set(vals)  # Odoo takes some values out
        organizers = {event: event.user_id for event in self}
        result = super().write(vals)
        if (TIME_FIELDS | {"user_id"}) & changed:
            self._update_consultations(organizers)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_appointment(self):
        self._check_no_appointment()

    def _check_no_appointment(self):
        """Refuse to make an appointment disappear that the owner counts on."""
        if self.env.context.get(IN_STEP) is IS_IN_STEP:
            return
        # sudo: whoever deletes events need not have a right to read consultations
        for consultation_sudo in self.sudo().vet_consultation_ids:
            if consultation_sudo.state in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "This event is the appointment of %(consultation)s. Cancel the consultation instead: the owner "
                        "is told, and the event goes with it.",
                        consultation=consultation_sudo.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _update_consultations(self, organizers):
        """Bring consultations in step with their events: time, length and vet.

        :param dict organizers: who organized each event until now
        """
        for event in self:
            # sudo: found with more rights than it is changed with
            for consultation in event.sudo().vet_consultation_ids.sudo(self.env.su):
                changes = event._prepare_consultation_changes(consultation)
                if changes:
                    consultation.with_context(**{IN_STEP: IS_IN_STEP}).write(changes)
                    consultation.sudo().vet_id._note_booking()
                if "vet_id" in changes:
                    # sudo: whoever gives a private event away may not write it any more
                    event.sudo().with_context(**{IN_STEP: IS_IN_STEP}).partner_ids = [
                        Command.unlink(organizers[event].partner_id.id),
                        Command.link(event.user_id.partner_id.id),
                    ]

    def _prepare_consultation_changes(self, consultation):
        """Say what of a consultation differs from its event.

        Note: self.ensure_one()

        :param vet.consultation consultation: the event's
        :rtype: dict
        :raises UserError: when the consultation cannot be moved, or to a whole day
        """
        self.ensure_one()
        changes = {}
        if consultation.scheduled_at != self.start:
            changes["scheduled_at"] = self.start
        if consultation.scheduled_end != self.stop:
            changes["scheduled_duration"] = (self.stop - self.start).total_seconds() / 3600
        if changes and self.allday:
            raise UserError(self.env._("A consultation needs a time: it cannot take a whole day."))
        if changes and consultation.state not in MOVABLE_STATES:
            raise UserError(
                self.env._("%(consultation)s has begun or is over: it cannot be moved.", consultation=consultation.name)
            )
        if self.user_id and self.user_id != consultation.vet_id and consultation.state in MOVABLE_STATES:
            changes["vet_id"] = self.user_id.id
        return changes

    def _get_public_fields(self):
        # Odoo hides the other fields of a private event, also from what happens in the name of who may not see them.
        return super()._get_public_fields() | {"vet_company_id"}

    def _get_activity_excluded_models(self):
        # The consultation shows its appointment itself.
        return [*super()._get_activity_excluded_models(), "vet.consultation"]

    def _get_customer_description(self):
        description = super()._get_customer_description()
        if not self.vet_company_id or not self.videocall_location:
            return description
        link = Markup('<p><a href="%s">%s</a></p>') % (self.videocall_location, self.videocall_location)
        return Markup(description) + link


class CalendarAttendee(models.Model):
    """Owners are told of their appointments by the consultation, with a link of their own, and not by the calendar."""

    _inherit = "calendar.attendee"

    # === BUSINESS METHODS === #

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        ours = self.filtered("event_id.vet_company_id")
        # sudo: whoever moves an event need not have a right to read consultations
        staff = ours.filtered(
            lambda attendee: attendee.partner_id not in attendee.event_id.sudo().vet_consultation_ids.partner_id
        )
        if staff:
            # By the queue: a mail server that is slow holds up nobody who books.
            super(CalendarAttendee, staff)._notify_attendees(mail_template, notify_author=notify_author)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        if ours == self and self:
            return None
        return super(CalendarAttendee, self - ours)._notify_attendees(
            mail_template, notify_author=notify_author, force_send=force_send
        )
