"""The machine: its distribution, its packages, its room on disk."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.apt_source import DEVELOPMENT_SUITES
from dev.paths import CACHE
from dev.problem import Problem
from dev.progress import say

MINIMUM_PYTHON = (3, 11)
GIGABYTE = 1_000_000_000

SYSTEM_PATH = ":/usr/sbin:/sbin:/snap/bin"
"""Folders of programs that are not in everyone's PATH."""

PACKAGES = {
    # command that shows it is there: (Debian's package, Ubuntu's package)
    "turnserver": ("coturn", "coturn"),
    "ffmpeg": ("ffmpeg", "ffmpeg"),
    "chromium": ("chromium", "chromium-browser"),
    "nginx": ("nginx", "nginx"),
    "wkhtmltopdf": ("wkhtmltopdf", "wkhtmltopdf"),
    "npm": ("npm", "npm"),
}
"""What the machine must bring, by the command that each package provides."""

SERVICES = {"turnserver": "coturn", "nginx": "nginx"}
"""Packages that start a server of their own, open to the network, by command; ours are started on loopback."""


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Refuse a Python that is too old to run Odoo 19 and the media service as they are locked."""
    if version[:2] < MINIMUM_PYTHON:
        raise Problem(
            f"Python {'.'.join(map(str, version))} is too old: "
            f"run make with PYTHON=python{'.'.join(map(str, MINIMUM_PYTHON))} or newer."
        )


def check_disk(needed: int, folder: Path = CACHE) -> None:
    """Refuse to begin where the folder's disk has less than ``needed`` bytes free."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            f"{folder} has {free / GIGABYTE:.1f} GB free and {needed / GIGABYTE:.1f} GB are needed: "
            "free some space or set VET_CACHE to a folder on another disk."
        )


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Return the fields of os-release(5), empty where the machine has none."""
    if not path.is_file():
        return {}
    lines = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in lines}


def distribution(release: dict[str, str]) -> str | None:
    """Return ``debian`` or ``ubuntu``, also for their derivatives, or None."""
    for name in (release.get("ID", ""), *release.get("ID_LIKE", "").split()):
        if name in DEVELOPMENT_SUITES:
            return name
    return None


def codename(release: dict[str, str]) -> str:
    """Return the codename of the Debian or Ubuntu release that the machine's packages come from, or nothing."""
    for field in ("UBUNTU_CODENAME", "DEBIAN_CODENAME", "VERSION_CODENAME"):
        if release.get(field):
            return release[field]
    return ""


def has_apt() -> bool:
    """Return whether Debian's package tools are there."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def as_root() -> list[str]:
    """Return the prefix of a command that needs root's rights: nothing, or sudo."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if not sudo:
        raise Problem("Installing packages needs root: run make as root once, or install sudo.")
    return [sudo]


def missing(commands: list[str]) -> list[str]:
    """Return those of the commands that the machine does not have."""
    return [command for command in commands if not find(command)]


def find(command: str) -> str | None:
    """Return a command's path; Ubuntu's browser goes by another name, and servers live in /usr/sbin."""
    names = ("chromium", "chromium-browser") if command == "chromium" else (command,)
    path = os.environ.get("PATH", os.defpath) + SYSTEM_PATH
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def ensure(commands: list[str]) -> None:
    """Install the packages that bring the commands, where these are missing.

    :raises Problem: on a machine without apt, naming what to install by hand
    """
    absent = missing(commands)
    if not absent:
        return
    ubuntu = distribution(os_release()) == "ubuntu"
    install([PACKAGES[command][ubuntu] for command in absent], f"to have {', '.join(absent)}")
    for command, service in SERVICES.items():
        if command in absent and Path("/run/systemd/system").is_dir():
            subprocess.run([*as_root(), "systemctl", "disable", "--now", service], capture_output=True, check=False)
    still = missing(absent)
    if still:
        raise Problem(f"The packages are installed, yet {', '.join(still)} is not in PATH.")


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Return those of the Debian packages that are not installed; all of them on a machine without dpkg."""
    if not shutil.which("dpkg-query"):
        return list(packages)
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n", *packages]
    told = subprocess.run(query, capture_output=True, text=True, check=False).stdout.splitlines()
    installed = {package for status, _, package in (line.partition(" ") for line in told) if status == "installed"}
    return [package for package in packages if package not in installed]


def ensure_packages(packages: Sequence[str], purpose: str) -> None:
    """Install packages that bring no command of their own, where these are missing.

    :param purpose: ends the sentence that asks for them on a machine without apt, such as ``to compare with it``
    """
    if absent := missing_packages(packages):
        install(absent, purpose)


def install(packages: list[str], purpose: str) -> None:
    """Install packages with apt-get, as root or through sudo."""
    if not has_apt():
        raise Problem(
            f"This machine has no apt: install {', '.join(packages)} with its own package manager {purpose}, "
            "then run this again."
        )
    say(f"  installing {', '.join(packages)} ...")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq"]
    subprocess.run([*apt, "update"], env=environment, stdin=subprocess.DEVNULL, check=False)
    command = [*apt, "install", "-y", "--no-install-recommends", *packages]
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Problem(f"apt-get could not install {', '.join(packages)}: its own message stands above.")
