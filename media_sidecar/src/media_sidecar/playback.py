"""Stored media for a browser with a ticket: one file with ranges, or a folder as a ZIP."""

import asyncio
import logging
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import FileResponse, Response, StreamingResponse
from zipstream import ZipStream  # type: ignore[import-untyped]

from .metrics import Metrics
from .protocol import MediaTicket, Seal, TicketRefused
from .store import Store, StoreError

SHOWN_INLINE = ("audio/", "video/", "image/")
"""Types that a browser may show by itself; anything else is a download, whatever the ticket says."""

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


def media_router(store: Store, seal: Seal, metrics: Metrics) -> APIRouter:
    """The route ``/media/{key}``."""
    router = APIRouter()

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
        try:
            if key.endswith("/"):
                return await _folder(store, admitted, head=request.method == "HEAD")
            return await _file(store, admitted)
        except StoreError as error:
            log.error("media not readable", extra={"key": key, "problem": str(error)})
            raise HTTPException(404, "This file is not in the store.") from None

    return router


async def _file(store: Store, ticket: MediaTicket) -> Response:
    path = await store.find(ticket.media)
    if path is None:
        raise StoreError("no such file")
    inline = ticket.disposition == "inline" and ticket.mime.startswith(SHOWN_INLINE) and "svg" not in ticket.mime
    disposition = content_disposition("inline" if inline else "attachment", ticket.filename or path.name)
    headers = _headers(disposition)
    return MediaFile(path, headers=headers, media_type=ticket.mime)


async def _folder(store: Store, ticket: MediaTicket, head: bool) -> Response:
    files = await store.list_folder(ticket.media)
    if not files:
        raise StoreError("no such folder")
    archive = await asyncio.to_thread(_archive, [(key.removeprefix(ticket.media), path) for key, path in files])
    name = ticket.filename or PurePosixPath(ticket.media).name + ".zip"
    headers = _headers(content_disposition("attachment", name)) | {"Content-Length": str(len(archive))}
    if head:
        return Response(media_type="application/zip", headers=headers)
    return StreamingResponse(iter(archive), media_type="application/zip", headers=headers)


def _archive(files: list[tuple[str, Path]]) -> ZipStream:
    # Stored, not deflated: media do not shrink, and the length is known before the first byte.
    archive = ZipStream(sized=True)
    for name, path in files:
        archive.add_path(path, arcname=name)
    return archive


def _headers(disposition: str) -> dict[str, str]:
    return {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
