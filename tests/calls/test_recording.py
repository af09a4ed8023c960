"""S4, S14: what was recorded of a call, from the stored files to the player."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_owner, make_vet
from tests.support.call import Call
from tests.support.odoo_client import OdooClient, OdooError
from tests.support.recorded import RecordedFile, lag

pytestmark = pytest.mark.manual("S4", "S14")

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])
MEASURED_SECONDS = 16
#: How far sound and picture of one person, and two people, may be apart (s).
IN_STEP = 0.080


@dataclass
class Recorded:
    """A recorded call.

    :param seconds: how long it was recorded, by the clock on the wall
    :param sent: when flashes and beeps began where they were captured (s since the epoch), by role
    """

    call: Call
    recording: dict[str, Any]
    files: list[RecordedFile]
    seconds: float
    sent: dict[str, dict[str, list[float]]]

    def camera(self, role: str) -> RecordedFile:
        [found] = [file for file in self.files if (file.entry["role"], file.entry["source"]) == (role, "camera")]
        return found

    def lag(self, role: str, what: str) -> float:
        """How much later than it was captured something stands in the recording (s)."""
        stored = self.camera(role).flashes if what == "flashes" else self.camera(role).beeps
        return lag(stored, self.sent[role][what], started_at(self.call, self.recording))


@pytest.fixture(scope="module")
def recorded(clinic, browsers, people_of_module, tmp_path_factory) -> Iterator[Recorded]:
    """Half a minute of a call with both screens shared for a while."""
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    call = Call(clinic, clinic.consultation(), vet, owner).begin()
    call.record()
    started = vet.page.evaluate("Date.now()")
    vet.sees_frames(count=45)
    for person in call.both:
        person.page.evaluate("seconds => { window.sent = observer.flashesAndBeeps(seconds); }", MEASURED_SECONDS)
    sent = {role: in_seconds(call.person(role).page.evaluate("window.sent")) for role in ("vet", "owner")}
    for person in call.both:
        person.press("share-screen")
    for person in call.both:
        person.sees_frames("screen-video", 40)
    for person in call.both:
        person.press("share-screen")
    vet.sees_frames(count=75)
    owner.press("hang-up")
    ended = vet.page.evaluate("Date.now()")
    vet.press("hang-up")
    [recording] = call.finished_recordings()
    files = call.files(recording, tmp_path_factory.mktemp("recorded"))
    yield Recorded(call, recording, files, (ended - started) / 1000, sent)


def test_everyone_and_every_screen_is_in_the_recording(recorded: Recorded) -> None:
    assert sorted((file.entry["role"], file.entry["source"]) for file in recorded.files) == [
        ("owner", "camera"),
        ("owner", "screen"),
        ("vet", "camera"),
        ("vet", "screen"),
    ]


@ROLES
def test_the_picture_is_that_of_the_right_person(recorded: Recorded, role: str) -> None:
    assert recorded.camera(role).shows(recorded.call.person(role).footage.colour)


@ROLES
def test_the_sound_is_that_of_the_right_person(recorded: Recorded, role: str) -> None:
    assert recorded.camera(role).tone() == pytest.approx(recorded.call.person(role).footage.tone, rel=0.03)


@ROLES
def test_the_picture_lasts_as_long_as_the_recorded_call(recorded: Recorded, role: str) -> None:
    camera = recorded.camera(role)
    assert camera.picture_ends - camera.picture_begins == pytest.approx(recorded.seconds, rel=0.03)


@ROLES
def test_the_sound_lasts_as_long_as_the_recorded_call(recorded: Recorded, role: str) -> None:
    camera = recorded.camera(role)
    assert camera.sound_ends - camera.sound_begins == pytest.approx(recorded.seconds, rel=0.03)


def test_the_duration_on_the_consultation_is_that_of_the_call(recorded: Recorded) -> None:
    assert recorded.recording["duration"] == pytest.approx(recorded.seconds, rel=0.03)


@ROLES
def test_sound_and_picture_of_one_person_are_in_step(recorded: Recorded, role: str) -> None:
    """Flashes and beeps are as far from each other as they were in front of camera and microphone."""
    assert abs(recorded.lag(role, "flashes") - recorded.lag(role, "beeps")) < IN_STEP


@pytest.mark.parametrize("what", ["flashes", "beeps"])
def test_two_people_are_in_step_with_each_other(recorded: Recorded, what: str) -> None:
    assert abs(recorded.lag("vet", what) - recorded.lag("owner", what)) < IN_STEP


def test_a_screen_stands_where_it_was_shared(recorded: Recorded) -> None:
    """Both were shared together, between the cameras' beginnings and ends."""
    screens = [file for file in recorded.files if file.entry["source"] == "screen"]
    begins = [screen.picture_begins for screen in screens]
    assert max(begins) - min(begins) < 2
    assert min(begins) > MEASURED_SECONDS
    assert max(screen.picture_ends for screen in screens) < recorded.camera("vet").picture_ends


