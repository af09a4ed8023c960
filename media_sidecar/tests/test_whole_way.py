"""From two browsers that agree to be recorded to files that Odoo knows of, through every real part."""

import asyncio
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from harness.browser import Browser
from harness.media import RecordedPage
from harness.odoo import OdooStandIn
from harness.s3 import Bucket
from harness.sidecar import Sidecar, SidecarProcess, settings_for
from harness.tickets import media_ticket
from harness.waiting import until, until_async

pytestmark = pytest.mark.manual("A8")


class Consultation:
    """A vet and an owner who are recorded."""

    def __init__(self, vet: Browser, owner: Browser) -> None:
        self.vet, self.owner = RecordedPage(vet), RecordedPage(owner)

    @classmethod
    async def begin(cls, sidecar: Sidecar | SidecarProcess) -> "Consultation":
        vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
        await vet.receive("call")
        await owner.receive("call")
        await vet.send(type="recording", action="request")
        await vet.recording_is("asking")
        consultation = cls(vet, owner)
        await consultation.agree()
        return consultation

    async def agree(self) -> None:
        await self.vet.page.grant(1)
        await self.owner.page.grant(2)
        await self.vet.page.recording_is("recording")
        await self.owner.page.recording_is("recording")

    async def close(self) -> None:
        await self.vet.close()
        await self.owner.close()


@pytest.fixture
async def consultation(sidecar: Sidecar) -> AsyncIterator[Consultation]:
    begun = await Consultation.begin(sidecar)
    yield begun
    await begun.close()


async def recorded(folder: Path, files: int, size: int = 4_000) -> None:
    """Wait until the spool holds *files* files, each with some media in it."""
    await until(lambda: sum(path.stat().st_size > size for path in folder.rglob("*.webm")) >= files)


def decoded_frames(path: Path) -> dict[str, int]:
    """How many frames of each kind decode without an error."""
    counts: dict[str, int] = {}
    with av.open(str(path)) as container:
        for stream in container.streams:
            container.seek(0)
            counts[stream.type] = sum(len(packet.decode()) for packet in container.demux(stream))
    return counts


async def test_a_recorded_call_is_in_the_store_and_odoo_knows_everything_about_it(
    sidecar: Sidecar, consultation: Consultation, odoo: OdooStandIn
) -> None:
    recording, call = consultation.vet.page.recording["id"], consultation.vet.page.call
    await asyncio.gather(consultation.vet.send(), consultation.owner.send())
    await consultation.owner.send("screen")
    await recorded(sidecar.settings.spool_folder, 3)
    await consultation.owner.page.send(type="leave")
    ready = await odoo.wait_for("recording.ready")
    assert (ready["recording"], ready["call"]) == (recording, call)
    assert ready["folder"] == f"recordings/{recording}/"
    assert ready["problems"] == []
    who = sorted((file["participant"], file["role"], file["source"]) for file in ready["files"])
    assert who == [("owner-1", "owner", "camera"), ("owner-1", "owner", "screen"), ("vet-1", "vet", "camera")]
    for file in ready["files"]:
        path = sidecar.settings.store_folder / file["key"]
        content = path.read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
        assert file["video_codec"] == "vp8"
        assert file["audio_codec"] == (None if file["source"] == "screen" else "opus")
        assert (file["width"], file["height"]) == (160, 120)
        assert 0 <= file["offset"] < 60
        frames = decoded_frames(path)
        assert frames["video"] > 0
        assert (frames.get("audio", 0) > 0) is (file["source"] == "camera")
    await until(lambda: not any(sidecar.settings.spool_folder.iterdir()))
    assert sidecar.service.delivery.problems == {}


async def test_the_start_the_end_and_the_files_of_a_recording_are_told_in_this_order(
    sidecar: Sidecar, consultation: Consultation, odoo: OdooStandIn
) -> None:
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    await consultation.owner.page.send(type="leave")
    await odoo.wait_for("recording.ready")
    kinds = [kind for kind in odoo.types() if kind.startswith(("recording.", "call."))]
    started, stopped, ended, ready = "recording.started", "recording.stopped", "call.ended", "recording.ready"
    assert kinds == ["call.started", started, stopped, ended, ready]


