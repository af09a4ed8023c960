from functools import partial

from odoo import api, models

from ..tools import protocol
from ..tools.text import text_to_html

KINDS = ("video", "photo", "audio", "document")
STAGES = ("check", "store", "rendition")
GONE = ("cancelled", "deleted")


class VetMedia(models.Model):
    """What the media service reports of an uploaded file, and what follows from it.

    Each effect holds whatever the order of arrival, and however often it arrives: an event that comes late adds what
    it knows, and takes back nothing of what a later one has said.
    """

    _inherit = "vet.media"

    # === BUSINESS METHODS === #

    @api.model
    def _find_for_event(self, event):
        """Find the file that an event is about.

        :param protocol.Event event: verified, of a type ``media.…``
        :rtype: vet.media
        :raises protocol.EventError: when it does not name a file
        """
        protocol.require(event.data, media=str)
        return self.search([("media_key", "=", event.data["media"]), ("chat_id.chat_key", "=", event.room)], limit=1)

    def _apply_event(self, event):
        """Do what follows from an event, and tell those who see the file.

        Note: self.ensure_one()

        :param protocol.Event event: verified, not seen before
        :raises protocol.EventError: when its data is not what its type asks for
        """
        self.ensure_one()
        is_latest = event.sequence > self.event_sequence
        was_processing = self.state == "processing"
        handlers = {
            "media.received": self._apply_received,
            "media.ready": self._apply_ready,
            "media.progress": partial(self._apply_progress, is_latest=is_latest),
            "media.rendition": self._apply_rendition,
            "media.failed": partial(self._apply_failed, is_latest=is_latest),
            "media.discarded": partial(self._apply_discarded, is_latest=is_latest),
        }
        handlers[event.type](event.data)
        if is_latest:
            self.event_sequence = event.sequence
        if was_processing and self.state != "processing":
            self.chat_id._go_on_with_transcripts()
        self._notify()

    # === BUSINESS METHODS - ARRIVAL === #

    def _apply_received(self, data):
        protocol.require(data, size=int, sha256=str)
        self._revive()
        if self.state in GONE:
            return
        vals = {"size": data["size"], "sha256": data["sha256"], "mime": data.get("mime") or self.mime}
        if self.state == "uploading":
            vals["state"] = "processing"
        self.write({**vals, **self._prepare_kind(data)})
        self._post()

    def _apply_ready(self, data):
        protocol.require(data, key=str, mime=str, size=int, sha256=str)
        self._check_keys(data, "key", "poster_key")
        self._revive()
        if self.state in GONE:
            return
        measured = ("duration", "width", "height", "rotation", "frame_rate", "video_codec", "audio_codec")
        vals = {
            "state": "ready",
            "store_key": data["key"],
            "poster_key": data.get("poster_key"),
            "problem_code": False,
            "problem_detail": "\n".join(str(problem) for problem in data.get("problems") or ()),
            "is_retryable": False,
            **{name: data[name] for name in ("mime", "size", "sha256")},
            **{name: data.get(name) for name in measured},
            **self._prepare_kind(data),
        }
        if self.rendition_state == "none" and data.get("rendition") == "pending":
            vals["rendition_state"] = "pending"
        self.write(vals)
        self._post()

    def _revive(self):
        """Take an upload that was given up for being abandoned, and has arrived after all."""
        if self.state == "cancelled" and self.problem_code == "expired":
            self.write({"state": "uploading", "problem_code": False})

    def _prepare_kind(self, data):
        """Prepare what the file is by its content; a still stays one.

        :rtype: dict
        """
        return {"kind": data["kind"]} if data.get("kind") in KINDS and self.kind != "still" else {}

    def _check_keys(self, data, *names):
        """Make sure that a file is said to be in its own folder of the store.

        :raises protocol.EventError: when it is not
        """
        for name in names:
            key = data.get(name)
            if key and (not key.startswith(f"media/{self.media_key}/") or ".." in key.split("/")):
                raise protocol.EventError(f"“{name}” is outside of the file's folder in the store.")

    def _post(self):
        """Post the message that brings the file, once.

        It is taken whatever has happened to the chat since: what somebody was allowed to send, and has sent whole,
        is not lost because the clinic has locked the chat in the meantime.

        Note: self.ensure_one()
        """
        self.ensure_one()
        if self.posted and not self.message_id:
            body = text_to_html(self.caption) if self.caption else ""
            message_id = self.chat_id._get_message_id("media", self.media_key)
            self.message_id = self.chat_id._post_media(self, body, self.author_id, message_id)

    # === BUSINESS METHODS - RENDITION === #

    def _apply_progress(self, data, is_latest):
        protocol.require(data, percent=int)
        if is_latest and self.state == "ready" and self.rendition_state in ("pending", "working"):
            percent = min(max(data["percent"], 0), 100)
            self.write({"rendition_state": "working", "rendition_progress": percent})

    def _apply_rendition(self, data):
        protocol.require(data, key=str, mime=str)
        self._check_keys(data, "key")
        if self.state in GONE:
            return
        self.write(
            {
                "rendition_state": "ready",
                "rendition_key": data["key"],
                "rendition_mime": data["mime"],
                "rendition_progress": 100,
                # A recorder's file may not know how long it is; what was made of it does.
                "duration": self.duration or data.get("duration"),
            }
        )
        if self.state == "ready":
            self.write({"problem_code": False, "problem_detail": False, "is_retryable": False})

    # === BUSINESS METHODS - END === #

    def _apply_failed(self, data, is_latest):
        protocol.require(data, stage=str, code=str)
        if data["stage"] not in STAGES:
            raise protocol.EventError(f"“stage” is none of {', '.join(STAGES)}.")
        is_rendition = data["stage"] == "rendition"
        is_over = self.rendition_state == "ready" if is_rendition else self.state == "ready"
        if not is_latest or is_over or self.state in GONE:
            return
        self.write(
            {
                **({"rendition_state": "failed"} if is_rendition else {"state": "failed"}),
                "problem_code": data["code"],
                "problem_detail": data.get("reason"),
                "is_retryable": bool(data.get("retryable")),
            }
        )

    def _apply_discarded(self, data, is_latest):
        protocol.require(data, reason=str)
        if self.state == "uploading" or (self.state == "failed" and not self.message_id):
            code = "expired" if data["reason"] == "expired" else False
            self.write({"state": "cancelled", "problem_code": code, "is_retryable": False})
        elif is_latest and self.state not in GONE:
            self.write({"state": "deleted", "rendition_state": "none", "is_retryable": False})
