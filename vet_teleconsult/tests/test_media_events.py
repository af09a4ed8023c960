from odoo.tests import tagged
from odoo.tools import mute_logger

from .media_common import MediaCommon
from .test_sidecar import SidecarServer, running

QUIET = ("odoo.addons.vet_teleconsult.controllers.sidecar", "odoo.http")


@tagged("post_install", "-at_install")
class TestMediaArrival(MediaCommon):
    """A file that has arrived becomes a message, once, and is ready when the media service says so."""

    def _get_messages(self):
        return self.chat._get_messages()

    def test_file_that_has_arrived_is_a_message_of_its_sender_with_the_caption(self):
        media = self._begin_media(caption="Since Monday\nhe limps")
        self._tell_received(media)
        message = self._get_messages()
        self.assertEqual(message.author_id, self.owner.partner_id)
        self.assertIn("Since Monday<br>he limps", message.body)
        self.assertEqual((message.vet_media_ids, media.message_id), (media, message))
        self.assertEqual(media.state, "processing")

    def test_file_goes_from_processing_to_ready_with_what_is_known_of_it(self):
        media = self._begin_media()
        self._tell_received(media)
        self._tell_ready(media)
        self.assertEqual((media.state, media.store_key), ("ready", f"media/{media.media_key}/original.mp4"))
        self.assertEqual((media.duration, media.width, media.height, media.rotation), (12.5, 1080, 1920, 90))
        self.assertEqual((media.video_codec, media.frame_rate, media.sha256), ("h264", 30.0, "ab" * 32))

    def test_nothing_is_posted_twice_however_often_it_is_told(self):
        media = self._begin_media()
        for sequence in (1, 2, 3):
            self._tell_received(media, sequence)
            self._tell_ready(media, sequence)
        self.assertEqual(len(self._get_messages()), 1)

    def test_file_is_whole_also_when_its_arrival_is_told_after_its_end(self):
        media = self._begin_media()
        self._tell_ready(media, sequence=2)
        self._tell_received(media, sequence=1)
        self.assertEqual(media.state, "ready")
        self.assertEqual(len(self._get_messages()), 1)

    def test_file_sent_before_the_chat_was_locked_is_not_lost(self):
        media = self._begin_media()
        self.chat.state = "locked"
        self._tell_received(media)
        self.assertEqual(self._get_messages().vet_media_ids, media)

    def test_file_that_comes_after_the_chat_was_ended_and_locked_is_in_the_inbox(self):
        media = self._begin_media()
        self.chat.with_user(self.vet)._end(lock=True)
        self._tell_received(media)
        self.assertFalse(self.chat.ended_at)
        self.assertTrue(self.chat.waiting_since)
        self.assertEqual(self.chat.state, "locked")
        shown = [row["id"] for row in self.env["vet.chat"].with_user(self.vet)._get_inbox()["chats"]]
        self.assertIn(self.chat.id, shown)

    def test_whoever_ends_the_chat_is_told_how_many_files_are_on_their_way(self):
        media = [self._begin_media() for _number in range(3)]
        self._tell_received(media[1])
        self._tell_ready(media[2])
        wizard = self.env["vet.chat.end"].with_user(self.vet).create({"chat_id": self.chat.id})
        self.assertEqual(wizard.coming_count, 2)

    def test_vets_own_file_that_comes_late_leaves_the_chat_ended(self):
        media = self._begin_media(self.as_vet)
        self.chat.with_user(self.vet)._end(lock=True)
        self._tell_received(media)
        self.assertTrue(self.chat.ended_at)

    def test_still_for_the_record_alone_makes_no_message(self):
        media = self._begin_media(self.as_vet, filename="still.png", mime="image/png", origin="still", posted=False)
        self._tell_received(media, kind="photo", mime="image/png")
        self._tell_ready(media, kind="photo", mime="image/png", key=f"media/{media.media_key}/original.png")
        self.assertEqual((media.state, media.kind), ("ready", "still"))
        self.assertFalse(self._get_messages())

    def test_content_decides_what_a_file_is(self):
        media = self._begin_media(filename="recorded.mp4")
        self._tell_received(media, kind="audio", mime="audio/mp4")
        self.assertEqual((media.kind, media.mime), ("audio", "audio/mp4"))

    def test_every_origin_that_a_file_may_have_is_one_that_a_page_says(self):
        for origin in dict(self.env["vet.media"]._fields["origin"].selection):
            with self.subTest(origin=origin):
                self.assertEqual(self._begin_media(origin=origin).origin, origin)

    def test_cancelled_file_that_arrives_all_the_same_is_not_shown(self):
        media = self._begin_media()
        self.chat._cancel_upload(self.as_owner, media.id)
        self._tell_received(media)
        self._tell_ready(media)
        self.assertEqual(media.state, "cancelled")
        self.assertFalse(self._get_messages())

    def test_abandoned_file_that_arrives_after_all_is_taken(self):
        media = self._begin_media()
        media.write({"state": "cancelled", "problem_code": "expired"})
        self._tell_received(media)
        self.assertEqual(media.state, "processing")
        self.assertEqual(self._get_messages().vet_media_ids, media)

    def test_event_about_an_unknown_file_or_another_chats_file_is_done_with(self):
        media = self._begin_media()
        ignored = [
            self._deliver("media.progress", {"media": "0" * 32, "percent": 5}, room=self.chat.chat_key),
            self._deliver("media.discarded", {"media": media.media_key, "reason": "cancelled"}, room="another"),
        ]
        self.assertTrue(all("No chat" in answer["ignored"] for answer in ignored))
        self.assertEqual(media.state, "uploading")

    def test_key_outside_of_the_files_folder_is_refused(self):
        media = self._begin_media()
        for key in ("media/other/original.mp4", f"media/{media.media_key}/../other/original.mp4"):
            data = {"media": media.media_key, "key": key, "mime": "video/mp4", "size": 3, "sha256": "a"}
            event = self._make_event("media.ready", data, room=self.chat.chat_key)
            with self.subTest(key=key), mute_logger(*QUIET):
                self.assertEqual(self._post_event(event).status_code, 422)
        self.env.invalidate_all()
        self.assertEqual(media.state, "uploading")


