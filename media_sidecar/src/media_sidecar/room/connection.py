"""One browser's socket: what is sent to it waits here and never makes the room wait."""

import asyncio
import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

MAX_WAITING = 1000
"""Messages that may wait for a slow browser before it is cut off; it comes back and gets the whole state."""


class CloseCode(IntEnum):
    """Codes that tell a browser what to do; with any other it comes back by itself."""

    GOING_AWAY = 1001
    POLICY = 1008
    TRY_AGAIN = 1013
    BAD_MESSAGE = 4400
    TICKET_REFUSED = 4401
    ORIGIN_REFUSED = 4403
    HELLO_LATE = 4408
    REPLACED = 4409
    ROOM_ENDED = 4410


@dataclass(eq=False)
class Connection:
    """The sending half of a socket. Nothing here blocks or raises."""

    websocket: WebSocket
    _waiting: asyncio.Queue[str | int] = field(default_factory=asyncio.Queue)
    _closed: bool = False

    @property
    def is_closed(self) -> bool:
        """Nothing more will be sent."""
        return self._closed

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; ignored once :meth:`close` was called."""
        if self._closed:
            return
        if self._waiting.qsize() >= MAX_WAITING:
            self.close(CloseCode.TRY_AGAIN)
            return
        self._waiting.put_nowait(json.dumps(message, separators=(",", ":")))

    def close(self, code: int, last: dict[str, Any] | None = None) -> None:
        """Close after what is queued and after *last*."""
        if last is not None:
            self.send(last)
        if not self._closed:
            self._closed = True
            self._waiting.put_nowait(int(code))

    async def write(self) -> None:
        """Send what is queued until the socket is closed from either side."""
        try:
            while True:
                item = await self._waiting.get()
                if isinstance(item, int):
                    await self.websocket.close(item)
                    return
                await self.websocket.send_text(item)
        except (WebSocketDisconnect, RuntimeError):
            # Starlette's and uvicorn's ways to say that the browser has gone; the reader notices the same.
            return
        finally:
            self._closed = True
