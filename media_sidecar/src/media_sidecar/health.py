"""What works and what does not, for an operator, a load balancer and Odoo's *Test connection*."""

import asyncio
import logging
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, Field, SecretStr

from .config import Settings
from .delivery import Delivery
from .metrics import Gauges
from .outbox import Backlog, Outbox
from .processing import Clips
from .recording import Recorder
from .room.rooms import Rooms
from .store import Store
from .turn import CREDENTIAL_SECONDS, USER, check_turns, rest_credentials
from .uploads.service import Uploads
from .version import PROTOCOL, VERSION

LATE_SECONDS = 300.0
"""Age of an undelivered event that is worth a word."""
ODOO_TIMEOUT_SECONDS = 5.0

log = logging.getLogger(__name__)


class TurnServers(BaseModel):
    """The relays that Odoo gives to browsers, as in ``RTCConfiguration.iceServers``."""

    urls: list[str] = Field(min_length=1, max_length=10)
    username: str
    credential: SecretStr


@dataclass
class Health:
    """Looks at every part of the service."""

    settings: Settings
    store: Store
    outbox: Outbox
    delivery: Delivery
    recorder: Recorder
    rooms: Rooms
    uploads: Uploads
    clips: Clips
    client: httpx.AsyncClient

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether the service can do its work, and the public answer: nothing secret, no one's name."""
        failures: list[str] = []
        worries: list[str] = []
        store = await self.store.check()
        if not store.ok:
            # Recordings wait in the spool for a bucket, and rooms go on; a local disk is all that there is.
            (worries if store.kind == "s3" else failures).append(store.message)
        try:
            worries += _outbox_problems(await self.outbox.backlog(), self.outbox.last_problem)
        except sqlite3.Error:
            failures.append("The database cannot be read.")
        if (waiting := len(self.delivery.problems)) > 0:
            worries.append(f"{waiting} finished recordings are not in the store yet.")
        if (waiting := len(self.clips.problems)) > 0:
            worries.append(f"{waiting} uploaded files are not in the store yet.")
        recording = self._recording()
        if not recording["ok"]:
            worries.append(recording["message"])
        status = "failing" if failures else "degraded" if worries else "ok"
        answer = {"status": status, "version": VERSION, "protocol": PROTOCOL, "problems": failures + worries}
        return not failures, answer

    async def check(self, turn_servers: TurnServers | None = None) -> dict[str, Any]:
        """The answer to Odoo's *Test connection*.

        :param turn_servers: what Odoo gives to browsers; without it this service's own setting is tried
        """
        asked_at = time.time()
        store, turn, odoo = await asyncio.gather(self.store.check(), self._turn(turn_servers), self._odoo())
        return {
            "version": VERSION,
            "protocol": PROTOCOL,
            # Odoo compares this with the middle between its question and our answer.
            "time": (asked_at + time.time()) / 2,
            "store": {
                "ok": store.ok,
                "message": store.message,
                "kind": store.kind,
                "bucket": store.bucket,
                "free_bytes": store.free_bytes,
            },
            "turn": turn,
            "odoo": odoo,
            "recording": self._recording(),
        }

    async def gauges(self) -> Gauges:
        """Every number of the moment."""
        counts = self.rooms.counts()
        backlog = await self.outbox.backlog()
        measured = self.recorder.measurements()
        return {
            "rooms": ("Rooms with someone in them or a call", counts["rooms"]),
            "participants": ("People in rooms", counts["participants"]),
            "calls": ("Calls under way", counts["calls"]),
            "recordings_active": ("Recordings under way", counts["recordings"]),
            "recording_legs": ("Connections that are recorded", measured.legs),
            "recording_legs_taken": ("Connections that are recorded or have a place kept", measured.legs_taken),
            "loop_lag_seconds": ("How late the event loop is", measured.loop_lag_seconds),
            "socket_drops": ("Datagrams that the system dropped before they were read", measured.socket_drops),
            "media_packets": ("Media packets received", measured.packets),
            "media_packets_lost": ("Media packets that never came", measured.packets_lost),
            "free_disk_bytes": ("Free bytes where recordings are made", measured.free_disk_bytes),
            "outbox_pending": ("Events that have not reached Odoo", backlog.pending),
            "outbox_oldest_seconds": ("Age of the oldest of them", backlog.oldest_seconds),
            "outbox_refused": ("Events that Odoo refused for good", backlog.parked),
            "uploads_receiving": ("Uploads that are bringing bytes at this moment", self.uploads.under_way),
            "uploads_unfinished": ("Uploads of which bytes are missing", await self.uploads.unfinished()),
            "clips_waiting": ("Uploaded files that are not in the store yet", len(self.clips.problems)),
            "deliveries_failing": ("Finished recordings that are not in the store yet", len(self.delivery.problems)),
        }

    async def _turn(self, servers: TurnServers | None) -> dict[str, Any] | None:
        if servers is not None:
            return await check_turns(servers.urls, servers.username, servers.credential.get_secret_value())
        if not self.settings.turn_url or not self.settings.turn_secret:
            return None
        secret = self.settings.turn_secret.get_secret_value()
        return await check_turns([self.settings.turn_url], *rest_credentials(secret, USER, CREDENTIAL_SECONDS))

    async def _odoo(self) -> dict[str, Any]:
        try:
            response = await self.client.get(f"{self.settings.odoo_url}/web/health", timeout=ODOO_TIMEOUT_SECONDS)
        except (httpx.HTTPError, OSError) as error:
            return _verdict(False, f"Odoo cannot be reached at {self.settings.odoo_url} ({type(error).__name__}).")
        if response.status_code != 200:
            return _verdict(False, f"Odoo answered with status {response.status_code} at {self.settings.odoo_url}.")
        if self.outbox.last_problem:
            return _verdict(False, f"Odoo can be reached, but the last event was not taken: {self.outbox.last_problem}")
        return _verdict(True, f"Odoo answers at {self.settings.odoo_url}.")

    def _recording(self) -> dict[str, Any]:
        measured = self.recorder.measurements()
        free = measured.free_disk_bytes
        if free < self.settings.min_free_bytes:
            verdict = _verdict(
                False, f"Only {free / 1024**3:.1f} GiB are free: new recordings and uploads are refused."
            )
        elif measured.loop_lag_seconds > self.settings.max_loop_lag:
            verdict = _verdict(False, "The machine is overloaded: new recordings are refused.")
        elif measured.legs_taken >= self.settings.max_legs:
            verdict = _verdict(False, f"All {self.settings.max_legs} connections are in use: no more are taken.")
        else:
            verdict = _verdict(True, f"{measured.legs_taken} of {self.settings.max_legs} connections are in use.")
        return verdict | {"legs": measured.legs, "max_legs": self.settings.max_legs}


def _outbox_problems(backlog: Backlog, last_problem: str | None) -> list[str]:
    problems = []
    if backlog.parked:
        problems.append(f"Odoo refused {backlog.parked} events; they are kept and sent again at the next start.")
    if backlog.oldest_seconds > LATE_SECONDS:
        problems.append(f"{backlog.pending} events wait for Odoo. {last_problem or ''}".strip())
    return problems


def _verdict(ok: bool, message: str) -> dict[str, Any]:
    return {"ok": ok, "message": message}
