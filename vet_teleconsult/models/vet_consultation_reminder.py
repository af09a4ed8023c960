from datetime import timedelta

from odoo import api, fields, models

REMINDABLE_STATES = ("scheduled", "waiting")
REMINDERS_ONLY = "vet_reminders_only"  # context: look for reminders of consultations
DEFAULT_REMINDERS = (
    "vet_teleconsult.reminder_email_day",
    "vet_teleconsult.reminder_sms_day",
    "vet_teleconsult.reminder_email_quarter",
    "vet_teleconsult.reminder_sms_quarter",
)


class CalendarAlarm(models.Model):
    """A reminder of the calendar that is for the owner of a consultation, and for nobody else in the event."""

    _inherit = "calendar.alarm"

    # === FIELDS === #

    is_vet_reminder = fields.Boolean(
        string="Consultations: to the Owner",
        help="Sent to the owner, with their own link to the room, and to nobody else who takes part.",
    )
    mail_template_id = fields.Many2one(
        domain="[('model', '=', 'vet.consultation' if is_vet_reminder else 'calendar.attendee')]"
    )
    sms_template_id = fields.Many2one(
        domain="[('model', '=', 'vet.consultation' if is_vet_reminder else 'calendar.event')]"
    )

    # === COMPUTE METHODS === #

    @api.depends("is_vet_reminder")
    def _compute_mail_template_id(self):
        result = super()._compute_mail_template_id()
        self._use_template("mail_template_id", "email", "vet_teleconsult.mail_template_consultation_reminder")
        return result

    @api.depends("is_vet_reminder")
    def _compute_sms_template_id(self):
        result = super()._compute_sms_template_id()
        self._use_template("sms_template_id", "sms", "vet_teleconsult.sms_template_consultation_reminder")
        return result

    @api.onchange("is_vet_reminder")
    def _onchange_duration_interval(self):
        result = super()._onchange_duration_interval()
        if self.is_vet_reminder:
            self.name = self.env._("Owner: %(reminder)s", reminder=self.name)
        return result

    def _use_template(self, field_name, alarm_type, xml_id):
        """Choose the usual template of reminders to owners where none of consultations is chosen."""
        usual = self.env.ref(xml_id, raise_if_not_found=False)
        for alarm in self.filtered(lambda alarm: alarm.is_vet_reminder and alarm.alarm_type == alarm_type):
            if alarm[field_name].model != "vet.consultation":
                alarm[field_name] = usual


class CalendarAlarmManager(models.AbstractModel):
    _inherit = "calendar.alarm_manager"

    # === BUSINESS METHODS === #

    @api.model
    def _send_reminder(self):
        result = super()._send_reminder()
        self._send_vet_reminders()
        return result

    @api.model
    def _send_vet_reminders(self):
        """Remind owners of what is due since the scheduled action ran last."""
        looking = self.with_context(**{REMINDERS_ONLY: True})
        for alarm_type in ("email", "sms"):
            for alarm_id, event_ids in looking._get_events_by_alarm_to_notify(alarm_type).items():
                alarm = self.env["calendar.alarm"].browse(alarm_id)
                # sudo: the scheduled action's user
                events_sudo = self.env["calendar.event"].sudo().browse(event_ids)
                for consultation_sudo in events_sudo.vet_consultation_ids:
                    consultation_sudo._remind_owner(alarm)

    def _get_events_by_alarm_to_notify(self, alarm_type):
        events_by_alarm = super()._get_events_by_alarm_to_notify(alarm_type)
        alarms = self.env["calendar.alarm"].browse(events_by_alarm)
        are_wanted = bool(self.env.context.get(REMINDERS_ONLY))
        wanted = alarms.filtered(lambda alarm: alarm.is_vet_reminder == are_wanted)
        return {alarm.id: events_by_alarm[alarm.id] for alarm in wanted}


class VetConsultation(models.Model):
    """Owners are reminded of their appointment, as often as its type says."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _remind_owner(self, alarm):
        """Remind the owner, once for each time that the appointment has had.

        Note: self.ensure_one()

        :param calendar.alarm alarm: which of the type's reminders
        """
        self.ensure_one()
        due = self.scheduled_at - timedelta(minutes=alarm.duration_minutes)
        notices = self.notice_ids.filtered(lambda notice: notice.scheduled_at == self.scheduled_at)
        if self.state not in REMINDABLE_STATES or alarm in notices.alarm_id:
            return
        # Whoever has just been invited knows.
        if any(notice.sent_at > due for notice in notices if notice.kind != "reminder" and not notice.problem):
            return
        values = {"alarm_id": alarm.id}
        if self.scheduled_at <= fields.Datetime.now():
            # Odoo was away: the owner would be told of what has begun.
            self._create_notice("reminder", alarm.alarm_type, problem="late", **values)
        elif alarm.alarm_type == "sms":
            self._send_notice_sms("reminder", alarm.sms_template_id, **values)
        else:
            self._send_notice_mail("reminder", alarm.mail_template_id, **values)
