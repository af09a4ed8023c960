"""Bodies that go straight from the socket into a buffer, and the connection that is the server's again afterwards."""

import asyncio
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import SidecarProcess
from harness.uploading import Sender, diary
from harness.waiting import until

from media_sidecar.uploads import direct_body
from media_sidecar.uploads.direct_body import DirectBody

from .station import Station

CONTENT = diary(12_000_000)


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes came directly, a number for each time."""
    counts: list[int] = []
    updated = DirectBody.buffer_updated

    def note(body: DirectBody, count: int) -> None:
        counts.append(count)
        updated(body, count)

    monkeypatch.setattr(DirectBody, "buffer_updated", note)
    return counts


async def test_the_installed_server_lets_bodies_come_directly(station: Station, direct: list[int]) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0)
    assert sum(direct) > len(CONTENT) // 2


@pytest.mark.parametrize("http", ["httptools", "h11"])
async def test_another_server_brings_bodies_on_the_usual_way(
    tmp_path: Path, odoo: OdooStandIn, direct: list[int], http: str
) -> None:
    station = Station(tmp_path / "data", odoo)
    station.http = http
    async with station.running(), station.sender(CONTENT) as sender:
        await sender.begin()
        assert (await sender.send(5_000_000)).status_code == 204
        hanging = await sender.hanging(len(CONTENT), len(CONTENT))
        assert await hanging.status() == 204
        assert station.file(sender).read_bytes() == CONTENT
    assert direct == []


async def test_a_body_without_a_length_comes_on_the_usual_way(station: Station, direct: list[int]) -> None:
    async def pieces() -> object:
        for start in range(0, len(CONTENT), 700_000):
            yield CONTENT[start : start + 700_000]

    async with station.sender(CONTENT) as sender:
        await sender.begin()
        headers = sender.headers(Upload_Offset="0", Content_Type="application/offset+octet-stream")
        answer = await sender.client.patch(sender.address, headers=headers, content=pieces())  # type: ignore[arg-type]
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(CONTENT)))
        assert station.file(sender).read_bytes() == CONTENT
    assert direct == []


async def test_a_ring_that_goes_round_mixes_nothing_up(
    station: Station, direct: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_body, "BUFFER_BYTES", 70_001)
    monkeypatch.setattr(direct_body, "_spare", [])
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        assert (await sender.send(3_333_333)).status_code == 204
        assert station.file(sender).read_bytes() == CONTENT
    assert max(direct) <= 70_001


async def test_requests_that_follow_on_the_same_connection_are_answered(station: Station) -> None:
    """Also one that came together with the last bytes of a body, before its answer."""
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 6_000_000)
        await hanging.more(CONTENT[6_000_000:] + b"OPTIONS /uploads HTTP/1.1\r\nHost: sidecar\r\n\r\n")
        first = await hanging.answer()
        assert (first.status, first.headers["upload-offset"]) == (204, str(len(CONTENT)))
        second = await hanging.answer()
        assert (second.status, second.headers["tus-version"]) == (204, "1.0.0")


async def test_a_connection_whose_body_was_not_wanted_can_be_used_again(station: Station, direct: list[int]) -> None:
    program = b"MZ" + bytes(62) + b"PE\0\0" + bytes(5_000_000)
    async with station.sender(program, filename="rex.jpg", mime="image/jpeg") as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 1_000_000)
        refused = await hanging.answer()
        assert refused.status == 422
        await hanging.more(program[1_000_000:] + b"OPTIONS /uploads HTTP/1.1\r\nHost: sidecar\r\n\r\n")
        assert (await hanging.answer()).status == 204
    assert direct


async def test_the_connection_may_end_anywhere(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        for stop in (1, 70_000, 3_000_000, len(CONTENT) - 1):
            offset = await sender.offset()
            hanging = await sender.hanging(offset, max(stop, offset))
            await hanging.cut()
        await until(lambda: station.uploads.under_way == 0)
        assert (await sender.send()).status_code == 204
        assert station.file(sender).read_bytes() == CONTENT


async def test_uploads_side_by_side_do_not_share_their_buffers(station: Station) -> None:
    senders = [station.sender(CONTENT[::-1] if number % 2 else CONTENT) for number in range(6)]
    for sender in senders:
        await sender.begin()
    await asyncio.gather(*(sender.send(1_500_000) for sender in senders))
    for sender in senders:
        assert station.file(sender).read_bytes() == sender.content
        await sender.client.aclose()


async def test_the_service_as_it_is_run_takes_a_file_directly(process: SidecarProcess, odoo: OdooStandIn) -> None:
    await process.start()
    async with Sender(process.url, CONTENT) as sender:
        await sender.begin()
        assert (await sender.send(5_000_000)).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256
