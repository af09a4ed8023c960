"""VP8 over RTP (RFC 7741)."""

from .depacketizer import Frame, VideoAssembler


def strip_descriptor(payload: bytes) -> tuple[bool, bytes]:
    """Remove the payload descriptor (RFC 7741, section 4.2).

    :return: whether the packet starts a frame (S set, partition 0), and the VP8 data
    :raises ValueError: the descriptor is truncated or nothing follows it
    """
    first = payload[0]
    position = 1
    try:
        if first & 0x80:
            extension = payload[1]
            position = 2
            if extension & 0x80:
                position += 2 if payload[2] & 0x80 else 1
            if extension & 0x40:
                position += 1
            if extension & 0x30:
                position += 1
    except IndexError:
        raise ValueError("VP8 payload descriptor is truncated") from None
    if position >= len(payload):
        raise ValueError("VP8 payload is empty")
    return first & 0x17 == 0x10, payload[position:]


def key_frame_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a key frame (RFC 6386, section 9.1); ``None`` for any other frame.

    :raises ValueError: a key frame without its start code
    """
    if data[0] & 0x01:
        return None
    if len(data) < 10 or data[3:6] != b"\x9d\x01\x2a":
        raise ValueError("VP8 key frame has no start code")
    return (data[7] & 0x3F) << 8 | data[6], (data[9] & 0x3F) << 8 | data[8]


class Vp8Depacketizer(VideoAssembler):
    """VP8 frames from RTP payloads."""

    def _add(self, payload: bytes) -> None:
        starts, data = strip_descriptor(payload)
        if not starts and not self._parts:
            raise ValueError("VP8 frame has lost its start")
        self._parts.append(data)

    def _frame(self, parts: list[bytes], timestamp: int, arrival: float) -> Frame | None:
        data = b"".join(parts)
        try:
            size = key_frame_size(data)
        except ValueError:
            self.wants_key_frame = True
            return None
        return Frame(timestamp, arrival, data, size is not None, size)
