"""Numbers that wrap, and packets that come late, twice or never."""

from collections.abc import Callable
from typing import Generic, TypeVar

Packet = TypeVar("Packet")

NACK_INTERVAL = 0.1
"""Seconds between two requests for the same packet."""
PATIENCE = 1.0
"""Seconds after which a missing packet is given up."""
LARGEST_HEALED_GAP = 300
"""Packets: senders keep about this many for retransmission; a longer gap is not asked for."""
LARGEST_JUMP = 3000
"""Packets: MAX_DROPOUT of RFC 3550, appendix A.1; a longer jump is a restart if the next packet confirms it."""
_NOT_BEGUN = -1


class WrapExtender:
    """Gives a counter of a few bits its missing upper bits.

    :param bits: 16 for sequence numbers, 32 for timestamps
    """

    def __init__(self, bits: int) -> None:
        self._modulus = 1 << bits
        self._half = self._modulus >> 1
        self.highest: int | None = None

    def extend(self, value: int) -> int:
        """The extended value nearest to the highest seen; remembers it if it is higher."""
        highest = self.highest
        if highest is None:
            self.highest = value
            return value
        extended = self.nearest(value)
        if extended > highest:
            self.highest = extended
        return extended

    def nearest(self, value: int) -> int:
        """As :meth:`extend`, remembering nothing."""
        if self.highest is None:
            return value
        ahead = (value - self.highest) % self._modulus
        return self.highest + (ahead if ahead < self._half else ahead - self._modulus)


class ReorderBuffer(Generic[Packet]):
    """Delivers each packet once and in order, waiting a while for those that are missing.

    :param deliver: called with each packet, in sequence
    :param lose: called with the number of packets given up, before the next is delivered
    :param restart: called when the sender began anew at an unrelated number
    """

    def __init__(
        self, deliver: Callable[[Packet], None], lose: Callable[[int], None], restart: Callable[[], None]
    ) -> None:
        self._deliver = deliver
        self._lose = lose
        self._restart = restart
        self._next = _NOT_BEGUN
        self._waiting: dict[int, Packet] = {}
        self._missing: dict[int, list[float]] = {}
        self._suspect: int | None = None
        self.first = 0
        self.highest = -1
        self.received = 0

    @property
    def expected(self) -> int:
        """Packets that the sender has sent since the first one seen."""
        return self.highest - self.first + 1

    @property
    def blocked(self) -> bool:
        """Whether packets wait for one that is missing."""
        return bool(self._missing)

    def push(self, sequence: int, packet: Packet, now: float) -> bool:
        """Take a packet as it came from the network.

        :param sequence: 16 bits
        :param now: seconds, monotonic
        :return: whether it opened a gap (a request for retransmission is due)
        """
        following = self._next
        if following < 0:
            self._begin(sequence)
            following = self._next
        ahead = (sequence - following) & 0xFFFF
        if not ahead:
            self._next = following + 1
            if following > self.highest:
                self.highest = following
            self.received += 1
            self._suspect = None
            if self._missing:
                self._missing.pop(following, None)
            self._deliver(packet)
            if self._waiting:
                self._drain()
            return False
        return self._push_out_of_order(following, ahead, packet, now)

    def push_retransmitted(self, sequence: int, packet: Packet) -> None:
        """Take a packet that came in a retransmission stream: it fills a gap or it is a probe, never news."""
        if self._next < 0:
            return
        behind_highest = (self.highest - sequence) & 0xFFFF
        extended = self.highest - behind_highest
        if behind_highest < 0x8000 and extended in self._missing:
            self._fill(extended, packet)

    def due(self, now: float) -> list[int]:
        """Extended numbers to ask for (again) now, ascending; a number is due every :data:`NACK_INTERVAL`."""
        numbers = []
        for number, times in self._missing.items():
            if times[1] <= now:
                times[1] = now + NACK_INTERVAL
                numbers.append(number)
        numbers.sort()
        return numbers

    def give_up(self, now: float) -> None:
        """Stop waiting for what has been missing longer than :data:`PATIENCE`."""
        while self._missing:
            oldest = min(self._missing)
            if self._missing[oldest][0] + PATIENCE > now:
                return
            self._skip_gap()

    def flush(self) -> None:
        """Deliver all that is there; nothing more will come."""
        while self._missing:
            self._skip_gap()

    def reset(self) -> None:
        """Forget the sequence (another source took over); what waits is delivered first."""
        self.flush()
        self._next = _NOT_BEGUN

    def _begin(self, sequence: int) -> None:
        # Counts continue over a restart so that loss stays loss; numbers start a cycle above the old ones.
        cycle = ((self.highest >> 16) + 2) << 16 if self.highest >= 0 else 0
        self._next = cycle + sequence
        if self.highest >= 0:
            already_expected = self.expected
            self.first = self._next - already_expected
        else:
            self.first = sequence
        self.highest = self._next - 1
        self._suspect = None

    def _push_out_of_order(self, following: int, ahead: int, packet: Packet, now: float) -> bool:
        sequence = (following + ahead) & 0xFFFF
        if ahead < LARGEST_JUMP:
            self.received += 1
            return self._push_ahead(following + ahead, packet, now)
        if 0x10000 - ahead < LARGEST_JUMP:
            # Late: either a retransmission on the same source, or a copy of what was delivered.
            return False
        if self._suspect == sequence:
            self.flush()
            self._restart()
            self._begin(sequence)
            return self.push(sequence, packet, now)
        self._suspect = (sequence + 1) & 0xFFFF
        return False

    def _push_ahead(self, extended: int, packet: Packet, now: float) -> bool:
        if extended in self._missing:
            self._fill(extended, packet)
            return False
        if extended in self._waiting:
            return False
        gap = extended - self.highest - 1
        self._waiting[extended] = packet
        if gap > LARGEST_HEALED_GAP:
            self.highest = extended
            self._abandon(extended)
            return False
        for number in range(self.highest + 1, extended):
            self._missing[number] = [now, now]
        self.highest = extended
        if not self._missing:
            self._drain()
        return gap > 0

    def _abandon(self, extended: int) -> None:
        self.flush()
        following = self._next
        if extended > following:
            self._lose(extended - following)
            self._next = extended
        self._drain()

    def _fill(self, extended: int, packet: Packet) -> None:
        del self._missing[extended]
        self._waiting[extended] = packet
        self._drain()

    def _drain(self) -> None:
        following = self._next
        waiting = self._waiting
        while following in waiting:
            packet = waiting.pop(following)
            following += 1
            self._next = following
            self._deliver(packet)

    def _skip_gap(self) -> None:
        following = self._next
        skipped = following
        while skipped in self._missing:
            del self._missing[skipped]
            skipped += 1
        if skipped > following:
            self._next = skipped
            self._lose(skipped - following)
        self._drain()
