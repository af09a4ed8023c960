"""Disk writes, all from one thread, so that a slow disk never holds up a packet."""

import errno
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

LARGEST_BACKLOG = 64 * 1024 * 1024
"""Bytes of one file that may wait for the disk before its leg is stopped."""


def failure_reason(error: BaseException) -> str:
    """``disk_full`` or ``write_failed``, for an error that a write raised."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "disk_full"
    return "write_failed"


class WriterThread:
    """The thread that all files of a recorder are written from, in order."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="recording-writer")
        self.bytes_written = 0

    def submit(self, work: Callable[[], None]) -> "Future[None]":
        return self._executor.submit(work)

    def close(self) -> None:
        """Finish all that is waiting, then end the thread."""
        self._executor.shutdown(wait=True)


class AppendOnlyFile:
    """A file that grows by whole pieces.

    After a write that failed the file is cut back to the last whole piece and takes nothing more.

    :param on_error: called once, from the writer's thread, with the error
    """

    def __init__(self, thread: WriterThread, path: Path, on_error: Callable[[BaseException], None]) -> None:
        self.path = path
        self._thread = thread
        self._on_error = on_error
        self._descriptor: int | None = None
        self._length = 0
        self._failed = False
        self.backlog = 0

    def append(self, data: bytes) -> None:
        """Write ``data`` after what was written before; returns at once."""
        self.backlog += len(data)
        self._thread.submit(lambda: self._guard(lambda: self._append(data), len(data)))

    def patch(self, position: int, data: bytes) -> None:
        """Replace bytes that were written before; returns at once."""
        self._thread.submit(lambda: self._guard(lambda: self._patch(position, data), 0))

    def close(self) -> "Future[None]":
        """Close it after all that was asked before.

        :return: done when the file is closed
        """
        return self._thread.submit(self._close)

    def _guard(self, work: Callable[[], None], size: int) -> None:
        try:
            if not self._failed:
                work()
        except Exception as error:
            self._failed = True
            self._cut_back()
            self._on_error(error)
        finally:
            self.backlog -= size

    def _append(self, data: bytes) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        view = memoryview(data)
        position = self._length
        while view:
            written = os.pwrite(self._descriptor, view, position)
            view = view[written:]
            position += written
        self._length = position
        self._thread.bytes_written += len(data)

    def _patch(self, position: int, data: bytes) -> None:
        if self._descriptor is not None:
            os.pwrite(self._descriptor, data, position)

    def _cut_back(self) -> None:
        if self._descriptor is not None:
            try:
                os.ftruncate(self._descriptor, self._length)
            except OSError:
                # The torn end is cut off again when the file is finalised.
                return

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
