"""A stand-in for Odoo's side of the seam: checks signatures by itself, remembers events, can refuse or be away."""

import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .serving import free_port, serving
from .tickets import SECRET
from .waiting import until


class OdooStandIn:
    """Takes events at ``/vet_teleconsult/sidecar/events``.

    :ivar events: events taken, in order, each once
    :ivar attempts: every event that came with a good signature, also those answered with a failure
    :ivar answers: statuses for the next requests; 200 once it is empty
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.events: list[dict[str, Any]] = []
        self.attempts: list[dict[str, Any]] = []
        self.bad_signatures = 0
        self.answers: list[int] = []
        self.refused_types: dict[str, int] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be there until the end of the block."""
        routes = [
            Route("/vet_teleconsult/sidecar/events", self._take, methods=["POST"]),
            Route("/web/health", self._health),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=self.port, log_config=None, access_log=False)
        async with serving(config):
            yield

    def types(self, room: str = "room") -> list[str]:
        return [event["type"] for event in self.events if event["room"] == room]

    def data(self, kind: str) -> list[dict[str, Any]]:
        return [event["data"] for event in self.events if event["type"] == kind]

    async def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The data of the *count*-th event of a type."""
        await until(lambda: len(self.data(kind)) >= count)
        return self.data(kind)[count - 1]

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"status": "pass"})

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        timestamp = request.headers["x-vet-timestamp"]
        expected = "v1=" + hmac.new(SECRET, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if request.headers["x-vet-signature"] != expected or abs(time.time() - int(timestamp)) > 300:
            self.bad_signatures += 1
            return JSONResponse({"error": "signature"}, 401)
        event = json.loads(body)
        self.attempts.append(event)
        status = self.refused_types.get(event["type"]) or (self.answers.pop(0) if self.answers else 200)
        if 200 <= status < 300 and event["id"] not in {known["id"] for known in self.events}:
            self.events.append(event)
        return JSONResponse({"status": "ok"}, status)
