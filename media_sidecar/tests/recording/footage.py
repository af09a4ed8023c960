"""Footage with a flash and a beep every second, and a way to find both in a file again."""

import asyncio
import fractions
import time
from pathlib import Path
from typing import Any

import av
import numpy
from aiortc import MediaStreamTrack

PERIOD = 1.0
"""Seconds from one flash (and beep) to the next."""
LENGTH = 0.12
"""Seconds that each lasts."""
RATE = 48000
_AUDIO_SAMPLES = 960
_UNSEEN_SECONDS = 1.0
"""A camera whose frames nobody took for so long goes on with the present one."""


def is_on(moment: float) -> bool:
    """Whether the flash is on at a time in seconds."""
    return moment % PERIOD < LENGTH


class FlashTrack(MediaStreamTrack):
    """A dark picture that turns white, 25 times a second by the wall clock; nobody's frames are made up for.

    :ivar size: width and height; may be changed at any time
    """

    kind = "video"

    def __init__(self, size: tuple[int, int] = (320, 240)) -> None:
        super().__init__()
        self.size = size
        self._start = 0.0
        self._count = 0

    async def recv(self) -> av.VideoFrame:
        self._start = self._start or time.time()
        present = int((time.time() - self._start) * 25)
        if present - self._count > _UNSEEN_SECONDS * 25:
            self._count = present
        moment = self._start + self._count / 25
        await asyncio.sleep(max(0.0, moment - time.time()))
        width, height = self.size
        picture = numpy.full((height * 3 // 2, width), 128, numpy.uint8)
        picture[:height] = 235 if is_on(moment) else 16
        if not is_on(moment):
            column = (self._count * 4) % (width - 16)
            picture[height // 4 : height // 2, column : column + 16] = 120
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = self._count * 3600
        frame.time_base = fractions.Fraction(1, 90000)
        self._count += 1
        return frame


class BeepTrack(MediaStreamTrack):
    """Silence with a beep of one kilohertz, in packets of 20 ms by the wall clock."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._start = 0.0
        self._count = 0

    async def recv(self) -> av.AudioFrame:
        self._start = self._start or time.time()
        moment = self._start + self._count * _AUDIO_SAMPLES / RATE
        await asyncio.sleep(max(0.0, moment + _AUDIO_SAMPLES / RATE - time.time()))
        times = moment + numpy.arange(_AUDIO_SAMPLES) / RATE
        wave = numpy.sin(times * 2 * numpy.pi * 1000) * 12000 * (times % PERIOD < LENGTH)
        samples = numpy.repeat(wave.astype(numpy.int16), 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = self._count * _AUDIO_SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        self._count += 1
        return frame


def packet_time(packet: "av.Packet[Any]") -> float:
    """When a packet is presented, in seconds."""
    return float((packet.pts or 0) * packet.time_base)


def flash_times(path: Path) -> list[float]:
    """The moments at which the picture turns bright, in seconds; every picture has to decode."""
    times, was_on = [], True
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            on = float(numpy.mean(frame.to_ndarray(format="gray"))) > 128
            if on and not was_on:
                times.append(frame.time)
            was_on = on
    return times


def beep_times(path: Path) -> list[float]:
    """The moments at which the beep begins, in seconds; every packet has to decode."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    pieces: list[tuple[float, numpy.ndarray]] = []
    with av.open(str(path)) as container:
        for decoded in container.decode(container.streams.audio[0]):
            at = decoded.time or 0.0
            for frame in resampler.resample(decoded):
                pieces.append((at, numpy.abs(frame.to_ndarray()[0].astype(int))))
    times, quiet_since = [], -PERIOD
    for at, samples in pieces:
        for index in range(0, len(samples), 48):
            moment = at + index / RATE
            if samples[index : index + 48].max(initial=0) > 3000:
                if moment - quiet_since > PERIOD / 3:
                    times.append(moment)
                quiet_since = moment
    return times


def offsets_between(flashes: list[float], beeps: list[float]) -> list[float]:
    """For each flash the seconds to the nearest beep."""
    return [min((beep - flash for beep in beeps), key=abs) for flash in flashes]
