"""What participants say to each other, and what the service does not take."""

from typing import Any

import pytest
from harness.browser import Browser
from harness.sidecar import Sidecar

from media_sidecar.room import socket
from media_sidecar.room.connection import MAX_WAITING

OFFER = {"type": "offer", "sdp": "v=0\r\n"}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


async def two(sidecar: Sidecar) -> tuple[Browser, Browser]:
    vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
    await vet.receive("call")
    return vet, owner


async def test_a_description_reaches_the_page_it_is_for(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    await vet.send(type="signal", to="owner-1", to_session=owner.session, description=OFFER)
    signal = await owner.receive("signal")
    assert signal == {"type": "signal", "from": "vet-1", "from_session": vet.session, "description": OFFER}


@pytest.mark.parametrize("candidate", [CANDIDATE, None], ids=["a candidate", "the end of candidates"])
async def test_a_candidate_is_passed_on_as_it_is(sidecar: Sidecar, candidate: dict[str, Any] | None) -> None:
    vet, owner = await two(sidecar)
    await owner.send(type="signal", to="vet-1", to_session=vet.session, candidate=candidate)
    signal = await vet.receive("signal")
    assert signal["candidate"] == candidate
    assert "description" not in signal


async def test_signals_arrive_in_the_order_in_which_they_were_sent(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    for number in range(50):
        await vet.send(
            type="signal", to="owner-1", to_session=owner.session, candidate={"candidate": str(number), "sdpMid": "0"}
        )
    numbers = [(await owner.receive("signal"))["candidate"]["candidate"] for _ in range(50)]
    assert numbers == [str(number) for number in range(50)]


async def test_a_signal_for_an_earlier_page_is_dropped(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    await vet.send(type="signal", to="owner-1", to_session="before", description=OFFER)
    await vet.settled()
    await owner.settled()
    assert owner.all("signal") == []
    assert 'signals_dropped_total{reason="receiver_gone"} 1.0' in (await sidecar.get("/metrics")).text


async def test_a_signal_waits_for_a_page_whose_socket_is_away(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    await owner.close()
    await vet.send(type="signal", to="owner-1", to_session=owner.session, description=OFFER)
    await vet.settled()
    back = await sidecar.resume(owner)
    assert (await back.receive("signal"))["description"] == OFFER


async def test_a_signal_does_not_wait_for_a_page_that_was_reloaded(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    await owner.close()
    await vet.send(type="signal", to="owner-1", to_session=owner.session, description=OFFER)
    await vet.settled()
    reloaded = await sidecar.enter("owner-1")
    await reloaded.settled()
    assert reloaded.all("signal") == []


async def test_what_a_participant_switches_shows_at_the_others_and_to_later_ones(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    await owner.send(type="state", microphone=True, camera=True, connection="connected")
    await owner.send(type="state", camera=False)
    assert (await vet.receive("participant"))["state"]["camera"] is True
    state = {"microphone": True, "camera": False, "screen": False, "connection": "connected"}
    assert (await vet.receive("participant")) == {"type": "participant", "id": "owner-1", "state": state}
    guest = await sidecar.enter("guest-1")
    listed = {person["id"]: person["state"] for person in guest.last("welcome")["participants"]}
    assert listed["owner-1"] == state
    await owner.settled()
    assert owner.all("participant") == []


BAD_FRAMES = [
    "not json",
    "42",
    '{"type": "dance"}',
    '{"type": "signal", "to": "owner-1"}',
    '{"type": "signal", "to": "owner-1", "to_session": "a b"}',
    '{"type": "state", "connection": "excellent"}',
    '{"type": "recording", "action": "erase"}',
    '{"type": "record-offer", "leg": "../x", "source": "camera", "sdp": ""}',
    '{"type": "record-offer", "leg": "a", "source": "kitchen", "sdp": ""}',
    '{"type": "consent"}',
    '{"type": "consent", "grant": "a", "decision": "withdrawn"}',
    '{"type": "ping", "padding": "' + "x" * 65536 + '"}',
]


@pytest.mark.parametrize("frame", BAD_FRAMES, ids=lambda frame: frame[:40])
async def test_a_wrong_frame_is_answered_with_what_is_wrong_and_the_call_goes_on(sidecar: Sidecar, frame: str) -> None:
    vet, _ = await two(sidecar)
    await vet.send_text(frame)
    error = await vet.receive("error")
    assert error["code"] == "bad_message"
    assert error["message"]
    await vet.settled()
    assert vet.close_code is None


async def test_who_floods_the_service_is_cut_off(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    for _ in range(socket.BURST_MESSAGES + 50):
        if vet.close_code is None:
            await vet.send_text('{"type": "ping"}')
    assert await vet.closed() == 1008
    assert vet.last("error")["code"] == "rate_limited"
    await owner.settled()


async def test_a_browser_that_does_not_read_is_cut_off_and_harms_nobody(sidecar: Sidecar) -> None:
    vet, owner = await two(sidecar)
    async with sidecar.service.rooms.hold("room") as room:
        connection = room.participants["owner-1"].connection
        assert connection is not None
        for _ in range(MAX_WAITING + 1):
            connection.send({"type": "pong"})
    assert await owner.closed() == 1013
    await vet.settled()


async def test_a_ping_is_answered(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    await vet.send(type="ping")
    assert await vet.receive("pong") == {"type": "pong"}
