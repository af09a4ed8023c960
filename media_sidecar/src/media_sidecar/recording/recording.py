"""One recording of one call: its legs, its pauses, its folder."""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from . import webm
from .admission import RecordingLimits
from .clock import Clock
from .errors import RecordingRefused
from .journal import Journal
from .leg import LegConnection
from .manifest import FinishedRecording, finish_file, write_manifest
from .receiver import LegReceiver
from .repair import FileFacts
from .rtcp import SenderReport
from .segment import Segment
from .sockets import DatagramPoller
from .writer import AppendOnlyFile, WriterThread, failure_reason

logger = logging.getLogger(__name__)

Source = Literal["camera", "screen"]
_OFFSET_STEP = 0.001


@dataclass
class LegOutput:
    """The way from a leg's packets to its file."""

    receiver: LegReceiver
    segment: Segment
    file: AppendOnlyFile


@dataclass
class Leg:
    """One connection and the file that it fills; ``output`` stands as soon as the offer has been understood."""

    id: str
    file: str
    opened: float
    connection: LegConnection
    output: LegOutput | None = None
    alive: float = 0.0
    noted_connected: bool = False
    noted_offset: float | None = None
    noted_sizes: int = 0
    closing: bool = False
    closed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Workshop:
    """What a recording borrows from its recorder."""

    clock: Clock
    limits: RecordingLimits
    writer: WriterThread
    finalisers: Executor
    poller: DatagramPoller
    admit: Callable[["Recording"], None]
    leg_gone: Callable[[Leg], None]
    finished: Callable[["Recording"], None]