@tagged("post_install", "-at_install")
class TestMediaRendition(MediaCommon):
    """The version for every browser: made later, with progress; the original plays meanwhile."""

    def setUp(self):
        super().setUp()
        self.media = self._begin_media()
        self._tell_received(self.media, 1)
        self._tell_ready(self.media, 2, rendition="pending", video_codec="hevc")

    def _tell_progress(self, percent, sequence):
        self._tell(self.media, "progress", sequence, percent=percent)

    def _tell_rendition(self, sequence=9):
        key = f"media/{self.media.media_key}/rendition.mp4"
        values = {"mime": "video/mp4", "size": 5, "sha256": "cd" * 32, "duration": 12.5, "width": 1, "height": 2}
        self._tell(self.media, "rendition", sequence, key=key, **values)

    def test_progress_is_shown_and_never_goes_back(self):
        self._tell_progress(40, 4)
        self._tell_progress(20, 3)
        self.assertEqual((self.media.rendition_state, self.media.rendition_progress), ("working", 40))

    def test_rendition_plays_once_it_is_ready(self):
        self._tell_rendition()
        self.assertEqual((self.media.rendition_state, self.media.rendition_progress), ("ready", 100))
        self.assertIn("rendition.mp4", self.media._get_store_url())
        self.assertIn("original.mp4", self.media._get_store_url(variant="original"))

    def test_late_news_take_back_nothing_of_a_rendition(self):
        self._tell_rendition(sequence=9)
        self._tell_progress(90, 8)
        self._tell_ready(self.media, 2, rendition="pending")
        self._tell(self.media, "failed", 7, stage="rendition", code="timeout", reason="slow", retryable=True)
        self.assertEqual(self.media.rendition_state, "ready")
        self.assertFalse(self.media.problem)

    def test_failed_rendition_keeps_the_original_and_can_be_tried_again(self):
        self._tell(self.media, "failed", 3, stage="rendition", code="timeout", reason="slow", retryable=True)
        self.assertEqual((self.media.state, self.media.rendition_state), ("ready", "failed"))
        self.assertIn("The original is here", self.media.problem)
        self.chat._retry_media(self.as_vet, self.media.id)
        self.assertEqual((self.media.rendition_state, self.media.problem), ("pending", False))
        command = self.env["vet.sidecar.command"].search([("chat_id", "=", self.chat.id)])
        self.assertEqual(command.path, f"/commands/media/{self.media.media_key}/retry")
        self._tell_rendition()
        self.assertEqual(self.media.rendition_state, "ready")

    def test_duration_that_the_original_did_not_know_comes_from_the_rendition(self):
        self.media.duration = 0
        self._tell_rendition()
        self.assertEqual(self.media.duration, 12.5)


