"""From RTP payloads to the encoded frames that they carry; nothing is decoded."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True)
class Frame:
    """One encoded frame as it goes into the file.

    :param timestamp: RTP timestamp, extended beyond 32 bits
    :param arrival: seconds (monotonic) at which its last packet came
    :param data: the bytes of the Matroska block
    :param key: whether decoding can start here
    :param size: width and height in pixels, of a video key frame only
    :param codec_private: decoder configuration for the track header, where the frame carries one
    """

    timestamp: int
    arrival: float
    data: bytes
    key: bool = True
    size: tuple[int, int] | None = None
    codec_private: bytes = b""


class Depacketizer(Protocol):
    """Assembles frames from payloads that come in order."""

    wants_key_frame: bool
    """Whether nothing can be recorded before the sender sends a key frame."""

    def push(self, payload: bytes, timestamp: int, marker: bool, arrival: float) -> list[Frame]:
        """Take the payload of the next packet.

        :return: the frames that it completes
        """
        ...

    def lose(self) -> None:
        """Packets before the next one are lost for good."""
        ...


class VideoAssembler:
    """What all video codecs share: frames end at the marker, and after a loss at the next key frame they start again.

    Frames that follow a loss are left out up to the next key frame: a still picture for a fraction of a second,
    never a broken one.
    """

    def __init__(self) -> None:
        self.wants_key_frame = True
        self._timestamp: int | None = None
        self._arrival = 0.0
        self._parts: list[bytes] = []
        self._broken = False

    def push(self, payload: bytes, timestamp: int, marker: bool, arrival: float) -> list[Frame]:
        frames: list[Frame] = []
        if timestamp != self._timestamp:
            if self._parts:
                self._finish(frames)
            self._begin(timestamp)
        self._arrival = arrival
        if payload:
            try:
                self._add(payload)
            except ValueError:
                self._broken = True
        if marker:
            self._finish(frames)
        return frames

    def lose(self) -> None:
        self._broken = True
        self.wants_key_frame = True

    def _begin(self, timestamp: int) -> None:
        # A loss between two frames is noticed before the next one begins: that frame is whole, yet not decodable.
        self._timestamp = timestamp
        self._parts = []
        self._broken = False

    def _finish(self, frames: list[Frame]) -> None:
        parts, broken = self._parts, self._broken
        self._parts = []
        if broken:
            self.wants_key_frame = True
            return
        if not parts or self._timestamp is None:
            return
        frame = self._frame(parts, self._timestamp, self._arrival)
        if frame is None:
            return
        if frame.key:
            self.wants_key_frame = False
        elif self.wants_key_frame:
            return
        frames.append(frame)

    def _add(self, payload: bytes) -> None:
        raise NotImplementedError

    def _frame(self, parts: list[bytes], timestamp: int, arrival: float) -> Frame | None:
        raise NotImplementedError
