"""WebM on disk: EBML (RFC 8794) and the few Matroska elements (RFC 9559) that a recording needs.

A file is a header of fixed size with room to be patched, then clusters, then (once finalised) cues. It can be played at
any time; finalising only makes it seekable and gives it a duration.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from struct import pack

EBML = 0x1A45DFA3
SEGMENT = 0x18538067
SEEK_HEAD = 0x114D9B74
INFO = 0x1549A966
DURATION = 0x4489
TRACKS = 0x1654AE6B
CLUSTER = 0x1F43B675
TIMESTAMP = 0xE7
SIMPLE_BLOCK = 0xA3
CUES = 0x1C53BB6B
VOID = 0xEC
TRACK_ENTRY = 0xAE
FLAG_ENABLED = 0xB9
TRACK_NUMBER = 0xD7
TRACK_TYPE = 0x83

UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"
SEEK_HEAD_SPACE = 128
DURATION_SPACE = 11
TRACKS_SPACE = 2048
CLUSTER_SECONDS = 2.0

EXTENSIONS = {"webm": ".webm", "matroska": ".mkv"}

_VIDEO, _AUDIO = 1, 2
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


def encode_id(identifier: int) -> bytes:
    """An element ID, its length marker included."""
    return identifier.to_bytes((identifier.bit_length() + 7) // 8, "big")


def encode_size(size: int, length: int = 0) -> bytes:
    """A variable-size integer (RFC 8794, section 4): as short as it goes, or of ``length`` bytes.

    :raises ValueError: it does not fit
    """
    needed = 1
    while size >= (1 << 7 * needed) - 1:
        needed += 1
    length = length or needed
    if length < needed or length > 8:
        raise ValueError(f"{size} does not fit an EBML size of {length} bytes")
    return (size | 1 << 7 * length).to_bytes(length, "big")


def decode_size(data: bytes, position: int) -> tuple[int | None, int]:
    """Read a variable-size integer.

    :return: the value (``None`` when all its bits are set: unknown) and the position after it
    :raises ValueError: it is truncated or not valid
    """
    if position >= len(data) or not data[position]:
        raise ValueError("EBML size is not valid")
    length = 9 - data[position].bit_length()
    end = position + length
    if end > len(data):
        raise ValueError("EBML size is truncated")
    mask = (1 << 7 * length) - 1
    value = int.from_bytes(data[position:end], "big") & mask
    return (None if value == mask else value), end


def decode_id(data: bytes, position: int) -> tuple[int, int]:
    """Read an element ID.

    :return: the ID with its length marker, and the position after it
    :raises ValueError: it is truncated or not valid
    """
    if position >= len(data) or data[position] < 0x10:
        raise ValueError("EBML ID is not valid")
    end = position + 9 - data[position].bit_length()
    if end > len(data):
        raise ValueError("EBML ID is truncated")
    return int.from_bytes(data[position:end], "big"), end


def element(identifier: int, content: bytes) -> bytes:
    """An element with its ID and size."""
    return encode_id(identifier) + encode_size(len(content)) + content


def unsigned(identifier: int, value: int) -> bytes:
    """An unsigned integer element."""
    return element(identifier, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def text(identifier: int, value: str) -> bytes:
    """A string element."""
    return element(identifier, value.encode())


def void(length: int) -> bytes:
    """An element of ``length`` bytes in all that says nothing.

    :raises ValueError: it would have one byte, which no element has
    """
    if length == 0:
        return b""
    if length < 2:
        raise ValueError("a void element has at least two bytes")
    size_length = 1 if length < 128 else 8
    return encode_id(VOID) + encode_size(length - 1 - size_length, size_length) + bytes(length - 1 - size_length)


@dataclass
class TrackHeader:
    """What the file says of a track.

    :param codec: ``vp8``, ``h264`` or ``opus``
    :param enabled: whether it has frames; a track is declared from the start and enabled with its first frame
    """

    number: int
    codec: str
    uid: int
    enabled: bool = False
    width: int = 0
    height: int = 0
    codec_private: bytes = b""

    CODEC_IDS = {"vp8": "V_VP8", "h264": "V_MPEG4/ISO/AVC", "opus": "A_OPUS"}  # noqa: RUF012

    @property
    def kind(self) -> str:
        return "audio" if self.codec == "opus" else "video"

    def __bytes__(self) -> bytes:
        content = unsigned(TRACK_NUMBER, self.number) + unsigned(0x73C5, self.uid) + unsigned(0x9C, 0)
        content += unsigned(FLAG_ENABLED, int(self.enabled))
        content += unsigned(TRACK_TYPE, _AUDIO if self.kind == "audio" else _VIDEO)
        content += text(0x86, self.CODEC_IDS[self.codec])
        if self.codec_private:
            content += element(0x63A2, self.codec_private)
        if self.kind == "audio":
            content += unsigned(0x56BB, 80_000_000)
            content += element(0xE1, element(0xB5, pack(">d", 48000.0)) + unsigned(0x9F, 2))
        else:
            # A file torn before its first picture still has to name a size.
            content += element(0xE0, unsigned(0xB0, self.width or 640) + unsigned(0xBA, self.height or 480))
        return element(TRACK_ENTRY, content)


def container(codecs: Iterable[str]) -> str:
    """What a file of these codecs is: ``webm``, or ``matroska`` where WebM does not know one of them (RFC 9559)."""
    return "matroska" if "h264" in codecs else "webm"


@dataclass
class Header:
    """The start of a file, of constant length, whatever is patched later."""

    tracks: Sequence[TrackHeader]
    started: datetime
    duration: float | None = None
    cues_position: int | None = None
    segment_size: int | None = None
    _opening: bytes = field(init=False)

    def __post_init__(self) -> None:
        content = unsigned(0x4286, 1) + unsigned(0x42F7, 1) + unsigned(0x42F2, 4) + unsigned(0x42F3, 8)
        content += (
            text(0x4282, container(track.codec for track in self.tracks)) + unsigned(0x4287, 4) + unsigned(0x4285, 2)
        )
        self._opening = element(EBML, content) + encode_id(SEGMENT)

    @property
    def segment_start(self) -> int:
        """The position that the Segment's offsets count from."""
        return len(self._opening) + 8

    @property
    def tracks_start(self) -> int:
        """Position of the Tracks element in the file."""
        return self.segment_start + SEEK_HEAD_SPACE + len(self._info())

    def tracks_bytes(self) -> bytes:
        """The Tracks element, filled up to its constant length."""
        return _padded(element(TRACKS, b"".join(bytes(track) for track in self.tracks)), TRACKS_SPACE)

    def __bytes__(self) -> bytes:
        info = self._info()
        seeks = [(INFO, SEEK_HEAD_SPACE), (TRACKS, SEEK_HEAD_SPACE + len(info))]
        return self._opening + UNKNOWN_SIZE + seek_head(seeks) + info + self.tracks_bytes()

    def _info(self) -> bytes:
        nanoseconds = int((self.started - _EPOCH).total_seconds() * 1e9)
        content = unsigned(0x2AD7B1, 1_000_000)
        content += element(0x4461, nanoseconds.to_bytes(8, "big", signed=True))
        content += text(0x4D80, "vet-media-sidecar") + text(0x5741, "vet-media-sidecar")
        return element(INFO, content + void(DURATION_SPACE))


