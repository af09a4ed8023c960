from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # sudo: a payment settles an order, whoever may read it
            self.sudo().sale_order_ids.filtered("vet_chat_id")._notify_chat_documents()
        return result
