"""A recorder in a temporary spool, and conditions to wait for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from media_sidecar.recording import Recorder, Recording, RecordingLimits

LIMITS = RecordingLimits(max_legs=10, max_loop_lag=5.0, min_free_bytes=0)
PATIENCE = 60.0
"""Seconds after which a condition that never comes true fails the test; no test depends on its length."""

Until = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    made = Recorder(tmp_path / "spool", LIMITS)
    yield made
    await made.close()


@pytest.fixture
def until() -> Until:
    """Wait until a condition is true."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.02)

    return wait


def recorded_seconds(recording: Recording, leg_id: str = "leg") -> float:
    """How far the file of a leg has come."""
    for leg in recording.legs:
        if leg.id == leg_id and leg.output is not None:
            return leg.output.segment.last_time
    return 0.0
