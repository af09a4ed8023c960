"""Makes a file seekable and gives it its duration, in place; mends one that a crash or a full disk has torn.

Only the ends of the file are touched: what is torn is cut off, the cues are appended, the header's reserved places are
filled. The same code does both, so a torn file ends up exactly like one that was closed in order.
"""

import hashlib
import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from . import webm

_AUDIO_CUE_MILLISECONDS = 5000
_FRAME_MILLISECONDS = 33


class NotRepairable(ValueError):
    """The file has no complete header, so nothing of it can be played."""


@dataclass(frozen=True)
class FileFacts:
    """What a finalised file holds.

    :param duration: seconds
    :param has_audio: whether it has audio frames; likewise ``has_video``
    :param sha256: of the whole file, hexadecimal
    :param torn: whether an incomplete end was cut off
    """

    size: int
    duration: float
    has_audio: bool
    has_video: bool
    sha256: str
    torn: bool


@dataclass
class _Layout:
    segment_start: int = 0
    info: int = 0
    tracks: int = 0
    tracks_end: int = 0
    duration: int = 0
    end: int = 0
    last_time: int = 0


def finalise(path: Path) -> FileFacts:
    """Finalise (or finalise again) a file that this recorder wrote.

    Takes milliseconds, and the time to hash the file. Run it in a thread.

    :raises NotRepairable: there is no complete header
    :raises OSError: the disk refuses; the file then is as playable as before
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise NotRepairable("the file is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            layout = _read_header(data)
            entries = _track_entries(data, layout)
            video = next((number for number, kind, enabled in entries if kind == "video" and enabled), None)
            points = _walk(data, layout, video)
            tracks = _used_tracks(data, layout)
            torn = _is_torn(data, layout.end)
        cues = webm.cues(points)
        file.truncate(layout.end)
        file.seek(layout.end)
        file.write(cues)
        _patch(file.fileno(), layout, tracks, len(cues))
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileFacts(
        size=layout.end + len(cues),
        duration=layout.last_time / 1000,
        has_audio=any(kind == "audio" and enabled for _, kind, enabled in entries),
        has_video=video is not None,
        sha256=digest,
        torn=torn,
    )


def _patch(descriptor: int, layout: _Layout, tracks: bytes, cues_length: int) -> None:
    start = layout.segment_start
    seeks = [
        (webm.INFO, layout.info - start),
        (webm.TRACKS, layout.tracks - start),
        (webm.CUES, layout.end - start),
    ]
    os.pwrite(descriptor, webm.seek_head(seeks), start)
    os.pwrite(descriptor, webm.duration_element(layout.last_time), layout.duration)
    os.pwrite(descriptor, tracks, layout.tracks)
    os.pwrite(descriptor, webm.encode_size(layout.end + cues_length - start, 8), start - 8)


def _element(data: mmap.mmap, position: int) -> tuple[int, int, int | None]:
    """ID, start of the content, and its size (``None``: unknown) of the element at a position."""
    head = data[position : position + 12]
    identifier, after = webm.decode_id(head, 0)
    size, after = webm.decode_size(head, after)
    return identifier, position + after, size


def _read_header(data: mmap.mmap) -> _Layout:
    layout = _Layout()
    try:
        identifier, start, size = _element(data, 0)
        if identifier != webm.EBML or size is None:
            raise NotRepairable("the file is not WebM")
        identifier, layout.segment_start, _ = _element(data, start + size)
        if identifier != webm.SEGMENT:
            raise NotRepairable("the file has no segment")
        position = layout.segment_start
        while not layout.tracks_end:
            identifier, start, size = _element(data, position)
            if size is None or start + size > len(data):
                raise NotRepairable("the file's header is not complete")
            if identifier == webm.INFO:
                layout.info = position
                layout.duration = start + size - webm.DURATION_SPACE
            elif identifier == webm.TRACKS:
                layout.tracks = position
                layout.tracks_end = position + webm.TRACKS_SPACE
            position = start + size
    except ValueError as error:
        raise NotRepairable(str(error)) from error
    if not layout.info or layout.tracks_end > len(data):
        raise NotRepairable("the file's header is not complete")
    layout.end = layout.tracks_end
    return layout


def _children(data: mmap.mmap, position: int, end: int) -> list[tuple[int, int, int, int]]:
    """ID, position, start of content and end of each child."""
    found = []
    while position < end:
        identifier, start, size = _element(data, position)
        if size is None or start + size > end:
            break
        found.append((identifier, position, start, start + size))
        position = start + size
    return found


def _track_entries(data: mmap.mmap, layout: _Layout) -> list[tuple[int, str, bool]]:
    """Number, kind and whether it has frames, of each track."""
    entries = []
    _, start, size = _element(data, layout.tracks)
    for identifier, _, first, last in _children(data, start, start + (size or 0)):
        if identifier != webm.TRACK_ENTRY:
            continue
        values = {child: data[begin:end] for child, _, begin, end in _children(data, first, last)}
        kind = "video" if values[webm.TRACK_TYPE] == b"\x01" else "audio"
        entries.append((values[webm.TRACK_NUMBER][0], kind, values.get(webm.FLAG_ENABLED) != b"\x00"))
    return entries


def _used_tracks(data: mmap.mmap, layout: _Layout) -> bytes:
    """The Tracks element without those tracks that never had a frame: players would wait for them."""
    _, start, size = _element(data, layout.tracks)
    used = []
    for identifier, position, first, last in _children(data, start, start + (size or 0)):
        values = {child: data[begin:end] for child, _, begin, end in _children(data, first, last)}
        if identifier == webm.TRACK_ENTRY and values.get(webm.FLAG_ENABLED) != b"\x00":
            used.append(data[position:last])
    content = webm.element(webm.TRACKS, b"".join(used))
    return content + webm.void(webm.TRACKS_SPACE - len(content))


def _walk(data: mmap.mmap, layout: _Layout, video: int | None) -> list[tuple[int, int, int]]:
    """Step over the complete clusters; find the cues and the end."""
    points: list[tuple[int, int, int]] = []
    position, last_cluster = layout.end, None
    while True:
        try:
            identifier, start, size = _element(data, position)
        except ValueError:
            break
        if identifier != webm.CLUSTER or size is None or start + size > len(data):
            break
        point = _cue(data, start, video)
        if point is not None and _wanted(points, point, video):
            points.append((point[0], point[1], position - layout.segment_start))
        last_cluster = (start, start + size)
        position = start + size
    layout.end = position
    if last_cluster is not None:
        layout.last_time = _last_time(data, *last_cluster)
    return points


def _wanted(points: list[tuple[int, int, int]], point: tuple[int, int], video: int | None) -> bool:
    return video is not None or not points or point[0] - points[-1][0] >= _AUDIO_CUE_MILLISECONDS


def _cue(data: mmap.mmap, start: int, video: int | None) -> tuple[int, int] | None:
    """Time and track of a cluster's first block if one can seek to it."""
    head = data[start : start + 32]
    _, after = webm.decode_id(head, 0)
    size, after = webm.decode_size(head, after)
    block = after + (size or 0)
    time = int.from_bytes(head[after:block], "big")
    identifier, after = webm.decode_id(head, block)
    _, after = webm.decode_size(head, after)
    track = head[after] & 0x7F
    if identifier != webm.SIMPLE_BLOCK or (video is not None and (track != video or not head[after + 3] & 0x80)):
        return None
    return time + int.from_bytes(head[after + 1 : after + 3], "big", signed=True), track


def _last_time(data: mmap.mmap, start: int, end: int) -> int:
    """The end of the last frame of a cluster, in milliseconds."""
    cluster_time, latest = 0, 0
    for identifier, _, first, last in _children(data, start, end):
        if identifier == webm.TIMESTAMP:
            cluster_time = int.from_bytes(data[first:last], "big")
        elif identifier == webm.SIMPLE_BLOCK:
            time = cluster_time + int.from_bytes(data[first + 1 : first + 3], "big", signed=True)
            latest = max(latest, time + _FRAME_MILLISECONDS)
    return latest


def _is_torn(data: mmap.mmap, end: int) -> bool:
    if end == len(data):
        return False
    try:
        identifier, start, size = _element(data, end)
    except ValueError:
        return True
    return not (identifier == webm.CUES and size is not None and start + size == len(data))
