"""What may not come in is told so in a sentence, before its bytes are sent where that is possible."""

import time
from pathlib import Path
from typing import Any

import pytest
from harness.odoo import OdooStandIn
from harness.tickets import claims, media_ticket, room_ticket, sign, upload_claims, upload_ticket
from harness.uploading import Sender, diary

from .station import Station

CONTENT = diary(200_000)
MEDIA = "0123456789abcdef0123456789abcdef"
PROGRAM = b"MZ" + bytes(62) + b"PE\0\0" + bytes(100_000)


def ticket(**more: Any) -> str:
    return upload_ticket(MEDIA, len(CONTENT), **more)


def without(*names: str) -> str:
    return sign({name: value for name, value in upload_claims(MEDIA, len(CONTENT)).items() if name not in names})


TICKETS = {
    "none": ("", 401, "malformed"),
    "nonsense": ("Bearer nonsense", 401, "malformed"),
    "another scheme": (f"Basic {ticket()}", 401, "malformed"),
    "expired": (f"Bearer {ticket(exp=int(time.time()) - 60)}", 401, "expired"),
    "of the future": (f"Bearer {ticket(iat=int(time.time()) + 86400)}", 403, "claims"),
    "unsigned": (f"Bearer {sign(upload_claims(MEDIA, len(CONTENT)), algorithm='none')}", 403, "forged"),
    "forged": (f"Bearer {sign(upload_claims(MEDIA, len(CONTENT)), secret=b'x' * 32)}", 403, "forged"),
    "for a room": (f"Bearer {room_ticket()}", 403, "audience"),
    "for watching": (f"Bearer {media_ticket(MEDIA)}", 403, "audience"),
    "of another version": (f"Bearer {ticket(v=2)}", 403, "version"),
    "without a chat": (f"Bearer {without('chat')}", 403, "claims"),
    "without a limit": (f"Bearer {without('max_bytes')}", 403, "claims"),
    "without an end": (f"Bearer {without('exp')}", 403, "claims"),
    "for a path": (f"Bearer {sign(claims('upload', chat='c', media='../x', max_bytes=9, size=9))}", 403, "claims"),
}


@pytest.mark.parametrize("given", TICKETS.values(), ids=TICKETS.keys())
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
async def test_without_a_ticket_that_fits_nothing_is_done(
    station: Station, given: tuple[str, int, str], method: str
) -> None:
    authorization, status, code = given
    async with Sender(station.url, CONTENT, MEDIA) as sender:
        if method != "POST":
            await sender.begin()
        address = f"{station.url}/uploads" if method == "POST" else sender.address
        headers = sender.headers(Upload_Length="200000", Upload_Offset="0", Authorization=authorization)
        headers["Content-Type"] = "application/offset+octet-stream"
        answer = await sender.client.request(method, address, headers=headers, content=CONTENT)
        assert answer.status_code == status
        if method != "HEAD":
            assert answer.json()["code"] == code
        assert ("www-authenticate" in answer.headers) == (status == 401)
        known = await station.known(sender)
    assert known is None if method == "POST" else known is not None and known.received_bytes == 0


async def test_a_ticket_opens_no_other_upload(station: Station) -> None:
    async with station.sender(CONTENT) as mine, station.sender(CONTENT) as other:
        await other.begin()
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = await mine.client.request(method, other.address, headers=mine.headers(Upload_Offset="0"))
            assert answer.status_code == 403
        assert await other.offset() == 0


async def test_a_ticket_of_another_chat_does_not_go_on_with_an_upload(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        sender.claims["chat"] = "another"
        assert (await sender.patch(0)).status_code == 403


async def test_a_ticket_that_expires_on_the_way_is_renewed_and_nothing_is_lost(
    station: Station, odoo: OdooStandIn
) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 50_000)
        sender.claims["exp"] = int(time.time()) - 60
        refused = await sender.patch(50_000)
        assert (refused.status_code, refused.json()["code"]) == (401, "expired")
        del sender.claims["exp"]
        assert await sender.offset() == 50_000
        assert (await sender.send()).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


