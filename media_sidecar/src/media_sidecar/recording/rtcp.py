"""RTCP on the wire: what a recorder reads (RFC 3550) and what it says (RFC 3550, RFC 4585, REMB draft)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct, pack, unpack_from

SENDER_REPORT = 200
RECEIVER_REPORT = 201
GOODBYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206

GENERIC_NACK = 1
PICTURE_LOSS_INDICATION = 1
APPLICATION_LAYER_FEEDBACK = 15

_SENDER_INFO = Struct("!LLLLLL")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """A sender's own clock beside its RTP clock (RFC 3550, section 6.4.1).

    :param ntp: the sender's NTP time in seconds since 1900
    :param middle_ntp: the middle 32 bits of it, to be returned in a receiver report
    :param rtp_timestamp: the RTP timestamp of the same moment, 32 bits
    """

    ssrc: int
    ntp: float
    middle_ntp: int
    rtp_timestamp: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The sources that stop sending (RFC 3550, section 6.6)."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """One report block (RFC 3550, section 6.4.1). ``delay`` is in 1/65536 seconds, ``jitter`` in timestamp units."""

    ssrc: int
    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int

    def __bytes__(self) -> bytes:
        lost = max(-0x800000, min(0x7FFFFF, self.packets_lost)) & 0xFFFFFF
        return pack(
            "!LLLLLL",
            self.ssrc,
            self.fraction_lost << 24 | lost,
            self.highest_sequence & 0xFFFFFFFF,
            self.jitter & 0xFFFFFFFF,
            self.last_report,
            self.delay & 0xFFFFFFFF,
        )


def parse_rtcp(data: bytes) -> list[SenderReport | Goodbye]:
    """Read a compound packet; what a recorder has no use for is skipped.

    :raises ValueError: a part is truncated
    """
    found: list[SenderReport | Goodbye] = []
    position = 0
    while position + 4 <= len(data):
        first, kind, words = unpack_from("!BBH", data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise ValueError("RTCP packet is truncated or not version 2")
        if kind == SENDER_REPORT:
            if words < 6:
                raise ValueError("RTCP sender report is truncated")
            ssrc, high, low, timestamp, packets, _ = _SENDER_INFO.unpack_from(data, position + 4)
            # Some senders report before they have sent anything: such a report maps nothing.
            if packets and high:
                middle = (high & 0xFFFF) << 16 | low >> 16
                found.append(SenderReport(ssrc, high + low / 2**32, middle, timestamp))
        elif kind == GOODBYE:
            count = min(first & 0x1F, words)
            found.append(Goodbye(unpack_from(f"!{count}L", data, position + 4)))
        position = end
    return found


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def receiver_report(ssrc: int, reports: Sequence[ReceptionReport]) -> bytes:
    """A receiver report with up to 31 blocks; it opens every compound packet that we send."""
    return _packet(RECEIVER_REPORT, len(reports), pack("!L", ssrc) + b"".join(bytes(report) for report in reports))


def generic_nack(ssrc: int, media_ssrc: int, missing: Iterable[int]) -> bytes:
    """Ask for packets again (RFC 4585, section 6.2.1).

    :param missing: extended sequence numbers, ascending, so that a run across 65535 stays one run
    """
    items: list[tuple[int, int]] = []
    first, mask = -1, 0
    for sequence in missing:
        distance = sequence - first
        if items and 1 <= distance <= 16:
            mask |= 1 << (distance - 1)
        else:
            first, mask = sequence, 0
            items.append((first, mask))
        items[-1] = (first, mask)
    body = b"".join(pack("!HH", start & 0xFFFF, bits) for start, bits in items)
    return _packet(TRANSPORT_FEEDBACK, GENERIC_NACK, pack("!LL", ssrc, media_ssrc) + body)


def picture_loss_indication(ssrc: int, media_ssrc: int) -> bytes:
    """Ask for a key frame (RFC 4585, section 6.3.1)."""
    return _packet(PAYLOAD_FEEDBACK, PICTURE_LOSS_INDICATION, pack("!LL", ssrc, media_ssrc))


def receiver_estimated_maximum_bitrate(ssrc: int, bitrate: int, media_ssrcs: Sequence[int]) -> bytes:
    """Name the bit rate that a sender may use (draft-alvestrand-rmcat-remb-03).

    :param bitrate: bits per second
    """
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    body = pack("!LL4sBBH", ssrc, 0, b"REMB", len(media_ssrcs), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF)
    return _packet(PAYLOAD_FEEDBACK, APPLICATION_LAYER_FEEDBACK, body + pack(f"!{len(media_ssrcs)}L", *media_ssrcs))
