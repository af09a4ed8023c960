"""When a room's call is recorded: the vet asks, everyone present agrees, a late joiner pauses it, anyone ends it."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .. import ledger
from ..clock import iso
from ..protocol import ConsentTicket, Role
from ..recording import RecordingRefused
from . import journal
from .consent import ConsentBook, ConsentSpent
from .journal import Call, StoredRoom
from .legs import QUIET_REASONS, Legs, tell_closed
from .messages import RecordOffer
from .outgoing import Outgoing
from .participant import Participant
from .studio import RecordingInProgress, Studio

State = Literal["off", "asking", "recording", "paused", "refused", "unavailable"]

FAILED_MESSAGE = "The recording has stopped because of a fault. What was recorded until then is kept."

log = logging.getLogger(__name__)


class Refusal(Exception):
    """Something that a participant may not do now, as the participant is told."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class RecorderCalls:
    """What the recorder tells a room by itself.

    :ivar failed: it gave up, with the reason
    :ivar parts_changed: a part of the recording is missing, or is there again
    """

    failed: Callable[[str], None]
    parts_changed: Callable[[], None]


class RoomRecording:
    """The recording state of one room.

    Every public method runs while the room is held and ends in :meth:`settle`, which does what the state of things
    asks for.

    :param participants: who is present, also those whose socket is away; the room keeps it up to date
    :param calls: called by the recorder
    """

    def __init__(
        self,
        participants: Mapping[str, Participant],
        studio: Studio,
        outgoing: Outgoing,
        calls: RecorderCalls,
    ) -> None:
        self.state: State = "off"
        self.consent = ConsentBook()
        self._participants = participants
        self._studio = studio
        self._outgoing = outgoing
        self._calls = calls
        self._call: Call | None = None
        self._wanted = False
        self._rest: State = "off"
        self._reason: str | None = None
        self._message: str | None = None
        self._active: RecordingInProgress | None = None
        self._legs: Legs | None = None
        self._roles: dict[str, Role] = {}
        self._told: dict[str, Any] = self.snapshot()

    @property
    def is_active(self) -> bool:
        """A recording runs, or is paused."""
        return self._active is not None

    def snapshot(self) -> dict[str, Any]:
        """The state as browsers are told of it."""
        asked = self._call is not None and self.state in ("asking", "paused")
        reason, message = self._reason, self._message
        if self.state == "recording" and self._legs is not None:
            reason, message = self._legs.missing_parts(self._participants)
        return {
            "state": self.state,
            "id": self._active.id if self._active else None,
            "started_at": iso(self._active.started_at) if self._active else None,
            "reason": reason,
            "message": message,
            "missing": self.consent.missing(self._participants) if asked else [],
            "refused": self.consent.refused(self._participants) if self._call else [],
        }

    async def begin_call(self, call: Call) -> None:
        """A call has begun; under the policy ``always`` it is to be recorded."""
        self._call = call
        policies = {participant.terms.policy for participant in self._participants.values()}
        if "always" in policies and "never" not in policies:
            self._want(True)
        await self.settle()

    def restore(self, stored: StoredRoom) -> None:
        """Go on with a call of an earlier run: who is here shows the consent again."""
        self._call, self._wanted = stored.call, stored.recording_wanted
        self.consent.restore(stored.grants, stored.spent)
        self.state = "asking" if self._wanted else "off"
        self._told = self.snapshot()

    async def end_call(self) -> None:
        """The call is over, and with it the recording and everyone's consent."""
        self._rest_as("off", "call_ended")
        self._call = None
        self.consent.clear()
        await self.settle()

    async def request(self, participant: Participant) -> None:
        """The vet asks for a recording.

        :raises Refusal: when it may not be asked for
        """
        if participant.role != "vet":
            raise Refusal("not_allowed", "Only the vet can ask for a recording.")
        if participant.terms.policy == "never":
            raise Refusal("recording_not_allowed", "Consultations of this type are not recorded.")
        if self._call is None:
            raise Refusal("no_call", "A recording can start as soon as the other person is here.")
        if not self._wanted:
            self.consent.ask_again()
            self._want(True)
        await self.settle()

    async def stop(self, participant: Participant) -> None:
        """The vet ends the recording, or the asking.

        :raises Refusal: when someone else tries
        """
        if participant.role != "vet":
            raise Refusal("not_allowed", "Only the vet can stop a recording. You can withdraw your consent.")
        self._rest_as("off", "stopped")
        await self.settle()

    async def decide(self, participant: Participant, answer: ConsentTicket) -> None:
        """A participant shows the answer that Odoo has stored.

        :raises Refusal: when the answer is for something else or no longer counts
        """
        if answer.room != self._outgoing.room or answer.participant != participant.id:
            raise Refusal("consent_mismatch", "This consent was given by someone else or in another room.")
        if self._call is None or answer.call != self._call.id:
            raise Refusal("consent_other_call", "This consent was given for another call.")
        granted, consent = answer.decision == "granted", str(answer.consent)
        try:
            spent = self.consent.decide(participant.id, granted, consent)
        except ConsentSpent:
            raise Refusal("consent_spent", "This consent no longer counts. Please answer again.") from None
        if granted:
            self._outgoing.change(journal.grant_consent(self._outgoing.room, participant.id, consent))
        if spent:
            self._outgoing.change(journal.spend_consents(self._outgoing.room, spent))
        await self.settle()

    async def withdraw(self, participant: Participant) -> None:
        """A participant no longer agrees: the recording ends at once."""
        if self._call is None:
            return
        spent = self.consent.withdraw(participant.id)
        if spent is not None:
            self._outgoing.change(journal.spend_consents(self._outgoing.room, spent))
            self._outgoing.event("consent.withdrawn", {"call": self._call.id, "participant": participant.id})
        if self._wanted:
            self._rest_as("refused", "withdrawn")
        await self.settle()

    async def failed(self, reason: str) -> None:
        """The recorder gave up."""
        log.error("recording failed", extra={"room": self._outgoing.room, "reason": reason})
        self._rest_as("unavailable", "failed", FAILED_MESSAGE)
        await self.settle()

    def offer(self, participant: Participant, offer: RecordOffer) -> None:
        """A browser opens a leg; it is told whether it may."""
        if self._legs is not None and self.state == "recording":
            self._legs.offer(participant, offer)
        else:
            reason = "paused" if self.state == "paused" else "stopped"
            tell_closed(participant, offer.leg, reason, QUIET_REASONS[reason])

    def close_leg(self, participant: Participant, leg: str) -> None:
        """A browser ends a leg."""
        if self._legs is not None:
            self._legs.close(participant, leg)

    def screen_ended(self, participant: Participant) -> None:
        """A participant no longer shares the screen: it is not missing either."""
        if self._legs is not None:
            self._legs.no_longer_wanted(participant, "screen")

    def page_came(self, participant: Participant) -> None:
        """A participant is here on a new page, perhaps of another device: nothing is recorded until it has agreed."""
        self.consent.forget_grant(participant.id)
        if self._wanted and self.consent.missing(self._participants):
            self._hold()

    def page_gone(self, participant: Participant) -> None:
        """A participant has left, or came back as another page."""
        if self._legs is not None:
            self._legs.close_all_of(participant)

    def interrupt(self) -> None:
        """The service stops: finish what there is; the call goes on and so does the wish to record it."""
        self._finish("restarted")

    async def settle(self) -> None:
        """Do what the wish, the call and the consents of those present ask for, and say what has changed."""
        if self._wanted and self._call is not None:
            if self.consent.refused(self._participants):
                self._rest_as("refused", "refused")
            elif self.consent.missing(self._participants):
                self._hold()
            else:
                await self._record(self._call)
        if not self._wanted:
            self.state = self._rest
        self._tell()

    def _hold(self) -> None:
        if self._active is not None:
            self._active.pause()
            if self._legs is not None:
                self._legs.forget_missing_parts()
            self.state = "paused"
        else:
            self.state = "asking"

    async def _record(self, call: Call) -> None:
        if self._active is not None:
            self._active.resume()
            self._note_roles(self._active)
        else:
            try:
                await self._start(call)
            except RecordingRefused as refusal:
                self._rest_as("unavailable", refusal.reason_code, refusal.message)
                return
            except Exception:
                log.exception("recording not started", extra={"room": self._outgoing.room})
                self._rest_as("unavailable", "failed", "The recording could not be started. The call goes on.")
                return
        self.state = "recording"

    async def _start(self, call: Call) -> None:
        room, recording_id = self._outgoing.room, uuid.uuid4().hex
        self._roles = self._present_roles()
        # On the disk before the first file: what a crash leaves in the spool has an owner.
        await self._studio.database.run(ledger.expect(recording_id, room, call.id, self._roles))
        try:
            recording = await self._studio.recorder.start(recording_id, room, call.id, legs=len(self._roles))
        except BaseException:
            await self._studio.database.run(ledger.forget(recording_id))
            raise
        recording.on_failed = self._calls.failed
        self._active = recording
        self._legs = Legs(recording, self._studio.max_bitrate, self._calls.parts_changed)
        self._outgoing.change(ledger.mark(recording_id, "recording"))
        self._outgoing.event("recording.started", {"recording": recording_id, "call": call.id})

    def _rest_as(self, state: State, reason: str, message: str | None = None) -> None:
        """Record no more: *state* is what people see from now on, *reason* why."""
        self._rest = state
        self._reason = None if state == "off" else reason
        self._message = message
        self._want(False)
        self._finish(reason)

    def _want(self, wanted: bool) -> None:
        if wanted:
            self._rest, self._reason, self._message = "off", None, None
        if wanted != self._wanted:
            self._wanted = wanted
            self._outgoing.change(journal.want_recording(self._outgoing.room, wanted))

    def _finish(self, reason: str) -> None:
        recording, legs, self._active, self._legs = self._active, self._legs, None, None
        if recording is None or legs is None or self._call is None:
            return
        legs.end("stopped" if reason == "stopped" else "finished")
        recording.on_failed = None
        self._outgoing.change(ledger.mark(recording.id, "finishing"))
        self._outgoing.event("recording.stopped", {"recording": recording.id, "call": self._call.id, "reason": reason})
        told = asyncio.Event()
        self._outgoing.then(told.set)
        self._studio.deliver(recording, told)

    def _present_roles(self) -> dict[str, Role]:
        return {participant.id: participant.role for participant in self._participants.values()}

    def _note_roles(self, recording: RecordingInProgress) -> None:
        roles = self._roles | self._present_roles()
        if roles != self._roles:
            self._roles = roles
            self._outgoing.change(ledger.note_roles(recording.id, roles))

    def _tell(self) -> None:
        snapshot = self.snapshot()
        if snapshot != self._told:
            self._told = snapshot
            self._outgoing.broadcast({"type": "recording", "recording": snapshot})
