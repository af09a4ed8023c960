"""Recording needs everyone's consent, asked in the room and kept with the text."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import make_vet
from tests.support.call import Call
from tests.support.patience import eventually
from tests.support.stack import COLLEAGUE, Stack


def consents(call: Call) -> list[dict]:
    domain = [("consultation_id", "=", call.consultation.id)]
    return call.clinic.admin.search("vet.consent", domain, "participant", "decision", "text")


def test_everyone_is_asked_with_the_text_of_the_clinic(call: Call) -> None:
    call.vet.press("record")
    for person in call.both:
        expect(person.find("consent-dialog")).to_contain_text("The clinic keeps this recording for a year.")


def test_nothing_is_recorded_before_everyone_has_answered(call: Call) -> None:
    call.vet.press("record")
    call.vet.press("consent-agree")
    call.vet.sees_notice("Recording starts when")
    call.vet.sees_frames(count=30)
    expect(call.vet.find("recording-indicator")).to_have_count(0)
    assert call.recordings() == []


def test_both_see_the_red_dot_and_the_word_while_it_records(call: Call) -> None:
    call.record()
    for person in call.both:
        expect(person.find("recording-indicator")).to_contain_text("Recording")


def test_answers_are_kept_with_the_text_that_was_shown(call: Call) -> None:
    call.record()
    kept = consents(call)
    assert {(each["participant"].split("-")[0], each["decision"]) for each in kept} == {
        ("vet", "granted"),
        ("owner", "granted"),
    }
    assert {each["text"] for each in kept} == {"The clinic keeps this recording for a year."}


def test_refusing_goes_on_with_the_call_and_leaves_no_file(call: Call) -> None:
    files = set(call.clinic.store.rglob("*.webm")) | set(call.clinic.spool.rglob("*.webm"))
    call.vet.press("record")
    call.vet.press("consent-agree")
    call.owner.press("consent-refuse")
    call.vet.sees_notice("did not agree")
    call.is_going_on()
    call.hang_up()
    eventually(
        lambda: call.clinic.admin.search(
            "vet.call", [("consultation_id", "=", call.consultation.id), ("ended_at", "!=", False)], "id"
        ),
        "the end of the call",
    )
    assert set(call.clinic.store.rglob("*.webm")) | set(call.clinic.spool.rglob("*.webm")) == files
    assert call.recordings() == []


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_withdrawing_stops_the_recording_and_not_the_call(call: Call, role: str) -> None:
    call.record()
    call.other(role).sees_frames(count=30)
    call.person(role).press("consent-withdraw")
    for person in call.both:
        person.sees_no("recording-indicator")
    call.is_going_on()
    assert "withdrawn" in eventually(
        lambda: [each["decision"] for each in consents(call) if each["decision"] == "withdrawn"], "the withdrawal kept"
    )


def test_a_late_joiner_pauses_the_recording_until_they_agree(call: Call, browsers, people) -> None:
    call.record()
    colleague = make_vet(call.clinic, browsers, people, COLLEAGUE)
    colleague.enter_as_a_guest(call.clinic, call.consultation)
    call.vet.page.locator("[data-test=recording-indicator][data-state=paused]").wait_for()
    colleague.press("consent-agree")
    call.is_recording()
    colleague.page.locator("[data-test=recording-indicator][data-state=recording]").wait_for()


def test_a_reload_does_not_ask_again_in_the_same_call(call: Call) -> None:
    call.record()
    call.owner.reload()
    call.is_going_on()
    call.is_recording()
    expect(call.owner.find("consent-dialog")).to_have_count(0)


def test_a_type_that_always_records_asks_by_itself(clinic: Stack, vet, owner) -> None:
    call = Call(clinic, clinic.consultation(policy="always"), vet, owner).begin()
    for person in call.both:
        person.press("consent-agree")
    call.is_recording()


def test_a_type_that_never_records_has_no_button_for_it(clinic: Stack, vet, owner) -> None:
    call = Call(clinic, clinic.consultation(policy="never"), vet, owner).begin()
    expect(call.vet.find("record")).to_have_count(0)


def test_the_owner_has_no_button_to_record(shared_call: Call) -> None:
    expect(shared_call.owner.find("record")).to_have_count(0)
