"""Where a frame belongs in time.

Everything is placed on the recorder's own monotonic clock. A sender's reports tie its RTP clocks to its NTP clock, and
the smallest difference between a report's arrival and its NTP time ties that clock to ours: so audio and video of a
sender stand together exactly, and senders stand together as well as the network's shortest delay allows.
"""

from collections import deque

HOLD_SECONDS = 3.0
"""How long frames wait for the first sender report before arrival times have to do."""
PAUSE_SECONDS = 0.3
"""A track whose packets stopped for longer may have stopped its RTP clock too."""
_MISMATCH_SECONDS = 0.1
_STEP_SECONDS = 0.3
_CORRECTION_GAIN = 0.25
_LARGEST_CORRECTION = 0.01


class SenderClock:
    """A sender's NTP clock against ours.

    During the first minute the smallest difference seen is the best estimate; it moves the whole file at the end
    (:attr:`refinement`). After that the clocks' drift is followed, at most 100 microseconds a second.
    """

    BASE_SECONDS = 60.0
    WINDOW_SECONDS = 10.0
    WINDOWS = 6
    SLEW = 100e-6

    def __init__(self) -> None:
        self._anchor: float | None = None
        self._base = 0.0
        self._started = 0.0
        self._slew = 0.0
        self._last = 0.0
        self._window_started = 0.0
        self._windows: deque[float] = deque(maxlen=self.WINDOWS)

    @property
    def known(self) -> bool:
        return self._anchor is not None

    @property
    def offset(self) -> float:
        """Seconds to add to the sender's NTP time to place it on our clock."""
        return (self._anchor or 0.0) + self._slew

    @property
    def refinement(self) -> float:
        """Seconds (0 or less) by which everything placed so far should move as a whole."""
        return self._base - self._anchor if self._anchor is not None else 0.0

    def observe(self, ntp: float, arrival: float) -> None:
        """Take a report's NTP time and its arrival, both in seconds."""
        sample = arrival - ntp
        if self._anchor is None:
            self._anchor = self._base = sample
            self._started = self._last = self._window_started = arrival
        elif arrival - self._started <= self.BASE_SECONDS:
            self._base = min(self._base, sample)
        if not self._windows or arrival - self._window_started > self.WINDOW_SECONDS:
            self._windows.append(sample)
            self._window_started = arrival
        else:
            self._windows[-1] = min(self._windows[-1], sample)
        if arrival - self._started > self.BASE_SECONDS:
            allowed = self.SLEW * (arrival - self._last)
            wanted = min(self._windows) - self._base - self._slew
            self._slew += max(-allowed, min(allowed, wanted))
        self._last = arrival


class TrackClock:
    """Maps a track's RTP timestamps to seconds on our clock.

    The map is *settled* when frames can be placed. It is not before the first sender report (or
    :meth:`settle_by_arrival`), nor after a pause in which the sender's RTP clock seems to have stood still, as
    Chromium's audio clock does while a sender has no track, until a report or the arrivals have told.

    :param rate: RTP clock rate in hertz
    :param sender: the clock that the tracks of one connection share
    """

    def __init__(self, rate: int, sender: SenderClock) -> None:
        self._rate = rate
        self._sender = sender
        self.restart()

    def restart(self) -> None:
        """Forget everything: another source sends now."""
        self.settled = False
        self._anchored = False
        self._by_report = False
        self._timestamp = 0
        self._time = 0.0
        self._disagreements = 0
        self._last_timestamp: int | None = None
        self._last_arrival = 0.0
        self._unsettled_from = 0
        self._shortest_delay = float("inf")
        self._doubtful_delay = float("inf")

    def time(self, timestamp: int) -> float:
        """The place of an extended timestamp, in seconds on our clock."""
        return self._time + (timestamp - self._timestamp) / self._rate

    def frame(self, timestamp: int, arrival: float, resumed: bool = False) -> None:
        """Notice a frame, before it is placed.

        :param resumed: whether no packet of the track came for :data:`PAUSE_SECONDS` before it
        """
        last = self._last_timestamp
        if self.settled and resumed and last is not None:
            passed = arrival - self._last_arrival
            if abs(passed - (timestamp - last) / self._rate) > _MISMATCH_SECONDS:
                self.settled = False
                self._unsettled_from = timestamp
                self._doubtful_delay = float("inf")
        delay = arrival - self.time(timestamp)
        if self.settled:
            self._shortest_delay = min(self._shortest_delay, delay)
        else:
            self._doubtful_delay = min(self._doubtful_delay, delay)
        self._last_timestamp = timestamp
        self._last_arrival = arrival

    def report(self, timestamp: int, ntp: float) -> None:
        """Take a sender report: an extended timestamp and the NTP time of the same moment in seconds."""
        time = ntp + self._sender.offset
        if not self._anchored:
            self._anchor(timestamp, time, by_report=True)
            return
        deviation = time - self.time(timestamp)
        if not self.settled:
            if timestamp >= self._unsettled_from:
                if abs(deviation) > _MISMATCH_SECONDS:
                    self._anchor(timestamp, time, by_report=True)
                self.settled = True
        elif abs(deviation) > _STEP_SECONDS:
            self._disagreements += 1
            if self._disagreements >= 2:
                self._anchor(timestamp, time, by_report=True)
        else:
            self._disagreements = 0
            if self._by_report:
                deviation = max(-_LARGEST_CORRECTION, min(_LARGEST_CORRECTION, _CORRECTION_GAIN * deviation))
            self._time += deviation
            self._by_report = True

    def settle_by_arrival(self) -> None:
        """Settle by the frame that came with the least delay: no report came in time."""
        if self.settled or self._last_timestamp is None:
            return
        usual = self._shortest_delay if self._anchored else 0.0
        late = self._doubtful_delay - usual
        if not self._anchored or abs(late) > _MISMATCH_SECONDS:
            self._anchor(self._last_timestamp, self.time(self._last_timestamp) + late, by_report=False)
        self.settled = True

    def _anchor(self, timestamp: int, time: float, *, by_report: bool) -> None:
        self._timestamp = timestamp
        self._time = time
        self._disagreements = 0
        self._shortest_delay = float("inf")
        self._by_report = by_report
        self._anchored = self.settled = True
