"""An upload that is cut off anywhere goes on where it stopped, and arrives as it was."""

import asyncio
import random
from pathlib import Path

import httpx
import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import SidecarProcess
from harness.uploading import Sender, diary
from harness.waiting import until, until_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_sidecar.processing import HEAD_BYTES

from .station import Station

CONTENT = diary(400_000)
LONG = diary(60_000_000)


async def has(station: Station, sender: Sender, count: int) -> None:
    """Wait until at least so many bytes are in the file, counted or not."""
    path = station.file(sender)
    await until(lambda: path.stat().st_size >= count)


async def reaches(path: Path, size: int, sent: asyncio.Task[httpx.Response]) -> None:
    """Wait until the file has so many bytes, or the request is over."""
    await until(lambda: path.stat().st_size > size or sent.done())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chunks=st.lists(st.integers(1, 150_000), min_size=1, max_size=12),
    cuts=st.lists(st.floats(0, 1), max_size=4),
)
async def test_whatever_the_pieces_and_wherever_they_are_cut_off_the_file_arrives_whole(
    station: Station, odoo: OdooStandIn, chunks: list[int], cuts: list[float]
) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        for chunk in chunks:
            offset = await sender.offset()
            if offset < len(CONTENT):
                answer = await sender.patch(offset, offset + chunk)
                assert int(answer.headers["upload-offset"]) == min(offset + chunk, len(CONTENT))
        for cut in cuts:
            offset = await sender.offset()
            if offset < len(CONTENT):
                stop = offset + int((len(CONTENT) - offset - 1) * cut)
                hanging = await sender.hanging(offset, stop)
                await hanging.cut()
                assert offset <= await sender.offset() <= stop
        if await sender.offset() < len(CONTENT):
            await sender.send()
        assert station.file(sender).read_bytes() == CONTENT
        await until(lambda: sender.media in station.notes.taken)
        known = await station.known(sender)
    assert known is not None
    assert (known.state, known.sha256) == ("received", sender.sha256)


