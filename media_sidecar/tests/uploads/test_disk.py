"""What counts is on the disk; a disk that is full or slow loses nothing and holds nobody else up."""

import asyncio
import contextlib
import errno
import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.uploading import diary
from harness.waiting import until

from media_sidecar.uploads import part_file
from media_sidecar.uploads.direct_body import BUFFER_BYTES, DirectBody

from .station import Station

CONTENT = diary(3_000_000)


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Writing beyond *size* fails in this process, half done, as it does where a disk or a quota is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Gate:
    """Holds the disk up until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_reached = False
        self._opened = threading.Event()
        self._sync = os.fdatasync
        monkeypatch.setattr(os, "fdatasync", self._pass)

    def open(self) -> None:
        self._opened.set()

    def _pass(self, descriptor: int) -> None:
        self.is_reached = True
        self._opened.wait()
        self._sync(descriptor)


async def test_a_file_for_which_there_is_no_room_is_refused_before_it_is_sent(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    async with Station(tmp_path / "data", odoo, min_free_bytes=10**15).running() as station:
        sender = station.sender(CONTENT)
        answer = await sender.begin()
        assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
        assert (await sender.head()).status_code == 404
        await sender.client.aclose()


async def test_uploads_that_are_coming_have_their_room_kept(
    tmp_path: Path, odoo: OdooStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Station(tmp_path / "data", odoo).running() as station:
        room = type("Usage", (), {"free": int(2.5 * len(CONTENT))})
        monkeypatch.setattr("media_sidecar.uploads.admission.shutil.disk_usage", lambda folder: room)
        first, second, third = (station.sender(CONTENT) for _ in range(3))
        assert [(await sender.begin()).status_code for sender in (first, second, third)] == [201, 201, 507]
        await first.delete()
        assert (await third.begin()).status_code == 201
        for sender in (first, second, third):
            await sender.client.aclose()


async def test_a_disk_that_fills_up_on_the_way_keeps_what_arrived_and_the_upload_goes_on_later(
    station: Station, odoo: OdooStandIn
) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        with files_no_larger_than(2_000_000):
            answer = await sender.patch(0)
            assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
            assert answer.headers["upload-offset"] == "2000000"
            again = await sender.patch(2_000_000)
            assert (again.status_code, again.headers["upload-offset"]) == (507, "2000000")
        assert await sender.offset() == 2_000_000
        assert (await sender.send()).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


@pytest.mark.parametrize("full_at", [1, len(CONTENT)])
async def test_bytes_that_the_disk_did_not_take_do_not_count(
    station: Station, odoo: OdooStandIn, monkeypatch: pytest.MonkeyPatch, full_at: int
) -> None:
    """A file system may find out that it is full only when it brings to the disk what was written before."""
    monkeypatch.setattr("media_sidecar.uploads.reception.FLUSH_BYTES", 500_000)

    def sync(descriptor: int) -> None:
        if os.fstat(descriptor).st_size >= full_at:
            raise OSError(errno.ENOSPC, "no space left")

    async with station.sender(CONTENT) as sender:
        await sender.begin()
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", sync)
            answer = await sender.patch(0)
        assert (answer.status_code, answer.headers["upload-offset"]) == (507, "0")
        assert (await sender.send()).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


async def test_bytes_that_could_not_be_written_down_do_not_count(station: Station, odoo: OdooStandIn) -> None:
    """The database is full, not the spool."""

    def limit(connection: sqlite3.Connection) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO outbox VALUES (hex(randomblob(8)), 'filler', 1, zeroblob(400), 0, 'parked')")

    def empty(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1000000")
        connection.execute("DELETE FROM outbox WHERE room = 'filler'")

    async with station.sender(CONTENT, filename="x" * 250 + ".txt") as sender:
        await sender.begin()
        await sender.patch(0, 1_000_000)
        await station.database.run(limit)
        with contextlib.suppress(sqlite3.OperationalError):
            while True:
                await station.database.run(fill)
        answer = await sender.patch(1_000_000)
        assert (answer.status_code, answer.headers["upload-offset"]) == (507, "1000000")
        await station.database.run(empty)
        assert await sender.offset() == 1_000_000
        assert (await sender.send()).status_code == 204
        assert station.file(sender).read_bytes() == CONTENT
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


async def test_no_answer_counts_bytes_before_they_are_on_the_disk(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        gate = Gate(monkeypatch)
        sent = asyncio.create_task(sender.patch(0, 1000))
        await until(lambda: gate.is_reached)
        known = await station.known(sender)
        assert known is not None
        assert known.received_bytes == 0
        assert not sent.done()
        gate.open()
        assert (await sent).headers["upload-offset"] == "1000"


async def test_a_disk_that_hangs_holds_up_nobody_else(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings are carried by the same event loop."""
    async with station.sender(CONTENT) as sender, station.sender(CONTENT) as other:
        await sender.begin()
        await other.begin()
        gate = Gate(monkeypatch)
        sent = asyncio.create_task(sender.patch(0))
        await until(lambda: gate.is_reached)
        assert await other.offset() == 0
        assert (await other.client.options(f"{station.url}/uploads")).status_code == 204
        gate.open()
        assert (await sent).status_code == 204


async def test_a_network_faster_than_the_disk_waits_for_it(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the file, little of it is in memory at a time."""
    received, opened = 0, threading.Event()
    write, updated = part_file.PartFile.write, DirectBody.buffer_updated

    def wait(part: part_file.PartFile, piece: bytes) -> None:
        opened.wait()
        write(part, piece)

    def note(body: DirectBody, count: int) -> None:
        nonlocal received
        received += count
        updated(body, count)

    monkeypatch.setattr(part_file.PartFile, "write", wait)
    monkeypatch.setattr(DirectBody, "buffer_updated", note)
    async with station.sender(diary(50_000_000)) as sender:
        await sender.begin()
        sent = asyncio.create_task(sender.patch(0))
        # What came together with the request's headers is in the server's own small buffer.
        await until(lambda: received > BUFFER_BYTES - 500_000)
        assert (await sender.client.options(f"{station.url}/uploads")).status_code == 204
        assert received <= BUFFER_BYTES
        opened.set()
        assert (await sent).status_code == 204


async def test_more_requests_than_memory_allows_are_asked_to_come_back(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_sidecar.uploads.service.AT_ONCE", 1)
    async with station.sender(CONTENT) as first, station.sender(CONTENT) as second:
        await first.begin()
        await second.begin()
        hanging = await first.hanging(0, 1000)
        await until(lambda: station.uploads.under_way == 1)
        answer = await second.patch(0)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        await hanging.cut()
        await until(lambda: station.uploads.under_way == 0)
        assert (await second.patch(0)).status_code == 204


async def test_one_chat_does_not_take_the_place_of_the_others(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_sidecar.uploads.service.AT_ONCE_PER_CHAT", 1)
    senders = [station.sender(CONTENT, chat=chat) for chat in ("greedy", "greedy", "another")]
    dripping, more, other = senders
    for sender in senders:
        await sender.begin()
    hanging = await dripping.hanging(0, 1000)
    await until(lambda: station.uploads.under_way == 1)
    answer = await more.patch(0)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) > 0
    assert (await other.patch(0)).status_code == 204
    await hanging.cut()
    await until(lambda: station.uploads.under_way == 0)
    assert (await more.patch(0)).status_code == 204
    for sender in senders:
        await sender.client.aclose()
