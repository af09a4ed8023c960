"""Footage for a browser's fake camera and microphone: a colour, a flash and a beep.

Each participant has a colour (whose picture is this?), a tone (whose voice is this?) and, once a loop, a white flash
and a beep that begin at the same position of both files. Chromium plays the files round and round from their first
frame and sample whenever it opens the device, the picture at the frame rate that the file names and the sound by the
audio clock, each started on its own: the distance between the flash and the beep is therefore constant within one
opening of the devices, and different in each. `browser.Participant.flash_and_beep` measures it where it is captured.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAME_RATE = 640, 480, 15
SAMPLE_RATE = 48_000
#: Where in the loop the flash and the beep begin, and how long they last (s).
FLASH_AT, FLASH_SECONDS = 1.0, 0.2


@dataclass(frozen=True)
class Footage:
    """What one participant's fake camera and microphone play.

    :param name: the participant, and the stem of both files
    :param colour: the picture's colour, R'G'B', each 0 to 255
    :param tone: the beep's frequency (Hz)
    :param seconds: the length of the loop; different for two people in a call, so that their beeps seldom coincide
        (an echo canceller may take one for the echo of the other)
    """

    name: str
    colour: tuple[int, int, int]
    tone: float
    seconds: float

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both files.

        :return: the camera's file (YUV4MPEG2) and the microphone's (WAV)
        """
        camera, microphone = folder / f"{self.name}.y4m", folder / f"{self.name}.wav"
        self._write_camera(camera)
        self._write_microphone(microphone)
        return camera, microphone

    def _write_camera(self, path: Path) -> None:
        header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAME_RATE}:1 Ip A1:1 C420jpeg\n"
        with path.open("wb") as file:
            file.write(header.encode())
            for number in range(
                round(self.seconds * FRAME_RATE) - 1
            ):  # Chromium adds one interval where it starts again
                file.write(b"FRAME\n" + self._frame(number).tobytes())

    def _frame(self, number: int) -> NDArray[np.uint8]:
        """One frame as planar 4:2:0: white, or the colour with a grey block that travels, so that no two are alike."""
        luma, blue, red = _yuv(self.colour)
        flashes = FLASH_AT <= number / FRAME_RATE < FLASH_AT + FLASH_SECONDS
        y = np.full((HEIGHT, WIDTH), 255 if flashes else luma, np.uint8)
        u = np.full((HEIGHT // 2, WIDTH // 2), 128 if flashes else blue, np.uint8)
        v = np.full((HEIGHT // 2, WIDTH // 2), 128 if flashes else red, np.uint8)
        if not flashes:
            left = round(number / (self.seconds * FRAME_RATE) * (WIDTH - 32)) // 2 * 2
            y[16:48, left : left + 32] = 128
            u[8:24, left // 2 : left // 2 + 16] = v[8:24, left // 2 : left // 2 + 16] = 128
        return np.concatenate([plane.reshape(-1) for plane in (y, u, v)])

    def _write_microphone(self, path: Path) -> None:
        time = np.arange(round(self.seconds * SAMPLE_RATE)) / SAMPLE_RATE
        beeps = (time >= FLASH_AT) & (time < FLASH_AT + FLASH_SECONDS)
        samples = np.where(beeps, 0.5 * np.sin(2 * np.pi * self.tone * time), 0.0)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            file.writeframes((samples * 32_767).astype("<i2").tobytes())


VET = Footage("vet", (30, 60, 200), 1_000.0, 3.0)
OWNER = Footage("owner", (30, 150, 60), 1_600.0, 3.4)
GUEST = Footage("guest", (190, 40, 40), 2_200.0, 3.7)
SECOND_GUEST = Footage("second_guest", (170, 150, 30), 2_800.0, 4.1)


def _yuv(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Full-range BT.601, as JPEG and `C420jpeg` have it (ITU-T T.871)."""
    red, green, blue = colour
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return round(luma), round((blue - luma) * 0.564 + 128), round((red - luma) * 0.713 + 128)
