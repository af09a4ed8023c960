"""Clips as phones film them, with each frame's number drawn into it so that a machine can read it back.

The number stands as sixteen squares along the upper edge, the lowest bit on the left, white for one and black for
nought, on a grey picture whose lower half moves; :data:`NUMBER_OF` reads it from a canvas.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BITS = 16

#: JavaScript: the number in a picture (canvas, image or video element) that was drawn by :func:`frame`.
NUMBER_OF = """(picture) => {
    const width = picture.videoWidth || picture.naturalWidth || picture.width;
    const height = picture.videoHeight || picture.naturalHeight || picture.height;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0, width, height);
    const side = width / 16;
    let number = 0;
    for (let bit = 0; bit < 16; bit++) {
        const [red] = context.getImageData(Math.floor((bit + 0.5) * side), Math.floor(side / 2), 1, 1).data;
        number |= (red > 128 ? 1 : 0) << bit;
    }
    return number;
}"""


def frame(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """One picture with its number, height by width by RGB."""
    picture = np.full((height, width, 3), 96, np.uint8)
    side = width // BITS
    for bit in range(BITS):
        picture[:side, bit * side : (bit + 1) * side] = 255 if number >> bit & 1 else 0
    left = number * 7 % (width - 32)
    picture[height // 2 : height // 2 + 32, left : left + 32] = (200, 60, 40)
    return picture


def numbered(
    path: Path, frames: int, rate: str = "30", size: tuple[int, int] = (640, 480), options: tuple[str, ...] = ()
) -> Path:
    """Write a clip with sound, by default H.264 and AAC in MP4, as phones have it: a key frame a second.

    :param path: its ending chooses the container
    :param rate: frames per second, as ffmpeg writes it
    :param options: more of ffmpeg's, for the output
    """
    width, height = size
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate, "-i", "-"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=600:sample_rate=48000"]
    codecs = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-g", "30", "-c:a", "aac"]
    command = ["ffmpeg", "-y", "-v", "error", *source, *sound, *codecs, *options, "-shortest", str(path)]
    pictures = b"".join(frame(number, width, height).tobytes() for number in range(frames))
    subprocess.run(command, input=pictures, check=True)
    return path


def padded(path: Path, size: int) -> Path:
    """Let an MP4 clip grow to a size by a box of random bytes that players skip (ISO/IEC 14496-12, 8.1.2)."""
    missing = size - path.stat().st_size
    with path.open("ab") as file:
        file.write(missing.to_bytes(4, "big") + b"free")
        file.write(np.random.default_rng(0).bytes(missing - 8))
    return path


def photo(path: Path, number: int = 1, size: tuple[int, int] = (4032, 3024)) -> Path:
    """Write a photo with a number in it, as large as a phone's; the ending chooses the format."""
    width, height = size
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-i", "-"]
    command = ["ffmpeg", "-y", "-v", "error", *source, "-frames:v", "1", "-q:v", "2", str(path)]
    subprocess.run(command, input=frame(number, width, height).tobytes(), check=True)
    return path


def number_of(picture: bytes) -> int:
    """Read the number in a stored picture (JPEG, PNG)."""
    command = ["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-vf", f"scale={BITS * 16}:-1"]
    pixels = subprocess.run([*command, "-"], input=picture, capture_output=True, check=True).stdout
    upper = np.frombuffer(pixels, np.uint8).reshape(-1, BITS * 16)[8]
    return sum(1 << bit for bit in range(BITS) if upper[bit * 16 + 8] > 128)
