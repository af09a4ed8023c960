"""One leg's packets: sorted by track, healed, assembled to frames and handed to the segment."""

from collections.abc import Callable
from dataclasses import dataclass

from .depacketizer import Depacketizer
from .feedback import (
    KEY_FRAME_SECONDS,
    REPORT_SECONDS,
    BitrateLimit,
    KeyFrameRequests,
    ReceptionStatistics,
)
from .h264 import H264Depacketizer
from .opus import OpusDepacketizer
from .rtcp import (
    SenderReport,
    generic_nack,
    parse_rtcp,
    picture_loss_indication,
    receiver_estimated_maximum_bitrate,
    receiver_report,
)
from .rtp import parse_rtp, unwrap_rtx
from .segment import Segment
from .sequence import ReorderBuffer
from .timeline import PAUSE_SECONDS
from .vp8 import Vp8Depacketizer

REPORT_LOG_SECONDS = 5.0
_LIVE_SECONDS = 2.0

_Packet = tuple[bytes, int, bool, float]
"""Payload, timestamp (32 bits), marker and arrival."""

_DEPACKETIZERS: dict[str, Callable[[], Depacketizer]] = {
    "vp8": Vp8Depacketizer,
    "h264": H264Depacketizer,
    "opus": OpusDepacketizer,
}


@dataclass(frozen=True)
class NegotiatedTrack:
    """What offer and answer agreed on for one track.

    :param codec: ``vp8``, ``h264`` or ``opus``
    :param rtx_payload_type: of its retransmissions, ``None`` where they come on the track's own source
    :param nack: whether lost packets may be asked for
    """

    kind: str
    codec: str
    clock_rate: int
    payload_type: int
    rtx_payload_type: int | None
    nack: bool


class TrackReceiver:
    """One track's packets, in order, as frames."""

    def __init__(self, track: NegotiatedTrack, segment: Segment) -> None:
        self.kind = track.kind
        self.nack = track.nack
        self.ssrc: int | None = None
        self.statistics = ReceptionStatistics(track.clock_rate)
        self.depacketizer = _DEPACKETIZERS[track.codec]()
        self._codec = track.codec
        self.packets: ReorderBuffer[_Packet] = ReorderBuffer(self._deliver, self._lose, self._restart)
        self.last_arrival = float("-inf")
        self.last_key_frame = float("-inf")
        self.lost = 0
        self.restarts = 0
        self.last_logged_report = float("-inf")
        self._segment = segment
        self._track = segment.tracks[track.kind]

    def take(self, ssrc: int, sequence: int, timestamp: int, marker: bool, payload: bytes, now: float) -> bool:
        """Take a packet of the track's own source; whether a request for retransmission is due."""
        if ssrc != self.ssrc:
            self._take_over(ssrc)
        elif now - self.last_arrival > PAUSE_SECONDS:
            self._segment.resume(self.kind)
        self.last_arrival = now
        return self.packets.push(sequence, (payload, timestamp, marker, now), now)

    def take_retransmitted(self, sequence: int, timestamp: int, marker: bool, payload: bytes, now: float) -> None:
        """Take a packet that was unwrapped from a retransmission stream."""
        self.last_arrival = now
        self.packets.push_retransmitted(sequence, (payload, timestamp, marker, now))

    def sender_report(self, report: SenderReport, now: float) -> None:
        """Tie the track's clock to the sender's."""
        self.statistics.sender_report(report, now)
        if self._track.timestamps.highest is not None:
            self._track.clock.report(self._track.timestamps.nearest(report.rtp_timestamp), report.ntp)

    def _take_over(self, ssrc: int) -> None:
        if self.ssrc is not None:
            self.packets.reset()
            self._restart()
        self.ssrc = ssrc

    def _deliver(self, packet: _Packet) -> None:
        payload, timestamp, marker, arrival = packet
        extended = self._track.timestamps.extend(timestamp)
        for frame in self.depacketizer.push(payload, extended, marker, arrival):
            self.statistics.frame(extended, arrival)
            if frame.key:
                self.last_key_frame = arrival
            self._segment.add(self.kind, frame)

    def _lose(self, count: int) -> None:
        self.lost += count
        self.depacketizer.lose()

    def _restart(self) -> None:
        self.restarts += 1
        self.depacketizer = _DEPACKETIZERS[self._codec]()
        self._segment.restart(self.kind)


