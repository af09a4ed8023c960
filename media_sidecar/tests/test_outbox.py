"""Events reach Odoo once, in order, whatever happens on the way."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, SidecarProcess, settings_for
from harness.tickets import SECRET
from harness.waiting import until, until_async

from media_sidecar.database import Database
from media_sidecar.metrics import Metrics
from media_sidecar.outbox import LONGEST_DELAY_SECONDS, Outbox
from media_sidecar.protocol import Seal


class Post:
    """An outbox on a database of its own, which may be opened again."""

    def __init__(self, folder: Path, odoo: OdooStandIn) -> None:
        self._path = folder / "outbox.sqlite3"
        self._odoo = odoo
        self.outbox: Outbox
        self.database: Database

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Post"]:
        self.database = Database(self._path)
        await self.database.open()
        async with httpx.AsyncClient() as client:
            self.outbox = Outbox(self.database, Seal(SECRET), self._odoo.url, client, Metrics(), first_delay=0.01)
            await self.outbox.start()
            yield self
            await self.outbox.close()
        await self.database.close()

    async def put(self, *kinds: str, room: str = "room") -> None:
        await self.database.apply([self.outbox.event(room, kind, {"n": kind}) for kind in kinds])
        self.outbox.notify(room)

    async def empty(self) -> None:
        async def is_empty() -> bool:
            return (await self.outbox.backlog()).pending == 0

        await until_async(is_empty)


@pytest.fixture
def post(tmp_path: Path, odoo: OdooStandIn) -> Post:
    return Post(tmp_path, odoo)


async def test_events_arrive_signed_in_order_with_their_place_in_the_room(post: Post, odoo: OdooStandIn) -> None:
    async with post.open():
        await post.put("a", "b")
        await post.put("c")
        await post.empty()
    assert [(event["type"], event["sequence"]) for event in odoo.events] == [("a", 1), ("b", 2), ("c", 3)]
    assert odoo.bad_signatures == 0


async def test_every_room_counts_for_itself(post: Post, odoo: OdooStandIn) -> None:
    async with post.open():
        await post.put("a", room="one")
        await post.put("a", room="two")
        await post.empty()
    assert sorted((event["room"], event["sequence"]) for event in odoo.events) == [("one", 1), ("two", 1)]


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 502, 503, 302])
async def test_an_event_that_odoo_could_not_take_is_sent_again_unchanged(
    post: Post, odoo: OdooStandIn, status: int
) -> None:
    odoo.answers = [status, status]
    async with post.open():
        await post.put("a", "b")
        await post.empty()
    assert [event["type"] for event in odoo.attempts] == ["a", "a", "a", "b"]
    assert odoo.attempts[0] == odoo.attempts[2]
    assert odoo.types() == ["a", "b"]


@pytest.mark.parametrize("status", [400, 409, 413, 422])
async def test_an_event_that_odoo_refuses_for_good_is_parked_and_the_room_goes_on(
    post: Post, odoo: OdooStandIn, status: int
) -> None:
    odoo.refused_types = {"b": status}
    async with post.open():
        await post.put("a", "b", "c")
        await post.empty()
        assert (await post.outbox.backlog()).parked == 1
    assert odoo.types() == ["a", "c"]


async def test_a_parked_event_gets_another_chance_at_the_next_start(post: Post, odoo: OdooStandIn) -> None:
    odoo.refused_types = {"a": 422}
    async with post.open():
        await post.put("a")
        await post.empty()
    odoo.refused_types = {}
    async with post.open():
        await post.empty()
        assert (await post.outbox.backlog()).parked == 0
    assert odoo.types() == ["a"]


async def test_one_room_that_fails_does_not_hold_up_another(post: Post, odoo: OdooStandIn) -> None:
    odoo.refused_types = {"stuck": 500}
    async with post.open():
        await post.put("stuck", room="one")
        await post.put("a", room="two")
        await until(lambda: odoo.types("two") == ["a"])
    assert odoo.types("one") == []


async def test_events_wait_while_odoo_is_away_and_arrive_when_it_is_back(tmp_path: Path) -> None:
    odoo = OdooStandIn()
    post = Post(tmp_path, odoo)
    async with post.open():
        await post.put("a", "b")
        await until(lambda: post.outbox.last_problem is not None)
        backlog = await post.outbox.backlog()
        assert (backlog.pending, backlog.parked) == (2, 0)
        async with odoo.running():
            await post.empty()
        assert post.outbox.last_problem is None
    assert odoo.types() == ["a", "b"]


async def test_events_outlive_the_service(tmp_path: Path) -> None:
    odoo = OdooStandIn()
    post = Post(tmp_path, odoo)
    async with post.open():
        await post.put("a")
    async with post.open():
        await post.put("b")
    async with odoo.running(), post.open():
        await post.empty()
    assert [(event["type"], event["sequence"]) for event in odoo.events] == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("refused", [sqlite3.SQLITE_SELECT, sqlite3.SQLITE_DELETE], ids=["read", "delete"])
async def test_an_outbox_that_cannot_be_read_or_written_for_a_while_goes_on_by_itself(
    post: Post, odoo: OdooStandIn, refused: int
) -> None:
    failures: list[int] = []

    def authorize(action: int, table: str | None, *more: str | None) -> int:
        if action == refused and len(failures) < 3:
            failures.append(action)
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    async with post.open():
        await post.database.apply([post.outbox.event("room", kind, {}) for kind in ("a", "b")])
        await post.database.run(lambda connection: connection.set_authorizer(authorize))
        post.outbox.notify("room")
        await until(lambda: odoo.types() == ["a", "b"])
        await post.empty()
    assert len(failures) == 3


async def test_a_transaction_that_fails_leaves_no_event(post: Post, odoo: OdooStandIn) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise sqlite3.IntegrityError("not this one")

    async with post.open():
        with pytest.raises(sqlite3.IntegrityError):
            await post.database.apply([post.outbox.event("room", "a", {}), fail])
        await post.put("b")
        await post.empty()
    assert [(event["type"], event["sequence"]) for event in odoo.events] == [("b", 1)]


def test_delays_double_up_to_a_minute_and_are_spread(tmp_path: Path) -> None:
    outbox = Outbox(Database(tmp_path / "x"), Seal(SECRET), "http://odoo", httpx.AsyncClient(), Metrics())
    for failures, longest in [(1, 1), (2, 2), (5, 16), (7, LONGEST_DELAY_SECONDS), (1000, LONGEST_DELAY_SECONDS)]:
        delays = {outbox._delay(failures) for _ in range(50)}
        assert longest / 2 <= min(delays) < max(delays) <= longest


async def test_what_happened_in_a_room_survives_kill_9_while_odoo_is_away(tmp_path: Path) -> None:
    odoo = OdooStandIn()
    process = SidecarProcess(tmp_path / "data", odoo)
    try:
        await process.start()
        vet = await process.enter("vet-1")
        owner = await process.enter("owner-1")
        await vet.receive("call")
        await owner.send(type="leave")
        # Told to a browser means written to the disk.
        await vet.receive("participant-left")
        await process.kill()
        async with odoo.running():
            await process.start()
            await odoo.wait_for("call.ended")
    finally:
        await process.kill()
    kinds = ["participant.joined", "participant.joined", "call.started", "participant.left", "call.ended"]
    assert odoo.types()[:5] == kinds
    assert [event["sequence"] for event in odoo.events[:5]] == [1, 2, 3, 4, 5]


async def test_a_disk_that_cannot_be_written_for_a_while_loses_nothing(
    tmp_path: Path, odoo: OdooStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo)).running() as sidecar:
        database = sidecar.service.database
        real, failures = database.apply, iter([1, 2])

        async def failing(changes: list[object]) -> None:
            if next(failures, None):
                raise sqlite3.OperationalError("disk full")
            await real(changes)  # type: ignore[arg-type]

        monkeypatch.setattr(database, "apply", failing)
        vet = await sidecar.enter("vet-1")
        assert vet.last("welcome")
        await odoo.wait_for("participant.joined")
    assert odoo.types() == ["participant.joined"]
