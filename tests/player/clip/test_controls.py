"""Opening, links, help, full screen: every control by keyboard and for screen readers."""

import re
from collections.abc import Callable

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import H264, SOUND


def test_it_opens_paused_at_the_time_of_the_link(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(H264, start=2.51)
    assert viewer.frame == 75
    assert viewer.page.evaluate("clipViewer.playback.status") == "paused"
    assert viewer.text("clip-time") == "0:02.500"


def test_the_moment_is_copied_as_a_link(open_clip: Callable[..., ClipPage], site) -> None:
    site.described[H264.name]["link"] = "https://clinic.example/vet/clip/1/token"
    viewer = open_clip(H264, {"permissions": ["clipboard-read", "clipboard-write"]}, start=2.51)
    viewer.page.get_by_role("button", name="Copy a link to this moment").click()
    viewer.get("clip-copied").wait_for()
    copied = viewer.page.evaluate("navigator.clipboard.readText()")
    assert copied == "https://clinic.example/vet/clip/1/token#t=2.5"


def test_without_a_link_the_time_is_copied(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(H264, {"permissions": ["clipboard-read", "clipboard-write"]}, start=1)
    viewer.page.get_by_role("button", name="Copy this moment's time").click()
    assert viewer.text("clip-copied") == "#t=1"


def test_the_bar_goes_by_frames_and_is_spoken(viewer: ClipPage) -> None:
    bar = viewer.page.get_by_role("slider", name="Position in the clip")
    bar.focus()
    for key, number in (("ArrowUp", 1), ("ArrowRight", 2), ("ArrowDown", 1), ("End", H264.last), ("Home", 0)):
        viewer.press(key)
        assert viewer.frame == number
    viewer.rendered()
    assert re.fullmatch(r"0\.00 of 5\.0\d seconds", bar.get_attribute("aria-valuetext"))


def test_a_screen_reader_is_told_where_it_froze_once_steps_rest(viewer: ClipPage) -> None:
    for _ in range(3):
        viewer.page.keyboard.press("ArrowRight")
    viewer.page.wait_for_function(
        "document.querySelector('[data-test=clip-said]').textContent === 'Frozen at 0:00.100'"
    )


def test_help_opens_by_key_and_closes_before_the_viewer(viewer: ClipPage) -> None:
    viewer.page.keyboard.press("?")
    viewer.page.get_by_role("dialog", name="Keys and fingers").wait_for()
    viewer.page.keyboard.press("Escape")
    assert not viewer.shows("clip-help")
    assert viewer.page.evaluate("closes") == 0
    viewer.page.keyboard.press("Escape")
    assert viewer.page.evaluate("closes") == 1


def test_tab_stays_in_the_dialog(viewer: ClipPage) -> None:
    viewer.page.evaluate("document.body.append(Object.assign(document.createElement('button'), { id: 'outside' }))")
    seen = set()
    for _ in range(60):
        viewer.page.keyboard.press("Tab")
        seen.add(viewer.page.evaluate("document.activeElement.dataset.test || document.activeElement.id"))
    assert {"clip-close", "clip-play", "clip-seek", "clip-rate", "clip-zoom-in"} <= seen
    assert "outside" not in seen


def test_full_screen_by_key_and_back(viewer: ClipPage) -> None:
    viewer.page.keyboard.press("f")
    viewer.page.wait_for_function("document.fullscreenElement?.dataset.test === 'clip'")
    viewer.page.get_by_role("button", name="Leave full screen").click()
    viewer.page.wait_for_function("!document.fullscreenElement")


def test_a_sound_plays_and_has_no_picture_controls(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(SOUND)
    assert not viewer.shows("clip-still")
    assert not viewer.shows("clip-zoom-in")
    viewer.page.get_by_role("button", name="Play", exact=True).click()
    viewer.wait_until("playback.status === 'playing' && playback.position > 0.3")
    viewer.page.get_by_role("button", name="Pause", exact=True).click()
    viewer.wait_until_still()
    assert viewer.position > 0.3


def test_the_viewer_lets_go_of_its_file_when_it_closes(viewer: ClipPage) -> None:
    viewer.page.evaluate("window.element = clipViewer.playback.element; clipApp.destroy()")
    assert viewer.page.evaluate("element.getAttribute('src') === null && element.paused")
