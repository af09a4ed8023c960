import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

SEQUENCE_CODE = "vet.prescription"


class ResCompany(models.Model):
    """Each clinic's own numbers of prescriptions, without gaps."""

    _inherit = "res.company"

    # === FIELDS === #

    vet_prescription_validity = fields.Integer(
        string="Prescriptions Are Valid for (days)",
        default=30,
        required=True,
        help="Suggested on each new prescription; the vet may choose another day.",
    )

    _vet_prescription_validity_positive = models.Constraint(
        "CHECK (vet_prescription_validity > 0)", "A prescription must be valid for at least one day."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._ensure_prescription_sequence()
        return companies

    # === BUSINESS METHODS === #

    @api.model
    def _ensure_prescription_sequences(self):
        """Give all companies their numbers, at each installation and update."""
        self.search([])._ensure_prescription_sequence()  # pylint: disable=no-search-all

    def _ensure_prescription_sequence(self):
        """Give each company its own numbers, which begin anew each year and leave none out."""
        # sudo: whoever makes a company need not have a right to make sequences
        sequences_sudo = self.env["ir.sequence"].sudo()
        having = sequences_sudo.search([("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]).company_id
        sequences_sudo.create(
            [
                {
                    "name": f"Prescriptions ({company.name})",
                    "code": SEQUENCE_CODE,
                    "company_id": company.id,
                    "prefix": "RX/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                    # A number is taken back with the transaction that does not come about; others wait for it.
                    "implementation": "no_gap",
                }
                for company in self - having
            ]
        )

    def _next_prescription_name(self, day):
        """Take the next number of the company's prescriptions.

        Note: self.ensure_one()

        :param date day: of the signature
        :rtype: str
        :raises ConcurrencyError: when another transaction has begun the year's numbers at the same time
        """
        self.ensure_one()
        self._ensure_prescription_sequence()
        # sudo: vets take numbers, without a right on sequences
        sequence_sudo = self.env["ir.sequence"].sudo().with_company(self)
        try:
            return sequence_sudo.next_by_code(SEQUENCE_CODE, sequence_date=day)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("Another prescription of this clinic is the year's first.") from error
