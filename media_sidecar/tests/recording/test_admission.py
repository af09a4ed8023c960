"""What a recorder refuses, and what it measures."""

import asyncio
import os
import socket
import time
from pathlib import Path

import pytest

from media_sidecar.recording import Recorder, RecordingLimits, RecordingRefused
from media_sidecar.recording.admission import check_capacity
from media_sidecar.recording.machine import LAG_WINDOW_SECONDS, LoopLag, free_disk_bytes, socket_drops

from .conftest import LIMITS
from .footage import BeepTrack
from .sender import Sender

CAPACITY = RecordingLimits(max_legs=2, max_loop_lag=0.25, min_free_bytes=1000)


@pytest.mark.parametrize(
    ("legs", "lag", "free", "reason"),
    [(2, 0.0, 1000, "too_many_legs"), (0, 0.3, 1000, "overloaded"), (0, 0.0, 999, "disk_low")],
)
def test_what_would_not_fit_is_refused_with_its_reason(legs: int, lag: float, free: int, reason: str) -> None:
    with pytest.raises(RecordingRefused) as refusal:
        check_capacity(CAPACITY, legs, lag, free)
    assert refusal.value.reason_code == reason
    assert "try again" in refusal.value.message or "free some space" in refusal.value.message


def test_what_fits_is_taken() -> None:
    check_capacity(CAPACITY, 1, 0.25, 1000)


async def test_a_full_disk_refuses_the_recording_before_it_starts(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, RecordingLimits(min_free_bytes=1 << 60))
    with pytest.raises(RecordingRefused) as refusal:
        await recorder.start("recording", "room", "call")
    await recorder.close()
    assert refusal.value.reason_code == "disk_low"
    assert not list(tmp_path.iterdir())


async def test_one_leg_too_many_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, RecordingLimits(max_legs=1, max_loop_lag=5.0, min_free_bytes=0))
    recording = await recorder.start("recording", "room", "call")
    first, second = Sender(BeepTrack(), None), Sender(BeepTrack(), None)
    await first.send_to(recording, "first")
    with pytest.raises(RecordingRefused) as refusal:
        await second.send_to(recording, "second")
    legs = [leg.id for leg in recording.legs]
    await first.close()
    await second.close()
    await recorder.close()
    assert refusal.value.reason_code == "too_many_legs"
    assert legs == ["first"]


def test_legs_that_belong_together_are_taken_on_together_or_not_at_all() -> None:
    check_capacity(CAPACITY, 0, 0.0, 1000, wanted=2)
    with pytest.raises(RecordingRefused, match="2 more would be needed"):
        check_capacity(CAPACITY, 1, 0.0, 1000, wanted=2)


async def test_places_are_kept_for_a_recording_whose_legs_are_yet_to_come(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, RecordingLimits(max_legs=3, max_loop_lag=5.0, min_free_bytes=0))
    first = await recorder.start("first", "room", "call", legs=2)
    with pytest.raises(RecordingRefused) as refusal:
        await recorder.start("second", "other", "call", legs=2)
    await recorder.start("third", "other", "call", legs=1)
    sender = Sender(BeepTrack(), None)
    await sender.send_to(first)
    measured = recorder.measurements()
    await first.finish()
    after = recorder.measurements()
    await sender.close()
    await recorder.close()
    assert refusal.value.reason_code == "too_many_legs"
    assert (measured.legs, measured.legs_taken, after.legs_taken) == (1, 3, 1)


async def test_a_folder_is_not_recorded_into_twice(recorder: Recorder) -> None:
    await recorder.start("same", "room", "call")
    with pytest.raises(ValueError, match="used before"):
        await recorder.start("same", "room", "call")


async def test_a_recording_id_cannot_leave_the_spool(recorder: Recorder) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        await recorder.start("../elsewhere", "room", "call")


def test_the_worst_lag_of_the_last_seconds_counts() -> None:
    lag = LoopLag()
    for now, late in ((0.0, 0.5), (5.0, 0.1), (6.0, 0.2)):
        lag.observe(now, late)
    assert lag.worst(6.0) == 0.5
    assert lag.worst(LAG_WINDOW_SECONDS + 1.0) == 0.2
    assert lag.worst(100.0) == 0.0


def block_the_loop(seconds: float) -> None:
    """Keep the event loop from doing anything else, as a machine does that is too busy."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


async def test_a_machine_that_is_overloaded_before_the_first_recording_refuses_it(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, RecordingLimits(min_free_bytes=0))
    await asyncio.sleep(0)
    block_the_loop(0.4)
    measured = recorder.measurements().loop_lag_seconds
    with pytest.raises(RecordingRefused) as refusal:
        await recorder.start("recording", "room", "call")
    await recorder.close()
    assert measured > 0.25
    assert refusal.value.reason_code == "overloaded"


def test_datagrams_that_the_kernel_drops_are_counted() -> None:
    kind = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*kind) as deaf, socket.socket(*kind) as sender:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        inode = os.fstat(deaf.fileno()).st_ino
        assert socket_drops({inode}) == 0
        for _ in range(200):
            sender.sendto(bytes(1000), deaf.getsockname())
        assert socket_drops({inode}) > 100


def test_where_the_kernel_does_not_tell_nothing_is_counted(tmp_path: Path) -> None:
    assert socket_drops({1}, (tmp_path / "missing",)) == 0


async def test_the_measurements_are_plain_values(recorder: Recorder, tmp_path: Path) -> None:
    measured = recorder.measurements()
    assert (measured.legs, measured.recordings, measured.packets, measured.socket_drops) == (0, 0, 0, 0)
    assert measured.free_disk_bytes == pytest.approx(free_disk_bytes(tmp_path), rel=0.1)
    assert LIMITS.max_legs == 10
