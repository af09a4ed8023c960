"""A benchmark's claim is shown, and a missed target is a failure."""

import json
import subprocess

import pytest

from bench.support import result
from dev import benchmarks, environments, machine
from dev.paths import ROOT
from dev.problem import Problem

GOOD = {"name": "copy", "ours": 1.5, "peer": 30.0, "unit": "s", "ratio": 0.05, "target": 0.1, "holds": True}


@pytest.fixture
def script(monkeypatch, tmp_path):
    """Return a function that writes a benchmark into an empty folder."""
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    return lambda name, text: (tmp_path / f"{name}.py").write_text(text)


def test_a_script_ends_with_its_result_as_json(script, capsys):
    script("copy", f"print('warming up')\nimport json\nprint(json.dumps({GOOD!r}))")
    assert benchmarks.run("copy", quick=False, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == GOOD


def test_a_missed_target_fails(script):
    script("copy", f"import json\nprint(json.dumps({GOOD | {'holds': False}!r}))\nraise SystemExit(1)")
    assert not benchmarks.run("copy", quick=False, as_json=False)


def test_a_script_that_breaks_fails_and_the_others_still_run(script, capsys):
    script("broken", "raise SystemExit('no camera')")
    script("copy", f"import json\nprint(json.dumps({GOOD!r}))")
    assert not benchmarks.run(None, quick=False, as_json=False)
    table = capsys.readouterr().out.splitlines()
    assert table[-2].split()[0] == "broken"
    assert table[-1].split() == ["copy", "1.5", "30", "s", "0.05", "0.1", "yes"]


def test_the_short_measurement_is_asked_for(script):
    script("copy", f"import json, sys\nprint(json.dumps({GOOD!r} | {{'holds': '--quick' in sys.argv}}))")
    assert benchmarks.run("copy", quick=True, as_json=False)
    assert not benchmarks.run("copy", quick=False, as_json=False)


def test_a_name_that_there_is_not_is_told_with_those_that_there_are(script):
    script("copy", "")
    with pytest.raises(Problem, match="NAME=move is no benchmark: it is one of copy"):
        benchmarks.run("move", quick=False, as_json=False)


def test_the_packages_of_a_peer_are_asked_for_by_the_script_itself(script, monkeypatch):
    asked = []
    monkeypatch.setattr(machine, "ensure_packages", lambda packages, purpose: asked.append(packages))
    script("copy", f"# packages: one two\n# packages: three\nimport json\nprint(json.dumps({GOOD!r}))")
    assert benchmarks.run("copy", quick=False, as_json=False)
    assert asked == [["one", "two", "three"]]


def test_a_peer_that_cannot_be_installed_stops_no_measurement(script, monkeypatch, capsys):
    def refuse(packages, purpose):
        raise Problem("This machine has no apt.")

    monkeypatch.setattr(machine, "ensure_packages", refuse)
    script("copy", f"# packages: one\nimport json\nprint(json.dumps({GOOD!r}))")
    assert benchmarks.run("copy", quick=False, as_json=False)
    assert "This machine has no apt." in capsys.readouterr().err


def test_a_peer_that_was_not_measured_holds_nothing(capsys):
    with pytest.raises(SystemExit) as ended:
        result.report("copy", "s", [result.Case("one", 1, 9, 2)], result.Options(quick=False, json=True), ["two"])
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert ended.value.code == 1
    assert (shown["holds"], shown["missing"]) == (False, ["two"])


@pytest.mark.parametrize("path", benchmarks.scripts().values(), ids=lambda path: path.stem)
def test_every_benchmark_has_a_short_measurement_and_json(path):
    command = [environments.python(benchmarks._environment(path)), path, "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "--quick" in told
    assert "--json" in told
