"""What a command runs ends with the command."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from dev import process
from dev.paths import ROOT

SPEAKS = "import signal; print('up', flush=True); signal.pause()"
TIDIES = f"""
try:
    {SPEAKS}
except KeyboardInterrupt:
    print("tidy", flush=True)
"""


def _started(code, end_with):
    """Start a process that runs another one by :func:`dev.process.run`; return it and its child, which is up."""
    program = f"""
import signal, sys
from dev import process
with process.terminable():
    process.run([sys.executable, "-c", {code!r}], signal.{end_with.name})
"""
    started = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "up\n"
    [child] = psutil.Process(started.pid).children()
    return started, child


@pytest.mark.parametrize("number", process.SIGNALS, ids=lambda number: number.name)
def test_the_child_ends_with_the_command(number):
    started, child = _started(SPEAKS, signal.SIGTERM)
    with started:
        started.send_signal(number)
        started.wait()
    psutil.wait_procs([child])
    assert not child.is_running()


def test_the_child_may_tidy_up_first():
    started, _ = _started(TIDIES, signal.SIGINT)
    with started:
        started.terminate()
        assert started.stdout.read() == "tidy\n"


def test_odoo_ends_with_the_command_that_runs_it():
    command = [sys.executable, "-m", "dev", "odoo", "--", "shell", "--no-http", "--shell-interface=python"]
    program = b"import os, signal\nprint('up', os.getpid(), flush=True)\nsignal.pause()\n"
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        started.stdin.write(program)
        started.stdin.close()
        odoo = next(psutil.Process(int(line.split()[1])) for line in started.stdout if line.startswith(b"up"))
        assert os.getpgid(odoo.pid) == os.getpgid(started.pid)
        started.terminate()
        assert started.wait() == 128 + signal.SIGTERM
    psutil.wait_procs([odoo])
    assert not odoo.is_running()


def test_a_program_that_ends_by_itself_hands_over_its_status_and_output():
    done = process.run([sys.executable, "-c", "print('done'); raise SystemExit(3)"], stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout) == (3, "done\n")