@pytest.mark.parametrize("count", [1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1])
async def test_a_file_of_any_size_around_what_is_looked_at_arrives(
    station: Station, odoo: OdooStandIn, count: int
) -> None:
    async with station.sender(CONTENT[:count]) as sender:
        await sender.begin()
        assert (await sender.send(count // 2 or 1)).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


async def test_what_arrived_before_the_network_went_counts(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 300_000)
        await has(station, sender, 300_000)
        await hanging.cut()
        assert await sender.offset() == 300_000


@pytest.mark.parametrize("newer", ["HEAD", "POST", "PATCH"])
async def test_a_newer_request_takes_over_from_one_that_a_dead_phone_left_hanging(station: Station, newer: str) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 100_000)
        await has(station, sender, 100_000)
        if newer == "POST":
            answer = await sender.begin()
        else:
            answer = await (sender.head() if newer == "HEAD" else sender.patch(0))
        # What the older one brought counts, so that a newer one that did not ask first learns the true place.
        assert answer.headers["upload-offset"] == "100000"
        assert answer.status_code == {"HEAD": 200, "POST": 201, "PATCH": 409}[newer]
        assert await hanging.status() == 423
        assert (await sender.send()).status_code == 204
        assert station.file(sender).read_bytes() == CONTENT


async def test_bytes_of_the_older_request_that_come_late_do_not_count(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 100_000)
        await has(station, sender, 100_000)
        assert await sender.offset() == 100_000
        await hanging.more(bytes(50_000))
        assert await sender.offset() == 100_000
        await sender.send()
        assert station.file(sender).read_bytes() == CONTENT


async def test_two_pages_with_one_upload_get_it_done(station: Station, odoo: OdooStandIn) -> None:
    media = "ab" * 16

    async def go_on() -> None:
        async with Sender(station.url, CONTENT, media) as page:
            while (offset := await page.offset()) < len(CONTENT):
                answer = await page.patch(offset, offset + 30_000)
                assert answer.status_code in (204, 409, 423)

    async with Sender(station.url, CONTENT, media) as sender:
        await sender.begin()
    await asyncio.gather(go_on(), go_on())
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256
    assert odoo.types("chat").count("media.received") == 1


async def test_a_page_that_calls_an_upload_off_ends_a_request_for_it(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 100_000)
        await has(station, sender, 100_000)
        assert (await sender.delete()).status_code == 204
        assert await hanging.status() == 423
    assert not station.file(sender).parent.exists()


async def test_a_connection_that_says_nothing_any_more_is_put_down(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_sidecar.uploads.reception.SILENCE_SECONDS", 0.05)
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 100_000)
        assert await hanging.status() == 408
        assert await sender.offset() == 100_000


async def test_an_upload_outlives_a_restart_in_its_middle(tmp_path: Path, odoo: OdooStandIn) -> None:
    station = Station(tmp_path / "data", odoo)
    async with station.sender(CONTENT) as sender:
        async with station.running():
            await sender.begin()
            hanging = await sender.hanging(0, 150_000)
            await has(station, sender, 150_000)
        assert await hanging.status() in (503, 500)
        async with station.running():
            assert await sender.offset() == 150_000
            assert (await sender.send(100_000)).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


@pytest.mark.parametrize("rest", [b"", b"bytes that were written but never counted"])
async def test_only_bytes_that_were_counted_are_there_after_a_power_cut(
    tmp_path: Path, odoo: OdooStandIn, rest: bytes
) -> None:
    station = Station(tmp_path / "data", odoo)
    async with station.sender(CONTENT) as sender:
        async with station.running():
            await sender.begin()
            await sender.patch(0, 150_000)
        with station.file(sender).open("ab") as file:
            file.write(rest)
        async with station.running():
            assert await sender.offset() == 150_000
            assert (await sender.send()).status_code == 204
            assert station.file(sender).read_bytes() == CONTENT


async def test_bytes_that_the_disk_has_lost_are_asked_for_again(tmp_path: Path, odoo: OdooStandIn) -> None:
    station = Station(tmp_path / "data", odoo)
    async with station.sender(CONTENT) as sender:
        async with station.running():
            await sender.begin()
            await sender.patch(0, 150_000)
        with station.file(sender).open("r+b") as file:
            file.truncate(70_000)
        async with station.running():
            assert await sender.offset() == 70_000
            assert (await sender.send()).status_code == 204
            assert station.file(sender).read_bytes() == CONTENT


async def test_a_finished_upload_is_known_to_a_page_that_missed_the_last_answer(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0)
        assert await sender.offset() == len(CONTENT)
        assert (await sender.patch(len(CONTENT))).status_code == 204
        late = await sender.patch(0)
        assert (late.status_code, late.headers["upload-offset"]) == (409, str(len(CONTENT)))
    assert station.notes.taken == [sender.media]


@pytest.mark.parametrize("seed", range(2))
async def test_kill_9_at_any_byte_leaves_the_truth_and_the_file_arrives_whole(
    process: SidecarProcess, odoo: OdooStandIn, tmp_path: Path, seed: int
) -> None:
    """The real service, killed again and again in the middle of one long request."""
    chance = random.Random(seed)
    sender = Sender(process.url, LONG)
    path = tmp_path / "data" / "spool" / "uploads" / sender.media / "original.part"
    await process.start()
    await sender.begin()
    for _ in range(2):
        offset = await sender.offset()
        sent = asyncio.create_task(sender.patch(offset))
        target = offset + chance.randrange((len(LONG) - offset) // 2)
        await reaches(path, target, sent)
        await process.kill()
        await asyncio.gather(sent, return_exceptions=True)
        await process.start()
        counted = await sender.offset()
        assert offset <= counted
        assert path.read_bytes()[:counted] == LONG[:counted]
    answer = await sender.send()
    await sender.client.aclose()
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(LONG)))
    received = await odoo.wait_for("media.received")
    assert (received["size"], received["sha256"]) == (len(LONG), sender.sha256)
    ready = await odoo.wait_for("media.ready")
    assert (ready["size"], ready["sha256"]) == (len(LONG), sender.sha256)
    assert odoo.types("chat").count("media.received") == 1


async def test_kill_9_between_requests_loses_nothing_that_was_answered(
    process: SidecarProcess, odoo: OdooStandIn
) -> None:
    await process.start()
    async with Sender(process.url, CONTENT) as sender:
        await sender.begin()
        for offset in (0, 200_000):
            answer = await sender.patch(offset, offset + 200_000)
            assert answer.headers["upload-offset"] == str(offset + 200_000)
            await process.kill()
            await process.start()

            async def says(expected: int = offset + 200_000) -> bool:
                return await sender.offset() == expected

            await until_async(says)
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256
    assert (await odoo.wait_for("media.ready"))["kind"] == "document"
