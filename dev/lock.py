"""The locks: every package in an exact version with its digests, and no address of a registry."""

import json
import os
import subprocess

from dev import machine
from dev.environments import uv
from dev.paths import REQUIREMENTS, ROOT
from dev.problem import Problem
from dev.progress import say

_SIDECAR = "media_sidecar/pyproject.toml"

SOURCES = {
    "uv": ["requirements/uv.in"],
    "build": ["requirements/build.in"],
    "tools": ["requirements/tools.in"],
    "odoo": ["requirements/odoo.in"],
    "sidecar": [_SIDECAR, "--group", f"{_SIDECAR}:dev"],
}
"""What each lock in ``requirements/`` is made from."""


def refresh(upgrade: bool = False) -> None:
    """Write the locks anew; versions stay as they are where they still fit.

    :param upgrade: whether to take the newest versions instead
    """
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url", "--no-header"]
    for name, sources in SOURCES.items():
        say(f"  requirements/{name}.txt ...")
        lock = str((REQUIREMENTS / f"{name}.txt").relative_to(ROOT))
        more = ["--upgrade"] if upgrade else []
        done = uv("pip", "compile", *sources, *options, *more, "--output-file", lock, check=False)
        if done.returncode:
            raise Problem(f"{lock} could not be made: uv's own message stands above.")
    _refresh_npm(upgrade)


def _refresh_npm(upgrade: bool) -> None:
    if not (ROOT / "package.json").is_file():
        return
    machine.ensure(["npm"])
    say("  package-lock.json ...")
    action = "update" if upgrade else "install"
    command = ["npm", action, "--package-lock-only", "--ignore-scripts", "--silent"]
    if subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode:
        raise Problem("package-lock.json could not be made: npm's own message stands above.")
    lock = json.loads((ROOT / "package-lock.json").read_text())
    if any("resolved" in package for package in lock["packages"].values()):
        raise Problem(
            "package-lock.json holds download addresses: .npmrc must say omit-lockfile-registry-resolved=true."
        )
