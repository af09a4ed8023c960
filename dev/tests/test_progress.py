"""What has been done is not done again; what has failed is."""

import subprocess
import sys

import pytest

from dev import progress
from dev.paths import ROOT, STAMPS


@pytest.fixture(autouse=True)
def own_stamps(monkeypatch, tmp_path):
    """Stamps of this test's own."""
    monkeypatch.setattr(progress, "STAMPS", tmp_path)


def _is_needed(key):
    with progress.step("thing", "A thing", key) as needed:
        return needed


def test_a_step_is_done_once_for_each_key():
    assert [_is_needed("1"), _is_needed("1"), _is_needed("2"), _is_needed("2")] == [True, False, True, False]


def test_a_step_that_fails_is_done_again():
    with pytest.raises(ZeroDivisionError), progress.step("thing", "A thing", "1"):
        _ = 1 // 0
    assert _is_needed("1")


def test_a_step_that_fails_anew_forgets_that_it_was_done_before():
    assert _is_needed("1")
    with pytest.raises(ZeroDivisionError), progress.step("thing", "A thing", "2"):
        _ = 1 // 0
    assert _is_needed("1")


def test_a_fingerprint_tells_contents_and_their_order_apart(tmp_path):
    file = tmp_path / "file"
    file.write_text("a")
    before = progress.fingerprint(file, "b")
    assert before == progress.fingerprint(file, "b")
    assert before != progress.fingerprint("b", file)
    file.write_text("ab")
    assert before != progress.fingerprint(file, "")


def test_a_second_install_has_nothing_to_do():
    before = {path: path.stat().st_mtime_ns for path in STAMPS.iterdir()}
    command = [sys.executable, "-m", "dev", "install"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert {path: path.stat().st_mtime_ns for path in STAMPS.iterdir()} == before
