"""``make lint`` and ``make format``: the linters of every language in the checkout, in locked versions."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dev import machine
from dev.environments import command
from dev.paths import ADDON, ROOT, SIDECAR, STAMPS
from dev.problem import Problem
from dev.progress import fingerprint, say, step

_STYLED = ("js", "mjs", "xml", "scss", "json")
"""Extensions that prettier keeps."""

_NODE = ROOT / "node_modules" / ".bin"

_PYLINT_OFF = (
    "missing-readme",  # The fragments in readme/ take its place.
    "missing-return",  # Computed fields and settings override methods that return nothing.
    "consider-merging-classes-inherited",  # A file is named for one idea, also where ideas share a model.
)
"""Messages of pylint-odoo that this project leaves out; .pylintrc cannot say so beside ``enable=odoolint``."""

_TYPED = ("dev", "tests", "bench")
"""Folders that mypy checks beside the media service."""


@dataclass(frozen=True)
class Linter:
    """One check: a command, the folder that it runs in, and the same made to mend (if it can)."""

    name: str
    check: Sequence[str | Path]
    mend: Sequence[str | Path] = ()
    folder: Path = ROOT


def install() -> None:
    """Install the JavaScript linters from their lock."""
    machine.ensure(["npm"])
    lock, modules = ROOT / "package-lock.json", ROOT / "node_modules"
    if not modules.is_dir():
        (STAMPS / "npm").unlink(missing_ok=True)
    with step("npm", "JavaScript linters", fingerprint(lock, str(ROOT))) as needed:
        if needed:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=ROOT, check=False)
            if done.returncode:
                raise Problem("The JavaScript linters could not be installed: npm's own message stands above.")


def linters(paths: Sequence[str] = ()) -> list[Linter]:
    """Return the linters that have something to look at in this checkout.

    :param paths: files and folders that the linters of style keep to; the whole checkout by default
    """
    ruff = str(command("tools", "ruff"))
    prettier = [str(_NODE / "prettier"), "--log-level=warn", "--no-error-on-unmatched-pattern"]
    eslint = [str(_NODE / "eslint"), "--no-error-on-unmatched-pattern"]
    found = []
    if python := _matching(paths, ("py", "pyi")):
        found += [
            Linter("ruff check", [ruff, "check", "-q", *python], [ruff, "check", "-q", "--fix", *python]),
            Linter("ruff format", [ruff, "format", "-q", "--check", *python], [ruff, "format", "-q", *python]),
        ]
    if styled := _matching(paths, _STYLED):
        kinds = f"**/*.{{{','.join(_STYLED)}}}"
        styled = [f"{path.rstrip('/')}/{kinds}" if (ROOT / path).is_dir() else path for path in styled]
        found.append(Linter("prettier", [*prettier, "--check", *styled], [*prettier, "--write", *styled]))
    if scripts := _matching(paths, ("js", "mjs")):
        found.append(Linter("eslint", [*eslint, "--max-warnings=0", *scripts], [*eslint, "--fix", *scripts]))
    if (SIDECAR / "src").is_dir():
        found.append(Linter("mypy (media service)", [command("sidecar", "mypy")], folder=SIDECAR))
    typed = [folder for folder in _TYPED if any((ROOT / folder).rglob("*.py"))]
    found.append(Linter("mypy", [command("tools", "mypy"), *typed]))
    if (ADDON / "__manifest__.py").is_file():
        without = [f"--disable={','.join(_PYLINT_OFF)}"]
        found.append(
            Linter(
                "pylint-odoo",
                [command("tools", "pylint"), "--rcfile=.pylintrc", *without, ADDON.name],
            )
        )
    return found


def _matching(paths: Sequence[str], extensions: Sequence[str]) -> list[str]:
    """Return the folders, and the files with these extensions: ruff would read any other file as Python."""
    if not paths:
        return ["."]
    return [path for path in paths if (ROOT / path).is_dir() or Path(path).suffix.removeprefix(".") in extensions]


def check() -> bool:
    """Run every linter, and return whether none has a complaint."""
    install()
    results = [_run(linter.name, linter.check, linter.folder) for linter in linters()]
    return all(results)


def mend(paths: Sequence[str] = ()) -> None:
    """Let the linters that can mend do so, in these paths or everywhere."""
    install()
    for linter in linters(paths):
        if linter.mend:
            _run(linter.name, linter.mend, linter.folder)


def _run(name: str, arguments: Sequence[str | Path], folder: Path) -> bool:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("MYPYPATH", None)
    done = subprocess.run([*map(str, arguments)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False)
    say(f"{name}: {'ok' if not done.returncode else 'complaints above'}")
    return not done.returncode


def clean() -> None:
    """Remove the JavaScript linters."""
    shutil.rmtree(ROOT / "node_modules", ignore_errors=True)