async def test_a_request_that_began_in_time_may_end_after_its_ticket_did(station: Station) -> None:
    async with station.sender(CONTENT, exp=int(time.time()) + 1) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 1000)
        # The clock of tickets leaves room for half a minute; the request is judged when it begins.
        await hanging.more(CONTENT[1000:])
        assert await hanging.status() == 204


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"max_bytes": 199_999}, 413, "too_large"),
        ({"size": 100_000}, 400, "size"),
        (
            {"mime": "application/x-msdownload", "filename": "a.exe", "types": ["image/*", "text/plain"]},
            415,
            "wrong_type",
        ),
        ({"mime": "video/mp4", "filename": "a.mp4", "types": ["image/*", ".pdf"]}, 415, "wrong_type"),
    ],
)
async def test_what_cannot_come_in_is_refused_before_it_is_sent(
    station: Station, change: dict[str, Any], status: int, code: str
) -> None:
    async with station.sender(CONTENT, **change) as sender:
        answer = await sender.begin()
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["message"].endswith(".")
        assert await station.known(sender) is None
    assert not station.file(sender).parent.exists()


async def test_an_empty_file_is_refused(station: Station) -> None:
    async with station.sender(b"") as sender:
        answer = await sender.begin()
    assert (answer.status_code, answer.json()["code"]) == (422, "empty")


async def test_the_service_has_a_limit_of_its_own(tmp_path: Path, odoo: OdooStandIn) -> None:
    async with Station(tmp_path / "data", odoo, max_upload_bytes=1000).running() as station:
        sender = station.sender(CONTENT)
        answer = await sender.begin()
        await sender.client.aclose()
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_more_bytes_than_were_announced_are_refused_before_they_are_read(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        sender.claims["size"] = len(CONTENT)
        sender.content = CONTENT + b"x"
        answer = await sender.patch(0)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert await sender.offset() == 0


async def test_more_bytes_than_were_announced_do_not_count_where_nobody_said_how_many_come(station: Station) -> None:
    async def endless() -> Any:
        for _ in range(50):
            yield CONTENT

    async with station.sender(CONTENT) as sender:
        await sender.begin()
        headers = sender.headers(Upload_Offset="0", Content_Type="application/offset+octet-stream")
        answer = await sender.client.patch(sender.address, headers=headers, content=endless())
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert await sender.offset() == 0


@pytest.mark.parametrize("chunk", [10_000, 1_000_000])
async def test_a_program_that_calls_itself_a_photo_is_refused_as_soon_as_its_first_bytes_are_there(
    station: Station, odoo: OdooStandIn, chunk: int
) -> None:
    async with station.sender(PROGRAM, filename="rex.jpg", mime="image/jpeg") as sender:
        await sender.begin()
        answer = await sender.send(chunk)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_what_it_says")
        again = await sender.patch(0)
        assert (again.status_code, again.json()) == (answer.status_code, answer.json())
        anew = await sender.begin()
        assert (anew.status_code, anew.json()) == (answer.status_code, answer.json())
    failed = await odoo.wait_for("media.failed")
    assert failed == {
        "media": sender.media,
        "stage": "check",
        "code": "not_what_it_says",
        "reason": answer.json()["message"],
        "retryable": False,
    }
    assert not station.file(sender).parent.exists()
    assert station.outcomes() == {"refused": 1}


async def test_the_content_decides_whether_the_type_is_taken(station: Station) -> None:
    async with station.sender(b"%PDF-1.7\n" + CONTENT, filename="", mime="", types=["image/*"]) as sender:
        await sender.begin()
        answer = await sender.send()
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")


async def test_a_refusal_in_the_middle_of_a_large_body_reaches_its_sender(station: Station) -> None:
    async with station.sender(PROGRAM + bytes(30_000_000), filename="rex.jpg", mime="image/jpeg") as sender:
        await sender.begin()
        answer = await sender.patch(0)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_what_it_says")


async def test_no_ticket_is_in_the_log(station: Station, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with station.sender(CONTENT, filename="Annas Rex.txt") as sender:
        await sender.begin()
        await sender.send()
        sender.claims["exp"] = 1
        await sender.patch(0)
    lines = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records if "httpcore" not in record.name]
    assert any("upload ticket refused" in line for line in lines)
    assert not any("eyJ" in line or "Annas" in line for line in lines)
