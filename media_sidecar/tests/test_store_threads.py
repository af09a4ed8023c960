"""Blocking calls: a limited number at once, none lost, and nobody waits for one that is given up."""

import asyncio
import threading

import pytest
from harness.waiting import until

from media_sidecar.store import Threads


async def test_no_more_calls_run_at_once_than_allowed() -> None:
    threads = Threads("test", 2)
    go_on, running, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def work() -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        go_on.wait()
        with lock:
            running[0] -= 1
        return 1

    calls = [asyncio.create_task(threads.run(work)) for _ in range(6)]
    await until(lambda: running[0] == 2)
    go_on.set()
    assert sum(await asyncio.gather(*calls)) == 6
    assert most[0] == 2


async def test_an_error_reaches_whoever_waits() -> None:
    def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Threads("test", 1).run(work)


async def test_a_call_that_is_given_up_ends_by_itself_and_frees_its_place() -> None:
    threads = Threads("test", 1)
    started, go_on = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go_on.wait()

    given_up = asyncio.create_task(threads.run(work))
    await until(started.is_set)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    next_call = asyncio.create_task(threads.run(lambda: "next"))
    await asyncio.sleep(0)
    assert not next_call.done()
    go_on.set()
    assert await next_call == "next"


async def test_threads_do_not_hold_up_the_end_of_the_process() -> None:
    assert await Threads("test", 1).run(lambda: threading.current_thread().daemon)