def _padded(data: bytes, space: int) -> bytes:
    missing = space - len(data)
    if missing == 1 or missing < 0:
        raise ValueError(f"{len(data)} bytes do not fit the {space} that the header keeps for them")
    return data + void(missing)


def seek_head(positions: Iterable[tuple[int, int]]) -> bytes:
    """The SeekHead, filled up to its constant length, from element IDs and their positions in the Segment."""
    content = b"".join(
        element(0x4DBB, element(0x53AB, encode_id(identifier)) + element(0x53AC, position.to_bytes(8, "big")))
        for identifier, position in positions
    )
    return _padded(element(SEEK_HEAD, content), SEEK_HEAD_SPACE)


def duration_element(milliseconds: float) -> bytes:
    """The Duration, exactly as long as the room that the header keeps for it."""
    return element(DURATION, pack(">d", milliseconds))


def cues(points: Iterable[tuple[int, int, int]]) -> bytes:
    """The Cues from (time in milliseconds, track number, position of the cluster in the Segment)."""
    return element(
        CUES,
        b"".join(
            element(0xBB, unsigned(0xB3, time) + element(0xB7, unsigned(0xF7, track) + unsigned(0xF1, position)))
            for time, track, position in points
        ),
    )


@dataclass(slots=True)
class Block:
    """A frame on its way into a cluster; ``time`` in milliseconds from the start of the file."""

    time: int
    track: int
    key: bool
    data: bytes


def clusters(blocks: Iterable[Block], *, video_track: int | None = None) -> list[bytes]:
    """Clusters of at most :data:`CLUSTER_SECONDS` each, a new one before every video key frame.

    :param blocks: in the order in which they are to be stored
    :param video_track: number of the track whose key frames start clusters
    """
    made: list[bytes] = []
    parts: list[bytes] = []
    start = 0
    for block in blocks:
        relative = block.time - start
        if parts and ((block.key and block.track == video_track) or not 0 <= relative + 1000 <= 3000):
            made.append(_cluster(start, parts))
            parts = []
        if not parts:
            start = max(0, block.time)
            relative = block.time - start
        parts.append(
            b"\xa3"
            + encode_size(len(block.data) + 4)
            + pack(">BhB", 0x80 | block.track, max(-32768, relative), 0x80 if block.key else 0)
        )
        parts.append(block.data)
    if parts:
        made.append(_cluster(start, parts))
    return made


def _cluster(start: int, parts: list[bytes]) -> bytes:
    return element(CLUSTER, unsigned(TIMESTAMP, start) + b"".join(parts))
