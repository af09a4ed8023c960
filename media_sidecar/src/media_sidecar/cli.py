"""The command ``vet-media-sidecar``."""

import argparse
import asyncio
import contextlib
import errno
import fcntl
import functools
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn

from .app import create_app
from .config import ConfigurationError, Settings, load_settings, load_store, store_in_use
from .log import configure_logging
from .migrate import Migration, Outcome, are_apart
from .store import S3Address, S3Options, StoreError, StoreHealth, open_store
from .uploads.direct_body import DirectProtocol
from .version import VERSION

PING_INTERVAL_SECONDS = 5.0
PING_TIMEOUT_SECONDS = 10.0
"""A browser whose socket is silent for both together is away. Protocol pings are answered by the browser itself, also
where a background tab's timers sleep."""
MAX_SOCKET_FRAME_BYTES = 256 * 1024
GRACEFUL_SECONDS = 1
"""Downloads under way are cut when the service stops; a browser goes on with a range."""

CONFIGURATION_EXIT = 2
INTERRUPTED_EXIT = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    wanted = _parser().parse_args(arguments)
    try:
        if wanted.command == "migrate":
            return migrate(wanted.source, wanted.target, wanted.delete)
        settings = load_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201  # for the person at the terminal
        return CONFIGURATION_EXIT
    return check_config(settings) if wanted.command == "check-config" else serve(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vet-media-sidecar",
        description="Media service of vet_teleconsult: signalling, recording, uploads and playback. "
        "Configured by environment variables, see the README.",
    )
    parser.add_argument("--version", action="version", version=f"vet-media-sidecar {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("serve", help="run the service; what happens without a command")
    commands.add_parser("check-config", help="say what is wrong with the settings or the store, and stop")
    migration = commands.add_parser(
        "migrate",
        help="bring everything from one store to another",
        description="Brings every file from one store to another and verifies its size and SHA-256. It may be stopped "
        "and run again, and runs beside the service. S3 is reached by the service's own variables.",
    )
    for option, name in (("--from", "source"), ("--to", "target")):
        what = "a folder, or s3://bucket/prefix"
        migration.add_argument(option, dest=name, required=True, metavar="STORE", help=what)
    migration.add_argument("--delete", action="store_true", help="remove at the source what was verified at the target")
    return parser


def check_config(settings: Settings) -> int:
    """Try the store and tell, and return the exit code."""
    health = asyncio.run(_check_store(settings))
    if not health.ok:
        print(health.message, file=sys.stderr)  # noqa: T201
        return CONFIGURATION_EXIT
    print(f"The configuration is complete. {health.message}")  # noqa: T201
    return 0


async def _check_store(settings: Settings) -> StoreHealth:
    return await open_store(settings.store_address, settings.s3_options).check()


def migrate(source: str, target: str, delete: bool) -> int:
    """Bring everything from *source* to *target*, telling the terminal, and return the exit code.

    :raises ConfigurationError: when an address is wrong, or is none to go from or to
    """
    options, origin = load_store("--from", source)
    _, destination = load_store("--to", target)
    if not are_apart(origin, destination):
        raise ConfigurationError(["--from and --to are the same store, or one lies in the other."])
    if isinstance(origin, Path) and not origin.is_dir():
        raise ConfigurationError([f"--from names a folder that does not exist: {origin}."])
    if delete and not are_apart(origin, store_in_use() or destination):
        raise ConfigurationError(
            ["--delete would take away what the service plays: set VET_SIDECAR_STORE to the new store first."]
        )
    try:
        outcome = asyncio.run(_migrate(origin, destination, options, delete))
    except KeyboardInterrupt:
        print("Interrupted. What was verified stays; run it again to go on.", file=sys.stderr)  # noqa: T201
        return INTERRUPTED_EXIT
    except StoreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(outcome, file=sys.stderr if outcome.failed else sys.stdout)
    return 1 if outcome.failed else 0


async def _migrate(
    origin: S3Address | Path, destination: S3Address | Path, options: S3Options, delete: bool
) -> Outcome:
    target = open_store(destination, options)
    health = await target.check()
    if not health.ok:
        raise StoreError(health.message)
    # On the target's own disk, where there is room and nothing needs to be copied once more.
    beside = destination if isinstance(destination, Path) else None
    with tempfile.TemporaryDirectory(prefix=".migration-", dir=beside) as workspace:
        say = functools.partial(print, flush=True)
        return await Migration(open_store(origin, options), target, delete, Path(workspace), say).run()


def serve(settings: Settings) -> int:
    """Run the service until a signal ends it, and return the exit code."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_sole_use_of(settings.data))
            listener = stack.enter_context(_listen(settings.host, settings.port))
        except ConfigurationError as error:
            print(error, file=sys.stderr)  # noqa: T201
            return CONFIGURATION_EXIT
        configure_logging(settings.log_level)
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn stops in order and then raises the signal once more: to be told to stop is no failure.
            signal.signal(number, lambda *_: sys.exit(0))
        server = uvicorn.Server(server_config(settings))
        server.run(sockets=[listener])
        return 0 if server.started else 1


@contextlib.contextmanager
def _sole_use_of(folder: Path) -> Iterator[None]:
    """Two services on one folder would finish each other's recordings and send every event twice."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigurationError([f"VET_SIDECAR_DATA is used by another running service: {folder}."]) from None
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        variable = "PORT" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "HOST"
        raise ConfigurationError(
            [f"VET_SIDECAR_{variable} cannot be used: {error.strerror} ({host}:{port})."]
        ) from None


def server_config(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application. No access log: addresses carry tickets."""
    return uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=DirectProtocol,
        ws="websockets-sansio",
        ws_max_size=MAX_SOCKET_FRAME_BYTES,
        ws_ping_interval=PING_INTERVAL_SECONDS,
        ws_ping_timeout=PING_TIMEOUT_SECONDS,
        # Session descriptions are small; compression would cost memory for every socket.
        ws_per_message_deflate=False,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        log_config=None,
    )
