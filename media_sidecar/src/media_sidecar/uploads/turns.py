"""One request at a time for each upload. The newest goes first: a phone's dead connection may hold the older one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


class Turn:
    """One request's time with an upload.

    :ivar is_over: whether a newer request waits for it
    """

    def __init__(self) -> None:
        self.is_over = False
        self._heard_at = 0.0
        self._patience: asyncio.Timeout | None = None

    def end(self) -> None:
        """Make :meth:`patience` end."""
        self.is_over = True
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(asyncio.get_running_loop().time())

    @contextlib.asynccontextmanager
    async def patience(self, seconds: float) -> AsyncIterator[None]:
        """Let the block wait until the turn is over, or nothing has been :meth:`heard` for *seconds*.

        :raises TimeoutError: in both cases
        """
        async with asyncio.timeout(0 if self.is_over else seconds) as self._patience:
            try:
                yield
            finally:
                self._patience = None

    def heard(self, seconds: float) -> None:
        """Something came: be patient for another *seconds*."""
        now = asyncio.get_running_loop().time()
        if self._patience is not None and not self.is_over and now - self._heard_at > seconds / 16:
            self._heard_at = now
            self._patience.reschedule(now + seconds)


@dataclass
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    turns: list[Turn] = field(default_factory=list)


class Turns:
    """Who has which upload."""

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}

    @contextlib.asynccontextmanager
    async def take(self, media: str) -> AsyncIterator[Turn]:
        """End the turns of every older request for *media*, and have it alone as soon as they have put it down."""
        queue = self._queues.setdefault(media, _Queue())
        for older in queue.turns:
            older.end()
        turn = Turn()
        queue.turns.append(turn)
        try:
            async with queue.lock:
                yield turn
        finally:
            queue.turns.remove(turn)
            if not queue.turns:
                del self._queues[media]

    def end_all(self) -> None:
        """End every turn."""
        for queue in self._queues.values():
            for turn in queue.turns:
                turn.end()
