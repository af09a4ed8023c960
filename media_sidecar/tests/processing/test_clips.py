"""From a whole upload to the store and to Odoo, whatever is cut off on the way."""

import hashlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.waiting import until

from media_sidecar.config import Settings
from media_sidecar.processing import clips as clips_module
from media_sidecar.processing import ledger
from media_sidecar.processing.workshop import Limits
from media_sidecar.store import StoreError

from . import files
from .actor import play_worker
from .conftest import Keeper
from .shop import Shop


@pytest.fixture
async def shop(settings: Settings, odoo: OdooStandIn) -> AsyncIterator[Shop]:
    async with Shop(settings, odoo).open() as opened:
        yield opened


def signal_workers(shop: Shop, what: signal.Signals) -> int:
    """Do to every worker what the kernel might; how many there were."""
    workers = list(shop.clips._workshop.workers)
    for worker in workers:
        os.kill(worker.pid, what)
    return len(workers)


async def test_a_video_that_plays_is_stored_with_its_poster_and_odoo_hears_what_it_needs(
    shop: Shop, keeper: Keeper
) -> None:
    path = keeper.file("portrait.mp4")
    media = await shop.bring(path)
    ready = await shop.told_of(media, "media.ready")
    await shop.settled(media)
    content = path.read_bytes()
    duration = ready.pop("duration")
    assert duration == pytest.approx(2, abs=0.1)
    assert ready == {
        "media": media,
        "kind": "video",
        "mime": "video/mp4",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "width": 240,
        "height": 320,
        "rotation": 90,
        "frame_rate": 25.0,
        "video_codec": "h264",
        "audio_codec": "aac",
        "key": f"media/{media}/original.mp4",
        "poster_key": f"media/{media}/poster.jpg",
        "rendition": "none",
        "problems": [],
    }
    stored = shop.stored(media)
    assert stored["original.mp4"] == content
    assert stored["poster.jpg"].startswith(b"\xff\xd8\xff")
    assert list(stored) == ["original.mp4", "poster.jpg"]
    assert shop.told(media) == ["media.ready"]
    assert not shop.spooled(media)
    assert await shop.state_of(media) == "done"


async def test_a_video_that_does_not_play_everywhere_gets_a_rendition_and_keeps_its_original(
    shop: Shop, keeper: Keeper
) -> None:
    path = keeper.file("iphone.mov")
    media = await shop.bring(path)
    rendition = await shop.told_of(media, "media.rendition")
    await shop.settled(media)
    stored = shop.stored(media)
    assert stored["original.mov"] == path.read_bytes()
    duration = rendition.pop("duration")
    assert duration == pytest.approx(2, abs=0.1)
    assert rendition == {
        "media": media,
        "key": f"media/{media}/rendition.mp4",
        "mime": "video/mp4",
        "size": len(stored["rendition.mp4"]),
        "sha256": hashlib.sha256(stored["rendition.mp4"]).hexdigest(),
        "width": 240,
        "height": 320,
    }
    assert (await shop.told_of(media, "media.ready"))["rendition"] == "pending"
    assert shop.told(media) == ["media.ready", "media.rendition"]
    assert not shop.spooled(media)
    assert await shop.state_of(media) == "done"


