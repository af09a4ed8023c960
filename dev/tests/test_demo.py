"""``make demo``: a clinic that answers, until it is told to close; then nothing of it is left."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import psutil
import pytest

from dev import database, demo, demo_chat, demo_dates, postgres, stack
from dev.paths import ROOT
from dev.problem import Problem
from dev.service import Service, check_port, free_port
from tests.support.patience import eventually

DATABASE = "vet_demo_test"


@dataclass
class Demo:
    """A demo of the tests' own, on free ports."""

    http: int = field(default_factory=free_port)
    sidecar: int = field(default_factory=free_port)
    turn: int = field(default_factory=free_port)
    told: str = ""

    @property
    def _output(self):
        assert self.process.stdout is not None
        return self.process.stdout

    def start(self):
        """Start it, and read what it tells until the clinic is open."""
        environment = os.environ | {
            "VET_HTTP_PORT": str(self.http),
            "VET_SIDECAR_PORT": str(self.sidecar),
            "VET_TURN_PORT": str(self.turn),
            "VET_DEMO_DATABASE": DATABASE,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev", "demo"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.told = ""
        for line in self._output:
            self.told += line
            if line.startswith("Ctrl-C"):
                return self
        pytest.fail(f"the demo ended instead of opening:\n{self.told}")

    def close(self, number):
        """Send it a signal, and return its status and the processes that it had started."""
        servers = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        self.told += self._output.read()
        return self.process.wait(), servers


@pytest.fixture(scope="module")
def clinic():
    """A demo, open; closed at the end whatever happens, its database dropped."""
    with postgres.running():
        running = Demo().start()
        try:
            yield running
        finally:
            if running.process.poll() is None:
                running.close(signal.SIGTERM)
            database.drop(DATABASE)


def _status(url):
    with urllib.request.urlopen(url) as response:
        return response.status


def test_every_address_that_it_prints_answers(clinic):
    addresses = re.findall(r"https?://\S+", clinic.told)
    assert [_status(address) for address in addresses] == [200] * 4
    assert f"localhost:{clinic.http}/odoo" in addresses[0]
    assert "/vet/room/" in addresses[1]
    assert "/vet/chat/" in addresses[2]
    assert f"localhost:{clinic.sidecar}/health" in addresses[3]


def test_the_demos_chat_has_a_clip_and_a_photo(clinic):
    address = next(each for each in re.findall(r"https?://\S+", clinic.told) if "/vet/chat/" in each)
    chat = {"id": int(address.split("/")[5]), "token": address.split("/")[6]}
    url = f"http://localhost:{clinic.http}"
    for name in demo_chat.FILES:
        eventually(partial(demo_chat.is_known, url, chat, name), f"{name} in the chat")


def test_the_logins_that_it_prints_are_right(clinic):
    logins = dict(re.findall(r"^  (Veterinarian|Manager|Administrator) +(\S+) / ", clinic.told, re.MULTILINE))
    assert set(logins) == {"Veterinarian", "Manager", "Administrator"}
    for login in logins.values():
        body = f'{{"params": {{"db": "{DATABASE}", "login": "{login}", "password": "{login}"}}}}'
        request = urllib.request.Request(
            f"http://localhost:{clinic.http}/web/session/authenticate",
            body.encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as response:
            assert f'"username": "{login}"' in response.read().decode()


def test_the_demo_shows_a_consultation_in_every_state_and_each_patient_has_a_picture(clinic):
    seen = stack.shell(
        DATABASE,
        """
groups = env["vet.consultation"]._read_group([], ["state"], ["__count"])
result["states"] = [state for state, count in groups]
result["all_states"] = [state for state, label in env["vet.consultation"]._fields["state"].selection]
patients = env["vet.patient"].search([])
result["patients"] = len(patients)
result["without_picture"] = patients.filtered(lambda patient: not patient.image_128).mapped("name")
""",
    )
    assert sorted(seen["states"]) == sorted(seen["all_states"])
    assert seen["patients"]
    assert seen["without_picture"] == []


_TIMES = """
env.flush_all()
fields = ["state", "scheduled_at", "waiting_since", "started_at"]
rows = env["vet.consultation"].search([], order="id").read(fields)
result[TITLE] = [[str(row[name]) for name in ("id", *fields)] for row in rows]
"""


def test_on_a_later_day_the_demo_has_its_open_consultations_today(clinic):
    """Three days and a bit after it was made, minutes of waiting are what they were; done work and one's own stay."""
    later = """
from datetime import datetime, timedelta
env["ir.config_parameter"].set_param(
    "vet_teleconsult.demo_opened_at", (datetime.now() - timedelta(days=3, minutes=5)).isoformat(timespec="seconds")
)
own = env.ref("vet_teleconsult.consultation_mia_available").copy({"scheduled_at": "2020-01-01 08:00:00"})
result["own"] = own.id
"""
    before = _TIMES.replace("TITLE", "'before'")
    after = _TIMES.replace("TITLE", "'after'")
    again = f"{demo_dates.SCRIPT}\nresult['moved_again'] = result['moved']\nresult['moved'] = moved_first\nown.unlink()"
    script = f"{later}{before}{demo_dates.SCRIPT}\nmoved_first = result['moved']\n{after}{again}"
    seen = stack.shell(DATABASE, script)
    shifts = {}
    for old, new in zip(seen["before"], seen["after"], strict=True):
        is_open = old[1] in ("scheduled", "waiting", "in_progress") and int(old[0]) != seen["own"]
        times = [each for each in zip(old[2:], new[2:], strict=True) if each[0] != "False"]
        passed = [datetime.fromisoformat(later) - datetime.fromisoformat(sooner) for sooner, later in times]
        if not is_open:
            assert new == old
            continue
        shifts[old[0]] = passed[0]
        assert passed[0] == timedelta(days=3)
        assert all(timedelta(days=3, minutes=5) <= each < timedelta(days=3, minutes=6) for each in passed[1:])
    assert seen["moved"] == len(shifts) > 0
    assert seen["moved_again"] == 0


def test_ctrl_c_stops_what_it_started_and_nothing_else(clinic):
    with psutil.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as bystander:
        status, servers = clinic.close(signal.SIGINT)
        assert status == 0
        assert len(servers) >= 2
        psutil.wait_procs(servers)
        assert bystander.is_running()
        assert postgres.is_running()
        bystander.kill()
    for port in (clinic.http, clinic.sidecar, clinic.turn):
        check_port(port, "a server", "PORT")
    assert clinic.told.rstrip().endswith("The clinic is closed.")


def test_the_second_run_builds_nothing_and_sigterm_closes_it_too(clinic):
    clinic.start()
    assert "Database" not in clinic.told
    assert "demo data" not in clinic.told
    status, servers = clinic.close(signal.SIGTERM)
    assert status == 0
    psutil.wait_procs(servers)


def test_a_server_that_ends_by_itself_is_told_and_closes_the_clinic(tmp_path):
    ended = Service("the thing", ["sh", "-c", "echo no more; exit 3"], os.environ, tmp_path / "log", lambda: True)
    with ended, pytest.raises(Problem, match=r"(?s)the thing has ended by itself, so the clinic closes .*no more"):
        demo._watch([ended])


@pytest.mark.parametrize(
    ("variable", "value"),
    [("VET_HTTP_PORT", "80"), ("VET_TURN_PORT", "x"), ("VET_TURN_PORT", "70000")],
)
def test_a_value_that_is_no_port_is_refused(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(Problem, match=f"{variable}={value} is no port"):
        demo.Ports.read()


def test_two_servers_on_one_port_are_refused(monkeypatch):
    monkeypatch.setenv("VET_HTTP_PORT", "8070")
    with pytest.raises(Problem, match="must be three different ports"):
        demo.Ports.read()
