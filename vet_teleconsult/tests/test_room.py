import base64
import hashlib
import hmac
import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.vet_teleconsult.tools import protocol

from .common import TeleconsultHttpCommon

VET_ROUTES = ("workspace", "note", "recording")


def read_ticket(ticket, secret):
    """Verify a ticket by RFC 7515 alone and give its claims."""
    header, payload, signature = ticket.split(".")
    expected = hmac.new(protocol.decode_secret(secret), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    given = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    assert hmac.compare_digest(expected, given)
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


@tagged("post_install", "-at_install")
class TestRoomEntry(TeleconsultHttpCommon):
    """Entering the room."""

    def _claims(self, answer):
        return read_ticket(answer["ticket"], self.secret)

    def test_owner_enters_by_the_link(self):
        answer = self._ask_as_owner("join")
        self.assertEqual(
            answer["participant"], {"id": f"owner-{self.owner.partner_id.id}", "role": "owner", "name": "Anna Keller"}
        )
        self.assertEqual(answer["consultation"]["patient"]["name"], "Rex")
        self.assertEqual(answer["consultation"]["clinic"], {"name": "Linden Clinic", "phone": "+49 30 5550142"})
        self.assertEqual(answer["sidecar"], {"url": "https://sidecar.example/media"})
        self.assertIsNone(answer["workspace"])

    def test_owners_ticket_is_for_this_room_and_five_minutes(self):
        claims = self._claims(self._ask_as_owner("join"))
        self.assertEqual((claims["v"], claims["aud"], claims["role"]), (1, "room", "owner"))
        self.assertEqual(claims["room"], self.consultation.room_key)
        self.assertEqual(claims["participant"], f"owner-{self.owner.partner_id.id}")
        self.assertEqual(claims["exp"] - claims["iat"], 300)
        self.assertEqual(claims["iss"], self.env["ir.config_parameter"].get_param("database.uuid"))
        self.assertEqual(claims["recording"], {"policy": "ask", "max_bitrate": 1_500_000})

    def test_vet_enters_by_their_session_without_claiming(self):
        answer = self._ask("join", self.vet)
        self.assertEqual(self._claims(answer)["participant"], f"vet-{self.vet.id}")
        self.assertEqual(answer["workspace"]["note_template"], "<p>Plan:</p>")
        self.assertIsNone(answer["workspace"]["claimed_by"])
        self.assertFalse(self.consultation.vet_id)

    def test_vet_who_follows_an_owners_link_is_the_owner_there(self):
        answer = self._ask("join", self.vet, access_token=self.consultation.room_token)
        self.assertEqual(answer["participant"]["role"], "owner")
        self.assertIsNone(answer["workspace"])

    def test_nobody_else_enters(self):
        other = self._create_consultation(self.other_patient)
        for user, token in (
            (None, None),
            (None, "wrong"),
            (None, other.room_token),
            (self.owner, None),
            (self.other_owner, None),
            (self.receptionist, None),
            (self.foreign_vet, None),
        ):
            for route in ("join", "ticket", "consent"):
                with self.subTest(user=user and user.login, token=token, route=route):
                    answer = self._ask(route, user, access_token=token)
                    self.assertEqual(answer["error"]["code"], "access_denied")

    def test_what_is_for_vets_is_refused_to_owners(self):
        for route in VET_ROUTES:
            with self.subTest(route=route):
                self.assertEqual(self._ask_as_owner(route)["error"]["code"], "access_denied")

    def test_identifiers_that_are_none_are_refused(self):
        for consultation_id in (0, -1, 2**40, "1", None, [1]):
            with self.subTest(consultation_id=consultation_id):
                answer = self._ask("join", self.vet, consultation_id=consultation_id)
                self.assertEqual(answer["error"]["code"], "access_denied")

    def test_expired_revoked_and_cancelled_links_have_their_own_sentence(self):
        token = self.consultation.room_token
        yesterday = fields.Datetime.now() - timedelta(days=1)
        cases = {
            "link_expired": {"room_token_expiration": yesterday},
            "link_revoked": {"room_token_revoked_at": yesterday},
            "cancelled": {"state": "cancelled", "cancel_reason": "An emergency came in."},
        }
        for code, values in cases.items():
            with self.subTest(code=code), self.env.cr.savepoint() as savepoint:
                self.consultation.write(values)
                error = self._ask("join", access_token=token)["error"]
                self.assertEqual(error["code"], code)
                self.assertTrue(error["message"] and error["next_step"])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_owner_is_told_why_it_was_cancelled(self):
        self.consultation.write({"state": "cancelled", "cancel_reason": "An emergency came in."})
        self.assertIn("An emergency came in.", self._ask_as_owner("join")["error"]["message"])

    def test_finished_consultation_lets_nobody_enter(self):
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        self.assertEqual(self._ask_as_owner("join")["error"]["code"], "finished")
        self.assertEqual(self._ask("join", self.vet)["error"]["code"], "finished")

    def test_clinic_without_sidecar_is_told_so(self):
        self.sidecar.action_archive()
        self.assertEqual(self._ask_as_owner("join")["error"]["code"], "no_sidecar")

    def test_room_stays_on_its_sidecar_when_another_is_added(self):
        self._ask_as_owner("join")
        self.env["vet.sidecar"].create(
            [{"name": f"Sidecar {number}", "url": f"https://s{number}.example"} for number in range(20)]
        )
        self.assertEqual(self._ask("ticket", self.vet)["sidecar"], {"url": "https://sidecar.example/media"})

    def test_room_moves_when_its_sidecar_is_archived(self):
        self._ask_as_owner("join")
        self.env["vet.sidecar"].create({"name": "Second", "url": "https://second.example"})
        self.sidecar.action_archive()
        self.assertEqual(self._ask_as_owner("ticket")["sidecar"], {"url": "https://second.example"})

    def test_turn_credentials_come_with_every_ticket(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("vet_teleconsult.turn_urls", "turn:turn.example:3478?transport=udp, turns:turn.example")
        parameters.set_param("vet_teleconsult.turn_secret", "turn-secret")
        server = self._ask_as_owner("ticket")["ice_servers"][0]
        self.assertEqual(server["urls"], ["turn:turn.example:3478?transport=udp", "turns:turn.example"])
        expected = hmac.new(b"turn-secret", server["username"].encode(), hashlib.sha1).digest()
        self.assertEqual(base64.b64decode(server["credential"]), expected)

    def test_patients_photo_is_reachable_without_login(self):
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        self.patient.image_1920 = pixel
        url = self._ask_as_owner("join")["consultation"]["patient"]["photo_url"]
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("image/"))

    def test_answers_speak_the_owners_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.consultation_type.with_context(lang="de_DE").name = "Videotermin"
        self.owner.partner_id.lang = "de_DE"
        self.assertEqual(self._ask_as_owner("join")["consultation"]["type"], "Videotermin")


@tagged("post_install", "-at_install")
class TestRoomConsent(TeleconsultHttpCommon):
    """Answers to being recorded."""

    def _consent(self, decision="granted", **params):
        params.setdefault("consent_version", self.consultation_type.consent_version)
        params.setdefault("call", "call-1")
        return self._ask_as_owner("consent", decision=decision, **params)

    def test_answer_is_kept_with_the_text_and_signed_for_the_sidecar(self):
        claims = read_ticket(self._consent()["grant"], self.secret)
        self.env.invalidate_all()
        consent = self.consultation.consent_ids
        self.assertEqual((consent.decision, consent.text), ("granted", "May we record this call?"))
        self.assertEqual((consent.partner_id, consent.role), (self.owner.partner_id, "owner"))
        self.assertTrue(consent.ip and consent.user_agent)
        self.assertEqual((claims["aud"], claims["decision"], claims["call"]), ("consent", "granted", "call-1"))
        self.assertEqual((claims["room"], claims["consent"]), (self.consultation.room_key, consent.id))
        self.assertEqual(claims["exp"] - claims["iat"], 12 * 3600)

    def test_refusing_is_an_answer_too(self):
        claims = read_ticket(self._consent("refused")["grant"], self.secret)
        self.assertEqual(claims["decision"], "refused")

    def test_vets_answer_is_kept_with_their_user(self):
        self._ask(
            "consent",
            self.vet,
            decision="granted",
            call="call-1",
            consent_version=self.consultation_type.consent_version,
        )
        self.env.invalidate_all()
        self.assertEqual(self.consultation.consent_ids.user_id, self.vet)

    def test_answer_to_another_text_is_refused(self):
        error = self._consent(consent_version="old")["error"]
        self.assertEqual(error["code"], "invalid")
        self.assertIn("has changed", error["message"])
        self.assertFalse(self.consultation.consent_ids)

    def test_answers_that_are_none_are_refused(self):
        for params in ({"decision": "perhaps"}, {"call": ""}, {"call": None}, {"call": "x" * 65}):
            with self.subTest(params=params):
                self.assertEqual(self._consent(**params)["error"]["code"], "invalid")

    def test_nobody_agrees_where_nothing_is_recorded(self):
        self.consultation_type.recording_policy = "never"
        self.assertIn("never recorded", self._consent()["error"]["message"])


@tagged("post_install", "-at_install")
class TestRoomWorkspace(TeleconsultHttpCommon):
    """What vets see and do in the room."""

    def test_note_is_saved_and_cleaned(self):
        answer = self._ask("note", self.vet, note="<p>Fleas.</p><script>alert(1)</script>")
        self.env.invalidate_all()
        self.assertEqual(answer["note"], self.consultation.note)
        self.assertEqual(self.consultation.note, "<p>Fleas.</p>")

    def test_note_can_be_written_after_the_end(self):
        self.consultation.write({"state": "in_progress"})
        self.consultation.write({"state": "done"})
        self.assertEqual(self._ask("note", self.vet, note="<p>Fleas.</p>")["note"], "<p>Fleas.</p>")

    def test_note_that_is_no_text_is_refused(self):
        for values in ({"note": {"a": 1}}, {"recommendations": None}, {"next_steps": 3}, {"note_shared": "yes"}):
            with self.subTest(**values):
                self.assertEqual(self._ask("note", self.vet, **values)["error"]["code"], "invalid")

    def test_what_the_owner_takes_home_is_saved_with_the_note(self):
        written = {"note_shared": True, "recommendations": "Clean the ear.\nNo swimming.", "next_steps": "Recheck."}
        answer = self._ask("note", self.vet, **written)
        self.env.invalidate_all()
        self.assertEqual(answer, {"note": "", **written})
        self.assertEqual({name: self.consultation[name] for name in written}, written)
        workspace = self._ask("workspace", self.vet)
        self.assertEqual({name: workspace[name] for name in written}, written)

    def test_what_is_not_sent_stays_as_a_colleague_left_it(self):
        self.consultation.write({"recommendations": "Clean the ear.", "note_shared": True})
        self._ask("note", self.vet, note="<p>Fleas.</p>")
        self.env.invalidate_all()
        self.assertEqual((self.consultation.recommendations, self.consultation.note_shared), ("Clean the ear.", True))

    def test_characters_that_cannot_be_stored_are_left_out(self):
        self.assertEqual(self._ask("note", self.vet, next_steps="Re\0check ")["next_steps"], "Recheck")

    def test_claim_shows_in_the_workspace(self):
        self.consultation.vet_id = self.vet
        workspace = self._ask("workspace", self.vet)
        self.assertEqual(workspace["claimed_by"], {"id": self.vet.id, "name": "Dr. Meier"})
        self.assertTrue(workspace["is_mine"])
        self.assertFalse(self._ask("workspace", self.second_vet)["is_mine"])


@tagged("post_install", "-at_install")
class TestRoomPage(TeleconsultHttpCommon):
    """The owner's page."""

    def _open(self, token=None, consultation_id=None):
        consultation_id = consultation_id or self.consultation.id
        return self.url_open(f"/vet/room/{consultation_id}/{token or self.consultation.room_token}")

    def test_page_mounts_the_room_without_the_web_client(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertIn('id="vet_room"', response.text)
        self.assertIn("vet_teleconsult.assets_room", response.text)
        self.assertNotIn("web.assets", response.text)
        self.assertIn("<noscript>", response.text)
        self.assertIn('<html lang="en-US"', response.text)

    def test_page_tells_nobody_where_it_is(self):
        headers = self._open().headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    def test_links_that_do_not_open_are_explained_without_javascript(self):
        token = self.consultation.room_token
        now = fields.Datetime.now()
        cases = {
            "link_expired": ({"room_token_expiration": now - timedelta(days=1)}, 410),
            "link_revoked": ({"room_token_revoked_at": now}, 410),
            "cancelled": ({"state": "cancelled"}, 410),
        }
        for code, (values, status) in cases.items():
            with self.subTest(code=code), self.env.cr.savepoint() as savepoint:
                self.consultation.write(values)
                response = self._open(token)
                self.assertEqual(response.status_code, status)
                self.assertIn(f'data-code="{code}"', response.text)
                self.assertIn("+49 30 5550142", response.text)
                self.assertNotIn("<script", response.text)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_wrong_link_tells_nothing_of_the_consultation(self):
        for response in (self._open("wrong"), self._open(consultation_id=2**30)):
            self.assertEqual(response.status_code, 404)
            self.assertIn('data-code="access_denied"', response.text)
            self.assertNotIn("Linden Clinic", response.text)

    def test_page_speaks_the_owners_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.owner.partner_id.lang = "de_DE"
        self.assertIn('<html lang="de-DE"', self._open().text)