async def test_progress_is_told_from_its_beginning_and_at_most_every_ten_percent(
    shop: Shop, long_film: Path, odoo: OdooStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips_module, "PROGRESS_SECONDS", 0.0)
    media = await shop.bring(long_film)
    await shop.told_of(media, "media.rendition")
    percents = [data["percent"] for data in odoo.data("media.progress")]
    assert percents[0] < 10
    assert [percent // 10 for percent in percents] == list(range(10))


async def test_a_file_that_cannot_be_shown_fails_with_its_code_and_leaves_nothing(
    shop: Shop, keeper: Keeper, tmp_path: Path
) -> None:
    media = await shop.bring(keeper.file("no-index.mp4"))
    failed = await shop.told_of(media, "media.failed")
    await shop.settled(media)
    assert (failed["stage"], failed["code"], failed["retryable"]) == ("check", "damaged", False)
    assert shop.stored(media) == {}
    assert not shop.spooled(media)
    assert await shop.state_of(media) == "failed"
    assert await shop.clips.retry(media) is False


async def test_a_document_whose_macros_are_only_found_at_its_end_is_refused(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    files.document(path, "docx", padding=200_000, macros=True)
    media = await shop.bring(path)
    assert (await shop.told_of(media, "media.failed"))["code"] == "dangerous"


async def test_a_short_job_does_not_wait_for_the_rendition_of_another_clip(
    shop: Shop, long_film: Path, keeper: Keeper
) -> None:
    long = await shop.bring(long_film)
    await shop.told_of(long, "media.progress")
    signal_workers(shop, signal.SIGSTOP)
    short = await shop.bring(keeper.file("rex.jpg"))
    copied = await shop.bring(keeper.file("recorded.webm"))
    await shop.told_of(short, "media.ready")
    await shop.told_of(copied, "media.rendition")
    assert shop.told(long) == ["media.ready"]
    signal_workers(shop, signal.SIGCONT)
    await shop.told_of(long, "media.rendition")


async def test_a_worker_that_is_killed_is_replaced_once(shop: Shop, long_film: Path) -> None:
    media = await shop.bring(long_film)
    await shop.told_of(media, "media.progress")
    assert signal_workers(shop, signal.SIGKILL) == 1
    await shop.told_of(media, "media.rendition")
    assert shop.told(media) == ["media.ready", "media.rendition"]


async def test_a_file_that_kills_every_worker_fails_and_the_next_job_works(
    shop: Shop, keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        play_worker(patch, tmp_path, "os.kill(os.getpid(), 9)")
        media = await shop.bring(keeper.file("iphone.mov"))
        failed = await shop.told_of(media, "media.failed")
    assert (failed["stage"], failed["code"], failed["retryable"]) == ("check", "internal", True)
    other = await shop.bring(keeper.file("rex.jpg"))
    await shop.told_of(other, "media.ready")
    assert await shop.clips.retry(media) is True
    await shop.told_of(media, "media.rendition")


async def test_a_worker_that_stands_still_is_ended_and_its_file_can_be_tried_again(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = Shop(settings, odoo, limits=Limits(silence_seconds=0.2))
    async with impatient.open() as shop:
        with monkeypatch.context() as patch:
            play_worker(patch, tmp_path, "import signal; signal.pause()")
            media = await shop.bring(keeper.file("rex.jpg"))
            await shop.told_of(media, "media.failed")
        await until(lambda: not shop.clips._workshop.workers)
        failed = await shop.told_of(media, "media.failed")
        assert (failed["stage"], failed["code"], failed["retryable"]) == ("check", "timeout", True)
        assert shop.spooled(media)
    async with Shop(settings, odoo).open() as shop:
        assert shop.told(media) == ["media.failed"]
        assert await shop.clips.retry(media) is True
        await shop.told_of(media, "media.ready")
        await shop.settled(media)
        assert not shop.spooled(media)


async def test_a_failed_rendition_leaves_the_original_to_be_seen_and_can_be_tried_again_from_the_store(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper
) -> None:
    impatient = Shop(settings, odoo, limits=Limits(render_seconds=0.001))
    async with impatient.open() as shop:
        media = await shop.bring(keeper.file("iphone.mov"))
        failed = await shop.told_of(media, "media.failed")
        assert (failed["stage"], failed["code"], failed["retryable"]) == ("rendition", "timeout", True)
        await shop.settled(media)
        assert not shop.spooled(media)
        assert await shop.state_of(media) == "done"
    async with Shop(settings, odoo).open() as shop:
        assert await shop.clips.retry(media) is True
        await shop.told_of(media, "media.rendition")
        assert shop.told(media) == ["media.ready", "media.failed", "media.rendition"]
        assert "rendition.mp4" in shop.stored(media)


async def test_there_is_nothing_to_try_again_of_what_is_done_or_unknown(shop: Shop, keeper: Keeper) -> None:
    media = await shop.bring(keeper.file("rex.jpg"))
    await shop.told_of(media, "media.ready")
    await shop.settled(media)
    assert await shop.clips.retry(media) is False
    assert await shop.clips.retry("unknown") is False


async def test_what_is_discarded_in_the_middle_of_its_rendition_is_gone_everywhere(shop: Shop, long_film: Path) -> None:
    media = await shop.bring(long_film)
    await shop.told_of(media, "media.progress")
    await shop.clips.discard(media)
    assert shop.stored(media) == {}
    assert not shop.spooled(media)
    assert shop.clips._workshop.workers == set()
    assert await shop.database.run(lambda connection: ledger.find(connection, media)) is None
    await shop.clips.discard(media)


async def test_what_the_store_cannot_remove_now_is_not_forgotten(
    shop: Shop, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(key: str) -> None:
        raise StoreError("The store is away.")

    media = await shop.bring(keeper.file("rex.jpg"))
    await shop.told_of(media, "media.ready")
    with monkeypatch.context() as patch:
        patch.setattr(shop.store, "delete", away)
        with pytest.raises(StoreError):
            await shop.clips.discard(media)
    await shop.clips.discard(media)
    assert shop.stored(media) == {}


async def test_what_failed_for_good_long_ago_is_forgotten_and_odoo_hears_of_it(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper
) -> None:
    soon = settings.model_copy(update={"upload_expiry_hours": 0.0001 / 3600})
    async with Shop(settings, odoo).open() as shop:
        media = await shop.bring(keeper.file("no-index.mp4"))
        assert (await shop.told_of(media, "media.failed"))["retryable"] is False
        await shop.settled(media)
    async with Shop(soon, odoo).open() as shop:
        assert (await shop.told_of(media, "media.discarded"))["reason"] == "expired"
        assert await shop.clips.retry(media) is False


async def test_what_may_be_tried_again_is_kept_until_odoo_has_it_deleted(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper
) -> None:
    soon = settings.model_copy(update={"upload_expiry_hours": 0.0001 / 3600})
    async with Shop(settings, odoo, limits=Limits(inspect_seconds=0.001)).open() as shop:
        media = await shop.bring(keeper.file("rex.jpg"))
        assert (await shop.told_of(media, "media.failed"))["retryable"] is True
        await shop.settled(media)
    async with Shop(soon, odoo).open() as shop:
        await shop.clips.sweep()
        assert shop.spooled(media)
        assert await shop.clips.retry(media) is True
        await shop.told_of(media, "media.ready")


async def test_a_file_that_was_to_be_tried_again_and_is_deleted_leaves_the_spool(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper
) -> None:
    async with Shop(settings, odoo, limits=Limits(inspect_seconds=0.001)).open() as shop:
        media = await shop.bring(keeper.file("rex.jpg"))
        await shop.told_of(media, "media.failed")
        await shop.settled(media)
        await shop.clips.discard(media)
        assert not shop.spooled(media)
