import re

from odoo import models

CHANNEL = re.compile(r"vet_(?P<kind>consultation|chat)_(?P<id>\d{1,9})(?:_(?P<token>[\w-]+))?")
QUEUE_CHANNEL = "vet_teleconsult_queue"


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
        allowed = [finders[match["kind"]](int(match["id"]), match["token"]) for match in wanted]
        return super()._build_bus_channel_list(
            [*others, *(channel for channel in allowed if channel), *self._get_vet_queue_channels()]
        )

    def _get_vet_consultation_channel(self, consultation_id, token):
        """Give the channel of a room, if the page may listen to it.

        :param int consultation_id: from the channel's name
        :param str token: the owner's token, or None for a vet
        :return: the record, or the record and the owner's subchannel, or None
        """
        consultation_model = self.env["vet.consultation"]
        if token:
            consultation_sudo = consultation_model._find_by_room_token(consultation_id, token)
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
