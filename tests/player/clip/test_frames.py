"""The viewer shows the frame that it says it shows, and steps from each to the very next."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import (
    H264,
    H264_B_FRAMES,
    H264_LONG_SOUND,
    H264_NTSC,
    H264_ROTATED,
    H264_VARYING,
    HIGH_SPEED,
    RECORDED,
    VP8,
    VP8_VARYING,
    VP9,
    Clip,
)

ALL = pytest.mark.parametrize(
    "clip",
    [H264, H264_NTSC, H264_VARYING, H264_B_FRAMES, HIGH_SPEED, VP8, VP8_VARYING, VP9, RECORDED],
    ids=lambda clip: clip.name,
)


@ALL
def test_a_hundred_steps_forward_and_back_show_each_frame_once(open_clip: Callable[..., ClipPage], clip: Clip) -> None:
    viewer = open_clip(clip)
    assert viewer.frame == 0
    assert viewer.steps(105) == list(range(1, 106))
    assert viewer.steps(-105) == list(range(104, -1, -1))


@ALL
def test_steps_are_exact_after_a_seek(open_clip: Callable[..., ClipPage], clip: Clip) -> None:
    viewer = open_clip(clip)
    for share in (0.7, 0.2, 0.45):
        viewer.click_on_bar(share)
        shown = viewer.frame
        assert 0 < shown < clip.last
        viewer.press("ArrowLeft")
        assert viewer.frame == shown - 1
        viewer.press("ArrowRight")
        viewer.press("ArrowRight")
        assert viewer.frame == shown + 1


@ALL
def test_freezing_keeps_the_frame_that_it_names(open_clip: Callable[..., ClipPage], clip: Clip) -> None:
    viewer = open_clip(clip)
    viewer.play_until(min(0.3, clip.duration / 2))
    viewer.press("k")
    frozen = viewer.frame
    assert viewer.position == pytest.approx(float(clip.times[frozen]), abs=0.0011), "times in WebM are whole ms"
    viewer.press(".")
    assert viewer.frame == frozen + 1
    viewer.press(",")
    viewer.press(",")
    assert viewer.frame == frozen - 1


@pytest.mark.parametrize("clip", [H264, H264_B_FRAMES, H264_VARYING, H264_LONG_SOUND, VP9], ids=lambda clip: clip.name)
def test_it_stays_at_both_ends(open_clip: Callable[..., ClipPage], clip: Clip) -> None:
    viewer = open_clip(clip)
    viewer.press("ArrowLeft")
    assert viewer.frame == 0
    viewer.press("End")
    assert viewer.frame == clip.last
    viewer.press("ArrowRight")
    viewer.press("ArrowRight")
    assert viewer.frame == clip.last
    viewer.press("ArrowLeft")
    assert viewer.frame == clip.last - 1
    viewer.press("Home")
    assert viewer.frame == 0


def test_the_last_frames_are_stepped_to_one_by_one(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(H264_LONG_SOUND)
    viewer.seek(float(H264_LONG_SOUND.times[-4]) + 0.001)
    shown = []
    for _ in range(5):
        shown.append(viewer.frame)
        viewer.press("ArrowRight")
    last = H264_LONG_SOUND.last
    assert shown == [last - 3, last - 2, last - 1, last, last]


def test_steps_asked_for_faster_than_they_come_are_all_made(viewer: ClipPage) -> None:
    for _ in range(12):
        viewer.page.keyboard.press("ArrowRight")
    viewer.wait_until_still()
    assert viewer.frame == 12


def test_playing_backwards_shows_each_frame_in_turn(viewer: ClipPage) -> None:
    viewer.seek(0.5)
    viewer.page.evaluate(
        "window.seen = []; clipViewer.playback.addEventListener('position', () => seen.push(readFrame()))"
    )
    viewer.page.keyboard.press("j")
    viewer.wait_until("playback.position === 0 && playback.status === 'paused'")
    assert viewer.page.evaluate("seen") == list(range(14, -1, -1))


def test_a_clip_played_to_its_end_shows_its_last_frame_and_plays_again(viewer: ClipPage) -> None:
    viewer.seek(H264.duration - 0.5)
    viewer.get("clip-play").click()
    viewer.wait_until("playback.status === 'ended' && !playback.busy")
    assert viewer.frame == H264.last
    expect(viewer.page.get_by_role("button", name="Play again")).to_be_visible()
    viewer.get("clip-play").click()
    viewer.wait_until("playback.status === 'playing' && playback.position > 0.1 && playback.position < 2")


@pytest.mark.parametrize("rate", ["0.1", "2"])
def test_the_speed_is_chosen(viewer: ClipPage, rate: str) -> None:
    viewer.page.get_by_label("Speed").select_option(rate)
    viewer.get("clip-play").click()
    viewer.wait_until(f"playback.status === 'playing' && playback.element.playbackRate === {rate}")


def test_a_clip_that_is_turned_by_its_file_is_shown_upright_and_stepped(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(H264_ROTATED)
    read = "readFrame(0, 1)"
    for number in range(1, 6):
        viewer.press("ArrowRight")
        assert viewer.page.evaluate(read) == number
    size = "(({ videoWidth, videoHeight }) => [videoWidth, videoHeight])(clipViewer.playback.element)"
    assert viewer.page.evaluate(size) == list(H264_ROTATED.shown_size)
