from odoo import models


class CalendarPopoverDeleteWizard(models.TransientModel):
    _inherit = "calendar.popover.delete.wizard"

    # === ACTION METHODS === #

    def action_send_mail_and_delete(self):
        # Odoo mails first and deletes then: the owner would be told of a deletion that is refused.
        self.calendar_event_id._check_no_appointment()
        return super().action_send_mail_and_delete()
