"""The recorder of a process: it starts recordings, watches over them and mends what an earlier process left behind."""

import asyncio
import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .admission import Measurements, RecordingLimits, check_capacity
from .clock import Clock, SystemClock
from .errors import RecordingRefused
from .journal import NAME as JOURNAL
from .journal import RESERVE_NAME, is_locked, read_journal
from .machine import LoopLag, free_disk_bytes, socket_drops
from .manifest import NAME as MANIFEST
from .manifest import FinishedRecording, finish_files, write_manifest
from .recording import Leg, Recording, Workshop
from .sequence import NACK_INTERVAL
from .sockets import DatagramPoller
from .writer import WriterThread

logger = logging.getLogger(__name__)

__all__ = ["Clock", "Recorder"]

TICK_SECONDS = 0.25
_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class Recorder:
    """Records calls into a spool folder, one folder a recording.

    Make it inside a running event loop and :meth:`close` it.

    :param spool: made where it is missing
    :param clock: where time comes from
    """

    def __init__(self, spool: Path, limits: RecordingLimits, *, clock: Clock | None = None) -> None:
        self._spool = spool
        self._limits = limits
        self._clock: Clock = clock or SystemClock()
        self._writer = WriterThread()
        self._finalisers = ThreadPoolExecutor(
            min(4, (os.cpu_count() or 1) + 1), thread_name_prefix="recording-finaliser"
        )
        self._recordings: dict[str, Recording] = {}
        self._poller = DatagramPoller(self._clock.monotonic)
        self._lag = LoopLag(self._clock.monotonic)
        # From now on: a machine that is overloaded before the first recording must not take it.
        self._lag_watch = asyncio.create_task(self._lag.watch())
        self._ticker: asyncio.Task[None] | None = None
        self._closed = False
        self._drops = 0
        self._packets = 0
        self._packets_lost = 0
        spool.mkdir(parents=True, exist_ok=True)

    async def start(self, recording_id: str, room: str, call: str, *, legs: int = 1) -> Recording:
        """Start a recording; legs are opened in it.

        :param recording_id: names its folder: letters, digits, ``-`` and ``_``
        :param legs: connections that it needs for nobody to be missing; their places are kept until it ends
        :raises RecordingRefused: the machine cannot carry so many more, with the reason
        :raises ValueError: the id is not fit for a folder or was used before
        """
        if self._closed:
            raise RecordingRefused("closed", "The recorder is shutting down.")
        if not _FOLDER_NAME.fullmatch(recording_id):
            raise ValueError(f"recording id {recording_id!r} is not made of letters, digits, - and _")
        self._start_ticker()
        self._admit(legs)
        folder = self._spool / recording_id
        workshop = Workshop(
            clock=self._clock,
            limits=self._limits,
            writer=self._writer,
            finalisers=self._finalisers,
            poller=self._poller,
            admit=self._admit_leg,
            leg_gone=self._leg_gone,
            finished=self._finished,
        )
        try:
            folder.mkdir()
            recording = Recording(recording_id, room, call, folder, workshop, kept_legs=legs)
        except FileExistsError:
            raise ValueError(f"recording id {recording_id!r} was used before") from None
        except OSError as error:
            raise RecordingRefused("disk_low", f"The recorder cannot write to its disk: {error.strerror}.") from error
        self._recordings[recording_id] = recording
        return recording

    async def recover(self) -> list[FinishedRecording]:
        """Mend and finish everything in the spool that no process records any more and that has no manifest.

        Call it at start-up. What cannot be mended is logged and left as it is.
        """
        found = []
        loop = asyncio.get_running_loop()
        for folder in sorted(path.parent for path in self._spool.glob(f"*/{JOURNAL}")):
            if (folder / MANIFEST).exists() or folder.name in self._recordings:
                continue
            try:
                finished = await loop.run_in_executor(self._finalisers, _recover, folder)
            except (OSError, ValueError) as error:
                logger.error("The recording in %s cannot be recovered: %s", folder.name, error)
                continue
            if finished is not None:
                found.append(finished)
        return found

    def measurements(self) -> Measurements:
        """How the recorder fares now."""
        legs = [leg for recording in self._recordings.values() for leg in recording.legs]
        receivers = [leg.output.receiver for leg in legs if leg.output is not None and not leg.closing]
        inodes = {inode for leg in legs if not leg.closing for inode in leg.connection.socket_inodes()}
        return Measurements(
            legs=len(legs),
            legs_taken=self._legs_taken(),
            recordings=len(self._recordings),
            loop_lag_seconds=self._lag.worst(self._clock.monotonic()),
            socket_drops=self._drops + (socket_drops(inodes) if inodes else 0),
            free_disk_bytes=free_disk_bytes(self._spool),
            packets=self._packets + sum(receiver.received for receiver in receivers),
            packets_lost=self._packets_lost + sum(receiver.lost for receiver in receivers),
            bytes_written=self._writer.bytes_written,
            backlog_bytes=sum(leg.output.file.backlog for leg in legs if leg.output is not None),
        )

    async def close(self) -> None:
        """Finish every recording, then stop. What cannot be finished is left for :meth:`recover`."""
        self._closed = True
        for recording in list(self._recordings.values()):
            try:
                await recording.finish()
            except OSError as error:
                logger.error("A recording could not be finished: %s", error)
        tasks = [task for task in (self._ticker, self._lag_watch) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._ticker = None
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._writer.close)
        await loop.run_in_executor(None, self._finalisers.shutdown)

    def _legs_taken(self) -> int:
        return sum(max(len(recording.legs), recording.kept_legs) for recording in self._recordings.values())

    def _admit_leg(self, recording: Recording) -> None:
        self._admit(0 if len(recording.legs) < recording.kept_legs else 1)

    def _admit(self, legs: int) -> None:
        lag = self._lag.worst(self._clock.monotonic())
        check_capacity(self._limits, self._legs_taken(), lag, free_disk_bytes(self._spool), wanted=legs)

    def _leg_gone(self, leg: Leg) -> None:
        inodes = leg.connection.socket_inodes()
        if inodes:
            self._drops += socket_drops(inodes)
        if leg.output is not None:
            self._packets += leg.output.receiver.received
            self._packets_lost += leg.output.receiver.lost

    def _finished(self, recording: Recording) -> None:
        self._recordings.pop(recording.id, None)

    def _start_ticker(self) -> None:
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        """Every quarter of a second, every tenth while packets are missing."""
        while True:
            await asyncio.sleep(NACK_INTERVAL if self._restless() else TICK_SECONDS)
            now = self._clock.monotonic()
            for recording in list(self._recordings.values()):
                try:
                    recording.tick(now)
                except Exception:
                    logger.exception("A recording's timer failed")

    def _restless(self) -> bool:
        return any(
            leg.output is not None and leg.output.receiver.restless
            for recording in self._recordings.values()
            for leg in recording.legs
        )


def _recover(folder: Path) -> FinishedRecording | None:
    if is_locked(folder):
        return None
    (folder / RESERVE_NAME).unlink(missing_ok=True)
    events = read_journal(folder)
    return write_manifest(folder, events, finish_files(folder, events), recovered=True)
