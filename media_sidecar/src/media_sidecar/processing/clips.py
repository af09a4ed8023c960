"""From an upload's last byte to what people see: check, poster, store, event, rendition, and an empty spool.

Every step may be cut off and is done again without harm: the worker writes into a folder that is thrown away, the
store takes the same content twice, and an event is written in one transaction with the state that keeps it from being
written again. The spool is emptied last.
"""

import asyncio
import contextlib
import logging
import random
import shutil
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from ..config import Settings
from ..database import Change, Database
from ..metrics import Metrics
from ..outbox import Outbox
from ..store import Store
from ..uploads import ledger as uploads
from ..uploads.ledger import Upload
from . import events, ledger
from .jobs import POSTER_NAME, Inspection, InspectJob, RenderJob, Unusable
from .ledger import Clip, Stage
from .signatures import Sniffed
from .sniff import HEAD_BYTES, Refused, sniff
from .storing import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, Storing
from .workshop import Crashed, Limits, Workshop

MOST_ATTEMPTS = 2
"""How often a worker may end without an answer over the same file."""
SWEEP_SECONDS = 3600.0
PROGRESS_STEP = 10
PROGRESS_SECONDS = 1.0
LONG_SOUND_SECONDS = 600.0

ResultT = TypeVar("ResultT")

log = logging.getLogger(__name__)


