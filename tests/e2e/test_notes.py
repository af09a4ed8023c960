"""S5, S15, S16: notes in the room, history at its foot."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import Vet
from tests.support.call import Call
from tests.support.patience import eventually
from tests.support.stack import VET, Stack

pytestmark = pytest.mark.manual("S5", "S15", "S16")


def test_a_note_that_is_added_in_the_room_is_on_the_form(call: Call) -> None:
    call.vet.press("add-note")
    call.vet.find("note-editor").fill("Left ear inflamed, drops for a week.")
    call.vet.press("note-save")
    eventually(
        lambda: "Left ear inflamed" in (call.clinic.read(call.consultation, "note")["note"] or ""), "the note kept"
    )
    call.vet.press("hang-up")
    call.vet.open_form(call.clinic, call.consultation)
    expect(call.vet.page.locator("[name=note]").get_by_text("Left ear inflamed")).to_be_visible()


@pytest.fixture
def with_history(clinic: Stack):
    """A patient with an earlier consultation that is done and has a note."""
    earlier = clinic.consultation(claimed_by=VET, note="<p>Vaccinated against rabies.</p>")
    clinic.admin.call("vet.consultation", "action_start", [earlier.id])
    clinic.admin.call("vet.consultation", "action_finish", [earlier.id])
    return clinic.consultation(patient=earlier.patient)


def test_earlier_consultations_stand_at_the_foot_of_the_room_with_their_notes(
    clinic: Stack, vet: Vet, with_history
) -> None:
    vet.enter(clinic, with_history)
    expect(vet.find("timeline-entry")).to_have_count(1)
    expect(vet.find("timeline-entry")).to_contain_text("Vaccinated against rabies.")
    history, bar = vet.find("history").bounding_box(), vet.find("hang-up").bounding_box()
    assert history["y"] > bar["y"]


def test_the_owner_sees_neither_notes_nor_history(clinic: Stack, owner, with_history) -> None:
    owner.enter(with_history)
    owner.sees_state("waiting")
    expect(owner.find("history")).to_have_count(0)
    assert "rabies" not in owner.page.content()
