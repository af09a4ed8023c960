from odoo import api, fields, models

ROUTES = [
    ("oral", "By mouth"),
    ("topical", "On the skin"),
    ("eye", "Into the eye"),
    ("ear", "Into the ear"),
    ("nasal", "Into the nose"),
    ("rectal", "Rectally"),
    ("vaginal", "Vaginally"),
    ("inhaled", "Inhaled"),
    ("subcutaneous", "Under the skin (SC)"),
    ("intramuscular", "Into the muscle (IM)"),
    ("intravenous", "Into the vein (IV)"),
    ("intramammary", "Into the udder"),
    ("feed", "In the feed"),
    ("water", "In the drinking water"),
    ("other", "As instructed"),
]


class VetPrescriptionLine(models.Model):
    """One drug of a prescription: what, how strong, how to give it, how much of it."""

    _name = "vet.prescription.line"
    _description = "Prescribed Drug"
    _order = "prescription_id, sequence, id"
    _check_company_auto = True

    # === FIELDS === #

    prescription_id = fields.Many2one("vet.prescription", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="prescription_id.company_id", store=True, index=True)
    state = fields.Selection(related="prescription_id.state")
    is_food_animal = fields.Boolean(related="prescription_id.is_food_animal")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", check_company=True, ondelete="restrict")
    name = fields.Char(
        string="Drug",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="From a product, or free text.",
    )
    substance = fields.Char(string="Active Substance")
    form = fields.Char(string="Pharmaceutical Form", help="Such as tablet, oral suspension, ointment.")
    strength = fields.Char(help="Such as 1.5 mg/ml.")
    dose = fields.Char(help="How much each time, such as 0.5 ml or 1 tablet.")
    route = fields.Selection(ROUTES, default="oral")
    frequency = fields.Char(help="Such as once a day.")
    duration = fields.Char(help="Such as 7 days, or until the next visit.")
    instructions = fields.Char(help="What the owner has to know, such as “with food”.")
    quantity = fields.Float(digits=(12, 3), default=1)
    unit = fields.Char(help="What is counted, with the size of a pack: tablets, bottles of 32 ml.")
    repeats = fields.Integer(help="How often it may be dispensed again.", aggregator=None)
    withdrawal_period = fields.Char(
        help="For food animals: how long nothing of the animal may be eaten, for each food, even where it is zero."
    )
    warnings = fields.Char(help="What is to be heeded when it is used.")
    is_antimicrobial = fields.Boolean(string="Antimicrobial")
    is_off_label = fields.Boolean(
        string="Off Label",
        help="Used otherwise than it is authorised for: Regulation (EU) 2019/6, articles 112 to 114.",
    )

    _quantity_positive = models.Constraint("CHECK (quantity >= 0)", "The quantity is below zero.")
    _repeats_positive = models.Constraint("CHECK (repeats >= 0)", "The number of repeats is below zero.")

    # === COMPUTE METHODS === #

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            if line.product_id and line.prescription_id.state in (False, "draft"):
                line.name = line.product_id.with_context(display_default_code=False).display_name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Afterwards: the prescription may be a default value, such as a context's, which stands in no ``vals``.
        lines.prescription_id._check_draft()
        return lines

    def write(self, vals):
        if self and vals:
            self.prescription_id._check_draft()
            self.env["vet.prescription"].browse(vals.get("prescription_id") or [])._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts_only(self):
        self.prescription_id._check_draft()

    # === BUSINESS METHODS === #

    def _format_drug(self):
        """Name the drug as a pharmacy reads it: name, substance, strength, form.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        name = f"{self.name} ({self.substance})" if self.substance else self.name
        return ", ".join(filter(None, (name, self.strength, self.form)))

    def _format_dosage(self):
        """Say how much is given: dose, how often, how long.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return ", ".join(filter(None, (self.dose, self.frequency, self.duration)))

    def _format_route(self):
        """Say where it is given.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return dict(self._fields["route"]._description_selection(self.env)).get(self.route) or ""

    def _format_quantity(self):
        """Say how much is dispensed.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        return " ".join(
            filter(None, (f"{self.quantity:g}", "\N{MULTIPLICATION SIGN}" if self.unit else None, self.unit))
        )

    def _get_gaps(self):
        """Say what is missing before this can be signed.

        Note: self.ensure_one()

        :return: sentences; none when nothing is
        :rtype: list[str]
        """
        self.ensure_one()
        labels = [
            (self.env._("the dose"), self.dose),
            (self.env._("how it is given"), self.route),
            (self.env._("how often"), self.frequency),
            (self.env._("how long"), self.duration),
            (self.env._("the quantity"), self.quantity > 0),
        ]
        if self.is_food_animal:
            labels.append((self.env._("the withdrawal period"), self.withdrawal_period))
        missing = [label for label, value in labels if not (value.strip() if isinstance(value, str) else value)]
        if not missing:
            return []
        return [self.env._("%(drug)s: %(missing)s is missing.", drug=self.name, missing=", ".join(missing))]
