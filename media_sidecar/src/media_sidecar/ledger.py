"""Which recordings are on their way from the spool to Odoo, so that none is lost or told twice."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal, cast

from .database import Change
from .protocol import Role

Stage = Literal["starting", "recording", "finishing", "announced"]
"""``starting``: Odoo has not heard of it; ``announced``: Odoo knows all, the spool is not empty yet."""


@dataclass(frozen=True)
class Entry:
    """A recording on its way."""

    id: str
    room: str
    call: str
    stage: Stage
    roles: dict[str, Role]


def entries(connection: sqlite3.Connection) -> dict[str, Entry]:
    """Every recording on its way, by id."""
    rows = connection.execute("SELECT id, room, call, state, roles FROM recording")
    return {row[0]: Entry(row[0], row[1], row[2], cast(Stage, row[3]), json.loads(row[4])) for row in rows}


def expect(recording: str, room: str, call: str, roles: dict[str, Role]) -> Change:
    """*recording* is about to start."""
    values = (recording, room, call, "starting", json.dumps(roles))
    return lambda connection: connection.execute("INSERT INTO recording VALUES (?, ?, ?, ?, ?)", values)


def mark(recording: str, stage: Stage) -> Change:
    """*recording* has come to *stage*."""
    return lambda connection: connection.execute("UPDATE recording SET state = ? WHERE id = ?", (stage, recording))


def note_roles(recording: str, roles: dict[str, Role]) -> Change:
    """Who has been in *recording*, and as what."""
    return lambda connection: connection.execute(
        "UPDATE recording SET roles = ? WHERE id = ?", (json.dumps(roles), recording)
    )


def forget(recording: str) -> Change:
    """*recording* is no longer on its way."""
    return lambda connection: connection.execute("DELETE FROM recording WHERE id = ?", (recording,))
