"""The media service dies during a recorded call and is started again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import make_owner, make_vet
from tests.support.call import Call
from tests.support.recorded import RecordedFile


@dataclass
class Survived:
    """What a call left behind whose media service was killed in the middle."""

    call: Call
    recordings: list[dict[str, Any]]
    files: list[list[RecordedFile]]
    frames_without: int


@pytest.fixture(scope="module")
def survived(clinic, browsers, people_of_module, tmp_path_factory) -> Iterator[Survived]:
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    call = Call(clinic, clinic.consultation(), vet, owner).begin()
    call.record()
    vet.sees_frames(count=75)
    clinic.sidecar.kill()
    try:
        before = vet.page.evaluate("observer.frames('remote-video')")
        for person in call.both:
            person.sees_notice("is being reconnected. Your call goes on.")
            person.sees_frames(count=45)
        frames = vet.page.evaluate("observer.frames('remote-video')") - before
    finally:
        clinic.sidecar.start().wait_until_healthy()
    for person in call.both:
        person.sees_no("notice")
    call.is_recording()
    vet.sees_frames(count=75)
    call.hang_up()
    recordings = call.finished_recordings(2)
    folder = tmp_path_factory.mktemp("survived")
    yield Survived(call, recordings, [call.files(each, folder) for each in recordings], frames)


def test_the_call_goes_on_without_the_media_service(survived: Survived) -> None:
    assert survived.frames_without >= 45


def test_it_is_one_call_before_and_after(survived: Survived) -> None:
    domain = [("consultation_id", "=", survived.call.consultation.id)]
    assert len(survived.call.clinic.admin.search("vet.call", domain, "sidecar_key")) == 1


@pytest.mark.parametrize("part", [0, 1], ids=["before", "after"])
def test_both_people_are_recorded_before_and_after(survived: Survived, part: int) -> None:
    assert {file.entry["role"] for file in survived.files[part] if file.pictures and file.sound.any()} == {
        "vet",
        "owner",
    }


def test_what_was_recorded_before_is_kept_up_to_the_last_seconds(survived: Survived) -> None:
    """75 frames at 15 a second were sent since the recording began."""
    assert min(file.picture_ends for file in survived.files[0]) > 3
