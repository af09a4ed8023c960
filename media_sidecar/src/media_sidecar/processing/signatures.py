"""What the first bytes of a file say about it: media containers, pictures, documents, and what may not come in.

Own checks where a table of magic numbers is wrong or silent: the brands of ISO base media files (ISO/IEC 14496-12,
4.3), the document type of EBML (RFC 8794, 11.2.4), the form of RIFF, the second frame of MPEG audio, the packets of
MPEG transport streams. Pure functions over bytes: nothing here opens or decodes a file.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["video", "photo", "audio", "document"]


@dataclass(frozen=True)
class Sniffed:
    """What a file is, by its content.

    :ivar kind: what people would call it; a container that may hold only sound is settled by the probe
    :ivar mime: its media type, for browsers
    :ivar extension: the ending its name should have, without the dot
    """

    kind: Kind
    mime: str
    extension: str


JPEG = Sniffed("photo", "image/jpeg", "jpg")
HEIC = Sniffed("photo", "image/heic", "heic")
HEIF = Sniffed("photo", "image/heif", "heif")
AVIF = Sniffed("photo", "image/avif", "avif")
TIFF = Sniffed("photo", "image/tiff", "tif")
MP4 = Sniffed("video", "video/mp4", "mp4")
M4A = Sniffed("audio", "audio/mp4", "m4a")
QUICKTIME = Sniffed("video", "video/quicktime", "mov")
THREE_GP = Sniffed("video", "video/3gpp", "3gp")
WEBM = Sniffed("video", "video/webm", "webm")
WEBM_AUDIO = Sniffed("audio", "audio/webm", "weba")
MATROSKA = Sniffed("video", "video/x-matroska", "mkv")
MATROSKA_AUDIO = Sniffed("audio", "audio/x-matroska", "mka")
AVI = Sniffed("video", "video/x-msvideo", "avi")
MPEG_TS = Sniffed("video", "video/mp2t", "ts")
MPEG_PS = Sniffed("video", "video/mpeg", "mpg")
MP3 = Sniffed("audio", "audio/mpeg", "mp3")
AAC = Sniffed("audio", "audio/aac", "aac")
AMR = Sniffed("audio", "audio/amr", "amr")
OGG = Sniffed("audio", "audio/ogg", "ogg")
WAV = Sniffed("audio", "audio/wav", "wav")
FLAC = Sniffed("audio", "audio/flac", "flac")
PDF = Sniffed("document", "application/pdf", "pdf")
DICOM = Sniffed("document", "application/dicom", "dcm")

THREE_GP_AUDIO = Sniffed("audio", "audio/3gpp", "3gp")
RECORDINGS = frozenset(
    {MP4, M4A, QUICKTIME, THREE_GP, THREE_GP_AUDIO, WEBM, WEBM_AUDIO, MATROSKA, MATROSKA_AUDIO}
    | {AVI, MPEG_TS, MPEG_PS, MP3, AAC, AMR, OGG, WAV, FLAC}
)

_SIMPLE = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", Sniffed("photo", "image/png", "png")),
    (b"GIF87a", Sniffed("photo", "image/gif", "gif")),
    (b"GIF89a", Sniffed("photo", "image/gif", "gif")),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"fLaC", FLAC),
    (b"#!AMR", AMR),
    (b"\x00\x00\x01\xba", MPEG_PS),
    (b"\x00\x00\x01\xb3", MPEG_PS),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"mif1", b"mif2", b"msf1", b"miaf", b"MiHE", b"MiHB"})
_OTHER_BRANDS = frozenset({b"crx ", b"jp2 ", b"jpx ", b"jpm ", b"mjp2", b"jxl ", b"F4A ", b"F4P "})
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"skip", b"free", b"pnot"})
_TRANSPORT_PACKETS = ((0, 188), (4, 192))
_BITRATES = {
    # MPEG version 1 layer III and versions 2/2.5 layer III, kbit/s by index (ISO/IEC 11172-3, 2.4.2.3).
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def recognise(head: bytes) -> Sniffed | None:
    """The media file, picture, PDF or DICOM file that begins with *head*; nothing when it is none of them."""
    if head[128:132] == b"DICM":
        return DICOM
    for magic, simple in _SIMPLE:
        if head.startswith(magic):
            return simple
    checks = (_iso_media, _ebml, _riff, _ogg, _transport_stream, _bitmap, _mpeg_audio, _pdf)
    return next((found for check in checks if (found := check(head))), None)


def _iso_media(head: bytes) -> Sniffed | None:
    kind = head[4:8]
    if kind in _OLD_QUICKTIME and _is_plausible_box(head):
        return QUICKTIME
    if kind != b"ftyp":
        return None
    size = int.from_bytes(head[:4])
    box = head[8 : max(12, min(size, 512))]
    major, brands = box[:4], {box[:4]} | {box[at : at + 4] for at in range(8, len(box) - 3, 4)}
    if brands & _OTHER_BRANDS:
        return None
    if brands & _AVIF_BRANDS:
        return AVIF
    if brands & _HEIC_BRANDS:
        return HEIC
    if brands & _HEIF_BRANDS:
        return HEIF
    if major in (b"M4A ", b"M4B "):
        return M4A
    if major.startswith((b"3gp", b"3g2", b"3ge", b"3gg", b"3gs")):
        return THREE_GP
    return QUICKTIME if major == b"qt  " else MP4


def _is_plausible_box(head: bytes) -> bool:
    size = int.from_bytes(head[:4])
    return size in (0, 1) or size >= 8


def _ebml(head: bytes) -> Sniffed | None:
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    found = re.search(rb"\x42\x82[\x80-\xff]([a-z]+)", head[:128])
    codecs = {name[:1] for name in re.findall(rb"\x86[\x80-\xff]([VA]_[A-Z])", head[:16384])}
    is_sound = codecs == {b"A"}
    if found and found[1] == b"webm":
        return WEBM_AUDIO if is_sound else WEBM
    if found and found[1] == b"matroska":
        return MATROSKA_AUDIO if is_sound else MATROSKA
    return None


def _riff(head: bytes) -> Sniffed | None:
    form = head[8:12]
    if head[:4] in (b"RIFF", b"RF64") and form == b"WAVE":
        return WAV
    if head[:4] != b"RIFF":
        return None
    return {b"AVI ": AVI, b"WEBP": Sniffed("photo", "image/webp", "webp")}.get(form)


def _ogg(head: bytes) -> Sniffed | None:
    """Ogg with sound; with a picture track (Theora) it is none of ours."""
    if not head.startswith(b"OggS"):
        return None
    start = head[:512]
    has_sound = any(mark in start for mark in (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   "))
    return OGG if has_sound and b"\x80theora" not in start else None


def _transport_stream(head: bytes) -> Sniffed | None:
    for offset, packet in _TRANSPORT_PACKETS:
        marks = head[offset : offset + 5 * packet : packet]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return MPEG_TS
    return None


def _bitmap(head: bytes) -> Sniffed | None:
    is_header = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    return Sniffed("photo", "image/bmp", "bmp") if is_header else None


def _mpeg_audio(head: bytes) -> Sniffed | None:
    """MP3 or ADTS; two frames in a row, or a tag, since eleven bits alone prove nothing."""
    if head.startswith(b"ID3") and len(head) >= 10:
        size = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        rest = head[size:]
        if rest.startswith(b"fLaC"):
            return FLAC
        return AAC if _adts_length(rest) else MP3
    for length_of, found in ((_adts_length, AAC), (_mp3_length, MP3)):
        length = length_of(head)
        if length and length_of(head[length:]):
            return found
    return None


def _adts_length(data: bytes) -> int:
    """Bytes of the ADTS frame (ISO/IEC 13818-7, 6.2) at the start of *data*, 0 when there is none."""
    if len(data) < 7 or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
        return 0
    length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    return length if length >= 7 else 0


def _mp3_length(data: bytes) -> int:
    """Bytes of the layer III frame at the start of *data*, 0 when there is none."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return 0
    version, rate_index, sample_index = data[1] >> 3 & 3, data[2] >> 4, data[2] >> 2 & 3
    if version == 1 or sample_index == 3 or rate_index in (0, 15):
        return 0
    bitrate = _BITRATES[3 if version == 3 else 2][rate_index] * 1000
    padding = data[2] >> 1 & 1
    return (144 if version == 3 else 72) * bitrate // _SAMPLE_RATES[version][sample_index] + padding


