"""Decoding a track and encoding it again, frame by frame. Runs in a worker process only."""

import os
from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.resampler import AudioResampler
from av.container import OutputContainer
from av.filter import Graph
from av.stream import Stream

from .look import Look

LONG_SIDE, SHORT_SIDE = 1920, 1080
KEY_FRAME_EVERY = 30
SOUND_BITRATE = 128_000
SOUND_RATES = (48000, 44100, 32000, 24000, 22050, 16000)
GAP_SECONDS = 0.1
_MOST_THREADS = 4
_FINEST_TICKS = 1_000_000
_ENCODER_OPTIONS = {"preset": "veryfast", "crf": "21", "profile": "high", "maxrate": "10M", "bufsize": "20M", "bf": "0"}
_HDR_TRANSFERS = frozenset({16, 18})
"""SMPTE ST 2084 and ARIB STD-B67 (HLG), by their numbers in ITU-T H.273."""


def size_for(width: int, height: int) -> tuple[int, int]:
    """The largest even size of that shape within 1920 x 1080, standing or lying, and no larger than it is."""
    scale = min(1.0, LONG_SIDE / max(width, height), SHORT_SIDE / min(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


class FrameWriter:
    """Encodes a picture track as H.264, each frame at the time it has.

    :param look: how the track is shown
    :ivar count: frames written
    """

    def __init__(self, target: OutputContainer, track: av.VideoStream, look: Look) -> None:
        self._target = target
        self._look = look
        self._time_base = _usable(track.time_base)
        rate = track.average_rate or track.guessed_rate or Fraction(25)
        self._step = max(1, round(1 / (rate * self._time_base)))
        self._last: int | None = None
        self._graph: Graph | None = None
        self._graph_is_for: tuple[int, int, str] | None = None
        self._size = size_for(*look.shown)
        self.count = 0
        self._stream = target.add_stream("libx264", rate=rate, options=_ENCODER_OPTIONS)
        context = self._stream.codec_context
        context.width, context.height = self._size
        context.pix_fmt = "yuv420p"
        context.time_base = self._time_base
        context.framerate = rate
        context.gop_size = KEY_FRAME_EVERY
        context.max_b_frames = 0
        context.thread_count = min(_MOST_THREADS, os.cpu_count() or 1)
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1, 1

    def take(self, packet: "av.Packet[Stream]") -> None:
        """Decode one packet and encode what comes out.

        :raises av.error.InvalidDataError: where it cannot be decoded
        """
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                self._take_frame(frame)

    def finish(self) -> None:
        """Encode what is held back."""
        self._flush_graph()
        if self.count:
            self._target.mux(self._stream.encode(None))

    def _take_frame(self, frame: av.VideoFrame) -> None:
        stamp = self._stamp(frame)
        is_for = (frame.width, frame.height, frame.format.name)
        if self._graph is None or self._graph_is_for != is_for:
            self._flush_graph()
            self._graph = _graph(frame, self._look, self._size, self._time_base, is_first=self.count == 0)
            self._graph_is_for = is_for
        frame.pts, frame.time_base = stamp, self._time_base
        self._graph.vpush(frame)
        self._encode(self._graph)

    def _flush_graph(self) -> None:
        if self._graph is not None:
            self._graph.vpush(None)
            self._encode(self._graph)
            self._graph = None

    def _encode(self, graph: Graph) -> None:
        for frame in _pulled(graph):
            frame.pict_type = 0  # chosen by the encoder, not taken over from the original
            self._target.mux(self._stream.encode(frame))
            self.count += 1

    def _stamp(self, frame: av.VideoFrame) -> int:
        """The frame's own time, in ticks, and always later than the one before."""
        stamp = None
        if frame.pts is not None and frame.time_base:
            stamp = round(frame.pts * frame.time_base / self._time_base)
        if stamp is None:
            stamp = 0 if self._last is None else self._last + self._step
        elif self._last is not None and stamp <= self._last:
            stamp = self._last + 1
        self._last = stamp
        return stamp


class SoundWriter:
    """Encodes a sound track as AAC.

    :ivar count: frames written
    """

    def __init__(self, target: OutputContainer, track: av.AudioStream) -> None:
        self._target = target
        context = track.codec_context
        rate = min(SOUND_RATES, key=lambda known: abs(known - context.sample_rate))
        layout = "mono" if context.layout.nb_channels == 1 else "stereo"
        self._stream = target.add_stream("aac", rate=rate, layout=layout)
        self._stream.bit_rate = SOUND_BITRATE
        self._next: Fraction | None = None
        self._resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
        self.count = 0

    def take(self, packet: "av.Packet[Stream]") -> None:
        """Decode one packet and encode what comes out.

        :raises av.error.InvalidDataError: where it cannot be decoded
        """
        for frame in packet.decode():
            if isinstance(frame, av.AudioFrame):
                self._date(frame)
                self._encode(frame)

    def finish(self) -> None:
        """Encode what is held back."""
        if self.count:
            self._encode(None)
            self._target.mux(self._stream.encode(None))

    def _date(self, frame: av.AudioFrame) -> None:
        """Count samples, which is more exact than a container's ticks, and follow the container over a gap."""
        rate = frame.sample_rate
        if self._next is None or (frame.time is not None and frame.time - self._next > GAP_SECONDS):
            self._next = Fraction(round((frame.time or 0.0) * rate), rate)
        frame.pts, frame.time_base = round(self._next * rate), Fraction(1, rate)
        self._next += Fraction(frame.samples, rate)

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for made in self._resampler.resample(frame):
            self._target.mux(self._stream.encode(made))
            self.count += 1


def _graph(frame: av.VideoFrame, look: Look, size: tuple[int, int], time_base: Fraction, *, is_first: bool) -> Graph:
    """The filters from *frame*'s pictures to the encoder's: turned, with square pixels, of one size."""
    width, height = size[::-1] if look.orientation.swaps_sides else size
    shape = look.shape
    graph = Graph()
    steps: list[tuple[str, str]] = []
    if frame.interlaced_frame:
        steps.append(("bwdif", "mode=send_frame:deint=interlaced"))
    scale = f"{width}:{height}:flags=bicubic:out_color_matrix=bt709:out_range=tv"
    if frame.color_trc in _HDR_TRANSFERS:
        scale += ":out_primaries=bt709:out_transfer=bt709"
    if is_first:
        steps.append(("scale", scale))
    else:
        # A live recording goes on in another shape when the phone is turned: it is shown whole.
        steps.append(("scale", scale + ":force_original_aspect_ratio=decrease"))
        steps.append(("pad", f"{width}:{height}:-1:-1"))
    steps += [("format", "pix_fmts=yuv420p"), *look.orientation.filters, ("setsar", "1")]
    source = graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
        f":time_base={time_base.numerator}/{time_base.denominator}:pixel_aspect={shape.numerator}/{shape.denominator}",
    )
    for name, arguments in steps:
        step = graph.add(name, arguments) if arguments else graph.add(name)
        source.link_to(step)
        source = step
    source.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[av.VideoFrame]:
    while True:
        try:
            frame = graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield frame


def _usable(time_base: Fraction | None) -> Fraction:
    """Ticks that MP4 can count: a track's own where they are not finer than a microsecond."""
    if time_base is None or time_base <= 0 or time_base.denominator > _FINEST_TICKS:
        return Fraction(1, 90_000)
    return time_base
