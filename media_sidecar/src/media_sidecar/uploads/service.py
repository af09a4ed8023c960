"""Uploads from their beginning to the moment when they are whole, cancelled or given up."""

import asyncio
import contextlib
import dataclasses
import logging
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from ..config import Settings
from ..database import Change, Database
from ..metrics import Metrics
from ..outbox import Outbox
from ..processing import Refused, Sniffed
from ..protocol import UploadTicket
from . import ledger
from .admission import Admission
from .ledger import Upload
from .part_file import PartFile, prepare
from .reception import Incoming, Reception
from .refusal import UploadRefused, busy, disk_full, gone, refused_content, taken_over, too_large, unknown, wrong_offset
from .sweep import Sweep
from .turns import Turn, Turns

if TYPE_CHECKING:
    from hashlib import _Hash

THREADS = 6
AT_ONCE = 32
"""Requests that may bring bytes at the same time; each holds at most some 5 MB."""
AT_ONCE_PER_CHAT = 8
"""As many of them may be of one chat, so that nobody's link takes the place of everybody else."""

ResultT = TypeVar("ResultT")
DiscardReason = Literal["cancelled", "expired", "deleted"]

log = logging.getLogger(__name__)


class Processing(Protocol):
    """What becomes of a whole file; :class:`media_sidecar.processing.Clips`."""

    def take(self, media: str) -> None:
        """Go on with an upload that is in the state ``received``."""

    async def discard(self, media: str) -> None:
        """Stop, and remove the file from the spool and from the store."""


