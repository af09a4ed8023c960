"""S1, S11: a vet and an owner meet by video, peer to peer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import make_owner
from tests.support.browser import Owner, Vet
from tests.support.call import Call
from tests.support.patience import eventually
from tests.support.stack import Stack

pytestmark = pytest.mark.manual("S1", "S11")


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_each_sees_the_moving_picture_of_the_other(shared_call: Call, role: str) -> None:
    person, other = shared_call.person(role), shared_call.other(role)
    person.sees_frames()
    person.sees_picture_of(other.footage)


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_each_hears_the_other(shared_call: Call, role: str) -> None:
    shared_call.person(role).hears_sound()


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_each_sees_themselves_in_a_corner(shared_call: Call, role: str) -> None:
    shared_call.person(role).sees_picture_of(shared_call.person(role).footage, "self-video")


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_media_run_directly_between_the_browsers(shared_call: Call, role: str) -> None:
    """Neither through the relay nor through the media service: each end of the way is a browser's own address."""
    here, there = shared_call.person(role).selected_pair(), shared_call.other(role).selected_pair()
    # A peer-reflexive address is the other's own, seen before it was announced.
    assert here["local"]["candidateType"] in ("host", "prflx")
    assert here["remote"]["candidateType"] in ("host", "prflx")
    assert here["remote"]["port"] == there["local"]["port"]


def test_a_call_is_on_the_consultation_with_its_start(shared_call: Call) -> None:
    calls = eventually(
        lambda: shared_call.clinic.admin.search(
            "vet.call", [("consultation_id", "=", shared_call.consultation.id)], "started_at", "ended_at"
        ),
        "the call on the consultation",
    )
    assert [(bool(call["started_at"]), call["ended_at"]) for call in calls] == [(True, False)]


def test_the_consultation_is_in_progress_during_the_call(shared_call: Call) -> None:
    assert shared_call.clinic.read(shared_call.consultation, "state")["state"] == "in_progress"


def test_starting_a_consultation_claims_it(shared_call: Call) -> None:
    assert shared_call.clinic.read(shared_call.consultation, "vet_id")["vet_id"][1] == "Dr Vera Meier"


def test_the_owner_appears_by_themselves_to_the_waiting_vet(clinic: Stack, vet: Vet, owner: Owner) -> None:
    consultation = clinic.consultation()
    vet.enter(clinic, consultation)
    vet.sees_state("waiting")
    vet.sees("waiting")
    owner.enter(consultation)
    vet.sees_picture_of(owner.footage)


def test_an_owner_who_comes_first_is_told_to_wait_and_shown_in_the_queue(clinic: Stack, owner: Owner) -> None:
    consultation = clinic.consultation()
    owner.enter(consultation)
    expect(owner.find("waiting")).to_contain_text("waiting room")
    eventually(lambda: clinic.read(consultation, "state")["state"] == "waiting", "the consultation waiting")


def test_the_red_phone_ends_the_video_for_both(call: Call) -> None:
    call.owner.press("hang-up")
    call.owner.sees_no("remote-video")
    call.vet.sees_state("waiting")


def test_hanging_up_closes_camera_and_microphone(call: Call) -> None:
    tracks = call.owner.page.evaluate_handle("observer.peers()[0].getSenders().map(s => s.track).filter(Boolean)")
    call.owner.press("hang-up")
    call.owner.page.wait_for_function("tracks => tracks.every(track => track.readyState === 'ended')", arg=tracks)


def test_hanging_up_does_not_finish_the_consultation_and_one_may_rejoin(call: Call) -> None:
    call.hang_up()
    for person in call.both:
        person.press("rejoin")
    call.is_going_on()
    assert call.clinic.read(call.consultation, "state")["state"] == "in_progress"


def test_the_times_of_a_call_are_kept_when_it_ends(call: Call) -> None:
    call.hang_up()
    ended = eventually(
        lambda: call.clinic.admin.search(
            "vet.call", [("consultation_id", "=", call.consultation.id), ("ended_at", "!=", False)], "duration"
        ),
        "the end of the call",
    )
    assert [each["duration"] > 0 for each in ended] == [True]


def test_finishing_the_consultation_ends_the_call_of_the_owner(call: Call) -> None:
    call.vet.press("hang-up")
    call.vet.press("finish")
    call.vet.page.get_by_role("dialog").get_by_role("button", name="Finish", exact=True).click()
    call.owner.sees("farewell")
    expect(call.owner.find("rejoin")).to_have_count(0)


def test_a_second_window_of_the_owner_replaces_the_first(call: Call, people, browsers) -> None:
    second = make_owner(browsers, people)
    second.enter(call.consultation)
    second.sees_state("connected")
    call.owner.sees_notice("Only one can take part at a time")
