"""From the network to the disk: threads write and hash what came before while the event loop reads what comes next."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

HELD_BYTES = 2 * 1024 * 1024
"""So much may wait to be written; the network waits meanwhile."""
PIECES_A_TURN = 32

Piece = bytes | memoryview
Work = Callable[[Piece], None]


class WriteBehind:
    """Gives pieces to each of *works* in their order.

    :param works: block; run in *threads*, side by side, each never twice at the same time
    :param done: told in the event loop how many bytes of earlier pieces all of them are done with
    """

    def __init__(self, threads: Executor, works: Sequence[Work], done: Callable[[int], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._lanes = [_Lane(threads, work, self._progress) for work in works]
        self._done = done
        self._taken = 0
        self._released = 0
        self._is_told = threading.Event()
        self._progressed = asyncio.Event()

    async def take(self, piece: Piece) -> None:
        """Have *piece* written soon.

        :raises Exception: what one of them raised for an earlier one; nothing is written after that
        """
        self._raise_problem()
        self._taken += len(piece)
        for lane in self._lanes:
            lane.put(piece)
        while self._taken - self._released >= HELD_BYTES and self._is_busy():
            await self._progress_is_made()

    async def finish(self) -> None:
        """Wait until all is written.

        :raises Exception: what one of them raised
        """
        while self._is_busy():
            await self._progress_is_made()
        self._raise_problem()

    async def drop(self) -> None:
        """Write nothing more, and wait until nothing is being written."""
        for lane in self._lanes:
            lane.drop()
        while self._is_busy():
            await self._progress_is_made()

    async def _progress_is_made(self) -> None:
        self._progressed.clear()
        if self._is_busy():
            await self._progressed.wait()

    def _is_busy(self) -> bool:
        return any(lane.is_busy for lane in self._lanes)

    def _raise_problem(self) -> None:
        for lane in self._lanes:
            if lane.problem is not None:
                raise lane.problem

    def _progress(self) -> None:
        """A lane is done with a piece, or idle. It runs in the lane's thread."""
        if not self._is_told.is_set():
            self._is_told.set()
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._is_told.clear()
        done = min(lane.done for lane in self._lanes)
        if done > self._released:
            self._done(done - self._released)
            self._released = done
        self._progressed.set()


class _Lane:
    """One kind of work on all pieces; a thread has it only while there is something to do.

    :ivar done: bytes of the pieces that the work is done with
    :ivar problem: what the work raised; nothing more is done then
    """

    def __init__(self, threads: Executor, work: Work, progress: Callable[[], None]) -> None:
        self._threads = threads
        self._work = work
        self._progress = progress
        self._lock = threading.Lock()
        self._pieces: deque[Piece] = deque()
        self.is_busy = False
        self.done = 0
        self.problem: BaseException | None = None

    def put(self, piece: Piece) -> None:
        with self._lock:
            self._pieces.append(piece)
            if self.is_busy or self.problem is not None:
                return
            self.is_busy = True
        self._threads.submit(self._run)

    def drop(self) -> None:
        with self._lock:
            self._pieces.clear()

    def _run(self) -> None:
        for _ in range(PIECES_A_TURN):
            with self._lock:
                if not self._pieces or self.problem is not None:
                    self.is_busy = False
                    break
                piece = self._pieces.popleft()
            try:
                self._work(piece)
            except BaseException as error:
                self.problem = error
            self.done += len(piece)
            self._progress()
        else:
            # Other uploads wait for the thread too.
            self._threads.submit(self._run)
        self._progress()
