"""Films with a number drawn into every frame and a colour in every corner, and a way to read both again."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy
from PIL import Image

CORNERS = {
    "top left": (220, 40, 40),
    "top right": (40, 200, 40),
    "bottom left": (40, 60, 220),
    "bottom right": (230, 230, 230),
}
BITS = 8
RATE = 48000
Pixels = Any


@dataclass(frozen=True)
class Film:
    """How a film is made.

    :ivar size: as it is shown; the stored picture is turned back by ``rotation`` degrees clockwise
    :ivar times: seconds of each frame, instead of ``frames`` at ``rate``
    :ivar dark: so many first frames are black
    """

    codec: str | None = "libx264"
    sound: str | None = "aac"
    container: str | None = None
    size: tuple[int, int] = (320, 240)
    rate: int | Fraction = 25
    frames: int = 50
    times: Sequence[float] | None = None
    rotation: int = 0
    dark: int = 0
    pixel_format: str = "yuv420p"
    sample_rate: int = RATE
    layout: str = "mono"
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)


def make(film: Film, path: Path) -> Path:
    """Write *film* to *path*, whose ending says in what container."""
    with av.open(str(path), "w", format=film.container, options=film.container_options) as target:
        picture = _picture_track(target, film) if film.codec else None
        sound: Any = target.add_stream(film.sound, rate=film.sample_rate, layout=film.layout) if film.sound else None
        seconds = film.frames / float(film.rate)
        times = list(film.times) if film.times else [number / float(film.rate) for number in range(film.frames)]
        heard = 0.0
        if picture is not None:
            for number, moment in enumerate(times):
                target.mux(picture.encode(_frame(film, picture, number, moment)))
                while sound is not None and heard < moment:
                    heard = _beep(target, sound, film, heard)
            target.mux(picture.encode(None))
            seconds = times[-1] + 1 / float(film.rate)
        if sound is not None:
            while heard < seconds:
                heard = _beep(target, sound, film, heard)
            target.mux(sound.encode(None))
    return path


def draw(number: int, size: tuple[int, int], dark: bool = False) -> Pixels:
    """The frame *number* as it is shown, RGB."""
    width, height = size
    shown = numpy.zeros((height, width, 3), numpy.uint8)
    if dark:
        return shown
    top, left = slice(0, height // 2), slice(0, width // 2)
    bottom, right = slice(height // 2, height), slice(width // 2, width)
    for (rows, columns), colour in zip(
        ((top, left), (top, right), (bottom, left), (bottom, right)), CORNERS.values(), strict=True
    ):
        shown[rows, columns] = colour
    cell = width // (BITS + 2)
    for bit in range(BITS):
        columns = slice((bit + 1) * cell, (bit + 2) * cell)
        shown[height * 3 // 8 : height * 5 // 8, columns] = 255 if number >> bit & 1 else 0
    return shown


def read_number(picture: Image.Image) -> int:
    """The number in a frame."""
    grey = numpy.asarray(picture.convert("L"), dtype=float)
    height, width = grey.shape
    cell = width / (BITS + 2)
    number = 0
    for bit in range(BITS):
        middle = int((bit + 1.5) * cell)
        if grey[height * 15 // 32 : height * 17 // 32, middle - 1 : middle + 2].mean() > 128:
            number |= 1 << bit
    return number


def read_corners(picture: Image.Image) -> dict[str, str]:
    """Which colour is in which corner; the name of the corner in which it belongs."""
    pixels = numpy.asarray(picture.convert("RGB"), dtype=float)
    height, width, _ = pixels.shape
    found = {}
    for name in CORNERS:
        row = height // 8 if name.startswith("top") else height * 7 // 8
        column = width // 8 if name.endswith("left") else width * 7 // 8
        colour = pixels[row - 1 : row + 2, column - 1 : column + 2].mean(axis=(0, 1))
        found[name] = min(CORNERS, key=lambda known: float(numpy.abs(colour - CORNERS[known]).sum()))
    return found


UPRIGHT = {name: name for name in CORNERS}


def shown(frame: av.VideoFrame) -> Image.Image:
    """*frame* as a player shows it."""
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return picture.rotate(frame.rotation, expand=True)


def numbers_in(path: Path) -> list[int]:
    """The numbers of all frames of a film."""
    with av.open(str(path)) as container:
        return [read_number(shown(frame)) for frame in container.decode(video=0)]


def times_in(path: Path) -> list[float]:
    """When each frame is shown, in seconds."""
    with av.open(str(path)) as container:
        return [frame.time or 0.0 for frame in container.decode(video=0)]


def _picture_track(target: Any, film: Film) -> Any:
    track = target.add_stream(film.codec, rate=Fraction(film.rate), options=film.options)
    width, height = film.size[::-1] if film.rotation in (90, 270) else film.size
    track.width, track.height, track.pix_fmt = width, height, film.pixel_format
    if film.times:
        track.codec_context.time_base = Fraction(1, 1000)
    if film.rotation:
        track.set_display_rotation(-film.rotation)
    return track


def _frame(film: Film, track: Any, number: int, moment: float) -> av.VideoFrame:
    shown = draw(number, film.size, dark=number < film.dark)
    stored = numpy.ascontiguousarray(numpy.rot90(shown, film.rotation // 90))
    frame = av.VideoFrame.from_ndarray(stored, format="rgb24").reformat(format=film.pixel_format)
    time_base = track.codec_context.time_base or Fraction(1) / Fraction(film.rate)
    frame.pts, frame.time_base = round(Fraction(moment).limit_denominator(100_000) / time_base), time_base
    return frame


def _beep(target: Any, track: Any, film: Film, heard: float) -> float:
    """A piece of sound."""
    count = 1024
    at = round(heard * film.sample_rate)
    wave = numpy.sin((at + numpy.arange(count)) * 2 * numpy.pi * 440 / film.sample_rate) * 9000
    frame = av.AudioFrame.from_ndarray(wave.astype(numpy.int16).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = film.sample_rate, at, Fraction(1, film.sample_rate)
    target.mux(track.encode(frame))
    return (at + count) / film.sample_rate


def boxes_of(path: Path) -> list[str]:
    """The types of the outermost boxes of an ISO base media file."""
    data, found, at = path.read_bytes(), [], 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        found.append(kind.decode("latin-1"))
        if size == 1:
            size = struct.unpack(">Q", data[at + 8 : at + 16])[0]
        if size < 8:
            break
        at += size
    return found
