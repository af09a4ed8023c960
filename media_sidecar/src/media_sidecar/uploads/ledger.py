"""Every upload on its way, from the first request until its media is in the store: the table ``upload``.

Each change is one part of a transaction, so that an event for Odoo is written together with the state it tells of.
"""

import json
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from ..database import Change
from ..protocol import UploadTicket

State = Literal["receiving", "received", "processing", "stored", "done", "failed", "discarded"]
"""``receiving``: bytes are missing; ``received``: whole, hashed and Odoo will hear of it; ``discarded``: it was
cancelled, deleted or given up, and its bytes are gone. A ``failed`` one without ``sha256`` was refused while it came
in and its bytes are gone too."""

PART_NAME = "original.part"

_COLUMNS = (
    "media, chat, size, filename, declared_mime, types, max_bytes, state, received_bytes, kind, mime, extension,"
    " sha256, created_at, touched_at, failure_code, failure"
)
_TYPES = 5
"""The place of ``types``, which is kept as JSON."""


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
    :ivar created_at: seconds since the epoch; ``touched_at`` likewise, when the state last changed or bytes last came
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

    @property
    def was_refused(self) -> bool:
        """Whether it failed before it was whole."""
        return self.state == "failed" and self.sha256 is None

    @property
    def is_over(self) -> bool:
        """Whether its bytes are of no use any more."""
        return self.state in ("done", "discarded") or self.was_refused


def beginning(ticket: UploadTicket) -> Upload:
    """The upload that *ticket* is for, before its first byte."""
    now = time.time()
    return Upload(
        media=ticket.media,
        chat=ticket.chat,
        size=ticket.size,
        filename=ticket.filename,
        declared_mime=ticket.mime,
        types=list(ticket.types),
        max_bytes=ticket.max_bytes,
        state="receiving",
        received_bytes=0,
        kind=None,
        mime=None,
        extension=None,
        sha256=None,
        created_at=now,
        touched_at=now,
        failure_code=None,
        failure=None,
    )


def tombstone(media: str) -> Upload:
    """What stands for a media that was deleted before anything of it came."""
    nothing = UploadTicket(v=0, iat=0, exp=0, chat="-", media=media, max_bytes=1, size=0)
    return replace(beginning(nothing), state="discarded")


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


def count_in(connection: sqlite3.Connection, state: State) -> int:
    """How many uploads are in *state*."""
    [count] = connection.execute("SELECT COUNT(*) FROM upload WHERE state = ?", (state,)).fetchone()
    return int(count)


def all_of(connection: sqlite3.Connection) -> list[Upload]:
    """Every upload."""
    return [_parse(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM upload")]  # noqa: S608


def begin(upload: Upload) -> Change:
    """*upload* may come in; nothing where there is one of this name already."""
    values = [getattr(upload, name.strip()) for name in _COLUMNS.split(",")]
    values[_TYPES] = json.dumps(upload.types)
    places = ", ".join("?" * len(values))
    statement = f"INSERT OR IGNORE INTO upload ({_COLUMNS}) VALUES ({places})"  # noqa: S608
    return lambda connection: connection.execute(statement, values)


def keep(media: str, received_bytes: int) -> Change:
    """So many bytes of *media* are on the disk; only where that is more than before has it come on."""
    now = time.time()
    return lambda connection: connection.execute(
        "UPDATE upload SET touched_at = CASE WHEN ? > received_bytes THEN ? ELSE touched_at END, received_bytes = ?"
        " WHERE media = ?",
        (received_bytes, now, received_bytes, media),
    )


def recognise(media: str, kind: str, mime: str, extension: str) -> Change:
    """The first bytes of *media* say what it is."""
    return lambda connection: connection.execute(
        "UPDATE upload SET kind = ?, mime = ?, extension = ? WHERE media = ?", (kind, mime, extension, media)
    )


def complete(media: str, sha256: str) -> Change:
    """Every byte of *media* is on the disk."""
    now = time.time()
    return lambda connection: connection.execute(
        "UPDATE upload SET state = 'received', sha256 = ?, touched_at = ? WHERE media = ?", (sha256, now, media)
    )


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


def missing_bytes(connection: sqlite3.Connection, since: float) -> int:
    """What the uploads that have come on *since* (seconds since the epoch) still lack."""
    [total] = connection.execute(
        "SELECT COALESCE(SUM(size - received_bytes), 0) FROM upload WHERE state = 'receiving' AND touched_at >= ?",
        (since,),
    ).fetchone()
    return int(total)


def forget_settled(before: float) -> Change:
    """Nobody asks any more for what ended *before* (seconds since the epoch)."""
    return lambda connection: connection.execute(
        "DELETE FROM upload WHERE touched_at < ?"
        " AND (state IN ('done', 'discarded') OR (state = 'failed' AND sha256 IS NULL))",
        (before,),
    )


def _parse(row: tuple[object, ...]) -> Upload:
    values = list(row)
    values[_TYPES] = json.loads(cast(str, values[_TYPES]))
    return Upload(*values)  # type: ignore[arg-type]  # the columns are in the order of the fields
