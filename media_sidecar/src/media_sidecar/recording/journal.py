"""What happens during a recording, a JSON line an event, so that a crash loses nothing that a manifest needs."""

import asyncio
import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .writer import WriterThread

NAME = "journal.jsonl"
RESERVE_NAME = "reserve"
RESERVE_BYTES = 1 << 20
Event = dict[str, Any]


class Journal:
    """An append-only list of events, locked as long as its recording runs.

    The lock dies with the process, so a journal that can be locked has been left behind.
    The reserve is disk space that is given back at the end, so that a recording can be finished on a full disk.

    :raises OSError: the folder cannot be written
    """

    def __init__(self, folder: Path, thread: WriterThread, on_error: Callable[[BaseException], None]) -> None:
        self._thread = thread
        self._on_error = on_error
        self._reserve = folder / RESERVE_NAME
        self._descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.events: list[Event] = []
        with self._reserve.open("wb") as reserve:
            os.posix_fallocate(reserve.fileno(), 0, RESERVE_BYTES)

    def note(self, event: str, **values: Any) -> None:
        """Append an event; it is on disk soon after."""
        entry: Event = {"event": event, **values}
        self.events.append(entry)
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        self._thread.submit(lambda: self._write(line))

    async def release_reserve(self) -> None:
        """Give the reserved space back, before a recording is finished."""
        await asyncio.wrap_future(self._thread.submit(lambda: self._reserve.unlink(missing_ok=True)))

    async def close(self) -> None:
        """Write what waits, give up the lock."""
        await asyncio.wrap_future(self._thread.submit(self._close))

    def _write(self, line: bytes) -> None:
        try:
            os.write(self._descriptor, line)
        except OSError as error:
            self._on_error(error)

    def _close(self) -> None:
        os.close(self._descriptor)


def is_locked(folder: Path) -> bool:
    """Whether some process still records into this folder."""
    with (folder / NAME).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def read_journal(folder: Path) -> list[Event]:
    """All whole events of a journal; a torn last line is left out."""
    events: list[Event] = []
    for line in (folder / NAME).read_bytes().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            events.append(event)
    return events
