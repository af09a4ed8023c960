from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.vet_teleconsult.tools.media_types import get_accept, get_kind
from odoo.addons.vet_teleconsult.tools.room_error import RoomError

from .media_common import MediaCommon
from .test_room import read_ticket


@tagged("post_install", "-at_install")
class TestUploadTicket(MediaCommon):
    """Who may send a file gets a ticket for exactly this one."""

    def test_ticket_names_the_chat_the_file_and_its_limits(self):
        answer = self._begin(size=5_000_000, filename="Rex limping.MOV", mime="video/quicktime")
        media = self.env["vet.media"].browse(answer["media"]["id"])
        ticket = read_ticket(answer["upload"]["ticket"], self.secret)
        self.assertEqual(answer["upload"]["url"], "https://sidecar.example/media/uploads")
        self.assertEqual(ticket["aud"], "upload")
        self.assertEqual(ticket["exp"] - ticket["iat"], 3600)
        self.assertEqual((ticket["chat"], ticket["media"]), (self.chat.chat_key, media.media_key))
        self.assertEqual((ticket["size"], ticket["max_bytes"]), (5_000_000, 200 * 1024**2))
        self.assertEqual((ticket["filename"], ticket["mime"]), ("Rex limping.MOV", "video/quicktime"))
        self.assertIn("video/*", ticket["types"])

    def test_ticket_holds_no_more_than_the_media_service_takes(self):
        values = {"filename": "é" * 500 + ".mov", "mime": "video/quicktime; codecs=" + "x" * 500}
        ticket = read_ticket(self._begin(**values)["upload"]["ticket"], self.secret)
        # The twin of this is UploadTicket in the media service's protocol.py.
        for name in ("chat", "media"):
            self.assertRegex(ticket[name], r"^[A-Za-z0-9_-]{1,128}$")
        self.assertLessEqual(max(len(ticket[name]) for name in ("filename", "mime")), 255)
        self.assertLessEqual(len(ticket["types"]), 200)
        self.assertTrue(ticket["filename"].endswith(".mov"))

    def test_answer_says_until_when_the_ticket_is_good(self):
        with freeze_time("2026-05-01 10:00:00"):
            upload = self._begin()["upload"]
        self.assertEqual(upload["expires_at"], "2026-05-01T11:00:00Z")

    def test_file_is_on_the_record_before_it_has_arrived(self):
        media = self._begin_media(caption=" since Monday ", origin="camera")
        self.assertEqual((media.state, media.kind, media.origin), ("uploading", "video", "camera"))
        self.assertEqual((media.author_id, media.caption), (self.owner.partner_id, "since Monday"))
        self.assertEqual((media.patient_id, media.sidecar_id), (self.patient, self.sidecar))
        self.assertFalse(media.message_id)

    def test_same_key_again_is_the_same_file_with_a_fresh_ticket(self):
        first = self._begin(client_key="k1")
        again = self._begin(client_key="k1")
        self.assertEqual(first["media"]["id"], again["media"]["id"])
        self.assertNotEqual(first["upload"]["ticket"], again["upload"]["ticket"])

    def test_same_key_of_somebody_else_is_another_file(self):
        mine = self._begin(client_key="k1")
        theirs = self._begin(self.as_vet, client_key="k1")
        self.assertNotEqual(mine["media"]["id"], theirs["media"]["id"])

    def test_file_that_is_being_prepared_needs_no_ticket_any_more(self):
        media = self._begin_media(client_key="k1")
        self._tell_received(media)
        self.assertIsNone(self._begin(client_key="k1")["upload"])
        self.assertIsNone(self.chat._renew_upload(self.as_owner, media.id)["upload"])

    def test_ticket_can_be_renewed_by_its_sender_alone(self):
        media = self._begin_media()
        self.assertTrue(self.chat._renew_upload(self.as_owner, media.id)["upload"]["ticket"])
        with self.assertRaises(RoomError):
            self.chat._renew_upload(self.as_vet, media.id)

    def test_chat_keeps_the_media_service_that_it_began_with(self):
        self._begin()
        other = self.env["vet.sidecar"].create({"name": "Another", "url": "https://other.example"})
        self._begin()
        self.assertEqual(self.chat.sidecar_id, self.sidecar)
        self.sidecar.action_archive()
        self._begin()
        self.assertEqual(self.chat.sidecar_id, other)

    def test_page_is_told_what_it_may_send(self):
        self.company.vet_chat_max_upload = 50
        limits = self.chat._get_upload_limits(self.as_owner)
        self.assertEqual(limits["max_bytes"], 50 * 1024**2)
        self.assertEqual(limits["accept"], get_accept())

    def test_page_finds_what_it_has_not_finished(self):
        unfinished = self._begin_media()
        self._tell_received(self._begin_media())
        self._begin(self.as_vet)
        uploads = self.chat._get_open_uploads(self.as_owner)
        self.assertEqual([upload["id"] for upload in uploads], unfinished.ids)


