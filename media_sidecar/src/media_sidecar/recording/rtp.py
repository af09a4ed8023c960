"""RTP on the wire: header (RFC 3550, section 5.1) and retransmission payload (RFC 4588, section 4)."""

from struct import Struct

_HEADER = Struct("!BBHLL")
_unpack_header = _HEADER.unpack_from

ParsedPacket = tuple[int, bool, int, int, int, bytes]


def parse_rtp(data: bytes) -> ParsedPacket:
    """Parse one decrypted RTP packet.

    A tuple, not an object: this runs for every packet of every leg.

    :param data: the packet, header first
    :return: payload type, marker, sequence number (16 bits), timestamp (32 bits), SSRC, payload without padding
        (empty for a packet that is padding only)
    :raises ValueError: the packet is truncated or its lengths do not fit
    """
    length = len(data)
    if length < 12:
        raise ValueError("RTP packet is shorter than its header")
    first, second, sequence, timestamp, ssrc = _unpack_header(data)
    if first >> 6 != 2:
        raise ValueError("RTP packet is not version 2")
    start = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if length < start + 4:
            raise ValueError("RTP header extension is truncated")
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    end = length
    if first & 0x20:
        padding = data[-1]
        if not padding:
            raise ValueError("RTP padding has no length")
        end -= padding
    if start > end:
        raise ValueError("RTP packet is shorter than its parts")
    return second & 0x7F, second > 127, sequence, timestamp, ssrc, data[start:end]


def unwrap_rtx(payload: bytes) -> tuple[int, bytes] | None:
    """Take the original packet out of a retransmission.

    :return: original sequence number and payload; ``None`` for padding (a bandwidth probe)
    """
    if len(payload) < 2:
        return None
    return payload[0] << 8 | payload[1], payload[2:]
