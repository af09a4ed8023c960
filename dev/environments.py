"""The Python environments, one for each of Odoo, the media service and the tools, as in production."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dev import machine
from dev.paths import ENVIRONMENTS, REQUIREMENTS, ROOT, SIDECAR, STAMPS
from dev.problem import Problem
from dev.progress import fingerprint, step

NAMES = ("tools", "odoo", "sidecar")


def python(name: str) -> Path:
    """Return the interpreter of an environment."""
    return ENVIRONMENTS / name / "bin" / "python"


def command(name: str, program: str) -> Path:
    """Return a program that an environment has installed."""
    return ENVIRONMENTS / name / "bin" / program


def uv(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run uv, the installer, from the tools' environment."""
    environment = os.environ | {"UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    return subprocess.run([command("tools", "uv"), "-q", *arguments], env=environment, cwd=ROOT, check=check)


def install(*names: str) -> None:
    """Install the environments, each from its lock; one that has not changed costs nothing."""
    _bootstrap()
    for name in names or NAMES:
        lock = REQUIREMENTS / f"{name}.txt"
        with step(f"venv-{name}", f"Python environment: {name}", _key(lock)) as needed:
            if needed:
                _sync(name, lock)
    if "sidecar" in (names or NAMES):
        _install_sidecar()


def _bootstrap() -> None:
    lock = REQUIREMENTS / "uv.txt"
    with step("venv", "Python installer (uv)", _key(lock)) as needed:
        if not needed:
            return
        folder = ENVIRONMENTS / "tools"
        shutil.rmtree(folder, ignore_errors=True)
        (STAMPS / "venv-tools").unlink(missing_ok=True)
        _create_with_pip(folder)
        _run([python("tools"), "-m", "pip", "install", "-q", "--require-hashes", "-r", lock], "uv")


def _create_with_pip(folder: Path) -> None:
    create = [sys.executable, "-m", "venv", str(folder)]
    done = subprocess.run(create, capture_output=True, check=False)
    if done.returncode:
        # Debian and Ubuntu keep pip's bundle apart from the interpreter.
        machine.install([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"], "to create virtual environments")
        shutil.rmtree(folder, ignore_errors=True)
        _run(create, "a virtual environment")


def _sync(name: str, lock: Path) -> None:
    if not _is_of_this_python(python(name)):
        uv("venv", "--clear", "--python", sys.executable, str(ENVIRONMENTS / name))
    options = ["--require-hashes", "--build-constraints", str(REQUIREMENTS / "build.txt")]
    done = uv("pip", "sync", "--python", str(python(name)), *options, str(lock), check=False)
    if done.returncode:
        raise Problem(
            f"The Python packages of {os.path.relpath(lock, ROOT)} could not be installed: uv's own message stands "
            "above; check the network and the free disk space, then run this again."
        )
    # What is not in the lock (the service itself) has been removed.
    (STAMPS / f"venv-{name}-package").unlink(missing_ok=True)


def _is_of_this_python(interpreter: Path) -> bool:
    if not interpreter.exists():
        return False
    told = subprocess.run([interpreter, "-c", "import sys; print(sys.version)"], capture_output=True, check=False)
    return told.stdout.decode().strip() == sys.version.strip()


def _install_sidecar() -> None:
    project = SIDECAR / "pyproject.toml"
    if not project.is_file():
        return
    with step("venv-sidecar-package", "media service (editable)", _key(project)) as needed:
        if needed:
            options = ["--no-deps", "--build-constraints", str(REQUIREMENTS / "build.txt")]
            done = uv("pip", "install", "--python", str(python("sidecar")), *options, "-e", str(SIDECAR), check=False)
            if done.returncode:
                raise Problem("The media service could not be installed: uv's own message stands above.")


def _key(source: Path) -> str:
    return fingerprint(source, REQUIREMENTS / "build.txt", sys.version, str(ENVIRONMENTS))


def _run(arguments: Sequence[str | Path], what: str) -> None:
    done = subprocess.run(arguments, check=False)
    if done.returncode:
        raise Problem(f"{what} could not be installed: the message stands above; check the network and the disk.")