def _pdf(head: bytes) -> Sniffed | None:
    return PDF if head[:64].lstrip(b"\xef\xbb\xbf\x00\t\r\n\x0c ").startswith(b"%PDF-") else None


_EXECUTABLES = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"dex\n03",
    b"\x00asm",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"!<arch>\n",
    b"\xed\xab\xee\xdb",
    b"ITSF\x03",
    b"FWS",
    b"CWS",
    b"ZWS",
)
_MARKUP = re.compile(
    r"<(?:!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe|object|embed|xsl:|\?php|\?xml-stylesheet)", re.I
)
_BATCH = re.compile(r"\s*(?:@echo\s+off|(?:import-module|set-executionpolicy)\b)", re.I)


def is_program(head: bytes) -> bool:
    """Whether *head* begins something that a computer would run: a binary, a package, a file with a ``#!`` line.

    Windows' ``MZ`` counts in front of any other magic number: what follows it may claim to be DICOM, whose first
    128 bytes are free.
    """
    if head.startswith(b"MZ"):
        return b"\x00" in head[:512] or b"PE\x00\x00" in head
    if head.startswith(b"#!"):
        return not head.startswith(b"#!AMR")
    return head.startswith(_EXECUTABLES)


def is_active_text(text: str) -> bool:
    """Whether a browser or a shell could take *text* for a page, a drawing with scripts, or a script."""
    return bool(_MARKUP.search(text) or _BATCH.match(text))


def text_of(head: bytes) -> str | None:
    """*head* as text; nothing when it is not text. It may end in the middle of a character.

    UTF-8, UTF-16 with a byte order mark, or an 8-bit encoding without control characters.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
        return None if "\x00" in text else text
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head):
        return None
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    # Windows-1252 letters stand between ASCII; noise does not.
    letters = sum(byte < 0x80 for byte in head)
    return head.decode("cp1252", "replace") if letters >= 0.7 * len(head) else None
