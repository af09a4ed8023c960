"""A server process: started, watched until it is healthy, stopped, killed, started again."""

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dev.problem import Problem

LISTENING_PORTS = 20_000, 32_000
"""Where tests and the demo look for free ones (:func:`free_port`)."""

STOP_SECONDS = 20.0
"""How long a process may take to end in order before it is killed."""

_POLL_SECONDS = 0.1


class Service:
    """One server process with its own process group, log file and health check.

    As a context manager it is started and healthy inside the block, and stopped after it.

    :param name: what people call it, in messages
    :param command: the program and its arguments
    :param environment: the whole environment of the process
    :param log: the file that its output is appended to
    :param is_healthy: tells whether it does its work; called again and again while it starts
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        log: Path,
        is_healthy: Callable[[], bool],
    ) -> None:
        self.name = name
        self.command = [os.fspath(part) for part in command]
        self.environment = dict(environment)
        self.log = log
        self.is_healthy = is_healthy
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start the process without waiting for its health; in a session of its own, out of reach of Ctrl-C."""
        if self.is_running:
            raise RuntimeError(f"{self.name} runs already")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def wait_until_healthy(self) -> Self:
        """Return as soon as the health check holds.

        :raises Problem: where the process ends instead, with the last lines of its log
        """
        while not self.is_healthy():
            if not self.is_running:
                raise Problem(f"{self.name} ended while it started (log: {self.log}):\n{self.last_lines()}")
            time.sleep(_POLL_SECONDS)
        return self

    def stop(self) -> None:
        """End the process in order (SIGTERM), and what is left of its group by force."""
        if self._process is None:
            return
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process and its children at once (SIGKILL), as a crash or a power cut does."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def restart(self) -> Self:
        """Stop the process if it runs, start it again and wait for its health."""
        self.stop()
        return self.start().wait_until_healthy()

    def last_lines(self, count: int = 15) -> str:
        """Return the end of the log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-count:])

    def __enter__(self) -> Self:
        try:
            return self.start().wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def answers(url: str) -> Callable[[], bool]:
    """Return a health check: the address answers with a status below 300."""

    def check() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bool(response.status < 300)
        except (OSError, urllib.error.URLError):
            return False

    return check


def accepts(host: str, port: int) -> Callable[[], bool]:
    """Return a health check: the TCP port accepts connections."""

    def check() -> bool:
        try:
            with socket.create_connection((host, port), timeout=5):
                return True
        except OSError:
            return False

    return check


def free_port(host: str = "127.0.0.1") -> int:
    """Return a TCP port that nobody listens on.

    Below those that the system gives to outgoing connections: a server that is started again must find its port free.
    """
    while True:
        port = random.randrange(*LISTENING_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((host, port))
            return port


def check_port(port: int, what: str, variable: str, host: str = "127.0.0.1") -> None:
    """Refuse a port that is taken, naming the variable that chooses another.

    :raises Problem: where another process listens on the port, or it may not be bound
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Problem(
                f"Port {port}, for {what}, cannot be used ({error.strerror}): "
                f"stop what uses it, or choose another with {variable}=PORT."
            ) from None
