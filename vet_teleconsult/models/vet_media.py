import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError


class VetMedia(models.Model):
    """A file in the media store. Odoo holds what it is and who may have it, never its bytes."""

    _name = "vet.media"
    _description = "Media"
    _order = "offset, id"
    _check_company_auto = True

    # === FIELDS === #

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    recording_id = fields.Many2one("vet.recording", readonly=True, index=True, ondelete="restrict", check_company=True)
    chat_id = fields.Many2one("vet.chat", readonly=True, index=True, ondelete="restrict", check_company=True)
    sidecar_id = fields.Many2one("vet.sidecar", required=True, readonly=True, ondelete="restrict")
    store_key = fields.Char(required=True, readonly=True, copy=False)
    state = fields.Selection(
        [
            ("pending", "Arriving"),
            ("ready", "Ready"),
            ("failed", "Failed"),
            ("deleted", "Deleted from the store"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    mime = fields.Char(string="Media Type", readonly=True)
    size = fields.Float(string="Size (bytes)", digits=(20, 0), readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True)
    duration = fields.Float(string="Duration (s)", digits=(12, 3), readonly=True)
    audio_codec = fields.Char(readonly=True)
    video_codec = fields.Char(readonly=True)
    width = fields.Integer(readonly=True)
    height = fields.Integer(readonly=True)
    rotation = fields.Integer(readonly=True, help="Degrees, clockwise, by which to turn the picture.")
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

    _store_key_uniq = models.Constraint("UNIQUE(sidecar_id, store_key)", "This file is known already.")

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stored(self):
        if any(media.state in ("pending", "ready") for media in self):
            raise UserError(
                self.env._(
                    "The media store still holds this file. Deleting the entry would leave bytes behind that nobody "
                    "could find again."
                )
            )

    # === BUSINESS METHODS === #

    def _get_access_path(self, download=False):
        """Give the address that stays valid, at which each opening is checked and noted.

        Note: self.ensure_one()

        :param bool download: whether the browser shall save the file
        :rtype: str
        """
        self.ensure_one()
        return f"/vet/media/{self.id}/{self.access_token}" + ("?download=1" if download else "")

    def _get_store_url(self, download=False):
        """Give the address in the store, good for an hour. The caller has checked the right and noted the access.

        Note: self.ensure_one()

        :param bool download: whether the browser shall save the file
        :rtype: str
        :raises UserError: when the file is not in the store
        """
        self.ensure_one()
        if self.state != "ready":
            raise UserError(self.env._("This file is not in the media store (yet). Try again in a minute."))
        disposition = "attachment" if download else "inline"
        return self.sidecar_id._get_media_url(self.store_key, disposition, self.name, self.mime)
