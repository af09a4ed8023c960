"""A browser's socket to a room."""

import asyncio
import json
from collections import defaultdict
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from .tickets import consent_ticket
from .waiting import until


class Browser:
    """Sends frames and collects what comes.

    :ivar messages: everything received
    :ivar close_code: the code that the server closed with
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.messages: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self._read: dict[str, int] = defaultdict(int)
        self._reader = asyncio.create_task(self._receive())

    @classmethod
    async def open(cls, url: str, origin: str | None) -> "Browser":
        return cls(await connect(url, origin=origin, proxy=None))  # type: ignore[arg-type]

    @property
    def id(self) -> str:
        return str(self.last("welcome")["self"]["id"])

    @property
    def session(self) -> str:
        return str(self.last("welcome")["self"]["session"])

    @property
    def resume_token(self) -> str:
        return str([message["resume"] for message in self.messages if "resume" in message][-1])

    @property
    def call(self) -> str:
        calls = [message["call"] for message in self.messages if message["type"] in ("welcome", "call")]
        return str(calls[-1]["id"])

    @property
    def recording(self) -> dict[str, Any]:
        """The recording as this page shows it now."""
        found: dict[str, Any] = [message["recording"] for message in self.messages if "recording" in message][-1]
        return found

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def send_text(self, text: str | bytes) -> None:
        await self.socket.send(text)

    async def receive(self, kind: str) -> dict[str, Any]:
        """The next message of a type that was not received yet."""
        position = self._read[kind]
        self._read[kind] += 1
        await until(lambda: len(self.all(kind)) > position or self.close_code is not None)
        return self.all(kind)[position]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    def last(self, kind: str) -> dict[str, Any]:
        return self.all(kind)[-1]

    async def recording_is(self, state: str) -> dict[str, Any]:
        """Wait until this page shows a recording state."""
        await until(lambda: self.recording["state"] == state)
        return self.recording

    async def settled(self) -> None:
        """Everything that was sent before has been dealt with, and its answers are here."""
        await self.send(type="ping")
        await self.receive("pong")

    async def grant(self, consent: int = 1, decision: str = "granted") -> None:
        ticket = consent_ticket(self.id, self.call, decision=decision, consent=consent)
        await self.send(type="consent", grant=ticket)

    async def closed(self) -> int:
        """Wait for the server to close, and return its code."""
        await until(lambda: self.close_code is not None)
        assert self.close_code is not None
        return self.close_code

    async def close(self) -> None:
        """The page goes away without a word."""
        await self.socket.close()
        await self._reader

    async def _receive(self) -> None:
        try:
            async for text in self.socket:
                self.messages.append(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self.close_code = self.socket.close_code
