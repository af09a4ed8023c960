"""From a finished recording to Odoo: spool, store, event, and only then an empty spool.

Each step may be done twice and may be cut off anywhere; the ledger says at the next start how far a recording had come.
"""

import asyncio
import hashlib
import logging
import random
import shutil
import sqlite3
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, cast

from . import ledger
from .clock import iso
from .database import Change, Database
from .ledger import Entry
from .metrics import Metrics
from .outbox import Outbox
from .protocol import Role
from .recording import FinishedRecording, Recorder, read_manifest
from .room.studio import RecordingInProgress
from .store import Store, StoreError

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0

log = logging.getLogger(__name__)


class Delivery:
    """Brings finished recordings to the store and tells Odoo.

    :param spool: where the recorder leaves a folder for each recording
    :param trash: folder on the same file system, for what may be deleted
    """

    def __init__(
        self, store: Store, database: Database, outbox: Outbox, metrics: Metrics, spool: Path, trash: Path
    ) -> None:
        self._spool = spool
        self._store = store
        self._database = database
        self._outbox = outbox
        self._metrics = metrics
        self._trash = trash
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.problems: dict[str, str] = {}
        """Why a recording, by id, is not in the store yet."""

    def take(self, recording: RecordingInProgress, told: asyncio.Event) -> None:
        """Finish *recording* and deliver it once *told* says that Odoo has been told of its end."""
        self._spawn(recording.id, self._finish(recording, told))

    async def recover(self, recorder: Recorder) -> None:
        """Go on with everything that an earlier run left: unfinished, finished, stored or announced."""
        await asyncio.to_thread(shutil.rmtree, self._trash, True)
        known = await self._database.run(ledger.entries)
        recovered = {recording.id: recording for recording in await asyncio.to_thread(_finished_in, self._spool)}
        recovered |= {recording.id: recording for recording in await recorder.recover()}
        for entry in known.values():
            if entry.id not in recovered:
                await self._lost(entry)
        for recording in recovered.values():
            found = known.get(recording.id)
            if found is not None and found.stage == "announced":
                self._spawn(recording.id, self._clear(recording))
                continue
            await self._tell_interrupted(recording, found)
            self._spawn(recording.id, self._deliver(recording))

    async def close(self, seconds: float) -> None:
        """Give deliveries *seconds* to end; the next start goes on with the others."""
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _finish(self, recording: RecordingInProgress, told: asyncio.Event) -> None:
        try:
            finished = await recording.finish()
        except Exception:
            self.problems[recording.id] = "A recording could not be finished; a restart of the service tries again."
            raise
        await told.wait()
        await self._deliver(finished)

    async def _deliver(self, recording: FinishedRecording) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                await self._store_files(recording)
                await self._announce(recording)
                break
            except (StoreError, OSError, sqlite3.Error) as error:
                self.problems[recording.id] = f"A recording waits in the spool: {error}"
                log.exception("recording not stored, will retry", extra={"recording": recording.id})
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  # spreads retries, guards nothing
            delay = min(2 * delay, LONGEST_DELAY_SECONDS)
        self.problems.pop(recording.id, None)
        await self._clear(recording)

    async def _store_files(self, recording: FinishedRecording) -> None:
        if not recording.files:
            return
        for file in recording.files:
            await self._store.put(_key(recording, file.path), file.path, file.size, file.sha256)
        size, sha256 = await asyncio.to_thread(_measure, recording.manifest)
        await self._store.put(_key(recording, recording.manifest), recording.manifest, size, sha256)

    async def _announce(self, recording: FinishedRecording) -> None:
        entry = (await self._database.run(ledger.entries)).get(recording.id)
        if recording.files:
            kind, data = "recording.ready", _ready(recording, entry.roles if entry else {})
        else:
            reason = "; ".join(recording.problems) or "nothing was received"
            kind, data = "recording.failed", {"recording": recording.id, "call": recording.call, "reason": reason}
        changes: list[Change] = [self._outbox.event(recording.room, kind, data), ledger.mark(recording.id, "announced")]
        await self._database.apply(changes)
        self._outbox.notify(recording.room)
        self._metrics.recordings.labels(kind.removeprefix("recording.")).inc()
        log.info("recording announced", extra={"recording": recording.id, "event": kind, "files": len(recording.files)})

    async def _clear(self, recording: FinishedRecording) -> None:
        """Empty the spool. The folder goes in one step, so that no half of it is ever recovered."""
        await asyncio.to_thread(self._throw_away, recording)
        await self._database.apply([ledger.forget(recording.id)])

    def _throw_away(self, recording: FinishedRecording) -> None:
        self._trash.mkdir(parents=True, exist_ok=True)
        doomed = self._trash / recording.id
        shutil.rmtree(doomed, ignore_errors=True)
        if recording.directory.exists():
            recording.directory.rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)

    async def _tell_interrupted(self, recording: FinishedRecording, entry: Entry | None) -> None:
        """Odoo hears of the start and the end of a recording before it hears of its files."""
        named = {"recording": recording.id, "call": recording.call}
        changes: list[Change] = []
        if entry is None or entry.stage == "starting":
            changes.append(self._outbox.event(recording.room, "recording.started", named))
        if entry is None or entry.stage != "finishing":
            changes.append(self._outbox.event(recording.room, "recording.stopped", named | {"reason": "interrupted"}))
        if entry is None:
            changes.append(ledger.expect(recording.id, recording.room, recording.call, {}))
        await self._database.apply([*changes, ledger.mark(recording.id, "finishing")])
        self._outbox.notify(recording.room)

    async def _lost(self, entry: Entry) -> None:
        """Nothing of a recording is in the spool: it had been cleared, or a crash came before its first file."""
        changes: list[Change] = [ledger.forget(entry.id)]
        if entry.stage in ("recording", "finishing"):
            data = {"recording": entry.id, "call": entry.call, "reason": "interrupted before anything was recorded"}
            changes.append(self._outbox.event(entry.room, "recording.failed", data))
        await self._database.apply(changes)
        self._outbox.notify(entry.room)

    def _spawn(self, recording_id: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"deliver {recording_id}")
        self._tasks[recording_id] = task
        task.add_done_callback(lambda done: self._done(recording_id, done))

    def _done(self, recording_id: str, task: asyncio.Task[None]) -> None:
        del self._tasks[recording_id]
        if not task.cancelled() and (error := task.exception()):
            self.problems.setdefault(recording_id, "A recording could not be delivered; see the log.")
            log.error("delivery failed", exc_info=error, extra={"recording": recording_id})


