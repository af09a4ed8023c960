"""Databases with the addon installed: built, cloned, dropped, each with its filestore."""

import os
import shutil
import subprocess

from dev import odoo, postgres
from dev.paths import LOGS
from dev.problem import Problem


def exists(name: str) -> bool:
    """Return whether the server has a database of this name."""
    found = postgres.client("psql", "-d", "postgres", "-Atc", "SELECT datname FROM pg_database")
    return name in found.stdout.split("\n")


def drop(name: str) -> None:
    """Drop a database, its connections and its filestore; a missing one is not an error."""
    postgres.client("dropdb", "--if-exists", "--force", name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def filestore(name: str) -> "os.PathLike[str]":
    """Return the folder where Odoo keeps a database's attachments."""
    return odoo.DATA_DIR / "filestore" / name


def build(name: str, modules: str = "vet_teleconsult", demo: bool = False) -> None:
    """Drop and create a database, and install the modules into it.

    The caller holds :func:`dev.postgres.running`.

    :param modules: technical names, commas between
    :param demo: whether to load the modules' demo data
    :raises Problem: naming the log, where Odoo fails or reports an error
    """
    drop(name)
    postgres.client("createdb", "--template=template0", "--encoding=UTF8", "--lc-collate=C", name)
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"build-{name}.log"
    arguments = ["--database", name, "--init", modules, "--with-demo" if demo else "--without-demo=all"]
    arguments += ["--stop-after-init", "--no-http", "--max-cron-threads=0", f"--logfile={log}"]
    log.unlink(missing_ok=True)
    status = odoo.run(postgres.environment(), arguments)
    text = log.read_text() if log.exists() else ""
    faults = [line for line in text.splitlines() if " ERROR " in line or " CRITICAL " in line]
    if status or faults:
        raise Problem(f"Odoo could not install {modules} into {name}: {(faults or ['see'])[0][:300]} (log: {log})")


def clone(source: str, name: str) -> None:
    """Drop and create a database as a copy of another that nobody is connected to, filestore included."""
    drop(name)
    postgres.client("createdb", f"--template={source}", name)
    files = filestore(source)
    if os.path.isdir(files):
        # Attachments are named by their content and never rewritten, so that links serve as copies.
        subprocess.run(["cp", "-al", os.fspath(files), os.fspath(filestore(name))], check=True)
