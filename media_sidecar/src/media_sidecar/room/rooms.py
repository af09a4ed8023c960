"""All rooms of this service: opened when someone comes, restored after a restart, forgotten when nobody is left."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..database import Database
from ..outbox import Outbox
from ..protocol import RoomTicket, Seal
from . import journal
from .connection import Connection
from .outgoing import Outgoing
from .participant import Participant
from .recording import RecorderCalls
from .room import EndReason, Room
from .studio import Studio

SEEN_INTERVAL_SECONDS = 5.0
"""How often the disk is told who is here: a call that a crash ends is at most this much too short."""
RETRY_SECONDS = 1.0

ResultT = TypeVar("ResultT")

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Entry:
    room: Room
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    timer: asyncio.TimerHandle | None = None


class Rooms:
    """The rooms, each of which one task at a time may hold.

    :param grace: seconds that a participant without a socket still counts as present
    """

    def __init__(self, database: Database, outbox: Outbox, studio: Studio, seal: Seal, grace: float) -> None:
        self._database = database
        self._outbox = outbox
        self._studio = studio
        self._seal = seal
        self._grace = grace
        self._entries: dict[str, _Entry] = {}
        self._ended: dict[str, tuple[float, str]] = {}
        self._removed: dict[str, dict[str, float]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def start(self) -> None:
        """Restore the rooms of an earlier run."""
        self._ended = await self._database.run(journal.load_ended)
        self._removed = await self._database.run(journal.load_removed)
        for key, stored in (await self._database.run(journal.load)).items():
            entry = self._open(key)
            entry.room.restore(stored)
            await self._expire(key)
        self._spawn(self._note_presence())

    async def close(self) -> None:
        """Stop: recordings are finished, calls stay open for the next start."""
        self._closing = True
        for entry in list(self._entries.values()):
            async with entry.lock:
                entry.room.recording.interrupt()
                await self._flush(entry)
        for entry in self._entries.values():
            if entry.timer is not None:
                entry.timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[Room]:
        """Hold the room *key*: no other task changes it meanwhile; what was decided is let out at the end."""
        entry = self._entries.get(key) or self._open(key)
        entry.users += 1
        try:
            async with entry.lock:
                try:
                    yield entry.room
                finally:
                    await self.whole(self._flush(entry))
        finally:
            entry.users -= 1
            self._arm(entry)
            if not entry.users and entry.room.is_idle:
                self._forget(entry)

    async def enter(self, ticket: RoomTicket, connection: Connection) -> Participant:
        """Let the bearer of *ticket* into its room; raises as :meth:`.room.Room.enter`."""
        is_in = False
        async with self.hold(ticket.room) as room:
            try:
                participant = await room.enter(ticket, connection)
                is_in = not connection.is_closed
                return participant
            finally:
                if not is_in:
                    room.detach(connection)

    async def detach(self, room_key: str, connection: Connection) -> None:
        """A socket has gone."""
        if self._closing:
            return
        async with self.hold(room_key) as room:
            room.detach(connection)

    async def end(self, room_key: str, reason: EndReason, at: float) -> bool:
        """Odoo closes a room; as :meth:`.room.Room.end`."""
        async with self.hold(room_key) as room:
            return await room.end(reason, at)

    async def remove(self, room_key: str, participant: str, at: float) -> bool:
        """Odoo sends one participant out; as :meth:`.room.Room.remove`."""
        async with self.hold(room_key) as room:
            return await room.remove(participant, at)

    def counts(self) -> dict[str, int]:
        """How many rooms, participants, calls and recordings there are."""
        rooms = [entry.room for entry in self._entries.values()]
        return {
            "rooms": len(rooms),
            "participants": sum(len(room.participants) for room in rooms),
            "calls": sum(room.call is not None for room in rooms),
            "recordings": sum(room.recording.is_active for room in rooms),
        }

    def _open(self, key: str) -> _Entry:
        participants: dict[str, Participant] = {}
        outgoing = Outgoing(key, participants, self._database, self._outbox)

        def recording_failed(reason: str) -> None:
            self._spawn(self._recording_failed(key, reason))

        def parts_changed() -> None:
            self._spawn(self._settle_recording(key))

        recorder_calls = RecorderCalls(recording_failed, parts_changed)
        room = Room(key, outgoing, participants, self._studio, self._seal, self._grace, recorder_calls)
        room.ended = self._ended.get(key)
        room.removed = self._removed.get(key, {})
        entry = self._entries[key] = _Entry(room)
        return entry

    def _forget(self, entry: _Entry) -> None:
        if entry.timer is not None:
            entry.timer.cancel()
        if entry.room.ended is not None:
            self._ended[entry.room.key] = entry.room.ended
        if entry.room.removed:
            self._removed[entry.room.key] = entry.room.removed
        del self._entries[entry.room.key]

    async def _flush(self, entry: _Entry) -> None:
        try:
            await entry.room.outgoing.flush()
        except sqlite3.Error:
            # Nothing was said, nothing is lost: the timer tries again.
            log.exception("the database cannot be written", extra={"room": entry.room.key})

    def _arm(self, entry: _Entry) -> None:
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
        if self._closing:
            return
        loop = asyncio.get_running_loop()
        deadline = entry.room.deadline()
        if not entry.room.outgoing.is_empty:
            deadline = min(deadline or float("inf"), loop.time() + RETRY_SECONDS)
        if deadline is not None:
            entry.timer = loop.call_at(deadline, lambda: self._spawn(self._expire(entry.room.key)))

    async def _expire(self, key: str) -> None:
        async with self.hold(key) as room:
            await room.expire()

    async def _recording_failed(self, key: str, reason: str) -> None:
        async with self.hold(key) as room:
            await room.recording.failed(reason)

    async def _settle_recording(self, key: str) -> None:
        async with self.hold(key) as room:
            await room.recording.settle()

    async def _note_presence(self) -> None:
        while True:
            await asyncio.sleep(SEEN_INTERVAL_SECONDS)
            here = [
                (entry.room.key, participant.id)
                for entry in self._entries.values()
                for participant in entry.room.participants.values()
                if participant.connection is not None
            ]
            if not here:
                continue
            try:
                await self._database.apply([journal.seen(here, time.time())])
            except sqlite3.Error:
                log.exception("the database cannot be written")

    async def whole(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Do *work* to its end, also where the waiting task is cancelled: no room is left in two minds."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a room's task failed", exc_info=error)
