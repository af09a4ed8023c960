from odoo import models


class SmsSms(models.Model):
    _inherit = "sms.sms"

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
