"""A benchmark's claim is shown, and a missed target is a failure."""

import json

import pytest

from dev import benchmarks
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
