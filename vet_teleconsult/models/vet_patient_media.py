from odoo import api, fields, models

MEDIA_STATES = ("processing", "ready", "failed")


class VetPatient(models.Model):
    """What is kept of a patient from its chats: files and stills, observations, transcripts."""

    _inherit = "vet.patient"

    # === FIELDS === #

    media_ids = fields.One2many("vet.media", "patient_id", readonly=True, groups="vet_teleconsult.group_veterinarian")
    observation_ids = fields.One2many(
        "vet.observation", "patient_id", string="Observations", groups="vet_teleconsult.group_veterinarian"
    )
    transcript_ids = fields.One2many(
        "vet.transcript", "patient_id", string="Transcripts", readonly=True, groups="vet_teleconsult.group_veterinarian"
    )
    media_count = fields.Integer(compute="_compute_kept_counts", groups="vet_teleconsult.group_veterinarian")
    observation_count = fields.Integer(compute="_compute_kept_counts", groups="vet_teleconsult.group_veterinarian")
    transcript_count = fields.Integer(compute="_compute_kept_counts", groups="vet_teleconsult.group_veterinarian")

    # === COMPUTE METHODS === #

    @api.depends("media_ids.state", "observation_ids", "transcript_ids")
    def _compute_kept_counts(self):
        for field_name, model, domain in (
            ("media_count", "vet.media", self._get_media_domain()),
            ("observation_count", "vet.observation", []),
            ("transcript_count", "vet.transcript", []),
        ):
            counts = dict(
                self.env[model]._read_group([("patient_id", "in", self.ids), *domain], ["patient_id"], ["__count"])
            )
            for patient in self:
                patient[field_name] = counts.get(patient, 0)

    def _get_media_domain(self):
        """Return which files stand in the gallery: those of chats; recordings have their own place.

        :rtype: list
        """
        return [("chat_id", "!=", False), ("state", "in", MEDIA_STATES)]

    # === ACTION METHODS === #

    def action_view_media(self):
        """Open the gallery of the patient's files and stills."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("vet_teleconsult.vet_media_action"),
            "domain": [("patient_id", "=", self.id), *self._get_media_domain()],
            "context": {},
        }

    def action_view_observations(self):
        """Open what was measured of the patient, over time."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("vet_teleconsult.vet_observation_action"),
            "domain": [("patient_id", "=", self.id)],
            "context": {"default_patient_id": self.id},
        }

    def action_view_transcripts(self):
        """Open the transcripts of the patient's chats."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("vet_teleconsult.vet_transcript_action"),
            "domain": [("patient_id", "=", self.id)],
            "context": {},
        }
