"""A store in a local folder: files come in by a hard link, or by a verified copy from another file system."""

import asyncio
import contextlib
import errno
import hashlib
import os
import shutil
import uuid
from pathlib import Path

from .base import StoreError, StoreHealth

COPY_BYTES = 1024 * 1024
_NO_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_INCOMING = ".incoming"


class LocalStore:
    """Files below one folder.

    :param root: the folder; made when missing
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        try:
            await asyncio.to_thread(self._put, key, source, size, sha256)
        except OSError as error:
            raise StoreError(f"{key} could not be stored: {error.strerror or error}.") from error

    async def find(self, key: str) -> Path | None:
        path = self._path(key)
        return path if await asyncio.to_thread(path.is_file) else None

    async def list_folder(self, prefix: str) -> list[tuple[str, Path]]:
        return await asyncio.to_thread(self._list_folder, prefix)

    async def check(self) -> StoreHealth:
        return await asyncio.to_thread(self._check)

    def _put(self, key: str, source: Path, size: int, sha256: str) -> None:
        target = self._path(key)
        if source.stat().st_size != size:
            raise StoreError(f"{key} has {source.stat().st_size} bytes and should have {size}.")
        if target.is_file() and (target.samefile(source) or _hash(target) == sha256):
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
        root = self._root.resolve()
        path = (root / key).resolve()
        if root not in path.parents:
            raise StoreError("The key leads out of the store.")
        return path

    def _list_folder(self, prefix: str) -> list[tuple[str, Path]]:
        folder = self._path(prefix)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return [(prefix + path.relative_to(folder).as_posix(), path) for path in files]

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
        # The same bytes under a second name: nothing to copy, nothing to compare.
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        with source.open("rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, COPY_BYTES)
            writer.flush()
            os.fsync(writer.fileno())
        if _hash(target) != sha256:
            raise StoreError("The copy differs from the original; it was thrown away.") from None
    else:
        _sync(target)


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
