"""``make manual``: what tests say that they show."""

import pytest

from dev import manual
from dev.paths import ROOT
from dev.problem import Problem

SOURCE = """
pytestmark = [pytest.mark.manual("S1", "S11")]

@pytest.mark.manual("S8")
def test_claims(): ...

def test_everything(step):
    with step("S9", "Cancel"):
        pass
    with step("S16", "Done"):
        pass

def test_nothing(): ...
"""


def test_markers_of_files_and_tests_and_steps_are_read():
    assert list(manual.read(SOURCE)) == [
        ("S1", ""),
        ("S11", ""),
        ("S8", "test_claims"),
        ("S9", "test_everything"),
        ("S16", "test_everything"),
    ]


def test_a_number_that_no_manual_has_is_refused(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text('pytestmark = pytest.mark.manual("S17")\n')
    monkeypatch.setattr(manual, "ROOT", tmp_path)
    with pytest.raises(Problem, match="neither manual has a number S17"):
        manual.shown()


def test_the_numbers_that_nothing_shows_are_told(capsys):
    manual.tell()
    told = capsys.readouterr().out
    missing = [number for number, tests in manual.shown().items() if not tests]
    assert told.rstrip().endswith(f"Not yet: {', '.join(missing) or 'none'}.")
    assert "tests/manual/test_synchronous.py" in told


@pytest.mark.parametrize(("name", "letter"), [("synchronous", "S"), ("asynchronous", "A")])
def test_each_manual_is_followed_from_its_first_number_to_its_last(name, letter):
    """One test each, its steps in the order of the manual; some numbers are shown later or elsewhere."""
    source = (ROOT / "tests" / "manual" / f"test_{name}.py").read_text()
    steps = [int(number[1:]) for number, _ in manual.read(source) if number.startswith(letter)]
    assert steps == sorted(set(steps))
    assert len({test for _, test in manual.read(source)}) == 1
