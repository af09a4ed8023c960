"""How much memory a process takes for a piece of work (Linux, ``/proc``)."""

from pathlib import Path


class Growth:
    """The resident memory of one process from now on.

    :param pid: the process
    """

    def __init__(self, pid: int) -> None:
        self._folder = Path("/proc") / str(pid)
        # Resets the peak to what is resident now (proc_pid_clear_refs(5)).
        (self._folder / "clear_refs").write_text("5")
        self._before = self._read("VmRSS")

    def peak(self) -> float:
        """How much more than in the beginning was resident at most (MB)."""
        return max(0, self._read("VmHWM") - self._before) / 1024

    def _read(self, field: str) -> int:
        status = (self._folder / "status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:"))
