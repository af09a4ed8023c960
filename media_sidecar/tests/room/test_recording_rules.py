"""When a call is recorded: every way from one state to another."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.browser import Browser
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, settings_for
from harness.tickets import consent_ticket
from harness.waiting import until


class Pair:
    """A vet and an owner in a call."""

    def __init__(self, vet: Browser, owner: Browser) -> None:
        self.vet = vet
        self.owner = owner

    async def both_show(self, state: str) -> None:
        await self.vet.recording_is(state)
        await self.owner.recording_is(state)

    async def record(self) -> str:
        """Ask, agree, record; the recording's id."""
        await self.vet.send(type="recording", action="request")
        await self.both_show("asking")
        await self.vet.grant(1)
        await self.owner.grant(2)
        await self.both_show("recording")
        return str(self.vet.recording["id"])


async def meet(sidecar: Sidecar, policy: str = "ask") -> Pair:
    vet = await sidecar.enter("vet-1", policy=policy)
    owner = await sidecar.enter("owner-1", policy=policy)
    await vet.receive("call")
    await owner.receive("call")
    return Pair(vet, owner)


@pytest.fixture
async def pair(sidecar: Sidecar) -> AsyncIterator[Pair]:
    yield await meet(sidecar)


async def test_a_recording_starts_when_everyone_present_has_agreed(pair: Pair, odoo: OdooStandIn) -> None:
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    assert pair.owner.recording["missing"] == ["owner-1", "vet-1"]
    await pair.owner.grant(1)
    await until(lambda: pair.vet.recording["missing"] == ["vet-1"])
    assert pair.vet.recording["state"] == "asking"
    await pair.vet.grant(2)
    await pair.both_show("recording")
    assert pair.owner.recording["missing"] == []
    assert pair.owner.recording["started_at"].endswith("Z")
    started = await odoo.wait_for("recording.started")
    assert started == {"recording": pair.vet.recording["id"], "call": pair.vet.call}


async def test_nothing_is_recorded_before_anyone_asks(pair: Pair, odoo: OdooStandIn) -> None:
    await pair.vet.grant(1)
    await pair.owner.grant(2)
    await pair.owner.settled()
    assert pair.owner.recording["state"] == "off"


async def test_under_the_policy_always_everyone_is_asked_as_soon_as_the_call_starts(sidecar: Sidecar) -> None:
    pair = await meet(sidecar, "always")
    await pair.both_show("asking")


async def test_under_the_policy_never_the_vet_cannot_ask(sidecar: Sidecar) -> None:
    pair = await meet(sidecar, "never")
    await pair.vet.send(type="recording", action="request")
    assert (await pair.vet.receive("error"))["code"] == "recording_not_allowed"
    assert pair.vet.recording["state"] == "off"


@pytest.mark.parametrize("action", ["request", "stop"])
async def test_only_the_vet_asks_and_stops(pair: Pair, action: str) -> None:
    await pair.owner.send(type="recording", action=action)
    assert (await pair.owner.receive("error"))["code"] == "not_allowed"


async def test_nobody_can_be_asked_before_the_other_is_there(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    await vet.send(type="recording", action="request")
    assert (await vet.receive("error"))["code"] == "no_call"


async def test_a_refusal_ends_the_asking_and_not_the_call(pair: Pair, odoo: OdooStandIn) -> None:
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    await pair.vet.grant(1)
    await pair.owner.grant(2, "refused")
    await pair.both_show("refused")
    assert pair.vet.recording["refused"] == ["owner-1"]
    assert pair.vet.last("call")["call"] is not None
    await pair.owner.send(type="leave")
    await odoo.wait_for("call.ended")
    assert "recording.started" not in odoo.types()


async def test_asking_again_asks_only_those_who_have_not_agreed(pair: Pair) -> None:
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    await pair.vet.grant(1)
    await pair.owner.grant(2, "refused")
    await pair.both_show("refused")
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    assert pair.vet.recording["missing"] == ["owner-1"]
    assert pair.vet.recording["refused"] == []
    await pair.owner.grant(3)
    await pair.both_show("recording")


async def test_the_vet_may_take_the_question_back(pair: Pair) -> None:
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    await pair.vet.send(type="recording", action="stop")
    await pair.both_show("off")


async def test_stopping_finishes_the_recording_and_keeps_the_consents(pair: Pair, odoo: OdooStandIn) -> None:
    first = await pair.record()
    await pair.vet.send(type="recording", action="stop")
    await pair.both_show("off")
    assert (await odoo.wait_for("recording.stopped"))["reason"] == "stopped"
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("recording")
    assert pair.vet.recording["id"] != first


async def test_withdrawing_finishes_the_recording_at_once(pair: Pair, odoo: OdooStandIn) -> None:
    recording = await pair.record()
    await pair.owner.send(type="consent", decision="withdrawn")
    await pair.both_show("refused")
    assert pair.vet.recording["reason"] == "withdrawn"
    stopped = await odoo.wait_for("recording.stopped")
    assert stopped == {"recording": recording, "call": pair.vet.call, "reason": "withdrawn"}
    assert odoo.data("consent.withdrawn") == [{"call": pair.vet.call, "participant": "owner-1"}]


async def test_withdrawing_twice_is_told_to_odoo_once(pair: Pair, odoo: OdooStandIn) -> None:
    await pair.record()
    await pair.owner.send(type="consent", decision="withdrawn")
    await pair.owner.send(type="consent", decision="withdrawn")
    await pair.owner.send(type="leave")
    await odoo.wait_for("call.ended")
    assert len(odoo.data("consent.withdrawn")) == 1


async def test_who_withdraws_without_having_been_asked_has_said_no(pair: Pair, odoo: OdooStandIn) -> None:
    await pair.owner.send(type="consent", decision="withdrawn")
    await odoo.wait_for("consent.withdrawn")
    await until(lambda: pair.vet.recording["refused"] == ["owner-1"])


async def test_before_a_call_there_is_nothing_to_withdraw(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1", policy="always")
    await vet.send(type="consent", decision="withdrawn")
    owner = await sidecar.enter("owner-1", policy="always")
    assert (await owner.recording_is("asking"))["refused"] == []


async def test_a_consent_that_was_withdrawn_does_not_count_again(pair: Pair) -> None:
    await pair.record()
    await pair.owner.send(type="consent", decision="withdrawn")
    await pair.both_show("refused")
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    await pair.owner.grant(2)
    assert (await pair.owner.receive("error"))["code"] == "consent_spent"
    assert pair.owner.recording["missing"] == ["owner-1"]
    await pair.owner.grant(3)
    await pair.both_show("recording")


async def test_a_late_joiner_pauses_the_recording_until_they_agree(sidecar: Sidecar, pair: Pair) -> None:
    recording = await pair.record()
    guest = await sidecar.enter("guest-1")
    await pair.both_show("paused")
    assert guest.recording["missing"] == ["guest-1"]
    await guest.recording_is("paused")
    await guest.grant(3)
    await pair.both_show("recording")
    assert pair.vet.recording["id"] == recording


async def test_a_late_joiner_who_leaves_without_an_answer_lets_the_recording_go_on(
    sidecar: Sidecar, pair: Pair
) -> None:
    await pair.record()
    guest = await sidecar.enter("guest-1")
    await pair.both_show("paused")
    await guest.send(type="leave")
    await pair.both_show("recording")


async def test_a_late_joiner_who_refuses_ends_the_recording(sidecar: Sidecar, pair: Pair, odoo: OdooStandIn) -> None:
    await pair.record()
    guest = await sidecar.enter("guest-1")
    await pair.both_show("paused")
    await guest.grant(3, "refused")
    await pair.both_show("refused")
    assert (await odoo.wait_for("recording.stopped"))["reason"] == "refused"


async def test_a_reloaded_page_pauses_the_recording_until_it_has_shown_its_consent_again(
    sidecar: Sidecar, pair: Pair, odoo: OdooStandIn
) -> None:
    recording = await pair.record()
    await pair.owner.close()
    reloaded = await sidecar.enter("owner-1")
    shown = reloaded.last("welcome")["recording"]
    assert (shown["state"], shown["id"], shown["missing"]) == ("paused", recording, ["owner-1"])
    await pair.vet.recording_is("paused")
    await reloaded.grant(2)
    await Pair(pair.vet, reloaded).both_show("recording")
    assert pair.vet.recording["id"] == recording
    assert reloaded.all("error") == []
    await pair.vet.send(type="leave")
    await odoo.wait_for("recording.stopped")
    assert len(odoo.data("recording.started")) == 1


async def test_a_second_device_of_the_same_person_is_not_recorded_before_it_has_agreed(
    sidecar: Sidecar, pair: Pair
) -> None:
    recording = await pair.record()
    second = await sidecar.enter("owner-1")
    await second.send(type="record-offer", leg="camera-1", source="camera", sdp="v=0")
    assert (await second.receive("record-closed"))["reason"] == "paused"
    assert second.recording["missing"] == ["owner-1"]
    await second.grant(3)
    await Pair(pair.vet, second).both_show("recording")
    assert second.recording["id"] == recording


async def test_who_left_and_comes_back_on_another_page_is_asked_again(sidecar: Sidecar, pair: Pair) -> None:
    await pair.record()
    guest = await sidecar.enter("guest-1")
    await guest.grant(3)
    await guest.recording_is("recording")
    await guest.send(type="leave")
    await guest.closed()
    again = await sidecar.enter("guest-1")
    assert again.last("welcome")["recording"]["missing"] == ["guest-1"]


@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
async def test_a_no_on_one_device_spends_the_yes_of_another(tmp_path: Path, odoo: OdooStandIn, restarted: bool) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        pair = await meet(sidecar)
        await pair.record()
        pair.owner = await sidecar.enter("owner-1")
        await pair.owner.grant(3, "refused")
        await pair.both_show("refused")
        if not restarted:
            await assert_answers_are_spent(pair)
    if restarted:
        async with sidecar.running():
            await assert_answers_are_spent(Pair(await sidecar.resume(pair.vet), await sidecar.resume(pair.owner)))


async def assert_answers_are_spent(pair: Pair) -> None:
    """The owner's yes, 2, and no, 3, do not count again; another answer does."""
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    for consent, decision in ((2, "granted"), (3, "refused")):
        await pair.owner.grant(consent, decision)
        assert (await pair.owner.receive("error"))["code"] == "consent_spent"
    await pair.owner.grant(4)
    await pair.vet.grant(1)
    await pair.both_show("recording")


async def test_the_end_of_the_call_finishes_the_recording_and_forgets_the_consents(
    sidecar: Sidecar, pair: Pair, odoo: OdooStandIn
) -> None:
    await pair.record()
    await pair.owner.send(type="leave")
    await pair.vet.recording_is("off")
    await odoo.wait_for("call.ended")
    kinds = [kind for kind in odoo.types() if kind.startswith(("recording.st", "call."))]
    assert kinds == ["call.started", "recording.started", "recording.stopped", "call.ended"]
    owner = await sidecar.enter("owner-1")
    await owner.receive("call")
    await pair.vet.send(type="recording", action="request")
    assert (await owner.recording_is("asking"))["missing"] == ["owner-1", "vet-1"]


CONSENTS = {
    "of someone else": ({"participant": "vet-1"}, "consent_mismatch"),
    "for another room": ({"room": "elsewhere"}, "consent_mismatch"),
    "for another call": ({"call": "earlier"}, "consent_other_call"),
    "that has expired": ({"exp": 1}, "consent_expired"),
    "that is a room ticket": ({"aud": "room"}, "consent_audience"),
}


@pytest.mark.parametrize(("change", "code"), CONSENTS.values(), ids=CONSENTS.keys())
async def test_a_consent_counts_only_for_what_it_was_given(pair: Pair, change: dict[str, object], code: str) -> None:
    await pair.vet.send(type="recording", action="request")
    await pair.both_show("asking")
    values: dict[str, object] = {"participant": "owner-1", "call": pair.owner.call} | change
    await pair.owner.send(type="consent", grant=consent_ticket(**values))  # type: ignore[arg-type]
    assert (await pair.owner.receive("error"))["code"] == code
    assert pair.owner.recording["missing"] == ["owner-1", "vet-1"]


async def test_a_recording_that_the_machine_cannot_carry_is_refused_with_the_reason(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, min_free_bytes=2**62)).running() as sidecar:
        pair = await meet(sidecar)
        await pair.vet.send(type="recording", action="request")
        await pair.both_show("asking")
        await pair.vet.grant(1)
        await pair.owner.grant(2)
        await pair.both_show("unavailable")
        assert pair.owner.recording["reason"] == "disk_low"
        assert "free" in pair.owner.recording["message"]
        assert pair.owner.last("call")["call"] is not None
        await pair.owner.send(type="leave")
        await odoo.wait_for("call.ended")
        assert not [kind for kind in odoo.types() if kind.startswith("recording.")]


async def test_a_recorder_that_gives_up_shows_and_the_call_goes_on(
    sidecar: Sidecar, pair: Pair, odoo: OdooStandIn
) -> None:
    recording_id = await pair.record()
    recording = sidecar.service.recorder._recordings[recording_id]
    assert recording.on_failed is not None
    recording.on_failed("disk_full")
    await pair.both_show("unavailable")
    assert "kept" in pair.owner.recording["message"]
    assert (await odoo.wait_for("recording.stopped"))["reason"] == "failed"
    assert (await odoo.wait_for("recording.failed"))["recording"] == recording_id


async def test_a_recording_in_which_nothing_arrived_is_reported_as_failed(pair: Pair, odoo: OdooStandIn) -> None:
    recording = await pair.record()
    await pair.vet.send(type="recording", action="stop")
    failed = await odoo.wait_for("recording.failed")
    assert failed == {"recording": recording, "call": pair.vet.call, "reason": "nothing was received"}


async def test_after_a_restart_everyone_shows_their_consent_again_and_the_recording_goes_on(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        pair = await meet(sidecar)
        first = await pair.record()
    async with sidecar.running():
        again = Pair(await sidecar.resume(pair.vet), await sidecar.resume(pair.owner))
        await again.both_show("asking")
        await again.vet.grant(1)
        await again.owner.grant(2)
        await again.both_show("recording")
        assert again.vet.recording["id"] != first
        await odoo.wait_for("recording.started", 2)
    assert odoo.data("recording.started")[0]["call"] == odoo.data("recording.started")[1]["call"]
    assert odoo.data("recording.stopped")[0]["reason"] == "restarted"


async def test_withdrawing_after_a_restart_reaches_odoo_and_spends_what_was_shown_before_it(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        pair = await meet(sidecar)
        await pair.record()
    async with sidecar.running():
        again = Pair(await sidecar.resume(pair.vet), await sidecar.resume(pair.owner))
        await again.owner.send(type="consent", decision="withdrawn")
        await again.both_show("refused")
        withdrawn = await odoo.wait_for("consent.withdrawn")
        assert withdrawn == {"call": pair.vet.call, "participant": "owner-1"}
        await again.owner.grant(2)
        assert (await again.owner.receive("error"))["code"] == "consent_spent"


async def test_a_withdrawn_consent_does_not_come_back_with_a_restart(tmp_path: Path, odoo: OdooStandIn) -> None:
    sidecar = Sidecar(settings_for(tmp_path / "data", odoo))
    async with sidecar.running():
        pair = await meet(sidecar)
        await pair.record()
        await pair.owner.send(type="consent", decision="withdrawn")
        await pair.both_show("refused")
    async with sidecar.running():
        again = Pair(await sidecar.resume(pair.vet), await sidecar.resume(pair.owner))
        await again.both_show("off")
        await again.owner.grant(2)
        assert (await again.owner.receive("error"))["code"] == "consent_spent"


@pytest.mark.parametrize("state", ["off", "paused"])
async def test_a_leg_outside_of_a_recording_is_closed_with_the_reason(sidecar: Sidecar, pair: Pair, state: str) -> None:
    if state == "paused":
        await pair.record()
        await sidecar.enter("guest-1")
        await pair.both_show("paused")
    await pair.owner.send(type="record-offer", leg="camera-1", source="camera", sdp="v=0")
    closed = await pair.owner.receive("record-closed")
    assert (closed["leg"], closed["reason"]) == ("camera-1", "paused" if state == "paused" else "stopped")


async def test_an_offer_that_cannot_be_recorded_is_answered_with_what_is_wrong(pair: Pair) -> None:
    await pair.record()
    await pair.owner.send(type="record-offer", leg="camera-1", source="camera", sdp="v=0")
    closed = await pair.owner.receive("record-closed")
    assert (closed["leg"], closed["reason"]) == ("camera-1", "bad_offer")
    assert closed["message"]
