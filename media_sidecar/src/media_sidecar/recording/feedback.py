"""What the recorder tells the sender: reports, requests for packets and key frames, and the bit rate it may use."""

from typing import Any

from . import rtcp
from .sequence import ReorderBuffer

REPORT_SECONDS = 1.0
KEY_FRAME_RETRY_SECONDS = 0.5
KEY_FRAME_SECONDS = {"camera": 4.0, "screen": 10.0}
"""Browsers send no key frames by themselves, and one can only seek to a key frame."""
LOWEST_BITRATE = 150_000


class ReceptionStatistics:
    """Counts for the receiver reports of one source (RFC 3550, sections 6.4.1, A.3 and A.8)."""

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._expected = 0
        self._received = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._report: rtcp.SenderReport | None = None
        self._report_arrival = 0.0
        self.fraction_lost = 0.0

    def frame(self, timestamp: int, arrival: float) -> None:
        """Notice the timestamp of a frame, for the interarrival jitter."""
        transit = arrival * self._clock_rate - timestamp
        if self._transit is not None:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit

    def sender_report(self, report: rtcp.SenderReport, arrival: float) -> None:
        """Remember the report that ours will refer to."""
        self._report = report
        self._report_arrival = arrival

    def block(self, ssrc: int, packets: ReorderBuffer[Any], now: float) -> rtcp.ReceptionReport:
        """The report block for the time since the last one."""
        expected = packets.expected - self._expected
        received = packets.received - self._received
        self._expected, self._received = packets.expected, packets.received
        lost = max(0, expected - received)
        self.fraction_lost = lost / expected if expected > 0 else 0.0
        last, delay = 0, 0
        if self._report is not None:
            last, delay = self._report.middle_ntp, int((now - self._report_arrival) * 65536)
        return rtcp.ReceptionReport(
            ssrc,
            min(255, int(self.fraction_lost * 256)),
            packets.expected - packets.received,
            packets.highest,
            int(min(self._jitter, 0xFFFFFFFF)),
            last,
            delay,
        )


class KeyFrameRequests:
    """When to ask for a key frame: until there is one, after a loss, and from time to time so that one can seek.

    :param interval: seconds between key frames
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._last_key = float("-inf")
        self._last_request = float("-inf")
        self.sent = 0

    def key_frame(self, now: float) -> None:
        """A key frame came."""
        self._last_key = now

    def due(self, wanted: bool, now: float) -> bool:
        """Whether to ask now; the answer yes counts as asked."""
        if not wanted and now - self._last_key < self._interval:
            return False
        if now - self._last_request < KEY_FRAME_RETRY_SECONDS:
            return False
        self._last_request = now
        self.sent += 1
        return True


class BitrateLimit:
    """The bit rate that a sender may use: the policy's cap, less while packets are lost.

    Loss above 10 % lowers it by half the loss, below 2 % it recovers by 8 % a report, as in
    draft-ietf-rmcat-gcc-02, section 6.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.bitrate = cap

    def update(self, fraction_lost: float) -> int:
        """Adapt to the loss of the last interval.

        :return: bits per second
        """
        if fraction_lost > 0.1:
            self.bitrate = max(min(LOWEST_BITRATE, self._cap), int(self.bitrate * (1 - 0.5 * fraction_lost)))
        elif fraction_lost < 0.02:
            self.bitrate = min(self._cap, int(self.bitrate * 1.08) + 1000)
        return self.bitrate
