"""tus 1.0.0 as its specification has it (https://tus.io/protocols/resumable-upload), over real sockets."""

import asyncio
import base64
import hashlib
import io
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx
import pytest
from harness.odoo import OdooStandIn
from harness.uploading import Sender, diary
from tusclient.client import TusClient

from .station import Station

CONTENT = diary(300_000)


async def test_options_say_what_the_service_speaks(station: Station) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.options(f"{station.url}/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-extension"].split(",") == ["creation", "termination", "checksum", "expiration"]
    assert answer.headers["tus-checksum-algorithm"].split(",") == ["sha1", "sha256"]
    assert int(answer.headers["tus-max-size"]) == station.settings.max_upload_bytes


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
async def test_another_version_is_refused_with_the_one_that_is_spoken(station: Station, method: str) -> None:
    async with station.sender(CONTENT) as sender:
        address = f"{station.url}/uploads" if method == "POST" else sender.address
        headers = sender.headers(Tus_Resumable="0.2.2")
        answer = await sender.client.request(method, address, headers=headers)
    assert answer.status_code == 412
    assert answer.headers["tus-version"] == "1.0.0"


async def test_a_file_arrives_in_pieces(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        created = await sender.begin()
        assert (created.status_code, created.headers["upload-offset"]) == (201, "0")
        first = await sender.patch(0, 100_000)
        assert (first.status_code, first.headers["upload-offset"]) == (204, "100000")
        head = await sender.head()
        assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("100000", "300000")
        last = await sender.patch(100_000)
        assert (last.status_code, last.headers["upload-offset"]) == (204, "300000")
        assert station.file(sender).read_bytes() == CONTENT


async def test_every_answer_names_the_version_and_may_not_be_kept(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        answers = [await sender.begin(), await sender.head(), await sender.patch(0, 10), await sender.patch(5)]
    for answer in answers:
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "prefix"), [("/uploads", ""), ("/uploads/", ""), ("/uploads", "/media-sidecar")])
async def test_the_location_leads_to_the_upload_also_behind_a_proxy_that_cuts_a_prefix_off(
    station: Station, path: str, prefix: str
) -> None:
    async with station.sender(CONTENT) as sender:
        headers = sender.headers(Upload_Length="300000")
        answer = await sender.client.post(station.url + path, headers=headers)
    asked = f"https://clinic.example{prefix}{path}"
    location = urljoin(asked, answer.headers["location"])
    assert location == f"https://clinic.example{prefix}/uploads/{sender.media}"


async def test_to_begin_again_is_to_go_on(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        created = await sender.begin()
        await sender.patch(0, 1000)
        again = await sender.begin()
    assert again.status_code == 201
    assert again.headers["location"] == created.headers["location"]
    assert again.headers["upload-offset"] == "1000"


@pytest.mark.parametrize("offset", [0, 999, 1001, 300_000])
async def test_bytes_for_another_place_are_refused_with_the_place_they_belong_to(station: Station, offset: int) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 1000)
        answer = await sender.patch(offset)
        assert (answer.status_code, answer.json()["code"]) == (409, "offset")
        assert answer.headers["upload-offset"] == "1000"
        assert await sender.offset() == 1000


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Content_Type": "application/octet-stream"}, 415),
        ({"Upload_Offset": "-1"}, 400),
        ({"Upload_Offset": "ten"}, 400),
        ({"Upload_Checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}, 400),
        ({"Upload_Checksum": "sha256 nonsense"}, 400),
    ],
)
async def test_a_request_that_tus_does_not_know_is_refused(
    station: Station, change: dict[str, str], status: int
) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        answer = await sender.patch(0, None, **change)
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid")
    assert answer.json()["message"].endswith(".")


@pytest.mark.parametrize("change", [{"Upload_Length": "many"}, {"Upload_Length": ""}, {"Upload_Defer_Length": "1"}])
async def test_an_upload_without_a_length_does_not_begin(station: Station, change: dict[str, str]) -> None:
    async with station.sender(CONTENT) as sender:
        assert (await sender.begin(**change)).status_code == 400
        assert (await sender.head()).status_code == 404


async def test_another_method_may_travel_in_a_header(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        headers = sender.headers(
            X_HTTP_Method_Override="PATCH", Upload_Offset="0", Content_Type="application/offset+octet-stream"
        )
        answer = await sender.client.post(sender.address, headers=headers, content=CONTENT)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "300000")


async def test_an_unfinished_upload_says_when_it_will_be_given_up(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        begun = parsedate_to_datetime((await sender.begin()).headers["upload-expires"])
        await sender.patch(0)
        assert "upload-expires" not in (await sender.head()).headers
    known = await station.known(sender)
    assert known is not None
    assert begun.timestamp() == int(known.created_at) + 168 * 3600


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_with_their_checksum_are_taken(station: Station, algorithm: str) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        digest = base64.b64encode(hashlib.new(algorithm, CONTENT[:1000]).digest()).decode()
        answer = await sender.patch(0, 1000, Upload_Checksum=f"{algorithm} {digest}")
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "1000")


async def test_bytes_that_changed_on_their_way_do_not_count(station: Station, odoo: OdooStandIn) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 1000)
        digest = base64.b64encode(hashlib.sha256(CONTENT[1000:]).digest()).decode()
        sender.content = CONTENT[:1000] + b"x" + CONTENT[1001:]
        answer = await sender.patch(1000, None, Upload_Checksum=f"sha256 {digest}")
        assert (answer.status_code, answer.json()["code"]) == (460, "checksum")
        assert answer.headers["upload-offset"] == "1000"
        assert await sender.offset() == 1000
        sender.content = CONTENT
        assert (await sender.patch(1000, None, Upload_Checksum=f"sha256 {digest}")).status_code == 204
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256


async def test_bytes_whose_checksum_cannot_be_verified_do_not_count(station: Station) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        digest = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
        hanging = await sender.hanging(0, 200_000, Upload_Checksum=f"sha256 {digest}")
        await hanging.cut()
        assert await sender.offset() == 0


async def test_an_upload_can_be_called_off(station: Station, odoo: OdooStandIn) -> None:
    async with station.sender(CONTENT) as sender:
        await sender.begin()
        await sender.patch(0, 1000)
        assert (await sender.delete()).status_code == 204
        for answer in (await sender.head(), await sender.patch(1000), await sender.begin(), await sender.delete()):
            assert answer.status_code == 410
    assert not station.file(sender).parent.exists()
    assert await odoo.wait_for("media.discarded") == {"media": sender.media, "reason": "cancelled"}


@pytest.mark.parametrize("with_checksum", [False, True])
async def test_a_tus_client_that_is_not_ours_uploads_and_resumes(
    station: Station, odoo: OdooStandIn, with_checksum: bool
) -> None:
    sender = Sender(station.url, CONTENT)

    def upload(stop: int | None) -> None:
        client = TusClient(f"{station.url}/uploads", headers=sender.headers())
        uploader = client.uploader(
            file_stream=io.BytesIO(CONTENT),
            chunk_size=70_000,
            metadata={"filename": "diary.txt"},
            upload_checksum=with_checksum,
        )
        # Its method for resuming asks for the offset of a known address; ours is known by the media's key.
        uploader.set_url(sender.address) if stop is None else None
        if stop is None:
            uploader.offset = uploader.get_offset()
        uploader.upload(stop_at=stop)

    await asyncio.to_thread(upload, 140_000)
    assert await sender.offset() == 140_000
    await asyncio.to_thread(upload, None)
    await sender.client.aclose()
    assert (await odoo.wait_for("media.received"))["sha256"] == sender.sha256
