"""From the network to the disk: threads write and hash what came before while the event loop reads what comes next."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

GATHERED_BYTES = 2 * 1024 * 1024
"""What is held at most while as much is being written; the network waits meanwhile."""


Piece = bytes | memoryview
Work = Callable[[list[Piece]], None]


class WriteBehind:
    """Gives pieces to each of *works* in their order, as many at once as have gathered while they were busy.

    :param works: block; run in *threads*, side by side, each never twice at the same time
    :param done: told how many bytes of earlier pieces all of them are done with
    """

    def __init__(self, threads: Executor, works: Sequence[Work], done: Callable[[int], None]) -> None:
        self._threads = threads
        self._works = works
        self._done = done
        self._gathered: list[Piece] = []
        self._size = 0
        self._being_written = 0
        self._writing: asyncio.Future[list[BaseException | None]] | None = None
        self._problem: BaseException | None = None

    async def take(self, piece: Piece) -> None:
        """Have *piece* written soon.

        :raises Exception: what one of them raised for an earlier one; nothing is written after that
        """
        self._raise_problem()
        self._gathered.append(piece)
        self._size += len(piece)
        if self._writing is None:
            self._hand_over()
        elif self._size >= GATHERED_BYTES:
            # Not awaited itself: to be cancelled while waiting must not take the work's result away.
            await asyncio.wait([self._writing])

    async def finish(self) -> None:
        """Wait until all is written.

        :raises Exception: what one of them raised
        """
        while self._writing is not None:
            await asyncio.wait([self._writing])
        self._raise_problem()

    async def drop(self) -> None:
        """Write nothing more, and wait until nothing is being written."""
        self._gathered, self._size = [], 0
        while self._writing is not None:
            await asyncio.wait([self._writing])

    def _hand_over(self) -> None:
        pieces, self._gathered = self._gathered, []
        self._being_written, self._size = self._size, 0
        run = asyncio.get_running_loop().run_in_executor
        self._writing = asyncio.gather(
            *(run(self._threads, work, pieces) for work in self._works), return_exceptions=True
        )
        self._writing.add_done_callback(self._written)

    def _written(self, writing: asyncio.Future[list[BaseException | None]]) -> None:
        self._writing = None
        self._problem = next((problem for problem in writing.result() if problem is not None), None)
        self._done(self._being_written)
        if self._gathered and self._problem is None:
            # Also where the network is silent now: what came is not to wait for what comes.
            self._hand_over()

    def _raise_problem(self) -> None:
        if self._problem is not None:
            raise self._problem
