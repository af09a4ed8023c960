"""Opus over RTP (RFC 7587): one packet, one frame; its length is in its first byte (RFC 6716, section 3.1)."""

from collections.abc import Iterator
from struct import pack

from .depacketizer import Frame

CLOCK_RATE = 48000
SILENCE = b"\xf8\xff\xfe"
"""Twenty milliseconds of silence, full band, mono."""
SILENCE_SECONDS = 0.02
SEEK_PREROLL_NANOSECONDS = 80_000_000

_SILK_SAMPLES = (480, 960, 1920, 2880)
_HYBRID_SAMPLES = (480, 960)
_CELT_SAMPLES = (120, 240, 480, 960)


def _frame_samples(configuration: int) -> int:
    if configuration < 12:
        return _SILK_SAMPLES[configuration & 3]
    if configuration < 16:
        return _HYBRID_SAMPLES[configuration & 1]
    return _CELT_SAMPLES[configuration & 3]


_SAMPLES = tuple(_frame_samples(configuration) for configuration in range(32))


def packet_seconds(data: bytes) -> float:
    """How long a packet plays, from its table-of-contents byte; 0 for a packet that is not valid."""
    if not data:
        return 0.0
    counted = data[1] & 0x3F if len(data) > 1 else 0
    count = (1, 2, 2, counted)[data[0] & 3]
    samples = _SAMPLES[data[0] >> 3] * count
    return samples / CLOCK_RATE if samples <= 5760 else 0.0


def identification_header(channels: int = 2) -> bytes:
    """The OpusHead (RFC 7845, section 5.1) that Matroska wants as the track's private data, without pre-skip."""
    return b"OpusHead" + pack("<BBHIhB", 1, channels, 0, CLOCK_RATE, 0, 0)


class OpusDepacketizer:
    """Opus frames from RTP payloads; a loss needs no repair, the next frame stands alone."""

    wants_key_frame = False

    def push(self, payload: bytes, timestamp: int, marker: bool, arrival: float) -> list[Frame]:
        return [Frame(timestamp, arrival, payload)] if packet_seconds(payload) else []

    def lose(self) -> None:
        return None


class SilenceFiller:
    """Keeps an audio track without holes: players count samples, so a hole would shift all that follows.

    A gap (discontinuous transmission, loss, a microphone that was off) becomes silence. A frame whose time drifts
    less than a frame from where the track stands follows at once; one that overlaps far more is left out.
    """

    _TOLERANCE = 0.018
    _OVERLAP = -0.06

    def __init__(self) -> None:
        self.position: float | None = None
        self.filled = 0
        self.dropped = 0

    def place(self, time: float, data: bytes) -> Iterator[tuple[float, bytes]]:
        """The packets to write, each with its time in seconds, for one that belongs at ``time``."""
        if self.position is None:
            self.position = time
        gap = time - self.position
        if gap < self._OVERLAP:
            self.dropped += 1
            return
        if gap >= self._TOLERANCE:
            yield from self.fill(time)
        yield self.position, data
        self.position += packet_seconds(data)

    def fill(self, until: float) -> Iterator[tuple[float, bytes]]:
        """Silence from where the track stands to ``until``, in seconds."""
        if self.position is None:
            return
        while until - self.position >= self._TOLERANCE:
            yield self.position, SILENCE
            self.position += SILENCE_SECONDS
            self.filled += 1