async def test_the_browser_is_told_that_its_leg_has_ended_with_the_recording(
    sidecar: Sidecar, consultation: Consultation
) -> None:
    leg = await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    await consultation.vet.page.send(type="recording", action="stop")
    closed = await consultation.owner.page.receive("record-closed")
    assert (closed["leg"], closed["reason"]) == (leg, "stopped")


async def test_a_pause_ends_the_legs_and_records_nothing_until_everyone_agrees(
    sidecar: Sidecar, consultation: Consultation, odoo: OdooStandIn
) -> None:
    leg = await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    guest = await sidecar.enter("guest-1")
    closed = await consultation.owner.page.receive("record-closed")
    assert (closed["leg"], closed["reason"]) == (leg, "paused")
    assert sidecar.service.recorder.measurements().legs == 0
    await guest.recording_is("paused")
    await guest.grant(3)
    await consultation.owner.page.recording_is("recording")
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 2)
    await consultation.vet.page.send(type="recording", action="stop")
    ready = await odoo.wait_for("recording.ready")
    assert len(ready["files"]) == 2


async def test_a_reload_makes_a_second_file_of_the_same_recording(
    sidecar: Sidecar, consultation: Consultation, odoo: OdooStandIn
) -> None:
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    reloaded = RecordedPage(await sidecar.enter("owner-1"))
    await until(lambda: sidecar.service.recorder.measurements().legs == 0)
    await reloaded.page.grant(2)
    await reloaded.page.recording_is("recording")
    await reloaded.send()
    await recorded(sidecar.settings.spool_folder, 2)
    await consultation.vet.page.send(type="recording", action="stop")
    ready = await odoo.wait_for("recording.ready")
    first, second = sorted(ready["files"], key=lambda file: file["offset"])
    assert first["participant"] == second["participant"] == "owner-1"
    assert second["offset"] >= first["offset"] + first["duration"] - 0.5
    await reloaded.close()


async def test_a_leg_that_is_lost_is_told_so_that_the_browser_offers_anew(
    sidecar: Sidecar, consultation: Consultation
) -> None:
    leg = await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    await consultation.owner.close()
    closed = await consultation.owner.page.receive("record-closed")
    assert closed["leg"] == leg
    assert closed["reason"] not in ("finished", "stopped", "paused")
    assert consultation.owner.page.recording["state"] == "recording"


async def test_a_new_leg_of_a_source_takes_the_place_of_the_old_one_without_a_word(
    sidecar: Sidecar, consultation: Consultation
) -> None:
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 2)
    await until(lambda: sidecar.service.recorder.measurements().legs == 1)
    await consultation.owner.page.settled()
    assert consultation.owner.page.all("record-closed") == []


async def test_a_browser_ends_a_leg_of_its_own(sidecar: Sidecar, consultation: Consultation) -> None:
    leg = await consultation.owner.send("screen")
    await until(lambda: sidecar.service.recorder.measurements().legs == 1)
    await consultation.owner.page.send(type="record-close", leg=leg)
    await until(lambda: sidecar.service.recorder.measurements().legs == 0)
    await consultation.owner.page.settled()
    assert consultation.owner.page.all("record-closed") == []


