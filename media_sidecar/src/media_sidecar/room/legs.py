"""The send-only connections on which browsers are recorded, as their owners name them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from ..recording import BadOffer, RecordingRefused
from .messages import RecordOffer, Source
from .participant import Participant
from .studio import RecordingInProgress

QUIET_REASONS = {
    "finished": "The recording has ended.",
    "stopped": "The recording was stopped.",
    "paused": "The recording is paused.",
}
"""Reasons after which a browser does not offer anew."""
_LOST = "The recording connection was lost."
_BROWSER_REASONS = ("closed_by_sender", "closed", "replaced")
"""Ends that the browser has brought about; it offers anew where it should."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Leg:
    """One of a participant's connections to the recorder."""

    id: str
    key: str
    participant: Participant
    source: Source
    opening: asyncio.Task[None] | None = None


@dataclass(frozen=True)
class MissingPart:
    """Why a source that should be recorded is not."""

    reason: str
    message: str


class Legs:
    """The legs of one recording.

    :param recording: where they lead
    :param max_bitrate: bit/s of a video leg
    :param on_parts_changed: called when :meth:`missing_parts` answers differently
    """

    def __init__(self, recording: RecordingInProgress, max_bitrate: int, on_parts_changed: Callable[[], None]) -> None:
        self._recording = recording
        self._max_bitrate = max_bitrate
        self._on_parts_changed = on_parts_changed
        self._legs: dict[str, Leg] = {}
        self._missing: dict[tuple[str, Source], MissingPart] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        recording.on_leg_closed = self._closed_by_recorder

    def offer(self, participant: Participant, offer: RecordOffer) -> None:
        """Open a leg, in place of an earlier one of the same source; the answer follows when it is there."""
        for leg in list(self._legs.values()):
            if leg.participant is participant and leg.source == offer.source:
                self._drop(leg)
        key = f"{participant.session}-{offer.leg}"
        bitrate = min(self._max_bitrate, participant.terms.max_bitrate or self._max_bitrate)
        leg = Leg(offer.leg, key, participant, offer.source)
        self._legs[key] = leg
        leg.opening = self._spawn(self._open(leg, offer.sdp, bitrate))

    def missing_parts(self, participants: Mapping[str, Participant]) -> tuple[str | None, str | None]:
        """Why a part of what those present send is not recorded: a word for programs and a sentence for everyone."""
        missing = [(who, source, part) for (who, source), part in self._missing.items() if who in participants]
        if not missing:
            return None, None
        sentences = [
            f"The {source} of {participants[who].name or participants[who].role} is not being recorded. {part.message}"
            for who, source, part in missing
        ]
        return missing[0][2].reason, " ".join(sentences)

    def forget_missing_parts(self) -> None:
        """The browsers open all legs anew."""
        self._missing.clear()

    def no_longer_wanted(self, participant: Participant, source: Source) -> None:
        """A source has ended, or is recorded: it is not missing."""
        if self._missing.pop((participant.id, source), None) is not None:
            self._on_parts_changed()

    def close(self, participant: Participant, leg_id: str) -> None:
        """A browser ends one of its legs."""
        leg = self._legs.get(f"{participant.session}-{leg_id}")
        if leg is not None:
            self._drop(leg)

    def close_all_of(self, participant: Participant) -> None:
        """A page has gone, and its legs with it."""
        self.no_longer_wanted(participant, "camera")
        self.no_longer_wanted(participant, "screen")
        for leg in [leg for leg in self._legs.values() if leg.participant is participant]:
            self._drop(leg)

    def end(self, reason: str) -> None:
        """The recording is over: say so on every leg. The recording closes the connections itself."""
        for leg in self._legs.values():
            tell_closed(leg.participant, leg.id, reason, QUIET_REASONS[reason])
        self._legs.clear()
        self._recording.on_leg_closed = None

    async def _open(self, leg: Leg, sdp: str, bitrate: int) -> None:
        reason, message = "failed", "The recording connection could not be made."
        try:
            answer = await self._recording.open_leg(
                leg.key, leg.participant.id, leg.source, sdp, max_bitrate=bitrate, ice_servers=[]
            )
        except RecordingRefused as refusal:
            reason, message = refusal.reason_code, refusal.message
        except BadOffer as error:
            reason, message = "bad_offer", str(error)
        except Exception:
            log.exception("leg not opened", extra={"recording": self._recording.id, "leg": leg.key})
        else:
            if self._legs.get(leg.key) is leg:
                leg.participant.tell({"type": "record-answer", "leg": leg.id, "sdp": answer})
                self.no_longer_wanted(leg.participant, leg.source)
            else:
                await self._recording.close_leg(leg.key)
            return
        if self._legs.pop(leg.key, None) is leg:
            tell_closed(leg.participant, leg.id, reason, message)
            self._miss(leg, reason, message)

    def _drop(self, leg: Leg) -> None:
        del self._legs[leg.key]
        # A leg that is still opening is closed when it has been opened.
        if leg.opening is not None and leg.opening.done():
            self._spawn(self._recording.close_leg(leg.key))

    def _closed_by_recorder(self, key: str, reason: str) -> None:
        leg = self._legs.pop(key, None)
        if leg is not None:
            message = QUIET_REASONS.get(reason, _LOST)
            tell_closed(leg.participant, leg.id, reason, message)
            self._miss(leg, reason, message)

    def _miss(self, leg: Leg, reason: str, message: str) -> None:
        if reason not in QUIET_REASONS and reason not in _BROWSER_REASONS:
            self._missing[leg.participant.id, leg.source] = MissingPart(reason, message)
            self._on_parts_changed()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def tell_closed(participant: Participant, leg: str, reason: str, message: str) -> None:
    """Tell a browser that a leg is closed, and why."""
    participant.tell({"type": "record-closed", "leg": leg, "reason": reason, "message": message})