class LegReceiver:
    """All packets of a leg.

    :param tracks: what was negotiated, at most one audio and one video track
    :param ssrc: our own source in what we send
    :param source: ``camera`` or ``screen``
    :param max_bitrate: bits per second that the sender may use for video
    :param send: sends an RTCP packet
    :param on_report: called with kind, report and arrival for the log of sender reports
    """

    def __init__(
        self,
        tracks: list[NegotiatedTrack],
        segment: Segment,
        *,
        ssrc: int,
        source: str,
        max_bitrate: int,
        send: Callable[[bytes], None],
        on_report: Callable[[str, SenderReport, float], None] = lambda kind, report, arrival: None,
    ) -> None:
        self._ssrc = ssrc
        self._send = send
        self._on_report = on_report
        self._segment = segment
        self.tracks = {track.kind: TrackReceiver(track, segment) for track in tracks}
        self._by_payload_type = {track.payload_type: self.tracks[track.kind] for track in tracks}
        self._by_rtx_payload_type = {
            track.rtx_payload_type: self.tracks[track.kind] for track in tracks if track.rtx_payload_type is not None
        }
        self._key_frames = KeyFrameRequests(KEY_FRAME_SECONDS[source])
        self._bitrate = BitrateLimit(max_bitrate)
        self._next_report = 0.0
        self.received = 0
        self.invalid = 0
        self.last_packet: float | None = None

    @property
    def lost(self) -> int:
        """Packets that no retransmission healed."""
        return sum(track.lost for track in self.tracks.values())

    @property
    def key_frame_requests(self) -> int:
        return self._key_frames.sent

    @property
    def restless(self) -> bool:
        """Whether packets are missing that have to be asked for again soon."""
        return any(track.packets.blocked for track in self.tracks.values())

    def rtp(self, data: bytes, now: float) -> None:
        """Take a decrypted RTP packet that arrived at ``now`` (seconds, monotonic)."""
        try:
            payload_type, marker, sequence, timestamp, ssrc, payload = parse_rtp(data)
        except ValueError:
            self.invalid += 1
            return
        self.received += 1
        self.last_packet = now
        track = self._by_payload_type.get(payload_type)
        if track is not None:
            if track.take(ssrc, sequence, timestamp, marker, payload, now) and track.nack:
                self._request_missing(track, now)
            return
        track = self._by_rtx_payload_type.get(payload_type)
        if track is not None:
            original = unwrap_rtx(payload)
            if original is not None:
                track.take_retransmitted(original[0], timestamp, marker, original[1], now)

    def rtcp(self, data: bytes, now: float) -> None:
        """Take a decrypted RTCP packet."""
        try:
            parts = parse_rtcp(data)
        except ValueError:
            self.invalid += 1
            return
        for part in parts:
            if isinstance(part, SenderReport):
                self._sender_report(part, now)

    def tick(self, now: float) -> None:
        """Do what is due: several times a second, ten times while :attr:`restless`."""
        for track in self.tracks.values():
            if track.packets.blocked:
                track.packets.give_up(now)
                if track.nack:
                    self._request_missing(track, now)
        self._request_key_frame(now)
        if now >= self._next_report:
            self._next_report = now + REPORT_SECONDS
            self._report(now)
        self._segment.flush(now, blocked=self._blocked())

    def finish(self, now: float) -> None:
        """Nothing more will come: everything into the file."""
        for track in self.tracks.values():
            track.packets.flush()
        self._segment.flush(now, force=True)

    def _blocked(self) -> frozenset[str]:
        return frozenset(kind for kind, track in self.tracks.items() if track.packets.blocked)

    def _sender_report(self, report: SenderReport, now: float) -> None:
        for kind, track in self.tracks.items():
            if track.ssrc == report.ssrc:
                self._segment.sender.observe(report.ntp, now)
                track.sender_report(report, now)
                if now - track.last_logged_report >= REPORT_LOG_SECONDS:
                    track.last_logged_report = now
                    self._on_report(kind, report, now)

    def _request_missing(self, track: TrackReceiver, now: float) -> None:
        missing = track.packets.due(now)
        if missing and track.ssrc is not None:
            self._send(self._compound(generic_nack(self._ssrc, track.ssrc, missing)))

    def _request_key_frame(self, now: float) -> None:
        video = self.tracks.get("video")
        if video is None or video.ssrc is None or now - video.last_arrival > _LIVE_SECONDS:
            return
        self._key_frames.key_frame(video.last_key_frame)
        if self._key_frames.due(video.depacketizer.wants_key_frame, now):
            self._send(self._compound(picture_loss_indication(self._ssrc, video.ssrc)))

    def _report(self, now: float) -> None:
        sources = [(track, track.ssrc) for track in self.tracks.values() if track.ssrc is not None]
        if not sources:
            return
        blocks = [track.statistics.block(ssrc, track.packets, now) for track, ssrc in sources]
        video = self.tracks.get("video")
        packet = receiver_report(self._ssrc, blocks)
        if video is not None and video.ssrc is not None:
            bitrate = self._bitrate.update(video.statistics.fraction_lost)
            packet += receiver_estimated_maximum_bitrate(self._ssrc, bitrate, [video.ssrc])
        self._send(packet)

    def _compound(self, feedback: bytes) -> bytes:
        """RFC 3550 wants a report first; without blocks it is eight bytes."""
        return receiver_report(self._ssrc, []) + feedback
