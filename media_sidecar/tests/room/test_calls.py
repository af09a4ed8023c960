"""When a call begins, what it survives, and when it ends."""

from pathlib import Path

from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, settings_for
from harness.waiting import until


async def test_a_call_begins_when_the_second_person_comes(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet = await sidecar.enter("vet-1")
    assert vet.last("welcome")["call"] is None
    owner = await sidecar.enter("owner-1")
    call = (await vet.receive("call"))["call"]
    assert (await owner.receive("call"))["call"] == call
    await odoo.wait_for("call.started")
    assert odoo.types() == ["participant.joined", "participant.joined", "call.started"]
    people = [{"participant": "vet-1", "role": "vet"}, {"participant": "owner-1", "role": "owner"}]
    assert odoo.data("call.started") == [{"call": call["id"], "participants": people}]


async def test_two_pages_of_one_person_make_no_call(sidecar: Sidecar) -> None:
    first = await sidecar.enter("vet-1")
    second = await sidecar.enter("vet-1")
    await second.settled()
    assert await first.closed() == 4409
    assert second.all("call") == []


async def test_a_reload_keeps_the_call(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet = await sidecar.enter("vet-1")
    owner = await sidecar.enter("owner-1")
    await owner.receive("call")
    await owner.close()
    reloaded = await sidecar.enter("owner-1")
    assert reloaded.call == vet.call
    assert reloaded.session != owner.session
    left = await vet.receive("participant-left")
    assert (left["session"], left["reason"]) == (owner.session, "replaced")
    assert (await vet.receive("participant-joined"))["participant"]["session"] == owner.session
    assert (await vet.receive("participant-joined"))["participant"]["session"] == reloaded.session
    await odoo.wait_for("call.started")
    assert odoo.types().count("participant.joined") == 2


async def test_a_lost_socket_that_comes_back_changes_nothing_for_the_other(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    owner = await sidecar.enter("owner-1")
    await owner.receive("call")
    heard = len(vet.messages)
    await owner.close()
    back = await sidecar.resume(owner)
    assert (back.session, back.call) == (owner.session, vet.call)
    await vet.settled()
    assert [message["type"] for message in vet.messages[heard:] if message["type"] not in ("call", "resume")] == [
        "pong"
    ]


async def test_hanging_up_ends_the_call_at_once(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet = await sidecar.enter("vet-1")
    owner = await sidecar.enter("owner-1")
    await vet.receive("call")
    await owner.send(type="leave")
    assert await owner.closed() == 1000
    left = await vet.receive("participant-left")
    assert (left["id"], left["session"], left["reason"]) == ("owner-1", owner.session, "left")
    assert (await vet.receive("call"))["call"] is None
    ended = await odoo.wait_for("call.ended")
    assert ended["reason"] == "left"
    assert ended["started_at"] <= ended["ended_at"]


async def test_meeting_again_after_hanging_up_is_another_call(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    owner = await sidecar.enter("owner-1")
    first = (await vet.receive("call"))["call"]
    await owner.send(type="leave")
    assert (await vet.receive("call"))["call"] is None
    await sidecar.enter("owner-1")
    second = (await vet.receive("call"))["call"]
    assert second["id"] != first["id"]


async def test_a_third_person_who_hangs_up_does_not_end_the_call(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    await sidecar.enter("owner-1")
    guest = await sidecar.enter("guest-1")
    await guest.send(type="leave")
    await vet.receive("participant-left")
    await vet.settled()
    assert len(vet.all("call")) == 1


async def test_someone_who_stays_away_is_lost_and_the_call_with_them(
    impatient_sidecar: Sidecar, odoo: OdooStandIn
) -> None:
    vet = await impatient_sidecar.enter("vet-1")
    owner = await impatient_sidecar.enter("owner-1")
    await vet.receive("call")
    await owner.close()
    left = await vet.receive("participant-left")
    assert (left["id"], left["reason"]) == ("owner-1", "lost")
    assert (await vet.receive("call"))["call"] is None
    assert (await odoo.wait_for("call.ended"))["reason"] == "lost"
    assert odoo.types()[-2:] == ["participant.left", "call.ended"]


async def test_a_call_that_was_lost_ended_when_the_socket_went_not_when_the_grace_was_over(
    impatient_sidecar: Sidecar, odoo: OdooStandIn
) -> None:
    await impatient_sidecar.enter("vet-1")
    owner = await impatient_sidecar.enter("owner-1")
    await owner.close()
    ended = await odoo.wait_for("call.ended")
    at = next(event["at"] for event in odoo.events if event["type"] == "call.ended")
    assert ended["ended_at"] < at


async def test_a_call_goes_on_over_a_restart_of_the_service(tmp_path: Path, odoo: OdooStandIn) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        vet = await sidecar.enter("vet-1")
        owner = await sidecar.enter("owner-1")
        await vet.receive("call")
        await vet.receive("resume")
    assert await owner.closed() == 1012
    async with sidecar.running():
        vet_again = await sidecar.resume(vet)
        [listed] = vet_again.last("welcome")["participants"]
        assert (listed["id"], listed["session"]) == ("owner-1", owner.session)
        owner_again = await sidecar.resume(owner)
        assert vet_again.call == owner_again.call == vet.call
        await owner_again.send(type="leave")
        await odoo.wait_for("call.ended")
    assert odoo.types().count("call.started") == 1
    assert odoo.types().count("participant.joined") == 2


async def test_nobody_comes_back_after_a_restart_and_the_call_ended_when_they_were_last_seen(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo, call_grace=0.2))
    async with sidecar.running():
        vet = await sidecar.enter("vet-1")
        await sidecar.enter("owner-1")
        await vet.receive("call")
        await odoo.wait_for("call.started")
        started = odoo.events[-1]["at"]
    async with sidecar.running():
        ended = await odoo.wait_for("call.ended")
    assert ended["reason"] == "lost"
    at = odoo.events[-1]["at"]
    assert started <= ended["ended_at"] < at


async def test_both_lost_at_once_leave_an_empty_room(impatient_sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet = await impatient_sidecar.enter("vet-1")
    owner = await impatient_sidecar.enter("owner-1")
    await vet.close()
    await owner.close()
    await odoo.wait_for("participant.left", 2)
    await until(lambda: impatient_sidecar.service.rooms.counts()["rooms"] == 0)
    assert odoo.types().count("call.ended") == 1
