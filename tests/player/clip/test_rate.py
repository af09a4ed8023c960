"""Breaths and heartbeats are counted in the clip's time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import BREATHING, SOUND

NO_RATE = "\N{EN DASH}"


def count(viewer: ClipPage, moments: list[float], how: Callable[[], None]) -> None:
    for moment in moments:
        viewer.wait_until(f"!playback.busy && playback.now >= {moment}")
        how()


@pytest.fixture
def counter(open_clip: Callable[..., ClipPage]) -> ClipPage:
    viewer = open_clip(BREATHING)
    viewer.get("clip-count").click()
    return viewer


@pytest.mark.parametrize("rate", ["1.5", "2"])
def test_a_rate_is_that_of_the_clip_at_any_speed(counter: ClipPage, rate: str) -> None:
    counter.get("clip-rate").select_option(rate)
    counter.get("clip-play").click()
    counter.get("clip-rate-tap").focus()
    count(counter, [1, 3, 5, 7, 9, 11, 13], lambda: counter.page.keyboard.press("Space"))
    assert counter.page.evaluate("clipViewer.playback.wanted"), "the space bar counts here"
    counter.get("clip-rate-save").click()
    counter.page.wait_for_function("saved.length")
    saved = counter.saved[0]
    assert saved["kind"] == "respiratory_rate"
    assert saved["unit"] == "1/min"
    assert saved["count"] == 7
    assert saved["start"] >= 1 and saved["end"] <= 14
    assert saved["value"] == pytest.approx(60 * 6 / (saved["end"] - saved["start"]), abs=0.051)
    assert saved["method"] == f"7 taps in {saved['end'] - saved['start']:.1f} s of the clip"
    counter.page.get_by_text("Saved with the patient.").wait_for()


def test_too_few_taps_or_too_short_a_time_are_not_saved(counter: ClipPage) -> None:
    counter.get("clip-rate").select_option("2")
    counter.get("clip-play").click()
    confidence = "[data-test=clip-rate-confidence][data-confidence=%s]"
    counter.page.locator(confidence % "few").wait_for()
    count(counter, [0.5 * number for number in range(1, 8)], lambda: counter.page.keyboard.press("t"))
    counter.page.locator(confidence % "short").wait_for()
    expect(counter.get("clip-rate-save")).to_be_disabled()
    counter.get("clip-rate-undo").click()
    assert counter.text("clip-rate-count").startswith("6 taps")
    counter.get("clip-rate-reset").click()
    assert counter.text("clip-rate-value") == NO_RATE


def test_passes_through_a_stretch_add_up_without_what_lies_between(counter: ClipPage) -> None:
    counter.seek(2)
    counter.page.keyboard.press("i")
    counter.seek(4)
    counter.page.keyboard.press("o")
    counter.page.evaluate("window.rounds = 0; clipViewer.playback.addEventListener('jump', () => rounds++)")
    counter.page.keyboard.press("l")
    for passed in (1, 2):
        count(counter, [2.3, 3.3], lambda: counter.page.keyboard.press("t"))
        counter.page.wait_for_function(f"rounds >= {passed}")
    assert counter.text("clip-rate-count").startswith("4 taps in ")
    seconds = float(counter.text("clip-rate-count").split()[3])
    assert seconds < 3.5, "two intervals of about a second, not the way back"


def test_heartbeats_are_counted_with_a_finger_on_a_sound(open_clip: Callable[..., ClipPage]) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    viewer = open_clip(SOUND, phone)
    viewer.get("clip-count").tap()
    viewer.page.get_by_role("radio", name="Heartbeats").check()
    assert viewer.text("clip-rate-tap").startswith("Tap at each heartbeat")
    viewer.get("clip-play").tap()
    count(viewer, [0.5, 1.5, 2.5], lambda: viewer.get("clip-rate-tap").tap())
    assert viewer.text("clip-rate-count").startswith("3 taps")


def test_an_owner_sees_the_rate_and_has_nothing_to_save(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(BREATHING, owner=True)
    viewer.get("clip-count").click()
    viewer.get("clip-rate").select_option("2")
    viewer.get("clip-play").click()
    count(viewer, [1, 2, 3], lambda: viewer.page.keyboard.press("t"))
    assert viewer.text("clip-rate-value") != NO_RATE
    assert not viewer.shows("clip-rate-save")
