"""Two clips side by side, in step."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import H264, H264_NTSC, PHOTO, VP8, Clip

OPEN = "clipViewer.comparison?.source?.loaded && !clipViewer.transport?.busy"


def compare(open_clip: Callable[..., ClipPage], other: Clip | str, clip: Clip = H264) -> ClipPage:
    viewer = open_clip(clip, others=[other if isinstance(other, str) else other.name])
    viewer.get("clip-compare").click()
    viewer.get("clip-compare-with").click()
    settle(viewer)
    return viewer


def settle(viewer: ClipPage) -> None:
    viewer.page.wait_for_function(
        f"{OPEN} && ['paused', 'ended'].includes(clipViewer.transport.status) && !clipViewer.playback.busy"
    )


@pytest.mark.parametrize("other", [H264_NTSC, VP8], ids=lambda clip: clip.name)
def test_both_step_by_the_same_frames(open_clip: Callable[..., ClipPage], other: Clip) -> None:
    viewer = compare(open_clip, other)
    for number in range(1, 16):
        viewer.page.keyboard.press("ArrowRight")
        settle(viewer)
        assert (viewer.frame, viewer.second_frame()) == (number, number)
    for number in range(14, 10, -1):
        viewer.page.keyboard.press("ArrowLeft")
        settle(viewer)
        assert (viewer.frame, viewer.second_frame()) == (number, number)


def test_stepping_the_second_alone_sets_an_offset_that_stays(open_clip: Callable[..., ClipPage]) -> None:
    viewer = compare(open_clip, H264_NTSC)
    for _ in range(3):
        viewer.get("clip-second-step-forward").click()
        settle(viewer)
    assert (viewer.frame, viewer.second_frame()) == (0, 3)
    assert viewer.text("clip-offset") == "+0.100 s"
    viewer.page.keyboard.press("ArrowRight")
    settle(viewer)
    assert (viewer.frame, viewer.second_frame()) == (1, 4)
    viewer.page.evaluate("clipViewer.transport.seek(2.01)")
    settle(viewer)
    assert (viewer.frame, viewer.second_frame()) == (60, 63)
    viewer.get("clip-offset").click()
    settle(viewer)
    assert viewer.second_frame() == 60


def test_both_play_in_step_and_freeze_on_the_same_moment(open_clip: Callable[..., ClipPage]) -> None:
    viewer = compare(open_clip, H264_NTSC)
    viewer.get("clip-play").click()
    viewer.page.wait_for_function("clipViewer.playback.position > 2.5")
    apart = "Math.abs(clipViewer.comparison.playback.now - clipViewer.playback.now)"
    assert viewer.page.evaluate(apart) < 0.1
    viewer.page.keyboard.press("k")
    settle(viewer)
    assert abs(viewer.frame - viewer.second_frame()) <= 1, "at 30 and 29.97 frames a second"


def test_a_photo_stands_beside_a_clip(open_clip: Callable[..., ClipPage]) -> None:
    viewer = compare(open_clip, PHOTO)
    expect(viewer.get("clip-photo")).to_be_visible()
    viewer.press("ArrowRight")
    assert viewer.frame == 1
    assert not viewer.shows("clip-offset")


def test_the_zoom_goes_together_until_it_is_separated(open_clip: Callable[..., ClipPage]) -> None:
    viewer = compare(open_clip, H264_NTSC)
    zooms = "[...document.querySelectorAll('[data-test=clip-stage]')].map((stage) => Number(stage.dataset.zoom))"
    viewer.get("clip-zoom-in").first.click()
    viewer.page.wait_for_function(f"{zooms}.join() === '1.5,1.5'")
    viewer.get("clip-link-zoom").click()
    viewer.get("clip-zoom-in").nth(1).click()
    viewer.page.wait_for_function(f"{zooms}.join() === '1.5,2.25'")


def test_leaving_the_comparison_goes_on_with_the_first(open_clip: Callable[..., ClipPage]) -> None:
    viewer = compare(open_clip, H264_NTSC)
    viewer.page.keyboard.press("Escape")
    viewer.page.wait_for_function("!clipViewer.comparison")
    expect(viewer.get("clip-video")).to_have_count(1)
    viewer.press("ArrowRight")
    assert viewer.frame == 1
    assert viewer.page.evaluate("closes") == 0
