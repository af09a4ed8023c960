from odoo import models
from odoo.exceptions import UserError

from ..tools import protocol


class VetRecording(models.Model):
    """What the room and the player are told about recordings."""

    _inherit = "vet.recording"

    def _get_info(self):
        """Describe recordings for lists.

        :rtype: list[dict]
        """
        return [
            {
                "id": recording.id,
                "state": recording.state,
                "started_at": protocol.format_time(recording.started_at),
                "duration": recording.duration,
                "message": recording.message or None,
            }
            for recording in self
        ]

    def _get_player(self, ip, user_agent):
        """Describe the recording for its player, and note that it was opened.

        Note: self.ensure_one()

        :param str ip: address of the client, or None
        :param str user_agent: browser of the client, or None
        :rtype: dict
        :raises AccessError: when the current user may not read it
        :raises UserError: when it cannot be played
        """
        self.ensure_one()
        self.check_access("read")
        self._check_ready()
        files = self.media_ids.filtered(lambda media: media.state == "ready")
        if not files:
            raise UserError(self.env._("Nothing was recorded: nobody sent picture or sound."))
        self.env["vet.media.access"]._log(self, files.browse(), "view", ip, user_agent)
        return {
            "id": self.id,
            "name": self.name,
            "started_at": protocol.format_time(self.started_at),
            "duration": self.duration,
            "participants": self._get_participants(files),
            "files": [self._get_player_file(media) for media in files],
            "download_url": self._get_download_path(),
            "events": self._get_timeline(),
        }

    def _get_player_file(self, media):
        copied = ("mime", "size", "participant", "role", "source", "offset", "duration", "width", "height")
        return {
            "url": media._get_access_path(),
            "download_url": media._get_access_path(download=True),
            **{name: media[name] for name in copied},
        }

    def _get_participants(self, files):
        roles = {media.participant: media.role for media in files}
        return [
            {"id": participant, "role": role, "name": self.consultation_id._get_participant_name(participant)}
            for participant, role in roles.items()
        ]

    def _get_timeline(self):
        """List what happened during the recording, for marks on the time bar.

        :rtype: list[dict]
        """
        if not self.started_at:
            return []
        messages = self.consultation_id.chat_id._get_messages().filtered(
            lambda message: self.started_at <= message.date <= (self.ended_at or message.date)
        )
        return [
            {
                "at": (message.date - self.started_at).total_seconds(),
                "label": self.env._("Message from %(author)s", author=message.author_id.name or ""),
            }
            for message in messages
        ]

    def _get_download_path(self):
        """Give the address of all files in one ZIP.

        :rtype: str
        """
        return f"/vet/recording/{self.id}/download"

    def _get_store_download_url(self):
        """Give the address of the ZIP at the sidecar, good for an hour.

        Note: self.ensure_one()

        :rtype: str
        :raises UserError: when there is nothing to download
        """
        self.ensure_one()
        self._check_ready()
        if not self.folder_key:
            raise UserError(self.env._("Nothing was recorded: nobody sent picture or sound."))
        filename = self.name.replace(" · ", " ").replace("/", "-").replace(":", "-") + ".zip"
        return self.sidecar_id._get_media_url(self.folder_key, "attachment", filename, "application/zip")
