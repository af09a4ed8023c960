from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_amount, format_date

TITLE_LINES = 2  # of a quote, named on its card
PAID_STATES = ("paid", "in_payment")
# What a card shows of an order, besides its amount.
SHOWN_FIELDS = {"state", "signed_on", "signature", "validity_date", "order_line", "name", "partner_id", "vet_chat_id"}


class SaleOrder(models.Model):
    """A quote that a vet makes from a consultation or a chat: Odoo's own, shown in the thread with its state."""

    _name = "sale.order"
    _inherit = ["sale.order", "vet.chat.document.mixin"]

    # === FIELDS === #

    vet_consultation_id = fields.Many2one(
        "vet.consultation",
        string="Consultation",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="From which the quote was made.",
    )
    vet_chat_id = fields.Many2one(
        "vet.chat",
        string="Chat",
        compute="_compute_vet_chat_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="In which the owner sees the quote.",
    )
    vet_patient_id = fields.Many2one(
        related="vet_chat_id.patient_id",
        string="Patient",
        store=True,
        index="btree_not_null",
        groups="vet_teleconsult.group_veterinarian",
    )

    # === COMPUTE METHODS === #

    @api.depends("vet_consultation_id")
    def _compute_vet_chat_id(self):
        for order in self:
            order.vet_chat_id = order.vet_consultation_id.chat_id or order.vet_chat_id

    def _compute_amounts(self):
        super()._compute_amounts()
        # sudo: an owner who chooses an optional product on the portal changes the amount, too
        self.sudo().filtered(lambda order: order.id and order.vet_chat_id)._notify_chat_documents()

    # === CONSTRAINT METHODS === #

    @api.constrains("vet_chat_id", "partner_id")
    def _check_vet_owner(self):
        # sudo: whose chat it is, for whoever may change the order
        for order_sudo in self.sudo().filtered("vet_chat_id"):
            chat_sudo = order_sudo.vet_chat_id
            if order_sudo.partner_id.commercial_partner_id != chat_sudo.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "The quote belongs to a chat with %(owner)s and cannot be made out to %(customer)s."
                        " Make a quote of its own for them.",
                        owner=chat_sudo.partner_id.name,
                        customer=order_sudo.partner_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state in ("sent", "sale"))._show_in_chats()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("sent", "sale") or (
            vals.get("vet_chat_id") and any(order.state in ("sent", "sale") for order in self)
        ):
            self.filtered(lambda order: order.state in ("sent", "sale"))._show_in_chats()
        if SHOWN_FIELDS & vals.keys():
            # sudo: an owner without a login signs
            self.sudo().filtered("vet_chat_id")._notify_chat_documents()
        return result

    # === ACTION METHODS === #

    def action_send_in_vet_chat(self):
        """Mark the quote as sent, which shows it to the owner in the chat; the chat's own mail tells them of it."""
        for order in self:
            if not order.vet_chat_id:
                raise UserError(self.env._("The quote %(quote)s belongs to no chat.", quote=order.name))
            if not order.order_line.filtered(lambda line: not line.display_type):
                raise UserError(self.env._("Enter what the quote offers before you send it."))
        self.action_quotation_sent()
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS - CHAT === #

    def _show_in_chats(self):
        """Put the card into the chat of each order, in the name of whoever sends it."""
        # sudo: payments of owners without a login send and confirm quotes, too
        for order_sudo in self.sudo().filtered("vet_chat_id"):
            chat_sudo = order_sudo.vet_chat_id
            if chat_sudo._is_own_document(order_sudo):
                chat_sudo._show_document(order_sudo, order_sudo._get_sender().partner_id)

    def _get_sender(self):
        """Say in whose name the quote stands in the chat.

        Note: self.ensure_one(), with superuser rights

        :rtype: res.users
        """
        self.ensure_one()
        if self.env.user._is_internal() and not self.env.user._is_superuser():
            return self.env.user
        return self.user_id or self.vet_chat_id.vet_id or self.env.ref("base.user_root")

    def _get_chat_document(self, audience):
        """See the mixin. What an owner is not yet to see of a quote that is being prepared is left out."""
        self.ensure_one()
        state, label = self._get_chat_state(audience)
        is_owner, is_hidden = audience == "owner", audience == "owner" and state == "draft"
        values = {
            "kind": "quote",
            "id": self.id,
            "title": self.env._("Quote %(number)s", number=self.name),
            "subtitle": self._get_chat_subtitle(state) or None,
            "state": state,
            "state_label": label,
            "amount": format_amount(self.env, self.amount_total, self.currency_id),
            "url": self.get_portal_url() if is_owner else f"/odoo/sale.order/{self.id}",
            "url_label": self._get_chat_action_label() if is_owner else None,
            "asks": is_owner and (self._has_to_be_signed() or self._has_to_be_paid()),
            "pdf_url": self.get_portal_url(report_type="pdf", download=True)
            if is_owner
            else f"/report/pdf/sale.report_saleorder/{self.id}",
            "is_void": state == "cancelled",
        }
        if is_hidden:
            values.update(subtitle=None, amount=None, url=None, url_label=None, pdf_url=None, asks=False)
        return values

    def _get_chat_state(self, audience):
        """Say how the order stands, in a word of the glossary and in the reader's words.

        :param str audience: ``vet`` or ``owner``
        :return: ``draft``, ``sent``, ``expired``, ``signed``, ``confirmed``, ``paid`` or ``cancelled``; its label
        :rtype: tuple[str, str]
        """
        if self.state == "cancel":
            return "cancelled", self.env._("Cancelled")
        if self._is_settled():
            return "paid", self.env._("Paid")
        if self.state == "sale" and not self.signature:
            return "confirmed", self.env._("Confirmed")
        if self.signature:
            awaits_payment = self.state != "sale" and self._has_to_be_paid()
            return "signed", self.env._("Signed, payment is open") if awaits_payment else self.env._("Signed")
        if self.state == "draft":
            return "draft", self.env._("Draft") if audience == "vet" else self.env._("Being prepared")
        if self.is_expired:
            return "expired", self.env._("Expired")
        if audience == "owner" and self._has_to_be_signed():
            return "sent", self.env._("Waits for your signature")
        if audience == "owner" and self._has_to_be_paid():
            return "sent", self.env._("Waits for your payment")
        return "sent", self.env._("Sent")

    def _is_settled(self):
        """Say whether all of the order is paid: by its own payments, or by those of its invoices.

        :rtype: bool
        """
        if self.currency_id.is_zero(self.amount_total):
            return False
        if self._is_paid():
            return True
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted" and move.move_type == "out_invoice")
        return (
            bool(invoices)
            and self.invoice_status == "invoiced"
            and all(move.payment_state in PAID_STATES for move in invoices)
        )

    def _get_chat_action_label(self):
        if self._has_to_be_signed():
            return self.env._("Review and sign")
        if self._has_to_be_paid():
            return self.env._("Review and pay")
        return self.env._("Open")

    def _get_chat_subtitle(self, state):
        lines = self.order_line.filtered(lambda line: not line.display_type)
        names = [line.product_id.name or line.name.splitlines()[0] for line in lines[:TITLE_LINES] if line.name]
        text = ", ".join(names)
        if len(lines) > TITLE_LINES:
            text = self.env._("%(names)s and %(count)s more", names=text, count=len(lines) - TITLE_LINES)
        if self.validity_date and state in ("sent", "expired"):
            until = self.env._("valid until %(date)s", date=format_date(self.env, self.validity_date))
            text = " · ".join(filter(None, (text, until)))
        return text

    # === CRON === #

    @api.model
    def _cron_notify_expired_in_chats(self):
        """Show on the cards of quotes that ran out yesterday that they did."""
        self.search(
            [
                ("vet_chat_id", "!=", False),
                ("state", "in", ("draft", "sent")),
                ("validity_date", "=", fields.Date.today() - timedelta(days=1)),
            ]
        )._notify_chat_documents()
