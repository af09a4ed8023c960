import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# ISO 11784 transponders have 15 digits; before that standard, AVID used 9 characters and Trovan or HomeAgain 10.
ISO_MICROCHIP = re.compile(r"(?!000)\d{15}")
LEGACY_MICROCHIP = re.compile(r"[0-9A-Z]{9,10}")


class VetPatient(models.Model):
    _name = "vet.patient"
    _description = "Patient"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "image.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "microchip", "partner_id.name"]
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(required=True, index="trigram", tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        "res.partner",
        string="Main Owner",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    owner_ids = fields.Many2many(
        "res.partner",
        "vet_patient_owner_rel",
        "patient_id",
        "partner_id",
        string="Owners",
        check_company=True,
        help="Everyone who owns the animal. The main owner is always one of them.",
    )
    species_id = fields.Many2one("vet.species", required=True, index=True, ondelete="restrict", tracking=True)
    breed_id = fields.Many2one(
        "vet.breed",
        domain="[('species_id', '=', species_id)]",
        ondelete="restrict",
        compute="_compute_breed_id",
        store=True,
        readonly=False,
        tracking=True,
    )
    sex = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("unknown", "Unknown")],
        required=True,
        default="unknown",
        tracking=True,
    )
    neutered = fields.Boolean(tracking=True)
    birth_date = fields.Date(tracking=True)
    age = fields.Char(compute="_compute_age", help="Age today, counted from the birth date.")
    weight = fields.Float(string="Weight (kg)", digits=(10, 3), tracking=True, help="0 when it is not known.")
    microchip = fields.Char(copy=False, tracking=True, help="15 digits (ISO 11784), or 9 or 10 characters before it.")
    allergies = fields.Text(tracking=True)
    chat_ids = fields.One2many("vet.chat", "patient_id", string="Chats")
    chat_count = fields.Integer(compute="_compute_counts")
    consultation_ids = fields.One2many("vet.consultation", "patient_id", string="Consultations")
    consultation_count = fields.Integer(compute="_compute_counts")
    recording_count = fields.Integer(compute="_compute_counts", groups="vet_teleconsult.group_veterinarian")
    last_consultation_at = fields.Datetime(compute="_compute_last_consultation_at")

    _name_idx = models.Index("(name, id)")
    _microchip_uniq = models.UniqueIndex(
        "(company_id, microchip) WHERE microchip IS NOT NULL AND active",
        "Another patient has this microchip number already.",
    )
    _weight_positive = models.Constraint(
        "CHECK (weight IS NULL OR weight >= 0)",
        "The weight must be above zero. Leave it at 0 when it is not known.",
    )

    # === COMPUTE METHODS === #

    @api.depends("species_id")
    def _compute_breed_id(self):
        for patient in self:
            if patient.breed_id.species_id != patient.species_id:
                patient.breed_id = False

    @api.depends("birth_date")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for patient in self:
            patient.age = self._format_age(patient.birth_date, today) if patient.birth_date else False

    def _format_age(self, birth_date, today):
        """Say an age as people do: in years and months, in months and days when young.

        :param date birth_date: when the animal was born
        :param date today: the day for which the age is asked
        :rtype: str
        """
        age = relativedelta(today, birth_date)
        if age.years and age.months:
            return self.env._("%(years)s y %(months)s m", years=age.years, months=age.months)
        if age.years:
            return self.env._("%(years)s y", years=age.years)
        if age.months:
            return self.env._("%(months)s m", months=age.months)
        return self.env._("%(days)s d", days=max(age.days, 0))

    def _compute_counts(self):
        for field_name, model in (
            ("chat_count", "vet.chat"),
            ("consultation_count", "vet.consultation"),
            ("recording_count", "vet.recording"),
        ):
            counts = {}
            if self.env[model].has_access("read"):
                counts = dict(
                    self.env[model]._read_group([("patient_id", "in", self.ids)], ["patient_id"], ["__count"])
                )
            for patient in self:
                patient[field_name] = counts.get(patient, 0)

    @api.depends("consultation_ids.ended_at", "consultation_ids.state")
    def _compute_last_consultation_at(self):
        done = [("patient_id", "in", self.ids), ("state", "=", "done")]
        last = dict(self.env["vet.consultation"]._read_group(done, ["patient_id"], ["ended_at:max"]))
        for patient in self:
            patient.last_consultation_at = last.get(patient._origin, False)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for patient in self:
            patient.access_url = f"/my/pets/{patient.id}"
        return result

    # === CONSTRAINT METHODS === #

    @api.constrains("breed_id", "species_id")
    def _check_breed_of_species(self):
        for patient in self:
            if patient.breed_id and patient.breed_id.species_id != patient.species_id:
                raise ValidationError(
                    self.env._(
                        "%(breed)s is not a breed of the species %(species)s. Choose a breed of that species, or none.",
                        breed=patient.breed_id.name,
                        species=patient.species_id.name,
                    )
                )

    @api.constrains("birth_date")
    def _check_birth_date(self):
        today = fields.Date.context_today(self)
        if any(patient.birth_date and patient.birth_date > today for patient in self):
            raise ValidationError(self.env._("The birth date is in the future. Check the year."))

    @api.constrains("microchip")
    def _check_microchip(self):
        for patient in self.filtered("microchip"):
            if not (ISO_MICROCHIP.fullmatch(patient.microchip) or LEGACY_MICROCHIP.fullmatch(patient.microchip)):
                raise ValidationError(
                    self.env._(
                        "“%(microchip)s” is not a microchip number: it has 15 digits (ISO 11784), "
                        "or 9 or 10 letters and digits on older chips. Read the chip again, or leave it empty.",
                        microchip=patient.microchip,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalize_microchip(vals)
        patients = super().create(vals_list)
        patients._include_main_owner()
        return patients

    def write(self, vals):
        self._normalize_microchip(vals)
        result = super().write(vals)
        if {"partner_id", "owner_ids"} & vals.keys():
            self._include_main_owner()
        return result

    def _normalize_microchip(self, vals):
        """Drop the spaces, points and hyphens with which chip numbers are printed on labels."""
        if vals.get("microchip"):
            vals["microchip"] = re.sub(r"[\s.\-]", "", vals["microchip"]).upper()
        elif "microchip" in vals:
            vals["microchip"] = False

    def _include_main_owner(self):
        # An archived owner is one too.
        for patient in self.with_context(active_test=False):
            if patient.partner_id not in patient.owner_ids:
                patient.owner_ids |= patient.partner_id

    # === ACTION METHODS === #

    def action_view_consultations(self):
        """Open the patient's consultations."""
        return self._action_view(self.env._("Consultations"), "vet.consultation", "list,kanban,calendar,form")

    def action_view_chats(self):
        """Open the patient's chats."""
        return self._action_view(self.env._("Chats"), "vet.chat", "list,kanban,form")

    def action_new_chat(self):
        """Begin a chat with the main owner, and open it."""
        self.ensure_one()
        return self.env["vet.chat"]._begin_by_clinic(self, self.partner_id).action_open()

    def action_view_recordings(self):
        """Open the recordings of the patient's consultations."""
        return self._action_view(self.env._("Recordings"), "vet.recording", "list,form")

    def action_new_consultation(self):
        """Open the form of a new consultation for this patient."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Consultation"),
            "res_model": "vet.consultation",
            "view_mode": "form",
            "context": {"default_patient_id": self.id, "default_partner_id": self.partner_id.id},
        }

    def _action_view(self, name, model, view_mode):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": view_mode,
            "domain": [("patient_id", "=", self.id)],
            "context": {"default_patient_id": self.id, "default_partner_id": self.partner_id.id},
        }