class Recording:
    """What is recorded of one call in this process; made by :meth:`Recorder.start`.

    :ivar id: as given to the recorder
    :ivar started_at: aware, UTC; all offsets count from here
    :ivar kept_legs: connections that have a place, whoever else comes meanwhile
    :ivar on_leg_closed: called with leg id and reason whenever a leg has ended
    :ivar on_failed: called once with a reason when nothing more can be recorded
    """

    def __init__(
        self, recording_id: str, room: str, call: str, folder: Path, workshop: Workshop, *, kept_legs: int
    ) -> None:
        self.id = recording_id
        self.kept_legs = kept_legs
        self.room = room
        self.call = call
        self.folder = folder
        self.started_at: datetime = workshop.clock.utcnow()
        self.on_leg_closed: Callable[[str, str], None] | None = None
        self.on_failed: Callable[[str], None] | None = None
        self.paused = False
        self.failure: str | None = None
        self._workshop = workshop
        self._start = workshop.clock.monotonic()
        self._loop = asyncio.get_running_loop()
        self._legs: dict[str, Leg] = {}
        self._facts: dict[str, asyncio.Future[FileFacts | str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._finish: asyncio.Task[FinishedRecording] | None = None
        self._ordinal = 0
        self._journal = Journal(folder, workshop.writer, self._write_error)
        self._journal.note(
            "recording",
            version=1,
            id=recording_id,
            room=room,
            call=call,
            started_at=self.started_at.isoformat(timespec="milliseconds"),
        )

    @property
    def legs(self) -> list[Leg]:
        """The legs that are open."""
        return list(self._legs.values())

    async def open_leg(
        self,
        leg_id: str,
        participant: str,
        source: Source,
        offer_sdp: str,
        *,
        max_bitrate: int,
        ice_servers: list[dict[str, Any]],
    ) -> str:
        """Answer a browser's offer and record what it sends.

        :param leg_id: a leg of the same id that is open is closed first
        :param max_bitrate: bits per second that the sender may use for video
        :param ice_servers: as in the browser's ``RTCConfiguration``
        :return: the answer, ICE candidates included
        :raises RecordingRefused: paused, finished, or the machine cannot carry it
        :raises BadOffer: the offer cannot be recorded
        """
        if source not in ("camera", "screen"):
            raise ValueError(f"source is {source!r}, not camera or screen")
        if leg_id in self._legs:
            await self._end_leg(self._legs[leg_id], "replaced")
        self._refuse_if_not_recording()
        self._workshop.admit(self)
        leg = self._new_leg(leg_id, participant, source, ice_servers)
        self._legs[leg_id] = leg
        try:
            await leg.connection.negotiate(offer_sdp)
            self._open_file(leg, participant, source, max_bitrate)
            answer = await leg.connection.answer()
            self._refuse_if_not_recording()
        except TimeoutError as error:
            await self._end_leg(leg, "connection_failed", quietly=True)
            raise RecordingRefused("timeout", "The recorder found no way to be reached: try again.") from error
        except BaseException:
            await self._end_leg(leg, "connection_failed", quietly=True)
            raise
        return answer

    async def close_leg(self, leg_id: str) -> None:
        """End a leg and its file; one that is not open is no error."""
        leg = self._legs.get(leg_id)
        if leg is not None:
            await self._end_leg(leg, "closed")

    def pause(self) -> None:
        """End all legs and take no new ones until :meth:`resume`."""
        if not self.paused:
            self.paused = True
            self._journal.note("paused", at=self._now())
            for leg in self.legs:
                self._end_leg_soon(leg, "paused")

    def resume(self) -> None:
        """Take legs again; the browsers open them."""
        if self.paused:
            self.paused = False
            self._journal.note("resumed", at=self._now())

    async def finish(self) -> FinishedRecording:
        """End all legs, make every file seekable, write the manifest. Called again it returns the same.

        :raises OSError: not even the manifest could be written; call it again, or :meth:`Recorder.recover` later
        """
        failed = self._finish is not None and self._finish.done() and self._finish.exception() is not None
        if self._finish is None or failed:
            self._finish = asyncio.create_task(self._do_finish())
        return await asyncio.shield(self._finish)

    def tick(self, now: float) -> None:
        """Do what is due for each leg; called by the recorder several times a second."""
        for leg in self.legs:
            if leg.closing or leg.output is None:
                continue
            if not leg.connection.connected:
                if now - leg.opened > self._workshop.limits.connect_seconds:
                    self._end_leg_soon(leg, "connect_timeout")
                continue
            if not leg.noted_connected:
                leg.noted_connected = True
                self._journal.note("leg-connected", file=leg.file, at=self._now())
            receiver = leg.output.receiver
            leg.alive = max(leg.alive, receiver.last_packet or 0.0)
            if now - leg.alive > self._workshop.limits.silence_seconds:
                self._end_leg_soon(leg, "silence")
                continue
            receiver.tick(now)
            self._note_progress(leg, leg.output.segment)

    def _refuse_if_not_recording(self) -> None:
        if self._finish is not None or self.failure is not None:
            raise RecordingRefused("finished", "The recording has ended.")
        if self.paused:
            raise RecordingRefused("paused", "The recording is paused: open the connection when it goes on.")

    def _now(self) -> float:
        return round(self._workshop.clock.monotonic() - self._start, 3)

    def _new_leg(self, leg_id: str, participant: str, source: str, ice_servers: list[dict[str, Any]]) -> Leg:
        self._ordinal += 1
        name = f"{self._ordinal:03}-{re.sub(r'[^A-Za-z0-9_-]+', '_', participant)[:40]}-{source}"
        leg: Leg

        def alive(now: float) -> None:
            leg.alive = now

        def rtp(data: bytes, now: float) -> None:
            if leg.output is not None and not leg.closing:
                leg.output.receiver.rtp(data, now)

        def rtcp(data: bytes, now: float) -> None:
            leg.alive = now
            if leg.output is not None and not leg.closing:
                leg.output.receiver.rtcp(data, now)

        connection = LegConnection(
            ice_servers,
            self._workshop.poller,
            on_rtp=rtp,
            on_rtcp=rtcp,
            on_alive=alive,
            on_closed=lambda reason: self._end_leg_soon(leg, reason),
            monotonic=self._workshop.clock.monotonic,
        )
        now = self._workshop.clock.monotonic()
        leg = Leg(leg_id, name, now, connection, alive=now)
        return leg

    def _open_file(self, leg: Leg, participant: str, source: str, max_bitrate: int) -> None:
        tracks = leg.connection.tracks
        leg.file += webm.EXTENSIONS[webm.container(track.codec for track in tracks)]
        clock = self._workshop.clock

        def failed(error: BaseException) -> None:
            self._loop.call_soon_threadsafe(self._write_failed, leg, error)

        file = AppendOnlyFile(self._workshop.writer, self.folder / leg.file, failed)
        segment = Segment(
            file,
            [(track.codec, track.clock_rate) for track in tracks],
            clock.utcnow(),
            clock.monotonic(),
            on_backlog=lambda: self._end_leg_soon(leg, "disk_too_slow"),
        )

        def report(kind: str, sent: SenderReport, arrival: float) -> None:
            self._journal.note(
                "sender-report",
                file=leg.file,
                kind=kind,
                ntp=round(sent.ntp, 6),
                rtp_timestamp=sent.rtp_timestamp,
                at=round(arrival - self._start, 6),
            )

        receiver = LegReceiver(
            tracks,
            segment,
            ssrc=leg.connection.ssrc,
            source=source,
            max_bitrate=max_bitrate,
            send=leg.connection.send,
            on_report=report,
        )
        leg.output = LegOutput(receiver, segment, file)
        self._journal.note(
            "leg-opened",
            leg=leg.id,
            file=leg.file,
            participant=participant,
            source=source,
            at=self._now(),
            tracks=[{"kind": track.kind, "codec": track.codec} for track in tracks],
        )

    def _note_progress(self, leg: Leg, segment: Segment) -> None:
        if segment.start is not None:
            offset = segment.start - self._start
            if leg.noted_offset is None or abs(offset - leg.noted_offset) >= _OFFSET_STEP:
                leg.noted_offset = offset
                self._journal.note("offset", file=leg.file, offset=round(offset, 4))
        video = segment.tracks.get("video")
        if video is not None:
            for at, width, height in video.sizes[leg.noted_sizes :]:
                self._journal.note("size", file=leg.file, at=at, width=width, height=height)
            leg.noted_sizes = len(video.sizes)

    def _end_leg_soon(self, leg: Leg, reason: str) -> None:
        if not leg.closing:
            self._stop_taking(leg, reason)
            self._spawn(self._close_leg(leg, reason))

    async def _end_leg(self, leg: Leg, reason: str, *, quietly: bool = False) -> None:
        if not leg.closing:
            self._stop_taking(leg, reason)
            await self._close_leg(leg, reason, quietly=quietly)
        else:
            await leg.closed.wait()

    def _stop_taking(self, leg: Leg, reason: str) -> None:
        """Everything received goes to the file; the file is finalised as soon as it is written."""
        leg.closing = True
        output = leg.output
        if output is None:
            return
        output.receiver.finish(self._workshop.clock.monotonic())
        self._note_progress(leg, output.segment)
        self._journal.note("leg-closed", file=leg.file, at=self._now(), reason=reason, statistics=_statistics(output))
        written = output.file.close()
        path = self.folder / leg.file

        def finalise() -> FileFacts | str:
            written.result()
            return finish_file(path)

        self._facts[leg.file] = self._loop.run_in_executor(self._workshop.finalisers, finalise)

    async def _close_leg(self, leg: Leg, reason: str, *, quietly: bool = False) -> None:
        try:
            self._workshop.leg_gone(leg)
            await leg.connection.close()
        finally:
            if self._legs.get(leg.id) is leg:
                del self._legs[leg.id]
            leg.closed.set()
        if not quietly:
            _call_back(self.on_leg_closed, leg.id, reason)

    def _write_failed(self, leg: Leg, error: BaseException) -> None:
        reason = failure_reason(error)
        logger.error("Recording to disk failed: %s", error)
        self._end_leg_soon(leg, reason)
        self._fail(reason)

    def _write_error(self, error: BaseException) -> None:
        self._loop.call_soon_threadsafe(self._fail, failure_reason(error))

    def _fail(self, reason: str) -> None:
        if self.failure is None:
            self.failure = reason
            for leg in self.legs:
                self._end_leg_soon(leg, reason)
            _call_back(self.on_failed, reason)

    async def _do_finish(self) -> FinishedRecording:
        for leg in self.legs:
            await self._end_leg(leg, "finished")
        while self._tasks:
            await asyncio.gather(*self._tasks)
        self._journal.note("finished", at=self._now())
        await self._journal.release_reserve()
        facts = {name: await found for name, found in self._facts.items()}
        for name, found in facts.items():
            if isinstance(found, str) and "could not be finalised" in found:
                facts[name] = await self._loop.run_in_executor(
                    self._workshop.finalisers, finish_file, self.folder / name
                )
        finished = await self._loop.run_in_executor(
            self._workshop.finalisers,
            lambda: write_manifest(self.folder, self._journal.events, facts, recovered=False),
        )
        await self._journal.close()
        self._workshop.finished(self)
        return finished

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _call_back(callback: Callable[..., None] | None, *arguments: str) -> None:
    try:
        if callback is not None:
            callback(*arguments)
    except Exception:
        logger.exception("A callback of a recording failed")


def _statistics(output: LegOutput) -> dict[str, Any]:
    receiver, segment = output.receiver, output.segment
    audio = segment.tracks.get("audio")
    filler = audio.silence if audio is not None else None
    return {
        "packets": receiver.received,
        "invalid": receiver.invalid,
        "lost": receiver.lost,
        "key_frame_requests": receiver.key_frame_requests,
        "restarts": sum(track.restarts for track in receiver.tracks.values()),
        "frames": {kind: track.frames for kind, track in segment.tracks.items()},
        "silence_filled": filler.filled if filler else 0,
        "audio_dropped": filler.dropped if filler else 0,
        "refinement": round(segment.sender.refinement, 4),
    }
