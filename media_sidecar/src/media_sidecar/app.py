"""The service put together: each part made once, started and stopped in order."""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI, HTTPException, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from .commands import commands_router
from .config import Settings
from .database import Database
from .delivery import Delivery
from .health import Health
from .metrics import Metrics
from .outbox import REQUEST_TIMEOUT_SECONDS, Outbox
from .playback import media_router
from .processing import Clips
from .protocol import Seal
from .recording import Recorder, RecordingLimits
from .room.rooms import Rooms
from .room.socket import RoomSocket
from .room.studio import Studio
from .store import open_store
from .uploads import routes as tus
from .uploads.service import Uploads
from .version import VERSION

CLOSING_SECONDS = 1.5
"""How long a stop waits for recordings to reach the store; the next start delivers the others."""

log = logging.getLogger(__name__)


class Service:
    """Every part of the running service. Made inside the event loop; use :meth:`running`."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.seal = Seal(settings.secret_bytes)
        self.database = Database(settings.database_path)
        self.client = httpx.AsyncClient(timeout=REQUEST_TIMEOUT_SECONDS, follow_redirects=False)
        self.store = open_store(settings.store_address, settings.s3_options)
        self.outbox = Outbox(self.database, self.seal, settings.odoo_url, self.client, metrics)
        limits = RecordingLimits(
            max_legs=settings.max_legs, max_loop_lag=settings.max_loop_lag, min_free_bytes=settings.min_free_bytes
        )
        self.recorder = Recorder(settings.spool_folder, limits)
        trash = settings.data / "trash"
        self.delivery = Delivery(self.store, self.database, self.outbox, metrics, settings.spool_folder, trash)
        self.clips = Clips(settings, self.store, self.database, self.outbox, metrics)
        self.uploads = Uploads(settings, self.database, self.outbox, metrics, self.clips)
        studio = Studio(self.recorder, self.delivery.take, self.database, settings.record_bitrate)
        self.rooms = Rooms(self.database, self.outbox, studio, self.seal, settings.call_grace)
        self.health = Health(
            settings,
            self.store,
            self.outbox,
            self.delivery,
            self.recorder,
            self.rooms,
            self.uploads,
            self.clips,
            self.client,
        )
        self.sockets = RoomSocket(self.rooms, self.seal, metrics, settings.browser_origins)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start every part, in the order in which they need each other, and stop them in the opposite one."""
        async with contextlib.AsyncExitStack() as stack:
            await self.database.open()
            stack.push_async_callback(self.database.close)
            stack.push_async_callback(self.client.aclose)
            stack.push_async_callback(self.outbox.close)
            stack.push_async_callback(self.recorder.close)
            stack.push_async_callback(self.delivery.close, CLOSING_SECONDS)
            await self.delivery.recover(self.recorder)
            stack.push_async_callback(self.clips.close)
            await self.clips.start()
            stack.push_async_callback(self.uploads.close)
            await self.uploads.start()
            stack.push_async_callback(self.rooms.close)
            await self.rooms.start()
            await self.outbox.start()
            log.info("started", extra={"version": VERSION})
            yield
            log.info("stopping")


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application."""
    metrics = Metrics()
    app = FastAPI(
        title="vet-media-sidecar", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan
    )
    app.state.settings, app.state.metrics = settings, metrics
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(settings.browser_origins),
        allow_methods=["GET", *tus.METHODS],
        allow_headers=["Range", "If-Range", *tus.REQUEST_HEADERS],
        expose_headers=[
            "Accept-Ranges",
            "Content-Range",
            "Content-Length",
            "Content-Disposition",
            "ETag",
            *tus.RESPONSE_HEADERS,
        ],
        max_age=86400,
    )

    @app.websocket("/rooms/socket")
    async def socket(websocket: WebSocket) -> None:
        await _service(websocket.app).sockets.serve(websocket)

    @app.get("/health")
    async def health(request: Request) -> Response:
        ok, answer = await _service(request.app).health.report()
        return JSONResponse(answer, 200 if ok else 503, headers={"Cache-Control": "no-store"})

    @app.get("/metrics")
    async def metrics_text(request: Request) -> Response:
        if not _may_read_metrics(request, settings):
            raise HTTPException(403, "Metrics are for this machine, or for the bearer of VET_SIDECAR_METRICS_TOKEN.")
        gauges = await _service(request.app).health.gauges()
        return Response(metrics.exposition(gauges), media_type=CONTENT_TYPE_LATEST)

    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service = Service(app.state.settings, app.state.metrics)
    async with service.running():
        app.state.service = service
        presign_seconds = app.state.settings.s3_presign_seconds
        app.include_router(media_router(service.store, service.seal, service.metrics, presign_seconds))
        app.include_router(
            tus.uploads_router(service.uploads, service.seal, service.metrics, service.settings.max_upload_bytes)
        )
        app.include_router(
            commands_router(
                service.rooms, service.uploads, service.clips, service.health, service.seal, service.metrics
            )
        )
        yield
    await asyncio.sleep(0)


def _service(app: FastAPI) -> Service:
    service: Service = app.state.service
    return service


def _may_read_metrics(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token
    if token is not None:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    # Behind a proxy on this machine everyone comes from the loopback address.
    is_forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    return not is_forwarded and request.client is not None and request.client.host in ("127.0.0.1", "::1")
