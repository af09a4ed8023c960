"""Stored media for whoever has a ticket: whole, in part, or a folder at once."""

import asyncio
import io
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from harness.odoo import OdooStandIn
from harness.places import Folder, Place
from harness.s3 import Bucket, Rule, S3Front, refusal, stalling
from harness.sidecar import Sidecar, settings_for
from harness.tickets import media_ticket, room_ticket
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from media_sidecar.playback import content_disposition

CONTENT = bytes(range(256)) * 4096
KEY = "recordings/a1/camera-vet-1.webm"
FOLDER = "recordings/a1/"


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return request.getfixturevalue("bucket") if request.param == "s3" else Folder(tmp_path / "data" / "store")


@pytest.fixture
async def sidecar(place: Place, tmp_path: Path, odoo: OdooStandIn) -> AsyncIterator[Sidecar]:
    """A service that gives every byte itself, from a folder or from S3."""
    settings = settings_for(tmp_path / "data", odoo, **place.settings(), s3_presign=False)
    async with Sidecar(settings).running() as running:
        yield running


@pytest.fixture
def stored(place: Place) -> Place:
    """A recording is where the service looks for it."""
    place.write(KEY, CONTENT)
    place.write(FOLDER + "manifest.json", b'{"version": 1}')
    return place


async def fetch(
    sidecar: Sidecar, key: str = KEY, ticket: str = "", method: str = "GET", **headers: str
) -> httpx.Response:
    async with httpx.AsyncClient(timeout=None) as client:
        address = f"{sidecar.url}/media/{key}"
        return await client.request(method, address, params={"ticket": ticket or media_ticket(key)}, headers=headers)


async def test_a_file_comes_whole(sidecar: Sidecar, stored: Place) -> None:
    answer = await fetch(sidecar)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/webm"


async def test_a_file_comes_with_headers_that_keep_it_private(sidecar: Sidecar, stored: Place) -> None:
    headers = (await fetch(sidecar)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"].startswith("private")
    assert headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("wanted", "expected", "content_range"),
    [
        ("bytes=0-0", CONTENT[:1], "bytes 0-0/1048576"),
        ("bytes=100-299999", CONTENT[100:300000], "bytes 100-299999/1048576"),
        ("bytes=1048570-", CONTENT[-6:], "bytes 1048570-1048575/1048576"),
        ("bytes=-10", CONTENT[-10:], "bytes 1048566-1048575/1048576"),
        ("bytes=1048570-9999999", CONTENT[-6:], "bytes 1048570-1048575/1048576"),
    ],
)
async def test_a_range_comes_alone(
    sidecar: Sidecar, stored: Place, wanted: str, expected: bytes, content_range: str
) -> None:
    answer = await fetch(sidecar, Range=wanted)
    assert answer.status_code == 206
    assert answer.content == expected
    assert answer.headers["content-range"] == content_range
    assert answer.headers["content-length"] == str(len(expected))


async def test_a_range_behind_the_end_is_416_with_the_size(sidecar: Sidecar, stored: Place) -> None:
    answer = await fetch(sidecar, Range="bytes=1048576-")
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */1048576"


