from odoo.tests import tagged

from .chat_common import ChatCommon
from .media_common import MediaCommon

HUGE = 10**20


@tagged("post_install", "-at_install")
class TestInput(ChatCommon, MediaCommon):
    """What nobody types is taken out or refused, and never ends in a traceback."""

    def test_control_characters_are_taken_out_of_texts(self):
        message = self._ask_by_link("message", body="He\x00 limps\nstill\ud800", client_key="k")
        self.assertEqual(message["body"], "He limps\nstill")
        media = self._begin_media(caption="Since\x00 Monday", mime="video/\x00mp4")
        self.assertEqual((media.caption, media.mime), ("Since Monday", "video/mp4"))
        observation = self._ask_chat(
            "observation", self.vet, kind="other", name="Ta\x00il", value=3, unit="\x00x", method="a\x00b"
        )
        self.assertEqual((observation["label"], observation["unit"], observation["method"]), ("Tail", "x", "ab"))

    def test_inbox_is_searched_without_control_characters(self):
        answer = self._ask_chat("inbox", self.vet, search="Re\x00x")
        self.assertIn(self.chat.id, [chat["id"] for chat in answer["chats"]])

    def test_key_that_no_page_makes_is_refused(self):
        for key in ("a\x00b", "a b", "a/b", "ä", "", "k" * 65, None):
            with self.subTest(key=key):
                message = self._ask_by_link("message", body="x", client_key=key)
                upload = self._ask_by_link("upload", filename="a.mp4", size=1, mime="video/mp4", client_key=key)
                self.assertEqual((message["error"]["code"], upload["error"]["code"]), ("invalid", "invalid"))

    def test_number_that_no_record_can_have_is_not_found(self):
        for path in (f"/vet/media/{HUGE}/x", f"/vet/clip/{HUGE}/x", f"/vet/chat/{HUGE}/x"):
            with self.subTest(path=path):
                self.assertEqual(self._open(path).status_code, 404)
        for path in (
            f"/vet/recording/{HUGE}/download",
            f"/vet/transcript/{HUGE}",
            f"/vet/transcript/{2**31}",
            f"/vet/chat/{HUGE}",
        ):
            with self.subTest(path=path):
                self.assertEqual(self._open(path, self.vet).status_code, 404)

    def test_stretch_that_ends_before_it_begins_is_refused_with_a_sentence(self):
        answer = self._ask_chat("observation", self.vet, kind="respiratory_rate", value=20, start=5, end=4)
        self.assertIn("ends before it begins", answer["error"]["message"])
        self.assertFalse(self.patient.observation_ids)
