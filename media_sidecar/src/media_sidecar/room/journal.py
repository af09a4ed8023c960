"""What survives a restart: who was in which room, which call runs, which rooms are over."""

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from ..database import Change
from ..protocol import RESUME_SECONDS, RecordingTerms, Role
from .participant import Participant


@dataclass(frozen=True)
class Call:
    """A stretch of a consultation in which two people were present at once.

    :ivar started_at: seconds since the epoch
    """

    id: str
    started_at: float


@dataclass
class StoredRoom:
    """A room as an earlier run left it."""

    participants: list[tuple[Participant, float]] = field(default_factory=list)
    """with the time each was last seen, seconds since the epoch"""
    call: Call | None = None
    recording_wanted: bool = False
    grants: dict[str, set[str]] = field(default_factory=dict)
    """ids of the consents that each participant has shown"""
    spent: set[str] = field(default_factory=set)
    """ids of the consents that do not count again"""


def load(connection: sqlite3.Connection) -> dict[str, StoredRoom]:
    """Every room that was open, by key."""
    rooms: dict[str, StoredRoom] = {}
    for room, participant, session, role, name, terms, last_seen in connection.execute(
        "SELECT room, participant, session, role, name, terms, last_seen FROM presence"
    ):
        person = Participant(participant, cast(Role, role), name, session, RecordingTerms.model_validate_json(terms))
        rooms.setdefault(room, StoredRoom()).participants.append((person, last_seen))
    for room, call, started_at, wanted in connection.execute(
        "SELECT room, id, started_at, recording_wanted FROM open_call"
    ):
        stored = rooms.setdefault(room, StoredRoom())
        stored.call, stored.recording_wanted = Call(call, started_at), bool(wanted)
    for room, participant, consent in connection.execute("SELECT room, participant, consent FROM granted_consent"):
        if room in rooms:
            rooms[room].grants.setdefault(participant, set()).add(consent)
    for room, consent in connection.execute("SELECT room, consent FROM withdrawn_consent"):
        if room in rooms:
            rooms[room].spent.add(consent)
    return rooms


def load_ended(connection: sqlite3.Connection) -> dict[str, tuple[float, str]]:
    """Rooms that are over, with when and why, as long as a resume token for them may be about."""
    connection.execute("DELETE FROM ended_room WHERE ended_at < ?", (time.time() - 2 * RESUME_SECONDS,))
    rows = connection.execute("SELECT room, ended_at, reason FROM ended_room")
    return {room: (ended_at, reason) for room, ended_at, reason in rows}


def load_removed(connection: sqlite3.Connection) -> dict[str, dict[str, float]]:
    """Who was removed from which room, and when, as long as a resume token of theirs may be about."""
    connection.execute("DELETE FROM removed_participant WHERE removed_at < ?", (time.time() - 2 * RESUME_SECONDS,))
    removed: dict[str, dict[str, float]] = {}
    for room, participant, removed_at in connection.execute(
        "SELECT room, participant, removed_at FROM removed_participant"
    ):
        removed.setdefault(room, {})[participant] = removed_at
    return removed


def enter(room: str, participant: Participant) -> Change:
    """*participant* is in *room*."""
    values = (
        room,
        participant.id,
        participant.session,
        participant.role,
        participant.name,
        participant.terms.model_dump_json(),
        time.time(),
    )
    return lambda connection: connection.execute("INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def seen(people: Iterable[tuple[str, str]], at: float) -> Change:
    """Each (room, participant) was there at *at*, seconds since the epoch."""
    rows = [(at, room, participant) for room, participant in people]
    return lambda connection: connection.executemany(
        "UPDATE presence SET last_seen = ? WHERE room = ? AND participant = ?", rows
    )


def leave(room: str, participant: str) -> Change:
    """*participant* is no longer in *room*."""
    return lambda connection: connection.execute(
        "DELETE FROM presence WHERE room = ? AND participant = ?", (room, participant)
    )


def begin_call(room: str, call: Call) -> Change:
    """*call* runs in *room*."""
    values = (room, call.id, call.started_at)
    return lambda connection: connection.execute("INSERT OR REPLACE INTO open_call VALUES (?, ?, ?, 0)", values)


def want_recording(room: str, wanted: bool) -> Change:
    """The running call of *room* is to be recorded, or no longer."""
    return lambda connection: connection.execute(
        "UPDATE open_call SET recording_wanted = ? WHERE room = ?", (wanted, room)
    )


def grant_consent(room: str, participant: str, consent: str) -> Change:
    """*participant* agrees to a recording of the running call of *room*."""
    return lambda connection: connection.execute(
        "INSERT OR IGNORE INTO granted_consent VALUES (?, ?, ?)", (room, participant, consent)
    )


def spend_consents(room: str, consents: Iterable[str]) -> Change:
    """Each of *consents* to a recording of the running call of *room* does not count again."""
    rows = [(room, consent) for consent in consents]
    return lambda connection: connection.executemany("INSERT OR IGNORE INTO withdrawn_consent VALUES (?, ?)", rows)


def end_call(room: str) -> Change:
    """No call runs in *room*."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM open_call WHERE room = ?", (room,))
        connection.execute("DELETE FROM granted_consent WHERE room = ?", (room,))
        connection.execute("DELETE FROM withdrawn_consent WHERE room = ?", (room,))

    return work


def end_room(room: str, reason: str, at: float) -> Change:
    """*room* is over since *at*, seconds since the epoch on Odoo's clock."""
    return lambda connection: connection.execute(
        "INSERT OR REPLACE INTO ended_room VALUES (?, ?, ?)", (room, reason, at)
    )


def remove_participant(room: str, participant: str, at: float) -> Change:
    """*participant* was removed from *room* at *at*, seconds since the epoch on Odoo's clock."""
    return lambda connection: connection.execute(
        "INSERT OR REPLACE INTO removed_participant VALUES (?, ?, ?)", (room, participant, at)
    )
