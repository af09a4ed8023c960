"""The service under test: inside the test's event loop, or as a process of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import httpx

from media_sidecar.app import Service, create_app
from media_sidecar.cli import server_config
from media_sidecar.config import Settings

from .browser import Browser
from .odoo import OdooStandIn
from .serving import free_port, serving
from .tickets import SECRET, SECRET_TEXT, room_ticket
from .waiting import until_async


class _Reachable:
    """An address, and what a browser or Odoo does there."""

    port: int
    origin: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def socket(self, origin: str | None = "") -> Browser:
        """An open socket that has not said hello."""
        return await Browser.open(f"ws://127.0.0.1:{self.port}/rooms/socket", self.origin if origin == "" else origin)

    async def enter(self, participant: str, room: str = "room", policy: str = "ask", **claims: Any) -> Browser:
        """A page that has been welcomed."""
        browser = await self.socket()
        await browser.send(type="hello", v=1, ticket=room_ticket(participant, room, policy, **claims))
        await browser.receive("welcome")
        return browser

    async def resume(self, page: Browser) -> Browser:
        """The same page on a new socket."""
        browser = await self.socket()
        await browser.send(type="hello", v=1, resume=page.resume_token)
        await browser.receive("welcome")
        return browser

    async def command(self, path: str, body: bytes = b"{}", **headers: str) -> httpx.Response:
        """A command as Odoo sends it."""
        from media_sidecar.protocol import Seal

        signed = Seal(SECRET).command_headers("POST", path, body)
        async with httpx.AsyncClient(timeout=None) as client:
            return await client.post(self.url + path, content=body, headers=signed | headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(timeout=None) as client:
            return await client.get(self.url + path, headers=headers)


def settings_for(folder: Path, odoo: OdooStandIn, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "secret": SECRET_TEXT,
        "odoo_url": odoo.url,
        "data": folder,
        "port": free_port(),
        "min_free_bytes": 0,
        "max_loop_lag": 30,
    }
    settings = Settings(**(values | more))
    settings.spool_folder.mkdir(parents=True, exist_ok=True)
    settings.store_folder.mkdir(parents=True, exist_ok=True)
    return settings


class Sidecar(_Reachable):
    """The service inside this event loop; :attr:`service` reaches into it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = settings.port
        self.origin = min(settings.browser_origins)
        self.service: Service
        self.ping_seconds: float | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Serve until the end of the block; it may be entered again, which is a restart."""
        config = server_config(self.settings)
        config.app = create_app(self.settings)
        config.loop = "none"
        if self.ping_seconds is not None:
            config.ws_ping_interval = config.ws_ping_timeout = self.ping_seconds
        async with serving(config):
            self.service = config.app.state.service
            yield self


class SidecarProcess(_Reachable):
    """The service as an operator runs it."""

    def __init__(self, folder: Path, odoo: OdooStandIn, **more: str) -> None:
        self.port = free_port()
        self.origin = odoo.url
        self._environment = os.environ | {
            "VET_SIDECAR_SECRET": SECRET_TEXT,
            "VET_SIDECAR_ODOO_URL": odoo.url,
            "VET_SIDECAR_DATA": str(folder),
            "VET_SIDECAR_PORT": str(self.port),
            "VET_SIDECAR_MIN_FREE_BYTES": "0",
            "VET_SIDECAR_MAX_LOOP_LAG": "30",
            **more,
        }
        self._process: asyncio.subprocess.Process | None = None
        self.log = b""

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "media_sidecar", env=self._environment, stderr=asyncio.subprocess.PIPE
        )
        await until_async(self._is_healthy)

    async def kill(self) -> None:
        """As a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As an operator would; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.returncode is None:
            process.send_signal(how)
        _, log = await process.communicate()
        self.log += log
        return process.returncode or 0

    async def _is_healthy(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, "the service ended while starting"
        with contextlib.suppress(httpx.HTTPError):
            return (await self.get("/health")).status_code == 200
        return False
