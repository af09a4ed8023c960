"""A page of Odoo's origin uploads to another origin (Fetch standard, CORS protocol)."""

import httpx
import pytest
from harness.sidecar import Sidecar
from harness.uploading import Sender, diary

CONTENT = diary(1000)


def names(header: str) -> set[str]:
    return {name.strip().lower() for name in header.split(",")}


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
async def test_a_page_may_use_every_method_and_header_of_tus(sidecar: Sidecar, method: str) -> None:
    wanted = "authorization, content-type, tus-resumable, upload-checksum, upload-length, upload-offset"
    async with httpx.AsyncClient() as client:
        answer = await client.options(
            f"{sidecar.url}/uploads/{'ab' * 16}",
            headers={
                "Origin": sidecar.origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": wanted,
            },
        )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == sidecar.origin
    assert method.lower() in names(answer.headers["access-control-allow-methods"])
    assert names(wanted) <= names(answer.headers["access-control-allow-headers"])
    assert int(answer.headers["access-control-max-age"]) >= 3600


async def test_a_page_of_another_origin_is_not_let_in(sidecar: Sidecar) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    async with httpx.AsyncClient() as client:
        answer = await client.options(f"{sidecar.url}/uploads/{'ab' * 16}", headers=headers)
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


async def test_a_page_may_read_where_its_upload_is_and_why_it_was_refused(sidecar: Sidecar) -> None:
    async with Sender(sidecar.url, CONTENT) as sender:
        created = await sender.begin(Origin=sidecar.origin)
        refused = await sender.patch(5, None, Origin=sidecar.origin)
    for answer in (created, refused):
        assert answer.headers["access-control-allow-origin"] == sidecar.origin
        exposed = names(answer.headers["access-control-expose-headers"])
        assert {"location", "upload-offset", "upload-length", "upload-expires", "retry-after"} <= exposed
    assert refused.json()["code"] == "offset"
