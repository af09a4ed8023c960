from odoo.tests import tagged

from .chat_common import ChatCommon


@tagged("post_install", "-at_install")
class TestChatLive(ChatCommon):
    """Who hears what of a chat, by Odoo's bus."""

    def setUp(self):
        super().setUp()
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"]._bus_last_id()

    def _hear(self, name, channel, user=None):
        """Subscribe as a page does, and give what it heard of one kind since the beginning of the test."""
        self.authenticate(user and user.login, user and user.login)
        self.env.cr.precommit.run()
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications", {"channels": [channel], "last": self.last, "is_first_poll": True}
        )
        messages = [notification["message"] for notification in answer["notifications"]]
        return [message["payload"] for message in messages if message["type"] == f"vet_teleconsult/{name}"]

    @property
    def channel(self):
        return f"vet_chat_{self.chat.id}"

    @property
    def owner_channel(self):
        return f"vet_chat_{self.chat.id}_{self.chat.link_token}"

    def _listeners(self):
        return ((self.channel, self.vet), (self.channel, self.owner), (self.owner_channel, None))

    def test_both_sides_hear_a_message_by_link_and_by_login(self):
        self._write(self.as_owner, "Hello")
        for channel, user in self._listeners():
            with self.subTest(channel=channel, user=user and user.login):
                (payload,) = self._hear("message", channel, user)
                self.assertEqual((payload["chat_id"], payload["message"]["body"]), (self.chat.id, "Hello"))
                self.assertNotIn("mine", payload["message"])

    def test_nobody_else_hears_anything(self):
        self._write(self.as_owner, "Hello")
        for channel, user in (
            (self.channel, None),
            (self.channel, self.other_owner),
            (self.channel, self.receptionist),
            (self.channel, self.foreign_vet),
            (self.owner_channel + "x", None),
            (f"vet_chat_{self.other_chat.id}_{self.chat.link_token}", None),
            (f"vet_chat_{self.other_chat.id}", self.owner),
        ):
            with self.subTest(channel=channel, user=user and user.login):
                self.assertFalse(self._hear("message", channel, user))

    def test_page_of_a_withdrawn_link_hears_nothing_more(self):
        channel, subchannel = self.owner_channel, self.chat._get_owner_channel()
        self.chat.action_renew_link()
        self._write(self.as_vet, "Hello")
        self.assertFalse(self._hear("message", channel))
        # Nor does a page that is connected still: what is sent goes by another name.
        self.assertNotEqual(self.chat._get_owner_channel(), subchannel)

    def test_page_of_a_former_owners_login_hears_nothing_more(self):
        subchannel = self.chat._get_portal_channel()
        self.patient.owner_ids |= self.other_owner.partner_id
        self.chat.partner_id = self.other_owner.partner_id
        self.assertNotEqual(self.chat._get_portal_channel(), subchannel)
        self._write(self.as_vet, "Hello")
        self.assertFalse(self._hear("message", self.channel, self.owner))
        self.assertTrue(self._hear("message", self.channel, self.other_owner))

    def test_room_of_a_consultation_hears_its_chat(self):
        chat = self.consultation.chat_id
        self._write(chat._get_owner_participant(), "Hello", chat=chat)
        room = f"vet_consultation_{self.consultation.id}"
        for channel, user in ((room, self.vet), (f"{room}_{self.consultation.room_token}", None)):
            with self.subTest(channel=channel):
                (payload,) = self._hear("message", channel, user)
                self.assertEqual((payload["chat_id"], payload["message"]["body"]), (chat.id, "Hello"))

    def test_message_by_mail_or_from_odoo_is_heard_too(self):
        self.chat.with_user(self.vet).message_post(
            body="From the form", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        (payload,) = self._hear("message", self.owner_channel)
        self.assertEqual(payload["message"]["body"], "From the form")

    def test_notes_of_the_clinic_are_heard_by_nobody(self):
        self.chat.with_user(self.vet).message_post(
            body="Difficult", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(self._hear("message", self.channel, self.vet))

    def test_typing_is_heard_with_a_name(self):
        self._ask_by_link("typing", typing=True)
        (payload,) = self._hear("typing", self.channel, self.vet)
        self.assertEqual(
            payload,
            {
                "chat_id": self.chat.id,
                "participant": self.as_owner["id"],
                "role": "owner",
                "name": "Anna Keller",
                "typing": True,
            },
        )

    def test_read_mark_is_heard(self):
        message = self._write(self.as_vet)
        self._ask_by_link("read", message_id=message["id"])
        (payload,) = self._hear("read", self.channel, self.vet)
        self.assertEqual(
            {name: payload[name] for name in ("chat_id", "participant", "role", "name", "message_id")},
            {
                "chat_id": self.chat.id,
                "participant": self.as_owner["id"],
                "role": "owner",
                "name": "Anna Keller",
                "message_id": message["id"],
            },
        )

    def test_what_changes_about_the_chat_is_heard(self):
        self.chat.with_user(self.vet)._end()
        payload = self._hear("chat", self.owner_channel)[0]
        self.assertEqual((payload["chat_id"], payload["state"]), (self.chat.id, "locked"))
        self.assertTrue(payload["ended_at"])
        self.assertEqual(payload["vet"]["name"], "Dr. Meier")

    def test_waiting_is_heard_when_it_begins_and_when_it_ends(self):
        self._write(self.as_owner)
        self._write(self.as_vet)
        waits = [bool(payload["reply_due_at"]) for payload in self._hear("chat", self.channel, self.vet)]
        self.assertEqual(waits, [True, False])

    def test_inboxes_of_the_clinics_vets_hear_of_each_message_without_asking(self):
        self._write(self.as_owner)
        for user, heard in (
            (self.second_vet, True),
            (self.foreign_vet, False),
            (self.owner, False),
            (self.receptionist, False),
            (None, False),
        ):
            with self.subTest(user=user and user.login):
                chats = {payload["chat_id"] for payload in self._hear("inbox", "anything", user)}
                self.assertEqual(chats, {self.chat.id} if heard else set())
