"""The send-only connections on which browsers are recorded, as their owners name them."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from ..recording import BadOffer, RecordingRefused
from .messages import RecordOffer, Source
from .participant import Participant
from .studio import RecordingInProgress

MAX_LEGS_A_SESSION = 4
"""Camera and screen, each once more while a new one takes over."""
QUIET_REASONS = {
    "finished": "The recording has ended.",
    "stopped": "The recording was stopped.",
    "paused": "The recording is paused.",
}
"""Reasons after which a browser does not offer anew."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Leg:
    """One of a participant's connections to the recorder."""

    id: str
    key: str
    participant: Participant
    source: Source
    opening: asyncio.Task[None] | None = None


class Legs:
    """The legs of one recording.

    :param recording: where they lead
    :param max_bitrate: bit/s of a video leg
    """

    def __init__(self, recording: RecordingInProgress, max_bitrate: int) -> None:
        self._recording = recording
        self._max_bitrate = max_bitrate
        self._legs: dict[str, Leg] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        recording.on_leg_closed = self._closed_by_recorder

    def offer(self, participant: Participant, offer: RecordOffer) -> None:
        """Open a leg, in place of an earlier one of the same source; the answer follows when it is there."""
        mine = [leg for leg in self._legs.values() if leg.participant is participant]
        for leg in mine:
            if leg.source == offer.source:
                self._drop(leg)
        if len(mine) >= MAX_LEGS_A_SESSION:
            tell_closed(participant, offer.leg, "too_many", "Too many recording connections are open.")
            return
        key = f"{participant.session}-{offer.leg}"
        bitrate = min(self._max_bitrate, participant.terms.max_bitrate or self._max_bitrate)
        leg = Leg(offer.leg, key, participant, offer.source)
        self._legs[key] = leg
        leg.opening = self._spawn(self._open(leg, offer.sdp, bitrate))

    def close(self, participant: Participant, leg_id: str) -> None:
        """A browser ends one of its legs."""
        leg = self._legs.get(f"{participant.session}-{leg_id}")
        if leg is not None:
            self._drop(leg)

    def close_all_of(self, participant: Participant) -> None:
        """A page has gone, and its legs with it."""
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
            else:
                await self._recording.close_leg(leg.key)
            return
        if self._legs.pop(leg.key, None) is leg:
            tell_closed(leg.participant, leg.id, reason, message)

    def _drop(self, leg: Leg) -> None:
        del self._legs[leg.key]
        # A leg that is still opening is closed when it has been opened.
        if leg.opening is not None and leg.opening.done():
            self._spawn(self._recording.close_leg(leg.key))

    def _closed_by_recorder(self, key: str, reason: str) -> None:
        leg = self._legs.pop(key, None)
        if leg is not None:
            tell_closed(
                leg.participant, leg.id, reason, QUIET_REASONS.get(reason, "The recording connection was lost.")
            )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def tell_closed(participant: Participant, leg: str, reason: str, message: str) -> None:
    """Tell a browser that a leg is closed, and why."""
    participant.tell({"type": "record-closed", "leg": leg, "reason": reason, "message": message})
