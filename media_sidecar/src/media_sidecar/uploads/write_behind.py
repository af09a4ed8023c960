"""From the network to the disk: one thread writes what came before while the event loop reads what comes next."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

GATHERED_BYTES = 512 * 1024
"""What is held at most while as much is being written; the network waits meanwhile."""


class WriteBehind:
    """Gives pieces to *write* in their order, as many at once as have gathered while it was busy.

    :param write: blocks; runs in *threads*, never twice at the same time
    """

    def __init__(self, threads: Executor, write: Callable[[bytes], None]) -> None:
        self._threads = threads
        self._write = write
        self._gathered: list[bytes] = []
        self._size = 0
        self._writing: asyncio.Future[None] | None = None

    async def take(self, piece: bytes) -> None:
        """Have *piece* written soon.

        :raises Exception: what *write* raised for an earlier one; nothing is written after that
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

        :raises Exception: what *write* raised
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
            self._writing.exception()

    def _hand_over(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None
        if self._gathered:
            content = self._gathered[0] if len(self._gathered) == 1 else b"".join(self._gathered)
            self._gathered, self._size = [], 0
            self._writing = asyncio.get_running_loop().run_in_executor(self._threads, self._write, content)