def test_the_recording_names_nobody_else(recorded: Recorded) -> None:
    names = {each["name"] for each in recorded.call.player(recorded.recording)["participants"]}
    assert names == {"Dr Vera Meier", recorded.call.consultation.owner_name}


def test_view_plays_both_people_and_the_screens(recorded: Recorded) -> None:
    vet = recorded.call.vet
    vet.press("view-recording")
    vet.sees("player")
    vet.press("player-play")
    for role in ("vet", "owner"):
        participant = recorded.camera(role).entry["participant"]
        tile = vet.page.locator(f"video[data-test=player-video][data-participant='{participant}'][data-source=camera]")
        vet.page.wait_for_function(
            "video => video.getVideoPlaybackQuality().totalVideoFrames > 15", arg=tile.first.element_handle()
        )
    vet.press("player-close")
    vet.sees_no("player")


def test_the_recording_can_be_viewed_from_the_form(recorded: Recorded) -> None:
    vet = recorded.call.vet
    vet.open_form(recorded.call.clinic, recorded.call.consultation)
    vet.page.get_by_role("tab", name="Recordings").click()
    vet.page.locator("[name=recording_ids] button[name=action_view_player]").click()
    vet.press("player-play")
    vet.sees("player-video")


def test_download_gives_every_file(recorded: Recorded) -> None:
    content = recorded.call.download(recorded.call.player(recorded.recording)["download_url"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert len([name for name in archive.namelist() if name.endswith(".webm")]) == len(recorded.files)


def test_every_view_is_logged(recorded: Recorded) -> None:
    recorded.call.player(recorded.recording)
    kept = recorded.call.clinic.admin.search(
        "vet.media.access", [("recording_id", "=", recorded.recording["id"])], "user_id", "action"
    )
    assert ("Dr Vera Meier", "view") in {(each["user_id"][1], each["action"]) for each in kept}


def test_nobody_without_a_session_gets_a_file_by_its_link(recorded: Recorded) -> None:
    anonymous = OdooClient(recorded.call.clinic.clinic.url)
    arguments = {"consultation_id": recorded.call.consultation.id, "recording_id": recorded.recording["id"]}
    try:
        answer = anonymous.request("/vet_teleconsult/room/recording", **arguments)
    except OdooError:
        return
    assert answer["error"]["code"] == "access_denied"


def test_a_camera_that_comes_late_stands_in_the_right_place(clinic, vet, owner, tmp_path: Path) -> None:
    call = Call(clinic, clinic.consultation(), vet, owner)
    vet.enter(clinic, call.consultation)
    owner.open(call.consultation)
    owner.press("camera")
    owner.join()
    owner.sees_state("connected")
    call.record()
    began = owner.page.evaluate("Date.now()")
    vet.hears_sound()
    owner.sees_frames(count=75)
    owner.press("camera")
    came = owner.page.evaluate("Date.now()")
    vet.sees_picture_of(owner.footage)
    sent = in_seconds(owner.page.evaluate("seconds => observer.flashesAndBeeps(seconds)", MEASURED_SECONDS))
    call.hang_up()
    [recording] = call.finished_recordings()
    [camera] = [file for file in call.files(recording, tmp_path) if file.entry["role"] == "owner"]
    start = started_at(call, recording)
    assert abs(lag(camera.flashes, sent["flashes"], start) - lag(camera.beeps, sent["beeps"], start)) < IN_STEP
    assert camera.picture_begins - camera.sound_begins == pytest.approx((came - began) / 1000, abs=1)


def started_at(call: Call, recording: dict[str, Any]) -> float:
    """When a recording began (s since the epoch)."""
    return datetime.fromisoformat(call.player(recording)["started_at"]).replace(tzinfo=UTC).timestamp()


def in_seconds(times: dict[str, list[float]]) -> dict[str, list[float]]:
    """Milliseconds as seconds."""
    return {what: [time / 1000 for time in each] for what, each in times.items()}
