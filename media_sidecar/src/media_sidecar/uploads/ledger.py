"""Every upload on its way, from the first request until its media is in the store: the table ``upload``.

Each change is one part of a transaction, so that an event for Odoo is written together with the state it tells of.
"""

import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from ..database import Change

State = Literal["receiving", "received", "processing", "stored", "done", "failed", "discarded"]
"""``receiving``: bytes are missing; ``received``: whole, hashed and Odoo will hear of it; ``discarded``: it was
cancelled, deleted or given up, and its bytes are gone. A ``failed`` one without ``sha256`` was refused while it came
in and its bytes are gone too."""

PART_NAME = "original.part"

_COLUMNS = (
    "media, chat, size, filename, declared_mime, types, max_bytes, state, received_bytes, kind, mime, extension,"
    " sha256, created_at, touched_at, failure_code, failure"
)


@dataclass(frozen=True)
class Upload:
    """One row of the table.

    :ivar media: the media's key, also the name of its folder in the spool
    :ivar chat: the chat's key, the ``room`` of its events
    :ivar size: bytes of the whole file
    :ivar filename: as its sender called it
    :ivar declared_mime: as its sender declared it, may be empty
    :ivar types: what the ticket allowed, as :func:`media_sidecar.processing.sniff` takes it
    :ivar received_bytes: so many of its first bytes are on the disk; what the file has beyond does not count
    :ivar kind: from its first bytes, with ``mime`` and ``extension``; nothing before they are there
    :ivar sha256: of the whole file, hexadecimal; nothing before it is whole
    :ivar created_at: seconds since the epoch; ``touched_at`` likewise, when the state or the bytes last changed
    :ivar failure_code: why it failed, with the sentence in ``failure``
    """

    media: str
    chat: str
    size: int
    filename: str
    declared_mime: str
    types: list[str]
    max_bytes: int
    state: State
    received_bytes: int
    kind: str | None
    mime: str | None
    extension: str | None
    sha256: str | None
    created_at: float
    touched_at: float
    failure_code: str | None
    failure: str | None


def folder_of(spool: Path, media: str) -> Path:
    """The upload's folder in the service's spool folder."""
    return spool / "uploads" / media


def file_of(spool: Path, media: str) -> Path:
    """The file that the bytes go to, and that processing reads once they are all there."""
    return folder_of(spool, media) / PART_NAME


def find(connection: sqlite3.Connection, media: str) -> Upload | None:
    """One upload."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM upload WHERE media = ?", (media,)).fetchone()  # noqa: S608
    return _parse(row) if row else None


def in_state(connection: sqlite3.Connection, *states: State) -> list[Upload]:
    """Every upload in one of *states*, the oldest first."""
    places = ", ".join("?" * len(states))
    statement = f"SELECT {_COLUMNS} FROM upload WHERE state IN ({places}) ORDER BY created_at"  # noqa: S608
    return [_parse(row) for row in connection.execute(statement, states)]


def mark(media: str, state: State) -> Change:
    """*media* has come to *state*."""
    now = time.time()
    return lambda connection: connection.execute(
        "UPDATE upload SET state = ?, touched_at = ?, failure_code = NULL, failure = NULL WHERE media = ?",
        (state, now, media),
    )


def fail(media: str, code: str, sentence: str) -> Change:
    """*media* will not come to more by itself."""
    now = time.time()
    return lambda connection: connection.execute(
        "UPDATE upload SET state = 'failed', touched_at = ?, failure_code = ?, failure = ? WHERE media = ?",
        (now, code, sentence, media),
    )


def forget(media: str) -> Change:
    """Nothing is left to be known of *media*."""
    return lambda connection: connection.execute("DELETE FROM upload WHERE media = ?", (media,))


def _parse(row: tuple[object, ...]) -> Upload:
    values = list(row)
    values[5] = json.loads(cast(str, values[5]))
    return Upload(*values)  # type: ignore[arg-type]  # the columns are in the order of the fields
