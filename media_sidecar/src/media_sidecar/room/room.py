"""One room: who comes and goes, and the call that runs while two are there."""

import asyncio
import secrets
import time
import uuid
from typing import Any, Literal

from ..clock import iso
from ..protocol import RESUME_SECONDS, ResumeTicket, Role, RoomTicket, Seal
from ..version import PROTOCOL
from . import journal
from .connection import CloseCode, Connection
from .journal import Call, StoredRoom
from .messages import Signal, State
from .outgoing import Outgoing
from .participant import Participant
from .recording import RecorderCalls, Refusal, RoomRecording
from .studio import Studio

MAX_PARTICIPANTS = 4
"""Everyone is connected with everyone: more than this no phone can encode."""
EXPECTED_ROLES: frozenset[Role] = frozenset({"vet", "owner"})
"""Whose place nobody else takes, also while they are not here."""

LeaveReason = Literal["left", "lost", "replaced", "ended", "removed"]
EndReason = Literal["cancelled", "finished", "revoked"]


class Ended(Exception):
    """The room, or this page's place in it, is over for good.

    :ivar reason: as in the message ``ended``
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Room:
    """A room's people and its call. Whoever calls a method holds the room (:meth:`.rooms.Rooms.hold`).

    :param key: the room's key in tickets
    :param grace: seconds that a participant without a socket still counts as present
    :param recorder_calls: what the recorder tells by itself, outside of any hold
    """

    def __init__(
        self,
        key: str,
        outgoing: Outgoing,
        participants: dict[str, Participant],
        studio: Studio,
        seal: Seal,
        grace: float,
        recorder_calls: RecorderCalls,
    ) -> None:
        self.key = key
        self.participants = participants
        self.call: Call | None = None
        self.ended: tuple[float, str] | None = None
        """When Odoo ended it last, on Odoo's clock, and why: who was let in until then does not come back."""
        self.removed: dict[str, float] = {}
        """Whom Odoo has removed, and when, on Odoo's clock: nothing that they were given until then lets them in."""
        self.outgoing = outgoing
        self.recording = RoomRecording(participants, studio, outgoing, recorder_calls)
        self._seal = seal
        self._grace = grace
        self._short_since: float | None = None

    @property
    def is_idle(self) -> bool:
        """Nobody is here and nothing waits."""
        return not self.participants and self.call is None and self.outgoing.is_empty

    def deadline(self) -> float | None:
        """Event loop time at which the next absent participant counts as lost."""
        times = [person.away_until for person in self.participants.values() if person.away_until is not None]
        return min(times, default=None)

    def restore(self, stored: StoredRoom) -> None:
        """Take over what an earlier run left: everyone is away and has the grace to come back."""
        until = asyncio.get_running_loop().time() + self._grace
        for participant, last_seen in stored.participants:
            participant.away_since, participant.away_until = last_seen, until
            self.participants[participant.id] = participant
        self.call = stored.call
        if self.call is not None:
            last_seen_times = sorted((seen for _, seen in stored.participants), reverse=True)
            # A call lasts as long as two are there: until the second-last was seen.
            self._short_since = last_seen_times[1] if len(last_seen_times) > 1 else None
            self.recording.restore(stored)

    async def enter(self, ticket: RoomTicket, connection: Connection) -> Participant:
        """Let someone in, back in, or in again from a new page.

        :raises Ended: when the room is over, or another page of the same participant has taken over
        :raises Refusal: when the room is full
        """
        if self.ended is not None and ticket.odoo_time <= self.ended[0]:
            raise Ended(self.ended[1])
        if ticket.odoo_time <= self.removed.get(ticket.participant, float("-inf")):
            raise Ended("removed")
        known = self.participants.get(ticket.participant)
        session = ticket.session if isinstance(ticket, ResumeTicket) else secrets.token_hex(8)
        if isinstance(ticket, ResumeTicket) and known is not None and known.session != session:
            raise Ended("replaced")
        if known is None and not self._has_place_for(ticket.role):
            raise Refusal("room_full", f"A room holds {MAX_PARTICIPANTS} people, the vet and the owner among them.")
        if known is not None and known.session == session:
            participant = self._come_back(known, connection)
        else:
            participant = self._come_in(ticket, session, known)
            participant.connection = connection
        participant.odoo_time = ticket.odoo_time
        self._update_presence()
        self.outgoing.tell(participant, self._welcome(participant))
        for message in participant.kept_signals:
            self.outgoing.tell(participant, message)
        participant.kept_signals.clear()
        await self._begin_call_if_due()
        await self.recording.settle()
        return participant

    def detach(self, connection: Connection) -> None:
        """A socket has gone; its participant may come back within the grace."""
        for participant in self.participants.values():
            if participant.connection is connection:
                participant.connection = None
                participant.away_since = time.time()
                participant.away_until = asyncio.get_running_loop().time() + self._grace
                self.outgoing.change(journal.seen([(self.key, participant.id)], participant.away_since))
        self._update_presence()

    async def leave(self, participant: Participant) -> None:
        """Someone hangs up."""
        if self.participants.get(participant.id) is not participant:
            return
        self._remove(participant, "left")
        if participant.connection is not None:
            participant.connection.close(1000)
        await self._after_departure("left", time.time())

    async def expire(self) -> None:
        """Those who have been away for too long are lost."""
        now = asyncio.get_running_loop().time()
        lost = [
            person
            for person in self.participants.values()
            if person.away_until is not None and person.away_until <= now
        ]
        is_short = self.call is not None and len(self.participants) < 2
        if not lost and not is_short:
            return
        ended_at = self._short_since or time.time()
        for participant in lost:
            self._remove(participant, "lost")
        await self._after_departure("lost", ended_at)

    async def end(self, reason: EndReason, at: float) -> bool:
        """Odoo closes the room.

        :param at: seconds since the epoch on Odoo's clock, by which its tickets are dated too
        :return: whether anyone or a call was in it
        """
        was_open = bool(self.participants) or self.call is not None
        at = max(at, self.ended[0]) if self.ended is not None else at
        self.ended = (at, reason)
        self.outgoing.change(journal.end_room(self.key, reason, at))
        for participant in list(self.participants.values()):
            connection = participant.connection
            self._remove(participant, "ended", quietly=True)
            if connection is not None:
                connection.close(CloseCode.ROOM_ENDED, {"type": "ended", "reason": reason})
        await self._end_call(reason, time.time())
        return was_open

    async def remove(self, participant_id: str, at: float) -> bool:
        """Odoo sends one participant out, for good; the others stay.

        :param at: seconds since the epoch on Odoo's clock, by which its tickets are dated too
        :return: whether they were in it
        """
        at = max(at, self.removed.get(participant_id, at))
        self.removed[participant_id] = at
        self.outgoing.change(journal.remove_participant(self.key, participant_id, at))
        participant = self.participants.get(participant_id)
        if participant is None:
            return False
        connection = participant.connection
        self._remove(participant, "removed")
        if connection is not None:
            connection.close(CloseCode.ROOM_ENDED, {"type": "ended", "reason": "removed"})
        await self._after_departure("removed", time.time())
        return True

    def relay(self, sender: Participant, signal: Signal) -> bool:
        """Pass a description or candidate on; false when its receiver's page is not here any more."""
        receiver = self.participants.get(signal.to)
        if receiver is None or receiver.session != signal.to_session or receiver is sender:
            return False
        origin = {"type": "signal", "from": sender.id, "from_session": sender.session}
        receiver.signal(origin | signal.payload())
        return True

    def update_state(self, participant: Participant, state: State) -> None:
        """Tell the others what a participant's microphone, camera, screen and connection do."""
        participant.state.update(state.model_dump(exclude={"type"}, exclude_none=True))
        if state.screen is False:
            self.recording.screen_ended(participant)
        message = {"type": "participant", "id": participant.id, "state": dict(participant.state)}
        self.outgoing.broadcast(message, but=participant)

    def _come_back(self, participant: Participant, connection: Connection) -> Participant:
        if participant.connection is not None:
            # The same page on a new socket: the old one is dead, or soon will be.
            participant.connection.close(CloseCode.GOING_AWAY)
        participant.connection = connection
        participant.away_since = participant.away_until = None
        self.outgoing.change(journal.enter(self.key, participant))
        return participant

    def _come_in(self, ticket: RoomTicket, session: str, replaced: Participant | None) -> Participant:
        participant = Participant(ticket.participant, ticket.role, ticket.name, session, ticket.recording)
        if replaced is not None:
            self.recording.page_gone(replaced)
            if replaced.connection is not None:
                replaced.connection.close(CloseCode.REPLACED, {"type": "ended", "reason": "replaced"})
            message = {"type": "participant-left", "id": replaced.id, "session": replaced.session, "reason": "replaced"}
            self.outgoing.broadcast(message, but=replaced)
        self.participants[participant.id] = participant
        self.recording.page_came(participant)
        self.outgoing.change(journal.enter(self.key, participant))
        if replaced is None:
            self.outgoing.event("participant.joined", {"participant": participant.id, "role": participant.role})
        for other in self.participants.values():
            if other is not participant:
                self.outgoing.tell(other, {"type": "participant-joined", "participant": participant.seen_by(other)})
        return participant

    def _remove(self, participant: Participant, reason: LeaveReason, quietly: bool = False) -> None:
        del self.participants[participant.id]
        self.recording.page_gone(participant)
        self.outgoing.change(journal.leave(self.key, participant.id))
        self.outgoing.event("participant.left", {"participant": participant.id, "reason": reason})
        if not quietly:
            message = {
                "type": "participant-left",
                "id": participant.id,
                "session": participant.session,
                "reason": reason,
            }
            self.outgoing.broadcast(message)

    async def _after_departure(self, reason: str, at: float) -> None:
        self._update_presence()
        if len(self.participants) < 2:
            await self._end_call(reason, at)
        await self.recording.settle()

    async def _begin_call_if_due(self) -> None:
        if self.call is not None or self._connected() < 2:
            return
        self.call = Call(uuid.uuid4().hex, time.time())
        people = [{"participant": person.id, "role": person.role} for person in self.participants.values()]
        self.outgoing.change(journal.begin_call(self.key, self.call))
        self.outgoing.event("call.started", {"call": self.call.id, "participants": people})
        self.outgoing.broadcast({"type": "call", "call": self._call_info()})
        for participant in self.participants.values():
            self.outgoing.tell(participant, {"type": "resume", "resume": self._resume_token(participant)})
        await self.recording.begin_call(self.call)

    async def _end_call(self, reason: str, at: float) -> None:
        if self.call is None:
            return
        call, self.call = self.call, None
        await self.recording.end_call()
        times = {"started_at": iso(call.started_at), "ended_at": iso(max(at, call.started_at))}
        self.outgoing.change(journal.end_call(self.key))
        self.outgoing.event("call.ended", {"call": call.id, **times, "reason": reason})
        self.outgoing.broadcast({"type": "call", "call": None})

    def _has_place_for(self, role: Role) -> bool:
        missing = EXPECTED_ROLES - {role} - {participant.role for participant in self.participants.values()}
        return len(self.participants) + 1 + len(missing) <= MAX_PARTICIPANTS

    def _connected(self) -> int:
        return sum(1 for participant in self.participants.values() if participant.connection is not None)

    def _update_presence(self) -> None:
        if self._connected() >= 2:
            self._short_since = None
        elif self._short_since is None:
            self._short_since = time.time()

    def _welcome(self, participant: Participant) -> dict[str, Any]:
        others = [other.seen_by(participant) for other in self.participants.values() if other is not participant]
        return {
            "type": "welcome",
            "self": {"id": participant.id, "session": participant.session},
            "resume": self._resume_token(participant),
            "participants": others,
            "call": self._call_info(),
            "recording": self.recording.snapshot(),
            "server_time": iso(time.time()),
        }

    def _call_info(self) -> dict[str, Any] | None:
        return {"id": self.call.id, "started_at": iso(self.call.started_at)} if self.call else None

    def _resume_token(self, participant: Participant) -> str:
        now = time.time()
        ticket = ResumeTicket(
            v=PROTOCOL,
            iat=now,
            exp=now + RESUME_SECONDS,
            jti=secrets.token_hex(8),
            room=self.key,
            participant=participant.id,
            role=participant.role,
            name=participant.name,
            recording=participant.terms,
            session=participant.session,
            room_ticket_iat=participant.odoo_time,
        )
        return self._seal.issue(ticket)
