"""Clips whose pictures tell their own frame number, so that a test can read from the screen which frame it is."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 16
SAMPLE_RATE = 48_000
SAMPLES = 960
WIDTH, HEIGHT = 320, 240


def constant(rate: Fraction | int, count: int) -> tuple[Fraction, ...]:
    """Times of frames at a constant rate, s."""
    return tuple(Fraction(number) / Fraction(rate) for number in range(count))


def varying(count: int, seed: int = 7) -> tuple[Fraction, ...]:
    """Times of frames as of a phone that is short of light and breath: from 8 to 120 ms apart, s."""
    chance = random.Random(seed)
    gaps = (Fraction(chance.choice((8, 16, 17, 33, 33, 34, 41, 67, 120)), 1000) for _ in range(count - 1))
    return tuple(accumulate(gaps, initial=Fraction(0)))


@dataclass(frozen=True)
class Clip:
    """One clip: how it is encoded, and when its frames are to be seen."""

    name: str
    times: tuple[Fraction, ...]
    codec: str = "libx264"
    key_frame_distance: int = 250
    b_frames: int = 0
    size: tuple[int, int] = (WIDTH, HEIGHT)
    rotation: int = 0
    sound: float = 0.0
    time_base: Fraction = Fraction(1, 90_000)
    frame_rate: float | None = None
    without_durations: bool = False

    @property
    def last(self) -> int:
        return len(self.times) - 1

    @cached_property
    def duration(self) -> float:
        return max(float(self.times[-1] + (self.times[-1] - self.times[-2])), self.sound)

    @property
    def shown_size(self) -> tuple[int, int]:
        return self.size[::-1] if self.rotation % 180 else self.size

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        with av.open(str(path), "w", options=self._container_options()) as container:
            video = container.add_stream(self.codec)
            assert isinstance(video, av.VideoStream)
            video.width, video.height = self.size
            video.pix_fmt = "yuv420p"
            video.time_base = video.codec_context.time_base = self.time_base
            video.bit_rate = 800_000
            video.gop_size = self.key_frame_distance
            video.max_b_frames = self.b_frames
            video.options = {**self._options()}
            sound = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono") if self.sound else None
            for number, time in enumerate(self.times):
                frame = av.VideoFrame.from_ndarray(self.picture(number), format="rgb24")
                frame.pts, frame.time_base = round(time / self.time_base), self.time_base
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            if sound:
                for block in self._silence():
                    container.mux(sound.encode(block))
                container.mux(sound.encode(None))
        if self.rotation:
            rotate(path, self.rotation)
        if self.without_durations:
            forget_durations(path)
        return path

    def _container_options(self) -> dict[str, str]:
        return {"movflags": "faststart"} if self.name.endswith(".mp4") else {}

    def _options(self) -> dict[str, str]:
        if self.codec == "libx264":
            return {"preset": "ultrafast", "sc_threshold": "0", "keyint_min": str(self.key_frame_distance)}
        return {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0", "lag-in-frames": "0"}

    def _silence(self) -> Iterator[av.AudioFrame]:
        for block in range(round(self.sound * SAMPLE_RATE / SAMPLES)):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, SAMPLES), np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, block * SAMPLES, Fraction(1, SAMPLE_RATE)
            yield frame

    def picture(self, number: int) -> NDArray[np.uint8]:
        """Upper half: the frame's number as blocks of black and white; lower half: a colour that changes slowly."""
        width, height = self.size
        picture = np.full((height, width, 3), (40, 60 + number % 60, 120), dtype=np.uint8)
        for bit in range(BITS):
            left, right = bit * width // BITS, (bit + 1) * width // BITS
            picture[: height // 2, left:right] = 255 if number >> (BITS - 1 - bit) & 1 else 0
        return picture


def rotate(path: Path, degrees: int) -> None:
    """Write the display matrix (ISO/IEC 14496-12, 8.3.2) that asks a player to turn the picture clockwise."""
    content = bytearray(path.read_bytes())
    header = content.index(b"tkhd") + 4
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    one = 0x10000
    matrix = (cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 0x40000000)
    struct.pack_into(">9i", content, header + 40, *matrix)
    path.write_bytes(content)


def forget_durations(path: Path) -> None:
    """Void the default duration of frames (Matroska, 0x23E383), which what browsers record does not have."""
    content = bytearray(path.read_bytes())
    element = content.index(b"\x23\xe3\x83")
    size = content[element + 3] & 0x7F
    content[element : element + 4 + size] = bytes((0xEC, 0x80 | (2 + size))) + bytes(2 + size)
    path.write_bytes(content)


PHOTO, SOUND = "photo.jpg", "heart.ogg"


def write_photo(path: Path) -> None:
    """A photo of 1600 by 1200 pixels."""
    picture = np.full((1200, 1600, 3), (40, 60, 120), dtype=np.uint8)
    with av.open(str(path), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 1600, 1200, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def write_sound(path: Path) -> None:
    """Four seconds of a tone."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        for block in range(4 * SAMPLE_RATE // SAMPLES):
            time = (np.arange(SAMPLES) + block * SAMPLES) / SAMPLE_RATE
            tone = (np.sin(2 * np.pi * 300 * time) * 8000).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, block * SAMPLES, Fraction(1, SAMPLE_RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


NTSC = Fraction(30_000, 1001)
H264 = Clip("h264-30.mp4", constant(30, 150), time_base=Fraction(1, 15_360), frame_rate=30)
H264_NTSC = Clip("h264-29.97.mp4", constant(NTSC, 150), time_base=1 / NTSC / 1001, frame_rate=29.97)
H264_VARYING = Clip("h264-varying.mp4", varying(150))
H264_B_FRAMES = Clip("h264-b-frames.mp4", constant(25, 120), key_frame_distance=30, b_frames=2)
H264_ROTATED = Clip("h264-rotated.mp4", constant(30, 40), rotation=90, frame_rate=30)
H264_LONG_SOUND = Clip("h264-long-sound.mp4", constant(30, 45), sound=3.0)
VP8 = Clip("vp8-30.webm", constant(30, 150), "libvpx", time_base=Fraction(1, 1000), frame_rate=30)
VP8_VARYING = Clip("vp8-varying.webm", varying(150), "libvpx", time_base=Fraction(1, 1000))
VP9 = Clip("vp9-29.97.webm", constant(NTSC, 150), "libvpx-vp9", time_base=Fraction(1, 1000))
#: As browsers record: no durations, so that browsers that play it have to guess them.
RECORDED = Clip("recorded.webm", constant(30, 150), "libvpx", time_base=Fraction(1, 1000), without_durations=True)
HIGH_SPEED = Clip("h264-240.mp4", constant(240, 120))
#: Long enough to count in.
BREATHING = Clip("breathing.mp4", constant(10, 140), frame_rate=10)
LARGE = Clip("large.mp4", constant(30, 20), size=(1920, 1080))

CLIPS = (
    H264,
    H264_NTSC,
    H264_VARYING,
    H264_B_FRAMES,
    H264_ROTATED,
    H264_LONG_SOUND,
    VP8,
    VP8_VARYING,
    VP9,
    RECORDED,
    HIGH_SPEED,
    BREATHING,
    LARGE,
)