class Uploads:
    """Every upload of this service.

    :param clips: takes over what is whole
    """

    def __init__(
        self, settings: Settings, database: Database, outbox: Outbox, metrics: Metrics, clips: Processing
    ) -> None:
        self._spool = settings.spool_folder
        self._database = database
        self._outbox = outbox
        self._metrics = metrics
        self._clips = clips
        self._admission = Admission(settings, database)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="uploads")
        self._turns = Turns()
        self._at_hand: dict[str, tuple[Upload, _Hash]] = {}
        """Unfinished uploads as the ledger has them, and the SHA-256 of what counts."""
        self._receptions: dict[asyncio.Task[Upload], str] = {}
        """Each with the chat that it brings bytes for."""
        self._closed = False
        self.expiry_seconds = settings.upload_expiry_hours * 3600
        """How long an upload waits for its next bytes."""
        self.sweep = Sweep(self._spool, database, self.expiry_seconds, self._expire)

    @property
    def under_way(self) -> int:
        """Requests that are bringing bytes."""
        return len(self._receptions)

    async def start(self) -> None:
        """Tidy up what an earlier run left, and throw away what is too old, now and from now on."""
        await self.sweep.start()

    async def close(self) -> None:
        """End every request; what has arrived is kept."""
        self._closed = True
        await self.sweep.close()
        self._turns.end_all()
        await asyncio.gather(*self._receptions, return_exceptions=True)
        await asyncio.to_thread(self._threads.shutdown)

    async def create(self, ticket: UploadTicket, size: int) -> Upload:
        """Begin an upload, or find the one that was begun with a ticket for the same media.

        :param size: bytes that its sender is going to send
        :raises UploadRefused: when it cannot come in
        """
        known = await self._find(ticket.media)
        if known is None:
            await self._admission.check(ticket, size)
            await self._in_thread(prepare, ledger.file_of(self._spool, ticket.media))
            await self._database.apply([ledger.begin(ledger.beginning(ticket))])
            log.info("upload begun", extra={"media": ticket.media, "size": size})
        elif known.size != size and known.state == "receiving":
            raise UploadRefused(
                HTTPStatus.BAD_REQUEST, "size", "This upload was begun with another size. Choose the file again."
            )
        return await self.find(ticket)

    async def find(self, ticket: UploadTicket) -> Upload:
        """How far an upload is. A request that is bringing bytes for it ends first.

        :raises UploadRefused: when there is none, or it will not go on
        """
        upload = await self._open(ticket)
        if upload.state != "receiving":
            return upload
        async with self._turns.take(ticket.media):
            return await self._open(ticket)

    async def receive(self, ticket: UploadTicket, incoming: Incoming) -> Upload:
        """Take bytes.

        :return: the upload as it is afterwards, with everything that arrived on the disk
        :raises UploadRefused: when nothing is taken or not all of it; ``received_bytes`` says how much counts
        """
        of_chat = sum(chat == ticket.chat for chat in self._receptions.values())
        if self._closed or len(self._receptions) >= AT_ONCE or of_chat >= AT_ONCE_PER_CHAT:
            raise busy()
        # A task of its own: what has arrived is brought to the disk also where the server gives the request up.
        task = asyncio.create_task(self._receive(ticket, incoming))
        self._receptions[task] = ticket.chat
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def cancel(self, ticket: UploadTicket) -> None:
        """Throw an upload away before it is whole.

        :raises UploadRefused: when it is whole or not there
        """
        async with self._turns.take(ticket.media):
            upload = await self._open(ticket)
            if upload.state != "receiving":
                raise UploadRefused(
                    HTTPStatus.CONFLICT,
                    "complete",
                    "The file has arrived already. It can be deleted where it is shown.",
                    upload.received_bytes,
                )
            await self._discard(upload, "cancelled")

    async def delete(self, media: str) -> None:
        """Remove a media for good, however far it has come, and let nothing more come in under its name.

        :raises StoreError: when the store cannot remove it now; it may be asked again
        """
        async with self._turns.take(media):
            upload = await self._find(media)
            if upload is not None and upload.state == "receiving":
                await self._discard(upload, "deleted")
                return
            await self._clips.discard(media)
            if upload is None:
                await self._database.apply([ledger.begin(ledger.tombstone(media))])
            elif upload.state != "discarded":
                await self._discard(upload, "deleted")

    async def unfinished(self) -> int:
        """Uploads of which bytes are missing."""
        return await self._database.run(lambda connection: ledger.count_in(connection, "receiving"))

    async def _receive(self, ticket: UploadTicket, incoming: Incoming) -> Upload:
        async with self._turns.take(ticket.media) as turn:
            known = self._at_hand.get(ticket.media)
            upload = known[0] if known is not None and known[0].chat == ticket.chat else await self._open(ticket)
            if turn.is_over:
                raise taken_over(upload.received_bytes)
            if incoming.offset != upload.received_bytes:
                raise wrong_offset(upload.received_bytes)
            if upload.state != "receiving":
                return upload
            if (incoming.length or 0) > upload.size - incoming.offset:
                raise too_large(upload.size)
            return await self._take(upload, incoming, turn)

    async def _take(self, upload: Upload, incoming: Incoming, turn: Turn) -> Upload:
        now = upload
        try:
            async with self._part_of(upload, incoming.length or 0) as part:
                if part.kept < upload.received_bytes:
                    await self._database.apply([ledger.keep(upload.media, part.kept)])
                    raise wrong_offset(part.kept)
                reception = Reception(upload, part, self._threads, lambda: self._save(upload, part))
                problem = await reception.take(incoming, turn)
                now = await self._save(upload, part, reception.found)
        except Refused as refusal:
            await self._refuse(upload, refusal)
            raise refused_content(refusal.code, refusal.message) from None
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            now, problem = await self._find(upload.media) or upload, disk_full()
        self._metrics.upload_bytes.inc(max(0, now.received_bytes - upload.received_bytes))
        if problem is None:
            return now
        if self._closed and problem.code == "taken_over":
            problem = busy()
        problem.received_bytes = now.received_bytes
        raise problem

    def _ended(self, task: asyncio.Task[Upload]) -> None:
        self._receptions.pop(task, None)
        if not task.cancelled():
            # Where nobody waits for it any more, nobody else would.
            task.exception()

    @contextlib.asynccontextmanager
    async def _part_of(self, upload: Upload, length: int) -> AsyncIterator[PartFile]:
        _, whole = self._at_hand.pop(upload.media, (upload, None))

        def open_part() -> PartFile:
            self._admission.see_room(length)
            return PartFile(ledger.file_of(self._spool, upload.media), upload.received_bytes, whole)

        part = await self._in_thread(open_part)
        try:
            yield part
        finally:
            self._threads.submit(part.close)

    async def _save(self, upload: Upload, part: PartFile, found: Sniffed | None = None) -> Upload:
        """Let what is on the disk count; where it is everything, Odoo is told of it in the same transaction."""
        now = dataclasses.replace(upload, received_bytes=part.kept)
        if part.kept > upload.received_bytes:
            now = dataclasses.replace(now, touched_at=time.time())
        changes: list[Change] = [ledger.keep(upload.media, part.kept)]
        if found is not None and upload.kind is None:
            changes.append(ledger.recognise(upload.media, found.kind, found.mime, found.extension))
            now = dataclasses.replace(now, kind=found.kind, mime=found.mime, extension=found.extension)
        if found is None or part.kept < upload.size:
            await self._database.apply(changes)
            self._at_hand[upload.media] = (now, part.kept_hash)
            return now
        sha256 = part.kept_hash.hexdigest()
        await self._database.apply(
            [*changes, ledger.complete(upload.media, sha256), self._received(upload, sha256, found)]
        )
        self._settled(upload, "received")
        self._clips.take(upload.media)
        return dataclasses.replace(now, state="received", sha256=sha256)

    def _received(self, upload: Upload, sha256: str, found: Sniffed) -> Change:
        data = {"media": upload.media, "size": upload.size, "sha256": sha256, "mime": found.mime, "kind": found.kind}
        return self._outbox.event(upload.chat, "media.received", data | {"filename": upload.filename})

    async def _refuse(self, upload: Upload, refusal: Refused) -> None:
        failed = {"media": upload.media, "stage": "check", "code": refusal.code, "reason": refusal.message}
        event = self._outbox.event(upload.chat, "media.failed", failed | {"retryable": False})
        await self._database.apply([ledger.fail(upload.media, refusal.code, refusal.message), event])
        self._settled(upload, "refused")
        await self._remove(upload.media)

    async def _expire(self, media: str, limit: float) -> None:
        async with self._turns.take(media):
            upload = await self._find(media)
            if upload is not None and upload.state == "receiving" and upload.touched_at < limit:
                await self._discard(upload, "expired")

    async def _discard(self, upload: Upload, reason: DiscardReason) -> None:
        event = self._outbox.event(upload.chat, "media.discarded", {"media": upload.media, "reason": reason})
        await self._database.apply([ledger.mark(upload.media, "discarded"), event])
        self._settled(upload, reason)
        await self._remove(upload.media)

    def _settled(self, upload: Upload, outcome: str) -> None:
        self._at_hand.pop(upload.media, None)
        self._outbox.notify(upload.chat)
        self._metrics.uploads.labels(outcome).inc()
        log.info("upload settled", extra={"media": upload.media, "outcome": outcome})

    async def _open(self, ticket: UploadTicket) -> Upload:
        upload = await self._find(ticket.media)
        if upload is None:
            raise unknown()
        if upload.state == "discarded":
            raise gone()
        if upload.chat != ticket.chat:
            raise UploadRefused(HTTPStatus.FORBIDDEN, "media", "The ticket is for another chat.")
        if upload.was_refused:
            raise refused_content(upload.failure_code or "internal", upload.failure or "The file was refused.")
        return upload

    async def _find(self, media: str) -> Upload | None:
        return await self._database.run(lambda connection: ledger.find(connection, media))

    async def _remove(self, media: str) -> None:
        await self._in_thread(shutil.rmtree, ledger.folder_of(self._spool, media), True)

    async def _in_thread(self, work: Callable[..., ResultT], *arguments: Any) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
