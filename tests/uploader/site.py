"""The page of the uploader, and as much of Odoo as it asks: a chat that takes files, told by the media service."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.player.site import SOURCES, Site

HERE = Path(__file__).parent
CHAT_KEY = "c" * 32
MAX_BYTES = 200 * 1024**2
ACCEPTED = [
    *("image/*", "video/*", "audio/*", "application/pdf", "text/plain", "text/csv", "application/dicom"),
    *(".docx", ".xlsx", ".odt", ".ods", ".dcm"),
]


@dataclass
class UploaderSite(Site):
    """A chat whose answers tests can change."""

    page: Path = HERE
    secret: bytes = b""
    #: Where browsers find the media service.
    sidecar_url: str = ""
    limits: dict[str, Any] = field(
        default_factory=lambda: {"max_bytes": MAX_BYTES, "accept": ACCEPTED, "max_recording_seconds": 1800}
    )
    #: Media by id, as Odoo tells of them.
    media_of: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_client_key: dict[str, int] = field(default_factory=dict)
    #: What was asked: route and parameters.
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    #: Events of the media service, each once.
    events: list[dict[str, Any]] = field(default_factory=list)
    #: So many of the next tickets have expired already.
    expired_tickets: int = 0
    #: Whether Odoo leaves what the media service tells for later.
    is_deaf: bool = False
    #: Refusals by route, as Odoo words them.
    refusals: dict[str, dict[str, str]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        super().__post_init__()
        handler = self.server.RequestHandlerClass
        handler.do_POST = handler.do_GET  # type: ignore[attr-defined]

    # ---------------------------------------------------------------- pages

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        if address.path == "/templates.json":
            self._send_json(handler, [f"/src/{path.relative_to(SOURCES)}" for path in _sources("xml")])
        elif address.path == "/styles.css":
            styles = [path.read_text() for path in (*_sources("scss"), HERE / "page.css")]
            self._send(handler, HTTPStatus.OK, "text/css", "\n".join(styles).encode())
        elif address.path == "/bus":
            self._send_json(handler, self._wait_for_changes(int(parse_qs(address.query)["after"][0])))
        elif handler.command == "POST" and address.path.startswith("/vet_teleconsult/"):
            self._answer_post(handler, address.path)
        else:
            super()._answer(handler)

    def _answer_post(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if path.endswith("/sidecar/events"):
            self._take_event(body)
            self._send_json(handler, {"status": "ok"})
            return
        route = path.rpartition("/")[2]
        with self.changed:
            self.asked.append((route, body["params"]))
            refusal = self.refusals.get(route)
            result = {"error": refusal} if refusal else getattr(self, f"_route_{route}")(**body["params"])
        self._send_json(handler, {"jsonrpc": "2.0", "id": body["id"], "result": result})

    def _send_json(self, handler: BaseHTTPRequestHandler, value: Any) -> None:
        self._send(handler, HTTPStatus.OK, "application/json", json.dumps(value).encode())

    def _wait_for_changes(self, after: int) -> dict[str, Any]:
        with self.changed:
            # A browser that has gone leaves its question behind: it is answered, and that is noticed.
            self.changed.wait_for(lambda: len(self.changes) > after or self.release.is_set(), 5)
            return {"changes": self.changes[after:], "last": len(self.changes)}

    # ----------------------------------------------------------- Odoo's side

    def _route_open(self, **_identity: Any) -> dict[str, Any]:
        waiting = [media for media in self.media_of.values() if media["state"] == "uploading"]
        return {"limits": self.limits, "uploads": waiting}

    def _route_upload(self, client_key: str, filename: str, size: int, mime: str, **values: Any) -> dict[str, Any]:
        media_id = self.by_client_key.setdefault(client_key, len(self.by_client_key) + 1)
        if media_id not in self.media_of:
            self.media_of[media_id] = {
                "id": media_id,
                "key": uuid.uuid4().hex,
                "name": filename,
                "size": size,
                "mime": mime,
                "kind": values.get("kind", "document"),
                "origin": values.get("origin", "file"),
                "state": "uploading",
                "problem": None,
                "problem_code": None,
                "retryable": False,
            }
        return self._route_upload_ticket(media_id)

    def _route_upload_ticket(self, media_id: int, **_identity: Any) -> dict[str, Any]:
        media = self.media_of[media_id]
        if media["state"] != "uploading":
            return {"error": {"code": "invalid", "message": "This file is not being sent.", "next_step": ""}}
        return {"media": media, "upload": {"url": f"{self.sidecar_url}/uploads", "ticket": self.sign(media)}}

    def _route_upload_cancel(self, media_id: int, **_identity: Any) -> dict[str, Any]:
        self._change(media_id, state="cancelled")
        return {"media": self.media_of[media_id]}

    def _route_media(self, media_id: int, **_identity: Any) -> dict[str, Any]:
        return self.media_of[media_id]

    def _route_media_retry(self, media_id: int, **_identity: Any) -> dict[str, Any]:
        self._change(media_id, state="processing", problem=None)
        return self.media_of[media_id]

    def sign(self, media: dict[str, Any]) -> str:
        """An upload ticket, as Odoo makes it."""
        now = int(time.time()) - (7200 if self.expired_tickets > 0 else 0)
        self.expired_tickets -= 1
        claims = {
            "v": 1,
            "iss": "uploader",
            "aud": "upload",
            "iat": now,
            "exp": now + 3600,
            "jti": uuid.uuid4().hex,
            "chat": CHAT_KEY,
            "media": media["key"],
            "max_bytes": self.limits["max_bytes"],
            "size": media["size"],
            "filename": media["name"],
            "mime": media["mime"],
            "types": self.limits["accept"],
        }
        return jwt.encode(claims, self.secret, algorithm="HS256")

    # ------------------------------------------------- the media service's events

    def _take_event(self, event: dict[str, Any]) -> None:
        with self.changed:
            if event["id"] in {known["id"] for known in self.events}:
                return
            self.events.append(event)
            media = next((each for each in self.media_of.values() if each["key"] == event["data"].get("media")), None)
            states = {"media.received": "processing", "media.ready": "ready", "media.failed": "failed"}
            if media and event["type"] in states and not self.is_deaf:
                reason = {"problem": event["data"].get("reason"), "problem_code": event["data"].get("code")}
                self._change(media["id"], state=states[event["type"]], **reason)

    def _change(self, media_id: int, **values: Any) -> None:
        self.media_of[media_id] |= values
        self.changes.append(dict(self.media_of[media_id]))
        self.changed.notify_all()

    def tell(self, media_id: int, **values: Any) -> None:
        """Something happens to a file on Odoo's side."""
        with self.changed:
            self._change(media_id, **values)

    def received(self) -> dict[str, dict[str, Any]]:
        """What has arrived as a whole, by the name it was sent under."""
        with self.changed:
            arrived = [event["data"] for event in self.events if event["type"] == "media.received"]
        return {data["filename"]: data for data in arrived}

    def count(self, route: str) -> int:
        """How often a route was asked."""
        with self.changed:
            return sum(asked == route for asked, _params in self.asked)


def _sources(extension: str) -> list[Path]:
    folders = (SOURCES / "core", SOURCES / "chat" / "uploader", SOURCES / "chat" / "capture")
    return sorted(path for folder in folders for path in folder.rglob(f"*.{extension}"))
