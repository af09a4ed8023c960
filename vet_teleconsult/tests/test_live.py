import json

from odoo.tests import tagged

from odoo.addons.vet_teleconsult.models.ir_websocket import QUEUE_CHANNEL

from .common import TeleconsultHttpCommon


@tagged("post_install", "-at_install")
class TestLive(TeleconsultHttpCommon):
    """Who hears what, by Odoo's bus."""

    def setUp(self):
        super().setUp()
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"]._bus_last_id()

    def _subscribe(self, channel, user=None):
        """Subscribe as a page does, and give what it heard since the beginning of the test."""
        self.authenticate(user and user.login, user and user.login)
        self.env.cr.precommit.run()
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications", {"channels": [channel], "last": self.last, "is_first_poll": True}
        )
        return [notification["message"] for notification in answer["notifications"]]

    def _hear(self, notification_type, channel, user=None):
        return [
            message["payload"] for message in self._subscribe(channel, user) if message["type"] == notification_type
        ]

    def _write(self, body):
        """Write in the room as the owner."""
        chat = self.consultation.chat_id
        return chat._post_message(chat._get_owner_participant(), body, "key")

    def _vet_channel(self):
        return f"vet_consultation_{self.consultation.id}"

    def _owner_channel(self):
        return f"vet_consultation_{self.consultation.id}_{self.consultation.room_token}"

    def test_both_sides_hear_a_message(self):
        self._write("Hello")
        for channel, user in ((self._vet_channel(), self.vet), (self._owner_channel(), None)):
            with self.subTest(channel=channel):
                (payload,) = self._hear("vet_teleconsult/message", channel, user)
                self.assertEqual(payload["message"]["body"], "Hello")
                self.assertEqual(payload["message"]["author_key"], f"owner-{self.owner.partner_id.id}")
                self.assertNotIn("mine", payload["message"])

    def test_message_by_the_portal_is_heard_in_the_room(self):
        self.consultation.chat_id.with_user(self.owner).message_post(
            body="From my account", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        (payload,) = self._hear("vet_teleconsult/message", self._vet_channel(), self.vet)
        self.assertEqual(payload["message"]["body"], "From my account")

    def test_nobody_else_hears_anything(self):
        self._write("Hello")
        for channel, user in (
            (self._vet_channel(), None),
            (self._vet_channel(), self.owner),
            (self._vet_channel(), self.receptionist),
            (self._vet_channel(), self.foreign_vet),
            (self._owner_channel() + "x", None),
            (f"vet_consultation_{self.consultation.id}_wrong", self.other_owner),
        ):
            with self.subTest(channel=channel, user=user and user.login):
                self.assertFalse(self._hear("vet_teleconsult/message", channel, user))

    def test_revoked_link_hears_nothing_more(self):
        channel = self._owner_channel()
        self.consultation.action_revoke_owner_link()
        self.consultation.chat_id.message_post(
            body="For the vets", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self._subscribe(channel))

    def test_page_that_listened_before_revoking_hears_nothing_more(self):
        subscribed = self.consultation._get_owner_channel()
        self.consultation.action_revoke_owner_link()
        self.assertNotEqual(self.consultation._get_owner_channel(), subscribed)

    def test_both_sides_hear_of_a_change_and_only_vets_of_recordings(self):
        recording = self._create_recording()
        self.consultation.vet_id = self.vet
        (for_vet,) = self._hear("vet_teleconsult/consultation", self._vet_channel(), self.vet)
        (for_owner,) = self._hear("vet_teleconsult/consultation", self._owner_channel())
        self.assertEqual(for_vet["claimed_by"], {"id": self.vet.id, "name": "Dr. Meier"})
        self.assertEqual([info["id"] for info in for_vet["recordings"]], [recording.id])
        self.assertEqual(for_owner, {**for_vet, "recordings": []})

    def test_link_to_book_again_is_heard_by_the_owner_alone(self):
        self.consultation.with_user(self.vet).action_cancel("The vet is ill.")
        for_vet = self._hear("vet_teleconsult/consultation", self._vet_channel(), self.vet)[-1]
        self.assertIsNone(for_vet["rebook_url"])
        sent = self.env["bus.bus"].search([("id", ">", self.last), ("message", "like", "/vet/book/again/")])
        self.assertTrue(sent)
        # Vets listen to the record's channel, owners to a part of it.
        self.assertEqual({len(json.loads(notification.channel)) for notification in sent}, {4})

    def test_locking_the_chat_is_heard(self):
        self.consultation.chat_id.action_lock()
        (payload,) = self._hear("vet_teleconsult/consultation", self._owner_channel())
        self.assertEqual(payload["chat_state"], "locked")

    def test_vets_hear_of_their_companys_queue_without_asking(self):
        self.consultation.state = "waiting"
        for user, count in ((self.vet, 1), (self.foreign_vet, 0), (self.owner, 0), (self.receptionist, 0)):
            with self.subTest(user=user.login):
                self.assertEqual(len(self._hear("vet_teleconsult/queue", "anything", user)), count)

    def test_queue_cannot_be_subscribed_to_by_its_name(self):
        self.consultation.state = "waiting"
        channel = json.dumps([self.env.cr.dbname, "res.company", self.company.id, QUEUE_CHANNEL])
        self.assertFalse(self._subscribe(channel, self.receptionist))
