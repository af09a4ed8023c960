from odoo import models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac

from ..tools import protocol
from ..tools.media_types import is_shown_inline

PAGE_TOKEN_SCOPE = "vet_teleconsult-media"
STATES = {"pending": "processing"}


class VetMedia(models.Model):
    """A file as people's pages show it: what they are told, and the addresses at which each opening is checked.

    An address carries one of three tokens: the file's own, which opens nothing without the right to read the file;
    a chat's page token, which dies when the chat's link is revoked; a transcript's link.
    """

    _inherit = "vet.media"

    # === BUSINESS METHODS - ADDRESSES === #

    def _get_page_token(self, chat):
        """Give the token with which the owner's page of a chat opens the file.

        Note: self.ensure_one()

        :param vet.chat chat: in which the owner sees the file
        :rtype: str
        """
        self.ensure_one()
        # sudo: owners do not know either of the tokens; what they get cannot be turned back
        media_sudo, chat_sudo = self.sudo(), chat.sudo()
        message = (media_sudo.id, media_sudo.access_token, chat_sudo.id, chat_sudo.link_token or "")
        return hmac(self.env(su=True), PAGE_TOKEN_SCOPE, message)

    def _get_chats(self):
        """Give the patient's chats in which the file is seen: its own, and those into which a vet has put it.

        Note: self.ensure_one()

        :rtype: vet.chat
        """
        self.ensure_one()
        # sudo: messages are read by their document's rights; which documents is what is asked here
        messages_sudo = self.sudo().message_ids.filtered(lambda message: message.model == "vet.chat")
        chats_sudo = self.env["vet.chat"].sudo().browse(messages_sudo.mapped("res_id")).exists()
        chats_sudo |= self.sudo().chat_id
        return chats_sudo.filtered(lambda chat: chat.patient_id == self.sudo().patient_id)

    def _is_shown_to_owner(self, chat):
        """Say whether the owner's pages of a chat show the file: it is in a message there, or the owner sends it.

        What a vet sends is theirs alone until its message is there, and what they keep for the record stays so.

        Note: self.ensure_one()

        :param vet.chat chat: in which the owner would see it
        :rtype: bool
        """
        self.ensure_one()
        # sudo: owners have no right on files; whether they see this one is what is asked here
        media_sudo = self.sudo()
        is_own = media_sudo.role == "owner" and media_sudo.chat_id == chat
        return is_own or any(
            message.model == chat._name and message.res_id == chat.id for message in media_sudo.message_ids
        )

    def _find_page_chat(self, token):
        """Find the chat whose owner's page a token comes from.

        Note: self.ensure_one()

        :param str token: from an address
        :return: the chat, or none
        :rtype: vet.chat
        """
        # Every chat is compared, in constant time.
        chats = self._get_chats().filtered(lambda chat: consteq(self._get_page_token(chat), token))
        return chats.filtered(self._is_shown_to_owner)[:1]

    def _get_access_path(self, download=False, variant=None, stream=False, token=None):
        """Give the address that stays valid, at which each opening is checked and noted.

        Note: self.ensure_one()

        :param bool download: whether the browser shall save the file
        :param str variant: ``play`` (by default), ``original`` or ``poster``
        :param bool stream: whether the bytes come from the media service in any case, so that a page may read them
        :param str token: the file's own by default
        :rtype: str
        """
        self.ensure_one()
        query = [f"variant={variant}"] if variant else []
        query += ["download=1"] if download else []
        query += ["stream=1"] if stream else []
        path = f"/vet/media/{self.id}/{token or self.access_token}"
        return path + ("?" + "&".join(query) if query else "")

    def _get_clip_path(self, token=None, start=None):
        """Give the address of the page that shows the file in the viewer.

        Note: self.ensure_one()

        :param str token: the file's own by default
        :param float start: seconds after the clip's start at which it opens
        :rtype: str
        """
        self.ensure_one()
        path = f"/vet/clip/{self.id}/{token or self.access_token}"
        return f"{path}#t={start:g}" if start else path

    def _get_store_url(self, download=False, variant="play", stream=False):
        """Give the address in the store, good for an hour. The caller has checked the right and noted the access.

        Note: self.ensure_one()

        :param bool download: whether the browser shall save the file
        :param str variant: ``play``, ``original`` or ``poster``
        :param bool stream: whether the media service gives the bytes itself
        :rtype: str
        :raises UserError: when the file is not in the store
        """
        self.ensure_one()
        key, mime, name = self._get_stored(variant)
        disposition = "attachment" if download or not is_shown_inline(mime) else "inline"
        return self.sidecar_id._get_media_url(key, disposition, name, mime, stream)

    def _get_stored(self, variant):
        """Say where a variant of the file is, what it is, and what to call it on somebody's disk.

        Note: self.ensure_one()

        :param str variant: ``play``, ``original`` or ``poster``
        :return: key in the store, media type and file name
        :rtype: tuple[str, str, str]
        :raises UserError: when it is not in the store
        """
        self.ensure_one()
        stem = self.name.rpartition(".")[0] or self.name
        if self.state == "ready":
            if variant == "poster" and self.poster_key:
                return self.poster_key, "image/jpeg", f"{stem}.jpg"
            if variant == "play" and self.rendition_state == "ready":
                extension = self.rendition_key.rpartition(".")[2]
                return self.rendition_key, self.rendition_mime, f"{stem}.{extension}"
            if variant != "poster":
                return self.store_key, self.mime or "application/octet-stream", self.name
        raise UserError(self.env._("This file is not in the media store (yet). Try again in a minute."))

    # === BUSINESS METHODS - WHAT PAGES ARE TOLD === #

    def _format(self, participant, chat):
        """Describe the file for a participant's page, with the addresses that are theirs.

        Note: self.ensure_one()

        :param dict participant: who reads, with at least ``id`` (or None for everybody of the role) and ``role``
        :param vet.chat chat: in which they read
        :rtype: dict
        """
        token = None if participant["role"] == "vet" else self._get_page_token(chat)
        values = self._describe(token)
        if participant.get("id"):
            values["mine"] = self.sudo().participant == participant["id"]
        return values

    def _describe(self, token=None):
        """Describe the file, with addresses of a token.

        Note: self.ensure_one()

        :param str token: the file's own by default
        :rtype: dict
        """
        self.ensure_one()
        # sudo: owners have no right on files; who may see this one was checked by its chat or its token
        media_sudo = self.sudo()
        measured = ("duration", "width", "height", "frame_rate")
        return {
            "id": media_sudo.id,
            "key": media_sudo.media_key,
            "kind": media_sudo.kind,
            "origin": media_sudo.origin or "file",
            "name": media_sudo.name,
            "mime": media_sudo.mime or "",
            "size": int(media_sudo.size),
            "state": STATES.get(media_sudo.state, media_sudo.state),
            "problem": media_sudo.problem or None,
            "problem_code": media_sudo.problem_code or None,
            "retryable": media_sudo.is_retryable,
            **{name: media_sudo[name] or None for name in measured},
            "rotation": media_sudo.rotation,
            **media_sudo._describe_addresses(token),
            "rendition": {"state": media_sudo.rendition_state, "progress": media_sudo.rendition_progress},
            "author_key": media_sudo.participant or None,
            "caption": media_sudo.caption or None,
            "created_at": protocol.format_time(media_sudo.create_date),
            "parent_id": media_sudo.parent_id.id or None,
            "time_code": media_sudo.time_code if media_sudo.parent_id else None,
            "annotated": media_sudo.annotated,
            "message_id": media_sudo.message_id.id or None,
        }

    def _describe_addresses(self, token):
        if self.state != "ready":
            return dict.fromkeys(("url", "stream_url", "download_url", "original_url", "poster_url"))
        return {
            "url": self._get_access_path(token=token, variant="play"),
            "stream_url": self._get_access_path(token=token, variant="play", stream=True),
            "download_url": self._get_access_path(token=token, variant="original", download=True),
            "original_url": self._get_access_path(token=token, variant="original", stream=True),
            "poster_url": self._get_access_path(token=token, variant="poster") if self.poster_key else None,
        }

    # === BUSINESS METHODS - NEWS === #

    def _notify(self):
        """Tell everyone who sees the file what has become of it, each with their own addresses.

        Note: self.ensure_one()
        """
        self.ensure_one()
        for chat in self._get_chats():
            chat._notify_media(self)

    # === BUSINESS METHODS - PROBLEMS === #

    def _get_problem_sentence(self):
        """Say in the reader's language what is wrong with the file, and what to do.

        Note: self.ensure_one()

        :rtype: str | bool
        """
        self.ensure_one()
        if not self.problem_code:
            return False
        if self.state == "ready":
            return self.env._("The version that plays in every browser could not be made. The original is here.")
        return self._get_problem_sentences().get(self.problem_code) or self.env._(
            "The file could not be taken. Try again, or send it by another way."
        )

    def _get_problem_sentences(self):
        return {
            "empty": self.env._("The file is empty. Choose it again, or record it again."),
            "wrong_type": self.env._(
                "Files of this type are not taken here. Send a photo, a video, a sound recording or a PDF."
            ),
            "not_what_it_says": self.env._(
                "The file is not what its name says. Send the original photo, video or document."
            ),
            "dangerous": self.env._("The file holds a program or a script. Send a photo, a video or a PDF instead."),
            "damaged": self.env._("The file is damaged and cannot be shown. Send it again, or record it again."),
            "too_large": self.env._("The file is larger than the clinic takes. Send a shorter one."),
            "too_many_pixels": self.env._("The picture has more pixels than can be shown. Send a smaller one."),
            "no_space": self.env._("The clinic's media store is full. The file is kept; the clinic can try again."),
            "timeout": self.env._("Preparing the file took too long. The clinic can try again."),
            "internal": self.env._("Something went wrong while the file was prepared. The clinic can try again."),
            "gone": self.env._("The clinic's media service no longer has this file. Send it again."),
            "expired": self.env._("The upload was not continued for too long. Choose the file again."),
        }
