from odoo import models

from ..tools import protocol

# Whoever hears of it, by role: the addresses of files differ between the two sides.
VETS = {"id": None, "role": "vet", "name": "", "partner": None, "user": None}
OWNERS = {"id": None, "role": "owner", "name": "", "partner": None, "user": None}


class VetChat(models.Model):
    """Who is told at once when something happens in a chat: its own pages, and the rooms of its consultations."""

    _inherit = "vet.chat"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS - CHANNELS === #

    def _get_owner_channel(self):
        """Name the part of the chat's bus channel that holders of the present link listen to.

        Made of the token, so that nobody who has an older link hears anything.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: the name is made of the token, and does not give it away
        return "owner_" + self._hash_link_token(self.sudo().link_token)[:32]

    def _get_portal_channel(self):
        """Name the part of the chat's bus channel that the owner's logins listen to.

        Made of the owner, so that a former one hears nothing.

        Note: self.ensure_one()

        :rtype: str
        """
        self.ensure_one()
        # sudo: whose chat it is, for a page that may listen to it
        return f"portal_{self.sudo().partner_id.commercial_partner_id.id}"

    def _send_live(self, notification_type, payload, vet_payload=None):
        """Send a notification to everyone who has the chat open, on its own page or in a room.

        :param str notification_type: such as ``vet_teleconsult/message``
        :param dict payload: what owner and vets may both see; None for what is the vets' alone
        :param dict vet_payload: what vets see instead
        """
        for chat in self:
            vet_named = {**(vet_payload or payload), "chat_id": chat.id}
            chat._bus_send(notification_type, vet_named)
            named = None if payload is None else {**payload, "chat_id": chat.id}
            if named:
                chat._bus_send(notification_type, named, subchannel=chat._get_owner_channel())
                chat._bus_send(notification_type, named, subchannel=chat._get_portal_channel())
            # sudo: owners write, but may not read every consultation's link
            chat.sudo().consultation_ids._send_to_room(notification_type, named, vet_payload=vet_named)

    # === BUSINESS METHODS - NEWS === #

    def _notify_message(self, message):
        """Tell everyone of a new message, and the vets' inboxes.

        Note: self.ensure_one()

        :param mail.message message: a visible one of this chat
        """
        self.ensure_one()
        payloads = {}
        for audience in (OWNERS, VETS):
            (payload,) = self._localize(audience)._format_messages(message, audience)
            # Everyone decides by themselves whether a message is theirs: all get the same.
            payload.pop("mine")
            payload["media"] = [self._drop_mine(media) for media in payload["media"]]
            payloads[audience["role"]] = {"message": payload}
        self._send_live("vet_teleconsult/message", payloads["owner"], vet_payload=payloads["vet"])
        self._notify_inbox()

    def _notify_media(self, media):
        """Tell everyone who sees a file of its change: more has arrived, it is ready, or something went wrong.

        Note: self.ensure_one()

        :param vet.media media: one file of this chat
        """
        self.ensure_one()
        payloads = {
            audience["role"]: {
                "message_id": media.message_id.id or None,
                "media": self._drop_mine(media._format(audience, self)),
            }
            for audience in ((OWNERS, VETS) if media._is_shown_to_owner(self) else (VETS,))
        }
        self._send_live("vet_teleconsult/media", payloads.get("owner"), vet_payload=payloads["vet"])

    def _drop_mine(self, media_values):
        return {name: value for name, value in media_values.items() if name != "mine"}

    def _notify_changed(self):
        """Tell everyone who holds the chat, whether it is open, and until when an answer is due."""
        for chat in self:
            chat._send_live("vet_teleconsult/chat", chat._get_live_state())
        self._notify_inbox()

    def _get_live_state(self):
        """Give what of a chat changes while it is open.

        Note: self.ensure_one()

        :rtype: dict
        """
        self.ensure_one()
        return {
            "state": self.state,
            "ended_at": protocol.format_time(self.ended_at),
            "vet": self._get_vet_info(),
            "reply_due_at": protocol.format_time(self.reply_due_at),
            "waiting_since": protocol.format_time(self.waiting_since),
        }

    def _notify_typing(self, participant, typing):
        """Tell the others that somebody is writing, or has stopped.

        Note: self.ensure_one()

        :param dict participant: who writes
        :param bool typing: whether they do
        :return: nothing that a page needs
        :rtype: dict
        """
        self.ensure_one()
        self._send_live("vet_teleconsult/typing", {**self._name_participant(participant), "typing": bool(typing)})
        return {}

    def _notify_read(self, participant, record):
        """Tell the others up to where somebody has read.

        Note: self.ensure_one()

        :param dict participant: who reads
        :param vet.chat.participant record: their record in this chat
        """
        self.ensure_one()
        self._send_live(
            "vet_teleconsult/read",
            {
                **self._name_participant(participant),
                "message_id": record.last_read_message_id.id,
                "at": protocol.format_time(record.read_at),
            },
        )

    def _name_participant(self, participant):
        return {"participant": participant["id"], "role": participant["role"], "name": participant["name"]}

    def _notify_inbox(self):
        """Have the vets' inboxes read these chats again."""
        for chat in self:
            # sudo: whose inbox it is, whoever causes the change
            chat.sudo().company_id._notify_vet_inbox(chat.id)
