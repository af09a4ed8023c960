import json
from urllib.parse import parse_qs, urlsplit

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .media_common import MediaCommon
from .test_room import read_ticket


@tagged("post_install", "-at_install")
class TestMediaOpening(MediaCommon):
    """A chat's file is opened by its vets, by its owner's page, and by links of transcripts; each opening is noted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.media = cls._create_media()
        cls.page_token = cls.media._get_page_token(cls.chat)
        transcript = cls.env["vet.transcript"]._create_for(cls.chat)
        cls.link = cls.env["vet.media.link"]._ensure(cls.media, transcript)

    def _path(self, token, query=""):
        return f"/vet/media/{self.media.id}/{token}{query}"

    def _read_ticket(self, response):
        self.assertEqual(response.status_code, 302, response.text)
        address = urlsplit(response.headers["Location"])
        return read_ticket(parse_qs(address.query)["ticket"][0], self.secret)

    def test_vet_with_a_login_opens_the_file_by_its_own_token(self):
        ticket = self._read_ticket(self._open(self._path(self.media.access_token), self.vet))
        self.assertEqual((ticket["media"], ticket["disposition"]), (self.media.store_key, "inline"))
        access = self.media.access_ids
        self.assertEqual((access.user_id, access.action, access.link_id.id), (self.vet, "view", False))

    def test_files_own_token_opens_nothing_without_the_right(self):
        path = self._path(self.media.access_token)
        for user in (self.owner, self.other_owner, self.receptionist, self.foreign_vet):
            with self.subTest(user=user.login):
                self.assertEqual(self._open(path, user).status_code, 404)
        self.assertIn("/web/login", self._open(path).headers["Location"])
        self.assertFalse(self.media.access_ids)

    def test_owners_page_opens_the_file_without_a_login(self):
        self._read_ticket(self._open(self._path(self.page_token)))
        access = self.media.access_ids
        self.assertEqual((access.partner_id, access.user_id.id), (self.owner.partner_id, False))
        self.assertTrue(access.ip and access.user_agent)

    def test_owners_page_opens_nothing_once_the_chats_link_is_renewed(self):
        self.chat._rotate_link()
        self.assertEqual(self._open(self._path(self.page_token)).status_code, 404)

    def test_page_token_opens_one_file_of_one_chat(self):
        other = self._create_media()
        self.assertEqual(self._open(f"/vet/media/{other.id}/{self.page_token}").status_code, 404)

    def test_file_put_into_another_chat_opens_there_too(self):
        second = self.env["vet.chat"].create(
            {"patient_id": self.patient.id, "partner_id": self.owner.partner_id.id, "company_id": self.company.id}
        )
        token = self.media._get_page_token(second)
        self.assertEqual(self._open(self._path(token)).status_code, 404)
        second.with_user(self.vet)._post_message(self.as_vet, "As we saw", "k1", self.media.ids)
        self._read_ticket(self._open(self._path(token)))

    def test_transcripts_link_opens_the_file_for_whoever_has_it(self):
        self._read_ticket(self._open(self._path(self.link.token)))
        access = self.media.access_ids
        self.assertEqual((access.link_id, access.user_id.id, access.partner_id.id), (self.link, False, False))
        self.assertEqual(self.link.opened_count, 1)
        self.assertTrue(self.link.last_opened_at)

    def test_ranges_of_one_playback_count_once(self):
        for _number in range(3):
            self._open(self._path(self.link.token))
        self.assertEqual((len(self.media.access_ids), self.link.opened_count), (1, 1))

    def test_revoked_link_is_explained_in_an_owners_words(self):
        self.link.with_user(self.vet).action_revoke()
        for path in (self._path(self.link.token), f"/vet/clip/{self.media.id}/{self.link.token}"):
            response = self._open(path)
            with self.subTest(path=path[:10]):
                self.assertEqual(response.status_code, 410)
                self.assertIn("withdrawn this link", response.text)
                self.assertIn("Linden Clinic", response.text)
        self.assertFalse(self.media.access_ids)

    def test_deleted_file_is_explained(self):
        self.media.state = "deleted"
        response = self._open(self._path(self.link.token))
        self.assertEqual(response.status_code, 410)
        self.assertIn("no longer keeps this file", response.text)

    def test_wrong_tokens_open_nothing(self):
        for token in ("wrong", "w" * 43, "é", self.page_token[:-1], self.chat.link_token):
            with self.subTest(token=token):
                self.assertEqual(self._open(self._path(token)).status_code, 404)
        self.assertEqual(self._open(f"/vet/media/{2**31 - 1}/{self.page_token}").status_code, 404)

    def test_recording_is_never_opened_without_a_vets_login(self):
        recorded = self._create_recording().media_ids
        forged = recorded._get_page_token(self.chat)
        self.assertEqual(self._open(f"/vet/media/{recorded.id}/{forged}").status_code, 404)

    def test_variants_lead_to_their_files(self):
        folder = self.media.store_key.rpartition("/")[0]
        rendition = {"rendition_state": "ready", "rendition_key": f"{folder}/rendition.mp4"}
        self.media.write({**rendition, "rendition_mime": "video/mp4", "mime": "video/quicktime"})
        for query, name, mime in (
            ("", "rendition.mp4", "video/mp4"),
            ("?variant=play", "rendition.mp4", "video/mp4"),
            ("?variant=original", "original.mp4", "video/quicktime"),
            ("?variant=poster", "poster.jpg", "image/jpeg"),
        ):
            ticket = self._read_ticket(self._open(self._path(self.page_token, query)))
            with self.subTest(query=query):
                self.assertEqual((ticket["media"], ticket["mime"]), (f"{folder}/{name}", mime))
        self.assertEqual(self._open(self._path(self.page_token, "?variant=other")).status_code, 404)

    def test_posters_are_not_noted(self):
        self._open(self._path(self.page_token, "?variant=poster"))
        self.assertFalse(self.media.access_ids)

    def test_bytes_for_a_canvas_come_from_the_media_service_itself(self):
        ticket = self._read_ticket(self._open(self._path(self.page_token, "?stream=1")))
        self.assertIs(ticket["stream"], True)
        self.assertNotIn("stream", self._read_ticket(self._open(self._path(self.page_token))))

    def test_every_download_is_noted_and_keeps_its_name(self):
        for _number in range(2):
            ticket = self._read_ticket(self._open(self._path(self.page_token, "?download=1&variant=original")))
        self.assertEqual((ticket["disposition"], ticket["filename"]), ("attachment", "limping.mp4"))
        self.assertEqual(self.media.access_ids.mapped("action"), ["download", "download"])

    def test_documents_are_downloaded_and_never_shown(self):
        self.media.write({"kind": "document", "mime": "application/pdf"})
        self.assertEqual(self._read_ticket(self._open(self._path(self.page_token)))["disposition"], "attachment")

    def test_answers_are_kept_nowhere_and_told_nobody(self):
        for path in (self._path(self.page_token), f"/vet/clip/{self.media.id}/{self.page_token}", self._path("wrong")):
            response = self._open(path)
            with self.subTest(path=path[:12]):
                self.assertEqual(response.headers["Cache-Control"], "no-store")
                self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_file_that_is_not_there_yet_is_explained(self):
        self.media.state = "processing"
        response = self._open(self._path(self.page_token))
        self.assertEqual(response.status_code, 409)
        self.assertIn("not in the media store", response.text)


@tagged("post_install", "-at_install")
class TestClipPage(MediaCommon):
    """The page on which one file is shown in the viewer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.media = cls._create_media()
        transcript = cls.env["vet.transcript"]._create_for(cls.chat)
        cls.link = cls.env["vet.media.link"]._ensure(cls.media, transcript)

    def _get_props(self, response):
        self.assertEqual(response.status_code, 200)
        (element,) = html.fromstring(response.text).xpath("//main[@id='vet_clip']")
        return json.loads(element.get("data-props"))

    def test_page_gives_the_viewer_addresses_of_the_same_token(self):
        media = self._get_props(self._open(f"/vet/clip/{self.media.id}/{self.link.token}"))["media"]
        self.assertEqual((media["id"], media["kind"], media["duration"]), (self.media.id, "video", 12.5))
        for name in ("url", "stream_url", "download_url", "original_url", "poster_url"):
            with self.subTest(name=name):
                self.assertTrue(media[name].startswith(f"/vet/media/{self.media.id}/{self.link.token}"))

    def test_page_never_says_where_the_store_is(self):
        text = self._open(f"/vet/clip/{self.media.id}/{self.link.token}").text
        for secret in ("sidecar.example", self.media.store_key, self.media.access_token, "ticket="):
            self.assertNotIn(secret, text)

    def test_page_speaks_the_owners_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        props = self._get_props(self._open(f"/vet/clip/{self.media.id}/{self.link.token}"))
        self.assertEqual(props["lang"], "de_DE")

    def test_vet_opens_it_with_a_login(self):
        path = f"/vet/clip/{self.media.id}/{self.media.access_token}"
        self._get_props(self._open(path, self.vet))
        self.assertIn("/web/login", self._open(path).headers["Location"])


