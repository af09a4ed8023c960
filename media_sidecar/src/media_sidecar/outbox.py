"""Events for Odoo: on the disk before anything counts as done, delivered in order per room, for ever."""

import asyncio
import contextlib
import logging
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .clock import iso
from .database import Change, Database
from .metrics import Metrics
from .protocol import EVENTS_PATH, Event, Seal

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
REQUEST_TIMEOUT_SECONDS = 15.0
DELIVERIES_AT_ONCE = 8
RETRIED_STATUSES = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 429})
"""Client errors that say nothing about the event itself: a wrong secret or clock, a proxy, a limit, an Odoo that is
being upgraded or has no database yet."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Backlog:
    """What has not reached Odoo.

    :ivar pending: events that are being delivered
    :ivar oldest_seconds: age of the oldest of them
    :ivar parked: events that Odoo refused for good
    """

    pending: int
    oldest_seconds: float
    parked: int


class Outbox:
    """The durable queue of events.

    :param database: where they are kept
    :param seal: signs them
    :param odoo_url: base address of Odoo
    :param client: does the requests; the caller closes it
    :param first_delay: seconds before the first retry; doubles with each one up to a minute
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        odoo_url: str,
        client: httpx.AsyncClient,
        metrics: Metrics,
        *,
        first_delay: float = FIRST_DELAY_SECONDS,
    ) -> None:
        self._database = database
        self._seal = seal
        self._url = odoo_url + EVENTS_PATH
        self._client = client
        self._metrics = metrics
        self._first_delay = first_delay
        self._slots = asyncio.Semaphore(DELIVERIES_AT_ONCE)
        self._couriers: dict[str, asyncio.Task[None]] = {}
        self._rooms_to_look_at: set[str] = set()
        self._paused: set[asyncio.Event] = set()
        self._closed = False
        self.last_problem: str | None = None
        """Why the latest delivery failed; nothing after one that succeeded."""

    async def start(self) -> None:
        """Give refused events another chance, then deliver whatever an earlier run left."""

        def work(connection: sqlite3.Connection) -> list[str]:
            connection.execute("UPDATE outbox SET failure = NULL WHERE failure IS NOT NULL")
            return [room for (room,) in connection.execute("SELECT DISTINCT room FROM outbox")]

        for room in await self._database.run(work):
            self.notify(room)

    async def close(self) -> None:
        """Stop delivering; what is left waits for the next start."""
        self._closed = True
        couriers = list(self._couriers.values())
        for courier in couriers:
            courier.cancel()
        await asyncio.gather(*couriers, return_exceptions=True)

    def event(self, room: str, kind: str, data: dict[str, Any], at: float | None = None) -> Change:
        """The change that puts an event into the box; after its transaction call :meth:`notify`."""
        happened = time.time() if at is None else at

        def insert(connection: sqlite3.Connection) -> None:
            [sequence] = connection.execute(
                "INSERT INTO event_sequence (room, last) VALUES (?, 1)"
                " ON CONFLICT (room) DO UPDATE SET last = last + 1 RETURNING last",
                (room,),
            ).fetchone()
            event = Event(room=room, sequence=sequence, type=kind, at=iso(happened), data=data)
            connection.execute(
                "INSERT INTO outbox (id, room, sequence, body, created_at) VALUES (?, ?, ?, ?, ?)",
                (event.id, room, sequence, event.body(), time.time()),
            )

        return insert

    def notify(self, room: str) -> None:
        """Say that *room* has something to deliver."""
        if self._closed:
            return
        self._rooms_to_look_at.add(room)
        if room not in self._couriers:
            courier = asyncio.create_task(self._deliver(room), name=f"outbox {room}")
            self._couriers[room] = courier
            courier.add_done_callback(lambda task: self._retire(room, task))

    async def backlog(self) -> Backlog:
        """Count what has not been delivered."""

        def work(connection: sqlite3.Connection) -> Backlog:
            pending, oldest, parked = connection.execute(
                "SELECT COUNT(*) FILTER (WHERE failure IS NULL), MIN(created_at) FILTER (WHERE failure IS NULL),"
                " COUNT(*) FILTER (WHERE failure IS NOT NULL) FROM outbox"
            ).fetchone()
            return Backlog(pending, max(0.0, time.time() - oldest) if oldest is not None else 0.0, parked)

        return await self._database.run(work)

    def _retire(self, room: str, courier: asyncio.Task[None]) -> None:
        del self._couriers[room]
        if courier.cancelled():
            return
        if error := courier.exception():
            log.error("delivery stopped; it goes on with the room's next event", exc_info=error, extra={"room": room})
        elif room in self._rooms_to_look_at:
            self.notify(room)

    async def _deliver(self, room: str) -> None:
        failures = 0
        while not self._closed:
            # Taken off before the look: an event that comes in between is looked for again.
            self._rooms_to_look_at.discard(room)
            try:
                head = await self._database.run(_head_of(room))
                if head is None:
                    return
                async with self._slots:
                    retry = await self._post(room, *head)
            except sqlite3.Error:
                # A full disk, say. What Odoo has taken already it knows by its id when it comes again.
                log.exception("the outbox cannot be read or written, will retry", extra={"room": room})
                retry = True
            if retry:
                failures += 1
                await self._pause(self._delay(failures))
            else:
                failures = 0

    def _delay(self, failures: int) -> float:
        longest: float = min(LONGEST_DELAY_SECONDS, self._first_delay * 2 ** min(failures - 1, 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  # spreads retries, guards nothing

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until Odoo has taken another room's event."""
        returned = asyncio.Event()
        self._paused.add(returned)
        try:
            # Not wait_for, which in Python 3.11 loses a cancellation that comes together with the result.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await returned.wait()
        finally:
            self._paused.discard(returned)

    async def _post(self, room: str, event_id: str, body: bytes) -> bool:
        """Send one event; true when it must be sent again."""
        headers = self._seal.event_headers(body) | {"Content-Type": "application/json"}
        try:
            response = await self._client.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            return self._failed(room, event_id, f"Odoo cannot be reached ({type(error).__name__}).")
        status = response.status_code
        if 200 <= status < 300:
            await self._database.run(
                lambda connection: connection.execute("DELETE FROM outbox WHERE id = ?", (event_id,))
            )
            self._metrics.events.labels("delivered").inc()
            self._succeeded()
            return False
        if 400 <= status < 500 and status not in RETRIED_STATUSES:
            problem = f"Odoo refused an event with status {status}."
            await self._database.run(
                lambda connection: connection.execute("UPDATE outbox SET failure = ? WHERE id = ?", (problem, event_id))
            )
            self._metrics.events.labels("refused").inc()
            log.error("event refused for good", extra={"room": room, "event": event_id, "status": status})
            return False
        return self._failed(room, event_id, f"Odoo answered an event with status {status}.")

    def _failed(self, room: str, event_id: str, problem: str) -> bool:
        self.last_problem = problem
        self._metrics.events.labels("retried").inc()
        log.warning("event not delivered, will retry", extra={"room": room, "event": event_id, "problem": problem})
        return True

    def _succeeded(self) -> None:
        if self.last_problem is not None:
            self.last_problem = None
            for returned in self._paused:
                returned.set()


def _head_of(room: str) -> Callable[[sqlite3.Connection], tuple[str, bytes] | None]:
    def work(connection: sqlite3.Connection) -> tuple[str, bytes] | None:
        row: tuple[str, bytes] | None = connection.execute(
            "SELECT id, body FROM outbox WHERE room = ? AND failure IS NULL ORDER BY sequence LIMIT 1", (room,)
        ).fetchone()
        return row

    return work
