"""The seam with the media sidecar: tickets out, event signatures in, command signatures out.

Three kinds of message cross it, all signed with one shared secret of at least 32 bytes, all of version 1:

- a *ticket* is a JSON Web Token (RFC 7519, HS256) that Odoo gives to a browser, which shows it to the sidecar;
- an *event* is posted by the sidecar to Odoo;
- a *command* is posted by Odoo to the sidecar.

The module knows no ORM. Its twin is the sidecar's own ``protocol.py``.
"""

import base64
import binascii
import dataclasses
import datetime
import hashlib
import hmac
import json
import secrets
import time

from odoo.addons.mail.tools import jwt

VERSION = 1
SECRET_BYTES = 32
SIGNATURE_TOLERANCE = 5 * 60  # seconds
TIMESTAMP_HEADER = "X-Vet-Timestamp"
SIGNATURE_HEADER = "X-Vet-Signature"

ROOM_TICKET_LIFETIME = 5 * 60  # seconds
CONSENT_GRANT_LIFETIME = 12 * 60 * 60  # seconds: longer than any consultation
MEDIA_TICKET_LIFETIME = 60 * 60  # seconds: a long recording is watched with Range requests
UPLOAD_TICKET_LIFETIME = 60 * 60  # seconds: a page asks for a fresh one whenever the service says that it has expired
TURN_CREDENTIAL_LIFETIME = 12 * 60 * 60  # seconds

EVENT_TYPES = frozenset(
    {
        "participant.joined",
        "participant.left",
        "call.started",
        "call.ended",
        "consent.withdrawn",
        "recording.started",
        "recording.stopped",
        "recording.ready",
        "recording.failed",
        "media.received",
        "media.ready",
        "media.progress",
        "media.rendition",
        "media.failed",
        "media.discarded",
    }
)


class SignatureError(Exception):
    """The message was not signed with our secret, or too long ago."""


class EventError(Exception):
    """The message was signed but is not an event of this version of the protocol."""


@dataclasses.dataclass(frozen=True)
class Event:
    """One thing that happened in a room, or to a file of a chat.

    :param id: unique; the same event may be delivered more than once
    :param room: key of the room, or of the chat
    :param sequence: position among the events of the room
    :param type: one of :data:`EVENT_TYPES`
    :param at: when it happened, naive UTC
    :param data: what happened, by type
    """

    id: str
    room: str
    sequence: int
    type: str
    at: datetime.datetime
    data: dict

    @classmethod
    def parse(cls, body):
        """Read an event from a request's body.

        :param bytes body: JSON
        :raises EventError: with a sentence that says which part is wrong
        :rtype: Event
        """
        try:
            values = json.loads(body)
        except ValueError as error:
            raise EventError("The body is not JSON.") from error
        if not isinstance(values, dict):
            raise EventError("The body is not a JSON object.")
        if values.get("v") != VERSION:
            raise EventError(f"Protocol version {values.get('v')!r} is not spoken here; this is version {VERSION}.")
        for name, kind in (("id", str), ("room", str), ("sequence", int), ("type", str), ("at", str), ("data", dict)):
            if not isinstance(values.get(name), kind) or values[name] == "" or isinstance(values[name], bool):
                raise EventError(f"“{name}” is missing or is not of type {kind.__name__}.")
        if values["type"] not in EVENT_TYPES:
            raise EventError(f"Events of type {values['type']!r} are not known here.")
        return cls(
            id=values["id"],
            room=values["room"],
            sequence=values["sequence"],
            type=values["type"],
            at=parse_time(values["at"]),
            data=values["data"],
        )


# === SECRET === #


def generate_secret():
    """Make a new shared secret: base64url of 32 random bytes, without padding.

    :rtype: str
    """
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")


