from odoo import api, fields, models
from odoo.fields import Domain


class VetEmergencyQuestion(models.Model):
    """What every owner is asked before they book: a "yes" is a red flag, and answered with the emergency number."""

    _name = "vet.emergency.question"
    _description = "Emergency Question"
    _order = "sequence, id"
    _rec_name = "question"

    # === FIELDS === #

    question = fields.Char(
        required=True, translate=True, help="A sign that an owner sees for themselves, such as: It cannot get up"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")

    # === BUSINESS METHODS === #

    @api.model
    def _get_for_company(self, company):
        """Give the questions that a clinic asks.

        :param res.company company: the clinic
        :return: with superuser rights, in their order
        :rtype: vet.emergency.question
        """
        # sudo: asked of everybody who books, with or without a login
        return self.sudo().search(Domain("company_id", "in", [company.id, False]))
