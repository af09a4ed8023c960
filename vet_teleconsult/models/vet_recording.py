from odoo import api, fields, models
from odoo.exceptions import UserError


class VetRecording(models.Model):
    """What was recorded of a call. Made by what the sidecar reports, not by people."""

    _name = "vet.recording"
    _description = "Recording"
    _order = "started_at desc, id desc"
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(compute="_compute_name")
    call_id = fields.Many2one(
        "vet.call", required=True, readonly=True, index=True, ondelete="restrict", check_company=True
    )
    consultation_id = fields.Many2one(related="call_id.consultation_id", store=True, index=True)
    company_id = fields.Many2one(related="call_id.company_id", store=True, index=True)
    patient_id = fields.Many2one(related="consultation_id.patient_id", store=True, index=True)
    partner_id = fields.Many2one(related="consultation_id.partner_id", string="Owner", store=True)
    vet_id = fields.Many2one(related="consultation_id.vet_id", string="Vet", store=True)
    sidecar_id = fields.Many2one("vet.sidecar", readonly=True, ondelete="restrict")
    sidecar_key = fields.Char(string="Recording Key", required=True, readonly=True, copy=False)
    folder_key = fields.Char(readonly=True, copy=False, help="Where its files are in the media store.")
    state = fields.Selection(
        [
            ("recording", "Recording"),
            ("processing", "Processing"),
            ("ready", "Ready"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="recording",
    )
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    duration = fields.Float(string="Duration (s)", digits=(12, 3), readonly=True)
    duration_display = fields.Char(string="Length", compute="_compute_duration_display")
    problems = fields.Text(readonly=True, help="What did not go as it should, one line each.")
    message = fields.Char(compute="_compute_message", help="What people are told about the recording's state.")
    media_ids = fields.One2many("vet.media", "recording_id", string="Files")
    access_ids = fields.One2many("vet.media.access", "recording_id", string="Access Log")
    access_count = fields.Integer(compute="_compute_access_count")

    _sidecar_key_uniq = models.Constraint("UNIQUE(sidecar_key)", "This recording is known already.")

    # === COMPUTE METHODS === #

    @api.depends("consultation_id.name", "started_at")
    def _compute_name(self):
        for recording in self:
            local = recording.started_at and fields.Datetime.context_timestamp(recording, recording.started_at)
            recording.name = " · ".join(
                filter(None, (recording.consultation_id.name, local and local.strftime("%Y-%m-%d %H:%M")))
            )

    @api.depends("duration")
    def _compute_duration_display(self):
        for recording in self:
            minutes, seconds = divmod(round(recording.duration), 60)
            hours, minutes = divmod(minutes, 60)
            recording.duration_display = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    @api.depends("state", "problems")
    def _compute_message(self):
        for recording in self:
            match recording.state:
                case "processing":
                    recording.message = self.env._("The recording is being stored. It appears here by itself.")
                case "failed":
                    recording.message = self.env._(
                        "The recording could not be stored: %(reason)s", reason=recording.problems or "?"
                    )
                case "ready" if recording.problems:
                    recording.message = recording.problems
                case _:
                    recording.message = False

    def _compute_access_count(self):
        counts = dict(
            self.env["vet.media.access"]._read_group([("recording_id", "in", self.ids)], ["recording_id"], ["__count"])
        )
        for recording in self:
            recording.access_count = counts.get(recording, 0)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_failed(self):
        if any(recording.state != "failed" or recording.media_ids for recording in self):
            raise UserError(self.env._("A recording belongs to the patient's record: it cannot be deleted here."))

    # === ACTION METHODS === #

    def action_view_player(self):
        """Open the player."""
        self.ensure_one()
        self._check_ready()
        return {
            "type": "ir.actions.client",
            "tag": "vet_teleconsult.recording_player",
            "name": self.name,
            "params": {"recording_id": self.id, "consultation_id": self.consultation_id.id},
            "context": {"active_id": self.id},
        }

    def action_download(self):
        """Download all files of the recording as one ZIP."""
        self.ensure_one()
        self._check_ready()
        return {"type": "ir.actions.act_url", "url": self._get_download_path(), "target": "download"}

    def action_view_accesses(self):
        """Open the log of who viewed or downloaded the recording."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Access Log"),
            "res_model": "vet.media.access",
            "view_mode": "list",
            "domain": [("recording_id", "=", self.id)],
        }

    def _check_ready(self):
        if self.state != "ready":
            raise UserError(self.message or self.env._("The recording is still running."))

    # === BUSINESS METHODS - EVENTS === #

    @api.model
    def _find_or_create(self, consultation, data):
        """Find the recording that an event is about, or make it: events may arrive in any order.

        :param vet.consultation consultation: whose recording it is
        :param dict data: the event's data, with ``recording`` and ``call``
        :rtype: vet.recording
        """
        recording = self.search([("sidecar_key", "=", data["recording"])], limit=1)
        return recording or self.create(
            {
                "call_id": self.env["vet.call"]._find_or_create(consultation, data["call"]).id,
                "sidecar_key": data["recording"],
                "sidecar_id": consultation.sidecar_id.id,
            }
        )

    def _store_files(self, files):
        """Make the media entries of a finished recording, once each.

        Note: self.ensure_one()

        :param list[dict] files: key, mime, size, sha256, participant, role, source, offset, duration, width, height
        """
        self.ensure_one()
        known = set(self.media_ids.mapped("store_key"))
        self.env["vet.media"].create(
            [self._prepare_media_vals(values) for values in files if values["key"] not in known]
        )

    def _prepare_media_vals(self, values):
        """Prepare the media entry of one recorded file.

        :param dict values: one of the event's files
        :rtype: dict
        """
        described = ("mime", "size", "sha256", "duration", "width", "height", "rotation", "audio_codec", "video_codec")
        copied = (*described, "participant", "role", "source")
        return {
            "name": values["key"].rsplit("/", 1)[-1],
            "recording_id": self.id,
            "company_id": self.company_id.id,
            "sidecar_id": self.sidecar_id.id,
            "store_key": values["key"],
            "state": "ready",
            "offset": values.get("offset"),
            **{name: values.get(name) for name in copied},
        }