def decode_secret(secret):
    """Give the bytes with which both sides sign.

    :param str secret: base64url, padded or not
    :raises ValueError: with a sentence, when it is not base64url or shorter than 32 bytes
    :rtype: bytes
    """
    unpadded = (secret or "").strip().rstrip("=")
    try:
        # The standard alphabet is checked strictly; urlsafe_b64decode drops unknown characters silently.
        translated = unpadded.translate(str.maketrans("-_", "+/"))
        key = base64.b64decode(translated + "=" * (-len(translated) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("The sidecar secret is not base64url.") from error
    if len(key) < SECRET_BYTES:
        raise ValueError(f"The sidecar secret is shorter than {SECRET_BYTES} bytes.")
    return key


# === TICKETS === #


def sign_ticket(secret, audience, lifetime, issuer, claims):
    """Sign a ticket for a browser.

    :param str secret: the shared secret, base64url
    :param str audience: ``room``, ``consent``, ``upload`` or ``media``
    :param int lifetime: seconds until it expires
    :param str issuer: the database's uuid
    :param dict claims: what the ticket allows
    :rtype: str
    """
    decode_secret(secret)
    payload = {
        "v": VERSION,
        "iss": issuer,
        "aud": audience,
        "iat": int(time.time()),
        "jti": secrets.token_hex(16),
        **claims,
    }
    return jwt.sign(payload, secret.strip(), lifetime, jwt.Algorithm.HS256)


# === SIGNATURES === #


def sign_command(secret, timestamp, method, path, body):
    """Sign a command to the sidecar.

    :param str secret: the shared secret, base64url
    :param int timestamp: Unix time in seconds
    :param str method: HTTP method in capitals
    :param str path: path as the sidecar sees it, such as ``/commands/check``
    :param bytes body: the request's body
    :return: the value of the signature header
    :rtype: str
    """
    return _sign(secret, b"%d.%s.%s." % (timestamp, method.encode(), path.encode()) + body)


def verify_event(secret, timestamp, signature, body, now=None):
    """Make sure that an event was signed with our secret within the last five minutes.

    :param str secret: the shared secret, base64url
    :param str timestamp: value of the timestamp header, or None
    :param str signature: value of the signature header, or None; several may stand there, separated by commas
    :param bytes body: the raw body
    :param float now: Unix time; the present by default
    :raises SignatureError: with a sentence
    """
    if not timestamp or not signature:
        raise SignatureError(f"The headers {TIMESTAMP_HEADER} and {SIGNATURE_HEADER} are required.")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise SignatureError(f"{TIMESTAMP_HEADER} is not a Unix time in seconds.")
    expected = _sign(secret, timestamp.encode() + b"." + body).encode()
    matches = [hmac.compare_digest(expected, candidate.strip().encode()) for candidate in signature.split(",")]
    if not any(matches):
        raise SignatureError("The signature does not match. Do both sides have the same secret?")
    if abs((time.time() if now is None else now) - int(timestamp)) > SIGNATURE_TOLERANCE:
        raise SignatureError("The signature is older than five minutes. Are both clocks right?")


def _sign(secret, message):
    return "v1=" + hmac.new(decode_secret(secret), message, hashlib.sha256).hexdigest()


# === TURN === #


def turn_credentials(secret, user, now=None, lifetime=TURN_CREDENTIAL_LIFETIME):
    """Make short-lived credentials for a TURN server with a shared secret.

    Source: “A REST API For Access To TURN Services” (draft-uberti-behave-turn-rest-00), coturn's ``use-auth-secret``.

    :param str secret: the TURN server's ``static-auth-secret``
    :param str user: who asks; ends up in the TURN server's log
    :param float now: Unix time; the present by default
    :param int lifetime: seconds
    :return: username and credential
    :rtype: tuple[str, str]
    """
    username = f"{int(time.time() if now is None else now) + lifetime}:{user}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


# === DATA OF EVENTS === #


def require(data, **kinds):
    """Make sure that an event's data holds what its type asks for.

    :param dict data: the event's data
    :param kinds: name and type of each value
    :raises EventError: naming the value
    """
    for name, kind in kinds.items():
        value = data.get(name)
        if not isinstance(value, kind) or value == "" or (isinstance(value, bool) and kind is not bool):
            raise EventError(f"“{name}” is missing or wrong in the event's data.")


# === TIMES === #


def parse_time(value):
    """Read an ISO 8601 time that names its zone.

    :param str value: such as ``2026-05-01T10:00:00.123Z``
    :raises EventError: when it is not one
    :return: naive UTC, as Odoo stores it, without microseconds
    :rtype: datetime.datetime
    """
    try:
        parsed = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise EventError(f"{value!r} is not an ISO 8601 time.") from error
    if parsed.tzinfo is None:
        raise EventError(f"{value!r} does not name its time zone.")
    return parsed.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)


def format_time(value):
    """Write a naive UTC time as ISO 8601, or None.

    :param datetime.datetime value: as Odoo stores it, or a falsy value
    :rtype: str | None
    """
    return value.isoformat() + "Z" if value else None
