"""The viewer's page with clips, photos and sounds; tickets expire on command."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from tests.player.site import SOURCES, TYPES, Site

HERE = Path(__file__).parent
VIEWER = SOURCES / "player" / "clip_viewer"


@dataclass
class ClipSite(Site):
    """Serves the viewer and describes its media as Odoo does."""

    page: Path = HERE
    described: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Where the files come from; another server's address makes them another origin's.
    media_server: str = ""
    media_requests: int = 0

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        if address.path == "/media.json":
            self.media_requests += 1
            self._send_json(handler, self.describe(parse_qs(address.query)["name"][0]))
        elif address.path == "/templates.json":
            self._send_json(handler, paths_of("xml"))
        elif address.path == "/styles.json":
            self._send_json(handler, paths_of("scss"))
        else:
            super()._answer(handler)

    def _send_json(self, handler: BaseHTTPRequestHandler, value: Any) -> None:
        self._send(handler, HTTPStatus.OK, "application/json", json.dumps(value).encode())

    def describe(self, name: str) -> dict[str, Any]:
        """What Odoo tells of a media, with addresses that hold until they expire."""
        address = f"{self.media_server}/media/{name}?ticket={self.ticket}"
        return {
            "id": crc32(name.encode()),
            "key": name,
            "kind": "video",
            "name": name,
            "mime": TYPES[Path(name).suffix],
            "caption": "",
            "state": "ready",
            "stream_url": address,
            "url": address,
            "rendition": {"state": "none", "progress": 0},
            "created_at": "2026-05-01T10:00:00Z",
            **self.described.get(name, {}),
        }


def paths_of(suffix: str) -> list[str]:
    """Return the addresses of the viewer's files of a kind."""
    return sorted(f"/src/{path.relative_to(SOURCES)}" for path in VIEWER.rglob(f"*.{suffix}"))
