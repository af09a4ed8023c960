from odoo import api, fields, models

from .ir_websocket import QUEUE_CHANNEL

SEQUENCE_CODE = "vet.consultation"


class ResCompany(models.Model):
    _inherit = "res.company"

    vet_emergency_phone = fields.Char(
        string="Emergency Phone", help="The number that owners are told to call when something does not work."
    )

    @api.onchange("vet_emergency_phone", "country_id")
    def _onchange_vet_emergency_phone(self):
        if self.vet_emergency_phone:
            self.vet_emergency_phone = (
                self._phone_format(fname="vet_emergency_phone", force_format="INTERNATIONAL")
                or self.vet_emergency_phone
            )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._ensure_consultation_sequence()
        return companies

    def _ensure_consultation_sequence(self):
        """Give each company its own consultation numbers, which begin anew each year."""
        # sudo: whoever makes a company need not have a right to make sequences
        sequences_sudo = self.env["ir.sequence"].sudo()
        having = sequences_sudo.search([("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]).company_id
        sequences_sudo.create(
            [
                {
                    "name": f"Consultations ({company.name})",
                    "code": SEQUENCE_CODE,
                    "company_id": company.id,
                    "prefix": "VC/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                }
                for company in self - having
            ]
        )

    def _next_consultation_name(self):
        """Take the next consultation number of the company.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        sequence = self.env["ir.sequence"].with_company(self)
        name = sequence.next_by_code(SEQUENCE_CODE)
        if not name:  # before the installation is complete, and where somebody deleted the sequence
            self._ensure_consultation_sequence()
            name = sequence.next_by_code(SEQUENCE_CODE)
        return name

    def _get_clinic_phone(self):
        """Give the number that owners are told to call.

        :rtype: str
        """
        return self.vet_emergency_phone or self.phone

    def _notify_vet_queue(self, consultation_id):
        """Tell the company's vets that its queue has changed; their pages read it again.

        :param int consultation_id: which consultation changed, or None
        """
        for company in self:
            # The channel is a record with a name: nobody can subscribe to it by guessing.
            self.env["bus.bus"]._sendone(
                (company, QUEUE_CHANNEL),
                "vet_teleconsult/queue",
                {"company_id": company.id, "consultation_id": consultation_id},
            )
