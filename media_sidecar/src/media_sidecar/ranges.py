"""A stored file in whole or in part (RFC 9110 §14), streamed: only a piece of it is ever in memory."""

import contextlib
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from email.utils import formatdate
from typing import cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from .store import StoredFile

_ONE_RANGE = re.compile(r"bytes=(?:(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<suffix>[0-9]+))", re.IGNORECASE)


class NotSatisfiable(Exception):
    """A range of which the file has nothing."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes from *start* up to, not including, *stop*."""

    start: int
    stop: int

    @classmethod
    def parse(cls, header: str, size: int) -> "ByteRange | None":
        """The range that *header* asks for of a file of *size* bytes.

        :return: nothing for what is no single range of bytes: it is answered with the whole file (RFC 9110 §14.2)
        :raises NotSatisfiable: when the file has no byte of it
        """
        match = _ONE_RANGE.fullmatch(header.strip())
        if match is None:
            return None
        if match["suffix"]:
            start, stop = max(0, size - int(match["suffix"])), size
        else:
            start = int(match["first"])
            stop = min(size, int(match["last"]) + 1) if match["last"] else size
            if match["last"] and int(match["last"]) < start:
                return None
        if start >= stop:
            raise NotSatisfiable
        return cls(start, stop)


class Streamed(StreamingResponse):
    """Lets go of its source at once when the other side has gone, not when the garbage is collected."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with contextlib.aclosing(cast(AsyncGenerator[bytes, None], self.body_iterator)):
            await super().__call__(scope, receive, send)


def ranged_response(file: StoredFile, request: Request, headers: dict[str, str], mime: str) -> Response:
    """The answer to a GET or HEAD of *file*: 200, 206 or 416.

    :param headers: further headers of the answer
    :param mime: its content type
    """
    modified = formatdate(file.modified, usegmt=True)
    headers = headers | {"Accept-Ranges": "bytes", "ETag": file.etag, "Last-Modified": modified}
    wanted, condition = request.headers.get("range"), request.headers.get("if-range")
    part: ByteRange | None = None
    if wanted and condition in (None, file.etag, modified):
        try:
            part = ByteRange.parse(wanted, file.size)
        except NotSatisfiable:
            return PlainTextResponse("", 416, headers={"Content-Range": f"bytes */{file.size}"})
    start, stop = (part.start, part.stop) if part else (0, file.size)
    headers["Content-Length"] = str(stop - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(None, status, headers=headers, media_type=mime)
    return Streamed(file.read(start, stop), status, headers=headers, media_type=mime)
