import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

PROBLEMS = [
    ("no_address", "No e-mail address"),
    ("bad_address", "Wrong e-mail address"),
    ("no_mobile", "No mobile number"),
    ("no_template", "No template"),
    ("link", "The owner's link is revoked or expired"),
    ("late", "Too late"),
    ("limit", "Too many mails to this address today"),
]


class VetConsultationNotice(models.Model):
    """What an owner was sent about an appointment, and what became of it: once each, and for everyone to see."""

    _name = "vet.consultation.notice"
    _description = "Notice of an Appointment"
    _order = "sent_at desc, id desc"
    _check_company_auto = True

    # === FIELDS === #

    consultation_id = fields.Many2one(
        "vet.consultation", required=True, readonly=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="consultation_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="consultation_id.partner_id", string="Owner")
    patient_id = fields.Many2one(related="consultation_id.patient_id")
    kind = fields.Selection(
        [
            ("confirmation", "Request"),
            ("invitation", "Invitation"),
            ("move", "Another Time"),
            ("reminder", "Reminder"),
        ],
        required=True,
        readonly=True,
    )
    channel = fields.Selection([("email", "E-mail"), ("sms", "SMS")], required=True, readonly=True)
    alarm_id = fields.Many2one("calendar.alarm", string="Reminder", readonly=True, ondelete="set null", index=True)
    scheduled_at = fields.Datetime(string="Of the Appointment At", required=True, readonly=True)
    sent_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    recipient = fields.Char(readonly=True, help="Address or number at that time.")
    problem = fields.Selection(PROBLEMS, readonly=True, help="Why nothing was sent.")
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", index="btree_not_null")
    sms_id = fields.Many2one("sms.sms", readonly=True, ondelete="set null", index="btree_not_null")
    state = fields.Selection(
        [("outgoing", "On its way"), ("sent", "Sent"), ("failed", "Not delivered"), ("skipped", "Not sent")],
        compute="_compute_state",
        search="_search_state",
        compute_sudo=True,
    )

    _reminder_once = models.UniqueIndex(
        "(consultation_id, alarm_id, scheduled_at) WHERE kind = 'reminder'",
        "This reminder of the appointment was sent already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("problem", "mail_id.state", "sms_id.state")
    def _compute_state(self):
        # Mails and SMS that were delivered are deleted.
        states = {
            "outgoing": "outgoing",
            "process": "outgoing",
            "exception": "failed",
            "error": "failed",
            "cancel": "failed",
            "canceled": "failed",
        }
        for notice in self:
            carrier_state = notice.mail_id.state or notice.sms_id.state
            notice.state = "skipped" if notice.problem else states.get(carrier_state, "sent")

    @api.depends("kind", "channel")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for notice in self:
            notice.display_name = f"{kinds.get(notice.kind)} · {channels.get(notice.channel)}"

    # === ACTION METHODS === #

    def action_retry(self):
        """Send again what was not delivered."""
        self.check_access("read")
        for notice in self:
            if notice.state != "failed":
                raise UserError(self.env._("Only what was not delivered can be sent again."))
            # sudo: whoever may read the consultation has its owner told, without a right to edit mails and SMS
            notice_sudo = notice.sudo()
            if notice_sudo.mail_id:
                notice_sudo.mail_id.mark_outgoing()
            else:
                notice_sudo.sms_id.action_set_outgoing()
        self._wake_queues()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _wake_queues(self):
        """Have mails and SMS sent now; what waits in their queues is sent once, also when this server stops."""
        for queue in ("mail.ir_cron_mail_scheduler_action", "sms.ir_cron_sms_scheduler_action"):
            # sudo: whoever has something sent may not edit scheduled actions
            self.env.ref(queue).sudo()._trigger()


class VetConsultation(models.Model):
    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - NOTICES === #

    def _send_notice_mail(self, kind, template, **values):
        """Mail the owner by a template, with the appointment for their calendar, and remember it.

        The mail belongs to no record, so that the owner's link stands among nobody's messages.

        Note: self.ensure_one()

        :param str kind: of the notice
        :param mail.template template: of consultations; may be none
        :param values: further values of the notice
        :rtype: vet.consultation.notice
        """
        self.ensure_one()
        email = self.partner_id.email
        problem = self._get_notice_problem() or (not email and "no_address") or (not template and "no_template")
        mail = self.env["mail.mail"]
        if not problem:
            calendar_file = self._attach_calendar_file()
            mail_id = template.with_env(self.sudo().env).send_mail(
                self.id, email_values={"model": False, "res_id": False, "attachment_ids": calendar_file.ids}
            )
            mail = mail.browse(mail_id)
        return self._create_notice(kind, "email", recipient=email, problem=problem, mail_id=mail.id, **values)

    def _attach_calendar_file(self, method="REQUEST"):
        """Make a file of the appointment, to be mailed to the owner.

        It is deleted with the mail (`mail.message.unlink`), and until then nobody's but the system's to read.

        Note: self.ensure_one()

        :param str method: as of :meth:`_get_owner_calendar_file`
        :rtype: ir.attachment
        """
        self.ensure_one()
        # sudo: whoever has the owner told needs no right on what they are told
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "invite.ics",
                    "mimetype": f"text/calendar; method={method}; charset=utf-8",
                    "datas": base64.b64encode(self._get_owner_calendar_file(method)),
                    "res_model": "mail.message",
                    "res_id": 0,
                }
            )
        )

    def _attach_cancellation(self):
        """Make a file that takes the appointment out of the owner's calendar.

        Note: self.ensure_one()

        :return: none where there was no appointment
        :rtype: ir.attachment
        """
        self.ensure_one()
        if not self.event_id:
            return self.env["ir.attachment"]
        self.invitation_sequence += 1
        return self._attach_calendar_file("CANCEL")

    def _send_notice_sms(self, kind, template, **values):
        """Send the owner an SMS by a template, and remember it.

        The SMS belongs to no message, so that the owner's link stands among nobody's.

        Note: self.ensure_one()

        :param str kind: of the notice
        :param sms.template template: of consultations; may be none
        :param values: further values of the notice
        :rtype: vet.consultation.notice
        """
        self.ensure_one()
        number = self.partner_id._get_vet_mobile()
        problem = self._get_notice_problem() or (not number and "no_mobile") or (not template and "no_template")
        # sudo: as for mails
        sms = self.env["sms.sms"].sudo()
        if not problem:
            text = template.with_env(self.sudo().env)._render_field("body", self.ids, compute_lang=True)[self.id]
            sms = sms.create(
                {
                    "number": number,
                    "body": text,
                    "partner_id": self.partner_id.id,
                    "record_company_id": self.company_id.id,
                }
            )
        return self._create_notice(kind, "sms", recipient=number, problem=problem, sms_id=sms.id, **values)

    def _get_notice_problem(self):
        """Say why the owner cannot be told anything at present.

        Note: self.ensure_one()

        :rtype: str | None
        """
        self.ensure_one()
        return "link" if self.mode == "video" and self.link_state != "valid" else None

    def _create_notice(self, kind, channel, **values):
        # sudo: what the system remembers of what it sent
        notice = (
            self.env["vet.consultation.notice"]
            .sudo()
            .create(
                {
                    "consultation_id": self.id,
                    "kind": kind,
                    "channel": channel,
                    "scheduled_at": self.scheduled_at,
                    **values,
                }
            )
        )
        notice._wake_queues()
        notice._follow_up()
        return notice
