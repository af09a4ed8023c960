"""Throwing away what nobody goes on with, and what an earlier run left behind."""

import asyncio
import logging
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from ..database import Database
from . import ledger

LONGEST_PAUSE_SECONDS = 3600.0

log = logging.getLogger(__name__)


class Sweep:
    """Keeps the spool's folder of uploads tidy.

    :param expiry_seconds: how long an upload waits for its next bytes
    :param expire: throws one upload away that has not been touched since the given time
    """

    def __init__(
        self, spool: Path, database: Database, expiry_seconds: float, expire: Callable[[str, float], Awaitable[None]]
    ) -> None:
        self._spool = spool
        self._database = database
        self._expiry_seconds = expiry_seconds
        self._expire = expire
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Tidy up once, then sweep from now on."""
        await self._tidy()
        self._task = asyncio.create_task(self._sweep_for_ever(), name="sweep uploads")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> None:
        """Throw away what is too old, and forget what ended long ago."""
        limit = time.time() - self._expiry_seconds
        for upload in await self._database.run(lambda connection: ledger.in_state(connection, "receiving")):
            if upload.touched_at < limit:
                await self._expire(upload.media, limit)
        await self._database.apply([ledger.forget_settled(limit)])

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                await self.sweep()
            except (sqlite3.Error, OSError):
                log.exception("old uploads could not be thrown away, will try again")
            await asyncio.sleep(min(LONGEST_PAUSE_SECONDS, self._expiry_seconds))

    async def _tidy(self) -> None:
        """Remove folders of uploads that are over or unknown, and count no bytes that are not there."""
        uploads = {upload.media: upload for upload in await self._database.run(ledger.all_of)}
        for folder in await asyncio.to_thread(lambda: sorted(self._spool.glob("uploads/*"))):
            if folder.name not in uploads or uploads[folder.name].is_over:
                await asyncio.to_thread(shutil.rmtree, folder, True)
        for upload in uploads.values():
            if upload.state != "receiving":
                continue
            size = await asyncio.to_thread(_size_of, ledger.file_of(self._spool, upload.media))
            if size < upload.received_bytes:
                log.error("bytes of an upload are missing", extra={"media": upload.media, "size": size})
                await self._database.apply([ledger.keep(upload.media, size)])


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