@tagged("post_install", "-at_install")
class TestMediaFailure(MediaCommon):
    """What goes wrong is said, and tried again where that helps."""

    def _fail(self, media, code="damaged", sequence=3, stage="check", retryable=False):
        self._tell(media, "failed", sequence, stage=stage, code=code, reason="moov is missing", retryable=retryable)

    def test_file_that_cannot_be_taken_says_why_on_its_message(self):
        media = self._begin_media()
        self._tell_received(media)
        self._fail(media)
        self.assertEqual(media.state, "failed")
        self.assertIn("damaged", media.problem)
        self.assertEqual(media.problem_detail, "moov is missing")
        shown = self.chat._format_messages(self.chat._get_messages(), self.as_owner)[0]["media"][0]
        self.assertEqual((shown["state"], shown["problem_code"]), ("failed", "damaged"))
        self.assertFalse(shown["retryable"])

    def test_every_code_of_the_media_service_has_words(self):
        media = self._begin_media()
        sentences = set()
        for code in (
            "empty",
            "wrong_type",
            "not_what_it_says",
            "dangerous",
            "damaged",
            "too_large",
            "too_many_pixels",
            "no_space",
            "timeout",
            "internal",
        ):
            media.write({"state": "failed", "problem_code": code})
            sentences.add(media.problem)
        self.assertEqual(len(sentences), 10)

    def test_full_store_can_be_tried_again(self):
        media = self._begin_media()
        self._tell_received(media)
        self._fail(media, "no_space", stage="store", retryable=True)
        self.chat._retry_media(self.as_owner, media.id)
        self.assertEqual(media.state, "processing")
        self._tell_ready(media, sequence=4)
        self.assertEqual((media.state, media.problem), ("ready", False))

    def test_retry_that_the_media_service_cannot_do_is_no_endless_waiting(self):
        media = self._begin_media()
        self._tell_received(media)
        self._fail(media, "no_space", stage="store", retryable=True)
        self.chat._retry_media(self.as_owner, media.id)
        with running(SidecarServer()) as server:
            self.sidecar.command_url = server.url
            server.body = {"retried": False}
            self.env["vet.sidecar.command"].search([("chat_id", "=", self.chat.id)])._send()
        self.assertEqual((media.state, media.is_retryable), ("failed", False))
        self.assertIn("Send it again", media.problem)

    def test_retry_that_never_reaches_the_media_service_can_be_asked_for_again(self):
        media = self._begin_media()
        self._tell_received(media)
        self._fail(media, "no_space", stage="store", retryable=True)
        self.chat._retry_media(self.as_owner, media.id)
        command = self.env["vet.sidecar.command"].search([("chat_id", "=", self.chat.id)])
        self.env.cr.execute(
            "UPDATE vet_sidecar_command SET create_date = create_date - interval '25 hours' WHERE id = %s",
            (command.id,),
        )
        command.invalidate_recordset()
        self.sidecar.command_url = "http://127.0.0.1:9"
        with mute_logger("odoo.addons.vet_teleconsult.models.vet_sidecar_command"):
            command._send()
        self.assertEqual((command.state, media.state, media.is_retryable), ("failed", "failed", True))

    def test_damaged_file_cannot_be_tried_again(self):
        media = self._begin_media()
        self._fail(media)
        with self.assertRaisesRegex(Exception, "nothing to try again"):
            self.chat._retry_media(self.as_owner, media.id)

    def test_late_failure_takes_nothing_back(self):
        media = self._begin_media()
        self._tell_ready(media, sequence=5)
        self._fail(media, sequence=3)
        self.assertEqual(media.state, "ready")

    def test_upload_that_the_service_gave_up_is_gone_for_its_sender(self):
        media = self._begin_media()
        self._tell(media, "discarded", reason="expired")
        self.assertEqual((media.state, media.problem_code), ("cancelled", "expired"))

    def test_file_that_was_deleted_from_the_store_says_so(self):
        media = self._begin_media()
        self._tell_ready(media, sequence=2)
        self._tell(media, "discarded", 3, reason="deleted")
        self.assertEqual(media.state, "deleted")


@tagged("post_install", "-at_install")
class TestMediaNews(MediaCommon):
    """Whoever has the chat open sees each change at once, with the addresses that are theirs."""

    def _get_news(self, last):
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("id", ">", last)], order="id")
        return [row for row in rows if "vet_teleconsult/media" in row.message]

    def test_change_is_told_to_both_sides_each_with_their_own_addresses(self):
        media = self._begin_media()
        last = self.env["bus.bus"]._bus_last_id()
        self._tell_ready(media)
        news = self._get_news(last)
        own = [row for row in news if media.access_token in row.message]
        owners = [row for row in news if media._get_page_token(self.chat) in row.message]
        self.assertTrue(own)
        self.assertTrue(owners)
        self.assertFalse(set(own) & set(owners))
        self.assertFalse([row for row in own if "owner" in row.channel or "portal" in row.channel])

    def test_nobody_is_told_where_the_store_is(self):
        media = self._begin_media()
        last = self.env["bus.bus"]._bus_last_id()
        self._tell_ready(media)
        for row in self._get_news(last):
            self.assertNotIn("sidecar.example", row.message)
            self.assertNotIn("original.mp4", row.message)
