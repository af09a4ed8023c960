"""Sequence numbers that wrap and packets out of order."""

from hypothesis import given
from hypothesis import strategies as st

from media_sidecar.recording.sequence import NACK_INTERVAL, PATIENCE, ReorderBuffer, WrapExtender


class Sink:
    """Notes what a buffer does."""

    def __init__(self) -> None:
        self.delivered: list[int] = []
        self.lost = 0
        self.restarts = 0
        self.buffer: ReorderBuffer[int] = ReorderBuffer(self.delivered.append, self._lose, self._restart)

    def _lose(self, count: int) -> None:
        self.lost += count

    def _restart(self) -> None:
        self.restarts += 1

    def push(self, number: int, now: float = 0.0) -> bool:
        return self.buffer.push(number & 0xFFFF, number, now)


@given(st.integers(0, 0xFFFFFFFF), st.lists(st.integers(-(2**30), 2**30), max_size=50))
def test_a_timestamp_keeps_its_distance_however_often_it_wraps(start: int, steps: list[int]) -> None:
    extender, truth = WrapExtender(32), start
    highest = extender.extend(start)
    for step in steps:
        truth = highest + step
        assert extender.extend(truth & 0xFFFFFFFF) == truth
        highest = max(highest, truth)


@given(st.integers(0, 0xFFFF), st.integers(1, 400), st.randoms())
def test_packets_in_any_near_order_come_out_once_and_in_order(start: int, count: int, random: "object") -> None:
    sink = Sink()
    numbers = [start + index for index in range(count)]
    shuffled = [numbers[0], *sorted(numbers[1:], key=lambda n: n + random.uniform(0, 40))]  # type: ignore[attr-defined]
    for number in shuffled:
        sink.push(number)
        sink.push(number)
    assert sink.delivered == numbers
    assert sink.lost == 0
    assert sink.buffer.expected == count


@given(st.integers(0, 0xFFFF), st.sets(st.integers(1, 98), max_size=60))
def test_what_never_comes_is_counted_and_the_rest_delivered(start: int, missing: set[int]) -> None:
    sink = Sink()
    kept = [start + index for index in range(100) if index not in missing]
    for number in kept:
        sink.push(number)
    sink.buffer.give_up(PATIENCE + 0.001)
    assert sink.delivered == kept
    assert sink.lost == len(missing)
    assert sink.buffer.expected - sink.buffer.received == len(missing)


@given(st.integers(0, 0xFFFF), st.sets(st.integers(1, 98), min_size=1, max_size=60))
def test_retransmissions_heal_every_gap(start: int, missing: set[int]) -> None:
    sink = Sink()
    for index in range(100):
        if index not in missing:
            sink.push(start + index)
    asked = sink.buffer.due(0.0)
    assert [number & 0xFFFF for number in asked] == [(start + index) & 0xFFFF for index in sorted(missing)]
    for index in missing:
        sink.buffer.push_retransmitted((start + index) & 0xFFFF, start + index)
    assert sink.delivered == [start + index for index in range(100)]
    assert not sink.buffer.blocked


def test_a_missing_packet_is_asked_for_again_every_tenth_of_a_second() -> None:
    sink = Sink()
    sink.push(1)
    assert sink.push(3)
    assert sink.buffer.due(0.0) == [2]
    assert sink.buffer.due(NACK_INTERVAL / 2) == []
    assert sink.buffer.due(NACK_INTERVAL) == [2]


def test_a_packet_is_waited_for_no_longer_than_the_patience() -> None:
    sink = Sink()
    sink.push(1)
    sink.push(3)
    sink.buffer.give_up(PATIENCE - 0.001)
    assert sink.delivered == [1]
    sink.buffer.give_up(PATIENCE)
    assert sink.delivered == [1, 3]


def test_a_hole_too_long_to_heal_is_not_asked_for() -> None:
    sink = Sink()
    sink.push(10)
    assert not sink.push(10 + 1000)
    assert sink.delivered == [10, 1010]
    assert sink.lost == 999


def test_a_sender_that_begins_anew_is_followed_from_its_second_packet() -> None:
    sink = Sink()
    sink.push(100)
    for number in (40000, 40001, 40002):
        sink.push(number)
    assert sink.restarts == 1
    assert sink.delivered == [100, 40001, 40002]


def test_a_stray_packet_from_far_away_changes_nothing() -> None:
    sink = Sink()
    for number in (100, 40000, 101, 50000, 102):
        sink.push(number)
    assert sink.delivered == [100, 101, 102]
    assert sink.restarts == 0


def test_a_probe_that_repeats_an_old_packet_is_ignored() -> None:
    sink = Sink()
    sink.push(5)
    sink.buffer.push_retransmitted(5, 5)
    sink.buffer.push_retransmitted(6, 6)
    assert sink.delivered == [5]
