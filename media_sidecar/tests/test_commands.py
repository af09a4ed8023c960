"""What Odoo tells the service to do."""

import time
from pathlib import Path

import pytest
from harness.browser import Browser
from harness.odoo import OdooStandIn
from harness.serving import free_port
from harness.sidecar import Sidecar, settings_for
from harness.tickets import SECRET, room_ticket

from media_sidecar.protocol import Seal
from media_sidecar.version import PROTOCOL, VERSION

END = "/commands/rooms/room/end"


async def end_room(sidecar: Sidecar, odoo_time: float) -> None:
    """End the room as an Odoo does whose clock shows *odoo_time*."""
    body = b'{"reason": "cancelled"}'
    answer = await sidecar.command(END, body, **Seal(SECRET).command_headers("POST", END, body, odoo_time))
    assert answer.status_code == 200


@pytest.mark.parametrize("reason", ["cancelled", "finished", "revoked"])
async def test_ending_a_room_tells_everyone_why_and_ends_the_call(
    sidecar: Sidecar, odoo: OdooStandIn, reason: str
) -> None:
    vet = await sidecar.enter("vet-1")
    owner = await sidecar.enter("owner-1")
    await vet.receive("call")
    answer = await sidecar.command(END, f'{{"reason": "{reason}"}}'.encode())
    assert (answer.status_code, answer.json()) == (200, {"ended": True})
    for page in (vet, owner):
        assert await page.closed() == 4410
        assert page.last("ended")["reason"] == reason
    assert (await odoo.wait_for("call.ended"))["reason"] == reason
    assert [left["reason"] for left in odoo.data("participant.left")] == ["ended", "ended"]


