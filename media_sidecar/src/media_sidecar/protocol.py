"""The seam with Odoo: tickets in, events out, commands in. Its twin is ``vet_teleconsult/tools/protocol.py``.

Everything is signed with one shared secret, the decoded bytes on both sides, and carries a version.
"""

import hashlib
import hmac
import re
import time
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

import jwt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .version import PROTOCOL

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
"""Seconds that the clocks of Odoo and this machine may differ for a ticket."""
TOLERANCE_SECONDS = 300
"""Seconds that a signed command or event stays valid."""
RESUME_SECONDS = 12 * 3600
TIMESTAMP_HEADER = "X-Vet-Timestamp"
SIGNATURE_HEADER = "X-Vet-Signature"
EVENTS_PATH = "/vet_teleconsult/sidecar/events"

Role = Literal["vet", "owner", "guest"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
StoreKey = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?$", max_length=512)
]


class TicketRefused(Exception):
    """A ticket that does not open the door.

    :ivar code: ``malformed``, ``forged``, ``expired``, ``audience``, ``version``, ``claims`` or ``media``
    :ivar message: a sentence for the log and the other side, without anything of the ticket in it
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Claims(BaseModel):
    """What every ticket says. Unknown claims are ignored, so that a newer Odoo may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    v: int
    iat: float
    exp: float
    jti: str | None = None
    iss: str | None = None


class RecordingTerms(BaseModel):
    """What a consultation's type says about recording."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    policy: Literal["never", "ask", "always"] = "ask"
    max_bitrate: int | None = Field(None, ge=1)


class RoomTicket(Claims):
    """May enter a room (audience ``room``)."""

    room: Identifier
    participant: Identifier
    role: Role
    name: Annotated[str, StringConstraints(max_length=1024)] = ""
    recording: RecordingTerms = RecordingTerms()

    @property
    def odoo_time(self) -> float:
        """When Odoo let this page in, seconds since the epoch on Odoo's clock."""
        return self.iat


class ResumeTicket(RoomTicket):
    """May come back into a room as the same page (audience ``resume``); made by this service, kept by nobody.

    :ivar room_ticket_iat: ``iat`` of the room ticket that the page first came with; its own ``iat`` is by another clock
    """

    session: Identifier
    room_ticket_iat: float = 0.0

    @property
    def odoo_time(self) -> float:
        """When Odoo let this page in, seconds since the epoch on Odoo's clock."""
        return self.room_ticket_iat


class ConsentTicket(Claims):
    """A participant's stored answer about recording a call (audience ``consent``)."""

    room: Identifier
    participant: Identifier
    call: Identifier
    decision: Literal["granted", "refused"]
    consent: int | str


class MediaTicket(Claims):
    """May read one stored file, or a folder as a ZIP where the key ends in ``/`` (audience ``media``).

    :ivar stream: never redirect to the bucket
    """

    media: StoreKey
    disposition: Literal["inline", "attachment"] = "inline"
    filename: Annotated[str, StringConstraints(max_length=255)] = ""
    mime: Annotated[str, StringConstraints(pattern=r"^[\w.+-]+/[\w.+-]+(;.{0,100})?$")] = "application/octet-stream"
    stream: bool = False


class UploadTicket(Claims):
    """May bring one file, or call it off (audience ``upload``).

    :ivar chat: the chat's key, the ``room`` of the file's events
    :ivar media: the key under which the file comes, and is kept
    :ivar max_bytes: the most that the clinic takes
    :ivar size: bytes of the file as its sender announced it
    :ivar mime: as its sender declared it, may be empty
    :ivar types: media types such as ``image/*`` and endings such as ``.pdf`` that are taken; empty for all
    """

    chat: Identifier
    media: Identifier
    max_bytes: int = Field(ge=1)
    size: int = Field(ge=0)
    filename: Annotated[str, StringConstraints(max_length=255)] = ""
    mime: Annotated[str, StringConstraints(max_length=255)] = ""
    types: list[Annotated[str, StringConstraints(max_length=255)]] = Field([], max_length=200)


