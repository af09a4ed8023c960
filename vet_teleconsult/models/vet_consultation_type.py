import hashlib

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
    mode = fields.Selection([("video", "Video"), ("phone", "Phone")], required=True, default="video")
    duration = fields.Float(string="Duration (h)", required=True, default=0.25, help="How long it usually takes.")
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
