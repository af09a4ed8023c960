"""Databases with the addon installed: built, cloned, dropped, each with its filestore."""

import re
import shutil
import subprocess
from pathlib import Path

from dev import odoo, postgres
from dev.paths import ADDON, LOGS, REQUIREMENTS
from dev.problem import Problem
from dev.progress import exclusive, fingerprint, say

_TEMPLATE_PREFIX = "vet_template_"

_FAULTS = (" ERROR ", " CRITICAL ", " demo data failed to install")
"""What a log says of an addon that is not there in whole; of demo data Odoo only warns, and goes on without any."""


def exists(name: str) -> bool:
    """Return whether the server has a database of this name."""
    found = postgres.client("psql", "-d", "postgres", "-Atc", "SELECT datname FROM pg_database")
    return name in found.stdout.split("\n")


def drop(name: str) -> None:
    """Drop a database, its connections and its filestore; a missing one is not an error."""
    postgres.client("dropdb", "--if-exists", "--force", name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def filestore(name: str) -> Path:
    """Return the folder where Odoo keeps a database's attachments."""
    return odoo.DATA_DIR / "filestore" / name


def build(name: str, modules: str = "vet_teleconsult", demo: bool = False) -> None:
    """Drop and create a database, and install the modules into it.

    The caller holds :func:`dev.postgres.running`.

    :param modules: technical names, commas between
    :param demo: whether to load the modules' demo data
    :raises Problem: naming the log, where Odoo fails or reports an error
    """
    if not (ADDON / "__manifest__.py").is_file() and "vet_teleconsult" in modules.split(","):
        raise Problem(f"{ADDON} holds no addon: is the checkout complete?")
    drop(name)
    postgres.client("createdb", "--template=template0", "--encoding=UTF8", "--lc-collate=C", name)
    _load(name, ["--init", modules, "--with-demo" if demo else "--without-demo=all"])


def update(name: str, modules: str = "vet_teleconsult") -> None:
    """Bring a database's modules to the state of their files, and keep its data."""
    _load(name, ["--update", modules])


def _load(name: str, arguments: list[str]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"build-{name}.log"
    log.unlink(missing_ok=True)
    options = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
    with log.open("w") as output:
        status = odoo.run(postgres.environment(), ["--database", name, *arguments, *options], output)
    lines = log.read_text().splitlines()
    faults = [line for line in lines if any(fault in line for fault in _FAULTS)]
    if status or faults:
        # A traceback's last line, the error itself, begins where no log line does.
        causes = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Warning)\b", line)]
        told = "\n".join([*faults[:2], *causes[-1:]])
        raise Problem(f"Odoo could not load the addon into {name} (log: {log}):\n{told}")


def clone(source: str, name: str) -> None:
    """Drop and create a database as a copy of another that nobody is connected to, filestore included."""
    drop(name)
    postgres.client("createdb", f"--template={source}", name)
    files = filestore(source)
    if files.is_dir():
        # Attachments are named by their content and never rewritten, so that links serve as copies.
        subprocess.run(["cp", "-al", str(files), str(filestore(name))], check=True)


def addon_fingerprint() -> str:
    """Return a digest of everything that an installed database depends on: the addon's files and Odoo itself.

    Tests and the sources of assets are read when they run, not when the addon is installed.
    """
    files = [
        path
        for path in sorted(ADDON.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and not path.relative_to(ADDON).as_posix().startswith(("tests/", "static/src/", "static/tests/", "readme/"))
    ]
    names = "\n".join(path.relative_to(ADDON).as_posix() for path in files)
    return fingerprint(odoo.TESTED_VERSION, str(odoo.source_root()), names, REQUIREMENTS / "odoo.txt", *files)


def template(demo: bool = False) -> str:
    """Return the name of a database with the addon as it is now, to clone; built where there is none yet.

    Older ones of its kind are dropped. The caller holds :func:`dev.postgres.running`.
    """
    kind = f"{_TEMPLATE_PREFIX}{'demo' if demo else 'bare'}_"
    name = kind + addon_fingerprint()[:12]
    with exclusive("template"):
        if exists(name):
            return name
        found = postgres.client("psql", "-d", "postgres", "-Atc", "SELECT datname FROM pg_database").stdout.split("\n")
        for old in found:
            if old.startswith(kind):
                drop(old)
        say(f"  Database with {'demo data' if demo else 'the addon'} (about a minute) ...")
        building = f"{kind}building"
        build(building, demo=demo)
        # The finished one appears under its name in one move, so that an interrupted build is never taken for it.
        postgres.client("psql", "-d", "postgres", "-qc", f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        if filestore(building).is_dir():
            shutil.rmtree(filestore(name), ignore_errors=True)
            filestore(building).rename(filestore(name))
    return name