class Clips:
    """The queue of uploaded files.

    :param limits: of the workers; by default from *settings*
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        database: Database,
        outbox: Outbox,
        metrics: Metrics,
        *,
        limits: Limits | None = None,
    ) -> None:
        self._spool = settings.spool_folder
        self._work = settings.data / "processing"
        self._expiry_seconds = settings.upload_expiry_hours * 3600
        self._store = store
        self._database = database
        self._outbox = outbox
        self._metrics = metrics
        self._workshop = Workshop(
            limits
            or Limits(
                memory_bytes=settings.worker_memory,
                # Recordings, which cannot be made again, have the rest of the disk.
                spared_bytes=settings.min_free_bytes // 2,
                render_seconds=settings.transcode_timeout,
            )
        )
        self._storing = Storing(store, self._tell_late)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False
        self._broken: dict[str, str] = {}

    @property
    def problems(self) -> dict[str, str]:
        """Why a media, by key, is not in the store yet."""
        return self._broken | self._storing.problems

    async def start(self) -> None:
        """Go on with everything that an earlier run left."""
        await asyncio.to_thread(shutil.rmtree, self._work, True)
        waiting = await self._database.run(
            lambda connection: uploads.in_state(connection, "received", "processing", "stored")
        )
        renditions = await self._database.run(ledger.waiting_renditions)
        for media in dict.fromkeys([upload.media for upload in waiting] + renditions):
            self.take(media)
        self._sweeper = asyncio.create_task(self._sweep_for_ever(), name="sweep failed clips")

    async def close(self) -> None:
        """Stop the workers; the next start goes on with their work."""
        self._closed = True
        tasks = [*self._tasks.values(), *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def take(self, media: str) -> None:
        """Go on with a media, from wherever it is."""
        if self._closed or media in self._tasks:
            return
        task = asyncio.create_task(self._go_on(media), name=f"process {media}")
        self._tasks[media] = task
        task.add_done_callback(lambda done: self._ended(media, done))

    async def retry(self, media: str) -> bool:
        """Try again what failed, or what waits for the store; false when there is nothing to try."""
        if self._storing.try_now(media):
            return True
        upload, clip = await self._known(media)
        if (task := self._tasks.get(media)) is not None and not self._is_busy(upload, clip):
            await asyncio.wait([task])
        if upload is not None and upload.state == "failed" and not upload.was_refused:
            if not await asyncio.to_thread(uploads.file_of(self._spool, media).is_file):
                return False
            await self._database.apply([ledger.enter(media, upload.chat, "check"), uploads.mark(media, "received")])
        elif clip is not None and clip.stage == "rendition_failed":
            await self._database.apply([ledger.enter(media, clip.chat, "rendition"), uploads.mark(media, "stored")])
        else:
            return media in self._tasks
        self.take(media)
        return True

    async def discard(self, media: str) -> None:
        """Stop work on a media and remove it from spool and store. Twice does no harm.

        :raises StoreError: where the store cannot remove it now
        """
        if (task := self._tasks.get(media)) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._store.delete(f"media/{media}/")
        await self._database.apply([ledger.forget(media)])
        await asyncio.to_thread(self._empty_spool, media)

    @staticmethod
    def _is_busy(upload: Upload | None, clip: Clip | None) -> bool:
        """Whether there is more to be done than to tidy up after a failure."""
        has_failed = upload is not None and upload.state == "failed"
        return not has_failed and (clip is None or clip.stage != "rendition_failed")

    async def _go_on(self, media: str) -> None:
        """Process a media, again where this machine has no room for the work or for its state."""
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                await self._process(media)
                break
            except (OSError, sqlite3.Error) as error:
                self._broken[media] = f"A file waits to be worked on: {error}"
                log.exception("clip not worked on, will retry", extra={"media": media})
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  # spreads retries, guards nothing
            delay = min(2 * delay, LONGEST_DELAY_SECONDS)
        self._broken.pop(media, None)

    async def _process(self, media: str) -> None:
        upload, clip = await self._known(media)
        if upload is not None and upload.state in ("received", "processing"):
            if not await self._check(upload):
                return
            _, clip = await self._known(media)
        elif clip is None or clip.stage != "rendition":
            return
        if clip is not None and clip.inspection is not None:
            await self._render(clip, clip.inspection)
        await asyncio.to_thread(self._empty_spool, media)

    async def _check(self, upload: Upload) -> bool:
        """Look at a file, store it with its poster, and tell Odoo; false where it cannot be used."""
        media, source = upload.media, uploads.file_of(self._spool, upload.media)
        await self._database.apply([uploads.mark(media, "processing")])
        async with self._folder() as folder:
            try:
                sniffed = await asyncio.to_thread(_sniff, source, upload)
            except FileNotFoundError:
                gone = Unusable("internal", "The file is not here any more. Send it again.")
                await self._fail_check(upload, gone, retryable=False)
                return False
            except Refused as problem:
                await self._fail_check(upload, problem)
                return False
            job = InspectJob(str(source), str(folder), sniffed)
            try:
                inspection = await self._attempt(
                    media, upload.chat, "check", is_long=False, work=lambda: self._workshop.inspect(job)
                )
            except Unusable as problem:
                await self._fail_check(upload, problem)
                return False
            original = f"original.{inspection.extension}"
            files = {original: source} | ({POSTER_NAME: folder / POSTER_NAME} if inspection.has_poster else {})
            await self._storing.put(media, upload.chat, files, {original: (upload.size, upload.sha256 or "")})
        await self._announce(upload, inspection)
        return True

    async def _announce(self, upload: Upload, inspection: Inspection) -> None:
        changes = [self._outbox.event(upload.chat, "media.ready", events.ready(upload, inspection))]
        if inspection.plan is None:
            changes += [ledger.forget(upload.media), uploads.mark(upload.media, "done")]
        else:
            changes += [
                ledger.enter(upload.media, upload.chat, "rendition", inspection),
                uploads.mark(upload.media, "stored"),
            ]
        await self._tell(upload.chat, changes, "ready", upload.media)

    async def _fail_check(self, upload: Upload, problem: Refused | Unusable, *, retryable: bool | None = None) -> None:
        data = events.failed(upload.media, "check", problem.code, str(problem), retryable=retryable)
        changes = [
            self._outbox.event(upload.chat, "media.failed", data),
            uploads.fail(upload.media, problem.code, str(problem)),
            ledger.forget(upload.media),
        ]
        await self._tell(upload.chat, changes, "failed", upload.media)
        if not data["retryable"]:
            await asyncio.to_thread(self._empty_spool, upload.media)

    async def _render(self, clip: Clip, inspection: Inspection) -> None:
        media, chat, plan = clip.media, clip.chat, inspection.plan
        if plan is None:
            return
        is_long = plan.video == "encode" or (plan.audio == "encode" and (inspection.duration or 0) > LONG_SOUND_SECONDS)
        steps = _Steps(lambda percent: self._progress(media, chat, percent))
        async with self._folder() as folder:
            try:
                source = await self._original(media, chat, inspection, folder)
                sniffed = Sniffed(inspection.kind, inspection.mime, inspection.extension)
                job = RenderJob(str(source), str(folder), sniffed, plan, inspection.duration)
                rendered = await self._attempt(
                    media, chat, "rendition", is_long=is_long, work=lambda: self._workshop.render(job, steps.at)
                )
            except Unusable as problem:
                await self._fail_rendition(media, chat, problem)
                return
            [(size, sha256)] = await self._storing.put(media, chat, {plan.name: folder / plan.name}, {})
        event = self._outbox.event(chat, "media.rendition", events.rendition(media, plan, rendered, size, sha256))
        await self._tell(chat, [event, ledger.forget(media), uploads.mark(media, "done")], "rendition", media)

    async def _fail_rendition(self, media: str, chat: str, problem: Unusable) -> None:
        data = events.failed(media, "rendition", problem.code, problem.reason, retryable=True)
        changes = [
            self._outbox.event(chat, "media.failed", data),
            ledger.enter(media, chat, "rendition_failed"),
            uploads.mark(media, "done"),
        ]
        await self._tell(chat, changes, "rendition_failed", media)

    async def _original(self, media: str, chat: str, inspection: Inspection, folder: Path) -> Path:
        """The file itself: in the spool still, or back from the store.

        :raises Unusable: where it is in neither
        """
        spooled = uploads.file_of(self._spool, media)
        if await asyncio.to_thread(spooled.is_file):
            return spooled
        target = folder / "original"
        await self._storing.fetch(media, chat, f"original.{inspection.extension}", target)
        return target

    async def _attempt(
        self, media: str, chat: str, stage: Stage, *, is_long: bool, work: Callable[[], Awaitable[ResultT]]
    ) -> ResultT:
        """Let a worker do *work*, again where it crashes, also over a restart of the service.

        :raises Unusable: where the file cannot be used
        """
        async with self._workshop.bench(is_long=is_long):
            while True:
                attempts = await self._database.run(ledger.begin_attempt(media, chat, stage))
                if attempts > MOST_ATTEMPTS:
                    raise Unusable("internal", "The work on the file was broken off several times.")
                try:
                    return await work()
                except Crashed as error:
                    log.error("work on a clip crashed", extra={"media": media, "stage": stage, "problem": str(error)})
                except asyncio.CancelledError:
                    await self._database.apply([ledger.forgive_attempt(media)])
                    raise

    async def _tell_late(self, media: str, chat: str) -> None:
        reason = "The store cannot be reached. The file is kept and stored as soon as it can be."
        event = self._outbox.event(chat, "media.failed", events.failed(media, "store", "internal", reason))
        await self._tell(chat, [event], "late", media)

    async def _progress(self, media: str, chat: str, percent: int) -> None:
        event = self._outbox.event(chat, "media.progress", {"media": media, "percent": percent})
        # What could not be written down is said again ten percent later.
        with contextlib.suppress(sqlite3.Error):
            await self._database.apply([event])
        self._outbox.notify(chat)

    async def _tell(self, chat: str, changes: list[Change], outcome: str, media: str) -> None:
        """Make *changes*, an event among them; again while the database cannot be written."""
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                await self._database.apply(changes)
                break
            except sqlite3.OperationalError:
                log.exception("state of a clip not written, will retry", extra={"media": media})
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  # guards nothing
            delay = min(2 * delay, LONGEST_DELAY_SECONDS)
        self._outbox.notify(chat)
        self._metrics.clips.labels(outcome).inc()
        log.info("clip worked on", extra={"media": media, "outcome": outcome})

    async def _known(self, media: str) -> tuple[Upload | None, Clip | None]:
        return await self._database.run(
            lambda connection: (uploads.find(connection, media), ledger.find(connection, media))
        )

    @contextlib.asynccontextmanager
    async def _folder(self) -> AsyncIterator[Path]:
        """A new folder for one job; an end of the service leaves it to the next start."""
        folder = self._work / uuid.uuid4().hex
        await asyncio.to_thread(folder.mkdir, parents=True)
        try:
            yield folder
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, True))

    def _empty_spool(self, media: str) -> None:
        """The folder goes in one step, so that no half of it is ever found."""
        self._work.mkdir(parents=True, exist_ok=True)
        doomed = self._work / uuid.uuid4().hex
        with contextlib.suppress(FileNotFoundError):
            uploads.folder_of(self._spool, media).rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                await self.sweep()
            except (sqlite3.Error, OSError):
                log.exception("failed clips could not be thrown away, will try again")
            await asyncio.sleep(min(SWEEP_SECONDS, self._expiry_seconds))

    async def sweep(self) -> None:
        """Throw away what failed for good as long ago as an upload may wait.

        What may be tried again is kept until Odoo has it deleted: people were told that it is.
        """
        limit = time.time() - self._expiry_seconds
        for upload in await self._database.run(lambda connection: uploads.in_state(connection, "failed")):
            if upload.touched_at >= limit or upload.was_refused or upload.media in self._tasks:
                continue
            if not await self._may_succeed(upload):
                data = {"media": upload.media, "reason": "expired"}
                changes = [uploads.mark(upload.media, "discarded"), ledger.forget(upload.media)]
                await self._database.apply([*changes, self._outbox.event(upload.chat, "media.discarded", data)])
                self._outbox.notify(upload.chat)
                await asyncio.to_thread(self._empty_spool, upload.media)

    async def _may_succeed(self, upload: Upload) -> bool:
        """Whether a file that failed may be tried again."""
        source = uploads.file_of(self._spool, upload.media)
        return upload.failure_code in events.RETRYABLE and await asyncio.to_thread(source.is_file)

    def _ended(self, media: str, task: asyncio.Task[None]) -> None:
        del self._tasks[media]
        if not task.cancelled() and (error := task.exception()):
            self._broken[media] = "A file could not be worked on; see the log. A restart of the service tries again."
            log.error("work on a clip failed", exc_info=error, extra={"media": media})


class _Steps:
    """Lets the beginning and every tenth percent through, and no more than one a second."""

    def __init__(self, tell: Callable[[int], Awaitable[None]]) -> None:
        self._tell = tell
        self._next = 0
        self._not_before = 0.0

    async def at(self, percent: int) -> None:
        """So much is done."""
        if percent >= self._next and time.monotonic() >= self._not_before:
            self._next = percent - percent % PROGRESS_STEP + PROGRESS_STEP
            self._not_before = time.monotonic() + PROGRESS_SECONDS
            await self._tell(percent)


def _sniff(source: Path, upload: Upload) -> Sniffed:
    with source.open("rb") as file:
        return sniff(file.read(HEAD_BYTES), upload.filename, upload.declared_mime, upload.types)
