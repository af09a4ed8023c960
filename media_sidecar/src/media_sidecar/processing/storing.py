"""Files into the store and out of it, however long the store is away."""

import asyncio
import contextlib
import hashlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from ..store import Store, StoreError
from .jobs import Unusable

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
LATE_SECONDS = 120.0
"""After so long without the store, people are told that a file has not arrived there."""
AT_ONCE = 4

log = logging.getLogger(__name__)


class Storing:
    """Tries until the store has taken or given a file.

    :param tell_late: called once for each media that has waited for :data:`LATE_SECONDS`, with its key and its chat's
    """

    def __init__(self, store: Store, tell_late: Callable[[str, str], Awaitable[None]]) -> None:
        self._store = store
        self._tell_late = tell_late
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting: dict[str, asyncio.Event] = {}
        self.problems: dict[str, str] = {}
        """Why a media, by key, is not in the store yet."""

    async def put(
        self, media: str, chat: str, files: dict[str, Path], known: dict[str, tuple[int, str]]
    ) -> list[tuple[int, str]]:
        """Store *files*; (size, sha256) of each.

        :param files: name in the media's folder of the store → file
        :param known: what is known already of the size and hash of some of them
        """
        measured = [
            known[name] if name in known else await asyncio.to_thread(_measure, path) for name, path in files.items()
        ]

        async def work() -> None:
            async with self._slots:
                for (name, path), (size, sha256) in zip(files.items(), measured, strict=True):
                    await self._store.put(f"media/{media}/{name}", path, size, sha256)

        await self._until_done(media, chat, work)
        return measured

    async def fetch(self, media: str, chat: str, name: str, target: Path) -> None:
        """Copy a file of the store to *target*.

        :raises Unusable: where the store does not have it
        """

        async def work() -> None:
            stored = await self._store.open(f"media/{media}/{name}")
            if stored is None:
                raise Unusable("internal", "The original is not in the store any more.")
            with await asyncio.to_thread(target.open, "wb") as file:
                async for chunk in stored.read():
                    await asyncio.to_thread(file.write, chunk)

        await self._until_done(media, chat, work)

    def try_now(self, media: str) -> bool:
        """Do not wait any longer for the next attempt; false where *media* is not waiting."""
        if (waiting := self._waiting.get(media)) is None:
            return False
        waiting.set()
        return True

    async def _until_done(self, media: str, chat: str, work: Callable[[], Awaitable[None]]) -> None:
        delay, since, is_told = FIRST_DELAY_SECONDS, time.monotonic(), False
        try:
            while True:
                try:
                    await work()
                    return
                except (StoreError, OSError) as error:
                    self.problems[media] = f"A file waits in the spool: {error}"
                    log.exception("clip not stored, will retry", extra={"media": media})
                if not is_told and time.monotonic() - since >= LATE_SECONDS:
                    await self._tell_late(media, chat)
                    is_told = True
                await self._pause(media, delay * random.uniform(0.5, 1.0))  # noqa: S311  # spreads retries, guards nothing
                delay = min(2 * delay, LONGEST_DELAY_SECONDS)
        finally:
            self.problems.pop(media, None)

    async def _pause(self, media: str, seconds: float) -> None:
        wanted = self._waiting[media] = asyncio.Event()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await wanted.wait()
        finally:
            del self._waiting[media]


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