@tagged("post_install", "-at_install")
class TestUploadRefusal(MediaCommon):
    """What cannot be taken is refused with a sentence before a byte is sent."""

    def _assert_refused(self, code, sentence, participant=None, **values):
        with self.assertRaises(RoomError) as caught:
            self._begin(participant, **values)
        self.assertEqual(caught.exception.code, code)
        self.assertIn(sentence, caught.exception.values["message"])
        self.assertFalse(self.chat.media_ids)

    def test_file_over_the_clinics_limit_is_too_large(self):
        self.company.vet_chat_max_upload = 10
        self._assert_refused("too_large", "10.1 MB. The clinic takes up to 10 MB", size=10 * 1024**2 + 1)

    def test_file_of_exactly_the_limit_is_taken(self):
        self.company.vet_chat_max_upload = 10
        self.assertTrue(self._begin(size=10 * 1024**2)["upload"])

    def test_empty_file_is_refused(self):
        self._assert_refused("empty", "empty", size=0)

    def test_types_that_could_run_are_refused_whatever_they_declare(self):
        for filename, mime in (
            ("virus.exe", "video/mp4"),
            ("page.html", "image/png"),
            ("drawing.svg", "image/svg+xml"),
            ("all.zip", "application/zip"),
            ("noname", ""),
            ("noname", "image/svg+xml"),
        ):
            with self.subTest(filename=filename, mime=mime):
                self._assert_refused("wrong_type", filename, filename=filename, mime=mime)

    def test_owner_cannot_send_into_a_locked_chat(self):
        self.chat.state = "locked"
        self._assert_refused("chat_locked", "closed")

    def test_vet_can_send_into_a_locked_chat(self):
        self.chat.state = "locked"
        self.assertTrue(self._begin(self.as_vet)["upload"])

    def test_clinic_without_a_media_service_says_so(self):
        self.sidecar.action_archive()
        self._assert_refused("no_sidecar", "not set up")

    def test_who_has_too_many_files_on_their_way_begins_no_more_until_one_is_over(self):
        for number in range(30):
            media = self._begin_media(client_key=f"k{number}")
        with self.assertRaises(RoomError) as caught:
            self._begin(client_key="one-more")
        self.assertEqual(caught.exception.code, "too_many")
        self.assertIn("have not arrived yet", caught.exception.values["message"])
        self.assertTrue(self._begin(client_key="k0")["upload"], "what has begun goes on")
        self.assertTrue(self._begin(self.as_vet)["upload"], "others are not held up")
        self.chat._cancel_upload(self.as_owner, media.id)
        self.assertTrue(self._begin(client_key="one-more")["upload"])

    def test_size_that_is_no_number_is_refused(self):
        for size in (None, "3", -1, True, 1.5):
            with self.subTest(size=size), self.assertRaises(UserError):
                self._begin(size=size)

    def test_request_without_a_key_is_refused(self):
        for client_key in (None, "", "x" * 65, 7):
            with self.subTest(client_key=client_key), self.assertRaises(UserError):
                self._begin(client_key=client_key)


