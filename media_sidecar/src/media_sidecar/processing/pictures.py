"""Posters, and the frame of a clip that makes a good one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter, ImageStat

POSTER_SIDE = 640
POSTER_QUALITY = 82
CANDIDATE_SECONDS = 4.0
MOST_CANDIDATES = 120
_SHARP_SECONDS = 0.5
"""After the first frame that is not black, so much is looked at for one that is not blurred."""
_MEASURED_SIDE = 160
_DARK_MEAN, _FLAT_DEVIATION = 24.0, 8.0
_SHARP_ENOUGH = 0.8


@dataclass(frozen=True)
class Candidate:
    """A frame that may become the poster, at ``time`` seconds, already small."""

    time: float
    picture: Image.Image

    def light(self) -> tuple[float, float]:
        """Mean and deviation of its brightness, 0 to 255."""
        statistics = ImageStat.Stat(self._measured())
        return statistics.mean[0], statistics.stddev[0]

    def sharpness(self) -> float:
        """How much its edges differ from its surfaces."""
        edges = self._measured().filter(ImageFilter.FIND_EDGES)
        # The filter leaves the outermost pixels as they were.
        inner = edges.crop((1, 1, edges.width - 1, edges.height - 1)) if min(edges.size) > 4 else edges
        return float(ImageStat.Stat(inner).stddev[0])

    def _measured(self) -> Image.Image:
        small = self.picture.convert("L")
        small.thumbnail((_MEASURED_SIDE, _MEASURED_SIDE))
        return small


def choose(candidates: Iterable[Candidate]) -> Image.Image | None:
    """The first sharp frame that is not black; of a clip that stays black, its brightest.

    :param candidates: in their order; no more of them is taken than is needed
    """
    brightest: tuple[float, Candidate] | None = None
    lit: list[Candidate] = []
    for candidate in candidates:
        if lit and candidate.time - lit[0].time > _SHARP_SECONDS:
            break
        mean, deviation = candidate.light()
        if brightest is None or mean > brightest[0]:
            brightest = (mean, candidate)
        if lit or (mean > _DARK_MEAN and deviation > _FLAT_DEVIATION):
            lit.append(candidate)
    if not lit:
        return brightest[1].picture if brightest else None
    measured = [(candidate.sharpness(), candidate) for candidate in lit]
    wanted = _SHARP_ENOUGH * max(sharpness for sharpness, _ in measured)
    return next(candidate.picture for sharpness, candidate in measured if sharpness >= wanted)


def save_jpeg(picture: Image.Image, path: Path, quality: int = POSTER_QUALITY) -> None:
    """Write *picture* as it is shown: on white where it is transparent, without its metadata."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    picture.convert("RGB").save(path, "JPEG", quality=quality, optimize=True, progressive=True, exif=b"")


def fit(width: int, height: int, longest: int = POSTER_SIDE) -> tuple[int, int]:
    """The largest size of that shape whose sides are at most *longest*, and no larger than it is."""
    scale = min(1.0, longest / max(width, height, 1))
    return max(1, round(width * scale)), max(1, round(height * scale))
