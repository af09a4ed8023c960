"""A page that uploads a file, written from the tus protocol and not from the service's code."""

import asyncio
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Self

import httpx

from .tickets import upload_ticket

TYPE = "application/offset+octet-stream"


def diary(size: int) -> bytes:
    """Text in which no two places look alike, so that a shifted or doubled byte changes the hash."""
    lines = size // 10 + 1
    return b"".join(b"%09d\n" % number for number in range(lines))[:size]


class Sender:
    """One file and its ticket.

    :param url: address of the service
    :param claims: what the ticket says beside the usual
    """

    def __init__(self, url: str, content: bytes, media: str = "", **claims: Any) -> None:
        self.url = url
        self.content = content
        self.media = media or uuid.uuid4().hex
        self.claims = claims
        self.client = httpx.AsyncClient(timeout=None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def address(self) -> str:
        return f"{self.url}/uploads/{self.media}"

    def headers(self, **more: str) -> dict[str, str]:
        ticket = upload_ticket(self.media, **({"size": len(self.content)} | self.claims))
        common = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {ticket}"}
        return common | {name.replace("_", "-"): value for name, value in more.items()}

    async def begin(self, **more: str) -> httpx.Response:
        headers = self.headers(**{"Upload_Length": str(len(self.content)), **more})
        return await self.client.post(f"{self.url}/uploads", headers=headers)

    async def begun(self) -> Self:
        assert (await self.begin()).status_code == 201
        return self

    async def head(self, **more: str) -> httpx.Response:
        return await self.client.head(self.address, headers=self.headers(**more))

    async def offset(self) -> int:
        """How much the service says it has."""
        answer = await self.head()
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    async def patch(self, offset: int, stop: int | None = None, **more: str) -> httpx.Response:
        """Send the file's bytes from *offset* to *stop*."""
        headers = self.headers(**{"Upload_Offset": str(offset), "Content_Type": TYPE, **more})
        return await self.client.patch(self.address, headers=headers, content=self.content[offset:stop])

    async def send(self, chunk: int = 8 * 1024**2) -> httpx.Response:
        """Go on from wherever the service is to the end, and return the last answer."""
        offset = await self.offset()
        while True:
            answer = await self.patch(offset, offset + chunk)
            if answer.status_code != 204 or int(answer.headers["upload-offset"]) == len(self.content):
                return answer
            offset = int(answer.headers["upload-offset"])

    async def delete(self) -> httpx.Response:
        return await self.client.delete(self.address, headers=self.headers())

    async def hanging(self, offset: int, stop: int, **more: str) -> "HangingRequest":
        """A request that announces the rest of the file, sends bytes up to *stop*, and no more."""
        headers = self.headers(**{"Upload_Offset": str(offset), "Content_Type": TYPE, **more})
        headers |= {"Host": "sidecar", "Content-Length": str(len(self.content) - offset)}
        request = f"PATCH /uploads/{self.media} HTTP/1.1\r\n"
        request += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        address = httpx.URL(self.url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(request.encode() + b"\r\n" + self.content[offset:stop])
        await writer.drain()
        return HangingRequest(reader, writer)


@dataclass(frozen=True)
class Answer:
    """Status and headers, whose names are in small letters."""

    status: int
    headers: dict[str, str]


class HangingRequest:
    """A phone that has lost its network in the middle of a request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def more(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    async def status(self) -> int:
        """Of the answer, once there is one."""
        return (await self.answer()).status

    async def answer(self) -> "Answer":
        """The next answer."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(head[0].split()[1]), headers)

    async def cut(self) -> None:
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)
