"""The queue with a real database, outbox and store, but without the rest of the service."""

import asyncio
import contextlib
import hashlib
import shutil
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from harness.odoo import OdooStandIn
from harness.tickets import SECRET
from harness.waiting import until, until_async

from media_sidecar.config import Settings
from media_sidecar.database import Database
from media_sidecar.metrics import Metrics
from media_sidecar.outbox import Outbox
from media_sidecar.processing import Clips
from media_sidecar.processing.workshop import Limits
from media_sidecar.protocol import Seal
from media_sidecar.store import LocalStore, Store
from media_sidecar.uploads import ledger as uploads
from media_sidecar.uploads.ledger import Upload

CHAT = "room"


class Shop:
    """Takes files as the uploads hand them over.

    :ivar clips: the queue under test, while :meth:`open` is entered
    """

    def __init__(
        self, settings: Settings, odoo: OdooStandIn, store: Store | None = None, limits: Limits | None = None
    ) -> None:
        self.settings = settings
        self.odoo = odoo
        self.store = store or LocalStore(settings.data / "store")
        self.limits = limits
        self.clips: Clips
        self.database: Database

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Shop"]:
        """Be open until the end of the block; may be entered again, which is a restart."""
        self.database = Database(self.settings.database_path)
        await self.database.open()
        metrics = Metrics()
        async with httpx.AsyncClient() as client:
            outbox = Outbox(self.database, Seal(SECRET), self.settings.odoo_url, client, metrics)
            self.clips = Clips(self.settings, self.store, self.database, outbox, metrics, limits=self.limits)
            try:
                await self.clips.start()
                await outbox.start()
                yield self
            finally:
                await self.clips.close()
                await outbox.close()
                await self.database.close()

    async def bring(self, path: Path, filename: str = "", declared: str = "", media: str = "") -> str:
        """A whole upload with the content of *path*; its key."""
        media = media or uuid.uuid4().hex
        await bring(self.settings, self.database, path, filename or path.name, declared, media)
        self.clips.take(media)
        return media

    def stored(self, media: str) -> dict[str, bytes]:
        """What the local store has of a media."""
        folder = self.settings.data / "store" / "media" / media
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}

    def spooled(self, media: str) -> bool:
        return uploads.folder_of(self.settings.spool_folder, media).exists()

    def told(self, media: str) -> list[str]:
        """The types of what Odoo heard of a media, progress left out."""
        return [
            event["type"]
            for event in self.odoo.events
            if event["data"].get("media") == media and event["type"] != "media.progress"
        ]

    async def told_of(self, media: str, kind: str, count: int = 1) -> dict[str, Any]:
        """The data of the *count*-th event of a type, waited for."""

        def found() -> list[dict[str, Any]]:
            return [data for data in self.odoo.data(kind) if data["media"] == media]

        await until(lambda: len(found()) >= count)
        return found()[count - 1]

    async def settled(self, media: str) -> None:
        """Wait until nothing is done for a media any more."""
        await until(lambda: media not in self.clips._tasks)

    async def state_of(self, media: str) -> str:
        upload = await self.database.run(lambda connection: uploads.find(connection, media))
        return upload.state if upload else ""

    async def comes_to(self, media: str, state: str) -> None:
        """Wait for a state."""

        async def is_there() -> bool:
            return await self.state_of(media) == state

        await until_async(is_there)


async def bring(settings: Settings, database: Database, path: Path, filename: str, declared: str, media: str) -> None:
    """Leave the content of *path* as a whole upload."""
    target = uploads.file_of(settings.spool_folder, media)
    await asyncio.to_thread(target.parent.mkdir, parents=True)
    await asyncio.to_thread(shutil.copyfile, path, target)
    now, content = time.time(), path.read_bytes()
    upload = Upload(
        media=media,
        chat=CHAT,
        size=len(content),
        filename=filename,
        declared_mime=declared,
        types=[],
        max_bytes=len(content),
        state="receiving",
        received_bytes=0,
        kind=None,
        mime=None,
        extension=None,
        sha256=None,
        created_at=now,
        touched_at=now,
        failure_code=None,
        failure=None,
    )
    sha256 = hashlib.sha256(content).hexdigest()
    await database.apply([uploads.begin(upload), uploads.keep(media, len(content)), uploads.complete(media, sha256)])