async def test_ending_a_room_finishes_its_recording(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet = await sidecar.enter("vet-1", policy="always")
    owner = await sidecar.enter("owner-1", policy="always")
    await vet.recording_is("asking")
    await vet.grant(1)
    await owner.receive("call")
    await owner.grant(2)
    await vet.recording_is("recording")
    await sidecar.command(END, b'{"reason": "finished"}')
    assert (await odoo.wait_for("recording.stopped"))["reason"] == "call_ended"
    await odoo.wait_for("recording.failed")


async def test_after_its_end_nobody_comes_back_into_a_room(sidecar: Sidecar) -> None:
    page = await sidecar.enter("vet-1")
    early_ticket = room_ticket("owner-1", iat=int(time.time()) - 5)
    await sidecar.command(END, b'{"reason": "cancelled"}')
    for credentials in ({"resume": page.resume_token}, {"ticket": early_ticket}):
        browser = await sidecar.socket()
        await browser.send(type="hello", v=1, **credentials)
        assert await browser.closed() == 4410
        assert browser.last("ended")["reason"] == "cancelled"


async def test_the_end_of_a_room_outlives_the_service(tmp_path: Path, odoo: OdooStandIn) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        page = await sidecar.enter("vet-1")
        await sidecar.command(END, b'{"reason": "revoked"}')
    async with sidecar.running():
        browser = await sidecar.socket()
        await browser.send(type="hello", v=1, resume=page.resume_token)
        assert await browser.closed() == 4410


async def test_a_ticket_that_odoo_makes_later_opens_the_room_again(sidecar: Sidecar) -> None:
    await sidecar.enter("vet-1")
    await sidecar.command(END, b'{"reason": "cancelled"}')
    again = await sidecar.enter("vet-1", iat=time.time() + 1)
    assert again.last("welcome")["participants"] == []


@pytest.mark.parametrize("odoo_is_ahead", [-25, 25], ids=["behind", "ahead"])
async def test_a_clock_of_odoo_that_is_ahead_or_behind_lets_in_who_may_come_and_nobody_else(
    sidecar: Sidecar, odoo_is_ahead: int
) -> None:
    odoo_time = int(time.time()) + odoo_is_ahead
    page = await sidecar.enter("vet-1", iat=odoo_time - 2)
    late_ticket = room_ticket("owner-1", iat=odoo_time - 1)
    await end_room(sidecar, odoo_time)
    for credentials in ({"resume": page.resume_token}, {"ticket": late_ticket}):
        browser = await sidecar.socket()
        await browser.send(type="hello", v=1, **credentials)
        assert await browser.closed() == 4410
    again = await sidecar.enter("vet-1", iat=odoo_time + 1)
    assert (await sidecar.resume(again)).session == again.session


@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
async def test_a_room_that_was_opened_again_stays_closed_to_who_was_in_it_before(
    tmp_path: Path, odoo: OdooStandIn, restarted: bool
) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    now = int(time.time())

    async def old_page_is_refused(page: Browser) -> None:
        browser = await sidecar.socket()
        await browser.send(type="hello", v=1, resume=page.resume_token)
        assert await browser.closed() == 4410

    async with sidecar.running():
        old = await sidecar.enter("owner-1", iat=now - 2)
        await end_room(sidecar, now - 1)
        new = await sidecar.enter("vet-1", iat=now)
        if not restarted:
            await old_page_is_refused(old)
    if restarted:
        async with sidecar.running():
            await old_page_is_refused(old)
            await sidecar.resume(new)


async def test_an_end_that_arrives_late_does_not_reopen_what_was_closed_after_it(sidecar: Sidecar) -> None:
    now = int(time.time())
    await end_room(sidecar, now)
    await end_room(sidecar, now - 20)
    browser = await sidecar.socket()
    await browser.send(type="hello", v=1, ticket=room_ticket(iat=now - 10))
    assert await browser.closed() == 4410


async def test_ending_an_empty_room_says_that_nothing_ended_and_still_closes_it(sidecar: Sidecar) -> None:
    answer = await sidecar.command(END, b'{"reason": "cancelled"}')
    assert answer.json() == {"ended": False}
    browser = await sidecar.socket()
    await browser.send(type="hello", v=1, ticket=room_ticket(iat=int(time.time()) - 5))
    assert await browser.closed() == 4410


async def test_an_unsigned_command_does_nothing(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    answer = await sidecar.command(END, b'{"reason": "cancelled"}', **{"X-Vet-Signature": "v1=00"})
    assert answer.status_code == 401
    await vet.settled()
    assert 'tickets_refused_total{reason="command_forged"} 1.0' in (await sidecar.get("/metrics")).text


@pytest.mark.parametrize("body", [b'{"reason": "boredom"}', b"{}", b"[]"])
async def test_a_room_ends_for_one_of_three_reasons(sidecar: Sidecar, body: bytes) -> None:
    assert (await sidecar.command(END, body)).status_code == 422


async def test_a_command_that_is_no_json_or_too_long_is_refused(sidecar: Sidecar) -> None:
    assert (await sidecar.command(END, b"reason=cancelled")).status_code == 400
    assert (await sidecar.command(END, b" " * 70_000)).status_code == 413


async def test_the_check_tells_odoo_how_everything_is(sidecar: Sidecar) -> None:
    before = time.time()
    answer = (await sidecar.command("/commands/check")).json()
    assert (answer["version"], answer["protocol"], answer["turn"]) == (VERSION, PROTOCOL, None)
    assert before <= answer["time"] <= time.time()
    assert answer["store"]["ok"] is True
    assert answer["store"]["free_bytes"] > 0
    assert answer["odoo"]["ok"] is True
    assert answer["recording"] == {
        "ok": True,
        "message": "0 of 60 connections are in use.",
        "legs": 0,
        "max_legs": 60,
    }


async def test_the_check_says_that_odoo_cannot_be_reached(tmp_path: Path, odoo: OdooStandIn) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    async with Sidecar(settings_for(tmp_path / "data", odoo, odoo_url=away)).running() as sidecar:
        answer = (await sidecar.command("/commands/check")).json()
    assert answer["odoo"]["ok"] is False
    assert away in answer["odoo"]["message"]


async def test_the_check_says_that_the_disk_is_too_full_to_record(tmp_path: Path, odoo: OdooStandIn) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, min_free_bytes=2**62)).running() as sidecar:
        answer = (await sidecar.command("/commands/check")).json()
    assert answer["recording"]["ok"] is False
    assert "refused" in answer["recording"]["message"]
