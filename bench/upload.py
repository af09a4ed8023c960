"""A file of 200 MB into the media service, into Odoo as an attachment, and into nginx by PUT.

Ours goes as a browser sends it: by tus in pieces of 8 MB over one connection, each on the disk before it counts and
hashed. Odoo's goes by the route of its own web client, with its limit raised; nginx's is one PUT. Each side gets the
same bytes from the same memory, in rounds that alternate. What is compared is the time of the median round, and the
resident memory that each server takes more than before.
"""
# packages: nginx
# mypy: disable-error-code="import-not-found"

import http.client
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from support.memory import Growth
from support.result import Case, options, report

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.web_server import nginx

from dev.service import Service
from tests.support import stack
from tests.support.odoo_client import OdooClient
from tests.support.patience import eventually

SIZE = 200 * 1024**2
CHUNK = 8 * 1024**2
NAME, TYPE = "x-ray.dcm", "application/dicom"
ROUNDS, QUICK_ROUNDS = 9, 5
ODOO_ROUNDS, QUICK_ODOO_ROUNDS = 3, 1
TARGET_THROUGHPUT, TARGET_MEMORY = 0.7, 10.0

Upload = Callable[[bytes], float]


class Connection(http.client.HTTPConnection):
    """One connection that stays open."""

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | memoryview | None = None) -> str:
        """Do a request and return the answer's text.

        :raises RuntimeError: for a status from 300 on
        """
        self.request(method, urlsplit(url).path, body=body, headers=dict(headers))
        answer = self.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {url} was answered with {answer.status}: {text[:300]}")
        self.headers = answer.headers
        return text


def connect(url: str) -> Connection:
    parts = urlsplit(url)
    return Connection(parts.hostname or "", parts.port)


def to_us(servers: stack.Stack, vet: OdooClient, chat: int) -> Upload:
    """Uploads to the media service, with tickets from Odoo."""

    def upload(content: bytes) -> float:
        wanted = {"filename": NAME, "size": len(content), "mime": TYPE, "origin": "file"}
        answer = vet.request("/vet_teleconsult/chat/upload", chat_id=chat, client_key=uuid.uuid4().hex, **wanted)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        place, ticket = answer["upload"]["url"], answer["upload"]["ticket"]
        common = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {ticket}"}
        connection = connect(place)
        before = time.monotonic()
        connection.ask("POST", place, common | {"Upload-Length": str(len(content))})
        location = urljoin(place, connection.headers["Location"])
        for offset in range(0, len(content), CHUNK):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            connection.ask("PATCH", location, common | headers, memoryview(content)[offset : offset + CHUNK])
        waited = time.monotonic() - before
        connection.close()
        store = servers.store / "media" / answer["media"]["key"]
        eventually(lambda: any(store.glob("original.*")), "the file in the store")
        shutil.rmtree(store)
        return waited

    return upload


def to_nginx(address: str, folder: Path) -> Upload:
    def upload(content: bytes) -> float:
        connection = connect(address)
        before = time.monotonic()
        connection.ask("PUT", f"{address}/clip", {}, content)
        waited = time.monotonic() - before
        connection.close()
        (folder / "files" / "clip").unlink()
        return waited

    return upload


def to_odoo(servers: stack.Stack, vet: OdooClient, chat: int) -> Upload:
    """Uploads by the route of Odoo's web client (``/mail/attachment/upload``)."""
    servers.admin.call("ir.config_parameter", "set_param", "web.max_file_upload_size", str(4 * SIZE))
    page = vet.session.get(f"{servers.clinic.url}/odoo", timeout=60).text
    [token] = re.findall(r'csrf_token: "([^"]+)"', page)
    cookie = "; ".join(f"{name}={value}" for name, value in vet.session.cookies.items())

    def upload(content: bytes) -> float:
        boundary = uuid.uuid4().hex
        fields = {"csrf_token": token, "thread_model": "vet.chat", "thread_id": str(chat), "is_pending": "false"}
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += f'--{boundary}\r\nContent-Disposition: form-data; name="ufile"; filename="{NAME}"\r\n'
        head += f"Content-Type: {TYPE}\r\n\r\n"
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Cookie": cookie}
        url = f"{servers.clinic.url}/mail/attachment/upload"
        connection = connect(url)
        before = time.monotonic()
        answer = connection.ask("POST", url, headers, body)
        waited = time.monotonic() - before
        connection.close()
        if '"error"' in answer:
            raise RuntimeError(f"Odoo did not take the file: {answer[:300]}")
        attachments = servers.admin.search("ir.attachment", [("file_size", "=", len(content))], "id")
        servers.admin.call("ir.attachment", "unlink", [each["id"] for each in attachments])
        return waited

    return upload


