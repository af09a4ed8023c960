"""Photos: size as shown, poster, and a JPEG of those that not every browser shows. Runs in a worker process only."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from .jobs import POSTER_NAME, Inspection, Rendered, RenderJob, Unusable
from .pictures import POSTER_SIDE, fit, save_jpeg
from .playable import Playback, plan_for
from .signatures import Sniffed

MOST_PIXELS = 100_000_000
MOST_JPEG_PIXELS = 260_000_000
"""Telephones take photos of 200 million pixels; JPEG alone is made smaller while it is decoded."""
RENDITION_QUALITY = 92
LONGEST_RENDITION_SIDE = 8192

_FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/bmp": ("BMP", "DIB"),
    "image/tiff": ("TIFF",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
}
_EXIF_ROTATIONS = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_DAMAGED = "The photo cannot be read: it is damaged or not all there. Take it again, or send another copy."
_INCOMPLETE = "The end of the photo is missing; what is there is shown."


def inspect_photo(path: Path, folder: Path, sniffed: Sniffed) -> Inspection:
    """Size as shown and poster of a photo.

    :raises Unusable: ``too_many_pixels`` before any of them takes memory, ``damaged`` where none can be shown
    """
    with _opened(path, sniffed.mime) as picture:
        original = picture.size
        orientation = int(picture.getexif().get(ExifTags.Base.Orientation, 1))
        if picture.format == "JPEG":
            picture.draft("RGB", (POSTER_SIDE, POSTER_SIDE))
        problems = () if _load(picture) else (_INCOMPLETE,)
        shown = ImageOps.exif_transpose(picture)
        width, height = original[::-1] if 5 <= orientation <= 8 else original
        shown.thumbnail(fit(*shown.size), Image.Resampling.LANCZOS, reducing_gap=2.0)
        save_jpeg(shown, folder / POSTER_NAME)
    return Inspection(
        "photo",
        sniffed.mime,
        sniffed.extension,
        width=width,
        height=height,
        rotation=_EXIF_ROTATIONS.get(orientation, 0),
        problems=problems,
        has_poster=True,
        plan=plan_for(Playback("photo", sniffed.mime)),
    )


def render_photo(job: RenderJob) -> Rendered:
    """A JPEG of a photo, turned as it is shown, in its own colours.

    :raises Unusable: as :func:`inspect_photo`
    """
    with _opened(Path(job.source), job.sniffed.mime) as picture:
        profile = picture.info.get("icc_profile")
        _load(picture)
        shown = ImageOps.exif_transpose(picture)
        shown.thumbnail((LONGEST_RENDITION_SIDE, LONGEST_RENDITION_SIDE), Image.Resampling.LANCZOS)
        if profile:
            shown.info["icc_profile"] = profile
        save_jpeg(shown, Path(job.folder) / job.plan.name, RENDITION_QUALITY)
        return Rendered(None, *shown.size)


@contextmanager
def _opened(path: Path, mime: str) -> Iterator[Image.Image]:
    """The picture in *path*, not decoded yet, whose pixels have been counted."""
    if mime in ("image/heic", "image/heif"):
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    if mime == "image/webp":
        # Pillow makes room for the whole canvas when it opens one.
        _check_pixels(*_webp_size(path), mime)
    # Counted here, by format, instead of by one limit for all.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    try:
        picture = Image.open(path, formats=_FORMATS[mime])
    except Unusable:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise Unusable("damaged", _DAMAGED) from error
    with picture:
        _check_pixels(*picture.size, mime)
        yield picture


def _check_pixels(width: int, height: int, mime: str) -> None:
    if width * height > (MOST_JPEG_PIXELS if mime == "image/jpeg" else MOST_PIXELS):
        raise Unusable(
            "too_many_pixels",
            f"The photo has {width} x {height} pixels, more than can be shown. Send a smaller copy of it.",
        )


def _load(picture: Image.Image) -> bool:
    """Decode *picture*; false where its end is missing and the rest is there.

    :raises Unusable: ``damaged`` where there is nothing to show
    """
    errors = (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError)
    try:
        picture.load()
    except errors:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            picture.load()
        except errors as error:
            raise Unusable("damaged", _DAMAGED) from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return False
    return True


def _webp_size(path: Path) -> tuple[int, int]:
    """Width and height in a WebP file's first chunk (RFC 9649, 2.5 to 2.7); 0 x 0 where there is none."""
    with path.open("rb") as file:
        head = file.read(30)
    chunk, data = head[12:16], head[20:]
    if len(data) < 10:
        return 0, 0
    if chunk == b"VP8X":
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
