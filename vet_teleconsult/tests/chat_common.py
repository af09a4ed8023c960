import uuid

from odoo import fields

from .common import TeleconsultHttpCommon


class ChatCommon(TeleconsultHttpCommon):
    """Two chats of one clinic: Rex's is claimed, Otis's is not; and a way to ask the routes about Rex's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chat_type = cls.env["vet.consultation.type"].create(
            {"name": "Ask by Chat", "mode": "chat", "reply_hours": 4.0, "recording_policy": "never"}
        )
        cls.chat = cls._create_chat(vet_id=cls.vet.id)
        cls.other_chat = cls._create_chat(cls.other_patient)
        cls.as_owner = cls.chat._get_owner_participant()
        cls.as_vet = cls.chat.with_user(cls.vet)._get_vet_participant()
        cls.as_second_vet = cls.chat.with_user(cls.second_vet)._get_vet_participant()

    @classmethod
    def _create_chat(cls, patient=None, **values):
        patient = patient or cls.patient
        return cls.env["vet.chat"].create(
            {
                "patient_id": patient.id,
                "partner_id": patient.partner_id.id,
                "company_id": patient.company_id.id,
                "type_id": cls.chat_type.id,
                **values,
            }
        )

    @classmethod
    def _write(cls, participant, body="Hello", key=None, chat=None):
        """Post as somebody, without a route; each text is another message unless a key is given.

        :return: the message as the page shows it
        """
        chat = chat or cls.chat
        if participant["role"] == "vet":
            chat = chat.with_user(participant["user"])
        key = key or uuid.uuid5(uuid.NAMESPACE_URL, f"{participant['id']} {body}").hex
        return chat._post_message(participant, body, key)

    @classmethod
    def _write_many(cls, count, chat=None, author=None):
        """Put messages into the database as posting them does, faster."""
        chat = chat or cls.chat
        messages = cls.env["mail.message"].create(
            [
                {
                    "model": "vet.chat",
                    "res_id": chat.id,
                    "message_type": "comment",
                    "subtype_id": cls.env.ref("mail.mt_comment").id,
                    "author_id": (author or cls.owner.partner_id).id,
                    "body": f"<p>Message {number}</p>",
                }
                for number in range(count)
            ]
        )
        chat.write({"last_message_at": fields.Datetime.now(), "last_message_id": messages[-1:].id})
        return messages

    def _ask_chat(self, route, user=None, **params):
        """Ask a route of chats as somebody.

        :param str route: last part of the route, such as ``open``
        :param res.users user: who is logged in; nobody by default
        :param params: of the route; ``chat_id`` is the test's chat by default
        :return: the route's answer
        """
        self.authenticate(user and user.login, user and user.login)
        if "consultation_id" not in params:
            params.setdefault("chat_id", self.chat.id)
        answer = self.make_jsonrpc_request(f"/vet_teleconsult/chat/{route}", params)
        self.env.invalidate_all()
        return answer

    def _ask_by_link(self, route, **params):
        """Ask a route of chats by the owner's link."""
        params.setdefault("access_token", self.chat.link_token)
        return self._ask_chat(route, **params)
