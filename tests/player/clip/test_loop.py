"""A stretch is played over and over."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import H264, H264_NTSC, VP8, Clip


def mark(viewer: ClipPage, start: float, end: float) -> None:
    viewer.seek(start)
    viewer.get("clip-loop-in").click()
    viewer.seek(end)
    viewer.get("clip-loop-out").click()


@pytest.mark.parametrize("clip", [H264, H264_NTSC, VP8], ids=lambda clip: clip.name)
def test_a_stretch_begins_anew_at_its_first_frame(open_clip: Callable[..., ClipPage], clip: Clip) -> None:
    viewer = open_clip(clip)
    mark(viewer, 1.005, 1.505)
    first = viewer.page.evaluate("clipViewer.playback.loop.start")
    number = next(index for index, time in enumerate(clip.times) if abs(float(time) - first) < 0.0011)
    viewer.page.evaluate(
        """() => {
            window.begun = [];
            clipViewer.playback.addEventListener("jump", () => begun.push(readFrame()));
            window.furthest = 0;
            clipViewer.playback.addEventListener("position", ({ detail }) => (furthest = Math.max(furthest, detail)));
        }"""
    )
    viewer.page.keyboard.press("l")
    viewer.page.wait_for_function("begun.length >= 3")
    assert viewer.page.evaluate("begun.slice(0, 3)") == [number] * 3
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
    expect(viewer.get("clip-stretch")).to_be_visible()
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
