"""Three and four people in a room: for whom there is a place, and how Odoo sends one of them out."""

import time
from pathlib import Path

import pytest
from harness.browser import Browser
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, settings_for
from harness.tickets import room_ticket

REMOVE = "/commands/rooms/room/participants/guest-1/remove"


async def refused(sidecar: Sidecar, **credentials: str) -> Browser:
    browser = await sidecar.socket()
    await browser.send(type="hello", v=1, **credentials)
    await browser.closed()
    return browser


async def test_four_people_are_told_of_each_other(sidecar: Sidecar) -> None:
    people = [await sidecar.enter(name) for name in ("vet-1", "owner-1", "guest-1", "guest-2")]
    for page, others in zip(people, range(4), strict=True):
        assert len(page.last("welcome")["participants"]) == others
        for _ in range(3 - others):
            await page.receive("participant-joined")


@pytest.mark.parametrize(
    ("present", "newcomer"),
    [
        (["vet-1", "owner-1", "guest-1", "guest-2"], "guest-3"),
        (["vet-1", "vet-2", "guest-1"], "guest-2"),
        (["owner-1", "guest-1", "guest-2"], "guest-3"),
        (["guest-1", "guest-2"], "guest-3"),
    ],
    ids=["full", "the owner's place", "the vet's place", "the places of both"],
)
async def test_who_finds_no_place_is_told_that_the_room_is_full(
    sidecar: Sidecar, present: list[str], newcomer: str
) -> None:
    for name in present:
        await sidecar.enter(name)
    browser = await refused(sidecar, ticket=room_ticket(newcomer))
    assert browser.close_code == 4400
    assert browser.last("error")["code"] == "room_full"


async def test_vet_and_owner_find_a_place_however_many_came_before(sidecar: Sidecar) -> None:
    for name in ("guest-1", "guest-2"):
        await sidecar.enter(name)
    await sidecar.enter("owner-1")
    vet = await sidecar.enter("vet-1")
    assert len(vet.last("welcome")["participants"]) == 3


async def test_whoever_was_in_a_full_room_comes_back_from_a_new_page(sidecar: Sidecar) -> None:
    for name in ("vet-1", "owner-1", "guest-1", "guest-2"):
        await sidecar.enter(name)
    again = await sidecar.enter("guest-2")
    assert len(again.last("welcome")["participants"]) == 3


async def test_a_place_that_becomes_free_is_for_the_next(sidecar: Sidecar) -> None:
    for name in ("vet-1", "owner-1", "guest-1"):
        await sidecar.enter(name)
    leaving = await sidecar.enter("guest-2")
    await leaving.send(type="leave")
    await leaving.closed()
    await sidecar.enter("guest-3")


async def test_a_guest_who_comes_pauses_the_recording_until_they_agree(sidecar: Sidecar) -> None:
    vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
    for page in (vet, owner):
        await page.receive("call")
    await vet.send(type="recording", action="request")
    await vet.grant(1)
    await owner.grant(2)
    await vet.recording_is("recording")
    guest = await sidecar.enter("guest-1")
    assert (await vet.recording_is("paused"))["missing"] == ["guest-1"]
    await guest.grant(3)
    await vet.recording_is("recording")


async def test_who_is_removed_is_told_so_and_the_others_stay(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
    guest = await sidecar.enter("guest-1")
    answer = await sidecar.command(REMOVE)
    assert (answer.status_code, answer.json()) == (200, {"removed": True})
    assert await guest.closed() == 4410
    assert guest.last("ended")["reason"] == "removed"
    for page in (vet, owner):
        left = await page.receive("participant-left")
        assert (left["id"], left["reason"]) == ("guest-1", "removed")
        await page.settled()
    assert (await odoo.wait_for("participant.left")) == {"participant": "guest-1", "reason": "removed"}
    assert odoo.data("call.ended") == []


async def test_a_refusing_guest_who_is_removed_no_longer_stands_against_a_recording(sidecar: Sidecar) -> None:
    vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
    guest = await sidecar.enter("guest-1")
    for page in (vet, owner):
        await page.receive("call")
    await vet.send(type="recording", action="request")
    await guest.grant(9, "refused")
    await vet.recording_is("refused")
    await sidecar.command(REMOVE)
    await guest.closed()
    await vet.send(type="recording", action="request")
    await vet.grant(1)
    await owner.grant(2)
    await vet.recording_is("recording")


async def test_nothing_that_a_removed_guest_was_given_lets_them_in_again(sidecar: Sidecar) -> None:
    guest = await sidecar.enter("guest-1")
    early_ticket = room_ticket("guest-1", iat=int(time.time()) - 5)
    await sidecar.command(REMOVE)
    for credentials in ({"resume": guest.resume_token}, {"ticket": early_ticket}):
        browser = await refused(sidecar, **credentials)
        assert browser.close_code == 4410
        assert browser.last("ended")["reason"] == "removed"


async def test_a_removed_guest_stays_outside_over_a_restart(tmp_path: Path, odoo: OdooStandIn) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        await sidecar.enter("vet-1")
        guest = await sidecar.enter("guest-1")
        await sidecar.command(REMOVE)
    async with sidecar.running():
        assert (await refused(sidecar, resume=guest.resume_token)).close_code == 4410
        await sidecar.enter("guest-2")


async def test_removing_who_is_not_here_says_so_and_keeps_them_out(sidecar: Sidecar) -> None:
    answer = await sidecar.command(REMOVE)
    assert answer.json() == {"removed": False}
    browser = await refused(sidecar, ticket=room_ticket("guest-1", iat=int(time.time()) - 5))
    assert browser.last("ended")["reason"] == "removed"


async def test_removing_nobody_is_refused_in_words(sidecar: Sidecar) -> None:
    answer = await sidecar.command("/commands/rooms/room/participants/a.b/remove")
    assert answer.status_code == 422
    assert "identifier of a participant" in answer.json()["detail"]
