"""Programs that a command runs to their end, and that end with the command when it is told to end."""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from dev.service import STOP_SECONDS

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end a command, beside the SIGINT of Ctrl-C."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP; unlike Ctrl-C, which the terminal sends to all, no child process has heard of it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def terminate(number: int, frame: FrameType | None) -> None:
    """As a signal's handler: leave what goes on in order; once, because leaving must not be cut short."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Terminated(number)


@contextmanager
def terminable() -> Iterator[None]:
    """Within the block, SIGTERM and SIGHUP raise :class:`Terminated`."""
    before = {number: signal.signal(number, terminate) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    command: Sequence[str | Path], end_with: signal.Signals = signal.SIGTERM, **options: Any
) -> "subprocess.CompletedProcess[Any]":
    """Run a program as :func:`subprocess.run` does, and end it in order where that is cut short.

    :param end_with: what tells the program to end; Python programs without a handler of their own tidy up on SIGINT
    :param options: of :class:`subprocess.Popen`
    """
    with subprocess.Popen(command, **options) as child:
        try:
            output, errors = child.communicate()
        except BaseException as reason:
            if isinstance(reason, Terminated) or not isinstance(reason, KeyboardInterrupt):
                child.send_signal(end_with)
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
            raise
    return subprocess.CompletedProcess(command, child.returncode, output, errors)
