"""A service that starts finds every place at which an earlier one may have been cut off, and goes on from there."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from harness.odoo import OdooStandIn
from harness.places import Folder, Place
from harness.s3 import Bucket, S3Front, S3Server, flipped, stalling
from harness.sidecar import Sidecar, SidecarProcess, settings_for
from harness.spool import CONTENT, KEY, RECORDING, finished_in_spool
from harness.waiting import until
from starlette.requests import Request
from starlette.responses import Response

from media_sidecar import ledger
from media_sidecar.config import Settings
from media_sidecar.database import Database
from media_sidecar.ledger import Stage


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where finished recordings go."""
    return request.getfixturevalue("bucket") if request.param == "s3" else Folder(tmp_path / "store")


@pytest.fixture
def settings(tmp_path: Path, odoo: OdooStandIn, place: Place) -> Settings:
    return settings_for(tmp_path / "data", odoo, **place.settings())


async def known_as(settings: Settings, stage: Stage) -> None:
    """The ledger as an earlier run left it."""
    database = Database(settings.database_path)
    await database.open()
    roles: dict[str, Any] = {"owner-7": "guest"}
    await database.apply([ledger.expect(RECORDING, "room", "call", roles), ledger.mark(RECORDING, stage)])
    await database.close()


async def recording_events(settings: Settings, odoo: OdooStandIn) -> list[str]:
    """Start the service, let it deliver what there is, and return what Odoo was told."""
    async with Sidecar(settings).running() as sidecar:
        await until(lambda: not sidecar.service.delivery._tasks)
        assert await sidecar.service.database.run(ledger.entries) == {}
        backlog = sidecar.service.outbox
        while (await backlog.backlog()).pending:
            await until(lambda: not backlog._couriers)
    return odoo.types()


def spool_is_empty(settings: Settings) -> bool:
    return list(settings.spool_folder.iterdir()) == [] and not (settings.data / "trash" / RECORDING).exists()


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("starting", ["recording.started", "recording.stopped", "recording.ready"]),
        ("recording", ["recording.stopped", "recording.ready"]),
        ("finishing", ["recording.ready"]),
    ],
)
async def test_a_recording_in_the_spool_is_delivered_and_odoo_hears_only_what_it_has_not_heard(
    settings: Settings, odoo: OdooStandIn, place: Place, stage: Stage, expected: list[str]
) -> None:
    finished_in_spool(settings.spool_folder)
    await known_as(settings, stage)
    assert await recording_events(settings, odoo) == expected
    assert place.read(KEY) == CONTENT
    assert place.held() == [f"recordings/{RECORDING}/manifest.json", KEY]
    assert spool_is_empty(settings)


async def test_what_odoo_hears_of_a_recording_is_all_that_it_needs(settings: Settings, odoo: OdooStandIn) -> None:
    finished_in_spool(settings.spool_folder)
    await known_as(settings, "finishing")
    await recording_events(settings, odoo)
    assert odoo.data("recording.ready") == [
        {
            "recording": RECORDING,
            "call": "call",
            "started_at": "2026-05-01T10:00:00.000Z",
            "ended_at": "2026-05-01T10:00:12.500Z",
            "problems": [],
            "folder": f"recordings/{RECORDING}/",
            "files": [
                {
                    "key": KEY,
                    "mime": "video/webm",
                    "size": len(CONTENT),
                    "sha256": hashlib.sha256(CONTENT).hexdigest(),
                    "participant": "owner-7",
                    "role": "guest",
                    "source": "camera",
                    "offset": 0.5,
                    "duration": 12.0,
                    "width": 640,
                    "height": 480,
                    "audio_codec": "opus",
                    "video_codec": "vp8",
                }
            ],
        }
    ]


async def test_cut_off_between_store_and_event_it_is_told_once(
    settings: Settings, odoo: OdooStandIn, place: Place
) -> None:
    finished_in_spool(settings.spool_folder)
    await known_as(settings, "finishing")
    place.write(KEY, CONTENT)
    assert await recording_events(settings, odoo) == ["recording.ready"]
    assert spool_is_empty(settings)


async def test_cut_off_within_storing_the_whole_file_takes_the_place_of_the_torn_one(
    settings: Settings, odoo: OdooStandIn, place: Place
) -> None:
    finished_in_spool(settings.spool_folder)
    await known_as(settings, "finishing")
    place.write(KEY, CONTENT[:3])
    assert await recording_events(settings, odoo) == ["recording.ready"]
    assert place.read(KEY) == CONTENT


async def test_cut_off_after_the_event_it_is_not_told_again_and_the_spool_is_emptied(
    settings: Settings, odoo: OdooStandIn
) -> None:
    finished_in_spool(settings.spool_folder)
    await known_as(settings, "announced")
    assert await recording_events(settings, odoo) == []
    assert spool_is_empty(settings)


async def test_cut_off_while_the_spool_was_emptied_nothing_is_left_or_told(
    settings: Settings, odoo: OdooStandIn
) -> None:
    trash = settings.data / "trash" / RECORDING
    trash.mkdir(parents=True)
    (trash / "manifest.json").write_text("{}")
    await known_as(settings, "announced")
    assert await recording_events(settings, odoo) == []
    assert spool_is_empty(settings)


@pytest.mark.parametrize(("stage", "expected"), [("starting", []), ("recording", ["recording.failed"])])
async def test_cut_off_before_the_first_file_only_what_was_begun_has_failed(
    settings: Settings, odoo: OdooStandIn, stage: Stage, expected: list[str]
) -> None:
    await known_as(settings, stage)
    assert await recording_events(settings, odoo) == expected


