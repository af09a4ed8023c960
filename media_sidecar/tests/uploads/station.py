"""The part of the service that takes uploads, on a real socket, with a note of what it hands over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn
from fastapi import FastAPI
from harness.odoo import OdooStandIn
from harness.serving import serving
from harness.sidecar import settings_for
from harness.uploading import Sender

from media_sidecar.database import Database
from media_sidecar.metrics import Metrics
from media_sidecar.outbox import Outbox
from media_sidecar.protocol import Seal
from media_sidecar.uploads import ledger
from media_sidecar.uploads.direct_body import DirectProtocol
from media_sidecar.uploads.ledger import Upload
from media_sidecar.uploads.routes import uploads_router
from media_sidecar.uploads.service import Uploads


class Notes:
    """What was handed over and what was given up."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.discarded: list[str] = []

    def take(self, media: str) -> None:
        self.taken.append(media)

    async def discard(self, media: str) -> None:
        self.discarded.append(media)


class Station:
    """Takes uploads.

    :ivar notes: of this run
    :ivar http: uvicorn's protocol
    """

    def __init__(self, folder: Path, odoo: OdooStandIn, **more: Any) -> None:
        self.settings = settings_for(folder, odoo, **more)
        self.http: type[asyncio.Protocol] | str = DirectProtocol
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self.uploads: Uploads
        self.notes: Notes
        self.metrics: Metrics
        self.database: Database

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Be there until the end of the block; to enter it again is a restart."""
        self.notes, self.metrics = Notes(), Metrics()
        self.database = Database(self.settings.database_path)
        seal = Seal(self.settings.secret_bytes)
        async with contextlib.AsyncExitStack() as stack:
            await self.database.open()
            stack.push_async_callback(self.database.close)
            client = await stack.enter_async_context(httpx.AsyncClient())
            outbox = Outbox(self.database, seal, self.settings.odoo_url, client, self.metrics)
            stack.push_async_callback(outbox.close)
            await outbox.start()
            self.uploads = Uploads(self.settings, self.database, outbox, self.metrics, self.notes)
            stack.push_async_callback(self.uploads.close)
            await self.uploads.start()
            app = FastAPI()
            app.include_router(uploads_router(self.uploads, seal, self.metrics, self.settings.max_upload_bytes))
            config = uvicorn.Config(app, port=self.settings.port, loop="none", log_config=None, access_log=False)
            config.http = self.http
            # A request that hangs ends with the service, as it does where an operator stops it.
            config.timeout_graceful_shutdown = 1
            await stack.enter_async_context(serving(config))
            yield self

    def sender(self, content: bytes, **claims: Any) -> Sender:
        return Sender(self.url, content, **claims)

    def file(self, sender: Sender) -> Path:
        return ledger.file_of(self.settings.spool_folder, sender.media)

    async def known(self, sender: Sender) -> Upload | None:
        """What the ledger says."""
        return await self.database.run(lambda connection: ledger.find(connection, sender.media))

    def outcomes(self) -> dict[str, float]:
        """How uploads ended, from the metrics."""
        return {
            sample.labels["outcome"]: sample.value
            for metric in self.metrics.uploads.collect()
            for sample in metric.samples
            if sample.name.endswith("_total")
        }
