"""The seam: what is signed, and what a signature does not cover for."""

import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from harness.tickets import SECRET, claims, consent_ticket, media_ticket, room_claims, room_ticket, sign

from media_sidecar.protocol import (
    AUDIENCES,
    Claims,
    ConsentTicket,
    Event,
    MediaTicket,
    ResumeTicket,
    RoomTicket,
    Seal,
    TicketRefused,
)

BODY = b'{"reason": "finished"}'
PATH = "/commands/rooms/room/end"


@pytest.fixture
def seal() -> Seal:
    return Seal(SECRET)


def refusal(seal: Seal, token: str, kind: type[Claims]) -> str:
    with pytest.raises(TicketRefused) as caught:
        seal.open(token, kind)
    assert caught.value.message
    return caught.value.code


def test_a_ticket_says_who_may_enter_which_room(seal: Seal) -> None:
    ticket = seal.open(room_ticket("owner-7", "a1b2", "always", name="Anna"), RoomTicket)
    assert (ticket.participant, ticket.room, ticket.role, ticket.name) == ("owner-7", "a1b2", "owner", "Anna")
    assert (ticket.recording.policy, ticket.recording.max_bitrate) == ("always", 1_000_000)


def test_a_consent_says_who_decided_what_about_which_call(seal: Seal) -> None:
    ticket = seal.open(consent_ticket("owner-7", "call-1", decision="refused", consent=12), ConsentTicket)
    assert (ticket.participant, ticket.call, ticket.decision, ticket.consent) == ("owner-7", "call-1", "refused", 12)


def test_claims_that_a_newer_odoo_adds_are_ignored(seal: Seal) -> None:
    assert seal.open(room_ticket(colour="blue"), RoomTicket).room == "room"


def test_clocks_may_differ_by_half_a_minute(seal: Seal) -> None:
    now = int(time.time())
    assert seal.open(room_ticket(exp=now - 20), RoomTicket)
    assert seal.open(room_ticket(iat=now + 20), RoomTicket)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"exp": int(time.time()) - 31}, "expired"),
        ({"iat": int(time.time()) + 86_400}, "claims"),
        ({"v": 2}, "version"),
        ({"v": None}, "version"),
        ({"aud": "media"}, "audience"),
        ({"room": "../etc"}, "claims"),
        ({"participant": ""}, "claims"),
        ({"recording": {"policy": "sometimes"}}, "claims"),
    ],
)
def test_a_ticket_with_a_wrong_claim_is_refused(seal: Seal, change: dict[str, Any], code: str) -> None:
    assert refusal(seal, room_ticket(**change), RoomTicket) == code


@pytest.mark.parametrize(
    ("claim", "code"), [("exp", "claims"), ("iat", "claims"), ("aud", "audience"), ("room", "claims")]
)
def test_a_ticket_without_a_required_claim_is_refused(seal: Seal, claim: str, code: str) -> None:
    without = {key: value for key, value in room_claims().items() if key != claim}
    assert refusal(seal, sign(without), RoomTicket) == code


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_another_algorithm_is_a_forgery(seal: Seal, algorithm: str) -> None:
    assert refusal(seal, sign(room_claims(), algorithm=algorithm), RoomTicket) == "forged"


def test_a_changed_ticket_is_a_forgery(seal: Seal) -> None:
    head, payload, _ = room_ticket("owner-1").split(".")
    *_, signature = room_ticket("vet-1").split(".")
    assert refusal(seal, f"{head}.{payload}.{signature}", RoomTicket) == "forged"


@pytest.mark.parametrize("kind", AUDIENCES)
def test_no_ticket_passes_for_one_of_another_audience(seal: Seal, kind: type[Claims]) -> None:
    for other in set(AUDIENCES.values()) - {AUDIENCES[kind]}:
        assert refusal(seal, sign(room_claims(aud=other)), kind) == "audience"


