import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.media_types import format_duration, format_size

KINDS = [
    ("video", "Video"),
    ("photo", "Photo"),
    ("audio", "Sound"),
    ("document", "Document"),
    ("still", "Still"),
]
ORIGINS = [
    ("file", "Chosen file"),
    ("camera", "Taken with the camera"),
    ("recorded", "Recorded in the page"),
    ("screen", "Recorded screen"),
    ("still", "Frame of a video"),
]


class VetMedia(models.Model):
    """A file in the media store. Odoo holds what it is and who may have it, never its bytes.

    A recording's files are announced when they are stored. A chat's are known from the moment at which somebody is
    allowed to send one: ``uploading → processing → ready``, or ``failed``, or ``cancelled``.
    """

    _name = "vet.media"
    _description = "Media"
    _order = "offset, id"
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    recording_id = fields.Many2one("vet.recording", readonly=True, index=True, ondelete="restrict", check_company=True)
    chat_id = fields.Many2one("vet.chat", readonly=True, index=True, ondelete="restrict", check_company=True)
    patient_id = fields.Many2one(
        "vet.patient", compute="_compute_patient_id", store=True, index=True, help="Whom the file shows."
    )
    sidecar_id = fields.Many2one("vet.sidecar", required=True, readonly=True, ondelete="restrict")
    store_key = fields.Char(readonly=True, copy=False, help="Where the original is in the media store.")
    state = fields.Selection(
        [
            ("pending", "Arriving"),
            ("uploading", "Uploading"),
            ("processing", "Processing"),
            ("ready", "Ready"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("deleted", "Deleted from the store"),
        ],
        required=True,
        readonly=True,
        index=True,
        default="pending",
    )
    kind = fields.Selection(KINDS, readonly=True, index=True)
    mime = fields.Char(string="Media Type", readonly=True)
    size = fields.Float(string="Size (bytes)", digits=(20, 0), readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True)
    size_display = fields.Char(string="Size", compute="_compute_displays")
    duration = fields.Float(string="Duration (s)", digits=(12, 3), readonly=True)
    duration_display = fields.Char(string="Length", compute="_compute_displays")
    audio_codec = fields.Char(readonly=True)
    video_codec = fields.Char(readonly=True)
    width = fields.Integer(readonly=True, help="Pixels, as the picture is shown.")
    height = fields.Integer(readonly=True, help="Pixels, as the picture is shown.")
    rotation = fields.Integer(readonly=True, help="Degrees, clockwise, by which to turn the picture.")
    frame_rate = fields.Float(string="Frame Rate (1/s)", digits=(8, 3), readonly=True)
    participant = fields.Char(readonly=True, help="The sender's identifier in the room.")
    role = fields.Selection([("vet", "Vet"), ("owner", "Owner"), ("guest", "Guest")], readonly=True)
    source = fields.Selection([("camera", "Camera"), ("screen", "Screen")], readonly=True)
    offset = fields.Float(
        string="Starts at (s)", digits=(12, 3), readonly=True, help="Seconds after the recording's start."
    )
    access_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(32),
        groups="vet_teleconsult.group_veterinarian",
    )

    # === FIELDS - UPLOADED BY PEOPLE === #

    media_key = fields.Char(readonly=True, copy=False, help="The name of the upload, and of its folder in the store.")
    client_key = fields.Char(readonly=True, copy=False, help="Made by the page: the same again is the same file.")
    origin = fields.Selection(ORIGINS, readonly=True)
    author_id = fields.Many2one("res.partner", string="Sent by", readonly=True, index=True, ondelete="restrict")
    caption = fields.Text(readonly=True)
    posted = fields.Boolean(
        readonly=True, default=True, help="Whether a message of the chat shows it, or the patient's record alone."
    )
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The message with which it came.",
    )
    message_ids = fields.Many2many(
        "mail.message",
        "vet_media_message_rel",
        "media_id",
        "message_id",
        string="Messages",
        readonly=True,
        copy=False,
        groups="vet_teleconsult.group_veterinarian",
        help="All messages that show it, also those of the patient's other chats.",
    )
    parent_id = fields.Many2one(
        "vet.media", string="Still of", readonly=True, index="btree_not_null", ondelete="restrict", check_company=True
    )
    still_ids = fields.One2many("vet.media", "parent_id", string="Stills")
    time_code = fields.Float(
        string="Place (s)", digits=(12, 3), readonly=True, help="Seconds after the clip's start at which it was taken."
    )
    annotated = fields.Boolean(readonly=True, help="Whether somebody has drawn on it.")
    ticket_at = fields.Datetime(
        string="Last Continued", readonly=True, copy=False, help="When somebody last asked to send more of it."
    )

    # === FIELDS - WHAT THE MEDIA SERVICE MAKES OF IT === #

    poster_key = fields.Char(readonly=True, copy=False)
    rendition_key = fields.Char(readonly=True, copy=False)
    rendition_mime = fields.Char(readonly=True, copy=False)
    rendition_state = fields.Selection(
        [
            ("none", "Not needed"),
            ("pending", "Waiting"),
            ("working", "Being made"),
            ("ready", "Ready"),
            ("failed", "Failed"),
        ],
        string="Version for Every Browser",
        required=True,
        readonly=True,
        copy=False,
        default="none",
        help="Made where not every browser plays the original, which is kept.",
    )
    rendition_progress = fields.Integer(string="Progress (%)", readonly=True, copy=False)
    problem_code = fields.Char(readonly=True, copy=False)
    problem_detail = fields.Char(
        readonly=True, copy=False, groups="vet_teleconsult.group_veterinarian", help="As the media service says it."
    )
    problem = fields.Char(compute="_compute_problem", help="What is wrong, and what to do.")
    is_retryable = fields.Boolean(readonly=True, copy=False, help="Whether trying again may help.")
    event_sequence = fields.Integer(
        readonly=True, copy=False, help="Position of the latest event about it, so that a late one does not count."
    )

    # === FIELDS - WHO HAS IT === #

    link_ids = fields.One2many(
        "vet.media.link", "media_id", string="Links", groups="vet_teleconsult.group_veterinarian"
    )
    access_ids = fields.One2many(
        "vet.media.access", "media_id", string="Access Log", groups="vet_teleconsult.group_veterinarian"
    )
    observation_ids = fields.One2many(
        "vet.observation", "media_id", string="Observations", groups="vet_teleconsult.group_veterinarian"
    )
    poster_url = fields.Char(compute="_compute_poster_url", groups="vet_teleconsult.group_veterinarian")

    _store_key_uniq = models.Constraint("UNIQUE(sidecar_id, store_key)", "This file is known already.")
    _media_key_uniq = models.Constraint("UNIQUE(media_key)", "This upload is known already.")
    _client_key_uniq = models.UniqueIndex(
        "(chat_id, participant, client_key) WHERE client_key IS NOT NULL", "This file is being sent already."
    )

    # === COMPUTE METHODS === #

    @api.depends("chat_id.patient_id", "recording_id.patient_id")
    def _compute_patient_id(self):
        for media in self:
            media.patient_id = media.chat_id.patient_id or media.recording_id.patient_id

    @api.depends("size", "duration")
    def _compute_displays(self):
        for media in self:
            media.size_display = format_size(media.size)
            media.duration_display = format_duration(media.duration) if media.duration else False

    @api.depends("problem_code")
    @api.depends_context("lang")
    def _compute_problem(self):
        for media in self:
            media.problem = media._get_problem_sentence()

    @api.depends("access_token", "poster_key", "state")
    def _compute_poster_url(self):
        for media in self:
            has_poster = media.state == "ready" and media.poster_key
            media.poster_url = media._get_access_path(variant="poster") if has_poster else False

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stored(self):
        if any(media.state in ("pending", "processing", "ready") for media in self):
            raise UserError(
                self.env._(
                    "The media store still holds this file. Deleting the entry would leave bytes behind that nobody "
                    "could find again."
                )
            )

    # === ACTION METHODS === #

    def action_view_clip(self):
        """Open the file in the viewer, in a page of its own."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._get_clip_path(), "target": "new"}

    def action_download(self):
        """Download the original."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": self._get_access_path(download=True, variant="original"),
            "target": "download",
        }

    def action_retry(self):
        """Have the media service try again what has failed."""
        self.check_access("read")
        # sudo: vets read files; what happens to them is the system's
        self.sudo()._retry()

    def action_revoke_links(self):
        """Stop every link to the file that stands in a transcript."""
        self.check_access("read")
        self.link_ids.action_revoke()

    def action_delete_from_store(self):
        """Delete the bytes for good, as a manager; the entry stays, and says so.

        :raises UserError: for a file of a recording
        """
        self.check_access("read")
        if not self.env.user.has_group("vet_teleconsult.group_manager"):
            raise UserError(self.env._("Only a teleconsult manager deletes files for good."))
        # sudo: managers read files; what happens to them is the system's
        self.sudo()._delete_from_store()
