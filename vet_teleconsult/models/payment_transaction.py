from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # sudo: a payment settles an order, whoever may read it
            orders_sudo = self.sudo().sale_order_ids.filtered("vet_chat_id")
            # Odoo counts what is paid again only when another payment comes.
            orders_sudo.invalidate_recordset(["amount_paid"], flush=False)
            orders_sudo._notify_chat_documents()
        return result
