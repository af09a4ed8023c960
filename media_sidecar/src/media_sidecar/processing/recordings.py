"""Videos and sound: what is in them, whether all of it is there, and a poster. Runs in a worker process only."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer

from .containers import is_fragmented, is_seekable_webm
from .jobs import POSTER_NAME, Inspection, Unusable
from .look import Look, first_frames, look_of
from .opening import Track, codec_of, may_decode, open_media, picture_of, prepare_decoder, sound_of
from .pictures import CANDIDATE_SECONDS, MOST_CANDIDATES, Candidate, choose, fit, save_jpeg
from .playable import Playback, plan_for
from .signatures import (
    M4A,
    MATROSKA,
    MATROSKA_AUDIO,
    MP4,
    QUICKTIME,
    THREE_GP,
    THREE_GP_AUDIO,
    WEBM,
    WEBM_AUDIO,
    Sniffed,
)

MOST_SECONDS = 12 * 3600.0
_MISSING_SECONDS, _MISSING_SHARE = 0.5, 0.03
"""A file that ends so much before its index says so has lost its end."""
_AS_SOUND = {MP4: M4A, QUICKTIME: M4A, THREE_GP: THREE_GP_AUDIO, WEBM: WEBM_AUDIO, MATROSKA: MATROSKA_AUDIO}
_AS_VIDEO = {M4A: MP4, WEBM_AUDIO: WEBM, MATROSKA_AUDIO: MATROSKA}


@dataclass(frozen=True)
class Extent:
    """From when to when a track has packets, in seconds, and how many."""

    first: float
    last: float
    end: float
    count: int


def inspect_recording(path: Path, folder: Path, sniffed: Sniffed) -> Inspection:
    """Everything about a video or a sound.

    :raises Unusable: ``damaged`` where nothing of it can be shown, ``too_many_pixels``
    """
    problems: list[str] = []
    with open_media(path, sniffed.mime) as container:
        picture, sound = picture_of(container), sound_of(container)
        if picture is None and sound is None:
            raise Unusable("damaged", "The file holds neither a picture nor sound.")
        sniffed = _named(sniffed, picture)
        extents = _scan(container, [track for track in (picture, sound) if track is not None])
        promised = container.duration / av.time_base if container.duration else None
        video_codec, audio_codec = codec_of(picture), codec_of(sound)
        rate = _frame_rate(picture, extents)
    if not any(extent.count for extent in extents.values()):
        raise Unusable("damaged", "The file has an index, but nothing of what it lists is there.")
    look = _look(path, folder, sniffed.mime, problems) if picture is not None else None
    if sound is not None and picture is None and not _sounds(path, sniffed.mime):
        raise Unusable("damaged", "The sound cannot be played: it is damaged or of an unknown kind.")
    duration, whole = _duration(extents, promised)
    if not whole:
        problems.append(f"The end of the file is missing; {duration:.0f} of {promised:.0f} seconds are there.")
    playback = Playback(
        sniffed.kind,
        sniffed.mime,
        video_codec,
        look.pixel_format if look else None,
        audio_codec,
        _is_seekable(path, sniffed.mime),
        whole,
    )
    plan = plan_for(playback) if look or picture is None else None
    if plan and duration > MOST_SECONDS:
        plan = None
        problems.append("The file is too long to be converted; some browsers may not play it.")
    return Inspection(
        sniffed.kind,
        sniffed.mime,
        sniffed.extension,
        duration=round(duration, 3),
        width=look.shown[0] if look else None,
        height=look.shown[1] if look else None,
        rotation=look.orientation.rotation if look else 0,
        frame_rate=rate,
        video_codec=video_codec,
        audio_codec=audio_codec,
        problems=tuple(problems),
        has_poster=look is not None,
        plan=plan,
    )


def _named(sniffed: Sniffed, picture: av.VideoStream | None) -> Sniffed:
    """Now that the tracks are known: sound in a container for video, or the other way round."""
    return (_AS_SOUND if picture is None else _AS_VIDEO).get(sniffed, sniffed)


def _scan(container: InputContainer, tracks: list[Track]) -> dict[int, Extent]:
    """Read every packet, as far as they can be read. Costs as much as reading the file, and decodes nothing."""
    found: dict[int, Extent] = {}
    try:
        for packet in container.demux(tracks):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or packet.size == 0 or packet.is_corrupt or packet.time_base is None:
                continue
            start = float(stamp * packet.time_base)
            end = start + float((packet.duration or 0) * packet.time_base)
            before = found.get(packet.stream.index)
            if before is None:
                found[packet.stream.index] = Extent(start, start, end, 1)
            else:
                found[packet.stream.index] = Extent(
                    min(before.first, start), max(before.last, start), max(before.end, end), before.count + 1
                )
    except (av.FFmpegError, EOFError, MemoryError):
        # What came before the damage is what there is.
        pass
    return found


def _frame_rate(picture: av.VideoStream | None, extents: dict[int, Extent]) -> float | None:
    if picture is None or picture.index not in extents:
        return None
    extent = extents[picture.index]
    stated = float(picture.average_rate) if picture.average_rate else 0.0
    if extent.count < 2 or extent.last <= extent.first:
        return round(stated, 3) or None
    counted = (extent.count - 1) / (extent.last - extent.first)
    return round(stated if abs(stated - counted) < 0.01 * counted else counted, 3)


def _duration(extents: dict[int, Extent], promised: float | None) -> tuple[float, bool]:
    """(seconds, whether the file is whole)."""
    first = min(extent.first for extent in extents.values())
    read = max(
        max(extent.end, extent.last + _interval(extent)) - min(max(first, 0.0), extent.first)
        for extent in extents.values()
    )
    if promised is None or promised <= 0:
        return read, True
    if read < promised - max(_MISSING_SECONDS, _MISSING_SHARE * promised):
        return read, False
    return (promised if abs(promised - read) < 0.5 else read), True


def _interval(extent: Extent) -> float:
    return (extent.last - extent.first) / (extent.count - 1) if extent.count > 1 else 0.0


def _is_seekable(path: Path, mime: str) -> bool:
    if mime in ("video/webm", "audio/webm"):
        return is_seekable_webm(path)
    if mime in ("video/mp4", "audio/mp4", "video/quicktime"):
        return not is_fragmented(path)
    return True


def _look(path: Path, folder: Path, mime: str, problems: list[str]) -> Look | None:
    """How the picture is shown; saves the poster. Nothing, with a problem, for a codec that is not decoded here.

    :raises Unusable: ``damaged`` where not one frame can be decoded
    """
    with open_media(path, mime) as container:
        picture = picture_of(container)
        if picture is None or not may_decode(picture):
            problems.append(f"The video is of a kind ({codec_of(picture)}) that cannot be shown here; download it.")
            return None
        prepare_decoder(picture)
        frames = first_frames(container, picture)
        first = next(frames, None)
        if first is None:
            raise Unusable("damaged", "Not one picture of the video can be shown: it is damaged or not all there.")
        look = look_of(first, picture)
        poster = choose(_candidates(first, frames, look))
        if poster is not None:
            save_jpeg(poster, folder / POSTER_NAME)
    return look


def _candidates(first: av.VideoFrame, others: Iterator[av.VideoFrame], look: Look) -> Iterator[Candidate]:
    size = fit(max(1, round(look.size[0] * look.shape)), look.size[1])
    start = first.time or 0.0
    yield _candidate(first, start, size, look)
    for _, frame in zip(range(MOST_CANDIDATES), others, strict=False):
        time = frame.time if frame.time is not None else start
        if time - start > CANDIDATE_SECONDS:
            return
        yield _candidate(frame, time, size, look)


def _candidate(frame: av.VideoFrame, time: float, size: tuple[int, int], look: Look) -> Candidate:
    picture = frame.reformat(width=size[0], height=size[1], format="rgb24").to_image()  # type: ignore[no-untyped-call]
    return Candidate(time, look.orientation.apply(picture))


def _sounds(path: Path, mime: str) -> bool:
    """Whether anything of a sound can be decoded."""
    with open_media(path, mime) as container:
        sound = sound_of(container)
        if sound is None or not may_decode(sound):
            return False
        for packet in container.demux(sound):
            try:
                if packet.decode():
                    return True
            except (av.FFmpegError, EOFError):
                continue
    return False
