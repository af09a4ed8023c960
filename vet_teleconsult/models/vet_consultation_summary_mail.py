from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.fields import Command

FAILED_STATUSES = ("exception", "bounce")
SENT_STATUSES = ("sent", "pending")


class VetConsultationSummary(models.Model):
    """The summary's mail to the owner: once by itself, and again only when a vet asks for it."""

    _inherit = "vet.consultation.summary"

    # === FIELDS === #

    mail_to_owner = fields.Boolean(readonly=True, help="Whether the owner gets it by mail as soon as it is ready.")
    mail_message_id = fields.Many2one(
        "mail.message",
        string="Mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The last one with which it went to the owner.",
    )
    mail_problem = fields.Char(readonly=True, copy=False, help="Why there is no mail.")
    mail_state = fields.Selection(
        [
            ("none", "Not mailed"),
            ("waiting", "Waits for the PDF"),
            ("sending", "Being sent"),
            ("sent", "Mailed"),
            ("failed", "Not delivered"),
        ],
        compute="_compute_mail_state",
    )
    mail_failure = fields.Char(compute="_compute_mail_state", help="Why the mail did not reach the owner.")

    # === COMPUTE METHODS === #

    @api.depends(
        "mail_to_owner",
        "mail_problem",
        "state",
        "partner_id",
        "mail_message_id.partner_ids",
        "mail_message_id.notification_ids.notification_status",
    )
    @api.depends_context("lang")
    def _compute_mail_state(self):
        for summary in self:
            # sudo: what became of the mail is for every vet who may read the summary
            notifications_sudo = summary.sudo().mail_message_id.notification_ids.filtered(
                lambda notification, summary=summary: notification.res_partner_id == summary.partner_id
            )
            failed_sudo = notifications_sudo.filtered(lambda found: found.notification_status in FAILED_STATUSES)
            statuses = set(notifications_sudo.mapped("notification_status"))
            summary.mail_failure = summary.mail_problem or (
                failed_sudo[:1].format_failure_reason() if failed_sudo else False
            )
            if summary.mail_problem or failed_sudo:
                summary.mail_state = "failed"
            elif summary._went_to_owner():
                summary.mail_state = "sent" if statuses & set(SENT_STATUSES) else "sending"
            else:
                summary.mail_state = "waiting" if summary.mail_to_owner and summary.state == "pending" else "none"

    # === ACTION METHODS === #

    def action_send(self):
        """Write a mail to the owner with the PDF, to be edited before it is sent."""
        self.ensure_one()
        self._check_ready()
        template = self._get_mail_template()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Summary"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id,
                "default_attachment_ids": self.attachment_id.ids,
                "default_partner_ids": self.partner_id.ids,
                "force_email": True,
            },
        }

    def action_retry_mail(self):
        """Send a mail again that did not reach the owner; one that did is never sent twice."""
        self.ensure_one()
        self.check_access("read")
        self._check_ready()
        # sudo: vets read summaries; what becomes of them is the system's
        summary_sudo = self.sudo()
        try:
            summary_sudo.lock_for_update()
        except LockError as error:
            raise ConcurrencyError(str(error)) from error
        summary_sudo.invalidate_recordset()
        if summary_sudo.mail_state != "failed":
            raise UserError(self.env._("This mail is on its way, or has arrived: there is nothing to send again."))
        mails_sudo = self.env["mail.mail"].sudo().search([("mail_message_id", "=", summary_sudo.mail_message_id.id)])
        failed_sudo = mails_sudo.filtered(lambda mail: summary_sudo.mail_message_id and mail.state == "exception")
        if failed_sudo:
            failed_sudo.mark_outgoing()
            failed_sudo.notification_ids.write({"notification_status": "ready", "failure_type": False})
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        else:
            # Odoo keeps no mail whose address was wrong: it is written anew, to the address that is there now.
            summary_sudo._mail_to_owner()
        return True

    # === BUSINESS METHODS === #

    def _went_to_owner(self):
        """Say whether a mail with it went to whoever owns the consultation now.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        # sudo: to whom it went, for whoever may read the summary
        recipients_sudo = self.sudo().mail_message_id.partner_ids
        return self.sudo().partner_id.commercial_partner_id in recipients_sudo.commercial_partner_id

    def _is_mailed_or_will_be(self):
        """Say whether a mail with it went to the owner, or goes as soon as it is ready.

        Note: self.ensure_one()

        :rtype: bool
        """
        self.ensure_one()
        return self._went_to_owner() or (self.mail_to_owner and self.state == "pending")

    def _get_mail_template(self):
        """Give the mail that the clinic has written for it: the type's own, or the usual one.

        Note: self.ensure_one()

        :rtype: mail.template
        """
        self.ensure_one()
        usual = self.env.ref("vet_teleconsult.mail_template_consultation_summary", raise_if_not_found=False)
        # sudo: whoever mails it, the type says how
        return self.sudo().consultation_id.type_id.summary_template_id or usual or self.env["mail.template"]

    def _mail_to_owner(self):
        """Mail the PDF to the owner, or note why that is not possible.

        Note: self.ensure_one(), with superuser rights
        """
        self.ensure_one()
        template = self._get_mail_template()
        if not self.partner_id.email:
            self.mail_problem = self.env._(
                "%(owner)s has no e-mail address. Enter it on the contact, then press Retry.",
                owner=self.partner_id.name,
            )
            self.consultation_id._ask_to_call_owner()
            return
        if not template:
            self.mail_problem = self.env._("There is no mail for summaries. Choose one on the type, then press Retry.")
            return
        self.mail_problem = False
        self.message_post_with_source(
            template,
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            attachment_ids=[Command.link(self.attachment_id.id)],
            email_layout_xmlid="mail.mail_notification_light",
            message_type="comment",
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self.partner_id in message.partner_ids and self.attachment_id in message.attachment_ids:
            # sudo: vets mail summaries and write nothing else of them
            self.sudo().write({"mail_message_id": message.id, "mail_problem": False})
        return result
