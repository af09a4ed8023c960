import re

from odoo import models

CHANNEL = re.compile(r"vet_(?P<kind>consultation|chat)_(?P<id>\d{1,9})(?:_(?P<token>[\w-]+))?")
QUEUE_CHANNEL = "vet_teleconsult_queue"
LINE_CHANNEL = "vet_teleconsult_line"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Replace the channels of rooms and chats that a page asks for by those that it may hear; drop the others."""
        wanted, others = [], []
        for channel in channels:
            match = CHANNEL.fullmatch(channel) if isinstance(channel, str) else None
            if match:
                wanted.append(match)
            else:
                others.append(channel)
        finders = {"consultation": self._get_vet_consultation_channel, "chat": self._get_vet_chat_channel}
        found = [finders[match["kind"]](int(match["id"]), match["token"]) for match in wanted]
        allowed = [channel for channel in found if channel]
        return super()._build_bus_channel_list(
            [*others, *allowed, *self._get_vet_line_channels(allowed), *self._get_vet_queue_channels()]
        )

    def _get_vet_line_channels(self, allowed):
        """Give the lines of those who wait in a room by a link: they hear that something has moved, nothing else.

        :param list allowed: channels of rooms and chats that the page may hear
        """
        rooms = [channel[0] for channel in allowed if isinstance(channel, tuple)]
        return [(room.company_id, LINE_CHANNEL) for room in rooms if room._name == "vet.consultation"]

    def _get_vet_consultation_channel(self, consultation_id, token):
        """Give the channel of a room, if the page may listen to it.

        :param int consultation_id: from the channel's name
        :param str token: the owner's or a guest's token, or None for a vet
        :return: the record, or the record and the subchannel of owner or guest, or None
        """
        consultation_model = self.env["vet.consultation"]
        if token:
            consultation_sudo = consultation_model._find_by_room_token(consultation_id, token)
            guest_sudo = self.env["vet.consultation.guest"]._find_by_token(consultation_id, token)
            if guest_sudo and guest_sudo._get_link_problem() in (None, "finished"):
                return guest_sudo.consultation_id, guest_sudo._get_channel()
            # A consultation that is over can still be talked about; a link that does not open the room cannot.
            if consultation_sudo and consultation_sudo._get_link_problem() in (None, "finished"):
                return consultation_sudo, consultation_sudo._get_owner_channel()
            return None
        if not self.env.user.has_group("vet_teleconsult.group_veterinarian"):
            return None
        consultation = (
            consultation_model.with_context(allowed_company_ids=self.env.user.company_ids.ids)
            .browse(consultation_id)
            .exists()
        )
        return consultation if consultation and consultation.has_access("read") else None

    def _get_vet_chat_channel(self, chat_id, token):
        """Give the channel of a chat, if the page may listen to it.

        :param int chat_id: from the channel's name
        :param str token: the link's token, or None for a vet or an owner with a login
        :return: the record, or the record and the owner's subchannel, or None
        """
        chat_model = self.env["vet.chat"]
        if token:
            chat_sudo = chat_model._find_by_link(chat_id, token)
            return (chat_sudo, chat_sudo._get_owner_channel()) if chat_sudo else None
        user = self.env.user
        chat = chat_model.with_context(allowed_company_ids=user.company_ids.ids).browse(chat_id).exists()
        if not chat or not chat.has_access("read"):
            return None
        if user.has_group("vet_teleconsult.group_veterinarian"):
            return chat
        return (chat, chat._get_portal_channel()) if user._is_portal() else None

    def _get_vet_queue_channels(self):
        """Give the queues that the user's pages hear of: those of each company of a vet."""
        if not self.env.user.has_group("vet_teleconsult.group_veterinarian"):
            return []
        return [(company, QUEUE_CHANNEL) for company in self.env.user.company_ids]
