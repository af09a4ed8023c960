"""Photos, documents and traps, made when they are asked for."""

import os
import struct
import zipfile
import zlib
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image

from .film import Film, draw, make

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(52) + b"\x80\x00\x00\x00" + bytes(64) + b"PE\x00\x00" + bytes(400)
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!-- nothing -->\n<!DOCTYPE html><html><body onload='alert(1)'></body></html>"


def photo(path: Path, size: tuple[int, int] = (480, 320), turned: int = 1, quality: int = 90) -> Path:
    """A photo that, with the EXIF orientation *turned* (TIFF 6.0), is shown with every colour in its corner."""
    back = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
        5: Image.Transpose.TRANSPOSE,
    }[turned]
    picture = Image.fromarray(draw(5, size))
    if back is not None:
        picture = picture.transpose(back)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    picture.save(path, exif=exif, quality=quality)
    return path


def heic(path: Path, size: tuple[int, int] = (480, 320)) -> Path:
    """A photo as an iPhone makes it."""
    pillow_heif.from_pillow(Image.fromarray(draw(5, size))).save(path, quality=80)
    return path


def animation(path: Path) -> Path:
    """Ten pictures that move."""
    first, *others = [Image.fromarray(draw(number, (200, 120))) for number in range(5, 15)]
    first.save(path, save_all=True, append_images=others, duration=100, loop=0)
    return path


def bomb(path: Path, side: int = 60_000) -> Path:
    """A picture of a few kilobytes that unpacks to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1024 * 1024), 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
    return path


def webp_bomb(path: Path) -> Path:
    """An animation whose canvas has 268 million pixels."""
    canvas = (16383).to_bytes(3, "little") * 2
    extended = b"VP8X" + (10).to_bytes(4, "little") + b"\x02\x00\x00\x00" + canvas
    path.write_bytes(b"RIFF" + (4 + len(extended)).to_bytes(4, "little") + b"WEBP" + extended)
    return path


def cut(path: Path, source: Path, share: float) -> Path:
    """The first part of a file, as when an app ended in the middle."""
    data = source.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def wiped(path: Path, source: Path) -> Path:
    """A film whose index is there, with nothing behind it but zeros."""
    data = bytearray(source.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    path.write_bytes(data)
    return path


def document(path: Path, extension: str, macros: bool = False, padding: int = 0) -> Path:
    """An office document of the least content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if extension.startswith("od"):
            kinds = {"odt": "text", "ods": "spreadsheet"}
            mime = f"application/vnd.oasis.opendocument.{kinds[extension]}"
            archive.writestr("mimetype", mime, zipfile.ZIP_STORED)
            archive.writestr("content.xml", "<office/>")
            if macros:
                archive.writestr("Basic/Standard/Module1.xml", "<module/>")
            return path
        folder, part = {"docx": ("word", "document"), "xlsx": ("xl", "workbook")}[extension]
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr(f"{folder}/{part}.xml", "<x/>" * 100)
        if padding:
            archive.writestr(f"{folder}/media/photo.jpg", os.urandom(padding), zipfile.ZIP_STORED)
        if macros:
            archive.writestr(f"{folder}/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return path


def archive(path: Path) -> Path:
    """A ZIP with photos."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("photos/rex.jpg", b"\xff\xd8\xff")
    return path


def written(path: Path, content: bytes) -> Path:
    """Just these bytes."""
    path.write_bytes(content)
    return path


def live_film(path: Path) -> Path:
    """What MediaRecorder writes in Chromium and Firefox: no length, no index."""
    options = {"deadline": "realtime", "cpu-used": "8"}
    return make(Film(codec="libvpx", sound="libopus", options=options, container_options={"live": "1"}), path)
