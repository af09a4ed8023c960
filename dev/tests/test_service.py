"""A service's processes end when they are told to, all of them and no other."""

import os
import socket
import sys
from pathlib import Path

import psutil
import pytest

from dev import service
from dev.problem import Problem
from dev.service import Service, accepts, check_port, free_port

PARENT = """
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("child", child.pid, flush=True)
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    signal.pause()
"""

POLITE = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("bye", flush=True)))
print("up", flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def parent(tmp_path):
    """Return a maker of services that start a child of their own; each is killed after the test."""
    made = []

    def make(*arguments, name="parent"):
        log = tmp_path / f"{name}.log"
        command = [sys.executable, "-c", PARENT, *arguments]
        made.append(Service(name, command, os.environ, log, lambda: log.exists() and "ready" in log.read_text()))
        return made[-1]

    yield make
    for each in made:
        each.kill()


def _child(of):
    words = of.log.read_text().split()
    return psutil.Process(int(words[words.index("child") + 1]))


def test_stopping_ends_the_process_and_its_children(parent):
    running = parent().start().wait_until_healthy()
    child = _child(running)
    running.stop()
    assert not running.is_running
    psutil.wait_procs([child])
    assert not child.is_running()


def test_stopping_one_service_leaves_the_others_alone(parent):
    first, second = parent(name="first").start(), parent(name="second").start()
    first.wait_until_healthy(), second.wait_until_healthy()
    first.stop()
    assert second.is_running
    assert _child(second).is_running()


def test_a_process_that_ignores_the_request_to_stop_is_killed(parent, monkeypatch):
    monkeypatch.setattr(service, "STOP_SECONDS", 0.1)
    running = parent("stubborn").start().wait_until_healthy()
    running.stop()
    assert not running.is_running


def test_the_interrupt_of_a_terminal_does_not_reach_a_service(parent):
    running = parent().start().wait_until_healthy()
    assert os.getpgid(running.pid) == running.pid
    assert os.getsid(running.pid) != os.getsid(0)


def test_a_killed_service_starts_again(parent):
    running = parent().start().wait_until_healthy()
    before = running.pid
    running.kill()
    assert not running.is_running
    running.log.unlink()
    running.start().wait_until_healthy()
    assert running.pid != before


def test_a_service_that_ends_while_it_starts_tells_its_last_words(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('no secret given')"]
    broken = Service("the thing", command, os.environ, tmp_path / "log", lambda: False)
    with pytest.raises(Problem, match=r"(?s)the thing ended while it started \(log: .*\):\nno secret given"):
        broken.start().wait_until_healthy()


def test_a_failure_inside_the_block_stops_the_service(parent):
    running = parent()
    with pytest.raises(ZeroDivisionError), running:
        _ = 1 // 0
    assert not running.is_running


def test_stopping_what_was_never_started_does_nothing(parent):
    parent().stop()


def test_a_port_in_use_is_refused_with_the_variable_that_chooses_another():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {port}, for Odoo, cannot be used .*: .* with VET_HTTP_PORT=PORT"):
            check_port(port, "Odoo", "VET_HTTP_PORT")
        assert accepts("127.0.0.1", port)()


def test_a_free_port_is_accepted_and_nobody_answers_on_it():
    port = free_port()
    check_port(port, "Odoo", "VET_HTTP_PORT")
    assert not accepts("127.0.0.1", port)()


def test_a_free_port_is_none_that_an_outgoing_connection_may_take_while_its_server_restarts():
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(free_port() < first_outgoing for _ in range(100))


def test_a_service_may_finish_its_work_before_it_ends(tmp_path):
    log = tmp_path / "log"
    polite = Service("polite", [sys.executable, "-c", POLITE], os.environ, log, lambda: "up" in log.read_text())
    with polite:
        pass
    assert log.read_text().split() == ["up", "bye"]
