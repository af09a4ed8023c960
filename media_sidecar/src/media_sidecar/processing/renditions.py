"""A rendition that every current browser plays, of a video or a sound. Runs in a worker process only.

Frames are copied where they play already; else they become H.264 High, 4:2:0 with 8 bits, turned as they are shown,
with square pixels and at most 1920 x 1080 (1080 x 1920 where they stand), a key frame at most every 30 frames and none
that refers to a later one, so that stepping from frame to frame is quick and exact. Every frame keeps the time it has.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream

from .frames import FrameWriter, SoundWriter
from .jobs import Rendered, RenderJob, Unusable
from .look import Look, first_frames, look_of
from .opening import Track, open_media, picture_of, prepare_decoder, sound_of
from .orientation import Orientation, orientation_of

MOST_FAILURES = 1000
"""Packets that could not be decoded, after which the rest is given up."""
_UPRIGHT = Orientation()
_OPTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "mp4": ("mp4", {"movflags": "+faststart"}),
    "m4a": ("ipod", {"movflags": "+faststart"}),
    "webm": ("webm", {"cues_to_front": "1"}),
}


def render_recording(job: RenderJob, tell: Callable[[int], None]) -> Rendered:
    """Make the rendition that *job* plans.

    :param tell: hears the percentage, whole, each once
    :raises Unusable: ``damaged`` where nothing of the file can be used
    """
    path = Path(job.folder) / job.plan.name
    kind, options = _OPTIONS[job.plan.container]
    progress = _Progress(job.duration, tell)
    look = _look(Path(job.source), job.sniffed.mime) if job.plan.video else None
    with (
        open_media(Path(job.source), job.sniffed.mime) as source,
        av.open(f"file:{path}", "w", format=kind, options=options) as target,
    ):
        written = _convert(job, source, target, look, progress)
    if not written:
        raise Unusable("damaged", "Nothing of the file could be converted: it is damaged.")
    return _measured(path, has_picture=job.plan.video is not None)


class _Progress:
    def __init__(self, duration: float | None, tell: Callable[[int], None]) -> None:
        self._duration = duration
        self._tell = tell
        self._last = -1

    def at(self, seconds: float) -> None:
        """So much of the file is done."""
        percent = min(99, max(0, int(100 * seconds / self._duration))) if self._duration else 0
        if percent > self._last:
            self._last = percent
            self._tell(percent)


class _Copy:
    """Puts a track's packets into another container as they are."""

    def __init__(self, target: OutputContainer, track: Track, orientation: Orientation = _UPRIGHT) -> None:
        self._target = target
        self._stream = target.add_stream_from_template(track)
        self._undated: list[av.Packet[Stream]] = []
        self._last: int | None = None
        self.count = 0
        if isinstance(self._stream, av.VideoStream) and orientation != _UPRIGHT:
            self._stream.set_display_rotation(-orientation.rotation, hflip=orientation.mirrored)

    def take(self, packet: "av.Packet[Stream]") -> None:
        """Write one packet. Matroska does not say when the first are to be decoded: they wait for one that does."""
        if packet.size == 0 or packet.is_corrupt or (packet.pts is None and packet.dts is None):
            return
        if packet.dts is None:
            self._undated.append(packet)
            return
        self._date(packet.dts)
        self._write(packet)

    def finish(self) -> None:
        """Write what has waited in vain: all frames are decoded in the order in which they are shown."""
        undated, self._undated = self._undated, []
        for packet in undated:
            packet.dts = packet.pts
            self._write(packet)

    def _date(self, known: int) -> None:
        """Date the packets that waited back from the one that is to be decoded at *known*."""
        undated, self._undated = self._undated, []
        for before, packet in enumerate(reversed(undated), start=1):
            packet.dts = known - before * max(1, packet.duration or 1)
        for packet in undated:
            self._write(packet)

    def _write(self, packet: "av.Packet[Stream]") -> None:
        if packet.dts is None or (self._last is not None and packet.dts <= self._last):
            return
        self._last = packet.dts
        packet.stream = self._stream
        self._target.mux(packet)
        self.count += 1


_Writer = _Copy | FrameWriter | SoundWriter


def _convert(
    job: RenderJob, source: InputContainer, target: OutputContainer, look: Look | None, progress: _Progress
) -> int:
    """Write every track of the plan; the number of frames or packets of the picture, else of the sound."""
    writers: dict[int, _Writer] = {}
    picture, sound = picture_of(source), sound_of(source)
    if look is not None and picture is not None:
        if job.plan.video == "encode":
            prepare_decoder(picture)
        writers[picture.index] = (
            _Copy(target, picture, look.orientation) if job.plan.video == "copy" else FrameWriter(target, picture, look)
        )
    if job.plan.audio and sound is not None:
        writers[sound.index] = _Copy(target, sound) if job.plan.audio == "copy" else SoundWriter(target, sound)
    failures = 0
    packets = source.demux([source.streams[index] for index in writers])
    while failures < MOST_FAILURES:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            # Taken before: a copied packet belongs to the other container afterwards.
            stamp = packet.pts if packet.pts is not None else packet.dts
            seconds = float(stamp * packet.time_base) if stamp is not None and packet.time_base else None
            writers[packet.stream.index].take(packet)
        except (av.error.InvalidDataError, av.error.EOFError):
            failures += 1
            continue
        if seconds is not None:
            progress.at(seconds)
    for writer in writers.values():
        writer.finish()
    return next((writer.count for writer in writers.values()), 0)


def _look(path: Path, mime: str) -> Look:
    with open_media(path, mime) as container:
        picture = picture_of(container)
        if picture is not None:
            prepare_decoder(picture)
            first = next(first_frames(container, picture), None)
            if first is not None:
                return look_of(first, picture)
    raise Unusable("damaged", "Not one picture of the video can be shown: it is damaged or not all there.")


def _measured(path: Path, *, has_picture: bool) -> Rendered:
    with av.open(f"file:{path}") as container:
        duration = container.duration / av.time_base if container.duration else None
        width = height = None
        if has_picture:
            video = container.streams.video[0]
            width, height = video.codec_context.width, video.codec_context.height
            frame = next(iter(container.decode(video)), None)
            shape = Fraction(video.sample_aspect_ratio or 1)
            width = round(width * (shape if shape > 0 else 1))
            if frame is not None and orientation_of(frame).swaps_sides:
                width, height = height, width
    return Rendered(round(duration, 3) if duration else None, width, height)
