import uuid

from odoo import fields

from .common import TeleconsultHttpCommon


class MediaCommon(TeleconsultHttpCommon):
    """A chat about Rex, and the media service that tells what becomes of its files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chat = cls.env["vet.chat"].create(
            {
                "patient_id": cls.patient.id,
                "partner_id": cls.owner.partner_id.id,
                "vet_id": cls.vet.id,
                "company_id": cls.company.id,
            }
        )
        cls.company.vet_chat_max_upload = 200
        cls.as_owner = {
            "id": f"owner-{cls.owner.partner_id.id}",
            "role": "owner",
            "name": cls.owner.name,
            "partner": cls.owner.partner_id,
            "user": cls.env["res.users"],
        }
        cls.as_vet = {
            "id": f"vet-{cls.vet.id}",
            "role": "vet",
            "name": cls.vet.name,
            "partner": cls.vet.partner_id,
            "user": cls.vet,
        }

    def _begin(self, participant=None, chat=None, **values):
        """Ask to send a file, as a page does.

        :return: what the page is told
        """
        return (chat or self.chat)._create_upload(
            participant or self.as_owner,
            {
                "filename": "limping.mp4",
                "size": 3_000_000,
                "mime": "video/mp4",
                "client_key": uuid.uuid4().hex,
                "origin": "file",
                **values,
            },
        )

    def _begin_media(self, participant=None, **values):
        return self.env["vet.media"].browse(self._begin(participant, **values)["media"]["id"])

    def _tell(self, media, event_type, sequence=1, **data):
        """Have the media service tell something about a file, over HTTP as it does.

        :return: the answer's values
        """
        return self._deliver(
            f"media.{event_type}", {"media": media.media_key, **data}, room=media.chat_id.chat_key, sequence=sequence
        )

    def _tell_received(self, media, sequence=1, **data):
        return self._tell(
            media,
            "received",
            sequence,
            **{
                "size": 3_000_000,
                "sha256": "ab" * 32,
                "mime": "video/mp4",
                "kind": "video",
                "filename": media.name,
                **data,
            },
        )

    def _tell_ready(self, media, sequence=2, **data):
        folder = f"media/{media.media_key}"
        return self._tell(
            media,
            "ready",
            sequence,
            **{
                "kind": "video",
                "mime": "video/mp4",
                "size": 3_000_000,
                "sha256": "ab" * 32,
                "duration": 12.5,
                "width": 1080,
                "height": 1920,
                "rotation": 90,
                "frame_rate": 30.0,
                "video_codec": "h264",
                "audio_codec": "aac",
                "key": f"{folder}/original.mp4",
                "poster_key": f"{folder}/poster.jpg",
                "rendition": "none",
                "problems": [],
                **data,
            },
        )

    @classmethod
    def _create_media(cls, participant=None, chat=None, **values):
        """A file of the chat that is in the store, without a message.

        :rtype: vet.media
        """
        participant = participant or cls.as_owner
        chat = chat or cls.chat
        key = uuid.uuid4().hex
        return cls.env["vet.media"].create(
            {
                "name": "limping.mp4",
                "company_id": chat.company_id.id,
                "chat_id": chat.id,
                "sidecar_id": cls.sidecar.id,
                "media_key": key,
                "store_key": f"media/{key}/original.mp4",
                "poster_key": f"media/{key}/poster.jpg",
                "state": "ready",
                "kind": "video",
                "origin": "file",
                "mime": "video/mp4",
                "size": 3_000_000,
                "duration": 12.5,
                "participant": participant["id"],
                "role": participant["role"],
                "author_id": participant["partner"].id,
                "ticket_at": fields.Datetime.now(),
                **values,
            }
        )

    def _open(self, path, user=None):
        """Open an address in a browser, without going where it leads.

        :return: the response
        """
        self.authenticate(user and user.login, user and user.login)
        response = self.url_open(path, allow_redirects=False)
        self.env.invalidate_all()
        return response
