"""What processing remembers of a file between two starts of the service: the table ``clip``.

A row is there while something is to be done, or might be asked for again; beside it, the table ``upload`` has the
state that uploads and processing share (:mod:`..uploads.ledger`).
"""

import dataclasses
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from pydantic import TypeAdapter

from ..database import Change
from .jobs import Inspection

Stage = Literal["check", "rendition", "rendition_failed"]
"""``check``: to be looked at and stored; ``rendition``: Odoo has the original, its rendition is to be made."""

_INSPECTION = TypeAdapter(Inspection)


@dataclass(frozen=True)
class Clip:
    """One row.

    :ivar attempts: how often a worker has begun the present stage
    :ivar inspection: there once the stage is past ``check``
    """

    media: str
    chat: str
    stage: Stage
    attempts: int
    inspection: Inspection | None


def find(connection: sqlite3.Connection, media: str) -> Clip | None:
    """What is remembered of *media*."""
    row = connection.execute(
        "SELECT media, chat, stage, attempts, inspection FROM clip WHERE media = ?", (media,)
    ).fetchone()
    if row is None:
        return None
    inspection = _INSPECTION.validate_json(row[4]) if row[4] else None
    return Clip(row[0], row[1], cast(Stage, row[2]), row[3], inspection)


def waiting_renditions(connection: sqlite3.Connection) -> list[str]:
    """Media whose rendition is still to be made."""
    return [media for (media,) in connection.execute("SELECT media FROM clip WHERE stage = 'rendition'")]


def begin_attempt(media: str, chat: str, stage: Stage) -> Callable[[sqlite3.Connection], int]:
    """A worker is about to begin *stage*; the change returns how often that has happened."""

    def work(connection: sqlite3.Connection) -> int:
        [attempts] = connection.execute(
            "INSERT INTO clip (media, chat, stage, attempts) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (media) DO UPDATE SET attempts = attempts + 1 RETURNING attempts",
            (media, chat, stage),
        ).fetchone()
        return int(attempts)

    return work


def forgive_attempt(media: str) -> Change:
    """The service ended the attempt itself, which says nothing about the file."""
    return lambda connection: connection.execute(
        "UPDATE clip SET attempts = MAX(0, attempts - 1) WHERE media = ?", (media,)
    )


def enter(media: str, chat: str, stage: Stage, inspection: Inspection | None = None) -> Change:
    """*media* has come to *stage*, of which nothing has been tried yet."""
    known = json.dumps(dataclasses.asdict(inspection)) if inspection is not None else None
    return lambda connection: connection.execute(
        "INSERT INTO clip (media, chat, stage, attempts, inspection) VALUES (?, ?, ?, 0, ?)"
        " ON CONFLICT (media) DO UPDATE SET stage = excluded.stage, attempts = 0,"
        " inspection = COALESCE(excluded.inspection, inspection)",
        (media, chat, stage, known),
    )


def forget(media: str) -> Change:
    """Nothing is left to be done for *media*."""
    return lambda connection: connection.execute("DELETE FROM clip WHERE media = ?", (media,))
