from odoo.tests import tagged

from .chat_common import ChatCommon
from .media_common import MediaCommon


@tagged("post_install", "-at_install")
class TestMediaShownToOwner(ChatCommon, MediaCommon):
    """What a vet sends is shown to the owner once its message is there, and what is kept for the record never is."""

    @property
    def owner_channel(self):
        return f"vet_chat_{self.chat.id}_{self.chat.link_token}"

    def setUp(self):
        super().setUp()
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"]._bus_last_id()

    def _hear(self, channel, user=None):
        self.authenticate(user and user.login, user and user.login)
        self.env.cr.precommit.run()
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications", {"channels": [channel], "last": self.last, "is_first_poll": True}
        )
        messages = [notification["message"] for notification in answer["notifications"]]
        return [message["payload"]["media"]["id"] for message in messages if message["type"].endswith("/media")]

    def _begin_still(self, **values):
        return self._begin_media(self.as_vet, filename="still.png", mime="image/png", origin="still", **values)

    def _arrive(self, media):
        self._tell_received(media, kind="photo", mime="image/png")
        self._tell_ready(media, kind="photo", mime="image/png", key=f"media/{media.media_key}/original.png")

    def _is_open(self, media):
        answer = self._ask_by_link("media", media_id=media.id)
        path = f"/vet/media/{media.id}/{media._get_page_token(self.chat)}"
        is_open = self._open(path).status_code == 302
        self.assertEqual("error" not in answer, is_open)
        return is_open

    def test_still_for_the_record_alone_is_told_and_opened_to_vets_only(self):
        still = self._begin_still(posted=False)
        self._arrive(still)
        self.assertFalse(self._hear(self.owner_channel))
        self.assertFalse(self._hear(f"vet_chat_{self.chat.id}", self.owner))
        self.assertIn(still.id, self._hear(f"vet_chat_{self.chat.id}", self.vet))
        self.assertFalse(self._is_open(still))
        self.assertNotIn("error", self._ask_chat("media", self.vet, media_id=still.id))

    def test_room_of_the_owner_hears_nothing_of_it_either(self):
        chat = self.consultation.chat_id
        media = self._create_media(self.as_vet, chat, posted=False)
        media._notify()
        room = f"vet_consultation_{self.consultation.id}"
        self.assertFalse(self._hear(f"{room}_{self.consultation.room_token}"))
        self.assertEqual(self._hear(room, self.vet), media.ids)

    def test_vets_file_is_the_owners_to_see_once_its_message_is_there(self):
        still = self._begin_still()
        still._notify()
        self.assertFalse(self._hear(self.owner_channel))
        self.assertIn("error", self._ask_by_link("media", media_id=still.id))
        self._arrive(still)
        self.assertIn(still.id, self._hear(self.owner_channel))
        self.assertTrue(self._is_open(still))

    def test_vets_upload_that_was_given_up_is_not_the_owners_to_see(self):
        still = self._begin_still()
        self.chat._cancel_upload(self.as_vet, still.id)
        self.assertFalse(self._hear(self.owner_channel))
        self.assertIn("error", self._ask_by_link("media", media_id=still.id))

    def test_owner_hears_of_their_own_file_before_it_is_a_message(self):
        media = self._begin_media()
        media._notify()
        self.assertEqual(self._hear(self.owner_channel), media.ids)
        self.assertNotIn("error", self._ask_by_link("media", media_id=media.id))
