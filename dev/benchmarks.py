"""``make bench``: run the scripts of ``bench/``, one claim each, and print one table."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from dev import environments
from dev.paths import ROOT
from dev.problem import Problem
from dev.progress import say

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
    rows = [_measure(path, quick) for path in ([found[name]] if name else found.values())]
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


def _environment(path: Path) -> str:
    """Return the Python environment that a script asks for by a line ``# environment: NAME``; the tools' by default."""
    asked = re.search(r"^# environment: (\w+)$", path.read_text(), re.MULTILINE)
    return asked[1] if asked else "tools"


def _measure(path: Path, quick: bool) -> dict[str, Any]:
    """Run a script, which prints its result as JSON in its last line; one that fails to has missed its target."""
    command = [str(environments.python(_environment(path))), str(path), *(["--quick"] if quick else []), "--json"]
    say(f"== {path.stem}")
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
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
