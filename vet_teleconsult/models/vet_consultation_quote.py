from odoo import fields, models


class VetConsultation(models.Model):
    """Quotes made from a consultation."""

    _inherit = "vet.consultation"  # pylint: disable=consider-merging-classes-inherited

    # === FIELDS === #

    quote_ids = fields.One2many(
        "sale.order", "vet_consultation_id", string="Quotes", groups="vet_teleconsult.group_veterinarian"
    )
    quote_count = fields.Integer(compute="_compute_quote_count", groups="vet_teleconsult.group_veterinarian")

    # === COMPUTE METHODS === #

    def _compute_quote_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("vet_consultation_id", "in", self.ids)], ["vet_consultation_id"], ["__count"]
            )
        )
        for consultation in self:
            consultation.quote_count = counts.get(consultation, 0)

    # === ACTION METHODS === #

    def action_new_quote(self):
        """Open an empty quote to the owner.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self.chat_id._get_new_quote_action(self)

    def action_view_quotes(self):
        """Open the quotes of the consultation.

        :rtype: dict
        """
        self.ensure_one()
        return self.chat_id._get_quotes_action([("vet_consultation_id", "=", self.id)], self.quote_ids)
