import re
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import protocol
from ..tools.media_types import get_ticket_types

# Longer than the media service keeps what it has of an upload that nobody continues.
ABANDONED_AFTER = timedelta(days=14)
RETRY_PATH = re.compile(r"/commands/media/(?P<key>\w+)/retry")


class VetMedia(models.Model):
    """An upload on its way: who may send it, until when, and what becomes of one that never arrives."""

    _inherit = "vet.media"

    # === BUSINESS METHODS - TICKET === #

    @api.model
    def _generate_media_key(self):
        return uuid.uuid4().hex

    def _get_upload(self):
        """Sign a ticket with which a browser sends the file to the media service, or goes on sending it.

        Note: self.ensure_one()

        :return: address, ticket and when that expires
        :rtype: dict
        """
        self.ensure_one()
        self.ticket_at = now = fields.Datetime.now()
        kind = "still" if self.kind == "still" else "photo"
        ticket = self.sidecar_id._sign_ticket(
            "upload",
            protocol.UPLOAD_TICKET_LIFETIME,
            {
                "chat": self.chat_id.chat_key,
                "media": self.media_key,
                "max_bytes": self.company_id._get_max_upload_bytes(),
                "size": int(self.size),
                "filename": self.name,
                "mime": self.mime or "",
                "types": get_ticket_types(kind),
            },
        )
        return {
            "url": f"{self.sidecar_id.url}/uploads",
            "ticket": ticket,
            "expires_at": protocol.format_time(now + timedelta(seconds=protocol.UPLOAD_TICKET_LIFETIME)),
        }

    # === BUSINESS METHODS - WHAT PEOPLE DO === #

    def _cancel(self):
        """Give an upload up, and have the media service forget what it has of it.

        Note: self.ensure_one()

        :raises UserError: when it has been sent already
        """
        self.ensure_one()
        if self.state == "cancelled":
            return
        if self.state not in ("uploading", "failed") or self.message_id:
            raise UserError(self.env._("The file has been sent already."))
        self.write({"state": "cancelled", "problem_code": False, "problem_detail": False, "is_retryable": False})
        self._send_to_sidecar("delete")
        self._notify()

    def _retry(self):
        """Have the media service try again, where that may help.

        :raises UserError: when it cannot
        """
        for media in self:
            is_rendition = media.state == "ready" and media.rendition_state == "failed"
            if not is_rendition and not (media.state == "failed" and media.is_retryable):
                raise UserError(self.env._("There is nothing to try again. Send the file anew if it is not right."))
            vals = {"problem_code": False, "problem_detail": False, "is_retryable": False, "rendition_progress": 0}
            media.write({**vals, **({"rendition_state": "pending"} if is_rendition else {"state": "processing"})})
            media._send_to_sidecar("retry")
            media._notify()

    @api.model
    def _give_up_retry(self, path, is_retryable):
        """Say on a file that it is not tried again, though somebody has asked for that.

        Should it be ready after all, because an earlier try has succeeded, the media service says so, and that counts.

        :param str path: of the command; for any other than a retry, nothing happens
        :param bool is_retryable: whether asking again may help
        """
        match = RETRY_PATH.fullmatch(path)
        media = self.search([("media_key", "=", match["key"])], limit=1) if match else self.browse()
        waits = {"state": "processing"} if media.state == "processing" else {}
        if media.state == "ready" and media.rendition_state == "pending":
            waits = {"rendition_state": "pending"}
        if waits:
            failed = dict.fromkeys(waits, "failed")
            media.write(
                {**failed, "problem_code": "internal" if is_retryable else "gone", "is_retryable": is_retryable}
            )
            media._notify()

    def _delete_from_store(self):
        """Delete a chat's files for good; links to them say so from now on.

        :raises UserError: for a file of a recording
        """
        for media in self:
            if not media.media_key:
                raise UserError(self.env._("A recording belongs to the patient's record: it cannot be deleted here."))
            media.write({"state": "deleted", "rendition_state": "none"})
            media._send_to_sidecar("delete")
            media._notify()

    def _send_to_sidecar(self, command):
        """Put a command about the file into the queue that survives a media service that is away.

        Note: self.ensure_one()

        :param str command: ``retry`` or ``delete``
        """
        self.ensure_one()
        # sudo: owners and vets cause commands; the queue is the system's
        self.env["vet.sidecar.command"].sudo().create(
            {
                "sidecar_id": self.sidecar_id.id,
                "chat_id": self.chat_id.id,
                "path": f"/commands/media/{self.media_key}/{command}",
                "payload": {},
            }
        )

    # === BUSINESS METHODS - HOUSEKEEPING === #

    @api.autovacuum
    def _gc_abandoned(self):
        """Give up uploads that nobody has continued for weeks; one that arrives after all is taken."""
        abandoned = self.search(
            [("state", "=", "uploading"), ("ticket_at", "<", fields.Datetime.now() - ABANDONED_AFTER)], limit=1000
        )
        abandoned.write({"state": "cancelled", "problem_code": "expired"})
        for media in abandoned:
            media._notify()
