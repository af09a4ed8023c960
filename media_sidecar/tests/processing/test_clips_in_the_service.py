"""The whole service: bytes by tus in, events to Odoo and files in the store out, killed on the way."""

from pathlib import Path

from harness.odoo import OdooStandIn
from harness.sidecar import SidecarProcess
from harness.uploading import Sender

from .conftest import Keeper


def sender_for(process: SidecarProcess, path: Path, mime: str) -> Sender:
    """A page that uploads the file in *path*."""
    return Sender(process.url, path.read_bytes(), filename=path.name, mime=mime)


def told(odoo: OdooStandIn, media: str) -> list[str]:
    """The types of what Odoo heard of a media, progress left out."""
    kinds = [event["type"] for event in odoo.events if event["data"].get("media") == media]
    return [kind for kind in kinds if kind != "media.progress"]


async def test_a_service_that_is_killed_in_the_middle_of_a_rendition_makes_it_when_it_is_back(
    process: SidecarProcess, odoo: OdooStandIn, long_film: Path, tmp_path: Path
) -> None:
    await process.start()
    async with sender_for(process, long_film, "video/quicktime") as page:
        await page.begun()
        assert (await page.send()).status_code == 204
        await odoo.wait_for("media.progress")
        await process.kill()
        await process.start()
        await odoo.wait_for("media.rendition")
        assert told(odoo, page.media) == ["media.received", "media.ready", "media.rendition"]
        stored = tmp_path / "data" / "store" / "media" / page.media
        assert sorted(path.name for path in stored.iterdir()) == ["original.mov", "poster.jpg", "rendition.mp4"]
        assert (stored / "original.mov").read_bytes() == page.content
        assert await page.offset() == len(page.content)


async def test_odoo_deletes_a_media_for_good(
    process: SidecarProcess, odoo: OdooStandIn, keeper: Keeper, tmp_path: Path
) -> None:
    await process.start()
    async with sender_for(process, keeper.file("index-last.mp4"), "video/mp4") as page:
        await page.begun()
        await page.send()
        await odoo.wait_for("media.ready")
        assert (await process.command(f"/commands/media/{page.media}/delete")).status_code == 200
        await odoo.wait_for("media.discarded")
        assert not (tmp_path / "data" / "store" / "media" / page.media).exists()
        assert (await process.command(f"/commands/media/{page.media}/retry")).json() == {"retried": False}


async def test_what_cannot_be_shown_is_told_after_it_was_received(
    process: SidecarProcess, odoo: OdooStandIn, keeper: Keeper
) -> None:
    await process.start()
    async with sender_for(process, keeper.file("no-index.mp4"), "video/mp4") as page:
        await page.begun()
        await page.send()
        assert (await odoo.wait_for("media.failed"))["code"] == "damaged"
        assert told(odoo, page.media) == ["media.received", "media.failed"]
