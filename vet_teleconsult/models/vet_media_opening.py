import dataclasses

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ..tools.identifier import find_record
from ..tools.room_error import get_room_error


@dataclasses.dataclass(frozen=True)
class Opening:
    """A file that somebody may open, and what they came with.

    :param media: the file, with superuser rights
    :param token: the token of their address
    :param partner: the owner whose page the address comes from, or None
    :param link: the transcript's link, or None
    :param needs_login: whether the address is right, but says nothing about who has it
    """

    media: models.Model
    token: str
    partner: models.Model | None = None
    link: models.Model | None = None
    needs_login: bool = False

    @property
    def participant(self):
        """Return as whom the file is described."""
        return {"id": None, "role": "owner" if self.partner or self.link else "vet"}


class VetMedia(models.Model):
    """Who may open a file, by what their address holds."""

    _inherit = "vet.media"

    @api.model
    def _find_opening(self, media_id, token):
        """Find the file that an address leads to, if its token opens it for the current user.

        :param int media_id: from the address
        :param str token: from the address
        :rtype: Opening
        :raises RoomError: ``access_denied``, ``link_revoked``, ``media_deleted``, ``media_pending`` or
            ``media_failed``
        """
        # sudo: what the address opens depends on its token; rights count only for the file's own
        media_sudo = find_record(self.sudo(), media_id)
        opening = media_sudo and token.isascii() and media_sudo._compare_tokens(token)
        if not opening:
            raise get_room_error(self.env, "access_denied")
        if opening.link and opening.link.revoked_at:
            raise get_room_error(self.env, "link_revoked")
        if media_sudo.state == "deleted":
            raise get_room_error(self.env, "media_deleted")
        if media_sudo.state != "ready" and not opening.needs_login:
            code = "media_failed" if media_sudo.state == "failed" else "media_pending"
            raise get_room_error(self.env, code, media_sudo.problem)
        return opening

    def _compare_tokens(self, token):
        """Compare a token with each that opens the file, in constant time each.

        Note: self.ensure_one()

        :param str token: ASCII
        :rtype: Opening | None
        """
        self.ensure_one()
        # The environment of whoever asks: self has superuser rights.
        user_env = self.env(su=False)
        is_own = consteq(self.access_token, token)
        link = self.env["vet.media.link"]._find(self, token)
        # A recording is the vets' alone: no page of an owner has an address of it.
        chat = self._find_page_chat(token) if self.media_key else None
        if link:
            return Opening(self, token, link=link)
        if chat:
            return Opening(self, token, partner=chat.partner_id)
        if is_own and user_env.user._is_public():
            return Opening(self, token, needs_login=True)
        if is_own and self.with_env(user_env).has_access("read"):
            return Opening(self, token)
        return None

    def _note_opening(self, opening, action, ip, user_agent):
        """Write into the access log who has opened the file.

        Note: self.ensure_one()

        :param Opening opening: how
        :param str action: ``view`` or ``download``
        :param str ip: address of the client, or None
        :param str user_agent: browser of the client, or None
        """
        self.ensure_one()
        # The log names the user who asked, not the superuser whose rights the file has here.
        access_model = self.env(su=False)["vet.media.access"]
        is_new = access_model._log(
            self.recording_id, self, action, ip, user_agent, partner=opening.partner, link=opening.link
        )
        if opening.link and is_new:
            opening.link._note_opening()

    def _get_opening_url(self, opening, variant, download, stream):
        """Give the address in the store that an opening leads to.

        Note: self.ensure_one()

        :param Opening opening: how it was opened
        :param str variant: ``play``, ``original`` or ``poster``
        :param bool download: whether the browser shall save the file
        :param bool stream: whether the media service gives the bytes itself
        :rtype: str
        :raises RoomError: when the variant does not exist
        """
        self.ensure_one()
        if variant not in ("play", "original", "poster"):
            raise get_room_error(self.env, "access_denied")
        try:
            return self._get_store_url(download=download, variant=variant, stream=stream)
        except UserError as error:
            raise get_room_error(self.env, "media_pending", str(error)) from error
