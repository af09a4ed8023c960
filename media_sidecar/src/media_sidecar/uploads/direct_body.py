"""A request's body straight from the socket into a buffer that is written to the disk.

On the usual way every byte is copied five times in the event loop before an application has it: by the loop, by the
parser, into and out of the server's own buffer. Here a body with a length goes to a protocol of its own
(:class:`asyncio.BufferedProtocol`) once its request has been parsed, and the connection returns to the server when the
last byte is in. Everything else stays as uvicorn has it.

The only place that knows uvicorn's attributes; where they have other names the body comes on the usual way.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httptools
from starlette.requests import ClientDisconnect, Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .body import Body, StreamedBody

EXTENSION = "media_sidecar.connection"
"""Where the ASGI scope holds the connection."""
BUFFER_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 512 * 1024
"""What is passed on at once: little, so that little is left to be done after the last byte."""
SCRATCH_BYTES = 64 * 1024
SPARE_BUFFERS = 2
"""Buffers that are kept for the next request; fresh memory costs more than the parsing that they save."""

_spare: list[memoryview] = []


class DirectProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which shows itself to the application."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle is not None and self.cycle.scope is self.scope:
            extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
            extensions[EXTENSION] = self

    def begin_anew(self) -> None:
        """Expect a request next."""
        self.parser = httptools.HttpRequestParser(self)
        with contextlib.suppress(AttributeError):
            # As the server's own; httptools before 0.6.3 does not have it.
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)


def body_of(request: Request, length: int | None) -> Body:
    """The body of *request*, on the shortest way that its server offers.

    :param length: of the body in bytes, where its sender said so
    """
    http = request.scope.get("extensions", {}).get(EXTENSION)
    cycle = getattr(http, "cycle", None)
    is_direct = (
        isinstance(http, DirectProtocol)
        and length is not None
        and cycle is not None
        and cycle.scope is request.scope
        and not cycle.waiting_for_100_continue
    )
    return DirectBody(http, length) if is_direct and http and length is not None else StreamedBody(request)


class DirectBody(asyncio.BufferedProtocol):
    """Reads one body into a ring, of :data:`BUFFER_BYTES`.

    :param http: the connection's protocol, whose latest request it is
    :param length: of the body in bytes
    """

    def __init__(self, http: DirectProtocol, length: int) -> None:
        self._http = http
        self._cycle = http.cycle
        self._length = length
        self._view = memoryview(b"")
        self._size = 0
        self._filled = 0
        self._passed_on = 0
        self._released = 0
        self._is_closed = False
        self._is_reading = False
        self._something = asyncio.Event()

    def __aiter__(self) -> AsyncIterator[bytes | memoryview]:
        return self._pieces()

    def release(self, count: int) -> None:
        """So many bytes of earlier pieces are not needed any more."""
        self._released += count
        self._go_on()

    def close(self) -> None:
        """Let what is left of the body pass unread."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._size and len(_spare) < SPARE_BUFFERS:
            _spare.append(self._view)
        self._view = memoryview(bytearray(SCRATCH_BYTES)) if self._is_reading else memoryview(b"")
        self._go_on()

    async def _pieces(self) -> AsyncIterator[bytes | memoryview]:
        first = bytes(self._cycle.body)
        self._cycle.body = bytearray()
        self._filled = self._passed_on = len(first)
        if self._cycle.disconnected:
            raise ClientDisconnect
        if self._cycle.more_body:
            self._begin()
        if first:
            yield first
        while self._passed_on < self._length:
            if self._passed_on == self._filled:
                if self._cycle.disconnected:
                    raise ClientDisconnect
                self._something.clear()
                await self._something.wait()
                continue
            start = self._passed_on % self._size
            count = min(self._filled - self._passed_on, self._size - start, PIECE_BYTES)
            self._passed_on += count
            yield self._view[start : start + count]

    def _begin(self) -> None:
        self._view = _spare.pop() if _spare else memoryview(bytearray(BUFFER_BYTES))
        self._size = len(self._view)
        self._is_reading = True
        # A transport looks at what its protocol can do when it begins to read.
        self._http.flow.pause_reading()
        self._http.transport.set_protocol(self)
        self._go_on()

    def _go_on(self) -> None:
        """Read where there is something to read and a place for it."""
        is_wanted = self._is_reading and self._filled < self._length and (self._is_closed or self._room() > 0)
        if is_wanted and not self._http.transport.is_closing():
            self._http.flow.resume_reading()

    def _end(self) -> None:
        """Give the connection back, as if the server had read the body itself."""
        if not self._is_reading or self._http.transport.is_closing():
            return
        self._is_reading = False
        self._http.transport.set_protocol(self._http)
        self._http.begin_anew()
        self._cycle.more_body = False
        self._cycle.message_event.set()
        self._http.flow.resume_reading()

    def _room(self) -> int:
        return self._size - (self._filled - self._released)

    def get_buffer(self, sizehint: int) -> memoryview:
        rest = self._length - self._filled
        if self._is_closed:
            return self._view[:rest]
        start = self._filled % self._size
        return self._view[start : start + min(rest, self._room(), self._size - start)]

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        self._something.set()
        if self._filled == self._length:
            self._http.flow.pause_reading()
            # Not inside the transport's own reading.
            asyncio.get_running_loop().call_soon(self._end)
        elif not self._is_closed and self._room() == 0:
            self._http.flow.pause_reading()

    def eof_received(self) -> None:
        self._http.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_reading = False
        self._http.connection_lost(exc)
        self._something.set()

    def pause_writing(self) -> None:
        self._http.pause_writing()

    def resume_writing(self) -> None:
        self._http.resume_writing()
