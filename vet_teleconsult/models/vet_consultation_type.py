import hashlib
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONSENT_VERSION_LENGTH = 12  # hexadecimal digits of the text's SHA-256


class VetConsultationType(models.Model):
    _name = "vet.consultation.type"
    _description = "Consultation Type"
    _order = "sequence, name"
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    mode = fields.Selection([("video", "Video"), ("phone", "Phone"), ("chat", "Chat")], required=True, default="video")
    duration = fields.Float(string="Duration (h)", required=True, default=0.25, help="How long it usually takes.")
    reply_hours = fields.Float(
        string="Reply Within (h)",
        required=True,
        default=24.0,
        help="By when the clinic answers in a chat: hours, or opening hours where those are set below.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product to Charge",
        check_company=True,
        groups="vet_teleconsult.group_veterinarian",
    )
    recording_policy = fields.Selection(
        [
            ("never", "Never"),
            ("ask", "When the vet asks"),
            ("always", "Ask in every call"),
        ],
        required=True,
        default="ask",
        help="Nothing is recorded without the consent of everyone present, whatever stands here.",
    )
    consent_text = fields.Text(
        translate=True,
        default=lambda self: self._get_default_consent_text(),
        help="What everyone in the call is asked before it is recorded. The exact text is kept with each answer.",
    )
    consent_version = fields.Char(
        compute="_compute_consent_version", help="Changes with every change of the text, and with its language."
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Opening Hours",
        check_company=True,
        groups="vet_teleconsult.group_veterinarian",
    )
    vet_ids = fields.Many2many(
        "res.users",
        string="Vets",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("vet_teleconsult.group_veterinarian").ids)],
        groups="vet_teleconsult.group_veterinarian",
        help="Who holds consultations of this type. Empty: every vet.",
    )
    note_template = fields.Html(translate=True, groups="vet_teleconsult.group_veterinarian")

    _duration_positive = models.Constraint("CHECK (duration > 0)", "The duration must be longer than zero.")
    _reply_hours_positive = models.Constraint("CHECK (reply_hours > 0)", "The time to reply must be longer than zero.")

    # === COMPUTE METHODS === #

    @api.model
    def _get_default_consent_text(self):
        return self.env._(
            "The clinic would like to record this call: picture, sound and shared screens of everyone in it.\n"
            "The recording becomes part of the patient's record. Only the clinic's veterinarians can open it, and each "
            "time somebody opens it is noted.\n"
            "You are free to refuse: the consultation then goes on without a recording. "
            "You can stop the recording at any time during the call."
        )

    @api.depends("consent_text")
    @api.depends_context("lang")
    def _compute_consent_version(self):
        for consultation_type in self:
            digest = hashlib.sha256((consultation_type.consent_text or "").encode()).hexdigest()
            consultation_type.consent_version = digest[:CONSENT_VERSION_LENGTH]

    # === CONSTRAINT METHODS === #

    @api.constrains("recording_policy", "consent_text")
    def _check_consent_text(self):
        for consultation_type in self:
            if consultation_type.recording_policy != "never" and not (consultation_type.consent_text or "").strip():
                raise ValidationError(
                    self.env._(
                        "Write the consent text of “%(type)s”: nobody can agree to a recording without being told "
                        "what is recorded. Or choose never to record.",
                        type=consultation_type.name,
                    )
                )

    @api.constrains("vet_ids")
    def _check_vets(self):
        for user in self.vet_ids:
            if not user.has_group("vet_teleconsult.group_veterinarian"):
                raise ValidationError(
                    self.env._("%(user)s is not in the group Veterinarian. Add them there first.", user=user.name)
                )

    # === BUSINESS METHODS - REPLIES === #

    def _get_reply_due(self, asked_at):
        """Say by when the clinic answers what was asked at a time.

        Note: self.ensure_one()

        :param datetime asked_at: UTC, without time zone
        :return: the end of the hours, counted in opening hours where the type has some
        :rtype: datetime
        """
        self.ensure_one()
        # sudo: owners are told by when to expect an answer, without a right to read calendars
        type_sudo = self.sudo()
        calendar_sudo = type_sudo.resource_calendar_id
        due = calendar_sudo and calendar_sudo.plan_hours(
            type_sudo.reply_hours, pytz.utc.localize(asked_at), compute_leaves=True
        )
        if due:
            return due.astimezone(pytz.utc).replace(tzinfo=None)
        # A calendar without a single opening hour promises nothing; the hours of the clock still do.
        return asked_at + timedelta(hours=type_sudo.reply_hours)

    def _format_reply_hours(self):
        """Say how soon the clinic answers, in words.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: as above
        hours = f"{self.reply_hours:g}"
        if self.sudo().resource_calendar_id:
            return self.env._("Reply within %(hours)s opening hours", hours=hours)
        return self.env._("Reply within %(hours)s hours", hours=hours)

    # === BUSINESS METHODS - PRICE === #

    def _get_price(self, partner, company):
        """Give what an owner pays, taxes included, by their price list.

        Note: self.ensure_one()

        :param res.partner partner: the owner
        :param res.company company: the clinic
        :return: amount and currency; no amount where the type has no product
        :rtype: tuple[float | None, res.currency]
        """
        self.ensure_one()
        # sudo: an owner is told the price of a product that they have no right to read
        product_sudo = self.sudo().product_id.with_company(company)
        if not product_sudo:
            return None, company.currency_id
        partner_sudo = partner.sudo().with_company(company)
        pricelist_sudo = partner_sudo.property_product_pricelist
        price = pricelist_sudo._get_product_price(product_sudo, 1.0)
        currency = pricelist_sudo.currency_id or product_sudo.currency_id
        if "taxes_id" in product_sudo._fields:  # brought by Invoicing
            taxes_sudo = product_sudo.taxes_id._filter_taxes_by_company(company)
            positions_sudo = self.env["account.fiscal.position"].sudo().with_company(company)
            taxes_sudo = positions_sudo._get_fiscal_position(partner_sudo).map_tax(taxes_sudo)
            price = taxes_sudo.compute_all(price, currency, 1.0, product_sudo, partner_sudo)["total_included"]
        return price, currency

    def _format_price(self, partner, company):
        """Write what an owner pays, as Odoo writes amounts.

        Note: self.ensure_one()

        :param res.partner partner: the owner
        :param res.company company: the clinic
        :return: such as ``39.00 €``, or None where nothing is charged
        :rtype: str | None
        """
        price, currency = self._get_price(partner, company)
        return currency.format(price) if price else None