async def test_consent_refused_means_no_file(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
    await owner.receive("call")
    await vet.receive("call")
    await vet.send(type="recording", action="request")
    await owner.recording_is("asking")
    await vet.grant(1)
    await owner.grant(2, "refused")
    await owner.recording_is("refused")
    await owner.send(type="leave")
    await odoo.wait_for("call.ended")
    assert list(sidecar.settings.spool_folder.iterdir()) == []
    assert list(sidecar.settings.store_folder.rglob("*.webm")) == []


async def test_a_recording_can_be_watched_in_part_and_taken_as_a_whole(
    sidecar: Sidecar, consultation: Consultation, odoo: OdooStandIn
) -> None:
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    await consultation.vet.page.send(type="recording", action="stop")
    ready = await odoo.wait_for("recording.ready")
    [file] = ready["files"]
    async with httpx.AsyncClient(timeout=None) as client:
        key = file["key"]
        part = await client.get(
            f"{sidecar.url}/media/{key}", params={"ticket": media_ticket(key)}, headers={"Range": "bytes=0-3"}
        )
        folder = ready["folder"]
        whole = await client.get(f"{sidecar.url}/media/{folder}", params={"ticket": media_ticket(folder)})
    assert (part.status_code, part.content) == (206, b"\x1a\x45\xdf\xa3")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
        names = {Path(name).name for name in archive.namelist()}
        assert names == {Path(file["key"]).name, "manifest.json"}
        assert hashlib.sha256(archive.read(Path(key).name)).hexdigest() == file["sha256"]


async def test_a_recorded_call_is_in_the_bucket_and_plays_from_there(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket
) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, **bucket.settings())).running() as sidecar:
        consultation = await Consultation.begin(sidecar)
        await consultation.owner.send()
        await recorded(sidecar.settings.spool_folder, 1)
        await consultation.vet.page.send(type="recording", action="stop")
        ready = await odoo.wait_for("recording.ready")
        [file] = ready["files"]
        content = bucket.read(file["key"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
        assert bucket.held() == sorted([file["key"], f"{ready['folder']}manifest.json"])
        await until(lambda: not any(sidecar.settings.spool_folder.iterdir()))
        address = f"{sidecar.url}/media/{file['key']}"
        async with httpx.AsyncClient(follow_redirects=True, timeout=None) as client:
            played = await client.get(address, params={"ticket": media_ticket(file["key"])})
        assert played.url.port != sidecar.port
        (tmp_path / "played.webm").write_bytes(played.content)
        assert decoded_frames(tmp_path / "played.webm")["video"] > 0
        await consultation.close()


async def resumed(process: SidecarProcess, before: Consultation) -> Consultation:
    return Consultation(await process.resume(before.vet.page), await process.resume(before.owner.page))


async def test_kill_9_in_a_recording_loses_neither_the_call_nor_what_was_recorded(
    process: SidecarProcess, odoo: OdooStandIn, tmp_path: Path
) -> None:
    await process.start()
    before = await Consultation.begin(process)
    await asyncio.gather(before.vet.send(), before.owner.send())
    await recorded(tmp_path / "data" / "spool", 2)
    call = before.vet.page.call
    await process.kill()
    await process.start()
    after = await resumed(process, before)
    assert after.vet.page.call == call
    ready = await odoo.wait_for("recording.ready")
    assert (ready["recording"], ready["call"]) == (before.vet.page.recording["id"], call)
    assert sorted(file["role"] for file in ready["files"]) == ["owner", "vet"]
    for file in ready["files"]:
        assert min(decoded_frames(tmp_path / "data" / "store" / file["key"]).values()) > 0
    await after.agree()
    await asyncio.gather(after.vet.send(), after.owner.send())
    await recorded(tmp_path / "data" / "spool", 2)
    await after.owner.page.send(type="leave")
    second = await odoo.wait_for("recording.ready", 2)
    assert (second["call"], len(second["files"])) == (call, 2)
    await odoo.wait_for("call.ended")
    assert odoo.types().count("call.started") == odoo.types().count("call.ended") == 1
    assert [data["reason"] for data in odoo.data("recording.stopped")] == ["interrupted", "call_ended"]
    await before.close()
    await after.close()


async def test_a_stop_ends_within_moments_and_the_recording_is_delivered(
    process: SidecarProcess, odoo: OdooStandIn, tmp_path: Path
) -> None:
    await process.start()
    consultation = await Consultation.begin(process)
    await consultation.owner.send()
    await recorded(tmp_path / "data" / "spool", 1)
    assert await process.stop() == 0
    assert await consultation.owner.page.closed() == 1012
    await process.start()
    ready = await odoo.wait_for("recording.ready")
    assert len(ready["files"]) == 1
    assert odoo.data("recording.stopped")[0]["reason"] == "restarted"
    await consultation.close()


async def test_odoo_hears_of_a_recording_that_ended_while_it_was_away_once(
    process: SidecarProcess, tmp_path: Path
) -> None:
    odoo = OdooStandIn()
    process = SidecarProcess(tmp_path / "data", odoo)
    await process.start()
    consultation = await Consultation.begin(process)
    await consultation.owner.send()
    await recorded(tmp_path / "data" / "spool", 1)
    await consultation.owner.page.send(type="leave")
    store = tmp_path / "data" / "store"
    await until(lambda: any(store.rglob("*.webm")))
    try:
        async with odoo.running():
            ready = await odoo.wait_for("recording.ready")
            await odoo.wait_for("call.ended")
    finally:
        await process.kill()
    assert len(ready["files"]) == 1
    assert odoo.types().count("recording.ready") == odoo.types().count("call.ended") == 1
    await consultation.close()


async def test_a_store_that_is_full_delays_the_recording_and_says_so(
    sidecar: Sidecar, consultation: Consultation, odoo: OdooStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_sidecar.delivery.FIRST_DELAY_SECONDS", 0.01)
    await consultation.owner.send()
    await recorded(sidecar.settings.spool_folder, 1)
    folder = sidecar.settings.store_folder / "recordings"
    folder.write_text("in the way")
    await consultation.vet.page.send(type="recording", action="stop")
    await until(lambda: bool(sidecar.service.delivery.problems))

    async def shows() -> bool:
        problems: list[Any] = (await sidecar.get("/health")).json()["problems"]
        return "1 finished recordings are not in the store yet." in problems

    await until_async(shows)
    assert any(sidecar.settings.spool_folder.rglob("*.webm"))
    folder.unlink()
    await odoo.wait_for("recording.ready")
    assert (await sidecar.get("/health")).json()["problems"] == []


async def test_where_there_is_no_place_for_everyone_nobody_is_recorded(tmp_path: Path, odoo: OdooStandIn) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, max_legs=1)).running() as sidecar:
        vet, owner = await sidecar.enter("vet-1"), await sidecar.enter("owner-1")
        await vet.receive("call")
        await owner.receive("call")
        await vet.send(type="recording", action="request")
        await owner.recording_is("asking")
        await vet.grant(1)
        await owner.grant(2)
        for page in (vet, owner):
            shown = await page.recording_is("unavailable")
            assert shown["reason"] == "too_many_legs"
            assert "full" in shown["message"]
        assert list(sidecar.settings.spool_folder.iterdir()) == []


async def test_too_many_legs_are_refused_and_everyone_sees_what_is_missing(tmp_path: Path, odoo: OdooStandIn) -> None:
    async with Sidecar(settings_for(tmp_path / "data", odoo, max_legs=2)).running() as sidecar:
        consultation = await Consultation.begin(sidecar)
        vet, owner = consultation.vet.page, consultation.owner.page
        await asyncio.gather(consultation.owner.send(), consultation.vet.send())
        await vet.send(type="state", screen=True)
        await vet.send(type="record-offer", leg="screen-1", source="screen", sdp="v=0")
        closed = await vet.receive("record-closed")
        assert (closed["leg"], closed["reason"]) == ("screen-1", "too_many_legs")
        for page in (vet, owner):
            await until(lambda page=page: page.recording["reason"] == "too_many_legs")  # type: ignore[misc]
            assert page.recording["state"] == "recording"
            assert page.recording["message"].startswith("The screen of ")
        late = await sidecar.resume(owner)
        assert late.last("welcome")["recording"]["reason"] == "too_many_legs"
        await vet.send(type="state", screen=False)
        await until(lambda: vet.recording["reason"] is None and late.recording["message"] is None)
        await consultation.close()


async def test_a_part_that_is_recorded_again_is_missing_no_more(sidecar: Sidecar, consultation: Consultation) -> None:
    vet, owner = consultation.vet.page, consultation.owner.page
    await owner.send(type="record-offer", leg="camera-1", source="camera", sdp="v=0")
    await until(lambda: vet.recording["reason"] == "bad_offer")
    assert vet.recording["message"].startswith("The camera of ")
    await consultation.owner.send()
    await until(lambda: vet.recording["reason"] is None)
    assert vet.recording["state"] == "recording"
