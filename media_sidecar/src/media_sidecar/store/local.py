"""A store in a local folder: files come in by a hard link, or by a copy from another file system, and are verified."""

import asyncio
import contextlib
import errno
import functools
import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Generator
from pathlib import Path

from .base import CHUNK_BYTES, KeyRefused, StoredFile, StoreError, StoreHealth, check_key
from .threads import Threads

READS_AT_ONCE = 16
COPY_BYTES = 1024 * 1024
_NO_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_INCOMING = ".incoming"


class LocalStore:
    """Files below one folder.

    :param root: the folder; made when missing
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._threads = Threads("local store", READS_AT_ONCE)

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        try:
            await asyncio.to_thread(self._put, key, source, size, sha256)
        except OSError as error:
            raise StoreError(f"{key} could not be stored: {error.strerror or error}.") from error

    async def holds(self, key: str, size: int, sha256: str) -> bool:
        return await asyncio.to_thread(self._holds, key, size, sha256)

    async def open(self, key: str) -> StoredFile | None:
        return await asyncio.to_thread(self._open, key)

    async def list_folder(self, prefix: str) -> list[StoredFile]:
        return await asyncio.to_thread(self._list_folder, prefix)

    async def delete(self, key: str) -> None:
        try:
            await asyncio.to_thread(self._delete, key)
        except OSError as error:
            raise StoreError(f"{key} could not be removed: {error.strerror or error}.") from error

    async def presign(self, key: str, seconds: int, mime: str, disposition: str) -> str | None:
        return None

    async def check(self) -> StoreHealth:
        return await asyncio.to_thread(self._check)

    def _put(self, key: str, source: Path, size: int, sha256: str) -> None:
        target = self._path(key)
        if source.stat().st_size != size:
            raise StoreError(f"{key} has {source.stat().st_size} bytes and should have {size}.")
        if target.is_file() and _hash(target) == sha256:
            return
        incoming = self._root / _INCOMING / uuid.uuid4().hex
        incoming.parent.mkdir(parents=True, exist_ok=True)
        _make_folders(self._root, target.parent)
        try:
            _link_or_copy(source, incoming, sha256)
            incoming.replace(target)
        finally:
            incoming.unlink(missing_ok=True)
        _sync_folder(target.parent)

    def _path(self, key: str) -> Path:
        check_key(key)
        root = self._root.resolve()
        path = (root / key).resolve()
        if root not in path.parents:
            raise KeyRefused("The key leads out of the store.")
        return path

    def _open(self, key: str) -> StoredFile | None:
        path = self._path(key)
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreError(f"{key} cannot be read: {error.strerror or error}.") from error
        if not stat.S_ISREG(status.st_mode):
            return None
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        reader = functools.partial(_read, path)
        return StoredFile(key, status.st_size, etag, status.st_mtime, None, path, reader, self._threads)

    def _holds(self, key: str, size: int, sha256: str) -> bool:
        path = self._path(key)
        return path.is_file() and path.stat().st_size == size and _hash(path) == sha256

    def _list_folder(self, prefix: str) -> list[StoredFile]:
        folder = self._path(prefix) if prefix else self._root.resolve()
        found = sorted(prefix + path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        files = [self._open(key) for key in found if not key.startswith(".")]
        return [file for file in files if file is not None]

    def _delete(self, key: str) -> None:
        path = self._path(key)
        if key.endswith("/"):
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        # No empty folder stays behind, and none is kept open by a name that comes back at this moment.
        with contextlib.suppress(OSError):
            for parent in path.parents:
                if parent == self._root.resolve():
                    break
                parent.rmdir()

    def _check(self) -> StoreHealth:
        probe = self._root / _INCOMING / uuid.uuid4().hex
        content = os.urandom(1024)
        free = None
        try:
            probe.parent.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._root).free
            with contextlib.ExitStack() as cleanup:
                cleanup.callback(probe.unlink, missing_ok=True)
                probe.write_bytes(content)
                if probe.read_bytes() != content:
                    return StoreHealth(False, "The store returns other bytes than it was given.", free)
        except OSError as error:
            return StoreHealth(False, f"The store cannot be written: {error.strerror or error}.", free)
        return StoreHealth(True, f"The store is writable and has {free / 1024**3:.1f} GiB left.", free)


def _link_or_copy(source: Path, target: Path, sha256: str) -> None:
    try:
        # The same bytes under a second name: nothing to copy.
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        with source.open("rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, COPY_BYTES)
            writer.flush()
            os.fsync(writer.fileno())
    else:
        _sync(target)
    if _hash(target) != sha256:
        raise StoreError("What was to be stored is not what was announced; nothing was kept.") from None


def _read(path: Path, start: int, stop: int) -> Generator[bytes, None, None]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(CHUNK_BYTES, stop - start))):
                start += len(chunk)
                yield chunk
    except OSError as error:
        raise StoreError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if start < stop:
        raise StoreError(f"{path.name} became shorter while it was read.")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_folders(root: Path, folder: Path) -> None:
    """Make *folder* and put every new folder's name on the disk."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for parent in reversed(missing):
        _sync_folder(parent.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_sync_folder = _sync
