"""What is in a recording's files: opened with PyAV, every frame decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

#: Where observer.js looks, as a part of width and height.
_SPOT = (0.5, 0.6)
_WHITE, _LOUD, _QUIET_SECONDS = 200, 0.05, 0.3


@dataclass(frozen=True)
class Picture:
    """One decoded frame: its time in the recording (s), its size, and R'G'B' of one spot."""

    time: float
    width: int
    height: int
    colour: tuple[int, int, int]


@dataclass
class RecordedFile:
    """One decoded file of a recording.

    :param entry: its entry in the answer to `/vet_teleconsult/room/recording`
    :param video_codec: as FFmpeg names it, or None for a file without video
    :param pictures: the video's frames
    :param sound: the audio as one signal, mono, from `sound_begins` on
    """

    entry: dict[str, Any]
    video_codec: str | None
    pictures: list[Picture]
    sound: np.ndarray
    sound_begins: float
    sample_rate: int

    @classmethod
    def decode(cls, path: Path, entry: dict[str, Any]) -> RecordedFile:
        """Decode everything in the file.

        :raises av.FFmpegError: for a frame that does not decode
        """
        offset = float(entry["offset"])
        with av.open(str(path)) as container:
            codec = container.streams.video[0].codec_context.name if container.streams.video else None
        return cls(entry, codec, _pictures(path, offset), *_sound(path, offset))

    @property
    def sound_ends(self) -> float:
        """Where the sound ends in the recording (s)."""
        return self.sound_begins + len(self.sound) / self.sample_rate

    @property
    def picture_begins(self) -> float:
        """Where the first frame stands in the recording (s)."""
        return self.pictures[0].time

    @property
    def picture_ends(self) -> float:
        """Where the last frame stands in the recording (s)."""
        return self.pictures[-1].time

    @property
    def flashes(self) -> list[float]:
        """Where white flashes begin in the recording (s)."""
        white = [min(picture.colour) > _WHITE for picture in self.pictures]
        return [
            picture.time
            for picture, now, before in zip(self.pictures[1:], white[1:], white, strict=False)
            if now and not before
        ]

    @property
    def beeps(self) -> list[float]:
        """Where beeps begin in the recording (s)."""
        loud = self.sound_begins + np.flatnonzero(np.abs(self.sound) > _LOUD) / self.sample_rate
        return [float(time) for time, gap in zip(loud, np.diff(loud, prepend=-1), strict=True) if gap > _QUIET_SECONDS]

    def shows(self, colour: tuple[int, int, int]) -> bool:
        """Whether most of the frames have this colour."""
        near = [max(abs(a - b) for a, b in zip(picture.colour, colour, strict=True)) < 40 for picture in self.pictures]
        return sum(near) > len(near) * 0.7

    def tone(self) -> float:
        """The strongest frequency in the sound (Hz)."""
        strength = np.abs(np.fft.rfft(self.sound))
        return float(np.fft.rfftfreq(len(self.sound), 1 / self.sample_rate)[strength.argmax()])


def _pictures(path: Path, offset: float) -> list[Picture]:
    with av.open(str(path)) as container:
        if not container.streams.video:
            return []
        pictures = []
        for frame in container.decode(video=0):
            x, y = round(frame.width * _SPOT[0]), round(frame.height * _SPOT[1])
            red, green, blue = map(int, frame.to_ndarray(format="rgb24")[y, x])
            pictures.append(Picture(offset + frame.time, frame.width, frame.height, (red, green, blue)))
        return pictures


def _sound(path: Path, offset: float) -> tuple[np.ndarray, float, int]:
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return np.zeros(0), 0.0, 48_000
        frames = list(container.decode(audio=0))
    rate = frames[0].sample_rate
    samples = [frame.to_ndarray().mean(axis=0) for frame in frames]
    signal = np.zeros(round((frames[-1].time - frames[0].time) * rate) + len(samples[-1]))
    for frame, piece in zip(frames, samples, strict=True):
        begin = round((frame.time - frames[0].time) * rate)
        signal[begin : begin + len(piece)] = piece[: len(signal) - begin]
    return signal, offset + frames[0].time, rate


def lag(stored: list[float], captured: list[float], started_at: float) -> float:
    """How much later than it was captured something stands in a recording (s), the median over all events.

    :param stored: times of events in the recording (s)
    :param captured: times of such events where they were captured (s since the epoch)
    :param started_at: when the recording began (s since the epoch), to half of the events' distance
    """
    assert stored and captured, f"nothing to compare: {stored} {captured}"
    distances = [min((time + started_at - event for time in stored), key=abs) for event in captured]
    return float(np.median(distances))
