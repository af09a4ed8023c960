"""The number of tests at the end is true, and nothing passes by running nothing."""

import os
import subprocess
from contextlib import contextmanager

import pytest

from dev import testing
from dev.paths import ROOT
from dev.problem import Problem
from dev.testing import Count, read_report


def _report(tmp_path, **outcomes):
    """Write a report of cases by name, each with the outcome that JUnit's format knows, or None."""
    path = tmp_path / "report.xml"
    cases = "".join(
        f'<testcase classname="t" name="{name.rstrip("_")}">{f"<{outcome}/>" if outcome else ""}</testcase>'
        for name, outcome in outcomes.items()
    )
    path.write_text(f'<testsuites><testsuite name="pytest">{cases}</testsuite></testsuites>')
    return path


def test_failures_errors_and_skips_all_count_as_failed(tmp_path):
    path = _report(tmp_path, a=None, b="failure", c="error", d="skipped", e=None)
    assert read_report(path, 1) == Count(passed=2, failed=3)


def test_a_test_with_subtests_is_one_test_and_fails_with_any_of_them(tmp_path):
    assert read_report(_report(tmp_path, a=None, a_=None, a__=None), 0) == Count(1, 0)
    assert read_report(_report(tmp_path, a=None, a_="failure", a__=None, b=None), 1) == Count(1, 1)


def test_a_run_without_tests_is_not_good(tmp_path):
    assert read_report(_report(tmp_path), 5) == Count(0, 1)
    assert not Count(0, 0).is_good


def test_a_run_that_dies_without_a_report_is_a_failure(tmp_path):
    assert read_report(tmp_path / "absent.xml", -9) == Count(0, 1)


def test_a_bad_status_is_a_failure_even_where_every_test_has_passed(tmp_path):
    assert read_report(_report(tmp_path, a=None, b=None, c=None), 3) == Count(3, 1)


def test_a_part_that_there_is_not_is_named_with_those_that_there_are():
    with pytest.raises(Problem, match=r"ONLY=browser is no part .*: it is one of dev, sidecar, addon, stack, calls\."):
        testing.run("dev,browser")


def test_the_last_line_is_the_sum_of_the_parts_alone(monkeypatch, capsys):
    counts = {"dev": Count(3, 0), "sidecar": Count(4, 1)}
    monkeypatch.setattr(testing, "_run_part", lambda name, part, arguments: counts[name])
    assert not testing.run("dev,sidecar").is_good
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 1 failed"


def test_what_is_prepared_for_one_part_is_not_there_for_the_next(monkeypatch, tmp_path):
    @contextmanager
    def prepared():
        yield testing.Prepared(("--verbose",), {"PREPARED": "for this part"})

    def part(name, expected, **keywords):
        (tmp_path / name).mkdir()
        test = f"import os\ndef test_it():\n    assert os.environ.get('PREPARED') == {expected!r}\n"
        (tmp_path / name / f"test_{name}.py").write_text(test)
        return testing.Part("tools", str(tmp_path), name, **keywords)

    parts = {"first": part("first", "for this part", prepared=prepared), "second": part("second", None)}
    monkeypatch.setattr(testing, "PARTS", parts)
    monkeypatch.setattr(testing, "REPORTS", tmp_path / "reports")
    assert testing.run() == Count(2, 0)


def test_continuous_integration_runs_every_test_and_nothing_else():
    last = (ROOT / ".ci" / "run").read_text().splitlines()[-1].split()
    assert last[:2] == ["exec", "make"]
    assert [word for word in last[2:] if not word.startswith("-")] == ["test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_folder_of_tests_belongs_to_a_part():
    covered = {(ROOT / part.folder / part.tests).resolve() for part in testing.PARTS.values()}
    listed = subprocess.run(["git", "ls-files", "*/test_*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / line for line in listed.stdout.splitlines()]
    assert files
    assert [file for file in files if not covered & set(file.parents)] == []
