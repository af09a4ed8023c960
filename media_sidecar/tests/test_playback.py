"""Stored media for whoever has a ticket: whole, in part, or a folder at once."""

import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest
from harness.sidecar import Sidecar
from harness.tickets import media_ticket, room_ticket

from media_sidecar.playback import content_disposition

CONTENT = bytes(range(256)) * 4096
KEY = "recordings/a1/camera-vet-1.webm"
FOLDER = "recordings/a1/"


@pytest.fixture
async def stored(sidecar: Sidecar) -> Path:
    path = sidecar.settings.store_folder / KEY
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (path.parent / "manifest.json").write_text(json.dumps({"version": 1}))
    return path


async def fetch(
    sidecar: Sidecar, key: str = KEY, ticket: str = "", method: str = "GET", **headers: str
) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        address = f"{sidecar.url}/media/{key}"
        return await client.request(method, address, params={"ticket": ticket or media_ticket(key)}, headers=headers)


async def test_a_file_comes_whole(sidecar: Sidecar, stored: Path) -> None:
    answer = await fetch(sidecar)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/webm"


async def test_a_file_comes_with_headers_that_keep_it_private(sidecar: Sidecar, stored: Path) -> None:
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
    sidecar: Sidecar, stored: Path, wanted: str, expected: bytes, content_range: str
) -> None:
    answer = await fetch(sidecar, Range=wanted)
    assert answer.status_code == 206
    assert answer.content == expected
    assert answer.headers["content-range"] == content_range
    assert answer.headers["content-length"] == str(len(expected))


async def test_a_range_behind_the_end_is_416_with_the_size(sidecar: Sidecar, stored: Path) -> None:
    answer = await fetch(sidecar, Range="bytes=1048576-")
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */1048576"


async def test_if_range_gives_the_range_only_of_the_same_file(sidecar: Sidecar, stored: Path) -> None:
    etag = (await fetch(sidecar)).headers["etag"]
    same = await fetch(sidecar, **{"Range": "bytes=0-9", "If-Range": etag})
    assert (same.status_code, same.content) == (206, CONTENT[:10])
    changed = await fetch(sidecar, **{"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, CONTENT)


async def test_another_file_under_the_key_has_another_etag(sidecar: Sidecar, stored: Path) -> None:
    before = (await fetch(sidecar)).headers["etag"]
    stored.write_bytes(CONTENT + b"more")
    assert (await fetch(sidecar)).headers["etag"] != before


@pytest.mark.parametrize("wanted", ["", "bytes=0-9"])
async def test_head_tells_the_same_without_the_bytes(sidecar: Sidecar, stored: Path, wanted: str) -> None:
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
    sidecar: Sidecar, stored: Path, ticket: str, status: int
) -> None:
    answer = await fetch(sidecar, ticket=ticket)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")


async def test_a_file_that_is_not_there_is_404(sidecar: Sidecar) -> None:
    assert (await fetch(sidecar)).status_code == 404
    assert (await fetch(sidecar, FOLDER)).status_code == 404


async def test_nothing_outside_of_the_store_can_be_had(sidecar: Sidecar, stored: Path) -> None:
    (sidecar.settings.data / "secret.txt").write_text("secret")
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
    sidecar: Sidecar, stored: Path, claims: dict[str, str], expected: str
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


async def test_a_folder_comes_as_a_zip_of_known_length(sidecar: Sidecar, stored: Path) -> None:
    answer = await fetch(sidecar, FOLDER, media_ticket(FOLDER, filename="Rex 12 May.zip"))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="Rex 12 May.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["camera-vet-1.webm", "manifest.json"]
        assert archive.read("camera-vet-1.webm") == CONTENT
        assert archive.getinfo("camera-vet-1.webm").compress_type == zipfile.ZIP_STORED


async def test_the_head_of_a_folder_tells_the_length(sidecar: Sidecar, stored: Path) -> None:
    head, get = await fetch(sidecar, FOLDER, method="HEAD"), await fetch(sidecar, FOLDER)
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.content == b""


async def test_the_clinics_pages_may_read_media_and_no_others(sidecar: Sidecar, stored: Path) -> None:
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
