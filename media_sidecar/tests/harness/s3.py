"""S3 over HTTP: a moto server, and a front before it that can be away, slow, strict or a liar."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import uvicorn
from moto.server import ThreadedMotoServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from media_sidecar.store import S3Address, S3Options, S3Store

from .serving import free_port, serving

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ACCESS_KEY = "AKIATHECLINICSOWNKEY"
SECRET_KEY = "what-only-the-clinic-knows"
REGION = "us-east-1"
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"]

Rule = Callable[[Request, bytes], Awaitable[Response | bytes | None]]
"""What a front does with a request: answers it, sends other bytes on, or (nothing) lets it pass."""


class S3Server:
    """The server, from the start to the end of the tests."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.client = self.client_for(ACCESS_KEY, SECRET_KEY)

    def client_for(self, access_key: str, secret_key: str, service: str = "s3") -> Any:
        """A client that goes past any front."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )

    def stop(self) -> None:
        self._server.stop()


class Bucket:
    """A bucket of its own for a test, and what is really in it."""

    def __init__(self, server: S3Server) -> None:
        self.server = server
        self.name = f"clinic-{uuid.uuid4().hex}"
        self.address = S3Address(self.name, "vet/")
        self.client: S3Client = server.client
        self.client.create_bucket(Bucket=self.name)

    @staticmethod
    def options_for(endpoint: str, **more: Any) -> S3Options:
        values: dict[str, Any] = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "region": REGION}
        return S3Options(endpoint=endpoint, **(values | more))

    def options(self, endpoint: str = "", **more: Any) -> S3Options:
        return self.options_for(endpoint or self.server.url, **more)

    def store(self, endpoint: str = "", **more: Any) -> S3Store:
        return S3Store(self.address, self.options(endpoint, **more))

    def settings(self, endpoint: str = "") -> dict[str, Any]:
        """The settings of the service, lower case and without their prefix."""
        return {
            "store": str(self.address),
            "s3_endpoint": endpoint or self.server.url,
            "s3_region": REGION,
            "s3_access_key": ACCESS_KEY,
            "s3_secret_key": SECRET_KEY,
        }

    def environment(self, endpoint: str = "") -> dict[str, str]:
        return {f"VET_SIDECAR_{name.upper()}": value for name, value in self.settings(endpoint).items()}

    def held(self) -> list[str]:
        """The keys of what the bucket holds, below the store's own prefix."""
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [item["Key"].removeprefix(self.address.prefix) for item in found]

    def unfinished(self) -> list[str]:
        """The keys of uploads in parts that were neither completed nor aborted."""
        return [item["Key"] for item in self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])]

    def write(self, key: str, content: bytes, **more: Any) -> None:
        self.client.put_object(Bucket=self.name, Key=self.address.prefix + key, Body=content, **more)

    def read(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=self.address.prefix + key)["Body"].read()


class S3Front:
    """A proxy before the server, with a rule that a test may change at any time.

    :ivar rule: what to do with the next requests; without one they pass
    :ivar dropped: a header with this in its name never arrives
    :ivar requests: (method, query) of every request that came
    """

    def __init__(self, server: S3Server) -> None:
        self._server = server
        self.port = free_port()
        self.rule: Rule | None = None
        self.dropped = ""
        self.requests: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be there until the end of the block."""
        async with httpx.AsyncClient(base_url=self._server.url, timeout=None) as client:
            app = Starlette(routes=[Route("/{path:path}", self._pass, methods=METHODS)])
            app.state.client = client
            async with serving(uvicorn.Config(app, port=self.port, log_config=None, access_log=False)):
                yield

    async def _pass(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append((request.method, request.url.query))
        if self.rule is not None:
            outcome = await self.rule(request, body)
            if isinstance(outcome, Response):
                return outcome
            body = body if outcome is None else outcome
        target = request.scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
        dropped = self.dropped or "content-length"
        headers = [pair for pair in request.headers.items() if pair[0] != "content-length" and dropped not in pair[0]]
        answer = await request.app.state.client.request(request.method, target, content=body, headers=headers)
        response = Response(answer.content, answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.lower() != b"server"
        ]
        return response


def refusal(code: str, status: int) -> Response:
    """An error as S3 writes it."""
    return Response(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>", status, media_type="text/xml")


async def stalling(request: Request, body: bytes) -> Response:
    """Never answer; end when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


def flipped(body: bytes) -> bytes:
    """*body* with one bit of its middle changed."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body
