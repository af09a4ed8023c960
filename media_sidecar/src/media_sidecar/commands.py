"""What Odoo tells this service to do. Every command is signed."""

import json
import logging
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, TypeAdapter, ValidationError

from .health import Health
from .metrics import Metrics
from .protocol import Identifier, Seal, TicketRefused
from .room.room import EndReason
from .room.rooms import Rooms

MAX_BODY_BYTES = 64 * 1024
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)

log = logging.getLogger(__name__)


class EndRoom(BaseModel):
    """Why a room ends."""

    reason: EndReason


def commands_router(rooms: Rooms, health: Health, seal: Seal, metrics: Metrics) -> APIRouter:
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
        return {"ended": await rooms.end(key, reason)}

    @router.post("/check")
    async def check(request: Request) -> dict[str, Any]:
        await verified_body(request)
        return await health.check()

    return router
