from odoo import fields, models


class MailMail(models.Model):
    """Mails to owners that fail: what they were to carry is noted as not delivered."""

    _inherit = "mail.mail"

    # === FIELDS === #

    vet_notice_ids = fields.One2many(
        "vet.consultation.notice", "mail_id", readonly=True, groups="vet_teleconsult.group_veterinarian"
    )

    # === BUSINESS METHODS === #

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if failure_type:
            self.env["vet.consultation.notice"]._note_failed_mails(self, failure_type)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
