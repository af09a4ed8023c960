"""One request that brings bytes: read, written behind, looked at, and on the disk before they count."""

import asyncio
import errno
import hmac
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import ClientDisconnect

from ..processing import HEAD_BYTES, Sniffed, sniff
from .body import Body
from .ledger import Upload
from .part_file import PartFile
from .refusal import UploadRefused, disk_full, taken_over, too_large
from .turns import Turn
from .write_behind import Piece, WriteBehind

SILENCE_SECONDS = 60.0
"""A connection that brings nothing for so long is dead; what it brought is kept."""
CHECKPOINT_BYTES = 16 * 1024 * 1024
"""So much of one request may be lost to a crash."""
FLUSH_BYTES = 2 * 1024 * 1024
"""After so much the disk is told to begin."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Checksum:
    """What the sender says of the bytes of one request (tus 1.0, ``Upload-Checksum``)."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Incoming:
    """What a request brings.

    :ivar offset: where its sender means to go on
    :ivar length: bytes that are coming, where its sender said so
    """

    offset: int
    length: int | None
    body: Body
    checksum: Checksum | None = None


class Reception:
    """Takes the bytes of one request.

    :param part: the upload's file, at the place where the request goes on
    :param save: makes what counts by now durable
    :ivar found: what the file is, once its first bytes are there
    """

    def __init__(
        self, upload: Upload, part: PartFile, threads: Executor, save: Callable[[], Awaitable[object]]
    ) -> None:
        self._upload = upload
        self._part = part
        self._threads = threads
        self._save = save
        self._checksum: Checksum | None = None
        self._flushing: asyncio.Future[None] | None = None
        self._flushed_bytes = part.count
        self.found = known_content(upload)

    async def take(self, incoming: Incoming, turn: Turn) -> UploadRefused | None:
        """Write what comes and put it on the disk.

        :return: why it did not come to its end; what had come counts all the same, but for bytes with a checksum,
            which count all or not at all
        :raises Refused: when the file may not come in
        """
        self._checksum = incoming.checksum
        if self._checksum is not None:
            self._part.watch(self._checksum.algorithm)
        problem = await self._read(incoming.body, turn)
        try:
            return await self._run(lambda: self._settle(problem))
        except OSError as error:
            if error.errno not in FULL:
                raise
            await self._run(self._part.rewind)
            return disk_full()

    async def _read(self, body: Body, turn: Turn) -> UploadRefused | None:
        behind = WriteBehind(self._threads, (self._write, self._part.digest), body.release)
        problem: UploadRefused | None = None
        try:
            try:
                async with turn.patience(SILENCE_SECONDS):
                    problem = await self._pass_on(body, behind, turn)
            except (ClientDisconnect, TimeoutError):
                problem = taken_over() if turn.is_over else _cut_off()
            await behind.finish()
            await self._flushed()
        except OSError as error:
            if error.errno not in FULL:
                raise
            return disk_full()
        finally:
            await behind.drop()
            if self._flushing is not None:
                await asyncio.wait([self._flushing])
            body.close()
        return problem

    async def _pass_on(self, body: Body, behind: WriteBehind, turn: Turn) -> UploadRefused | None:
        room = self._upload.size - self._part.count
        async for piece in body:
            turn.heard(SILENCE_SECONDS)
            if not piece:
                continue
            room -= len(piece)
            if room < 0:
                return too_large(self._upload.size)
            await behind.take(piece)
            await self._flush_early()
            # The last bytes count with what is known of the whole file.
            if self._checksum is None and room > 0 and self._part.count - self._part.kept >= CHECKPOINT_BYTES:
                await behind.finish()
                await self._flushed()
                await self._run(self._part.keep)
                await self._save()
        return None

    async def _flush_early(self) -> None:
        """Let the disk work while more comes, so that the answer waits for the last bytes alone."""
        if self._part.count - self._flushed_bytes < FLUSH_BYTES or (self._flushing and not self._flushing.done()):
            return
        await self._flushed()
        self._flushed_bytes = self._part.count
        self._flushing = self._run(self._part.flush)

    async def _flushed(self) -> None:
        flushing = self._flushing
        if flushing is not None:
            await asyncio.wait([flushing])
            self._flushing = None
            flushing.result()

    def _run(self, work: Callable[[], ResultT]) -> asyncio.Future[ResultT]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _write(self, piece: Piece) -> None:
        self._part.write(piece)
        if self._checksum is None:
            self._look()

    def _settle(self, problem: UploadRefused | None) -> UploadRefused | None:
        if self._checksum is not None:
            if problem is None and not hmac.compare_digest(self._part.watched(), self._checksum.digest):
                problem = UploadRefused(460, "checksum", "The bytes changed on their way. Send them again.")
            if problem is not None:
                self._part.rewind()
        elif problem is not None and problem.code == "too_large":
            self._part.rewind()
        self._look()
        self._part.keep()
        return problem

    def _look(self) -> None:
        if self.found is None and self._part.count >= min(HEAD_BYTES, self._upload.size):
            upload = self._upload
            self.found = sniff(self._part.head(HEAD_BYTES), upload.filename, upload.declared_mime, upload.types)


def known_content(upload: Upload) -> Sniffed | None:
    """What an earlier request found the file to be."""
    if upload.kind is None or upload.mime is None or upload.extension is None:
        return None
    return Sniffed(upload.kind, upload.mime, upload.extension)  # type: ignore[arg-type]


def _cut_off() -> UploadRefused:
    return UploadRefused(
        HTTPStatus.REQUEST_TIMEOUT, "cut_off", "The connection went silent. What arrived is kept; go on from there."
    )
