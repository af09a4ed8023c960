"""The media zoo: what people send, and what is to become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import files
from .film import Film, make

QUICK_VP = {"deadline": "realtime", "cpu-used": "8"}
QUICK_HEVC = {"preset": "ultrafast", "x265-params": "log-level=none"}
NO_B_FRAMES = {"preset": "ultrafast", "x265-params": "log-level=none:bframes=0"}
IRREGULAR = [0, 0.04, 0.08, 0.2, 0.24, 0.5, 0.53, 0.57, 1.0, 1.02, 1.5, 1.54]


@dataclass(frozen=True)
class Animal:
    """One file and what is expected of it.

    :ivar name: also the name that it is uploaded with
    :ivar declared: the media type that a browser says
    :ivar duration: seconds, to a tenth
    :ivar rendition: "container: what is done to the picture, to the sound"; empty where there is none
    :ivar frames: numbers drawn into what is shown, in their order; nothing where there is no film
    :ivar problem: words of the only problem; empty for none
    :ivar code: why it is refused; empty where it is taken
    """

    name: str
    make: Callable[[Path], Path]
    kind: str = "video"
    mime: str = ""
    size: tuple[int, int] | None = (320, 240)
    rotation: int = 0
    duration: float | None = 2.0
    rendition: str = ""
    frames: int = 50
    problem: str = ""
    code: str = ""
    declared: str = ""

    @property
    def has_poster(self) -> bool:
        return not self.code and self.kind in ("video", "photo")


def film(**how: object) -> Callable[[Path], Path]:
    return lambda path: make(Film(**how), path)  # type: ignore[arg-type]


def text(content: bytes) -> Callable[[Path], Path]:
    return lambda path: files.written(path, content)


def document(extension: str, *, macros: bool = False) -> Callable[[Path], Path]:
    return lambda path: files.document(path, extension, macros)


def _first(path: Path) -> Path:
    return make(Film(container_options={"movflags": "+faststart"}), path)


def _cut(path: Path, share: float, how: Callable[[Path], Path]) -> Path:
    return files.cut(path, how(path.with_name(f"whole-{path.name}")), share)


PLAYING_VIDEOS = [
    Animal("index-last.mp4", film(), mime="video/mp4"),
    Animal("index-first.mp4", _first, mime="video/mp4", declared="video/mp4"),
    Animal("portrait.mp4", film(size=(240, 320), rotation=90), mime="video/mp4", size=(240, 320), rotation=90),
    Animal("upside-down.mov", film(rotation=180), mime="video/quicktime", rotation=180),
    Animal("silent.mp4", film(sound=None), mime="video/mp4"),
    Animal("mp3-inside.mp4", film(sound="libmp3lame"), mime="video/mp4"),
    Animal("vp8.webm", film(codec="libvpx", sound="libopus", options=QUICK_VP), mime="video/webm"),
    Animal("vp9.webm", film(codec="libvpx-vp9", sound="libopus", options=QUICK_VP), mime="video/webm"),
    Animal("dark-start.mp4", film(dark=12), mime="video/mp4"),
]
COPIED_VIDEOS = [
    Animal("recorded.webm", files.live_film, mime="video/webm", rendition="webm: copy, copy"),
    Animal(
        "recorded.mp4",
        film(options={"g": "25"}, container_options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
        mime="video/mp4",
        rendition="mp4: copy, copy",
    ),
    Animal("h264.mkv", film(), mime="video/x-matroska", rendition="mp4: copy, copy"),
    Animal("camcorder.ts", film(container="mpegts"), mime="video/mp2t", rendition="mp4: copy, copy"),
    Animal(
        "turned.3gp",
        film(rotation=270, size=(240, 320)),
        mime="video/3gpp",
        size=(240, 320),
        rotation=270,
        rendition="mp4: copy, copy",
    ),
    Animal("camera.mov", film(sound="pcm_s16le"), mime="video/quicktime", rendition="mp4: copy, encode"),
    Animal(
        "cut.mp4",
        lambda path: _cut(path, 0.6, _first),
        mime="video/mp4",
        duration=None,
        frames=0,
        problem="end of the file is missing",
        rendition="mp4: copy, copy",
    ),
]
ENCODED_VIDEOS = [
    Animal(
        "iphone.mov",
        film(codec="libx265", rotation=90, size=(240, 320), options=QUICK_HEVC),
        mime="video/quicktime",
        size=(240, 320),
        rotation=90,
        rendition="mp4: encode, copy",
        declared="video/quicktime",
    ),
    Animal(
        "iphone-10-bit.mov",
        film(codec="libx265", pixel_format="yuv420p10le", options=QUICK_HEVC),
        mime="video/quicktime",
        rendition="mp4: encode, copy",
    ),
    Animal(
        "irregular.mov",
        film(codec="libx265", options=NO_B_FRAMES, times=IRREGULAR, sound=None),
        mime="video/quicktime",
        duration=1.6,
        frames=len(IRREGULAR),
        rendition="mp4: encode",
    ),
    Animal(
        "av1.webm",
        film(codec="libsvtav1", sound="libopus", frames=20, options={"preset": "12", "crf": "12"}),
        mime="video/webm",
        duration=0.8,
        frames=20,
        rendition="mp4: encode, encode",
    ),
    Animal(
        "old-camera.avi",
        film(codec="mjpeg", sound="pcm_s16le", pixel_format="yuvj420p"),
        mime="video/x-msvideo",
        rendition="mp4: encode, encode",
    ),
    Animal(
        "b-frames.avi",
        film(codec="mpeg4", sound="libmp3lame", options={"bf": "2"}),
        mime="video/x-msvideo",
        duration=None,
        rendition="mp4: encode, encode",
    ),
    Animal(
        "old-phone.3gp",
        film(codec="h263", sound="libopencore_amrnb", size=(176, 144), sample_rate=8000, rate=15, frames=30),
        mime="video/3gpp",
        # H.263's pixels are not square: 12 to 11.
        size=(192, 144),
        frames=30,
        rendition="mp4: encode, encode",
    ),
    Animal("dvd.mpg", film(codec="mpeg2video", sound="mp2"), mime="video/mpeg", rendition="mp4: encode, encode"),
    Animal(
        "studio.mov",
        film(codec="prores_ks", pixel_format="yuv422p10le", sound="pcm_s16le"),
        mime="video/quicktime",
        rendition="mp4: encode, encode",
    ),
    Animal(
        "odd.mp4",
        film(size=(361, 203), pixel_format="yuv444p"),
        mime="video/mp4",
        size=(361, 203),
        rendition="mp4: encode, copy",
    ),
    Animal(
        "large.mov",
        film(codec="mjpeg", pixel_format="yuvj420p", size=(2560, 1440), frames=5, sound=None),
        mime="video/quicktime",
        size=(2560, 1440),
        frames=5,
        duration=0.2,
        rendition="mp4: encode",
    ),
]
SOUNDS = [
    Animal("voice.m4a", film(codec=None), "audio", "audio/mp4", None),
    Animal("only-sound.mp4", film(codec=None), "audio", "audio/mp4", None, declared="video/mp4"),
    Animal("song.mp3", film(codec=None, sound="libmp3lame"), "audio", "audio/mpeg", None),
    Animal("heart.wav", film(codec=None, sound="pcm_s16le"), "audio", "audio/wav", None),
    Animal("heart.flac", film(codec=None, sound="flac"), "audio", "audio/flac", None),
    Animal("radio.aac", film(codec=None, container="adts"), "audio", "audio/aac", None),
    Animal(
        "message.ogg",
        film(codec=None, sound="libopus"),
        "audio",
        "audio/ogg",
        None,
        rendition="m4a: encode",
        declared="audio/ogg; codecs=opus",
    ),
    Animal(
        "recorded-sound.webm",
        film(codec=None, sound="libopus", container_options={"live": "1"}),
        "audio",
        "audio/webm",
        None,
        rendition="webm: copy",
        declared="audio/webm;codecs=opus",
    ),
    Animal(
        "old.amr",
        film(codec=None, sound="libopencore_amrnb", sample_rate=8000),
        "audio",
        "audio/amr",
        None,
        rendition="m4a: encode",
    ),
    Animal("studio.m4a", film(codec=None, sound="alac"), "audio", "audio/mp4", None, rendition="m4a: encode"),
]
PHOTOS = [
    Animal("rex.jpg", files.photo, "photo", "image/jpeg", (480, 320), duration=None),
    Animal(
        "turned.jpg", lambda path: files.photo(path, turned=6), "photo", "image/jpeg", (480, 320), 90, duration=None
    ),
    Animal(
        "turned-left.jpg",
        lambda path: files.photo(path, (320, 480), turned=8),
        "photo",
        "image/jpeg",
        (320, 480),
        270,
        duration=None,
    ),
    Animal(
        "mirrored.jpg", lambda path: files.photo(path, turned=5), "photo", "image/jpeg", (480, 320), 90, duration=None
    ),
    Animal(
        "large.jpg",
        lambda path: files.photo(path, (3000, 2000)),
        "photo",
        "image/jpeg",
        (3000, 2000),
        duration=None,
    ),
    Animal("screen.png", files.photo, "photo", "image/png", (480, 320), duration=None),
    Animal("rex.webp", files.photo, "photo", "image/webp", (480, 320), duration=None),
    Animal("rex.avif", files.photo, "photo", "image/avif", (480, 320), duration=None),
    Animal("rex.bmp", files.photo, "photo", "image/bmp", (480, 320), duration=None),
    Animal("scan.tiff", files.photo, "photo", "image/tiff", (480, 320), duration=None, rendition="jpg"),
    Animal("iphone.heic", files.heic, "photo", "image/heic", (480, 320), duration=None, rendition="jpg"),
    Animal("moving.gif", files.animation, "photo", "image/gif", (200, 120), duration=None),
    Animal("moving.webp", files.animation, "photo", "image/webp", (200, 120), duration=None),
    Animal(
        "cut.jpg",
        lambda path: files.cut(path, files.photo(path.with_name("whole-cut.jpg"), (1200, 800)), 0.7),
        "photo",
        "image/jpeg",
        (1200, 800),
        duration=None,
        problem="end of the photo is missing",
    ),
]
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = [
    Animal("blood.pdf", text(files.PDF), "document", "application/pdf", None, 0, None),
    Animal(
        "cut.pdf",
        text(files.PDF[:40]),
        "document",
        "application/pdf",
        None,
        duration=None,
        problem="end of the PDF is missing",
    ),
    Animal("notes.txt", text("Öfter müde".encode()), "document", "text/plain", None, 0, None),
    Animal("weights.csv", text(b"day;kg\n1;4,2\n"), "document", "text/csv", None, 0, None),
    Animal(
        "letter.docx",
        document("docx"),
        "document",
        OFFICE + "wordprocessingml.document",
        None,
        0,
        None,
    ),
    Animal(
        "diary.xlsx",
        document("xlsx"),
        "document",
        OFFICE + "spreadsheetml.sheet",
        None,
        0,
        None,
    ),
    Animal(
        "letter.odt",
        document("odt"),
        "document",
        "application/vnd.oasis.opendocument.text",
        None,
        0,
        None,
    ),
    Animal(
        "thorax.dcm",
        text(bytes(128) + b"DICM" + bytes(64)),
        "document",
        "application/dicom",
        None,
        0,
        None,
    ),
]
REFUSED = [
    Animal("empty.mp4", text(b""), code="empty"),
    Animal("clip.mp4", text(files.PROGRAM), code="not_what_it_says", declared="video/mp4"),
    Animal("setup.exe", text(files.PROGRAM), code="dangerous"),
    Animal(
        "polyglot.dcm",
        text(files.PROGRAM[:128] + b"DICM" + files.PROGRAM),
        code="not_what_it_says",
    ),
    Animal("run.sh", text(b"#!/bin/sh\nrm -rf /\n"), code="dangerous"),
    Animal("drawing.svg", text(files.SVG), code="dangerous", declared="image/svg+xml"),
    Animal("drawing.png", text(files.SVG), code="dangerous", declared="image/png"),
    Animal("page.txt", text(files.PAGE), code="dangerous", declared="text/plain"),
    Animal(
        "page-16.txt",
        text(files.PAGE.decode().encode("utf-16")),
        code="dangerous",
    ),
    Animal("photos.zip", files.archive, code="wrong_type"),
    Animal(
        "letter.doc",
        text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        code="wrong_type",
    ),
    Animal("macros.docx", document("docx", macros=True), code="dangerous"),
    Animal("macros.ods", document("ods", macros=True), code="dangerous"),
    Animal("holiday.jpg", film(frames=2, container="mp4"), code="not_what_it_says", declared="image/jpeg"),
    Animal("notes.mov", text(b"not a film"), code="not_what_it_says"),
    Animal("noise.mp4", lambda path: files.written(path, bytes(range(256)) * 8), code="not_what_it_says"),
    Animal("no-index.mp4", lambda path: _cut(path, 0.6, film()), code="damaged"),
    Animal("wiped.mp4", lambda path: files.wiped(path, _first(path.with_name("whole-wiped.mp4"))), code="damaged"),
    Animal("header.webm", lambda path: _cut(path, 0.02, files.live_film), code="damaged"),
    Animal("header.jpg", lambda path: _cut(path, 0.02, files.photo), code="damaged"),
    Animal("cut.docx", lambda path: _cut(path, 0.9, document("docx")), code="damaged"),
    Animal("bomb.png", files.bomb, code="too_many_pixels"),
    Animal("bomb.webp", files.webp_bomb, code="too_many_pixels"),
]
TAKEN = PLAYING_VIDEOS + COPIED_VIDEOS + ENCODED_VIDEOS + SOUNDS + PHOTOS + DOCUMENTS
ZOO = {animal.name: animal for animal in TAKEN + REFUSED}
