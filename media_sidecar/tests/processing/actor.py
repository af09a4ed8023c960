"""Somebody else in the place of the worker."""

import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, os, sys
sys.stdin.readline()
{what}
"""


def play_worker(monkeypatch: pytest.MonkeyPatch, folder: Path, what: str) -> None:
    """Let *what* be done in the place of the worker, from now on.

    :param folder: for the script
    """
    script = folder / "worker.py"
    script.write_text(SCRIPT.format(what=what))
    interpreter = folder / "interpreter"
    interpreter.write_text(f"#!/bin/sh\nexec {sys.executable} {script}\n")
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
