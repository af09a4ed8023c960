"""One request that brings bytes: read, written behind, looked at, and on the disk before they count."""

import asyncio
import errno
import hmac
from collections.abc import AsyncIterable, Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import ClientDisconnect

from ..processing import HEAD_BYTES, Sniffed, sniff
from .ledger import Upload
from .part_file import PartFile
from .refusal import UploadRefused, disk_full, taken_over, too_large
from .turns import Turn
from .write_behind import WriteBehind

SILENCE_SECONDS = 60.0
"""A connection that brings nothing for so long is dead; what it brought is kept."""
CHECKPOINT_BYTES = 16 * 1024 * 1024
"""So much of one request may be lost to a crash."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


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
    stream: AsyncIterable[bytes]
    checksum: Checksum | None = None


class Reception:
    """Takes the bytes of one request.

    :param part: the upload's file, at the place where the request goes on
    :param save: makes what counts by now durable
    :ivar found: what the file is, once its first bytes are there
    """

    def __init__(self, upload: Upload, part: PartFile, threads: Executor, save: Callable[[], Awaitable[None]]) -> None:
        self._upload = upload
        self._part = part
        self._threads = threads
        self._save = save
        self._checksum: Checksum | None = None
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
        problem = await self._read(incoming.stream, turn)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._settle, problem)
        except OSError as error:
            if error.errno not in FULL:
                raise
            await asyncio.get_running_loop().run_in_executor(self._threads, self._part.rewind)
            return disk_full()

    async def _read(self, stream: AsyncIterable[bytes], turn: Turn) -> UploadRefused | None:
        behind = WriteBehind(self._threads, self._write)
        problem: UploadRefused | None = None
        try:
            try:
                async with turn.patience(SILENCE_SECONDS):
                    problem = await self._pass_on(stream, behind, turn)
            except (ClientDisconnect, TimeoutError):
                problem = taken_over() if turn.is_over else _cut_off()
            await behind.finish()
        except OSError as error:
            await behind.drop()
            if error.errno not in FULL:
                raise
            return disk_full()
        except BaseException:
            await behind.drop()
            raise
        return problem

    async def _pass_on(self, stream: AsyncIterable[bytes], behind: WriteBehind, turn: Turn) -> UploadRefused | None:
        room = self._upload.size - self._part.count
        saved = self._part.kept
        async for piece in stream:
            turn.heard(SILENCE_SECONDS)
            if not piece:
                continue
            room -= len(piece)
            if room < 0:
                return too_large(self._upload.size)
            await behind.take(piece)
            if saved < self._part.kept < self._upload.size:
                saved = self._part.kept
                await self._save()
        return None

    def _write(self, content: bytes) -> None:
        self._part.append(content)
        if self._checksum is None:
            self._look()
            if self._part.count - self._part.kept >= CHECKPOINT_BYTES:
                self._part.keep()

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
