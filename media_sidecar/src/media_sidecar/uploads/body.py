"""The bytes of a request, as a reception takes them."""

from collections.abc import AsyncIterator
from typing import Protocol

from starlette.requests import Request


class Body(Protocol):
    """Bytes that come in pieces."""

    def __aiter__(self) -> AsyncIterator[bytes | memoryview]:
        """The pieces in their order.

        :raises ClientDisconnect: when the connection ends before they do
        """

    def release(self, count: int) -> None:
        """So many bytes of earlier pieces are not needed any more; their memory may be used again."""

    def close(self) -> None:
        """No more pieces are wanted."""


class StreamedBody:
    """The body as any ASGI server gives it."""

    def __init__(self, request: Request) -> None:
        self._stream = request.stream()

    def __aiter__(self) -> AsyncIterator[bytes | memoryview]:
        return self._stream

    def release(self, count: int) -> None:
        """Each piece has memory of its own."""

    def close(self) -> None:
        """The server throws away what is left."""
