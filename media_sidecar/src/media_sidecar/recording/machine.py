"""What the machine tells of itself: how late the event loop runs, what the kernel dropped, how full the disk is."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

LAG_WINDOW_SECONDS = 10.0
PROBE_SECONDS = 0.1
"""How often the loop is probed: it is at most so much later than what is measured."""
_TABLES = (Path("/proc/net/udp"), Path("/proc/net/udp6"))


class LoopLag:
    """How late a timer fires, the worst of the last ten seconds.

    :param monotonic: seconds; read at once, not once a turn as the event loop's own time
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lags: deque[tuple[float, float]] = deque()
        self._due = float("inf")

    async def watch(self) -> None:
        """Probe the running loop until cancelled."""
        while True:
            self._due = self._monotonic() + PROBE_SECONDS
            await asyncio.sleep(PROBE_SECONDS)
            now = self._monotonic()
            self.observe(now, now - self._due)

    def observe(self, now: float, lag: float) -> None:
        """A timer fired ``lag`` seconds late at ``now``."""
        while self._lags and (now - self._lags[0][0] > LAG_WINDOW_SECONDS):
            self._lags.popleft()
        while self._lags and self._lags[-1][1] <= lag:
            self._lags.pop()
        self._lags.append((now, max(0.0, lag)))

    def worst(self, now: float) -> float:
        """Seconds, a probe that is overdue at this moment included."""
        while self._lags and now - self._lags[0][0] > LAG_WINDOW_SECONDS:
            self._lags.popleft()
        return max(self._lags[0][1] if self._lags else 0.0, now - self._due)


def socket_drops(inodes: set[int], tables: tuple[Path, ...] = _TABLES) -> int:
    """Datagrams that the kernel dropped at these sockets (proc_net_udp(5), last column); 0 where it does not tell."""
    drops = 0
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            columns = line.split()
            if len(columns) > 12 and int(columns[9]) in inodes:
                drops += int(columns[12])
    return drops


def free_disk_bytes(folder: Path) -> int:
    """Bytes that we may still write to the file system of ``folder``."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize
