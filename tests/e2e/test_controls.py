"""The control bar, on both sides."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.call import Call

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])


@ROLES
def test_a_muted_microphone_shows_on_the_other_side(shared_call: Call, role: str) -> None:
    shared_call.person(role).press("microphone")
    shared_call.other(role).sees("remote-muted")
    shared_call.person(role).press("microphone")
    shared_call.other(role).sees_no("remote-muted")


@ROLES
def test_a_muted_microphone_is_silent_on_the_other_side(shared_call: Call, role: str) -> None:
    person, other = shared_call.person(role), shared_call.other(role)
    person.press("microphone")
    other.sees("remote-muted")
    # What was said before is still on its way.
    other.sees_frames(count=15)
    before = other.received("audio")["energy"]
    # Longer than a loop of the footage, which beeps once in it.
    other.sees_frames(count=70)
    assert other.received("audio")["energy"] - before < 0.001
    person.press("microphone")
    other.hears_sound()


@ROLES
def test_a_camera_that_is_off_hides_the_picture_and_says_so(shared_call: Call, role: str) -> None:
    person, other = shared_call.person(role), shared_call.other(role)
    person.press("camera")
    other.sees_no("remote-video")
    expect(other.page.get_by_text("camera of").first).to_be_visible()
    person.press("camera")
    other.sees_picture_of(person.footage)
    other.sees_frames()


@ROLES
def test_a_camera_that_is_off_is_closed(shared_call: Call, role: str) -> None:
    """Its light goes out: the track has ended."""
    person, other = shared_call.person(role), shared_call.other(role)
    track = person.page.evaluate_handle(
        "observer.peers()[0].getSenders().map(s => s.track).find(t => t?.kind === 'video')"
    )
    person.press("camera")
    person.page.wait_for_function("track => track.readyState === 'ended'", arg=track)
    person.press("camera")
    other.sees_picture_of(person.footage)


@pytest.mark.manual("S2", "S12")
@ROLES
def test_a_shared_screen_appears_below_the_video_and_goes_again(shared_call: Call, role: str) -> None:
    """S2, S12."""
    person, other = shared_call.person(role), shared_call.other(role)
    person.press("share-screen")
    other.sees("screen-video")
    other.sees_frames("screen-video", 5)
    video, screen = other.find("remote-video").bounding_box(), other.find("screen-video").bounding_box()
    assert screen["y"] >= video["y"] + video["height"]
    person.press("share-screen")
    other.sees_no("screen-video")


@ROLES
def test_sharing_can_be_stopped_where_it_is_announced(shared_call: Call, role: str) -> None:
    shared_call.person(role).press("share-screen")
    shared_call.other(role).sees("screen-video")
    shared_call.person(role).press("stop-sharing")
    shared_call.other(role).sees_no("screen-video")


def test_both_may_share_at_the_same_time(shared_call: Call) -> None:
    for person in shared_call.both:
        person.press("share-screen")
    for person in shared_call.both:
        person.sees_frames("screen-video", 5)
    for person in shared_call.both:
        person.press("share-screen")
    for person in shared_call.both:
        person.sees_no("screen-video")


@ROLES
def test_the_video_goes_on_while_a_screen_is_shared(shared_call: Call, role: str) -> None:
    person, other = shared_call.person(role), shared_call.other(role)
    person.press("share-screen")
    other.sees("screen-video")
    other.sees_frames()
    other.sees_picture_of(person.footage)
    person.press("share-screen")
    other.sees_no("screen-video")


@ROLES
def test_the_devices_menu_lists_microphones_cameras_and_speakers(shared_call: Call, role: str) -> None:
    person = shared_call.person(role)
    person.press("devices")
    menu = person.page.get_by_role("dialog", name="Devices")
    expect(menu.get_by_role("combobox")).to_have_count(3)
    expect(menu.get_by_test_id("level-meter")).to_be_visible()
    person.press("devices")
    expect(menu).to_have_count(0)
