"""One person in a room."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from ..protocol import RecordingTerms, Role
from .connection import Connection

KEPT_SIGNALS = 200
"""Signals kept for a participant whose socket is away."""


def _initial_state() -> dict[str, Any]:
    return {"microphone": False, "camera": False, "screen": False, "connection": "new"}


@dataclass(eq=False)
class Participant:
    """A person who is in a room, with a socket or for a while without.

    :ivar session: one page load; kept over reconnections of its socket
    :ivar odoo_time: when Odoo let this page in, seconds since the epoch on Odoo's clock
    :ivar away_since: seconds since the epoch when the socket went, nothing while there is one
    :ivar away_until: event loop time at which the participant counts as lost
    """

    id: str
    role: Role
    name: str
    session: str
    terms: RecordingTerms
    odoo_time: float = 0.0
    connection: Connection | None = None
    state: dict[str, Any] = field(default_factory=_initial_state)
    away_since: float | None = None
    away_until: float | None = None
    kept_signals: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_SIGNALS))

    def tell(self, message: dict[str, Any]) -> None:
        """Send *message* if there is a socket: who comes back gets the whole state with its welcome."""
        if self.connection is not None:
            self.connection.send(message)

    def signal(self, message: dict[str, Any]) -> None:
        """Send *message*, or keep it until this page is back: an offer that got lost would block the call."""
        if self.connection is not None:
            self.connection.send(message)
        else:
            self.kept_signals.append(message)

    def seen_by(self, other: "Participant") -> dict[str, Any]:
        """This participant as *other* is told of it."""
        return {
            "id": self.id,
            "session": self.session,
            "role": self.role,
            "name": self.name,
            "state": dict(self.state),
            "polite": is_polite(other, towards=self),
        }


def is_polite(one: Participant, towards: Participant) -> bool:
    """Who yields when two offers cross (perfect negotiation, WebRTC 1.0 §10.7): never both, never neither."""
    rank = {"vet": 0, "owner": 1, "guest": 2}
    if one.role != towards.role:
        return rank[one.role] > rank[towards.role]
    return one.id < towards.id
