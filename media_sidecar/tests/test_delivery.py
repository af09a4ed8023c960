"""A service that starts finds every place at which an earlier one may have been cut off, and goes on from there."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar, settings_for
from harness.waiting import until

from media_sidecar import ledger
from media_sidecar.config import Settings
from media_sidecar.database import Database
from media_sidecar.ledger import Stage

CONTENT = b"what was recorded"
RECORDING = "a1b2"
KEY = f"recordings/{RECORDING}/owner.webm"


@pytest.fixture
def settings(tmp_path: Path, odoo: OdooStandIn) -> Settings:
    return settings_for(tmp_path / "data", odoo)


def finished_in_spool(settings: Settings, files: int = 1) -> Path:
    """A recording that the recorder has finished."""
    folder = settings.spool_folder / RECORDING
    folder.mkdir()
    entry = {
        "path": "owner.webm",
        "participant": "owner-7",
        "source": "camera",
        "leg": "x",
        "mime": "video/webm",
        "size": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "offset": 0.5,
        "duration": 12.0,
        "width": 640,
        "height": 480,
        "audio_codec": "opus",
        "video_codec": "vp8",
    }
    if files:
        (folder / "owner.webm").write_bytes(CONTENT)
    document: dict[str, Any] = {
        "version": 1,
        "id": RECORDING,
        "room": "room",
        "call": "call",
        "started_at": "2026-05-01T10:00:00.000+00:00",
        "ended_at": "2026-05-01T10:00:12.500+00:00",
        "problems": [],
        "files": [entry] * files,
    }
    (folder / "manifest.json").write_text(json.dumps(document))
    return folder


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
    settings: Settings, odoo: OdooStandIn, stage: Stage, expected: list[str]
) -> None:
    finished_in_spool(settings)
    await known_as(settings, stage)
    assert await recording_events(settings, odoo) == expected
    assert (settings.store_folder / KEY).read_bytes() == CONTENT
    assert (settings.store_folder / "recordings" / RECORDING / "manifest.json").is_file()
    assert spool_is_empty(settings)


async def test_what_odoo_hears_of_a_recording_is_all_that_it_needs(settings: Settings, odoo: OdooStandIn) -> None:
    finished_in_spool(settings)
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


async def test_cut_off_between_store_and_event_it_is_told_once(settings: Settings, odoo: OdooStandIn) -> None:
    finished_in_spool(settings)
    await known_as(settings, "finishing")
    stored = settings.store_folder / KEY
    stored.parent.mkdir(parents=True)
    stored.write_bytes(CONTENT)
    assert await recording_events(settings, odoo) == ["recording.ready"]
    assert spool_is_empty(settings)


async def test_cut_off_within_storing_the_whole_file_takes_the_place_of_the_torn_one(
    settings: Settings, odoo: OdooStandIn
) -> None:
    finished_in_spool(settings)
    await known_as(settings, "finishing")
    torn = settings.store_folder / KEY
    torn.parent.mkdir(parents=True)
    torn.write_bytes(CONTENT[:3])
    assert await recording_events(settings, odoo) == ["recording.ready"]
    assert torn.read_bytes() == CONTENT


async def test_cut_off_after_the_event_it_is_not_told_again_and_the_spool_is_emptied(
    settings: Settings, odoo: OdooStandIn
) -> None:
    finished_in_spool(settings)
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
    finished_in_spool(settings)
    assert await recording_events(settings, odoo) == ["recording.started", "recording.stopped", "recording.ready"]
    assert odoo.data("recording.ready")[0]["files"][0]["role"] == "owner"


async def test_a_recording_without_a_file_has_failed(settings: Settings, odoo: OdooStandIn) -> None:
    finished_in_spool(settings, files=0)
    await known_as(settings, "finishing")
    assert await recording_events(settings, odoo) == ["recording.failed"]
    assert not (settings.store_folder / "recordings").exists()
    assert spool_is_empty(settings)


async def test_a_file_that_is_not_what_was_recorded_never_reaches_odoo(settings: Settings, odoo: OdooStandIn) -> None:
    folder = finished_in_spool(settings)
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
    finished_in_spool(settings)
    await known_as(settings, "finishing")
    assert await recording_events(settings, odoo) == ["recording.ready"]
    assert (broken / "manifest.json").exists()
