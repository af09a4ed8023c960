"""The queue is cut off anywhere, or the store is away, and every file arrives, whole, and is told of once."""

import asyncio
import sys
import uuid
from pathlib import Path

import pytest
from harness.odoo import OdooStandIn
from harness.s3 import Bucket, S3Front, refusal
from harness.waiting import until
from starlette.requests import Request
from starlette.responses import Response

from media_sidecar.config import Settings
from media_sidecar.processing import clips as clips_module
from media_sidecar.processing import storing
from media_sidecar.processing.workshop import Limits
from media_sidecar.store import LocalStore, StoreError

from .conftest import Keeper
from .shop import Shop

TESTS = Path(__file__).parent.parent


class Away(LocalStore):
    """A store that takes nothing while it is away."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.is_away = True
        self.asked = 0

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        self.asked += 1
        if self.is_away:
            raise StoreError("The store is away.")
        await super().put(key, source, size, sha256)


class Stuck(LocalStore):
    """A store in which a file gets stuck, just before it is taken or just after.

    :param name: of the file
    """

    def __init__(self, root: Path, name: str, *, after: bool) -> None:
        super().__init__(root)
        self._name = name
        self._after = after
        self.is_stuck = asyncio.Event()

    async def put(self, key: str, source: Path, size: int, sha256: str) -> None:
        is_it = key.endswith(self._name)
        if is_it and not self._after:
            await self._stick()
        await super().put(key, source, size, sha256)
        if is_it:
            await self._stick()

    async def _stick(self) -> None:
        self.is_stuck.set()
        await asyncio.Event().wait()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files do not wait long for the store, or to be told of."""
    monkeypatch.setattr(storing, "FIRST_DELAY_SECONDS", 0.01)
    monkeypatch.setattr(storing, "LONGEST_DELAY_SECONDS", 0.02)
    monkeypatch.setattr(storing, "LATE_SECONDS", 0.05)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ["original.mov", "poster.jpg", "rendition.mp4"])
async def test_a_service_that_ends_while_a_file_is_stored_goes_on_at_its_next_start(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper, name: str, after: bool
) -> None:
    store = Stuck(settings.data / "store", name, after=after)
    async with Shop(settings, odoo, store).open() as shop:
        media = await shop.bring(keeper.file("iphone.mov"))
        await store.is_stuck.wait()
    async with Shop(settings, odoo).open() as shop:
        await shop.told_of(media, "media.rendition")
        await shop.settled(media)
        assert shop.told(media) == ["media.ready", "media.rendition"]
        assert list(shop.stored(media)) == ["original.mov", "poster.jpg", "rendition.mp4"]
        assert not shop.spooled(media)
        assert list((settings.data / "processing").iterdir()) == []


async def test_ends_of_the_service_do_not_count_against_a_file(
    settings: Settings, odoo: OdooStandIn, long_film: Path
) -> None:
    shop = Shop(settings, odoo)
    async with shop.open():
        media = await shop.bring(long_film)
        await shop.told_of(media, "media.progress")
    for _ in range(clips_module.MOST_ATTEMPTS + 1):
        async with shop.open():
            await until(lambda: len(shop.clips._workshop.workers) == 1)
    async with shop.open():
        await shop.told_of(media, "media.rendition")
    assert shop.told(media) == ["media.ready", "media.rendition"]


async def test_a_service_that_is_killed_leaves_no_worker_behind_and_goes_on_at_its_next_start(
    settings: Settings, odoo: OdooStandIn, long_film: Path
) -> None:
    media = uuid.uuid4().hex
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "processing.clips_process",
        *(str(settings.data), odoo.url, str(long_film), media),
        cwd=TESTS,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    workers = [int(await process.stdout.readline()) for _ in range(2)]
    await until(lambda: any(event["type"] == "media.progress" for event in odoo.events))
    process.kill()
    await process.wait()
    await until(lambda: not any(is_running(worker) for worker in workers))
    async with Shop(settings, odoo).open() as shop:
        await shop.told_of(media, "media.rendition")
        await shop.settled(media)
        assert shop.told(media) == ["media.ready", "media.rendition"]
        assert not shop.spooled(media)


@pytest.mark.usefixtures("impatient")
async def test_while_the_store_is_away_a_file_waits_in_the_spool_and_people_are_told_once(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper
) -> None:
    store = Away(settings.data / "store")
    async with Shop(settings, odoo, store).open() as shop:
        media = await shop.bring(keeper.file("rex.jpg"))
        failed = await shop.told_of(media, "media.failed")
        assert (failed["stage"], failed["retryable"]) == ("store", True)
        asked = store.asked
        await until(lambda: store.asked > asked + 3)
        assert shop.spooled(media)
        assert media in shop.clips.problems
        store.is_away = False
        await shop.told_of(media, "media.ready")
        await shop.settled(media)
        assert shop.told(media) == ["media.failed", "media.ready"]
        assert shop.clips.problems == {}
        assert not shop.spooled(media)


async def test_a_file_that_waits_for_the_store_is_stored_at_once_when_someone_asks(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "FIRST_DELAY_SECONDS", 3600.0)
    store = Away(settings.data / "store")
    async with Shop(settings, odoo, store).open() as shop:
        media = await shop.bring(keeper.file("rex.jpg"))
        await until(lambda: media in shop.clips._storing._waiting)
        store.is_away = False
        assert await shop.clips.retry(media) is True
        await shop.told_of(media, "media.ready")


@pytest.mark.usefixtures("impatient")
async def test_an_s3_that_is_away_gets_original_poster_and_rendition_when_it_is_back(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper, bucket: Bucket, front: S3Front
) -> None:
    async def away(request: Request, body: bytes) -> Response:
        return refusal("ServiceUnavailable", 503)

    front.rule = away
    async with Shop(settings, odoo, bucket.store(front.url, timeout=5.0)).open() as shop:
        media = await shop.bring(keeper.file("iphone.mov"))
        await shop.told_of(media, "media.failed")
        front.rule = None
        await shop.told_of(media, "media.rendition")
        await shop.settled(media)
        assert not shop.spooled(media)
    assert bucket.held() == [f"media/{media}/{name}" for name in ("original.mov", "poster.jpg", "rendition.mp4")]
    assert bucket.read(f"media/{media}/original.mov") == keeper.file("iphone.mov").read_bytes()


async def test_the_original_of_a_rendition_that_failed_comes_back_from_s3(
    settings: Settings, odoo: OdooStandIn, keeper: Keeper, bucket: Bucket
) -> None:
    async with Shop(settings, odoo, bucket.store(), Limits(render_seconds=0.001)).open() as shop:
        media = await shop.bring(keeper.file("iphone.mov"))
        await shop.told_of(media, "media.failed")
    async with Shop(settings, odoo, bucket.store()).open() as shop:
        assert await shop.clips.retry(media) is True
        await shop.told_of(media, "media.rendition")
    assert f"media/{media}/rendition.mp4" in bucket.held()


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