async def test_if_range_gives_the_range_only_of_the_same_file(sidecar: Sidecar, stored: Place) -> None:
    etag = (await fetch(sidecar)).headers["etag"]
    same = await fetch(sidecar, **{"Range": "bytes=0-9", "If-Range": etag})
    assert (same.status_code, same.content) == (206, CONTENT[:10])
    changed = await fetch(sidecar, **{"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, CONTENT)


async def test_another_file_under_the_key_has_another_etag(sidecar: Sidecar, stored: Place) -> None:
    before = (await fetch(sidecar)).headers["etag"]
    stored.write(KEY, CONTENT + b"more")
    assert (await fetch(sidecar)).headers["etag"] != before


@pytest.mark.parametrize("wanted", ["bytes=9-3", "bytes=a-b", "pages=1-2", "bytes"])
async def test_a_range_that_makes_no_sense_is_never_another_part(sidecar: Sidecar, stored: Place, wanted: str) -> None:
    """RFC 9110 §14.2 lets a server ignore it; a file from a folder answers that it is wrong."""
    answer = await fetch(sidecar, Range=wanted)
    assert answer.status_code in (200, 400, 416)
    if answer.status_code == 200:
        assert answer.content == CONTENT


@pytest.mark.parametrize("wanted", ["", "bytes=0-9"])
async def test_head_tells_the_same_without_the_bytes(sidecar: Sidecar, stored: Place, wanted: str) -> None:
    headers = {"Range": wanted} if wanted else {}
    head, get = await fetch(sidecar, method="HEAD", **headers), await fetch(sidecar, **headers)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-length", "content-type", "etag", "content-disposition"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("ticket", "status"),
    [
        (media_ticket("recordings/a1/other.webm"), 403),
        (media_ticket(FOLDER), 403),
        (room_ticket(), 403),
        (media_ticket(KEY, exp=1), 401),
        (media_ticket(KEY, v=2), 403),
        ("nonsense", 403),
    ],
    ids=["another file", "its folder", "a room ticket", "expired", "another version", "nonsense"],
)
async def test_without_the_right_ticket_there_is_nothing(
    sidecar: Sidecar, stored: Place, ticket: str, status: int
) -> None:
    answer = await fetch(sidecar, ticket=ticket)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")


async def test_a_file_that_is_not_there_is_404(sidecar: Sidecar) -> None:
    assert (await fetch(sidecar)).status_code == 404
    assert (await fetch(sidecar, FOLDER)).status_code == 404


async def test_nothing_outside_of_the_store_can_be_had(sidecar: Sidecar, stored: Place) -> None:
    (sidecar.settings.data / "secret.txt").write_text("secret")
    sidecar.settings.store_folder.mkdir(exist_ok=True)
    (sidecar.settings.store_folder / "escape").symlink_to(sidecar.settings.data)
    answer = await fetch(sidecar, "escape/secret.txt")
    assert answer.status_code == 404
    raw = await sidecar.get("/media/..%2fsecret.txt?ticket=" + media_ticket("../secret.txt"))
    assert raw.status_code == 403


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"disposition": "attachment"}, "attachment"),
        ({"disposition": "inline"}, "inline"),
        ({"disposition": "inline", "mime": "text/html"}, "attachment"),
        ({"disposition": "inline", "mime": "image/svg+xml"}, "attachment"),
    ],
)
async def test_only_what_cannot_run_is_shown_inline(
    sidecar: Sidecar, stored: Place, claims: dict[str, str], expected: str
) -> None:
    answer = await fetch(sidecar, ticket=media_ticket(KEY, **claims))
    assert answer.headers["content-disposition"].startswith(expected + ";")


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("Rex.webm", 'inline; filename="Rex.webm"'),
        ("Mušķis 1.webm", "inline; filename=\"Mu__is 1.webm\"; filename*=UTF-8''Mu%C5%A1%C4%B7is%201.webm"),
        ('a"b\r\nX: y.webm', "inline; filename=\"a_b__X: y.webm\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y.webm"),
        ("../../etc/passwd", 'inline; filename="passwd"'),
        ("", 'inline; filename="media"'),
    ],
)
def test_the_name_of_a_download_is_what_it_says_and_breaks_nothing(filename: str, header: str) -> None:
    assert content_disposition("inline", filename) == header


async def test_an_empty_file_comes_empty(sidecar: Sidecar, stored: Place) -> None:
    stored.write("media/empty.txt", b"")
    answer = await fetch(sidecar, "media/empty.txt")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await fetch(sidecar, "media/empty.txt", Range="bytes=0-")).status_code in (200, 416)


async def test_a_folder_comes_as_a_zip_of_known_length(sidecar: Sidecar, stored: Place) -> None:
    answer = await fetch(sidecar, FOLDER, media_ticket(FOLDER, filename="Rex 12 May.zip"))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="Rex 12 May.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["camera-vet-1.webm", "manifest.json"]
        assert archive.read("camera-vet-1.webm") == CONTENT
        assert archive.getinfo("camera-vet-1.webm").compress_type == zipfile.ZIP_STORED


async def test_the_head_of_a_folder_tells_the_length(sidecar: Sidecar, stored: Place) -> None:
    head, get = await fetch(sidecar, FOLDER, method="HEAD"), await fetch(sidecar, FOLDER)
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.content == b""


async def test_the_clinics_pages_may_read_media_and_no_others(sidecar: Sidecar, stored: Place) -> None:
    ours = await fetch(sidecar, Origin=sidecar.origin)
    assert ours.headers["access-control-allow-origin"] == sidecar.origin
    assert "Content-Range" in ours.headers["access-control-expose-headers"]
    foreign = await fetch(sidecar, Origin="https://elsewhere.example")
    assert "access-control-allow-origin" not in foreign.headers


async def test_a_browser_may_ask_for_ranges_from_the_clinics_pages(sidecar: Sidecar) -> None:
    asked = {
        "Origin": sidecar.origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "range",
    }
    answer = await fetch(sidecar, method="OPTIONS", **asked)
    assert answer.status_code == 200
    assert "range" in answer.headers["access-control-allow-headers"].lower()


@pytest.fixture
async def presigning(tmp_path: Path, odoo: OdooStandIn, bucket: Bucket) -> AsyncIterator[Sidecar]:
    """A service that sends browsers to the bucket."""
    bucket.write(KEY, CONTENT)
    settings = settings_for(tmp_path / "data", odoo, **bucket.settings(), s3_presign_seconds=600)
    async with Sidecar(settings).running() as running:
        yield running