@tagged("post_install", "-at_install")
class TestMediaOnRecord(MediaCommon):
    """Files on the patient, and what people may do with them."""

    def test_patients_gallery_shows_files_of_chats_and_not_of_recordings(self):
        media = self._create_media()
        self._begin()
        self._create_recording()
        self.assertEqual(self.patient.media_count, 1)
        action = self.patient.with_user(self.vet).action_view_media()
        self.assertEqual(self.env["vet.media"].with_user(self.vet).search(action["domain"]), media)
        self.assertIn("variant=poster", media.with_user(self.vet).poster_url)

    def test_owner_cannot_put_foreign_files_into_a_message_by_odoos_own_way(self):
        foreign = self.env["vet.chat"].create(
            {
                "patient_id": self.other_patient.id,
                "partner_id": self.other_owner.partner_id.id,
                "company_id": self.company.id,
            }
        )
        media = self._create_media(chat=foreign)
        with self.assertRaises(AccessError):
            self.chat.with_user(self.owner).message_post(
                body="x", message_type="comment", subtype_xmlid="mail.mt_comment", vet_media_ids=[(4, media.id)]
            )

    def test_only_managers_delete_a_file_for_good(self):
        media = self._create_media()
        with self.assertRaises(UserError):
            media.with_user(self.vet).action_delete_from_store()
        media.with_user(self.manager).action_delete_from_store()
        self.assertEqual(media.state, "deleted")
        command = self.env["vet.sidecar.command"].search([("chat_id", "=", self.chat.id)])
        self.assertEqual(command.path, f"/commands/media/{media.media_key}/delete")

    def test_recordings_file_is_not_deleted_that_way(self):
        with self.assertRaises(UserError):
            self._create_recording().media_ids.with_user(self.manager).action_delete_from_store()

    def test_entry_of_a_stored_file_cannot_be_removed(self):
        with self.assertRaises(UserError):
            self._create_media().unlink()