class Side:
    """One of those that are compared.

    :ivar waits: how long its rounds took (s)
    :ivar growth: the most that its server's memory grew in a round (MB)
    """

    def __init__(self, name: str, server: Service, upload: Upload) -> None:
        self.name = name
        self._server = server
        self._upload = upload
        self.waits: list[float] = []
        self.growth = 0.0

    def round(self, content: bytes) -> None:
        # Nothing of an earlier round is still on its way to the disk.
        os.sync()
        growth = Growth(self._server.pid or 0)
        self.waits.append(self._upload(content))
        self.growth = max(self.growth, growth.peak())

    @property
    def seconds(self) -> float:
        return statistics.median(self.waits)


@contextmanager
def slowest_answer(url: str) -> Iterator[list[float]]:
    """Ask for something small again and again while the block lasts; the list holds the longest wait (s)."""
    slowest, ended = [0.0], threading.Event()

    def ask() -> None:
        connection = connect(url)
        while not ended.wait(0.01):
            before = time.monotonic()
            connection.ask("OPTIONS", f"{url}/uploads", {})
            slowest[0] = max(slowest[0], time.monotonic() - before)
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield slowest
    finally:
        ended.set()
        thread.join()


def picture(size: int) -> bytes:
    """A file that every side takes as it is: the preamble of DICOM (PS3.10, 7.1) and noise."""
    return bytes(128) + b"DICM" + os.urandom(size - 132)


def main() -> None:
    asked = options(__doc__)
    content = picture(SIZE)
    rounds, odoo_rounds = (QUICK_ROUNDS, QUICK_ODOO_ROUNDS) if asked.quick else (ROUNDS, ODOO_ROUNDS)
    with tempfile.TemporaryDirectory(prefix="vet-bench-") as name:
        folder = Path(name)
        peer, address = nginx(folder / "nginx")
        with stack.running(folder, "upload") as servers, peer:
            chat = servers.chat(claimed_by=stack.VET).id
            vet = servers.login(stack.VET)
            ours = Side("ours", servers.sidecar, to_us(servers, vet, chat))
            put = Side("nginx", peer, to_nginx(address, folder / "nginx"))
            attachment = Side("Odoo", servers.odoo, to_odoo(servers, vet, chat))
            # The first round warms up and is not counted.
            with slowest_answer(servers.clinic.sidecar_url) as slowest:
                ours.round(content)
            put.round(content)
            for side in (ours, put):
                side.waits.clear()
            for number in range(rounds):
                for side in (put, ours) if number % 2 else (ours, put):
                    side.round(content)
                if number < odoo_rounds:
                    attachment.round(content)
    for side in (ours, put, attachment):
        speed = SIZE / 1e6 / side.seconds
        print(f"{side.name:<6} {side.seconds:.2f} s, {speed:.0f} MB/s, memory +{side.growth:.1f} MB at most")
    print(f"The slowest answer of the media service to another request meanwhile: {slowest[0] * 1000:.0f} ms")
    cases = [
        Case("time for 200 MB, against nginx's PUT (s)", ours.seconds, put.seconds, TARGET_THROUGHPUT),
        Case("memory, against Odoo's attachment (MB)", ours.growth, attachment.growth, TARGET_MEMORY),
    ]
    report("upload", "s or MB", cases, asked)


if __name__ == "__main__":
    main()
