"""The routes below ``/uploads``: tus 1.0.0 with creation, termination, checksum and expiration (https://tus.io/protocols).

Two things are stricter than the protocol asks. A ticket of Odoo's names the one upload that it is for. And where two
requests meet on an upload the newer one goes on: the older gets 423, what it brought counts.
"""

import base64
import binascii
import logging
import re
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from ..metrics import Metrics
from ..protocol import Seal, TicketRefused, UploadTicket
from .direct_body import body_of
from .ledger import Upload
from .reception import Checksum, Incoming
from .refusal import UploadRefused
from .service import Uploads

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
ALGORITHMS = {"sha1": 20, "sha256": 32}
"""Name → bytes of a digest."""
CONTENT_TYPE = "application/offset+octet-stream"
METHODS = ("POST", "HEAD", "PATCH", "DELETE")
REQUEST_HEADERS = (
    "Authorization",
    "Tus-Resumable",
    "Upload-Length",
    "Upload-Offset",
    "Upload-Metadata",
    "Upload-Checksum",
    "X-HTTP-Method-Override",
)
"""What a page of another origin may send, beside what every page may."""
RESPONSE_HEADERS = (
    "Location",
    "Retry-After",
    "Tus-Resumable",
    "Tus-Version",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Checksum-Algorithm",
    "Upload-Offset",
    "Upload-Length",
    "Upload-Expires",
)
"""What a page of another origin may read, beside what every page may."""
RETRY_SECONDS = 2

_COUNT = re.compile(r"[0-9]{1,15}")

log = logging.getLogger(__name__)


def uploads_router(uploads: Uploads, seal: Seal, metrics: Metrics, max_bytes: int) -> APIRouter:
    """The routes.

    :param max_bytes: the most that any upload may have
    """
    router = APIRouter()
    tus = _Tus(uploads, seal, metrics, max_bytes)
    # Both, as a redirect would send the body twice.
    for path in ("/uploads", "/uploads/"):
        router.add_api_route(path, tus.collection, methods=["OPTIONS", "POST"])
    router.add_api_route("/uploads/{media}", tus.upload, methods=["OPTIONS", *METHODS])
    return router


class _Tus:
    def __init__(self, uploads: Uploads, seal: Seal, metrics: Metrics, max_bytes: int) -> None:
        self._uploads = uploads
        self._seal = seal
        self._metrics = metrics
        self._max_bytes = max_bytes

    async def collection(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return self._options()
        try:
            _check_version(request.headers)
            return await self._create(request, self._admit(request))
        except UploadRefused as refusal:
            return _answer_to(refusal)

    async def upload(self, request: Request, media: str) -> Response:
        method = _method(request)
        if method == "OPTIONS":
            return self._options()
        try:
            _check_version(request.headers)
            ticket = self._admit(request, media)
            match method:
                case "HEAD":
                    return await self._head(ticket)
                case "PATCH":
                    return await self._patch(request, ticket)
                case "DELETE":
                    await self._uploads.cancel(ticket)
                    return _answer(HTTPStatus.NO_CONTENT)
            raise UploadRefused(HTTPStatus.METHOD_NOT_ALLOWED, "invalid", "An upload is begun with POST to /uploads.")
        except UploadRefused as refusal:
            return _answer_to(refusal)

    def _options(self) -> Response:
        return _answer(
            HTTPStatus.NO_CONTENT,
            {
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(self._max_bytes),
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            },
        )

    async def _create(self, request: Request, ticket: UploadTicket) -> Response:
        if "upload-defer-length" in request.headers:
            raise _invalid("Upload-Length is needed; Upload-Defer-Length is not supported.")
        upload = await self._uploads.create(ticket, _count(request.headers, "upload-length"))
        # Relative to the address asked for, which a proxy in front may have shortened.
        location = upload.media if request.url.path.endswith("/") else f"uploads/{upload.media}"
        return _answer(HTTPStatus.CREATED, {"Location": location} | self._state(upload))

    async def _head(self, ticket: UploadTicket) -> Response:
        upload = await self._uploads.find(ticket)
        return _answer(HTTPStatus.OK, {"Upload-Length": str(upload.size)} | self._state(upload))

    async def _patch(self, request: Request, ticket: UploadTicket) -> Response:
        headers = request.headers
        if headers.get("content-type", "").strip().lower() != CONTENT_TYPE:
            raise UploadRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "invalid", f"The Content-Type is {CONTENT_TYPE}.")
        offset = _count(headers, "upload-offset")
        length = _count(headers, "content-length") if "content-length" in headers else None
        incoming = Incoming(offset, length, body_of(request, length), _checksum(headers))
        upload = await self._uploads.receive(ticket, incoming)
        return _answer(HTTPStatus.NO_CONTENT, self._state(upload))

    def _state(self, upload: Upload) -> dict[str, str]:
        headers = {"Upload-Offset": str(upload.received_bytes)}
        if upload.state == "receiving":
            headers["Upload-Expires"] = formatdate(upload.touched_at + self._uploads.expiry_seconds, usegmt=True)
        return headers

    def _admit(self, request: Request, media: str | None = None) -> UploadTicket:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer" or not token.strip():
                raise TicketRefused("malformed", "The request lacks its ticket (Authorization: Bearer).")
            ticket = self._seal.open(token.strip(), UploadTicket)
            if media is not None and ticket.media != media:
                raise TicketRefused("media", "The ticket is for another upload.")
        except TicketRefused as refusal:
            self._metrics.tickets_refused.labels(refusal.code).inc()
            log.warning("upload ticket refused", extra={"code": refusal.code})
            is_to_be_renewed = refusal.code in ("expired", "malformed")
            status = HTTPStatus.UNAUTHORIZED if is_to_be_renewed else HTTPStatus.FORBIDDEN
            raise UploadRefused(status, refusal.code, refusal.message) from None
        return ticket


def _method(request: Request) -> str:
    return request.headers.get("x-http-method-override", request.method).strip().upper()


def _check_version(headers: Mapping[str, str]) -> None:
    if headers.get("tus-resumable") != VERSION:
        raise UploadRefused(
            HTTPStatus.PRECONDITION_FAILED, "version", f"This service speaks tus {VERSION}; say so in Tus-Resumable."
        )


def _count(headers: Mapping[str, str], name: str) -> int:
    text = headers.get(name, "")
    if not _COUNT.fullmatch(text):
        raise _invalid(f"{name.title()} is missing or is not a number of bytes.")
    return int(text)


def _checksum(headers: Mapping[str, str]) -> Checksum | None:
    if "upload-checksum" not in headers:
        return None
    algorithm, _, encoded = headers["upload-checksum"].partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != ALGORITHMS.get(algorithm, -1):
        raise _invalid(f"Upload-Checksum is one of {', '.join(ALGORITHMS)} and a digest in Base64.")
    return Checksum(algorithm, digest)


def _invalid(message: str) -> UploadRefused:
    return UploadRefused(HTTPStatus.BAD_REQUEST, "invalid", message)


def _answer(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status_code=status, headers={**_COMMON, **(headers or {})})


def _answer_to(refusal: UploadRefused) -> Response:
    headers = dict(_COMMON)
    if refusal.received_bytes is not None:
        headers["Upload-Offset"] = str(refusal.received_bytes)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if refusal.status == HTTPStatus.PRECONDITION_FAILED:
        headers["Tus-Version"] = VERSION
    return JSONResponse({"code": refusal.code, "message": refusal.message}, refusal.status, headers)


_COMMON = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
