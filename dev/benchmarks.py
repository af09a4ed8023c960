"""``make bench``: run the scripts of ``bench/``, one claim each, and print one table."""

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

from dev import environments, machine, process
from dev.paths import ROOT
from dev.problem import Problem
from dev.progress import say, warn

FOLDER = ROOT / "bench"
_FIELDS = ("name", "ours", "peer", "unit", "ratio", "target", "holds")


def scripts() -> dict[str, Path]:
    """Return the benchmarks by name: the Python files directly in ``bench/``."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.py")) if not path.stem.startswith("_")}


def run(name: str | None, quick: bool, as_json: bool) -> bool:
    """Run one benchmark or all, print their results, and return whether every target is met.

    :param quick: ask the scripts for their short measurement
    :param as_json: print JSON instead of a table: for one script its object, for all a list
    :raises Problem: for a name that there is not
    """
    found = scripts()
    if name and name not in found:
        raise Problem(f"NAME={name} is no benchmark: it is one of {', '.join(found) or '(none yet)'}.")
    if not found:
        raise Problem("There is no benchmark in bench/ yet.")
    chosen = [found[name]] if name else list(found.values())
    _install_peers(chosen)
    rows = [_measure(path, quick) for path in chosen]
    say(json.dumps(rows[0] if name else rows) if as_json else table(rows))
    return all(row["holds"] is True for row in rows)


def table(rows: list[dict[str, Any]]) -> str:
    """Return results as an aligned table."""
    cells = [list(_FIELDS)] + [[_cell(row.get(field)) for field in _FIELDS] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_FIELDS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.4g}" if isinstance(value, float) else str(value if value is not None else "-")


def packages(path: Path) -> list[str]:
    """Return the Debian packages of the peers that a script asks for by lines ``# packages: NAME NAME``."""
    asked = re.findall(r"^# packages: (.+)$", path.read_text(), re.MULTILINE)
    return " ".join(asked).split()


def _install_peers(paths: list[Path]) -> None:
    """Install what the scripts compare with; a script says by itself what it then still misses."""
    wanted = list(dict.fromkeys(package for path in paths for package in packages(path)))
    try:
        machine.ensure_packages(wanted, "to compare with them")
    except Problem as problem:
        warn(str(problem))


def _environment(path: Path) -> str:
    """Return the Python environment that a script asks for by a line ``# environment: NAME``; the tools' by default."""
    asked = re.search(r"^# environment: (\w+)$", path.read_text(), re.MULTILINE)
    return asked[1] if asked else "tools"


def _measure(path: Path, quick: bool) -> dict[str, Any]:
    """Run a script, which prints its result as JSON in its last line; one that fails to has missed its target."""
    command = [str(environments.python(_environment(path))), str(path), *(["--quick"] if quick else []), "--json"]
    say(f"== {path.stem}")
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    done = process.run(command, signal.SIGINT, cwd=ROOT, **pipes)
    lines = done.stdout.strip().splitlines()
    for line in lines[:-1]:
        say(line)
    try:
        row = json.loads(lines[-1])
    except (IndexError, json.JSONDecodeError):
        if lines:
            say(lines[-1])
        return {"name": path.stem, "holds": False}
    return row if isinstance(row, dict) else {"name": path.stem, "holds": False}
