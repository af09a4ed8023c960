"""A stretch is played over and over."""

import pytest

from tests.player.clip.clip_page import ClipPage


def mark(viewer: ClipPage, start: float, end: float) -> None:
    viewer.seek(start)
    viewer.get("clip-loop-in").click()
    viewer.seek(end)
    viewer.get("clip-loop-out").click()


def test_a_stretch_begins_anew_at_its_first_frame(viewer: ClipPage) -> None:
    mark(viewer, 1.005, 1.505)
    viewer.page.evaluate(
        """() => {
            window.begun = [];
            clipViewer.playback.addEventListener("jump", () => {
                clipViewer.playback.addEventListener("position", () => begun.push(readFrame()), { once: true });
            });
            window.furthest = 0;
            clipViewer.playback.addEventListener("position", ({ detail }) => (furthest = Math.max(furthest, detail)));
        }"""
    )
    viewer.page.keyboard.press("l")
    viewer.page.wait_for_function("begun.length >= 3")
    assert viewer.page.evaluate("begun.slice(0, 3)") == [30, 30, 30]
    # On a busy machine some frames are painted late; the stretch ends with the frame that is painted next.
    assert viewer.page.evaluate("furthest") == pytest.approx(1.5, abs=0.3)


def test_playing_outside_the_stretch_begins_at_its_start(viewer: ClipPage) -> None:
    mark(viewer, 1.005, 2.005)
    viewer.seek(4)
    viewer.get("clip-play").click()
    viewer.wait_until("playback.status === 'playing' && !playback.busy && playback.position >= 1")
    assert viewer.position < 2.2


def test_a_stretch_that_is_cleared_is_played_through(viewer: ClipPage) -> None:
    mark(viewer, 0.5, 0.8)
    assert viewer.get("clip-stretch").is_visible()
    viewer.page.keyboard.press("x")
    assert not viewer.shows("clip-stretch")
    viewer.page.keyboard.press("l")
    viewer.wait_until("playback.position > 1.2")


def test_a_stretch_without_an_end_begins_anew_at_the_clips_end(viewer: ClipPage) -> None:
    viewer.seek(4.5)
    viewer.page.keyboard.press("i")
    viewer.page.evaluate("window.rounds = 0; clipViewer.playback.addEventListener('jump', () => rounds++)")
    viewer.page.keyboard.press("l")
    viewer.page.wait_for_function("rounds >= 2")
    assert viewer.position >= 4.49
