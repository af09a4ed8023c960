"""Where frames belong in time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_sidecar.recording.timeline import SenderClock, TrackClock

NTP = 4_000_000_000.0
"""The sender's clock when ours shows 0."""


def clocks(rate: int = 1000) -> tuple[SenderClock, TrackClock]:
    sender = SenderClock()
    return sender, TrackClock(rate, sender)


def report(sender: SenderClock, track: TrackClock, timestamp: int, sent: float, delay: float = 0.05) -> None:
    """A sender report that left at ``sent`` on our clock."""
    sender.observe(NTP + sent, sent + delay)
    track.report(timestamp, NTP + sent)


def test_the_shortest_delay_ties_the_senders_clock_to_ours() -> None:
    sender, _ = clocks()
    for delay in (0.08, 0.03, 0.2):
        sender.observe(NTP, delay)
    assert NTP + sender.offset + sender.refinement == pytest.approx(0.03, abs=1e-5)


def test_a_drifting_sender_is_followed_slowly() -> None:
    sender, _ = clocks()
    for second in range(1800):
        sender.observe(NTP + second * (1 - 50e-6), second)
    placed = NTP + 1799 * (1 - 50e-6) + sender.offset
    assert placed == pytest.approx(1799, abs=0.02)


def test_a_congested_minute_moves_nothing_by_more_than_the_slew() -> None:
    sender, _ = clocks()
    for second in range(90):
        sender.observe(NTP + second, second + 0.01)
    before = sender.offset
    for second in range(90, 150):
        sender.observe(NTP + second, second + 0.5)
    assert sender.offset - before <= 60 * SenderClock.SLEW + 1e-9


def test_audio_and_video_meet_by_their_reports() -> None:
    sender = SenderClock()
    audio, video = TrackClock(48000, sender), TrackClock(90000, sender)
    audio.frame(480_000, 1.0)
    video.frame(9_000, 1.4)
    report(sender, video, 9_000 + 45_000, 1.5)
    report(sender, audio, 480_000 + 48_000, 2.0)
    assert video.time(9_000) == pytest.approx(audio.time(480_000), abs=1e-6)


def test_a_track_without_reports_is_placed_by_its_earliest_arrival() -> None:
    _, track = clocks()
    for timestamp, arrival in ((0, 10.2), (100, 10.11), (200, 10.4)):
        track.frame(timestamp, arrival)
    assert not track.settled
    track.settle_by_arrival()
    assert track.time(100) == pytest.approx(10.11)


def test_a_clock_that_stood_still_is_placed_anew_by_the_next_report() -> None:
    sender, track = clocks()
    track.frame(0, 0.05)
    report(sender, track, 0, 0.0)
    track.frame(1000, 1.05)
    track.frame(1020, 6.05, resumed=True)
    assert not track.settled
    report(sender, track, 1520, 6.5)
    assert track.settled
    assert track.time(1020) == pytest.approx(6.05, abs=0.06)


def test_a_clock_that_stood_still_is_placed_anew_by_arrivals_where_no_report_comes() -> None:
    sender, track = clocks()
    report(sender, track, 0, 0.0)
    for index in range(10):
        track.frame(index * 20, index * 0.02 + 0.05)
    track.frame(200, 5.20, resumed=True)
    track.frame(220, 5.27)
    track.settle_by_arrival()
    assert track.time(220) == pytest.approx(5.27, abs=0.06)


def test_a_clock_that_went_on_through_a_stalled_network_is_left_alone() -> None:
    sender, track = clocks()
    report(sender, track, 0, 0.0)
    for index in range(10):
        track.frame(index * 20, index * 0.02 + 0.05)
    before = track.time(1000)
    track.frame(200, 1.0, resumed=True)
    for index in range(11, 60):
        track.frame(index * 20, max(1.0, index * 0.02 + 0.05))
    track.settle_by_arrival()
    assert track.time(1000) == pytest.approx(before)


def test_a_pause_in_which_the_clock_went_on_needs_no_second_look() -> None:
    sender, track = clocks()
    report(sender, track, 0, 0.0)
    track.frame(0, 0.05)
    track.frame(400, 0.45, resumed=True)
    assert track.settled


@given(st.lists(st.floats(-0.02, 0.02), min_size=1, max_size=50))
def test_reports_that_waver_move_frames_gently(noise: list[float]) -> None:
    sender, track = clocks()
    report(sender, track, 0, 0.0)
    last = track.time(0)
    for second, error in enumerate(noise, 1):
        track.report(second * 1000, NTP + second + error)
        assert track.time(second * 1000) - last == pytest.approx(1.0, abs=0.011)
        last = track.time(second * 1000)
