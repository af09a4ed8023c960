"""The command ``vet-media-sidecar``."""

import argparse
import contextlib
import errno
import fcntl
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn

from .app import create_app
from .config import ConfigurationError, Settings, load_settings
from .log import configure_logging
from .version import VERSION

PING_INTERVAL_SECONDS = 5.0
PING_TIMEOUT_SECONDS = 10.0
"""A browser whose socket is silent for both together is away. Protocol pings are answered by the browser itself, also
where a background tab's timers sleep."""
MAX_SOCKET_FRAME_BYTES = 256 * 1024
GRACEFUL_SECONDS = 1
"""Downloads under way are cut when the service stops; a browser goes on with a range."""

CONFIGURATION_EXIT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="vet-media-sidecar",
        description="Media service of vet_teleconsult: signalling, recording and playback. "
        "Configured by environment variables, see the README.",
    )
    parser.add_argument("--version", action="version", version=f"vet-media-sidecar {VERSION}")
    parser.add_argument(
        "command",
        nargs="?",
        choices=("serve", "check-config"),
        default="serve",
        help="serve (default): run the service; check-config: say what is wrong with the settings, and stop",
    )
    command = parser.parse_args(arguments).command
    try:
        settings = load_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201  # for the person at the terminal
        return CONFIGURATION_EXIT
    if command == "check-config":
        print("The configuration is complete.")  # noqa: T201
        return 0
    return serve(settings)


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
        http="httptools",
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
