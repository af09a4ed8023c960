"""What has been done already, and telling what is being done now."""

import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.paths import CACHE, STAMPS


def say(text: str) -> None:
    """Print one line of progress at once, also where the output is a pipe."""
    print(text, flush=True)


def warn(text: str) -> None:
    """Print one line of warning to standard error."""
    print(f"warning: {text}", file=sys.stderr, flush=True)


def fingerprint(*parts: str | Path) -> str:
    """Return a digest of strings and of files' contents (a missing file counts as empty)."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part.read_bytes() if part.is_file() else b""
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


@contextmanager
def step(name: str, title: str, key: str) -> Iterator[bool]:
    """Run a step of the installation once for each ``key``.

    Yields whether there is work to do. The stamp is written only where the body ends without an error.
    """
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text() == key:
        yield False
        return
    say(f"  {title} ...")
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    yield True
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    say(f"  {title}: done in {time.monotonic() - started:.0f} s")


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold a lock of the cache, so that two commands do not do the same work at once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting for another command that holds {os.path.relpath(lock.name)} ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