def _finished_in(spool: Path) -> list[FinishedRecording]:
    """What an earlier run had finished but not cleared away; the recorder mends the rest."""
    found = []
    for manifest in sorted(spool.glob("*/manifest.json")):
        try:
            found.append(read_manifest(manifest.parent))
        except (OSError, ValueError, KeyError):
            log.exception(
                "manifest not readable; the recording stays in the spool", extra={"folder": manifest.parent.name}
            )
    return found


def _key(recording: FinishedRecording, path: Path) -> str:
    return f"recordings/{recording.id}/{path.name}"


def _ready(recording: FinishedRecording, roles: dict[str, Role]) -> dict[str, Any]:
    return {
        "recording": recording.id,
        "call": recording.call,
        "started_at": iso(recording.started_at),
        "ended_at": iso(recording.ended_at),
        "problems": list(recording.problems),
        "folder": f"recordings/{recording.id}/",
        "files": [
            {
                "key": _key(recording, file.path),
                "mime": file.mime,
                "size": file.size,
                "sha256": file.sha256,
                "participant": file.participant,
                # A participant's id begins with the role, which is what is left when the ledger is.
                "role": roles.get(file.participant) or cast(Role, file.participant.partition("-")[0]),
                "source": file.source,
                "offset": file.offset,
                "duration": file.duration,
                "width": file.width,
                "height": file.height,
                "audio_codec": file.audio_codec,
                "video_codec": file.video_codec,
            }
            for file in recording.files
        ],
    }


def _measure(path: Path) -> tuple[int, str]:
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()
