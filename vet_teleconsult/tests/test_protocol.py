import base64
import hashlib
import hmac
import json
from datetime import datetime

from odoo.tests import BaseCase, freeze_time

from odoo.addons.vet_teleconsult.tools import protocol

# Signatures are made here anew, by RFC 7515 and RFC 2104 alone, so that both sides of a test cannot err together.
SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
KEY = bytes(range(32))


def decode_part(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def sign(message):
    return hmac.new(KEY, message, hashlib.sha256).hexdigest()


class TestSecret(BaseCase):
    """The secret that both sides share."""

    def test_generated_secret_has_32_random_bytes(self):
        first, second = protocol.generate_secret(), protocol.generate_secret()
        self.assertEqual(len(protocol.decode_secret(first)), 32)
        self.assertNotEqual(first, second)

    def test_secret_is_decoded_with_and_without_padding(self):
        self.assertEqual(protocol.decode_secret(SECRET), KEY)
        self.assertEqual(protocol.decode_secret(SECRET + "="), KEY)

    def test_secret_that_is_short_or_not_base64url_is_refused(self):
        for secret in ("", "AAEC", "not base64url at all, but long enough to be", None):
            with self.subTest(secret=secret), self.assertRaises(ValueError):
                protocol.decode_secret(secret)


class TestTickets(BaseCase):
    """Tickets that Odoo signs."""

    @freeze_time("2026-05-01 10:00:00")
    def test_ticket_is_a_json_web_token_signed_with_the_decoded_secret(self):
        ticket = protocol.sign_ticket(SECRET, "room", 300, "db-uuid", {"room": "abc"})
        header, payload, signature = ticket.split(".")
        expected = hmac.new(KEY, f"{header}.{payload}".encode(), hashlib.sha256).digest()
        self.assertEqual(decode_part(signature), expected)
        self.assertEqual(json.loads(decode_part(header)), {"typ": "JWT", "alg": "HS256"})
        claims = json.loads(decode_part(payload))
        now = int(datetime(2026, 5, 1, 10).timestamp())
        self.assertEqual(
            {**claims, "jti": None},
            {
                "v": 1,
                "iss": "db-uuid",
                "aud": "room",
                "iat": now,
                "exp": now + 300,
                "jti": None,
                "room": "abc",
            },
        )

    def test_no_two_tickets_have_the_same_identifier(self):
        tickets = [protocol.sign_ticket(SECRET, "room", 300, "db", {}) for _number in range(2)]
        first, second = (json.loads(decode_part(ticket.split(".")[1]))["jti"] for ticket in tickets)
        self.assertNotEqual(first, second)

    def test_nothing_is_signed_with_a_short_secret(self):
        with self.assertRaises(ValueError):
            protocol.sign_ticket("AAEC", "room", 300, "db", {})


class TestSignatures(BaseCase):
    """Signatures of events and commands."""

    def _verify(self, signature, timestamp="1000", body=b"{}", now=1000):
        protocol.verify_event(SECRET, timestamp, signature, body, now=now)

    def _assert_refused(self, sentence, *args, **kwargs):
        with self.assertRaisesRegex(protocol.SignatureError, sentence):
            self._verify(*args, **kwargs)

    def test_event_signed_with_the_secret_is_taken(self):
        self._verify("v1=" + sign(b"1000.{}"))

    def test_one_of_several_signatures_suffices_while_a_secret_is_changed(self):
        self._verify(f"v1={'0' * 64}, v1={sign(b'1000.{}')}")

    def test_changed_body_is_refused(self):
        self._assert_refused("does not match", "v1=" + sign(b"1000.{}"), body=b"[]")

    def test_changed_time_is_refused(self):
        self._assert_refused("does not match", "v1=" + sign(b"1000.{}"), timestamp="1001")

    def test_signature_without_its_version_is_refused(self):
        self._assert_refused("does not match", sign(b"1000.{}"))

    def test_event_older_than_five_minutes_is_refused(self):
        self._assert_refused("five minutes", "v1=" + sign(b"1000.{}"), now=1301)

    def test_event_from_more_than_five_minutes_ahead_is_refused(self):
        self._assert_refused("five minutes", "v1=" + sign(b"1000.{}"), now=699)

    def test_event_of_exactly_five_minutes_ago_is_taken(self):
        self._verify("v1=" + sign(b"1000.{}"), now=1300)

    def test_missing_headers_are_named(self):
        self._assert_refused("X-Vet-Timestamp and X-Vet-Signature", None)

    def test_time_that_is_no_number_is_refused(self):
        for timestamp in ("ten", "1e3", "-5", "\u0661\u0660\u0660\u0660"):
            with self.subTest(timestamp=timestamp):
                self._assert_refused("Unix time", "v1=" + sign(b"1000.{}"), timestamp=timestamp)

    def test_signature_with_strange_characters_is_refused(self):
        self._assert_refused("does not match", "v1=é")

    def test_command_is_signed_over_time_method_path_and_body(self):
        signature = protocol.sign_command(SECRET, 1000, "POST", "/commands/check", b"{}")
        self.assertEqual(signature, "v1=" + sign(b"1000.POST./commands/check.{}"))


class TestEvent(BaseCase):
    """What counts as an event."""

    def _body(self, **changes):
        values = {
            "v": 1,
            "id": "e-1",
            "room": "abc",
            "sequence": 3,
            "type": "call.started",
            "at": "2026-05-01T10:00:00.123Z",
            "data": {"call": "c"},
        }
        return json.dumps({**values, **changes}).encode()

    def test_event_is_read_with_its_time_in_utc(self):
        event = protocol.Event.parse(self._body(at="2026-05-01T12:00:00.123+02:00"))
        self.assertEqual(event.at, datetime(2026, 5, 1, 10))
        self.assertEqual((event.id, event.room, event.sequence, event.type), ("e-1", "abc", 3, "call.started"))

    def test_anything_else_is_refused_with_what_is_wrong(self):
        cases = {
            b"no json": "not JSON",
            b"[]": "not a JSON object",
            self._body(v=2): "version 2",
            self._body(id=""): "“id”",
            self._body(room=None): "“room”",
            self._body(sequence="3"): "“sequence”",
            self._body(sequence=True): "“sequence”",
            self._body(data=[]): "“data”",
            self._body(type="call.paused"): "call.paused",
            self._body(at="yesterday"): "ISO 8601",
            self._body(at="2026-05-01T10:00:00"): "time zone",
        }
        for body, sentence in cases.items():
            with self.subTest(body=body), self.assertRaisesRegex(protocol.EventError, sentence):
                protocol.Event.parse(body)


class TestTurn(BaseCase):
    """Credentials for TURN servers."""

    def test_credential_is_the_sha1_hmac_of_expiry_and_user(self):
        username, credential = protocol.turn_credentials("turn-secret", "owner-7", now=1000, lifetime=3600)
        self.assertEqual(username, "4600:owner-7")
        expected = base64.b64encode(hmac.new(b"turn-secret", b"4600:owner-7", hashlib.sha1).digest()).decode()
        self.assertEqual(credential, expected)