async def test_a_browser_is_sent_to_the_bucket_and_gets_type_and_name_from_there(presigning: Sidecar) -> None:
    answer = await fetch(presigning, ticket=media_ticket(KEY, disposition="attachment", filename='Rex "1".webm'))
    assert answer.status_code == 307
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.content == b""
    async with httpx.AsyncClient(timeout=None) as client:
        given = await client.get(answer.headers["location"], headers={"Range": "bytes=10-19"})
    assert (given.status_code, given.content) == (206, CONTENT[10:20])
    assert given.headers["content-type"] == "video/webm"
    assert given.headers["content-disposition"].startswith('attachment; filename="Rex _1_.webm"')


@pytest.mark.parametrize(("left", "most"), [(3600, 600), (120, 120)])
async def test_the_address_lives_for_minutes_and_never_longer_than_the_ticket(
    presigning: Sidecar, left: int, most: int
) -> None:
    ticket = media_ticket(KEY, exp=int(time.time()) + left)
    address = (await fetch(presigning, ticket=ticket)).headers["location"]
    lives = int(parse_qs(urlsplit(address).query)["X-Amz-Expires"][0])
    assert 0 < lives <= most


async def test_a_page_that_reads_pixels_gets_the_bytes_from_here(presigning: Sidecar) -> None:
    headers = {"Range": "bytes=0-9", "Origin": presigning.origin}
    answer = await fetch(presigning, ticket=media_ticket(KEY, stream=True), **headers)
    assert (answer.status_code, answer.content) == (206, CONTENT[:10])
    assert answer.headers["access-control-allow-origin"] == presigning.origin


async def test_head_is_answered_here_because_an_address_of_the_bucket_is_for_get(presigning: Sidecar) -> None:
    answer = await fetch(presigning, method="HEAD")
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(CONTENT)))


async def test_a_folder_of_the_bucket_comes_as_a_zip_from_here(presigning: Sidecar) -> None:
    answer = await fetch(presigning, FOLDER)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("camera-vet-1.webm") == CONTENT


async def test_nobody_is_sent_to_a_file_that_is_not_there(presigning: Sidecar) -> None:
    assert (await fetch(presigning, "media/none.mp4")).status_code == 404


@pytest.fixture
def patience() -> float:
    """Seconds that the service waits for the bucket."""
    return 30.0


@pytest.fixture
async def fronted(
    tmp_path: Path, odoo: OdooStandIn, bucket: Bucket, front: S3Front, patience: float
) -> AsyncIterator[Sidecar]:
    """A service that gives what comes through the front."""
    bucket.write(KEY, CONTENT)
    more = bucket.settings(front.url) | {"s3_presign": False, "s3_timeout": patience}
    async with Sidecar(settings_for(tmp_path / "data", odoo, **more)).running() as running:
        yield running


async def refusing(request: Request, body: bytes) -> Response:
    return refusal("AccessDenied", 403)


@pytest.mark.parametrize(("fault", "patience"), [(stalling, 0.5), (refusing, 30.0)], ids=["slow", "strict"])
async def test_a_bucket_that_gives_nothing_is_503_and_no_secret(fronted: Sidecar, front: S3Front, fault: Rule) -> None:
    front.rule = fault
    for key in (KEY, FOLDER):
        answer = await fetch(fronted, key)
        assert answer.status_code == 503
        assert answer.json()["detail"] == "The media store does not answer at the moment. Try again in a minute."
        assert int(answer.headers["retry-after"]) > 0


class Watched(StreamingResponse):
    """What a bucket gives; sets *ended* when nobody takes it any more."""

    def __init__(self, content: AsyncIterator[bytes], ended: asyncio.Event, size: int) -> None:
        super().__init__(content, 206, {"Content-Length": str(size)})
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended.set()


async def test_a_browser_that_stops_reading_stops_the_reading_from_the_bucket(
    fronted: Sidecar, front: S3Front, bucket: Bucket
) -> None:
    """Only what the network takes is fetched: the file is never in memory as a whole."""
    size, piece = 128 * 1024 * 1024, bytes(64 * 1024)
    bucket.write("media/long.mp4", bytes(size))
    sent: list[int] = []
    ended = asyncio.Event()

    async def endless(request: Request, body: bytes) -> Response | None:
        if request.method != "GET":
            return None

        async def pieces() -> AsyncIterator[bytes]:
            while sum(sent) < size and not await request.is_disconnected():
                sent.append(len(piece))
                yield piece

        return Watched(pieces(), ended, size)

    front.rule = endless
    async with httpx.AsyncClient(timeout=None) as client:
        address = f"{fronted.url}/media/media/long.mp4"
        async with client.stream("GET", address, params={"ticket": media_ticket("media/long.mp4")}) as answer:
            assert answer.status_code == 200
            await anext(answer.aiter_bytes())
    await ended.wait()
    assert 0 < sum(sent) < size / 2
