"""Frames from packets, with aiortc's packetizers as the sender."""

from typing import Any

import av
import numpy
import pytest
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from hypothesis import given
from hypothesis import strategies as st

from media_sidecar.recording import h264, opus, vp8
from media_sidecar.recording.depacketizer import Depacketizer, Frame

KEY = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01"
"""A VP8 key frame header of 640 by 480."""
DELTA = b"\x11\x02\x00"


def push_all(depacketizer: Depacketizer, payloads: list[bytes], timestamp: int = 0) -> list[Frame]:
    frames: list[Frame] = []
    for index, payload in enumerate(payloads):
        frames += depacketizer.push(payload, timestamp, index == len(payloads) - 1, 0.0)
    return frames


def encoded(codec: str, size: tuple[int, int], count: int = 3) -> list[bytes]:
    """A few encoded pictures."""
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height = size
    context.pix_fmt, context.framerate = "yuv420p", 25
    if codec == "libx264":
        context.options = {"tune": "zerolatency"}
    packets = []
    for index in range(count):
        noise = numpy.random.default_rng(index).integers(0, 255, (size[1] * 3 // 2, size[0]), numpy.uint8)
        frame = av.VideoFrame.from_ndarray(noise, format="yuv420p")
        frame.pts = index
        packets += [bytes(packet) for packet in context.encode(frame)]
    return packets


@given(st.binary(max_size=5000), st.integers(0, 0x7FFF))
def test_a_vp8_frame_comes_out_as_it_went_in(rest: bytes, picture_id: int) -> None:
    frames = push_all(vp8.Vp8Depacketizer(), Vp8Encoder._packetize(KEY + rest, picture_id))
    assert [(frame.data, frame.key, frame.size) for frame in frames] == [(KEY + rest, True, (640, 480))]


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_vp8_payloads_are_taken_or_left_out_but_never_crash(payloads: list[bytes]) -> None:
    push_all(vp8.Vp8Depacketizer(), payloads)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_h264_payloads_are_taken_or_left_out_but_never_crash(payloads: list[bytes]) -> None:
    push_all(h264.H264Depacketizer(), payloads)


def test_frames_before_the_first_key_frame_are_left_out() -> None:
    depacketizer = vp8.Vp8Depacketizer()
    assert push_all(depacketizer, Vp8Encoder._packetize(DELTA, 1)) == []
    assert depacketizer.wants_key_frame


def test_after_a_loss_the_next_frame_is_a_key_frame() -> None:
    depacketizer = vp8.Vp8Depacketizer()
    push_all(depacketizer, Vp8Encoder._packetize(KEY, 1), 0)
    depacketizer.lose()
    assert push_all(depacketizer, Vp8Encoder._packetize(DELTA, 3), 6000) == []
    frames = push_all(depacketizer, Vp8Encoder._packetize(KEY, 4), 9000)
    assert [frame.timestamp for frame in frames] == [9000]


def test_a_frame_that_has_lost_its_middle_is_left_out() -> None:
    depacketizer = vp8.Vp8Depacketizer()
    payloads = Vp8Encoder._packetize(KEY + bytes(4000), 1)
    depacketizer.push(payloads[0], 0, False, 0.0)
    depacketizer.lose()
    assert depacketizer.push(payloads[-1], 0, True, 0.0) == []


def test_a_frame_whose_first_packet_was_lost_is_left_out() -> None:
    depacketizer = vp8.Vp8Depacketizer()
    depacketizer.lose()
    assert depacketizer.push(Vp8Encoder._packetize(KEY + bytes(4000), 1)[-1], 0, True, 0.0) == []


def test_a_padding_packet_between_two_frames_changes_nothing() -> None:
    depacketizer = vp8.Vp8Depacketizer()
    frames = push_all(depacketizer, Vp8Encoder._packetize(KEY, 1), 0)
    frames += depacketizer.push(b"", 0, False, 0.0)
    frames += push_all(depacketizer, Vp8Encoder._packetize(DELTA, 2), 3000)
    assert [frame.data for frame in frames] == [KEY, DELTA]


def test_a_frame_without_a_marker_ends_where_the_next_begins() -> None:
    depacketizer = vp8.Vp8Depacketizer()
    depacketizer.push(Vp8Encoder._packetize(KEY, 1)[0], 0, False, 0.0)
    frames = depacketizer.push(Vp8Encoder._packetize(DELTA, 2)[0], 3000, True, 0.0)
    assert [frame.timestamp for frame in frames] == [0, 3000]


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720), (360, 640), (322, 242)])
def test_h264_frames_decode_and_their_size_is_the_pictures(size: tuple[int, int]) -> None:
    depacketizer = h264.H264Depacketizer()
    frames: list[Frame] = []
    for index, packet in enumerate(encoded("libx264", size)):
        payloads = H264Encoder._packetize(H264Encoder._split_bitstream(packet))
        frames += push_all(depacketizer, payloads, index * 3600)
    assert frames[0].key
    assert frames[0].size == size
    decoder: Any = av.CodecContext.create("h264", "r")
    decoder.extradata = frames[0].codec_private
    pictures = [picture for frame in frames for picture in decoder.decode(av.Packet(frame.data))]
    pictures += decoder.decode(None)
    assert [(picture.width, picture.height) for picture in pictures] == [size] * 3


def test_an_h264_frame_that_has_lost_its_first_slice_is_left_out() -> None:
    depacketizer = h264.H264Depacketizer()
    [key, *_] = encoded("libx264", (320, 240), 1)
    payloads = H264Encoder._packetize(H264Encoder._split_bitstream(key))
    push_all(depacketizer, payloads)
    depacketizer.lose()
    second_slice = bytes((0x65, 0x40)) + bytes(20)
    assert depacketizer.push(second_slice, 3600, True, 0.0) == []


@pytest.mark.parametrize(
    ("first", "seconds"),
    [(b"\x00", 0.01), (b"\x08", 0.02), (b"\x18", 0.06), (b"\x60", 0.01), (b"\x68", 0.02), (b"\xe0", 0.0025)],
)
def test_the_first_byte_of_an_opus_packet_tells_its_length(first: bytes, seconds: float) -> None:
    assert opus.packet_seconds(first) == pytest.approx(seconds)


def test_a_silent_packet_plays_twenty_milliseconds_of_nothing() -> None:
    decoder: Any = av.CodecContext.create("libopus", "r")
    [frame] = decoder.decode(av.Packet(opus.SILENCE))
    assert frame.samples == 960
    assert not frame.to_ndarray().any()


@given(st.lists(st.floats(0, 3), max_size=30))
def test_an_audio_track_never_has_a_hole(pauses: list[float]) -> None:
    filler = opus.SilenceFiller()
    time, placed = 0.0, []
    for pause in pauses:
        time += 0.02 + pause
        placed += list(filler.place(time, opus.SILENCE))
    ends = [at + opus.SILENCE_SECONDS for at, _ in placed]
    assert [at for at, _ in placed[1:]] == pytest.approx(ends[:-1])
    assert not placed or abs(placed[-1][0] - time) < 0.02
