"""Stored media for a browser with a ticket: one file with ranges, or a folder as a ZIP."""

import asyncio
import logging
import time
from collections.abc import Generator
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from zipstream import ZipStream  # type: ignore[import-untyped]

from .metrics import Metrics
from .protocol import MediaTicket, Seal, TicketRefused
from .ranges import Streamed, ranged_response
from .store import KeyRefused, Store, StoredFile, StoreError, Threads, taken_in

SHOWN_INLINE = ("audio/", "video/", "image/")
"""Types that a browser may show by itself; anything else is a download, whatever the ticket says."""
RETRY_SECONDS = 15
ARCHIVE_READS_AT_ONCE = 8

log = logging.getLogger(__name__)


class MediaFile(FileResponse):
    """A file with single and multiple ranges, 206, 416, If-Range and HEAD (RFC 9110 §14)."""

    chunk_size = 256 * 1024


def content_disposition(disposition: str, filename: str) -> str:
    """The header of RFC 6266: a plain name for everyone, the real one for those who read RFC 8187."""
    name = PurePosixPath(filename.replace("\\", "/")).name.strip() or "media"
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name)
    header = f'{disposition}; filename="{plain}"'
    if plain != name:
        header += f"; filename*=UTF-8''{quote(name, safe='')}"
    return header


class Playback:
    """Gives stored files to whoever has a ticket.

    :param presign_seconds: how long an address of the bucket lives at most
    """

    def __init__(self, store: Store, presign_seconds: int) -> None:
        self._store = store
        self._presign_seconds = presign_seconds
        self._threads = Threads("archive", ARCHIVE_READS_AT_ONCE)

    async def file(self, ticket: MediaTicket, request: Request) -> Response | None:
        """The file of *ticket*, in whole or in part; nothing when there is none."""
        file = await self._store.open(ticket.media)
        if file is None:
            return None
        inline = ticket.disposition == "inline" and ticket.mime.startswith(SHOWN_INLINE) and "svg" not in ticket.mime
        name = ticket.filename or PurePosixPath(ticket.media).name
        disposition = content_disposition("inline" if inline else "attachment", name)
        if file.path is not None:
            return MediaFile(file.path, headers=_headers(disposition), media_type=ticket.mime)
        # An address of the bucket is for GET alone, and is signed so.
        if request.method == "GET" and not ticket.stream:
            seconds = max(1, min(self._presign_seconds, int(ticket.exp - time.time())))
            address = await self._store.presign(ticket.media, seconds, ticket.mime, disposition)
            if address is not None:
                headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
                return RedirectResponse(address, 307, headers=headers)
        return ranged_response(file, request, _headers(disposition), ticket.mime)

    async def folder(self, ticket: MediaTicket, request: Request) -> Response | None:
        """The folder of *ticket* as a ZIP; nothing when there is nothing in it."""
        files = await self._store.list_folder(ticket.media)
        if not files:
            return None
        archive = await asyncio.to_thread(_Archive, ticket.media, files)
        name = ticket.filename or PurePosixPath(ticket.media).name + ".zip"
        headers = _headers(content_disposition("attachment", name)) | {"Content-Length": str(archive.size)}
        if request.method == "HEAD":
            return Response(media_type="application/zip", headers=headers)
        return Streamed(taken_in(self._threads, archive.pieces()), media_type="application/zip", headers=headers)


def media_router(store: Store, seal: Seal, metrics: Metrics, presign_seconds: int) -> APIRouter:
    """The route ``/media/{key}``."""
    router = APIRouter()
    playback = Playback(store, presign_seconds)

    def admit(key: str, token: str) -> MediaTicket:
        try:
            ticket = seal.open(token, MediaTicket)
            if ticket.media != key:
                raise TicketRefused("media", "The ticket is for another file.")
        except TicketRefused as refusal:
            metrics.tickets_refused.labels(refusal.code).inc()
            log.warning("media ticket refused", extra={"code": refusal.code})
            raise HTTPException(401 if refusal.code == "expired" else 403, refusal.message) from None
        return ticket

    @router.api_route("/media/{key:path}", methods=["GET", "HEAD"])
    async def media(request: Request, key: str, ticket: Annotated[str, Query(max_length=8192)]) -> Response:
        admitted = admit(key, ticket)
        serve = playback.folder if key.endswith("/") else playback.file
        try:
            response = await serve(admitted, request)
        except KeyRefused:
            response = None
        except StoreError as error:
            log.error("media not readable", extra={"key": key, "problem": str(error)})
            message = "The media store does not answer at the moment. Try again in a minute."
            raise HTTPException(503, message, {"Retry-After": str(RETRY_SECONDS)}) from None
        if response is None:
            log.error("media not in the store", extra={"key": key})
            raise HTTPException(404, "This file is not in the store.")
        return response

    return router


class _Archive:
    """A folder as a ZIP. Stored, not deflated: media do not shrink, and the size is known before the first byte."""

    def __init__(self, folder: str, files: list[StoredFile]) -> None:
        self._zip = ZipStream(sized=True)
        self._contents = []
        for file in files:
            content = file.chunks()
            self._contents.append(content)
            self._zip.add(content, arcname=file.key.removeprefix(folder), size=file.size)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._zip)

    def pieces(self) -> Generator[bytes, None, None]:
        """The archive, once; blocks."""
        try:
            yield from self._zip
        finally:
            for content in self._contents:
                content.close()


def _headers(disposition: str) -> dict[str, str]:
    return {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