AUDIENCES: Mapping[type[Claims], str] = {
    RoomTicket: "room",
    ResumeTicket: "resume",
    ConsentTicket: "consent",
    MediaTicket: "media",
    UploadTicket: "upload",
}

TicketT = TypeVar("TicketT", bound=Claims)


class Seal:
    """Signs and verifies with the shared secret.

    :param secret: the decoded bytes of the shared secret
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def open(self, token: str, kind: type[TicketT]) -> TicketT:
        """Verify *token* and return its claims as *kind*.

        :raises TicketRefused: with the reason as its ``code``
        """
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCES[kind],
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "aud"], "verify_iss": False},
            )
        except jwt.ExpiredSignatureError:
            raise TicketRefused("expired", "The ticket has expired.") from None
        except (jwt.InvalidAudienceError, jwt.MissingRequiredClaimError) as error:
            raise _audience_or_claims(error) from None
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            raise TicketRefused("forged", "The ticket is not signed with the shared secret.") from None
        except jwt.ImmatureSignatureError:
            raise TicketRefused(
                "claims", "The ticket is not valid yet: compare the clocks of Odoo and the sidecar."
            ) from None
        except jwt.PyJWTError:
            raise TicketRefused("malformed", "This is not a ticket.") from None
        if claims.get("v") != PROTOCOL:
            raise TicketRefused("version", f"The ticket is not of version {PROTOCOL}: Odoo and the sidecar differ.")
        try:
            return kind.model_validate(claims)
        except ValidationError:
            raise TicketRefused("claims", "The ticket lacks a claim or holds a wrong one.") from None

    def issue(self, ticket: ResumeTicket) -> str:
        """Sign a resume ticket."""
        claims = ticket.model_dump(mode="json", exclude_none=True) | {"aud": AUDIENCES[ResumeTicket]}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def event_headers(self, body: bytes, now: float | None = None) -> dict[str, str]:
        """The headers that prove to Odoo that *body* is ours."""
        timestamp = str(int(time.time() if now is None else now))
        return {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: self._sign(timestamp.encode() + b"." + body)}

    def command_headers(self, method: str, path: str, body: bytes, now: float | None = None) -> dict[str, str]:
        """The headers that Odoo puts on a command; *path* is below the sidecar's base address."""
        timestamp = str(int(time.time() if now is None else now))
        return {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: self._sign(_command(timestamp, method, path, body))}

    def verify_command(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Check that Odoo sent this command, and lately.

        :raises TicketRefused: ``malformed``, ``expired`` or ``forged``
        """
        timestamp = headers.get(TIMESTAMP_HEADER, "")
        signature = headers.get(SIGNATURE_HEADER, "")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp) or not signature:
            raise TicketRefused("malformed", f"The command lacks {TIMESTAMP_HEADER} or {SIGNATURE_HEADER}.")
        expected = self._sign(_command(timestamp, method, path, body))
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise TicketRefused("forged", "The command is not signed with the shared secret.")
        if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
            raise TicketRefused("expired", "The command is too old: compare the clocks of Odoo and the sidecar.")

    def _sign(self, message: bytes) -> str:
        return "v1=" + hmac.new(self._secret, message, hashlib.sha256).hexdigest()


class Event(BaseModel):
    """One thing that happened, as Odoo receives it."""

    v: int = PROTOCOL
    id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    room: str
    sequence: int
    type: str
    at: str
    data: dict[str, Any]

    def body(self) -> bytes:
        """The bytes that are signed and sent, the same ones at every attempt."""
        return self.model_dump_json().encode()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls.model_validate_json(body)


def _command(timestamp: str, method: str, path: str, body: bytes) -> bytes:
    return b".".join((timestamp.encode(), method.upper().encode(), path.encode(), body))


def _audience_or_claims(error: jwt.InvalidTokenError) -> TicketRefused:
    if isinstance(error, jwt.MissingRequiredClaimError) and error.claim != "aud":
        return TicketRefused("claims", f"The ticket lacks the claim {error.claim}.")
    return TicketRefused("audience", "The ticket is for something else.")
