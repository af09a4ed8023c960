"""From the network to the disk: threads write and hash what came before while the event loop reads what comes next."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

GATHERED_BYTES = 512 * 1024
"""What is held at most while as much is being written; the network waits meanwhile."""


class WriteBehind:
    """Gives pieces to each of *works* in their order, as many at once as have gathered while they were busy.

    :param works: block; run in *threads*, side by side, each never twice at the same time
    """

    def __init__(self, threads: Executor, works: Sequence[Callable[[list[bytes]], None]]) -> None:
        self._threads = threads
        self._works = works
        self._gathered: list[bytes] = []
        self._size = 0
        self._writing: asyncio.Future[list[BaseException | None]] | None = None

    async def take(self, piece: bytes) -> None:
        """Have *piece* written soon.

        :raises Exception: what one of them raised for an earlier one; nothing is written after that
        """
        self._gathered.append(piece)
        self._size += len(piece)
        if self._writing is not None and not self._writing.done():
            if self._size < GATHERED_BYTES:
                return
            # Not awaited itself: to be cancelled while waiting must not take the result away.
            await asyncio.wait([self._writing])
        self._hand_over()

    async def finish(self) -> None:
        """Wait until all is written.

        :raises Exception: what one of them raised
        """
        while self._writing is not None or self._gathered:
            if self._writing is not None:
                await asyncio.wait([self._writing])
            self._hand_over()

    async def drop(self) -> None:
        """Write nothing more, and wait until nothing is being written."""
        self._gathered, self._size = [], 0
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def _hand_over(self) -> None:
        if self._writing is not None:
            for problem in self._writing.result():
                if problem is not None:
                    raise problem
            self._writing = None
        if self._gathered:
            pieces, self._gathered, self._size = self._gathered, [], 0
            run = asyncio.get_running_loop().run_in_executor
            started = [run(self._threads, work, pieces) for work in self._works]
            self._writing = asyncio.gather(*started, return_exceptions=True)
