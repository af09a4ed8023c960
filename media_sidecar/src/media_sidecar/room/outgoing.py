"""What a room has decided: written to the disk first, said to browsers and Odoo after."""

import time
from collections.abc import Callable
from typing import Any

from ..database import Change, Database
from ..outbox import Outbox
from .participant import Participant


class Outgoing:
    """Collects what follows from one step of a room and lets it out at once.

    :param room: the room's key
    :param participants: who is there; the room keeps it up to date
    """

    def __init__(self, room: str, participants: dict[str, Participant], database: Database, outbox: Outbox) -> None:
        self.room = room
        self._participants = participants
        self._database = database
        self._outbox = outbox
        self._changes: list[Change] = []
        self._effects: list[Callable[[], None]] = []

    @property
    def is_empty(self) -> bool:
        """Nothing waits to be written or said."""
        return not self._changes and not self._effects

    def change(self, change: Change) -> None:
        """Write *change* with this step."""
        self._changes.append(change)

    def event(self, kind: str, data: dict[str, Any]) -> None:
        """Tell Odoo."""
        self._changes.append(self._outbox.event(self.room, kind, data, time.time()))

    def then(self, effect: Callable[[], None]) -> None:
        """Do *effect* after this step is on the disk."""
        self._effects.append(effect)

    def tell(self, participant: Participant, message: dict[str, Any]) -> None:
        """Send *message* to the socket that *participant* has now."""
        connection = participant.connection
        if connection is not None:
            self.then(lambda: connection.send(message))

    def broadcast(self, message: dict[str, Any], but: Participant | None = None) -> None:
        """Send *message* to everyone who is here now, except *but*."""
        for participant in self._participants.values():
            if participant is not but:
                self.tell(participant, message)

    async def flush(self) -> None:
        """Write, then say.

        :raises sqlite3.Error: when nothing could be written; everything stays for the next flush
        """
        changes, self._changes = self._changes, []
        effects, self._effects = self._effects, []
        try:
            if changes:
                await self._database.apply(changes)
        except BaseException:
            self._changes[:0], self._effects[:0] = changes, effects
            raise
        for effect in effects:
            effect()
        if changes:
            self._outbox.notify(self.room)
