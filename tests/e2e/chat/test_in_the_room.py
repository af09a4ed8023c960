"""S3: both sides attach pictures, clips and documents during the consultation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.call import Call
from tests.support.chat import attach, card, digest
from tests.support.patience import eventually

pytestmark = pytest.mark.manual("S3")


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_a_clip_sent_in_the_room_shows_on_both_sides_while_the_call_goes_on(
    shared_call: Call, clip: Path, role: str
) -> None:
    attach(shared_call.person(role), clip)
    for person in shared_call.both:
        card(person)
        person.sees_frames()


def test_what_was_sent_in_the_room_is_on_the_patient(shared_call: Call, photo: Path) -> None:
    attach(shared_call.owner, photo)
    domain = [
        ("patient_id", "=", shared_call.consultation.patient),
        ("state", "=", "ready"),
        ("sha256", "=", digest(photo.read_bytes())),
    ]
    assert eventually(lambda: shared_call.clinic.admin.search("vet.media", domain, "name"), "the photo on the patient")
