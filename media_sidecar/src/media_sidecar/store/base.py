"""What the service needs of a store."""

import threading
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from .threads import Threads

CHUNK_BYTES = 256 * 1024
"""Bytes of a file that are in memory at once while it is read."""


class StoreError(Exception):
    """The store did not take, or does not give, a file. The sentence may be shown to an operator."""


class KeyRefused(StoreError):
    """A key that leads out of the store."""


@dataclass(frozen=True)
class StoreHealth:
    """Whether the store takes files.

    :ivar kind: ``folder``, or ``s3``
    :ivar bucket: the bucket of S3
    :ivar free_bytes: bytes that it can still take, nothing when unknown
    """

    ok: bool
    message: str
    free_bytes: int | None = None
    kind: Literal["folder", "s3"] = "folder"
    bucket: str | None = None


Reader = Callable[[int, int], Generator[bytes, None, None]]
"""The bytes from the first position up to, not including, the second; blocks."""


@dataclass(frozen=True)
class StoredFile:
    """A file that the store has.

    :ivar size: bytes
    :ivar etag: as in HTTP, with its quotes; another content has another one
    :ivar modified: seconds since the epoch
    :ivar sha256: hexadecimal, nothing when the store would have to read the file to know it
    :ivar path: the file itself in a local folder, nothing elsewhere
    """

    key: str
    size: int
    etag: str
    modified: float
    sha256: str | None
    path: Path | None
    _reader: Reader = field(repr=False, compare=False)
    _threads: Threads = field(repr=False, compare=False)

    def chunks(self, start: int = 0, stop: int | None = None) -> Generator[bytes, None, None]:
        """The bytes from *start* up to, not including, *stop*, in pieces; blocks, so it is for threads.

        :raises StoreError: when the store stops giving them
        """
        return self._reader(start, self.size if stop is None else min(stop, self.size))

    def read(self, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """As :meth:`chunks`, off the event loop; whoever stops early closes it."""
        return taken_in(self._threads, self.chunks(start, stop))


async def taken_in(threads: Threads, pieces: Generator[bytes, None, None]) -> AsyncGenerator[bytes, None]:
    """*pieces*, each made in a thread; they are closed together with what this returns."""
    taker = _Taker(pieces)
    try:
        while (piece := await threads.run(taker.next)) is not None:
            yield piece
    finally:
        taker.close()


class _Taker:
    """Takes from a generator in one thread, and closes it from another, which may be while it is taking."""

    def __init__(self, pieces: Generator[bytes, None, None]) -> None:
        self._pieces = pieces
        self._taking = threading.Lock()
        self._closed = False

    def next(self) -> bytes | None:
        with self._taking:
            piece = next(self._pieces, None)
        if self._closed:
            self.close()
        return piece

    def close(self) -> None:
        self._closed = True
        # Who is taking closes afterwards.
        if self._taking.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._taking.release()


class Store(Protocol):
    """Files under keys such as ``recordings/<id>/<name>``. Nothing here blocks the event loop.

    Every method raises :class:`StoreError` when the store cannot do its work, and :class:`KeyRefused` for a bad key.
    """

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        """Keep a copy of *source* under *key*; once more with the same content does nothing.

        On return the file is where it belongs, with that size and hash; before, nothing of it is seen under *key*.

        :param sha256: hexadecimal
        :raises StoreError: when it is not, also when *source* has another size or hash
        """

    async def holds(self, key: str, size: int, sha256: str) -> bool:
        """Whether these very bytes are under *key*; reads them where nothing else proves it."""

    async def open(self, key: str) -> StoredFile | None:
        """The file under *key*, nothing when there is none."""

    async def list_folder(self, prefix: str) -> list[StoredFile]:
        """Everything under *prefix*, which is empty or ends in ``/``, in the order of keys."""

    async def delete(self, key: str) -> None:
        """Remove the file under *key*, or everything below it where it ends in ``/``; what is not there is no error."""

    async def presign(self, key: str, seconds: int, mime: str, disposition: str) -> str | None:
        """An address that gives the file to anyone for some time; nothing where the store has no addresses.

        :param seconds: how long it lives at most
        :param mime: the type that it will say
        :param disposition: the ``Content-Disposition`` that it will say
        """

    async def check(self) -> StoreHealth:
        """Write, read and remove a small file."""


def check_key(key: str) -> None:
    """Refuse what is no key of a file or a folder in any store.

    :raises KeyRefused: when it could lead elsewhere
    """
    segments = key.removesuffix("/").split("/")
    if any(segment in ("", ".", "..") for segment in segments) or not key.isprintable() or "\\" in key:
        raise KeyRefused("The key leads out of the store.")
