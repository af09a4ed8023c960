"""H.264 over RTP (RFC 6184, packetization modes 0 and 1) and what a file's header says of it (ISO/IEC 14496-15)."""

from .depacketizer import Frame, VideoAssembler

_IDR = 5
_SEQUENCE_PARAMETER_SET = 7
_PICTURE_PARAMETER_SET = 8
_SINGLE_TIME_AGGREGATION = 24
_FRAGMENT = 28
_PROFILES_WITH_CHROMA = frozenset((100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135))


class _Bits:
    """Reads a raw byte sequence payload bit by bit (ISO/IEC 14496-10, section 7.2 and 9.1)."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("H.264 parameter set is truncated")
        return self._value >> self._left & ((1 << count) - 1)

    def unsigned(self) -> int:
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("H.264 parameter set is not valid")
        return (1 << zeros) - 1 + (self.read(zeros) if zeros else 0)

    def signed(self) -> int:
        value = self.unsigned()
        return (value + 1) // 2 if value & 1 else -(value // 2)

    def skip_scaling_list(self, size: int) -> None:
        last = following = 8
        for _ in range(size):
            if following:
                following = (last + self.signed()) % 256
            last = following or last


def sequence_parameter_set_size(nal: bytes) -> tuple[int, int]:
    """Width and height in pixels after cropping, from a sequence parameter set (ISO/IEC 14496-10, section 7.3.2.1.1).

    :raises ValueError: it is truncated or not valid
    """
    bits = _Bits(nal[1:].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    chroma_format, separate_planes = 1, 0
    if profile in _PROFILES_WITH_CHROMA:
        chroma_format, separate_planes = _skip_chroma(bits)
    _skip_picture_order(bits)
    bits.unsigned()
    bits.read(1)
    width = 16 * (bits.unsigned() + 1)
    map_units = bits.unsigned() + 1
    frames_only = bits.read(1)
    if not frames_only:
        bits.read(1)
    bits.read(1)
    height = 16 * map_units * (2 - frames_only)
    if bits.read(1):
        chroma = 0 if separate_planes else chroma_format
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = (2 if chroma == 1 else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    if width <= 0 or height <= 0:
        raise ValueError("H.264 parameter set has no picture")
    return width, height


def _skip_chroma(bits: _Bits) -> tuple[int, int]:
    chroma_format = bits.unsigned()
    separate_planes = bits.read(1) if chroma_format == 3 else 0
    bits.unsigned()
    bits.unsigned()
    bits.read(1)
    if bits.read(1):
        for index in range(12 if chroma_format == 3 else 8):
            if bits.read(1):
                bits.skip_scaling_list(16 if index < 6 else 64)
    return chroma_format, separate_planes


def _skip_picture_order(bits: _Bits) -> None:
    bits.unsigned()
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.read(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()


def decoder_configuration(sps: bytes, pps: bytes) -> bytes:
    """The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1.2) for NAL units with 4-byte lengths."""
    record = b"\x01" + sps[1:4] + b"\xff\xe1" + len(sps).to_bytes(2, "big") + sps
    record += b"\x01" + len(pps).to_bytes(2, "big") + pps
    if sps[1] in (100, 110, 122, 144):
        # Chroma format 4:2:0, 8 bits: the only ones that browsers send.
        record += b"\xfd\xf8\xf8\x00"
    return record


def _begins_a_picture(nals: list[bytes]) -> bool:
    """Whether the first slice is the picture's first (``first_mb_in_slice`` is 0), so that none before it is lost."""
    for nal in nals:
        if 1 <= nal[0] & 0x1F <= _IDR:
            return len(nal) > 1 and nal[1] & 0x80 != 0
    return False


class H264Depacketizer(VideoAssembler):
    """H.264 access units, NAL units with 4-byte lengths, parameter sets kept in band."""

    def __init__(self) -> None:
        super().__init__()
        self._fragments: list[bytes] = []
        self._sps = b""
        self._pps = b""

    def _begin(self, timestamp: int) -> None:
        super()._begin(timestamp)
        self._fragments = []

    def _add(self, payload: bytes) -> None:
        header = payload[0]
        kind = header & 0x1F
        if 1 <= kind < _SINGLE_TIME_AGGREGATION:
            self._parts.append(payload)
        elif kind == _SINGLE_TIME_AGGREGATION:
            self._add_aggregate(payload)
        elif kind == _FRAGMENT:
            self._add_fragment(header, payload)
        else:
            raise ValueError(f"H.264 packet of type {kind} is not of packetization mode 0 or 1")

    def _add_aggregate(self, payload: bytes) -> None:
        position = 1
        while position < len(payload):
            end = position + 2 + int.from_bytes(payload[position : position + 2], "big")
            if position + 2 >= end or end > len(payload):
                raise ValueError("H.264 aggregation packet is truncated")
            self._parts.append(payload[position + 2 : end])
            position = end

    def _add_fragment(self, header: int, payload: bytes) -> None:
        if len(payload) < 3:
            raise ValueError("H.264 fragment is truncated")
        fragment = payload[1]
        if fragment & 0x80:
            self._fragments = [bytes((header & 0xE0 | fragment & 0x1F,))]
        elif not self._fragments:
            raise ValueError("H.264 fragment has lost its start")
        self._fragments.append(payload[2:])
        if fragment & 0x40:
            self._parts.append(b"".join(self._fragments))
            self._fragments = []

    def _frame(self, parts: list[bytes], timestamp: int, arrival: float) -> Frame | None:
        key = False
        data: list[bytes] = []
        for nal in parts:
            kind = nal[0] & 0x1F
            if kind == _IDR:
                key = True
            elif kind == _SEQUENCE_PARAMETER_SET:
                self._sps = nal
            elif kind == _PICTURE_PARAMETER_SET:
                self._pps = nal
            data += (len(nal).to_bytes(4, "big"), nal)
        if self._fragments or not _begins_a_picture(parts):
            self.wants_key_frame = True
            return None
        frame = Frame(timestamp, arrival, b"".join(data), key)
        if key:
            try:
                frame.size = sequence_parameter_set_size(self._sps)
            except ValueError:
                self.wants_key_frame = True
                return None
            if not self._pps:
                self.wants_key_frame = True
                return None
            frame.codec_private = decoder_configuration(self._sps, self._pps)
        return frame