@tagged("post_install", "-at_install")
class TestUploadDetails(MediaCommon):
    """What a file is called and what it belongs to."""

    def test_name_loses_its_path_and_what_cannot_be_printed(self):
        for given, kept in (
            ("C:\\Users\\anna\\Rex.mp4", "Rex.mp4"),
            ("../../etc/Rex\x00\n.mp4", "Rex.mp4"),
            ("犬の動画.mp4", "犬の動画.mp4"),
            ("x" * 300 + ".mp4", "x" * 196 + ".mp4"),
        ):
            with self.subTest(given=given):
                self.assertEqual(self._begin_media(filename=given).name, kept)

    def test_phones_that_declare_nothing_are_understood_by_the_ending(self):
        for filename, kind in (("IMG_1.HEIC", "photo"), ("a.mkv", "video"), ("scan.dcm", "document")):
            with self.subTest(filename=filename):
                self.assertEqual(self._begin_media(filename=filename, mime="").kind, kind)

    def test_recorded_sound_is_no_video_although_it_ends_like_one(self):
        self.assertEqual(get_kind("recorded.webm", "audio/webm;codecs=opus"), "audio")

    def test_still_knows_its_clip_and_its_place(self):
        clip = self._create_media()
        still = self._begin_media(
            self.as_vet,
            filename="still.png",
            mime="image/png",
            origin="still",
            parent_id=clip.id,
            time_code=7.4,
            annotated=True,
            posted=False,
        )
        self.assertEqual((still.kind, still.parent_id, still.time_code), ("still", clip, 7.4))
        self.assertTrue(still.annotated)
        self.assertFalse(still.posted)
        self.assertEqual(clip.still_ids, still)

    def test_still_of_a_clip_of_another_chat_is_refused(self):
        foreign = self.env["vet.chat"].create(
            {
                "patient_id": self.other_patient.id,
                "partner_id": self.other_owner.partner_id.id,
                "company_id": self.company.id,
            }
        )
        clip = self._create_media(chat=foreign)
        with self.assertRaises(RoomError):
            self._begin(filename="still.png", mime="image/png", origin="still", parent_id=clip.id)

    def test_what_an_owner_sends_is_always_a_message(self):
        self.assertTrue(self._begin_media(posted=False).posted)


@tagged("post_install", "-at_install")
class TestUploadCancel(MediaCommon):
    """Uploads that are given up."""

    def _get_commands(self, media):
        commands = self.env["vet.sidecar.command"].search([("chat_id", "=", media.chat_id.id)])
        return [command.path for command in commands if media.media_key in command.path]

    def test_cancelled_upload_is_forgotten_by_the_media_service_too(self):
        media = self._begin_media()
        answer = self.chat._cancel_upload(self.as_owner, media.id)
        self.assertEqual(answer["media"]["state"], "cancelled")
        self.assertEqual(self._get_commands(media), [f"/commands/media/{media.media_key}/delete"])

    def test_cancelling_twice_does_nothing_more(self):
        media = self._begin_media()
        for _number in range(2):
            self.chat._cancel_upload(self.as_owner, media.id)
        self.assertEqual(len(self._get_commands(media)), 1)

    def test_only_the_sender_cancels(self):
        media = self._begin_media()
        with self.assertRaises(RoomError):
            self.chat._cancel_upload(self.as_vet, media.id)
        self.assertEqual(media.state, "uploading")

    def test_file_that_has_been_sent_is_not_cancelled(self):
        media = self._begin_media()
        self._tell_received(media)
        with self.assertRaisesRegex(UserError, "sent already"):
            self.chat._cancel_upload(self.as_owner, media.id)

    def test_upload_that_nobody_continues_for_weeks_is_given_up(self):
        abandoned, continued = self._begin_media(), self._begin_media()
        abandoned.ticket_at -= timedelta(days=15)
        continued.ticket_at = fields.Datetime.now() - timedelta(days=13)
        self.env["vet.media"]._gc_abandoned()
        self.assertEqual((abandoned.state, continued.state), ("cancelled", "uploading"))
        self.assertIn("too long", abandoned.problem)
