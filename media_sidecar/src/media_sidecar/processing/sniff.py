"""Whether an upload may come in, from its first bytes, before the rest of it is taken.

The name and the type that a browser declares are claims. The content decides; a claim that contradicts it is refused,
because a file that is not what it says is an attack or a mistake, and the sender is there to be told.
"""

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal

import puremagic

from . import office
from .signatures import Kind, Sniffed, is_active_text, is_program, recognise, text_of

HEAD_BYTES = 64 * 1024
"""So many first bytes, or the whole of a shorter file, are enough for :func:`sniff`."""

Family = Literal["picture", "recording", "document"]

_FAMILIES: dict[Kind, Family] = {"photo": "picture", "video": "recording", "audio": "recording", "document": "document"}
_CALLED: dict[Family, str] = {"picture": "a photo", "recording": "a video or a sound", "document": "a document"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EXTENSIONS: dict[Family, frozenset[str]] = {
    "picture": _words("jpg jpeg jpe jfif png webp gif heic heif hif avif bmp dib tif tiff"),
    "recording": _words(
        "mp4 m4v mov qt 3gp 3g2 webm mkv avi ts mts m2ts mpg mpeg vob mpe wmv flv ogv"
        " mp3 m4a m4b aac ogg oga opus wav flac weba mka amr wma"
    ),
    "document": _words("pdf txt csv docx xlsx odt ods dcm dicom doc xls rtf"),
}
_DANGEROUS = _words(
    "exe com scr pif msi msp dll sys cpl bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta lnk reg inf url jar apk ipa"
    " app dmg pkg deb rpm sh bash zsh command php phtml py pyw rb pl htm html xhtml xht mht mhtml shtml svg svgz xml"
    " xsl xslt docm dotm xlsm xltm xlam pptm ppam swf chm iso img vhd"
)
_RAW_PHOTOS = _words("dng cr2 nef arw orf rw2 pef srw")
_ALIASES = {
    "audio/mp4": ("audio/x-m4a", "audio/m4a", "audio/aac"),
    "audio/aac": ("audio/x-aac", "audio/aacp", "audio/mp4"),
    "audio/mpeg": ("audio/mp3",),
    "audio/wav": ("audio/x-wav", "audio/wave", "audio/vnd.wave"),
    "audio/flac": ("audio/x-flac",),
    "audio/ogg": ("audio/opus", "application/ogg"),
    "video/x-msvideo": ("video/avi", "video/msvideo"),
    "video/3gpp": ("video/3gpp2", "audio/3gpp"),
    "video/mp4": ("video/x-m4v",),
    "image/heic": ("image/heif",),
    "image/heif": ("image/heic",),
    "application/dicom": ("image/dicom-rle",),
}
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-unknown", "unknown/unknown"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Refused(Exception):
    """A file that may not come in.

    :ivar code: ``empty``, ``wrong_type``, ``not_what_it_says`` or ``dangerous``
    :ivar message: a sentence that says what to do
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def sniff(head: bytes, filename: str, declared: str, types: list[str]) -> Sniffed:
    """What a file is that begins with *head*.

    :param head: its first :data:`HEAD_BYTES` bytes, or all of them
    :param filename: the name that the sender gave it
    :param declared: the media type that the sender gave it; empty when it gave none
    :param types: what the ticket allows: media types such as ``image/*``, endings such as ``.pdf``; empty for all
    :raises Refused: with ``empty`` without a byte; ``dangerous`` for what runs or may carry a script, whatever it
        is called; ``not_what_it_says`` for content of another family than the name or *declared* claims;
        ``wrong_type`` for everything else that is not taken
    """
    if not head:
        raise Refused("empty", "The file is empty. Choose it again, or record it again.")
    extension = PurePosixPath(filename.lower().rstrip(". ")).suffix.removeprefix(".")
    mime = declared.partition(";")[0].strip().lower()
    claims = _claims(extension, mime)
    _refuse_programs(head, extension, bool(claims))
    found = _find(head, extension)
    if found is None:
        raise _unknown(head, extension, claims)
    family = _FAMILIES[found.kind]
    if claims - {family}:
        claimed = " or ".join(_CALLED[claim] for claim in sorted(claims - {family}))
        raise Refused(
            "not_what_it_says",
            f"The file is called {claimed} but is {_CALLED[family]} ({found.mime}). Send the original file.",
        )
    found = _settle(found, extension, mime)
    if not _is_allowed(found, types):
        raise Refused("wrong_type", f"Files of the type {found.mime} are not taken here.")
    return found


def _find(head: bytes, extension: str) -> Sniffed | None:
    if found := recognise(head):
        return found if extension not in _RAW_PHOTOS else None
    if head.startswith(b"PK\x03\x04"):
        try:
            return office.recognise_head(head, extension)
        except office.HasMacros:
            raise Refused(
                "dangerous", "The document holds macros or a program. Send it as a PDF, or without macros."
            ) from None
    text = text_of(head)
    if text is None:
        return None
    if is_active_text(text):
        raise Refused("dangerous", "The file holds a web page, a drawing with scripts or a script. Send it as a PDF.")
    if text.lstrip().startswith(("<?xml", "{\\rtf")):
        return None
    return Sniffed("document", "text/csv", "csv") if extension == "csv" else Sniffed("document", "text/plain", "txt")


def _claims(extension: str, mime: str) -> set[Family]:
    """The families that the name and the declared type speak for."""
    claims: set[Family] = {family for family, endings in _EXTENSIONS.items() if extension in endings}
    if mime in _UNSAID:
        return claims
    main = mime.partition("/")[0]
    # Systems declare what they think of the ending; only the media types can be held against content.
    by_type: dict[str, Family] = {"image": "picture", "video": "recording", "audio": "recording", "text": "document"}
    # Some systems declare an ending that they do not know, and DICOM, as they like.
    if main in by_type and extension not in ("dcm", "dicom", "ts", "mts"):
        claims.add(by_type[main])
    elif mime == "application/pdf" or mime in {known.mime for known in office.KNOWN.values()}:
        claims.add("document")
    return claims


def _refuse_programs(head: bytes, extension: str, claims_media: bool) -> None:
    if is_program(head):
        if claims_media and extension not in _DANGEROUS:
            raise Refused(
                "not_what_it_says",
                "The file is a program under another name. Send the photo or video itself.",
            )
        raise Refused("dangerous", "The file is a program. Programs are not taken here.")
    if extension in _DANGEROUS:
        raise Refused("dangerous", f"Files whose name ends in .{extension} are not taken here, because they can run.")


def _unknown(head: bytes, extension: str, claims: set[Family]) -> Refused:
    if head.startswith(_OLE) and extension in ("doc", "xls", "ppt"):
        return Refused("wrong_type", "Old Office documents may carry macros. Save the file as .docx, .xlsx or PDF.")
    known = _name_of(head)
    if claims and not known:
        claimed = " or ".join(_CALLED[claim] for claim in sorted(claims))
        return Refused(
            "not_what_it_says", f"The file is called {claimed}, but its content is not. Send the original file."
        )
    what = f" ({known})" if known else ""
    return Refused(
        "wrong_type", f"Files of this type{what} are not taken here. Send a photo, a video, a sound or a PDF."
    )


def _name_of(head: bytes) -> str:
    """What a table of magic numbers calls *head*, for the sentence only; empty when it does not know."""
    if head.startswith(b"PK\x03\x04"):
        return "archive"
    try:
        matches = puremagic.magic_string(head[:4096])
    except (puremagic.PureError, ValueError):
        return ""
    sure = [match for match in matches if match.confidence >= 0.4 and len(match.byte_match) >= 3]
    return sure[0].extension.lstrip(".") if sure else ""


def _settle(found: Sniffed, extension: str, mime: str) -> Sniffed:
    """Sound in a container that also carries video, as far as its sender says so; the probe has the last word."""
    if found.mime == "video/mp4" and (mime.startswith("audio/") or extension in ("m4a", "m4b", "aac")):
        return Sniffed("audio", "audio/mp4", "m4a")
    return found


def _is_allowed(found: Sniffed, types: list[str]) -> bool:
    names = (found.mime, *_ALIASES.get(found.mime, ()))
    return not types or any(
        pattern.lower().removeprefix(".") == found.extension
        if pattern.startswith(".")
        else any(fnmatchcase(name, pattern.strip().lower()) for name in names)
        for pattern in types
    )