@pytest.mark.parametrize(
    "key", ["../secret", "recordings/../../x", "/etc/passwd", "recordings//x", "a\\b", ".hidden", ""]
)
def test_a_media_ticket_names_no_path_outside_of_the_store(seal: Seal, key: str) -> None:
    assert refusal(seal, media_ticket(key), MediaTicket) == "claims"


@pytest.mark.parametrize("key", ["recordings/a1/camera.webm", "recordings/a1/"])
def test_a_media_ticket_names_a_file_or_a_folder(seal: Seal, key: str) -> None:
    assert seal.open(media_ticket(key), MediaTicket).media == key


def test_a_resume_token_is_a_ticket_of_our_own(seal: Seal) -> None:
    now = time.time()
    ticket = ResumeTicket(v=1, iat=now, exp=now + 60, room="r", participant="vet-1", role="vet", session="s", call="c")
    token = seal.issue(ticket)
    assert seal.open(token, ResumeTicket) == ticket
    assert jwt.get_unverified_header(token)["alg"] == "HS256"


def test_an_event_is_signed_over_its_time_and_its_bytes(seal: Seal) -> None:
    headers = seal.event_headers(b"body", now=1_700_000_000)
    expected = hmac.new(SECRET, b"1700000000.body", hashlib.sha256).hexdigest()
    assert headers == {"X-Vet-Timestamp": "1700000000", "X-Vet-Signature": f"v1={expected}"}


def test_an_event_has_a_version_an_id_and_a_place_in_its_room() -> None:
    event = Event(room="r", sequence=3, type="call.ended", at="2026-05-01T10:00:00.123Z", data={"call": "c"})
    written = json.loads(event.body())
    assert written.pop("id")
    assert written == {
        "v": 1,
        "room": "r",
        "sequence": 3,
        "type": "call.ended",
        "at": "2026-05-01T10:00:00.123Z",
        "data": {"call": "c"},
    }


def command_headers(age: int = 0, method: str = "POST", path: str = PATH, body: bytes = BODY) -> dict[str, str]:
    """As Odoo makes them, by the description and not by our code."""
    timestamp = str(int(time.time()) - age)
    message = f"{timestamp}.{method}.{path}.".encode() + body
    return {
        "X-Vet-Timestamp": timestamp,
        "X-Vet-Signature": "v1=" + hmac.new(SECRET, message, hashlib.sha256).hexdigest(),
    }


def test_a_command_signed_by_odoo_is_accepted(seal: Seal) -> None:
    seal.verify_command("POST", PATH, BODY, command_headers())


@pytest.mark.parametrize("age", [299, -299])
def test_a_command_may_be_five_minutes_off(seal: Seal, age: int) -> None:
    seal.verify_command("POST", PATH, BODY, command_headers(age))


COMMANDS = {
    "too old": (command_headers(302), "expired"),
    "from the future": (command_headers(-3600), "expired"),
    "for another path": (command_headers(path="/commands/rooms/other/end"), "forged"),
    "of another method": (command_headers(method="GET"), "forged"),
    "with another body": (command_headers(body=b"{}"), "forged"),
    "without a signature": ({"X-Vet-Timestamp": "1"}, "malformed"),
    "without a time": ({"X-Vet-Signature": "v1=00"}, "malformed"),
    "with a time that is no number": ({"X-Vet-Timestamp": "now", "X-Vet-Signature": "v1=00"}, "malformed"),
    "with a signature that is no ASCII": ({"X-Vet-Timestamp": "1", "X-Vet-Signature": "v1=é"}, "forged"),
}


@pytest.mark.parametrize(("headers", "code"), COMMANDS.values(), ids=COMMANDS.keys())
def test_a_wrong_command_is_refused(seal: Seal, headers: dict[str, str], code: str) -> None:
    with pytest.raises(TicketRefused) as caught:
        seal.verify_command("POST", PATH, BODY, headers)
    assert caught.value.code == code


def test_a_ticket_for_nothing_in_particular_is_refused(seal: Seal) -> None:
    assert refusal(seal, sign(claims("room")), RoomTicket) == "claims"
