"""What the machine lacks is told in one sentence that names the remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev import machine, odoo
from dev.paths import ROOT
from dev.problem import Problem


@pytest.fixture
def without_programs(monkeypatch, tmp_path):
    """A machine whose PATH holds nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine, "SYSTEM_PATH", "")


def test_an_old_python_is_refused_with_the_version_to_use():
    with pytest.raises(Problem, match=r"Python 3\.10\.4 is too old: run make with PYTHON=python3\.11"):
        machine.check_python((3, 10, 4))


def test_this_python_is_accepted():
    machine.check_python()


def test_a_full_disk_is_refused_with_what_is_needed(tmp_path):
    with pytest.raises(Problem, match=r"GB free and 1000000\.0 GB are needed: free some space or set VET_CACHE"):
        machine.check_disk(10**15, tmp_path)


def test_room_enough_is_accepted(tmp_path):
    machine.check_disk(1, tmp_path / "not" / "yet" / "there")


def test_without_apt_the_missing_packages_are_named(without_programs):
    with pytest.raises(Problem, match=r"has no apt: install coturn, ffmpeg with its own package manager"):
        machine.ensure(["turnserver", "ffmpeg"])


def test_without_apt_odoo_is_asked_for_by_odoo_home(without_programs, monkeypatch):
    monkeypatch.setattr(odoo, "_PACKAGE_ROOT", Path("/nonexistent"))
    with pytest.raises(Problem, match="has no apt: set ODOO_HOME"):
        odoo.fetch()


def test_a_folder_without_odoo_is_refused_as_odoo_home(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Problem, match=r"holds no Odoo: it must be the folder that contains odoo/release\.py"):
        odoo.source_root()


def test_a_command_that_is_there_installs_nothing(monkeypatch):
    monkeypatch.setattr(machine, "install", lambda *_: pytest.fail("nothing is missing"))
    monkeypatch.setitem(machine.PACKAGES, "sh", ("dash", "dash"))
    machine.ensure(["sh"])


@pytest.mark.parametrize(
    ("text", "distribution", "codename"),
    [
        ('ID=debian\nVERSION_CODENAME="bookworm"\n', "debian", "bookworm"),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n", "ubuntu", "noble"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n', "ubuntu", "noble"),
        ("ID=raspbian\nID_LIKE=debian\nVERSION_CODENAME=bookworm\n", "debian", "bookworm"),
        ("ID=fedora\n", None, ""),
    ],
)
def test_the_distribution_is_read_from_os_release(tmp_path, text, distribution, codename):
    path = tmp_path / "os-release"
    path.write_text(text)
    release = machine.os_release(path)
    assert machine.distribution(release) == distribution
    assert machine.codename(release) == codename


def test_both_formats_of_sources_are_read_in_their_order(tmp_path):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (tmp_path / "sources.list").write_text("deb http://one.example/debian bookworm main\n")
    (folder / "a.sources").write_text("Types: deb\nURIs: http://two.example/\nSuites: x\nComponents: main\n")
    (folder / "b.list").write_text("deb http://three.example/ y main\n")
    (folder / "c.list.disabled").write_text("deb http://four.example/ z main\n")
    found = [source.uris[0] for source in odoo.machine_sources(tmp_path)]
    assert found == ["http://one.example/debian", "http://two.example/", "http://three.example/"]


def test_a_problem_is_one_line_without_traceback_and_status_1():
    environment = os.environ | {"VET_HTTP_PORT": "http"}
    command = [sys.executable, "-m", "dev", "demo"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: VET_HTTP_PORT=http is no port: give a number from 1024 to 65535.\n"


def test_packages_without_a_command_are_installed_where_they_are_missing(monkeypatch):
    installed = []
    monkeypatch.setattr(machine, "install", lambda packages, purpose: installed.append(packages))
    machine.ensure_packages(["dpkg", "no-such-package-anywhere"], "to be here")
    machine.ensure_packages(["dpkg"], "to be here")
    assert installed == [["no-such-package-anywhere"]]


def test_without_root_and_without_sudo_one_sentence_says_what_to_do(without_programs, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Problem, match=r"^Installing packages needs root: run make as root once, or install sudo\.$"):
        machine.as_root()


def test_root_needs_no_sudo(without_programs, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert machine.as_root() == []
