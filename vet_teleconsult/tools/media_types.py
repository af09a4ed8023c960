"""Which files people may send, as far as their name and declared type say: the media service looks at the content.

One list for the browser's file dialog, for the check before bytes are sent, and for the ticket that the media service
checks the content against.
"""

import math
from pathlib import PurePosixPath

KINDS = {
    "photo": {
        "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
        "image/png": ("png",),
        "image/webp": ("webp",),
        "image/gif": ("gif",),
        "image/heic": ("heic",),
        "image/heif": ("heif", "hif"),
        "image/avif": ("avif",),
        "image/bmp": ("bmp", "dib"),
        "image/tiff": ("tif", "tiff"),
    },
    "video": {
        "video/mp4": ("mp4", "m4v"),
        "video/quicktime": ("mov", "qt"),
        "video/3gpp": ("3gp",),
        "video/3gpp2": ("3g2",),
        "video/webm": ("webm",),
        "video/x-matroska": ("mkv",),
        "video/x-msvideo": ("avi",),
        "video/mp2t": ("ts", "mts", "m2ts"),
        "video/mpeg": ("mpg", "mpeg", "vob"),
    },
    "audio": {
        "audio/mpeg": ("mp3",),
        "audio/mp4": ("m4a", "m4b"),
        "audio/aac": ("aac",),
        "audio/ogg": ("ogg", "oga", "opus"),
        "audio/wav": ("wav",),
        "audio/flac": ("flac",),
        "audio/webm": ("weba",),
    },
    "document": {
        "application/pdf": ("pdf",),
        "text/plain": ("txt",),
        "text/csv": ("csv",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
        "application/vnd.oasis.opendocument.text": ("odt",),
        "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
        "application/dicom": ("dcm", "dicom"),
    },
}
STILL_TYPES = ("image/png", "image/jpeg", "image/webp")
# What each browser calls a container of its own is left to the media service, which looks inside.
ANY_OF = ("video/*", "audio/*")
SHOWN_INLINE = ("image/", "video/", "audio/")
UNSAID = ("", "application/octet-stream", "binary/octet-stream")

_KIND_BY_EXTENSION = {
    extension: kind for kind, types in KINDS.items() for extensions in types.values() for extension in extensions
}
_KIND_BY_TYPE = {mime: kind for kind, types in KINDS.items() for mime in types}


def get_kind(filename, mime):
    """Say what a file claims to be.

    The ending decides, because browsers declare what their system makes of it, and nothing for endings that it does
    not know. A file without ending is what its type says.

    :param str filename: as its sender calls it
    :param str mime: as the browser declares it; empty when it does not
    :return: ``photo``, ``video``, ``audio`` or ``document``; None for what nobody may send
    :rtype: str | None
    """
    mime = mime.partition(";")[0].strip().lower()
    extension = PurePosixPath(filename.lower().rstrip(". ")).suffix.removeprefix(".")
    by_type = _KIND_BY_TYPE.get(mime) or ({"video/": "video", "audio/": "audio"}.get(mime[:6]))
    if not extension:
        return by_type
    by_extension = _KIND_BY_EXTENSION.get(extension)
    # A recorder's WebM or MP4 may hold sound alone: its declared type knows.
    if by_extension == "video" and by_type == "audio":
        return "audio"
    return by_extension


def get_ticket_types(kind):
    """Give the patterns of what an upload may turn out to be.

    :param str kind: ``still``, or one of :data:`KINDS`
    :rtype: list[str]
    """
    if kind == "still":
        return list(STILL_TYPES)
    return [*KINDS["photo"], *ANY_OF, *KINDS["document"]]


def get_accept():
    """Give what a file dialog is to offer: types, and endings for what systems do not know.

    :return: as in the ``accept`` attribute (HTML, 4.10.5.1.17)
    :rtype: list[str]
    """
    return [*get_ticket_types("photo"), *(f".{extension}" for extension in _KIND_BY_EXTENSION)]


def is_shown_inline(mime):
    """Say whether a browser may show a checked file in the page: never a document, which might carry a script.

    :param str mime: as the media service found it
    :rtype: bool
    """
    return bool(mime) and mime.startswith(SHOWN_INLINE) and "svg" not in mime


def format_duration(seconds):
    """Write a number of seconds as a player shows it, such as “1:05”.

    :param float seconds: not negative
    :rtype: str
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_size(size):
    """Write a number of bytes as people read it: in megabytes of 1024² bytes, rounded up.

    :param int size: bytes
    :rtype: str
    """
    if size >= 1024**2:
        return f"{math.ceil(size / 1024**2 * 10) / 10:g} MB"
    return f"{math.ceil(size / 1024)} kB" if size >= 1024 else f"{size:.0f} B"
