"""How an upload ends: whole, given up, cancelled or deleted; and what Odoo hears of it."""

import sqlite3
import time
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar
from harness.uploading import Sender, diary
from harness.waiting import until

from .station import Station

CONTENT = diary(200_000)


async def test_odoo_hears_of_a_whole_file_once_and_processing_takes_it(station: Station, odoo: OdooStandIn) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.send(60_000)
    received = await odoo.wait_for("media.received")
    assert received == {
        "media": sender.media,
        "size": 200_000,
        "sha256": sender.sha256,
        "mime": "text/plain",
        "kind": "document",
        "filename": "diary.txt",
    }
    assert odoo.types("chat") == ["media.received"]
    assert station.notes.taken == [sender.media]
    assert station.outcomes() == {"received": 1}


async def test_the_bytes_of_uploads_are_counted_once(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 1000)
        await sender.patch(0, 1000)
        await sender.send()
    [metric] = station.metrics.upload_bytes.collect()
    assert next(sample.value for sample in metric.samples if sample.name.endswith("_total")) == 200_000


async def test_an_upload_that_nobody_goes_on_with_is_given_up_and_odoo_hears_of_it(
    tmp_path: Path, odoo: OdooStandIn
) -> None:
    station = Station(tmp_path / "data", odoo, upload_expiry_hours=0.0001)
    async with station.running(), station.sender(CONTENT) as sender:
        await sender.begin()
        assert await odoo.wait_for("media.discarded") == {"media": sender.media, "reason": "expired"}
        await until(lambda: not station.file(sender).parent.exists())
        assert (await sender.head()).status_code in (404, 410)


async def test_an_upload_that_goes_on_is_not_given_up(station: Station) -> None:
    async with station.sender(CONTENT) as stale, station.sender(CONTENT) as lively, station.sender(CONTENT) as whole:
        for sender in (stale, lively, whole):
            await sender.begin()
        await whole.send()

        def age(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE upload SET touched_at = ?", (time.time() - 200 * 3600,))

        await station.database.run(age)
        await lively.patch(0, 1000)
        await station.uploads.sweep.sweep()
        assert (await stale.head()).status_code in (404, 410)
        assert await lively.offset() == 1000
        # What has arrived is processing's.
        assert await whole.offset() == 200_000
        assert station.file(whole).exists()


async def test_a_request_without_a_byte_keeps_no_upload_waiting(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 1000)

        def age(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE upload SET touched_at = ?", (time.time() - 200 * 3600,))

        await station.database.run(age)
        empty = await sender.patch(1000, 1000)
        assert (empty.status_code, empty.headers["upload-offset"]) == (204, "1000")
        await station.uploads.sweep.sweep()
        assert (await sender.head()).status_code in (404, 410)


async def test_what_ended_long_ago_is_forgotten(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.delete()
        assert (await sender.head()).status_code == 410

        def age(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE upload SET touched_at = ?", (time.time() - 200 * 3600,))

        await station.database.run(age)
        await station.uploads.sweep.sweep()
        assert await station.known(sender) is None


async def test_folders_of_uploads_that_are_over_are_removed_at_the_start(tmp_path: Path, odoo: OdooStandIn) -> None:
    station = Station(tmp_path / "data", odoo)
    async with station.sender(CONTENT) as over, station.sender(CONTENT) as going_on:
        async with station.running():
            for sender in (over, going_on):
                await sender.begin()
            await over.delete()
        # As a crash leaves them between the database and the disk.
        strangers = [station.file(over).parent, station.settings.spool_folder / "uploads" / "ab"]
        for folder in strangers:
            folder.mkdir()
        async with station.running():
            assert not any(folder.exists() for folder in strangers)
            assert await going_on.offset() == 0


async def test_a_whole_file_is_not_cancelled_with_an_upload_ticket(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.send()
        answer = await sender.delete()
        assert (answer.status_code, answer.json()["code"]) == (409, "complete")
    assert station.file(sender).exists()


@pytest.mark.parametrize("progress", ["unfinished", "whole", "unknown"])
async def test_odoo_deletes_a_media_however_far_it_has_come(station: Station, odoo: OdooStandIn, progress: str) -> None:
    async with station.sender(CONTENT) as sender:
        if progress != "unknown":
            await sender.begin()
            await sender.patch(0, None if progress == "whole" else 1000)
        await station.uploads.delete(sender.media)
        await station.uploads.delete(sender.media)
        if progress != "unknown":
            assert await odoo.wait_for("media.discarded") == {"media": sender.media, "reason": "deleted"}
            assert odoo.types("chat").count("media.discarded") == 1
        assert (await sender.begin()).status_code == 410
        assert not station.file(sender).parent.exists()


async def test_commands_reach_the_media_of_a_running_service(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    async with Sender(sidecar.url, CONTENT) as sender:
        await sender.begin()
        await sender.send()
        ready = await odoo.wait_for("media.ready")
        assert (sidecar.settings.store_folder / ready["key"]).read_bytes() == CONTENT
        retried = await sidecar.command(f"/commands/media/{sender.media}/retry")
        assert (retried.status_code, retried.json()) == (200, {"retried": False})
        deleted = await sidecar.command(f"/commands/media/{sender.media}/delete")
        assert (deleted.status_code, deleted.json()) == (200, {"deleted": True})
        assert await odoo.wait_for("media.discarded") == {"media": sender.media, "reason": "deleted"}
        assert not (sidecar.settings.store_folder / ready["key"]).exists()
    assert odoo.types("chat") == ["media.received", "media.ready", "media.discarded"]


@pytest.mark.parametrize("action", ["retry", "delete"])
async def test_a_command_for_a_media_is_signed_and_names_one(sidecar: Sidecar, action: str) -> None:
    path = f"/commands/media/abc/{action}"
    unsigned = await sidecar.command(path, b"{}", **{"X-Vet-Signature": "v1=00"})
    assert unsigned.status_code == 401
    assert (await sidecar.command(f"/commands/media/a.b/{action}")).status_code == 422


async def test_a_running_service_shows_its_uploads(sidecar: Sidecar) -> None:
    async with Sender(sidecar.url, CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 1000)
        text = (await sidecar.get("/metrics")).text
    assert "vet_sidecar_uploads_unfinished 1.0" in text
    assert "vet_sidecar_uploads_receiving 0.0" in text
    assert "vet_sidecar_upload_bytes_total 1000.0" in text


async def test_a_stop_in_the_middle_of_an_upload_is_told_to_its_sender(sidecar: Sidecar) -> None:
    async with Sender(sidecar.url, CONTENT) as sender:
        await sender.begin()
        hanging = await sender.hanging(0, 1000)
        await until(lambda: sidecar.service.uploads.under_way == 1)
        await sidecar.service.uploads.close()
        assert await hanging.status() == 503
