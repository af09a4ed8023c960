from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # === COMPUTE METHODS === #

    def _compute_payment_state(self):
        super()._compute_payment_state()
        # sudo: an invoice that is paid settles its order, whoever may read that
        orders_sudo = self.sudo().filtered("id").invoice_line_ids.sale_line_ids.order_id
        orders_sudo.filtered("vet_chat_id")._notify_chat_documents()
