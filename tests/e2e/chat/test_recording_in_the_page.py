"""A1: a clip is taken live in the page, looked at, taken again, and sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Browsers, Owner, Person
from tests.support.chat import Conversation, card
from tests.support.patience import eventually
from tests.support.stack import Stack

pytestmark = pytest.mark.manual("A1")


def _record(person: Person, hook: str = "attach-record") -> None:
    person.press("attach")
    person.press(hook)
    person.sees("recorder")
    person.press("recorder-start")
    eventually(lambda: "0:02" in person.find("recorder-time").inner_text(), "two seconds recorded")
    person.press("recorder-stop")


@pytest.mark.parametrize("role", ["owner", "vet"])
def test_a_clip_recorded_in_the_page_plays_on_the_other_side(conversation: Conversation, role: str) -> None:
    _record(conversation.person(role))
    conversation.person(role).press("recorder-send")
    [media] = conversation.stored()
    assert (media["kind"], media["origin"]) == ("video", "recorded")
    other = conversation.other(role)
    card(other).get_by_test_id("media-open").click()
    other.sees("clip")
    other.press("clip-play")
    other.page.wait_for_function("document.querySelector('[data-test=clip] video')?.currentTime > 0.5")


def test_a_clip_can_be_taken_again_before_it_is_sent(conversation: Conversation) -> None:
    owner = conversation.owner
    _record(owner)
    owner.press("recorder-again")
    owner.press("recorder-start")
    eventually(lambda: "0:01" in owner.find("recorder-time").inner_text(), "a second recorded")
    owner.press("recorder-stop")
    owner.press("recorder-send")
    assert len(conversation.stored()) == 1


def test_the_camera_is_turned_around_before_filming(clinic: Stack, browsers: Browsers, people) -> None:
    """A phone has two cameras; the one that films is the one that was chosen."""
    owner = people(Owner, browsers.with_two_cameras(), viewport=PHONE)
    chat = clinic.chat()
    owner.page.goto(chat.link)
    owner.press("attach")
    owner.press("attach-record")
    showing = "document.querySelector('[data-test=recorder] video')?.srcObject?.getVideoTracks()[0]?.label"
    first = owner.page.wait_for_function(showing).json_value()
    owner.press("recorder-flip")
    owner.page.wait_for_function(f"(first) => {{ const now = {showing}; return now && now !== first; }}", arg=first)
    owner.press("recorder-close")


def test_the_camera_is_released_when_the_recorder_closes(conversation: Conversation) -> None:
    owner = conversation.owner
    owner.page.evaluate(
        """() => {
            const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            window.opened = [];
            navigator.mediaDevices.getUserMedia = async (asked) => {
                const stream = await open(asked);
                window.opened.push(...stream.getTracks());
                return stream;
            };
        }"""
    )
    owner.press("attach")
    owner.press("attach-record")
    owner.sees("recorder-start")
    eventually(lambda: owner.page.evaluate("opened.length"), "the camera open")
    owner.press("recorder-close")
    owner.page.wait_for_function("opened.every((track) => track.readyState === 'ended')")


def test_the_vet_records_the_screen(conversation: Conversation) -> None:
    _record(conversation.vet, "attach-screen")
    conversation.vet.press("recorder-send")
    [media] = conversation.stored()
    assert media["origin"] == "screen"
    card(conversation.owner)


def test_a_recording_that_a_reload_interrupted_is_offered_again(conversation: Conversation) -> None:
    owner = conversation.owner
    owner.press("attach")
    owner.press("attach-record")
    owner.press("recorder-start")
    eventually(lambda: "0:03" in owner.find("recorder-time").inner_text(), "three seconds recorded")
    owner.page.reload()
    expect(owner.find("unsent-recording")).to_be_visible()
    owner.press("unsent-send")
    [media] = conversation.stored()
    assert media["kind"] == "video"