async def test_a_recording_of_which_the_database_knows_nothing_is_delivered_with_the_roles_in_the_ids(
    settings: Settings, odoo: OdooStandIn
) -> None:
    finished_in_spool(settings.spool_folder)
    assert await recording_events(settings, odoo) == ["recording.started", "recording.stopped", "recording.ready"]
    assert odoo.data("recording.ready")[0]["files"][0]["role"] == "owner"


async def test_a_recording_without_a_file_has_failed(settings: Settings, odoo: OdooStandIn, place: Place) -> None:
    finished_in_spool(settings.spool_folder, files=0)
    await known_as(settings, "finishing")
    assert await recording_events(settings, odoo) == ["recording.failed"]
    assert place.held() == []
    assert spool_is_empty(settings)


async def test_a_file_that_is_not_what_was_recorded_never_reaches_odoo(settings: Settings, odoo: OdooStandIn) -> None:
    folder = finished_in_spool(settings.spool_folder)
    (folder / "owner.webm").write_bytes(CONTENT + b"!")
    await known_as(settings, "finishing")
    async with Sidecar(settings).running() as sidecar:
        await until(lambda: RECORDING in sidecar.service.delivery.problems)
    assert odoo.types() == []
    assert (folder / "owner.webm").exists()


async def test_a_manifest_that_cannot_be_read_stays_where_it_is_and_stops_nothing(
    settings: Settings, odoo: OdooStandIn
) -> None:
    broken = settings.spool_folder / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    finished_in_spool(settings.spool_folder)
    await known_as(settings, "finishing")
    assert await recording_events(settings, odoo) == ["recording.ready"]
    assert (broken / "manifest.json").exists()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording that could not be stored is tried again at once."""
    monkeypatch.setattr("media_sidecar.delivery.FIRST_DELAY_SECONDS", 0.01)


async def test_a_bucket_that_is_away_delays_the_recording_until_it_is_back(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket, s3_server: S3Server, impatient: None
) -> None:
    front = S3Front(s3_server)
    settings = settings_for(tmp_path / "data", odoo, **bucket.settings(front.url))
    folder = finished_in_spool(settings.spool_folder)
    await known_as(settings, "finishing")
    async with Sidecar(settings).running() as sidecar:
        await until(lambda: "cannot be reached" in sidecar.service.delivery.problems.get(RECORDING, ""))
        assert (folder / "owner.webm").read_bytes() == CONTENT
        assert odoo.types() == []
        async with front.running():
            await odoo.wait_for("recording.ready")
            await until(lambda: spool_is_empty(settings))
        assert sidecar.service.delivery.problems == {}
    assert bucket.read(KEY) == CONTENT
    assert odoo.types() == ["recording.ready"]


async def test_a_recording_that_arrives_damaged_in_the_bucket_is_told_only_once_it_is_whole(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket, front: S3Front, impatient: None
) -> None:
    settings = settings_for(tmp_path / "data", odoo, **bucket.settings(front.url))
    finished_in_spool(settings.spool_folder)
    await known_as(settings, "finishing")

    async def damage(request: Request, body: bytes) -> bytes | None:
        return flipped(body) if request.method == "PUT" and request.url.path.endswith(".webm") else None

    front.rule = damage
    async with Sidecar(settings).running() as sidecar:
        await until(lambda: "damaged" in sidecar.service.delivery.problems.get(RECORDING, ""))
        assert odoo.types() == []
        front.rule = None
        await odoo.wait_for("recording.ready")
    assert bucket.read(KEY) == CONTENT


LARGE = bytes(range(256)) * 4096 * 20
"""20 MiB, which S3 takes in parts."""


async def test_killed_while_the_bucket_takes_a_recording_it_is_there_whole_after_the_next_start(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket, front: S3Front
) -> None:
    finished_in_spool(tmp_path / "data" / "spool", content=LARGE)
    process = SidecarProcess(tmp_path / "data", odoo, **bucket.environment(front.url))

    async def hold_second_part(request: Request, body: bytes) -> Response | None:
        return await stalling(request, body) if "partNumber=2" in request.url.query else None

    front.rule = hold_second_part
    await process.start()
    await until(lambda: any("partNumber=2" in query for _, query in front.requests))
    await process.kill()
    assert KEY not in bucket.held()
    assert odoo.data("recording.ready") == []
    front.rule = None
    await process.start()
    ready = await odoo.wait_for("recording.ready")
    assert ready["files"][0]["sha256"] == hashlib.sha256(LARGE).hexdigest()
    assert bucket.read(KEY) == LARGE
    assert bucket.unfinished() == []
    assert await process.stop() == 0
    assert len(odoo.data("recording.ready")) == 1


async def test_a_stop_does_not_wait_for_a_bucket_that_does_not_answer(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket, front: S3Front
) -> None:
    finished_in_spool(tmp_path / "data" / "spool", content=LARGE)
    more = bucket.environment(front.url) | {"VET_SIDECAR_S3_TIMEOUT": "600"}
    process = SidecarProcess(tmp_path / "data", odoo, **more)

    async def hold_first_part(request: Request, body: bytes) -> Response | None:
        return await stalling(request, body) if "partNumber=1" in request.url.query else None

    front.rule = hold_first_part
    await process.start()
    await until(lambda: any("partNumber=1" in query for _, query in front.requests))
    assert await process.stop() == 0
    assert len([query for _, query in front.requests if "partNumber=1" in query]) == 1
