"""S4, S14: what was recorded of a call, from the stored files to the player."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.conftest import make_owner, make_vet
from tests.support.call import Call
from tests.support.recorded import RecordedFile, offset_of
from tests.support.stack import VET

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])
MEASURED_SECONDS = 16
#: How far sound and picture of one person, and two people, may be apart (s).
IN_STEP = 0.080


@dataclass
class Recorded:
    """A recorded call.

    :param seconds: how long it was recorded, by the clock on the wall
    :param sent: when flashes and beeps began where they were captured (ms since the epoch), by role
    """

    call: Call
    recording: dict[str, Any]
    files: list[RecordedFile]
    seconds: float
    sent: dict[str, dict[str, list[float]]]

    def camera(self, role: str) -> RecordedFile:
        [found] = [file for file in self.files if (file.entry["role"], file.entry["source"]) == (role, "camera")]
        return found

    def begins_at(self, role: str) -> float:
        """When the recording begins (s since the epoch), told by one person's flashes."""
        recorded, captured = self.camera(role).flashes, [time / 1000 for time in self.sent[role]["flashes"]]
        period = self.call.person(role).footage.seconds
        start = float(captured[0] - recorded[0])
        # The n-th flash that was seen here is some other flash there: the recording's own start tells which.
        start += round((self._started_at - start) / period) * period
        return start + float(np.median([_remainder(c - start - recorded[0], period) for c in captured]))

    @property
    def _started_at(self) -> float:
        from datetime import UTC, datetime

        started = self.call.player(self.recording)["started_at"]
        return datetime.fromisoformat(started).replace(tzinfo=UTC).timestamp()


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
    sent = {role: call.person(role).page.evaluate("window.sent") for role in ("vet", "owner")}
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
    """The flash is as far from the beep in the file as it was in front of the camera."""
    period = recorded.call.person(role).footage.seconds
    captured = offset_of(
        *([time / 1000 for time in recorded.sent[role][what]] for what in ("flashes", "beeps")), period
    )
    stored = offset_of(recorded.camera(role).flashes, recorded.camera(role).beeps, period)
    assert abs(_remainder(stored - captured, period)) < IN_STEP


def test_two_people_are_in_step_with_each_other(recorded: Recorded) -> None:
    assert abs(recorded.begins_at("vet") - recorded.begins_at("owner")) < IN_STEP


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
    vet.page.locator("button[name=action_view_recordings]:visible").click()
    vet.page.get_by_role("button", name="View", exact=True).first.click()
    vet.sees("player")
    expect(vet.find("player-video").first).to_be_visible()


def test_download_gives_every_file(recorded: Recorded) -> None:
    player = recorded.call.player(recorded.recording)
    answer = recorded.call.clinic.login(VET).session.get(player["download_url"], timeout=60)
    answer.raise_for_status()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert len([name for name in archive.namelist() if name.endswith(".webm")]) == len(recorded.files)


def test_every_view_is_logged(recorded: Recorded) -> None:
    recorded.call.player(recorded.recording)
    kept = recorded.call.clinic.admin.search(
        "vet.media.access", [("recording_id", "=", recorded.recording["id"])], "user_id", "action"
    )
    assert ("Dr Vera Meier", "view") in {(each["user_id"][1], each["action"]) for each in kept}


def test_nobody_without_a_session_gets_a_file_by_its_link(recorded: Recorded) -> None:
    from tests.support.odoo_client import OdooClient, OdooError

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
    sent = owner.page.evaluate("seconds => observer.flashesAndBeeps(seconds)", MEASURED_SECONDS)
    call.hang_up()
    [recording] = call.finished_recordings()
    [camera] = [file for file in call.files(recording, tmp_path) if file.entry["role"] == "owner"]
    period = owner.footage.seconds
    captured = offset_of(*([time / 1000 for time in sent[what]] for what in ("flashes", "beeps")), period)
    stored = offset_of(camera.flashes, camera.beeps, period)
    assert abs(_remainder(stored - captured, period)) < IN_STEP
    assert camera.picture_begins - camera.sound_begins == pytest.approx((came - began) / 1000, abs=1)


def _remainder(distance: float, period: float) -> float:
    """The distance to the nearest multiple of the period."""
    return distance - round(distance / period) * period
