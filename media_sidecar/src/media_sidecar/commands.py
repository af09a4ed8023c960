"""What Odoo tells this service to do. Every command is signed."""

import json
import logging
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, TypeAdapter, ValidationError

from .health import Health, TurnServers
from .metrics import Metrics
from .processing import Clips
from .protocol import TIMESTAMP_HEADER, Identifier, Seal, TicketRefused
from .room.room import EndReason
from .room.rooms import Rooms
from .store import StoreError
from .uploads.service import Uploads

MAX_BODY_BYTES = 64 * 1024
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)

log = logging.getLogger(__name__)


class EndRoom(BaseModel):
    """Why a room ends."""

    reason: EndReason


class Check(BaseModel):
    """What to check beside this service itself."""

    turn: TurnServers | None = None


def commands_router(
    rooms: Rooms, uploads: Uploads, clips: Clips, health: Health, seal: Seal, metrics: Metrics
) -> APIRouter:
    """The routes below ``/commands``."""
    router = APIRouter(prefix="/commands")

    async def verified_body(request: Request) -> Any:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise HTTPException(413, "The command is too long.")
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        try:
            seal.verify_command(request.method, path, body, request.headers)
        except TicketRefused as refusal:
            metrics.tickets_refused.labels(f"command_{refusal.code}").inc()
            log.warning("command refused", extra={"code": refusal.code, "path": path})
            raise HTTPException(401, refusal.message) from None
        try:
            return json.loads(body or b"{}")
        except ValueError:
            raise HTTPException(400, "The body of the command is not JSON.") from None

    @router.post("/rooms/{room}/end")
    async def end_room(room: str, request: Request) -> dict[str, bool]:
        body = await verified_body(request)
        try:
            reason = EndRoom.model_validate(body).reason
            key = _IDENTIFIER.validate_python(room)
        except ValidationError:
            raise HTTPException(422, "A room ends because it was cancelled, finished or revoked.") from None
        # When Odoo sent it, by the clock that dates its tickets; the signature covers it.
        sent_at = float(request.headers[TIMESTAMP_HEADER])
        return {"ended": await rooms.end(key, reason, sent_at)}

    @router.post("/rooms/{room}/participants/{participant}/remove")
    async def remove_participant(room: str, participant: str, request: Request) -> dict[str, bool]:
        await verified_body(request)
        try:
            key, person = (_IDENTIFIER.validate_python(text) for text in (room, participant))
        except ValidationError:
            raise HTTPException(422, "This is not the key of a room and the identifier of a participant.") from None
        return {"removed": await rooms.remove(key, person, float(request.headers[TIMESTAMP_HEADER]))}

    @router.post("/media/{media}/retry")
    async def retry_media(media: str, request: Request) -> dict[str, bool]:
        await verified_body(request)
        return {"retried": await clips.retry(_identifier(media))}

    @router.post("/media/{media}/delete")
    async def delete_media(media: str, request: Request) -> dict[str, bool]:
        await verified_body(request)
        try:
            await uploads.delete(_identifier(media))
        except StoreError as error:
            log.error("media not deleted", extra={"media": media, "problem": str(error)})
            raise HTTPException(503, "The store cannot delete the file now. Ask again later.") from None
        return {"deleted": True}

    @router.post("/check")
    async def check(request: Request) -> dict[str, Any]:
        body = await verified_body(request)
        try:
            turn_servers = Check.model_validate(body).turn
        except ValidationError:
            raise HTTPException(422, "turn holds urls (a list), username and credential.") from None
        return await health.check(turn_servers)

    return router


def _identifier(text: str) -> str:
    try:
        return _IDENTIFIER.validate_python(text)
    except ValidationError:
        raise HTTPException(422, "This is not the key of a media.") from None
