"""Footage that is encoded once and sent many times: VP8 at a given size and bit rate, and Opus."""
# mypy: disable-error-code="import-not-found, misc, type-arg"

import asyncio
import fractions
import functools
import os
import time
from dataclasses import dataclass

import av
import numpy
from aiortc import MediaStreamTrack

FRAMES_A_SECOND = 30
SECONDS = 4
"""Length of the loop, which begins with its only key frame: what the recorder's requests make of a browser's stream."""
_OPUS_SAMPLES = 960


@dataclass
class Footage:
    """Encoded frames of a loop."""

    video: list[bytes]
    audio: list[bytes]


class Clock:
    """When everyone starts: set once all connections stand."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.start = 0.0

    def go(self) -> None:
        self.start = time.monotonic()
        self.started.set()


class LoopTrack(MediaStreamTrack):
    """Plays encoded frames in a loop by a common clock, the same to every receiver."""

    def __init__(self, kind: str, frames: list[bytes], seconds_a_frame: fractions.Fraction, clock: Clock) -> None:
        super().__init__()
        self.kind = kind
        self._frames = frames
        self._step = seconds_a_frame
        self._clock = clock
        self._count = 0

    async def recv(self) -> av.Packet:
        await self._clock.started.wait()
        due = self._clock.start + float(self._count * self._step)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        packet = av.Packet(self._frames[self._count % len(self._frames)])
        packet.pts = self._count
        packet.time_base = self._step
        self._count += 1
        return packet


def tracks(footage: Footage, clock: Clock) -> tuple[LoopTrack, LoopTrack]:
    """A new video and a new audio track of the footage."""
    video = LoopTrack("video", footage.video, fractions.Fraction(1, FRAMES_A_SECOND), clock)
    return video, LoopTrack("audio", footage.audio, fractions.Fraction(_OPUS_SAMPLES, 48000), clock)


def seconds_in(path: str) -> float:
    """Seconds of picture in a recorder's file, counted in frames; 0 for a file that has none."""
    try:
        with av.open(path) as container:
            if not container.streams.video:
                return 0.0
            packets = container.demux(container.streams.video[0])
            return sum(1 for packet in packets if packet.pts is not None) / FRAMES_A_SECOND
    except av.error.FFmpegError:
        return 0.0


def make(width: int, height: int, bitrate: int) -> Footage:
    """Encode the loop: the film that ``FOOTAGE`` names, else a moving scene with the noise of a camera."""
    return Footage(_video(width, height, bitrate), _audio())


def _video(width: int, height: int, bitrate: int) -> list[bytes]:
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.bit_rate = bitrate
    encoder.gop_size = FRAMES_A_SECOND * SECONDS
    encoder.time_base = fractions.Fraction(1, FRAMES_A_SECOND)
    encoder.options = {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0", "maxrate": str(bitrate)}
    encoded = []
    for index, frame in enumerate(_pictures(width, height)):
        frame.pts = index
        encoded += [bytes(packet) for packet in encoder.encode(frame)]
    return encoded + [bytes(packet) for packet in encoder.encode(None)]


def _pictures(width: int, height: int) -> list[av.VideoFrame]:
    film = os.environ.get("FOOTAGE")
    count = FRAMES_A_SECOND * SECONDS
    if film:
        with av.open(film) as container:
            decoded = [frame for frame, _ in zip(container.decode(video=0), range(count), strict=False)]
        return [frame.reformat(width, height, "yuv420p") for frame in decoded]
    return [_scene(width, height, index) for index in range(count)]


@functools.cache
def _noise(height: int, width: int) -> numpy.ndarray:
    return numpy.random.default_rng(9).normal(0, 3, (height, width))


def _scene(width: int, height: int, index: int) -> av.VideoFrame:
    """A textured background that pans, a bright disc that wanders, and noise."""
    random = numpy.random.default_rng(5)
    texture = random.integers(60, 180, (height // 16 + 8, width // 16 + 40))
    background = numpy.kron(texture, numpy.ones((16, 16)))[:height, index * 2 : index * 2 + width]
    rows, columns = numpy.ogrid[:height, :width]
    centre = height / 2 + height / 4 * numpy.sin(index / 15), width / 2 + width / 4 * numpy.cos(index / 20)
    background = numpy.where((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 < (height / 6) ** 2, 210, background)
    top, left = numpy.random.default_rng(index).integers(0, 64, 2)
    noise = _noise(height + 64, width + 64)[top : top + height, left : left + width]
    picture = numpy.full((height * 3 // 2, width), 128, numpy.uint8)
    picture[:height] = numpy.clip(background + noise, 16, 235)
    return av.VideoFrame.from_ndarray(picture, format="yuv420p")


def _audio() -> list[bytes]:
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "s16"
    encoder.bit_rate = 32000
    encoded = []
    for index in range(SECONDS * 50):
        times = numpy.arange(index * _OPUS_SAMPLES, (index + 1) * _OPUS_SAMPLES) / 48000
        wave = (numpy.sin(times * 2 * numpy.pi * (300 + 200 * numpy.sin(times * 3))) * 8000).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(numpy.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48000, index * _OPUS_SAMPLES
        encoded += [bytes(packet) for packet in encoder.encode(frame)]
    return encoded
