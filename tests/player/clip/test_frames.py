"""The viewer shows the frame that it says it shows, and steps from each to the very next."""

from collections.abc import Callable

import pytest

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import (
    H264,
    H264_B_FRAMES,
    H264_NTSC,
    H264_VARYING,
    HIGH_SPEED,
    VP8,
    VP8_VARYING,
    VP9,
    Clip,
)

ALL = pytest.mark.parametrize(
    "clip",
    [H264, H264_NTSC, H264_VARYING, H264_B_FRAMES, HIGH_SPEED, VP8, VP8_VARYING, VP9],
    ids=lambda clip: clip.name,
)


@ALL
def test_a_hundred_steps_forward_and_back_show_each_frame_once(open_clip: Callable[..., ClipPage], clip: Clip) -> None:
    viewer = open_clip(clip)
    forward = [viewer.frame]
    for _ in range(105):
        viewer.press("ArrowRight")
        forward.append(viewer.frame)
    assert forward == list(range(106))
    back = []
    for _ in range(104):
        viewer.press("ArrowLeft")
        back.append(viewer.frame)
    assert back == list(range(104, 0, -1))
