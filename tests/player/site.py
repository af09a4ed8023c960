"""A small web server for the player: Odoo's Owl and translations, the addon's sources, files by Range with tickets."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.player.recording import FILES, File, describe

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "vet_teleconsult" / "static" / "src"
TYPES = {
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".scss": "text/css",
    ".webm": "video/webm",
    ".xml": "text/xml",
}


@dataclass
class Site:
    """Serves one recording; can be told to forget its addresses, to lose a file or to be away."""

    odoo_addons: Path
    media: Path
    files: tuple[File, ...] = FILES
    page: Path = HERE
    ticket_number: int = 1
    missing: set[str] = field(default_factory=set)
    rename: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)
    player_requests: int = 0
    refuse_media: bool = False
    #: Whether pages of other servers may read what is in the files.
    readable_everywhere: bool = False
    #: For a file, the bytes that are not given out until `release` is set; who asks for them is checked only then.
    held: dict[str, range] = field(default_factory=dict)
    release: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def ticket(self) -> str:
        return f"ticket-{self.ticket_number}"

    def expire_addresses(self) -> None:
        self.ticket_number += 1

    def refused(self) -> list[str]:
        return [path for path, status in self.answers if status == HTTPStatus.FORBIDDEN]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        if address.path == "/player.json":
            self.player_requests += 1
            self._send(
                handler, HTTPStatus.OK, "application/json", json.dumps(describe(self.files, self.ticket)).encode()
            )
        elif address.path == "/owl_module.js":
            self._send(handler, HTTPStatus.OK, TYPES[".js"], self._owl_module())
        elif address.path.startswith("/media/"):
            self._send_media(handler, address.path.removeprefix("/media/"), parse_qs(address.query))
        else:
            self._send_source(handler, address.path)

    def _owl_module(self) -> bytes:
        """Odoo's Owl is a script that sets `window.owl`; the sources import it as a module."""
        script = (self.odoo_addons / "web/static/lib/owl/owl.js").read_text()
        names = sorted(set(re.findall(r"^\s*exports\.(\w+) = ", script, re.MULTILINE)))
        return f"export const {{ {', '.join(names)} }} = window.owl;".encode()

    def _send_source(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        for prefix, folder in (
            ("/src/", SOURCES),
            ("/web/", self.odoo_addons / "web" / "static" / "src"),
            ("/lib/", self.odoo_addons / "web" / "static" / "lib"),
            ("/", self.page),
        ):
            if path.startswith(prefix):
                file = folder / (path.removeprefix(prefix) or "page.html")
                break
        if not file.suffix or file.suffix not in TYPES:
            file = file.with_name(f"{file.name}.js")
        if not file.is_file():
            self._send(handler, HTTPStatus.NOT_FOUND, "text/plain", b"")
            return
        self._send(handler, HTTPStatus.OK, TYPES[file.suffix], file.read_bytes())

    def _send_media(self, handler: BaseHTTPRequestHandler, name: str, query: dict[str, list[str]]) -> None:
        file = self.media / self.rename.get(name, name)
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        held = self.held.get(name, range(0))
        if first in held:
            self.release.wait()
        if query.get("ticket") != [self.ticket] or self.refuse_media:
            self._send(handler, HTTPStatus.FORBIDDEN, "text/plain", b"expired")
            return
        if name in self.missing or not file.is_file():
            self._send(handler, HTTPStatus.NOT_FOUND, "text/plain", b"gone")
            return
        content = file.read_bytes()
        if not asked:
            self._send(handler, HTTPStatus.OK, TYPES[file.suffix], content, {"Accept-Ranges": "bytes"})
            return
        last = min(int(asked[2] or len(content) - 1), len(content) - 1)
        if first < held.start and not self.release.is_set():
            last = min(last, held.start - 1)
        headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{len(content)}"}
        self._send(handler, HTTPStatus.PARTIAL_CONTENT, TYPES[file.suffix], content[first : last + 1], headers)

    def _send(self, handler, status, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.answers.append((handler.path, int(status)))
        try:
            handler.send_response(status)
            for key, value in {
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Cache-Control": "no-store",
                **({"Access-Control-Allow-Origin": "*"} if self.readable_everywhere else {}),
                **(headers or {}),
            }.items():
                handler.send_header(key, value)
            handler.end_headers()
            handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True  # the browser has what it wants
