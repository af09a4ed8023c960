"""One file: the tracks of one leg between two connections, in time order."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from . import opus, webm
from .depacketizer import Frame
from .sequence import WrapExtender
from .timeline import HOLD_SECONDS, SenderClock, TrackClock
from .writer import LARGEST_BACKLOG, AppendOnlyFile

FLUSH_SECONDS = 0.8
"""Frames wait in memory at most this long (a second at most, with the timer's grain)."""
_LIVE_SECONDS = 1.0
_SILENCE_LAG_SECONDS = 1.5


@dataclass
class SegmentTrack:
    """A track of the file while it is written."""

    kind: str
    header: webm.TrackHeader
    clock: TrackClock
    timestamps: WrapExtender = field(default_factory=lambda: WrapExtender(32))
    placed: deque[tuple[float, Frame]] = field(default_factory=deque)
    unplaced: deque[Frame] = field(default_factory=deque)
    resumed: bool = False
    last_arrival: float = float("-inf")
    newest: float = float("-inf")
    last_milliseconds: int = -1
    frames: int = 0
    sizes: list[tuple[float, int, int]] = field(default_factory=list)
    silence: opus.SilenceFiller | None = None

    def add(self, frame: Frame) -> None:
        """Queue a frame, with its place if that is known already."""
        self.place()
        self.clock.frame(frame.timestamp, frame.arrival, self.resumed)
        self.resumed = False
        self.last_arrival = frame.arrival
        self.unplaced.append(frame)
        if self.clock.settled:
            self.place()

    def place(self) -> None:
        """Give the queued frames their places, once the clock is settled."""
        while self.unplaced and self.clock.settled:
            frame = self.unplaced.popleft()
            self.newest = self.clock.time(frame.timestamp)
            self.placed.append((self.newest, frame))


class Segment:
    """Places frames in time, interleaves them and hands whole clusters to the writer.

    :param file: where the clusters go
    :param codecs: ``vp8``, ``h264`` or ``opus`` of each track, in order; each track is declared from the start
    :param started: wall-clock time for the file's header
    :param now: the same moment on the monotonic clock
    :param on_backlog: called when the disk has fallen too far behind
    """

    def __init__(
        self,
        file: AppendOnlyFile,
        codecs: list[tuple[str, int]],
        started: datetime,
        now: float,
        on_backlog: Callable[[], None] = lambda: None,
    ) -> None:
        self._file = file
        self._on_backlog = on_backlog
        self.sender = SenderClock()
        self.tracks: dict[str, SegmentTrack] = {}
        self._video_number: int | None = None
        for number, (codec, rate) in enumerate(codecs, 1):
            header = webm.TrackHeader(number, codec, uid=number)
            track = SegmentTrack(header.kind, header, TrackClock(rate, self.sender))
            if header.kind == "audio":
                header.codec_private = opus.identification_header()
                track.silence = opus.SilenceFiller()
            else:
                self._video_number = number
            self.tracks[header.kind] = track
        self._header = webm.Header([track.header for track in self.tracks.values()], started)
        self._tracks_start = self._header.tracks_start
        self._file.append(bytes(self._header))
        self._last_flush = now
        self._pending: list[webm.Block] = []
        self.origin: float | None = None
        self.last_time = 0.0

    @property
    def start(self) -> float | None:
        """The best estimate of the file's beginning, on the monotonic clock; ``None`` before the first frame."""
        return None if self.origin is None else self.origin + self.sender.refinement

    def add(self, kind: str, frame: Frame) -> None:
        """Take the next frame of a track."""
        self.tracks[kind].add(frame)

    def resume(self, kind: str) -> None:
        """The next frame of a track is the first after a pause."""
        self.tracks[kind].resumed = True

    def restart(self, kind: str) -> None:
        """Another source takes over a track: its timestamps have nothing to do with the earlier ones."""
        track = self.tracks[kind]
        track.clock.settle_by_arrival()
        track.place()
        track.clock.restart()
        track.timestamps = WrapExtender(32)

    def flush(self, now: float, *, blocked: frozenset[str] = frozenset(), force: bool = False) -> None:
        """Write what is due.

        :param now: seconds, monotonic
        :param blocked: kinds whose packets wait for a retransmission
        :param force: also what would rather wait for others
        """
        if not force and now - self._last_flush < FLUSH_SECONDS:
            return
        if not self._settle_tracks(now, force=force):
            return
        self._interleave(float("inf") if force else self._horizon(now, blocked))
        self._fill_silence(self.last_time if force else now - (self.origin or now) - _SILENCE_LAG_SECONDS)
        self._last_flush = now
        if not self._pending:
            return
        self._pending.sort(key=lambda block: block.time)
        data = webm.clusters(self._pending, video_track=self._video_number)
        self._pending = []
        self._file.append(b"".join(data))
        if self._file.backlog > LARGEST_BACKLOG:
            self._on_backlog()

    def _settle_tracks(self, now: float, *, force: bool) -> bool:
        """Whether every track can be placed; one that waits for a report holds up the file, but not for long."""
        for track in self.tracks.values():
            track.place()
            if track.unplaced:
                if not force and now - track.unplaced[0].arrival < HOLD_SECONDS:
                    return False
                track.clock.settle_by_arrival()
                track.place()
        return True

    def _horizon(self, now: float, blocked: frozenset[str]) -> float:
        """Up to where every track that is alive has delivered."""
        return min(
            (
                track.newest
                for track in self.tracks.values()
                if track.newest > float("-inf") and (track.kind in blocked or now - track.last_arrival < _LIVE_SECONDS)
            ),
            default=float("inf"),
        )

    def _interleave(self, horizon: float) -> None:
        due: list[tuple[float, SegmentTrack, Frame]] = []
        for track in self.tracks.values():
            placed = track.placed
            while placed and placed[0][0] <= horizon:
                time, frame = placed.popleft()
                due.append((time, track, frame))
        if not due:
            return
        due.sort(key=lambda item: item[0])
        if self.origin is None:
            self.origin = due[0][0]
            for track in self.tracks.values():
                if track.silence is not None:
                    track.silence.position = 0.0
        for time, track, frame in due:
            if track.silence is not None:
                self._append_audio(track, track.silence.place(max(0.0, time - self.origin), frame.data))
            else:
                self._append_video(track, max(0.0, time - self.origin), frame)

    def _fill_silence(self, until: float) -> None:
        for track in self.tracks.values():
            if track.silence is not None and not track.placed:
                self._append_audio(track, track.silence.fill(min(until, self.last_time)))

    def _append_audio(self, track: SegmentTrack, packets: Iterable[tuple[float, bytes]]) -> None:
        for time, data in packets:
            if not track.header.enabled:
                self._enable(track)
            self._append(track, round(time * 1000), True, data)

    def _append_video(self, track: SegmentTrack, time: float, frame: Frame) -> None:
        if frame.size is not None:
            self._note_size(track, time, frame, frame.size)
        elif not track.frames:
            return
        self._append(track, max(round(time * 1000), track.last_milliseconds + 1), frame.key, frame.data)

    def _note_size(self, track: SegmentTrack, time: float, frame: Frame, size: tuple[int, int]) -> None:
        if track.sizes and track.sizes[-1][1:] == size:
            return
        track.sizes.append((round(time, 3), *size))
        if not track.header.enabled:
            track.header.width, track.header.height = size
            track.header.codec_private = frame.codec_private
            self._enable(track)

    def _enable(self, track: SegmentTrack) -> None:
        track.header.enabled = True
        self._file.patch(self._tracks_start, self._header.tracks_bytes())

    def _append(self, track: SegmentTrack, milliseconds: int, key: bool, data: bytes) -> None:
        track.last_milliseconds = milliseconds
        track.frames += 1
        self.last_time = max(self.last_time, milliseconds / 1000)
        self._pending.append(webm.Block(milliseconds, track.header.number, key, data))
