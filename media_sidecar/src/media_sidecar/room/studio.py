"""What a room needs of the recorder, and where a finished recording goes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..database import Database
from ..recording import FinishedRecording
from .messages import Source


class RecordingInProgress(Protocol):
    """A recording of one call (``media_sidecar.recording.Recording``)."""

    on_leg_closed: Callable[[str, str], None] | None
    on_failed: Callable[[str], None] | None

    @property
    def id(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    async def open_leg(
        self,
        leg_id: str,
        participant: str,
        source: Source,
        offer_sdp: str,
        *,
        max_bitrate: int,
        ice_servers: list[dict[str, Any]],
    ) -> str: ...
    async def close_leg(self, leg_id: str) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    async def finish(self) -> FinishedRecording: ...


class StartsRecordings(Protocol):
    """The recorder (``media_sidecar.recording.Recorder``)."""

    async def start(self, recording_id: str, room: str, call: str, *, legs: int) -> RecordingInProgress: ...


@dataclass(frozen=True)
class Studio:
    """Everything that recording a room takes.

    :ivar recorder: admits and makes recordings
    :ivar deliver: finishes a recording and, once the event is set, brings it to the store and to Odoo; returns at once
    :ivar max_bitrate: bit/s of a video leg that no ticket may exceed
    """

    recorder: StartsRecordings
    deliver: Callable[[RecordingInProgress, asyncio.Event], None]
    database: Database
    max_bitrate: int
