from odoo import fields, models


class VetChat(models.Model):
    """Quotes made in a chat."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    quote_ids = fields.One2many(
        "sale.order", "vet_chat_id", string="Quotes", groups="vet_teleconsult.group_veterinarian"
    )
    quote_count = fields.Integer(compute="_compute_quote_count", groups="vet_teleconsult.group_veterinarian")

    # === COMPUTE METHODS === #

    def _compute_quote_count(self):
        counts = dict(
            self.env["sale.order"]._read_group([("vet_chat_id", "in", self.ids)], ["vet_chat_id"], ["__count"])
        )
        for chat in self:
            chat.quote_count = counts.get(chat, 0)

    # === ACTION METHODS === #

    def action_new_quote(self):
        """Open an empty quote to the owner.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        consultation = self.consultation_ids.filtered(lambda consultation: consultation._is_open())[:1]
        return self._get_new_quote_action(consultation)

    def action_continue_quote(self):
        """Open the quote that the current user has begun here and not sent, or else an empty one.

        :rtype: dict
        """
        self.ensure_one()
        action = self.action_new_quote()
        draft = self.env["sale.order"].search(
            [("vet_chat_id", "=", self.id), ("state", "=", "draft"), ("create_uid", "=", self.env.uid)], limit=1
        )
        return {**action, "name": draft.display_name, "res_id": draft.id} if draft else action

    def action_view_quotes(self):
        """Open the quotes of the chat.

        :rtype: dict
        """
        self.ensure_one()
        return self._get_quotes_action([("vet_chat_id", "=", self.id)], self.quote_ids)

    # === BUSINESS METHODS === #

    def _get_new_quote_action(self, consultation):
        """Prepare the form of a new quote, with what is known of whom it is for.

        Note: self.ensure_one()

        :param vet.consultation consultation: from which it is made, or none
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Quote"),
            "res_model": "sale.order",
            "views": [[self.env.ref("sale.view_order_form").id, "form"]],
            "target": "current",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_vet_chat_id": self.id,
                "default_vet_consultation_id": consultation.id,
            },
        }

    def _get_quotes_action(self, domain, quotes):
        """Prepare the list of quotes, or the form where there is one.

        :param list domain: which ones
        :param sale.order quotes: those there are
        :rtype: dict
        """
        action = {
            **self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations_with_onboarding"),
            "domain": domain,
            "context": {},
        }
        if len(quotes) == 1:
            action.update(views=[[self.env.ref("sale.view_order_form").id, "form"]], res_id=quotes.id)
        return action
