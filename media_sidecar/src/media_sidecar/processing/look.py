"""How the picture of a video is shown, as its first frames tell. Runs in a worker process only."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer

from .orientation import Orientation, orientation_of

_MOST_FAILURES = 50


@dataclass(frozen=True)
class Look:
    """What the first frames show.

    :ivar size: width and height as stored
    :ivar shape: a pixel's width by its height
    :ivar pixel_format: FFmpeg's name for how pixels are stored
    """

    size: tuple[int, int]
    shape: Fraction
    pixel_format: str
    orientation: Orientation

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as shown, in square pixels."""
        width, height = max(1, round(self.size[0] * self.shape)), self.size[1]
        return (height, width) if self.orientation.swaps_sides else (width, height)


def look_of(frame: av.VideoFrame, track: av.VideoStream) -> Look:
    """The look of a track whose first frame is *frame*."""
    shape = Fraction(track.sample_aspect_ratio or 1)
    return Look(
        (frame.width, frame.height), shape if shape > 0 else Fraction(1), frame.format.name, orientation_of(frame)
    )


def first_frames(container: InputContainer, track: av.VideoStream) -> Iterator[av.VideoFrame]:
    """The frames of *track*, from the first that can be decoded; damaged packets are left out, up to a point."""
    failures = 0
    packets = container.demux(track)
    while failures < _MOST_FAILURES:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            yield from (frame for frame in packet.decode() if isinstance(frame, av.VideoFrame))
        except (av.FFmpegError, EOFError):
            failures += 1
