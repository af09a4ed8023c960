"""A recording whose pictures tell their own time, so that a test can read from the screen how well files keep step.

Each frame carries, as a row of black and white blocks, the position on the recording's timeline (ms) at which it is
to be seen. Every whole second of the timeline has a flash and a beep.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 16
SAMPLE_RATE = 48_000
SAMPLES = 960
FLASH_SECONDS = 0.1


@dataclass(frozen=True)
class File:
    """One file of a recording, as the media service describes it."""

    participant: str
    role: str
    source: str
    offset: float
    duration: float
    frame_rate: int
    size: tuple[int, int]
    colour: tuple[int, int, int]
    beep: int | None

    @property
    def name(self) -> str:
        return f"{self.participant}-{self.source}-{self.offset:g}.webm"

    def write(self, folder: Path) -> Path:
        """Encode the file as browsers do: VP8 and Opus in WebM."""
        path = folder / self.name
        with av.open(str(path), "w", format="webm") as container:
            video = container.add_stream("libvpx", rate=self.frame_rate)
            video.width, video.height = self.size
            video.pix_fmt = "yuv420p"
            video.bit_rate = 600_000
            video.options = {"deadline": "realtime", "cpu-used": "8", "g": str(self.frame_rate * 2)}
            audio = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono") if self.beep else None
            second = 0.0
            while second < self.duration:
                self._write_second(container, video, audio, second)
                second += 1.0
            container.mux(video.encode(None))
            if audio:
                container.mux(audio.encode(None))
        return path

    def _write_second(self, container, video, audio, second: float) -> None:
        until = min(second + 1.0, self.duration)
        for number in range(round(second * self.frame_rate), round(until * self.frame_rate)):
            frame = av.VideoFrame.from_ndarray(self._picture(number / self.frame_rate), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, self.frame_rate)
            container.mux(video.encode(frame))
        if audio is None:
            return
        for block in range(round(second * SAMPLE_RATE / SAMPLES), round(until * SAMPLE_RATE / SAMPLES)):
            sound = av.AudioFrame.from_ndarray(self._sound(block), format="s16", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = SAMPLE_RATE, block * SAMPLES, Fraction(1, SAMPLE_RATE)
            container.mux(audio.encode(sound))

    def _picture(self, at: float) -> NDArray[np.uint8]:
        width, height = self.size
        position = self.offset + at
        flashing = position % 1 < FLASH_SECONDS
        picture = np.full((height, width, 3), 255 if flashing else self.colour, dtype=np.uint8)
        milliseconds = round(position * 1000)
        for bit in range(BITS):
            left, right = bit * width // BITS, (bit + 1) * width // BITS
            picture[: height // 2, left:right] = 255 if milliseconds >> (BITS - 1 - bit) & 1 else 0
        return picture

    def _sound(self, block: int) -> NDArray[np.int16]:
        time = (np.arange(SAMPLES) + block * SAMPLES) / SAMPLE_RATE
        audible = (time + self.offset) % 1 < FLASH_SECONDS
        tone = np.sin(2 * np.pi * (self.beep or 0) * time) * audible
        return (tone * 8000).astype(np.int16).reshape(1, -1)


VET, OWNER = "vet-2", "owner-7"
DURATION = 36.0
#: The owner comes late, reloads the page at 9.3, everyone is away from 24 to 28, the vet shares the screen for 9 s.
FILES = (
    File(VET, "vet", "camera", 0.0, 24.0, 50, (320, 240), (30, 60, 120), 440),
    File(VET, "vet", "camera", 28.0, 8.0, 50, (320, 240), (30, 60, 120), 440),
    File(VET, "vet", "screen", 5.0, 9.0, 10, (640, 360), (40, 40, 40), None),
    File(OWNER, "owner", "camera", 1.3, 8.0, 30, (320, 240), (120, 60, 30), 660),
    File(OWNER, "owner", "camera", 10.7, 13.0, 30, (320, 240), (120, 60, 30), 660),
    File(OWNER, "owner", "camera", 28.4, 7.6, 30, (240, 320), (120, 60, 30), 660),
)


def describe(files: tuple[File, ...], ticket: str) -> dict:
    """What Odoo answers to the player."""
    return {
        "id": 1,
        "name": "REC/0001",
        "started_at": "2026-05-01T10:00:00Z",
        "duration": DURATION,
        "participants": [
            {"id": VET, "role": "vet", "name": "Dr. Nora Meier"},
            {"id": OWNER, "role": "owner", "name": "Anna Keller"},
        ],
        "files": [
            {
                "url": f"/media/{file.name}?ticket={ticket}",
                "mime": "video/webm",
                "participant": file.participant,
                "role": file.role,
                "source": file.source,
                "offset": file.offset,
                "duration": file.duration,
                "width": file.size[0],
                "height": file.size[1],
            }
            for file in files
        ],
        "download_url": f"/media/recording.zip?ticket={ticket}",
        "events": [{"at": 24.0, "label": "Paused"}],
    }
