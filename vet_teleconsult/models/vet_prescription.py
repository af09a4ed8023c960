import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

STATES = [("draft", "Draft"), ("signed", "Signed"), ("voided", "Voided")]
KINDS = [("structured", "Written here"), ("paper", "Photo of the paper")]
# What signing and voiding alone write.
SEALED_FIELDS = {
    "name",
    "state",
    "signed_at",
    "signed_name",
    "license_number",
    "signature",
    "attachment_id",
    "voided_at",
    "voided_by_id",
    "void_reason",
    "voided_attachment_id",
}
DRAFT_NAME = "/"
# Regulation (EU) 2019/6, article 105: a prescription for antimicrobials is valid for five days.
ANTIMICROBIAL_VALIDITY = timedelta(days=5)


class VetPrescription(models.Model):
    """What a vet prescribes for a patient: drugs written here, or the photo of a paper prescription.

    ``draft → signed → voided``. Signing gives it its number, its signature and its PDF; from then on nobody changes
    it, the superuser neither. A mistake is voided, with a reason, and written again.
    """

    _name = "vet.prescription"
    _description = "Prescription"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin", "vet.chat.document.mixin"]
    _order = "signed_at desc, id desc"
    _rec_names_search = ["name", "patient_id.name", "partner_id.name", "line_ids.name"]
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default=DRAFT_NAME, index="trigram")
    state = fields.Selection(
        STATES, required=True, readonly=True, copy=False, default="draft", index=True, tracking=True
    )
    kind = fields.Selection(KINDS, required=True, default="structured", tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    patient_id = fields.Many2one(
        "vet.patient", required=True, index=True, check_company=True, ondelete="restrict", tracking=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    vet_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.user,
        tracking=True,
        help="Who writes it; from the signature on, who has signed it.",
    )
    consultation_id = fields.Many2one(
        "vet.consultation",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('patient_id', '=', patient_id)]",
    )
    chat_id = fields.Many2one(
        "vet.chat",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('patient_id', '=', patient_id)]",
        compute="_compute_chat_id",
        store=True,
        readonly=False,
        help="In which conversation the owner sees it.",
    )
    client_key = fields.Char(readonly=True, copy=False, help="Made by the page: the same again is the same draft.")

    # === FIELDS - THE PATIENT AT THAT MOMENT === #

    patient_name = fields.Char(compute="_compute_patient_facts", store=True)
    species_id = fields.Many2one("vet.species", compute="_compute_patient_facts", store=True, ondelete="restrict")
    breed_id = fields.Many2one("vet.breed", compute="_compute_patient_facts", store=True, ondelete="restrict")
    sex = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("unknown", "Unknown")], compute="_compute_patient_facts", store=True
    )
    birth_date = fields.Date(compute="_compute_patient_facts", store=True)
    age = fields.Char(compute="_compute_age", help="On the day of the signature; before it, today.")
    microchip = fields.Char(compute="_compute_patient_facts", store=True)
    weight = fields.Float(
        string="Weight (kg)",
        digits=(10, 3),
        compute="_compute_weight",
        store=True,
        readonly=False,
        help="By which the dose is reckoned; 0 when it is not known.",
    )
    is_food_animal = fields.Boolean(compute="_compute_patient_facts", store=True)
    patient_allergies = fields.Text(related="patient_id.allergies")

    # === FIELDS - WHAT IS PRESCRIBED === #

    diagnosis = fields.Char(help="What it is for. Antimicrobials need it.")
    line_ids = fields.One2many("vet.prescription.line", "prescription_id", string="Prescribed Drugs", copy=True)
    drugs = fields.Char(compute="_compute_drugs")
    note = fields.Text(string="Remarks")
    valid_until = fields.Date(
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        copy=False,
        help="Until when a pharmacy may dispense it.",
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "vet_prescription_photo_rel",
        "prescription_id",
        "attachment_id",
        string="Photos of the Paper",
        copy=False,
        help="Pictures, or a scan as PDF.",
    )
    media_ids = fields.Many2many(
        "vet.media",
        "vet_prescription_media_rel",
        "prescription_id",
        "media_id",
        string="Photos from the Chat",
        copy=False,
        check_company=True,
        domain="[('chat_id', '=', chat_id), ('kind', 'in', ('photo', 'still')), ('state', '=', 'ready')]",
        groups="vet_teleconsult.group_veterinarian",
    )

    # === FIELDS - SIGNATURE AND END === #

    signed_at = fields.Datetime(readonly=True, copy=False, index=True)
    signed_name = fields.Char(string="Signed by", readonly=True, copy=False, help="As the vet typed it.")
    license_number = fields.Char(readonly=True, copy=False)
    signature = fields.Image(readonly=True, copy=False, max_width=1024, max_height=1024)
    attachment_id = fields.Many2one("ir.attachment", string="PDF", readonly=True, copy=False, ondelete="restrict")
    voided_at = fields.Datetime(readonly=True, copy=False)
    voided_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    void_reason = fields.Text(readonly=True, copy=False)
    voided_attachment_id = fields.Many2one(
        "ir.attachment", string="PDF Marked as Void", readonly=True, copy=False, ondelete="restrict"
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE state != 'draft'", "Another prescription has this number already."
    )
    _client_key_uniq = models.UniqueIndex(
        "(consultation_id, client_key) WHERE client_key IS NOT NULL", "This prescription is being written already."
    )
    _patient_signed_at_idx = models.Index("(patient_id, signed_at DESC, id DESC)")
    _signed_is_complete = models.Constraint(
        "CHECK (state = 'draft' OR (signed_at IS NOT NULL AND signed_name IS NOT NULL AND license_number IS NOT NULL))",
        "A signed prescription has a time, a name and a licence number.",
    )
    _weight_positive = models.Constraint(
        "CHECK (weight IS NULL OR weight >= 0)",
        "The weight must be above zero. Leave it at 0 when it is not known.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        consultation = self.env["vet.consultation"].browse(values.get("consultation_id"))
        if consultation:
            values.setdefault("patient_id", consultation.patient_id.id)
            values["company_id"] = consultation.company_id.id
        return values

    @api.depends("consultation_id.partner_id", "patient_id")
    def _compute_partner_id(self):
        for prescription in self.filtered(lambda prescription: prescription.state == "draft"):
            owner = prescription.consultation_id.partner_id or prescription.patient_id.partner_id
            prescription.partner_id = owner

    @api.depends("consultation_id.chat_id")
    def _compute_chat_id(self):
        for prescription in self:
            if prescription.state == "draft":
                prescription.chat_id = prescription.consultation_id.chat_id or prescription.chat_id

    @api.depends(
        "patient_id.name",
        "patient_id.species_id",
        "patient_id.breed_id",
        "patient_id.sex",
        "patient_id.birth_date",
        "patient_id.microchip",
        "patient_id.is_food_animal",
    )
    def _compute_patient_facts(self):
        # What is signed keeps what was so when it was signed.
        for prescription in self.filtered(lambda prescription: prescription.state == "draft"):
            patient = prescription.patient_id
            prescription.patient_name = patient.name
            prescription.species_id = patient.species_id
            prescription.breed_id = patient.breed_id
            prescription.sex = patient.sex
            prescription.birth_date = patient.birth_date
            prescription.microchip = patient.microchip
            prescription.is_food_animal = patient.is_food_animal

    @api.depends("patient_id.weight")
    def _compute_weight(self):
        for prescription in self.filtered(lambda prescription: prescription.state == "draft"):
            prescription.weight = prescription.patient_id.weight

    @api.depends("birth_date", "signed_at")
    @api.depends_context("lang", "tz")
    def _compute_age(self):
        for prescription in self:
            day = fields.Datetime.context_timestamp(prescription, prescription.signed_at or fields.Datetime.now())
            born = prescription.birth_date
            prescription.age = prescription.patient_id._format_age(born, day.date()) if born else False

    @api.depends("line_ids.name", "kind")
    @api.depends_context("lang")
    def _compute_drugs(self):
        for prescription in self:
            if prescription.kind == "paper":
                prescription.drugs = dict(self._fields["kind"]._description_selection(self.env))["paper"]
            else:
                prescription.drugs = ", ".join(filter(None, prescription.line_ids.mapped("name")))

    @api.depends("company_id", "line_ids.is_antimicrobial")
    def _compute_valid_until(self):
        for prescription in self.filtered(lambda prescription: prescription.state == "draft"):
            today = fields.Date.context_today(prescription)
            usual = today + timedelta(days=prescription.company_id.vet_prescription_validity)
            chosen = prescription.valid_until or usual
            latest = prescription._get_latest_validity(today)
            prescription.valid_until = min(chosen, latest) if latest else chosen

    def _get_latest_validity(self, today):
        """Give the last day until which the law lets it be valid.

        Note: self.ensure_one()

        :param date today: when it is signed
        :rtype: date | None
        """
        self.ensure_one()
        in_union = self.env.ref("base.europe") in self.company_id.country_id.country_group_ids
        if in_union and any(self.line_ids.mapped("is_antimicrobial")):
            return today + ANTIMICROBIAL_VALIDITY
        return None

    @api.depends("name", "patient_name", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for prescription in self:
            number = self.env._("Draft") if prescription.name == DRAFT_NAME else prescription.name
            prescription.display_name = " · ".join(filter(None, (number, prescription.patient_name)))

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for prescription in self:
            prescription.access_url = f"/my/prescriptions/{prescription.id}"
        return result

    # === CONSTRAINT METHODS === #

    @api.constrains("patient_id", "consultation_id", "chat_id")
    def _check_same_patient(self):
        for prescription in self:
            patients = prescription.consultation_id.patient_id | prescription.chat_id.patient_id
            if patients - prescription.patient_id:
                raise ValidationError(
                    self.env._("The consultation and the chat of a prescription must be about its patient.")
                )

    @api.constrains("partner_id", "patient_id")
    def _check_owner_of_patient(self):
        for prescription in self:
            owners = prescription.patient_id.owner_ids.commercial_partner_id
            if prescription.partner_id.commercial_partner_id not in owners:
                raise ValidationError(
                    self.env._(
                        "%(owner)s is not an owner of %(patient)s. Add them to the patient's owners first.",
                        owner=prescription.partner_id.name,
                        patient=prescription.patient_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_nothing_sealed(vals)
            # There from the start: what is signed takes up nothing any more, a token neither.
            vals.setdefault("access_token", str(uuid.uuid4()))
        prescriptions = super().create(vals_list)
        prescriptions._check_created_as_drafts()
        prescriptions._adopt_photos()
        return prescriptions

    def write(self, vals):
        if self and vals:
            self._check_draft()
            self._check_nothing_sealed(vals)
        result = super().write(vals)
        if "photo_ids" in vals:
            self._adopt_photos()
        return result

    def _check_nothing_sealed(self, vals):
        """Refuse that anything but signing and voiding writes what they stand for."""
        sealed = {name for name in SEALED_FIELDS & vals.keys() if vals[name] not in (False, None)}
        if vals.get("name") == DRAFT_NAME:
            sealed.discard("name")
        if vals.get("state") == "draft":
            sealed.discard("state")
        if sealed:
            raise self._get_sealed_error()

    def _check_created_as_drafts(self):
        """Refuse what did not begin as an empty draft: default values, such as a context's, stand in no ``vals``."""
        for prescription in self:
            is_draft = prescription.state == "draft" and prescription.name == DRAFT_NAME
            if not is_draft or any(prescription[name] for name in SEALED_FIELDS - {"name", "state"}):
                raise self._get_sealed_error()

    def _get_sealed_error(self):
        return UserError(self.env._("A prescription is signed by the button “Sign”, and voided by “Void”."))

    def _check_draft(self):
        """Refuse a change of what is signed.

        :raises UserError: naming the first prescription that is
        """
        for prescription in self:
            if prescription.state != "draft":
                raise UserError(
                    self.env._(
                        "Prescription %(number)s is signed: it cannot be changed. Void it, and write a new one.",
                        number=prescription.name,
                    )
                )

    def _adopt_photos(self):
        """Tie photos that were uploaded for these prescriptions to them, so that they have the same readers."""
        for prescription in self:
            # sudo: attachments that nobody owned yet; whoever writes the prescription has sent them
            loose_sudo = prescription.photo_ids.sudo().filtered(lambda photo: not photo.res_id)
            loose_sudo.write({"res_model": self._name, "res_id": prescription.id})

    def _copy_foreign_photos(self):
        """Take photos that belong to another record as copies: only what is the prescription's own stays as signed.

        Note: self.ensure_one()
        """
        self.ensure_one()
        # sudo: whoever linked them could read them
        for photo_sudo in self.photo_ids.sudo().sorted("id"):
            if (photo_sudo.res_model, photo_sudo.res_id, photo_sudo.res_field) != (self._name, self.id, False):
                place = {"res_model": self._name, "res_id": self.id, "res_field": False}
                copy_sudo = photo_sudo.copy({**place, "public": False, "access_token": False})
                self.sudo().photo_ids = [Command.unlink(photo_sudo.id), Command.link(copy_sudo.id)]

    def _seal(self, vals):
        """Write what signing and voiding stand for, past the refusal of every other change.

        :param dict vals: of `SEALED_FIELDS`
        """
        if vals.get("state") == "signed":
            for prescription in self:
                prescription._copy_foreign_photos()
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        for prescription in self:
            if prescription.state != "draft":
                raise UserError(
                    self.env._(
                        "Prescription %(number)s belongs to the patient's record: it cannot be deleted. Void it.",
                        number=prescription.name,
                    )
                )

    # === ACTION METHODS === #

    def action_sign(self):
        """Ask for the signature."""
        self.ensure_one()
        self._check_ready_to_sign()
        return self._open_dialog("vet.prescription.sign", self.env._("Sign Prescription"))

    def action_void(self):
        """Ask why it is void."""
        self.ensure_one()
        self._check_voidable()
        return self._open_dialog("vet.prescription.void", self.env._("Void Prescription"))

    def _open_dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_prescription_id": self.id},
        }

    def action_download(self):
        """Download the PDF."""
        self.ensure_one()
        self._check_has_pdf()
        return {"type": "ir.actions.act_url", "url": self._get_pdf_path(download=True), "target": "download"}

    def action_write_again(self):
        """Begin a new draft with the same drugs, and open it."""
        self.ensure_one()
        draft = self.copy({"consultation_id": self.consultation_id.id, "chat_id": self.chat_id.id})
        return draft._get_form_action()

    def action_send(self):
        """Write a mail to the owner with the PDF, to be edited before it is sent."""
        self.ensure_one()
        self._check_has_pdf()
        template = self.env.ref("vet_teleconsult.mail_template_prescription", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Prescription"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_attachment_ids": self._get_pdf().ids,
                "default_partner_ids": self.partner_id.ids,
                "force_email": True,
            },
        }

    def _get_form_action(self):
        """Open the prescription's form.

        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _set_lines(self, lines):
        """Replace the drugs of a draft.

        Note: self.ensure_one()

        :param list[dict] lines: values of the new lines
        """
        self.ensure_one()
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
