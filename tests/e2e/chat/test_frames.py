"""A4: what was filmed is stopped, stepped through and kept, frame by frame, in the product itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import clips
from tests.support.browser import Person
from tests.support.chat import Conversation, attach, card
from tests.support.clips import NUMBER_OF
from tests.support.patience import eventually

pytestmark = pytest.mark.manual("A4")


def _number(person: Person) -> int:
    return int(person.page.evaluate(f"({NUMBER_OF})(document.querySelector('[data-test=clip] video'))"))


def _shows(person: Person, number: int) -> bool:
    return _number(person) == number


@pytest.fixture(scope="module")
def sent(shared_conversation: Conversation, clip) -> Conversation:
    attach(shared_conversation.owner, clip)
    for person in shared_conversation.both:
        card(person)
    return shared_conversation


def _open(person: Person, name: str = "limping.mp4") -> None:
    card(person, name).get_by_test_id("media-open").click()
    person.page.wait_for_function("document.querySelector('[data-test=clip] video')?.readyState >= 2")


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_a_step_lands_on_the_next_frame_and_back_on_the_one_before(sent: Conversation, role: str) -> None:
    person = sent.person(role)
    _open(person)
    first = _number(person)
    for number in range(first + 1, first + 6):
        person.press("clip-step-forward")
        eventually(partial(_shows, person, number), f"frame {number}")
    person.press("clip-step-back")
    eventually(partial(_shows, person, first + 4), f"frame {first + 4}")
    person.press("clip-close")


def test_a_still_of_the_frozen_frame_is_kept_in_full_resolution(sent: Conversation) -> None:
    vet = sent.vet
    _open(vet)
    for _ in range(3):
        vet.press("clip-step-forward")
    eventually(lambda: _number(vet) == 3, "the fourth frame")
    vet.press("clip-still")
    vet.press("clip-still-save")

    def still():
        found = sent.clinic.admin.search(
            "vet.media",
            [("chat_id", "=", sent.chat.id), ("kind", "=", "still"), ("state", "=", "ready")],
            "width",
            "height",
            "parent_id",
            "time_code",
            "patient_id",
            "store_key",
        )
        return found[0] if found else None

    kept = eventually(still, "the still on the patient")
    assert (kept["width"], kept["height"]) == (640, 480)
    assert kept["patient_id"][0] == sent.chat.patient
    assert kept["parent_id"]
    assert kept["time_code"] == pytest.approx(0.1, abs=0.02)
    assert clips.number_of(sent.bytes_of(kept)) == 3
    vet.press("clip-close")


def test_a_time_code_in_a_message_opens_the_clip_there(sent: Conversation) -> None:
    sent.vet.write("Look at #t=1.0")
    link = sent.owner.find("message").filter(has_text="Look at").get_by_role("link")
    link.click()
    sent.owner.sees("clip")
    eventually(lambda: _number(sent.owner) == 30, "the frame at one second")
    expect(sent.owner.find("clip")).to_be_visible()
    sent.owner.press("clip-close")


def test_a_rate_that_was_counted_is_kept_with_its_unit_and_method(sent: Conversation, tmp_path: Path) -> None:
    vet = sent.vet
    attach(sent.owner, clips.numbered(tmp_path / "breathing.mp4", frames=140, rate="10"))
    _open(vet, "breathing.mp4")
    vet.press("clip-count")
    vet.find("clip-rate").select_option("2")
    vet.press("clip-play")
    for moment in (1, 3, 5, 7, 9, 11, 13):
        vet.page.wait_for_function(
            "(moment) => document.querySelector('[data-test=clip] video').currentTime >= moment", arg=moment
        )
        vet.page.keyboard.press("t")
    vet.press("clip-rate-save")
    domain = [("patient_id", "=", sent.chat.patient)]
    [kept] = eventually(
        lambda: sent.clinic.admin.search("vet.observation", domain, "kind", "value", "unit", "method", "media_id"),
        "the observation",
    )
    assert kept["kind"] == "respiratory_rate"
    assert kept["value"] == pytest.approx(30, abs=4)
    assert kept["unit"]
    assert "7 taps" in kept["method"]
    assert "breathing.mp4" in kept["media_id"][1]
    vet.press("clip-close")
