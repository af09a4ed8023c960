from odoo import fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    # === FIELDS === #

    vet_notice_ids = fields.One2many(
        "vet.consultation.notice", "sms_id", readonly=True, groups="vet_teleconsult.group_veterinarian"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "error":
            # sudo: the queue of SMS is run by whoever wakes it
            self.sudo().vet_notice_ids._follow_up()
        return result

    # === BUSINESS METHODS === #

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Send each company's SMS by its own provider and account.

        The queue hands over everything that waits at once (`_process_queue`), for which Odoo expects one company.
        """
        if self.env.context.get("sms_api"):
            return super()._send(unlink_failed, unlink_sent, raise_exception)
        for sms_api, batch in self._split_by_api():
            super(SmsSms, batch.with_context(sms_api=sms_api))._send(unlink_failed, unlink_sent, raise_exception)
        return None
