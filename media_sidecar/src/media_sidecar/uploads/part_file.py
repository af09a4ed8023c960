"""The file that an upload's bytes go to. Everything here blocks: it belongs in a thread.

What counts are the bytes that :meth:`PartFile.keep` has put on the disk. Whatever came after them is cut off before
the next byte is written, so that neither a crash nor a failed write can leave anything between them.
"""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

READ_BYTES = 1024 * 1024
WRITE_BYTES = 64 * 1024
"""So much at once: larger pieces make the page cache look for large pages, which costs more than the calls."""


def prepare(path: Path) -> None:
    """Make the folders of *path* and an empty file, so that their names outlive a power cut."""
    missing = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    for folder in (path.parent, *(each.parent for each in missing)):
        _sync_folder(folder)


class PartFile:
    """An upload's file, open for more bytes at its end.

    :param path: the file; made when missing
    :param kept: so many of its first bytes count
    :param whole: SHA-256 of these bytes; they are read again where it is not known
    :ivar count: bytes in the file, kept or not
    """

    def __init__(self, path: Path, kept: int, whole: "_Hash | None" = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._kept = min(kept, os.fstat(self._file).st_size)
            os.ftruncate(self._file, self._kept)
            if whole is not None and self._kept == kept:
                self._kept_hash = whole.copy()
            else:
                self._kept_hash = self._read(hashlib.sha256(), 0, self._kept)
        except BaseException:
            os.close(self._file)
            raise
        self.count = self._digested = self._kept
        self._whole = self._kept_hash.copy()
        self._chunk: _Hash | None = None

    def close(self) -> None:
        os.close(self._file)

    @property
    def kept(self) -> int:
        """Bytes that count."""
        return self._kept

    @property
    def kept_hash(self) -> "_Hash":
        """SHA-256 of the bytes that count; not to be updated."""
        return self._kept_hash

    def watch(self, algorithm: str) -> None:
        """From here on hash what comes with *algorithm* too."""
        self._chunk = hashlib.new(algorithm, usedforsecurity=False)

    def watched(self) -> bytes:
        """The digest of what has come since :meth:`watch`."""
        return self._chunk.digest() if self._chunk is not None else b""

    def write(self, piece: bytes | memoryview) -> None:
        """Put *piece* behind the last byte; :meth:`digest` takes the same ones in the same order, in another thread.

        :raises OSError: when not all of it could be written; what could be is there
        """
        rest = memoryview(piece)
        while rest:
            written = os.pwrite(self._file, rest[:WRITE_BYTES], self.count)
            self.count += written
            rest = rest[written:]

    def digest(self, piece: bytes | memoryview) -> None:
        """Let the hashes know *piece*."""
        self._whole.update(piece)
        if self._chunk is not None:
            self._chunk.update(piece)
        self._digested += len(piece)

    def flush(self) -> None:
        """Bring to the disk what was written so far, so that :meth:`keep` has less to do.

        :raises OSError: when the disk did not take it; it does not say so a second time
        """
        os.fdatasync(self._file)

    def keep(self) -> None:
        """Put everything that was written on the disk, and let it count.

        :raises OSError: when the disk did not take it; nothing more counts than before
        """
        os.fdatasync(self._file)
        if self._digested != self.count:
            # A write was cut short by a full disk; the hash ran ahead of it.
            self._whole = self._kept_hash.copy()
            self._read(self._whole, self._kept, self.count)
            self._digested = self.count
        self._kept = self.count
        self._kept_hash = self._whole.copy()

    def rewind(self) -> None:
        """Cut off what does not count."""
        os.ftruncate(self._file, self._kept)
        self.count = self._digested = self._kept
        self._whole = self._kept_hash.copy()

    def head(self, count: int) -> bytes:
        """The first *count* bytes, or all where there are fewer."""
        return os.pread(self._file, count, 0)

    def _read(self, whole: "_Hash", start: int, stop: int) -> "_Hash":
        while start < stop and (content := os.pread(self._file, min(READ_BYTES, stop - start), start)):
            whole.update(content)
            start += len(content)
        return whole


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
