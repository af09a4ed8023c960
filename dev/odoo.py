"""Odoo 19: fetched once from the distribution's package into the cache, run in its own environment.

``ODOO_HOME`` points at an existing Odoo 19 (a source checkout or the folder of its ``odoo`` package) instead.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from dev import environments, machine, process
from dev.apt_source import DEVELOPMENT_SUITES, Source, development_source, parse_deb822, parse_one_line
from dev.paths import ADDON, CACHE, ROOT
from dev.problem import Problem
from dev.progress import fingerprint, say, step, warn

TESTED_VERSION = "19.0.0+dfsg-1"
"""The version of the package that the tests have passed with."""

DEVELOPMENT_PACKAGES = ("libjs-jquery", "libjs-jquery-form", "libjs-underscore", "fonts-montserrat")
"""Packages that Odoo's tree links into; without the first, every public page fails."""

RELEASE_PACKAGES = ("fonts-font-awesome", "fonts-roboto-unhinted", "fonts-inconsolata", "fonts-ocr-b")
"""Fonts of reports, from the machine's own release; a missing one is not an error."""

_PACKAGE_ROOT = CACHE / "odoo"
_APT = CACHE / "apt"
DATA_DIR = CACHE / "odoo-data"
CONFIGURATION = CACHE / "odoo.conf"

# Left out of Debian's package for want of its source, yet named in web.assets_backend, where its absence
# becomes a console error that fails every browser test. Only the blurring of backgrounds needs it.
_ABSENT_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def source_root() -> Path:
    """Return the folder that holds the ``odoo`` package."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return _PACKAGE_ROOT / "usr/lib/python3/dist-packages"
    root = Path(home).expanduser().resolve()
    if not (root / "odoo" / "release.py").is_file():
        raise Problem(f"ODOO_HOME={home} holds no Odoo: it must be the folder that contains odoo/release.py.")
    return root


def addons_path() -> list[Path]:
    """Return the folders of addons: Odoo's own, this checkout, and those of ``VET_EXTRA_ADDONS`` (colons between)."""
    folders = [source_root() / "addons", source_root() / "odoo" / "addons"]
    if (ADDON / "__manifest__.py").is_file():
        folders.append(ROOT)
    folders += [Path(name).resolve() for name in os.environ.get("VET_EXTRA_ADDONS", "").split(":") if name]
    return [folder for folder in folders if folder.is_dir()]


def install() -> None:
    """Fetch Odoo, unless ``ODOO_HOME`` names one, and let its environment import it."""
    if not os.environ.get("ODOO_HOME"):
        with step("odoo", "Odoo 19 (130 MB)", fingerprint(TESTED_VERSION, str(_PACKAGE_ROOT))) as needed:
            if needed:
                fetch()
    site_packages = next((environments.python("odoo").parent.parent / "lib").glob("python3*/site-packages"))
    _write(site_packages / "odoo.pth", f"{source_root()}\n")
    configure()


def configure() -> Path:
    """Write Odoo's configuration file and return its path."""
    folders = ",".join(map(str, addons_path()))
    _write(
        CONFIGURATION,
        "[options]\n"
        f"addons_path = {folders}\n"
        f"data_dir = {DATA_DIR}\n"
        "http_interface = 127.0.0.1\n"
        "list_db = False\n"
        "max_cron_threads = 1\n",
    )
    return CONFIGURATION


def command(*arguments: str) -> list[str]:
    """Return the command that runs Odoo's command line.

    ``python -m odoo`` would not do: with workers, Odoo starts its own script again, which a module cannot be.
    """
    return [str(environments.python("odoo")), str(ROOT / "dev" / "odoo_cli.py"), *arguments]


def environment(database_server: dict[str, str]) -> dict[str, str]:
    """Return the environment of an Odoo process.

    :param database_server: the ``PG*`` variables that reach PostgreSQL
    """
    return os.environ | database_server | {"ODOO_RC": str(configure()), "PYTHONUNBUFFERED": "1"}


def run(database_server: dict[str, str], arguments: Sequence[str], output: IO[str] | None = None) -> int:
    """Run Odoo's command line to its end and return its status.

    :param output: the file that takes what it prints, instead of the terminal
    """
    done = process.run(command(*arguments), env=environment(database_server), stdout=output, stderr=output)
    return done.returncode


