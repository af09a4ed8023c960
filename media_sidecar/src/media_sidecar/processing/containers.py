"""How a container is built, as far as decoding does not tell: is it in fragments, can one seek in it?"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_CONTAINERS = frozenset({b"moov"})
_MOST_BOXES = 10_000
_EBML_BYTES = 1024 * 1024

_SEGMENT, _SEEK_HEAD, _INFO, _CUES, _CLUSTER = 0x18538067, 0x114D9B74, 0x1549A966, 0x1C53BB6B, 0x1F43B675
_DURATION = 0x4489
_CUES_ID = _CUES.to_bytes(4)


def is_fragmented(path: Path) -> bool:
    """Whether an ISO base media file keeps its index in pieces (``moof``), as live recorders write it.

    Such a file says nothing reliable about its length and cannot be sought in without reading all of it.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        return any(kind == b"mvex" or kind == b"moof" for kind, _ in _boxes(file, 0, size))


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """(type, offset) of the boxes between two offsets, with those inside ``moov`` (ISO/IEC 14496-12, 4.2)."""
    at = start
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        header = file.read(16)
        size, kind, length = int.from_bytes(header[:4]), header[4:8], 8
        if size == 1 and len(header) == 16:
            size, length = int.from_bytes(header[8:]), 16
        if size == 0:
            size = end - at
        if size < length:
            return
        yield kind, at
        if kind in _CONTAINERS:
            yield from _boxes(file, at + length, min(at + size, end))
        at += size


def is_seekable_webm(path: Path) -> bool:
    """Whether a WebM or Matroska file says how long it is and where its key frames are.

    MediaRecorder writes neither: a player shows no length and reads everything before a place to get there.
    """
    with path.open("rb") as file:
        data = file.read(_EBML_BYTES)
    has_duration = has_cues = False
    for identity, start, end in _elements(data, 0, len(data)):
        if identity == _INFO:
            has_duration = any(child == _DURATION for child, _, _ in _elements(data, start, end))
        elif identity == _SEEK_HEAD:
            has_cues = has_cues or _CUES_ID in data[start:end]
        elif identity == _CUES:
            has_cues = True
    return has_duration and has_cues


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(identity, start, end of the content) of EBML elements (RFC 8794, 6) and a segment's, to its first cluster."""
    at = start
    while at < end:
        identity, at = _number(data, at, keep_marker=True)
        size, at = _number(data, at, keep_marker=False)
        if identity in (None, _CLUSTER):
            return
        stop = end if size is None else min(at + size, end)
        if identity == _SEGMENT:
            yield from _elements(data, at, stop)
            return
        yield identity, at, stop
        at = stop


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """A variable-size integer (RFC 8794, 4) and the offset behind it; nothing for an unknown size or the end."""
    if at >= len(data) or not data[at]:
        return None, len(data)
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length])
    unknown = (1 << 7 * length) - 1
    if not keep_marker:
        value &= unknown
    return (None if not keep_marker and value == unknown else value), at + length
