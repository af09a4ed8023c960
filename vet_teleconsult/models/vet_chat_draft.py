from odoo import fields, models


class VetChat(models.Model):
    """The chat of a booking that its owner has not finished: it takes files already, and nobody is to answer yet."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    is_draft = fields.Boolean(string="Of an Unfinished Booking", readonly=True, copy=False)