# === FETCHING === #


def machine_sources(etc: Path = Path("/etc/apt")) -> list[Source]:
    """Return the machine's apt sources, in either format."""
    sources: list[Source] = []
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            sources += parse_deb822(path.read_text())
        elif path.suffix == ".list" and path.is_file():
            sources += parse_one_line(path.read_text())
    return sources


def fetch() -> None:
    """Fetch the distribution's package, and what it links into, and unpack them into the cache."""
    if not machine.has_apt():
        raise Problem(
            "Odoo 19 is fetched as a Debian package and this machine has no apt: "
            "set ODOO_HOME to the folder of an Odoo 19 Community that you already have."
        )
    release = machine.os_release()
    distribution = machine.distribution(release)
    source = distribution and development_source(machine_sources(), distribution, machine.codename(release))
    if not distribution or not source:
        raise Problem(
            "No apt source of Debian or Ubuntu was found in /etc/apt to fetch Odoo 19 from: "
            "set ODOO_HOME to the folder of an Odoo 19 Community that you already have."
        )
    packages = _download(source, DEVELOPMENT_SUITES[distribution])
    shutil.rmtree(_PACKAGE_ROOT, ignore_errors=True)
    fresh = _PACKAGE_ROOT.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for package in packages:
        subprocess.run(["dpkg-deb", "-x", str(package), str(fresh)], check=True)
    stand_in_for_absent_asset(fresh / "usr/lib/python3/dist-packages")
    fresh.rename(_PACKAGE_ROOT)
    shutil.rmtree(_APT)


def stand_in_for_absent_asset(packages: Path) -> None:
    """Write a script in place of the one that Debian leaves out, wherever Odoo looks for the addon ``mail``.

    :param packages: the folder that holds ``odoo`` and ``addons``
    """
    for addons in (packages / "odoo" / "addons", packages / "addons"):
        asset = addons / _ABSENT_ASSET
        if asset.is_file() and asset.stat().st_size:
            continue
        asset.parent.mkdir(parents=True, exist_ok=True)
        # An empty file counts as absent too.
        asset.write_text("// Blurring the background of Discuss calls is not in this package.\n")


def _download(source: Source, suite: str) -> list[Path]:
    shutil.rmtree(_APT, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (_APT / folder).mkdir(parents=True)
    (_APT / "development.sources").write_text(source.stanza())
    private = [
        f"-oDir::Etc::sourcelist={_APT / 'development.sources'}",
        "-oDir::Etc::sourceparts=-",
        f"-oDir::State::Lists={_APT / 'lists'}",
        f"-oDir::Cache={_APT / 'cache'}",
    ]
    _apt([*private, "update"])
    found = _apt([*private, "show", "--no-all-versions", "odoo-19"], program="apt-cache", quiet=True)
    versions = [line.partition(": ")[2] for line in found.splitlines() if line.startswith("Version: ")]
    if not versions:
        raise Problem(
            f"The package odoo-19 is not in {source.uris[0]} {suite}: "
            "set ODOO_HOME to the folder of an Odoo 19 Community that you already have."
        )
    if versions[0] != TESTED_VERSION:
        warn(f"odoo-19 is here in version {versions[0]}; this project is tested with {TESTED_VERSION}.")
    say(f"    odoo-19 {versions[0]} from {suite}")
    _apt([*private, "download", "odoo-19", *DEVELOPMENT_PACKAGES])
    for font in RELEASE_PACKAGES:
        _apt(["download", font], quiet=True)
    return sorted((_APT / "packages").glob("*.deb"))


def _apt(arguments: list[str], program: str = "apt-get", quiet: bool = False) -> str:
    """Run apt as the person who asked, without root: everything that it writes is in the cache."""
    done = subprocess.run(
        [program, "-qq", "-oAPT::Sandbox::User=", *arguments],
        cwd=_APT / "packages",
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode and not quiet:
        raise Problem(
            f"`{shlex.join([program, arguments[-1]])}` failed, so Odoo could not be fetched "
            f"(is the package mirror reachable?): {' '.join(done.stderr.split())[:400]}"
        )
    return done.stdout


def _write(path: Path, text: str) -> None:
    """Write a file unless it says that already, in one move: several commands may read it meanwhile."""
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text)
    fresh.replace(path)
