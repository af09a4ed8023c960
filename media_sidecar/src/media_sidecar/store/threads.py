"""Blocking calls off the event loop, in threads that never hold up the end of the process."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")


class Threads:
    """Runs a limited number of blocking calls at once.

    Not :func:`asyncio.to_thread`: its few threads are everyone's, and Python waits for each of them at the end, however
    long a server that has gone away keeps it.

    :param name: for whoever looks at the process
    :param limit: how many calls run at once; the others wait
    """

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._free = asyncio.Semaphore(limit)

    async def run(self, work: Callable[[], ResultT]) -> ResultT:
        """The result of *work*, which must not raise :class:`StopIteration`.

        A task that is cancelled stops waiting; the call itself goes on and keeps its place until it has ended.
        """
        loop = asyncio.get_running_loop()
        await self._free.acquire()
        outcome: asyncio.Future[ResultT] = loop.create_future()

        def settle(result: Callable[[], None]) -> None:
            self._free.release()
            if not outcome.done():
                result()

        def body() -> None:
            result: Callable[[], None]
            try:
                value = work()
            except BaseException as error:
                result = _failing(outcome, error)
            else:
                result = _succeeding(outcome, value)
            # The loop may be gone by now: then nobody waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result)

        threading.Thread(target=body, name=self._name, daemon=True).start()
        return await outcome


def _succeeding(outcome: "asyncio.Future[ResultT]", value: ResultT) -> Callable[[], None]:
    return lambda: outcome.set_result(value)


def _failing(outcome: "asyncio.Future[ResultT]", error: BaseException) -> Callable[[], None]:
    return lambda: outcome.set_exception(error)
