"""RTP and RTCP on the wire, with aiortc's own parser and writer as the other opinion."""

import pytest
from aiortc import rtp as other
from hypothesis import given
from hypothesis import strategies as st

from media_sidecar.recording import rtcp
from media_sidecar.recording.rtp import parse_rtp, unwrap_rtx

words = st.integers(0, 0xFFFFFFFF)


@given(st.integers(0, 127), st.integers(0, 1), st.integers(0, 0xFFFF), words, words, st.binary(max_size=50), st.data())
def test_a_packet_is_read_as_it_was_written(
    payload_type: int, marker: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, data: st.DataObject
) -> None:
    packet = other.RtpPacket(payload_type, marker, sequence, timestamp, ssrc, payload)
    packet.csrc = data.draw(st.lists(words, max_size=15))
    packet.padding_size = data.draw(st.integers(0, 20))
    assert parse_rtp(packet.serialize()) == (payload_type, bool(marker), sequence, timestamp, ssrc, payload)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_but_never_crash(data: bytes) -> None:
    for parse in (parse_rtp, rtcp.parse_rtcp):
        try:
            parse(data)
        except ValueError:
            continue


def test_a_retransmission_gives_back_its_packet() -> None:
    assert unwrap_rtx(b"\x12\x34payload") == (0x1234, b"payload")


def test_a_probe_of_padding_holds_no_packet() -> None:
    assert unwrap_rtx(b"") is None


@given(st.integers(0, 2**40), st.sets(st.integers(0, 500), min_size=1, max_size=100))
def test_a_request_names_exactly_the_missing_packets(start: int, missing: set[int]) -> None:
    numbers = [start + number for number in sorted(missing)]
    [packet] = other.RtcpPacket.parse(rtcp.generic_nack(1, 2, numbers))
    assert isinstance(packet, other.RtcpRtpfbPacket)
    assert (packet.fmt, packet.ssrc, packet.media_ssrc) == (1, 1, 2)
    assert [number & 0xFFFF for number in packet.lost] == [number & 0xFFFF for number in numbers]


@given(st.integers(1, 2**40), st.lists(words, min_size=1, max_size=3))
def test_a_bit_rate_is_named_within_its_precision(bitrate: int, ssrcs: list[int]) -> None:
    [packet] = other.RtcpPacket.parse(rtcp.receiver_estimated_maximum_bitrate(1, bitrate, ssrcs))
    assert isinstance(packet, other.RtcpPsfbPacket)
    named, named_ssrcs = other.unpack_remb_fci(packet.fci)
    assert named <= bitrate < named * (1 + 2**-17) + 1
    assert named_ssrcs == ssrcs


def test_a_key_frame_request_is_one() -> None:
    [packet] = other.RtcpPacket.parse(rtcp.picture_loss_indication(1, 2))
    assert packet == other.RtcpPsfbPacket(fmt=other.RTCP_PSFB_PLI, ssrc=1, media_ssrc=2)


@given(st.integers(0, 255), st.integers(-(2**30), 2**30), words, words, words, words)
def test_a_receiver_report_says_what_it_was_given(
    fraction: int, lost: int, highest: int, jitter: int, last: int, delay: int
) -> None:
    block = rtcp.ReceptionReport(7, fraction, lost, highest, jitter, last, delay)
    [packet] = other.RtcpPacket.parse(rtcp.receiver_report(1, [block]))
    assert isinstance(packet, other.RtcpRrPacket)
    clamped = other.clamp_packets_lost(lost)
    assert packet.reports == [other.RtcpReceiverInfo(7, fraction, clamped, highest, jitter, last, delay)]


def test_a_sender_report_and_a_goodbye_are_found_in_a_compound() -> None:
    ntp = 4_000_000_000 << 32 | 1 << 31
    sent = other.RtcpSrPacket(9, other.RtcpSenderInfo(ntp, 1234, 5, 6))
    compound = bytes(sent) + bytes(other.RtcpSdesPacket()) + bytes(other.RtcpByePacket([9, 10]))
    report, goodbye = rtcp.parse_rtcp(compound)
    assert report == rtcp.SenderReport(9, 4_000_000_000.5, ntp >> 16 & 0xFFFFFFFF, 1234)
    assert goodbye == rtcp.Goodbye((9, 10))


def test_a_report_before_anything_was_sent_maps_nothing() -> None:
    assert rtcp.parse_rtcp(bytes(other.RtcpSrPacket(9, other.RtcpSenderInfo(0, 0, 0, 0)))) == []


def test_a_truncated_report_is_refused() -> None:
    whole = bytes(other.RtcpSrPacket(9, other.RtcpSenderInfo(1 << 40, 0, 1, 0)))
    with pytest.raises(ValueError, match="truncated"):
        rtcp.parse_rtcp(whole[:-4])
