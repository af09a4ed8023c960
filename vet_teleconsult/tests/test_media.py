from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from .common import TeleconsultHttpCommon
from .test_room import read_ticket


@tagged("post_install", "-at_install")
class TestMedia(TeleconsultHttpCommon):
    """Recordings are opened by vets of the company, and each opening is noted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recording = cls._create_recording()
        cls.media = cls.recording.media_ids
        cls.path = cls.media._get_access_path()
        cls.zip_path = cls.recording._get_download_path()

    def _open(self, path, user=None):
        self.authenticate(user and user.login, user and user.login)
        response = self.url_open(path, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def _assert_leads_to_store(self, response, key, **claims):
        self.assertEqual(response.status_code, 302)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        address = urlsplit(response.headers["Location"])
        self.assertEqual(f"{address.scheme}://{address.netloc}", "https://sidecar.example")
        self.assertEqual(address.path, f"/media/media/{key}")
        ticket = read_ticket(parse_qs(address.query)["ticket"][0], self.secret)
        self.assertEqual((ticket["aud"], ticket["media"]), ("media", key))
        self.assertEqual(ticket["exp"] - ticket["iat"], 3600)
        self.assertEqual({name: ticket[name] for name in claims}, claims)

    def test_vet_is_led_to_the_file_and_the_view_is_noted(self):
        response = self._open(self.path, self.vet)
        self._assert_leads_to_store(response, self.media.store_key, disposition="inline", mime="video/webm")
        access = self.recording.access_ids
        self.assertEqual((access.user_id, access.action, access.media_id), (self.vet, "view", self.media))
        self.assertTrue(access.ip and access.user_agent)

    def test_ranges_of_one_playback_are_one_view(self):
        self._open(self.path, self.vet)
        self._open(self.path, self.vet)
        self.assertEqual(len(self.recording.access_ids), 1)

    def test_every_download_is_noted(self):
        for _number in range(2):
            response = self._open(self.path + "?download=1", self.vet)
        self._assert_leads_to_store(response, self.media.store_key, disposition="attachment")
        self.assertEqual(self.recording.access_ids.mapped("action"), ["download", "download"])

    def test_whole_recording_comes_as_a_zip(self):
        response = self._open(self.zip_path, self.vet)
        self._assert_leads_to_store(response, "recordings/r1/", mime="application/zip", disposition="attachment")
        self.assertEqual(self.recording.access_ids.action, "download")

    def test_nobody_else_gets_a_file(self):
        for user in (self.owner, self.other_owner, self.receptionist, self.foreign_vet):
            for path in (self.path, self.zip_path):
                with self.subTest(user=user.login, path=path):
                    self.assertEqual(self._open(path, user).status_code, 404)
        self.assertFalse(self.recording.access_ids)

    def test_who_is_not_logged_in_is_asked_to(self):
        response = self._open(self.path)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_wrong_token_opens_nothing(self):
        self.assertEqual(self._open(f"/vet/media/{self.media.id}/wrong", self.vet).status_code, 404)

    def test_file_that_is_not_stored_yet_is_explained(self):
        self.media.state = "pending"
        response = self._open(self.path, self.vet)
        self.assertEqual(response.status_code, 409)
        self.assertIn("not in the media store", response.text)
        self.assertFalse(self.recording.access_ids)

    def test_player_is_told_everything_and_the_view_is_noted(self):
        player = self._ask("recording", self.vet, recording_id=self.recording.id)
        (file,) = player["files"]
        self.assertEqual((file["url"], file["download_url"]), (self.path, self.path + "?download=1"))
        self.assertEqual((file["role"], file["source"], file["duration"]), ("owner", "camera", 300.0))
        self.assertEqual(player["download_url"], self.zip_path)
        self.assertEqual([person["name"] for person in player["participants"]], ["Anna Keller"])
        self.env.invalidate_all()
        self.assertEqual(self.recording.access_ids.action, "view")

    def test_player_is_refused_to_vets_of_another_company(self):
        foreign_patient = self._create_patient("Fern", self.owner.partner_id, self.other_company)
        own = self._create_consultation(foreign_patient)
        answer = self._ask("recording", self.foreign_vet, consultation_id=own.id, recording_id=self.recording.id)
        self.assertEqual(answer["error"]["code"], "access_denied")

    def test_recording_that_is_not_ready_says_so(self):
        self.recording.state = "processing"
        error = self._ask("recording", self.vet, recording_id=self.recording.id)["error"]
        self.assertIn("being stored", error["message"])

    def test_recording_that_does_not_exist_says_so(self):
        for recording_id in (2**30, None, "x"):
            with self.subTest(recording_id=recording_id):
                error = self._ask("recording", self.vet, recording_id=recording_id)["error"]
                self.assertIn("does not exist", error["message"])
