"""The WebSocket of a room: hello, then messages both ways until one side ends it."""

import asyncio
import logging
import time
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..metrics import Metrics
from ..protocol import ConsentTicket, ResumeTicket, RoomTicket, Seal, TicketRefused
from ..version import PROTOCOL
from . import messages
from .connection import CloseCode, Connection
from .messages import BadMessage, Message
from .participant import Participant
from .recording import Refusal
from .room import Ended
from .rooms import Rooms

HELLO_SECONDS = 10.0
MESSAGES_A_SECOND = 30.0
BURST_MESSAGES = 300
"""Gathering candidates on every interface of two connections stays far below."""

log = logging.getLogger(__name__)


class MessageBudget:
    """How many messages a socket may still send (token bucket)."""

    def __init__(self) -> None:
        self._left = float(BURST_MESSAGES)
        self._at = time.monotonic()

    def spend(self) -> bool:
        """Take one; false when there is none left."""
        now = time.monotonic()
        self._left = min(BURST_MESSAGES, self._left + (now - self._at) * MESSAGES_A_SECOND) - 1
        self._at = now
        return self._left >= 0


@dataclass
class RoomSocket:
    """Serves sockets.

    :param origins: browser origins that may connect
    """

    rooms: Rooms
    seal: Seal
    metrics: Metrics
    origins: frozenset[str]
    hello_seconds: float = HELLO_SECONDS

    async def serve(self, websocket: WebSocket) -> None:
        """One socket from its opening to its end. Refusals are told by close codes, which a browser can read."""
        await websocket.accept()
        connection = Connection(websocket)
        if websocket.headers.get("origin", "").lower() not in self.origins:
            self.metrics.tickets_refused.labels("origin").inc()
            connection.close(CloseCode.ORIGIN_REFUSED)
            await connection.write()
            return
        reader = asyncio.create_task(self._read(websocket, connection))
        writer = asyncio.create_task(connection.write())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            # A reader that ended may have left last words.
            connection.close(CloseCode.GOING_AWAY)
            await writer
        finally:
            for task in (reader, writer):
                task.cancel()
            for result in await asyncio.gather(reader, writer, return_exceptions=True):
                if isinstance(result, Exception):
                    log.error("socket failed", exc_info=result)

    async def _read(self, websocket: WebSocket, connection: Connection) -> None:
        ticket = await self._hello(websocket, connection)
        if ticket is None:
            return
        try:
            participant = await self.rooms.whole(self.rooms.enter(ticket, connection))
        except Ended as end:
            code = CloseCode.REPLACED if end.reason == "replaced" else CloseCode.ROOM_ENDED
            connection.close(code, {"type": "ended", "reason": end.reason})
            return
        except Refusal as refusal:
            connection.close(CloseCode.BAD_MESSAGE, _error(refusal.code, refusal.message))
            return
        where = {"room": ticket.room, "participant": participant.id, "session": participant.session}
        log.info("entered", extra=where)
        try:
            await self._converse(websocket, connection, ticket.room, participant)
        except WebSocketDisconnect:
            pass
        finally:
            await self.rooms.whole(self.rooms.detach(ticket.room, connection))
            log.info("socket closed", extra=where)

    async def _hello(self, websocket: WebSocket, connection: Connection) -> RoomTicket | None:
        try:
            async with asyncio.timeout(self.hello_seconds):
                hello = messages.parse_hello(await _receive(websocket))
            if hello.v != PROTOCOL:
                raise TicketRefused("version", f"This service speaks version {PROTOCOL}.")
            if hello.resume is not None:
                return self.seal.open(hello.resume, ResumeTicket)
            return self.seal.open(hello.ticket or "", RoomTicket)
        except TimeoutError:
            connection.close(CloseCode.HELLO_LATE)
        except WebSocketDisconnect:
            pass
        except BadMessage as error:
            connection.close(CloseCode.BAD_MESSAGE, _error("bad_message", error.message))
        except TicketRefused as refusal:
            self.metrics.tickets_refused.labels(refusal.code).inc()
            log.warning("ticket refused", extra={"code": refusal.code})
            connection.close(CloseCode.TICKET_REFUSED, _error(f"ticket_{refusal.code}", refusal.message))
        return None

    async def _converse(self, websocket: WebSocket, connection: Connection, room_key: str, me: Participant) -> None:
        budget = MessageBudget()
        while True:
            text = await _receive(websocket)
            if not budget.spend():
                connection.close(CloseCode.POLICY, _error("rate_limited", "Too many messages."))
                return
            try:
                if await self.rooms.whole(self._handle(messages.parse_message(text), connection, room_key, me)):
                    return
            except BadMessage as error:
                connection.send(_error("bad_message", error.message))
            except Refusal as refusal:
                connection.send(_error(refusal.code, refusal.message))
            except TicketRefused as refusal:
                self.metrics.tickets_refused.labels(refusal.code).inc()
                connection.send(_error(f"consent_{refusal.code}", refusal.message))

    async def _handle(self, message: Message, connection: Connection, room_key: str, me: Participant) -> bool:
        """Do what *message* says; true when it was the last one."""
        if isinstance(message, messages.Ping):
            connection.send({"type": "pong"})
            return False
        answer = None
        if isinstance(message, messages.Consent) and message.grant is not None:
            answer = self.seal.open(message.grant, ConsentTicket)
        async with self.rooms.hold(room_key) as room:
            if room.participants.get(me.id) is not me or me.connection is not connection:
                return True
            match message:
                case messages.Signal():
                    if not room.relay(me, message):
                        self.metrics.signals_dropped.labels("receiver_gone").inc()
                case messages.State():
                    room.update_state(me, message)
                case messages.Consent():
                    await (room.recording.decide(me, answer) if answer else room.recording.withdraw(me))
                case messages.RecordingAction(action="request"):
                    await room.recording.request(me)
                case messages.RecordingAction():
                    await room.recording.stop(me)
                case messages.RecordOffer():
                    room.recording.offer(me, message)
                case messages.RecordClose():
                    room.recording.close_leg(me, message.leg)
                case messages.Leave():
                    await room.leave(me)
                    return True
        return False


async def _receive(websocket: WebSocket) -> str:
    """The next frame; a binary one is empty text, which no message is."""
    if websocket.client_state is not WebSocketState.CONNECTED:
        raise WebSocketDisconnect
    frame = await websocket.receive()
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(frame.get("code", 1006))
    return frame.get("text") or ""


def _error(code: str, message: str) -> dict[str, str]:
    return {"type": "error", "code": code, "message": message}
