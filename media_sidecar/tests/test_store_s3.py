"""S3 over HTTP when something is wrong: away, slow, strict, lying, or killed half way."""

import asyncio
import base64
import hashlib
import json
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from harness.s3 import ACCESS_KEY, SECRET_KEY, Bucket, S3Front, S3Server, flipped, refusal, stalling
from harness.serving import free_port
from harness.waiting import until
from starlette.requests import Request
from starlette.responses import Response

from media_sidecar.store import S3Address, S3Store, StoreError

CONTENT = b"frames" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
LARGE = bytes(range(256)) * 4096 * 20
LARGE_SHA256 = hashlib.sha256(LARGE).hexdigest()
KEY = "recordings/a1/camera.webm"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.webm"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.mp4"
    path.write_bytes(LARGE)
    return path


@pytest.fixture
def store(bucket: Bucket, front: S3Front) -> S3Store:
    """A store behind the front."""
    return bucket.store(front.url)


async def problem_of(store: S3Store, source: Path) -> str:
    """What the store says when it is to take a file, which is what it says of its health."""
    with pytest.raises(StoreError) as caught:
        await store.put(KEY, source, source.stat().st_size, hashlib.sha256(source.read_bytes()).hexdigest())
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    assert SECRET_KEY not in sentence and ACCESS_KEY not in sentence
    return sentence


async def test_what_is_stored_says_its_hash_and_was_checked_by_the_server(bucket: Bucket, large: Path) -> None:
    await bucket.store().put(KEY, large, len(LARGE), LARGE_SHA256)
    head = bucket.client.head_object(Bucket=bucket.name, Key=f"vet/{KEY}", ChecksumMode="ENABLED")
    assert head["Metadata"] == {"sha256": LARGE_SHA256}
    assert head["ChecksumSHA256"]
    file = await bucket.store().open(KEY)
    assert file and file.sha256 == LARGE_SHA256


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"sse": "AES256"}, {"ServerSideEncryption": "AES256"}),
        (
            {"sse": "aws:kms", "kms_key": "alias/clinic"},
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/clinic"},
        ),
    ],
)
async def test_the_server_is_told_to_encrypt(
    bucket: Bucket, source: Path, large: Path, options: dict[str, str], expected: dict[str, str]
) -> None:
    store = bucket.store(**options)
    await store.put("small", source, len(CONTENT), SHA256)
    await store.put("large", large, len(LARGE), LARGE_SHA256)
    for key in ("small", "large"):
        head = bucket.client.head_object(Bucket=bucket.name, Key=f"vet/{key}")
        assert {name: head.get(name) for name in expected} == expected


async def test_a_large_file_is_never_in_memory_as_a_whole(bucket: Bucket, tmp_path: Path) -> None:
    source = tmp_path / "huge.mp4"
    with source.open("wb") as file:
        for number in range(96):
            file.write(bytes([number]) * 1024 * 1024)
    size, sha256 = source.stat().st_size, hashlib.file_digest(source.open("rb"), "sha256").hexdigest()
    script = (
        "import asyncio, resource, sys; from pathlib import Path; from media_sidecar.store import *\n"
        "bucket, endpoint, source, size, sha256 = sys.argv[1:]\n"
        "async def main():\n"
        "    store = S3Store(S3Address(bucket, 'vet/'), S3Options(endpoint=endpoint, access_key='a', secret_key='b'))\n"
        "    await store.check()\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    await store.put('huge', Path(source), int(size), sha256)\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        "asyncio.run(main())\n"
    )
    arguments = (bucket.name, bucket.server.url, str(source), str(size), sha256)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert int(output) < 48 * 1024, "KiB"
    assert bucket.held() == ["huge"]


async def test_a_server_that_is_away_is_said_to_be_and_takes_the_file_when_it_is_back(
    bucket: Bucket, s3_server: S3Server, source: Path
) -> None:
    front = S3Front(s3_server)
    store = bucket.store(front.url)
    assert "cannot be reached" in await problem_of(store, source)
    async with front.running():
        await store.put(KEY, source, len(CONTENT), SHA256)
    assert bucket.held() == [KEY]


async def test_a_server_that_does_not_answer_in_time_is_said_to_be_slow(
    front: S3Front, bucket: Bucket, source: Path
) -> None:
    store = bucket.store(front.url, timeout=0.5)
    front.rule = stalling
    assert "too slowly" in await problem_of(store, source)
    health = await store.check()
    assert not health.ok
    assert "too slowly" in health.message
    assert bucket.held() == []


async def test_a_server_that_is_overloaded_for_a_moment_is_asked_again(
    store: S3Store, front: S3Front, bucket: Bucket, source: Path
) -> None:
    refused: list[str] = []

    async def busy_once(request: Request, body: bytes) -> Response | None:
        if request.method == "PUT" and not refused:
            refused.append(request.method)
            return refusal("SlowDown", 503)
        return None

    front.rule = busy_once
    await store.put(KEY, source, len(CONTENT), SHA256)
    assert bucket.read(KEY) == CONTENT
    assert refused == ["PUT"]


async def test_an_answer_that_is_lost_does_no_harm(store: S3Store, front: S3Front, bucket: Bucket, large: Path) -> None:
    """The upload was completed, the answer never came, and the call is repeated."""
    lost: list[str] = []

    async def lose_once(request: Request, body: bytes) -> Response | None:
        if request.method == "POST" and "uploadId=" in request.url.query and not lost:
            lost.append(request.url.query)
            async with httpx.AsyncClient(timeout=None) as client:
                target = bucket.server.url + request.url.path + "?" + request.url.query
                answer = await client.post(target, content=body, headers=dict(request.headers))
                assert answer.status_code == 200
            return refusal("InternalError", 500)
        return None

    front.rule = lose_once
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    assert len(lost) == 1
    assert bucket.read(KEY) == LARGE


@pytest.fixture
def guarded(s3_server: S3Server) -> Iterator[S3Server]:
    """The server checks signatures and rights, as a real one does."""
    httpx.post(f"{s3_server.url}/moto-api/reset-auth", content="0").raise_for_status()
    yield s3_server
    httpx.post(f"{s3_server.url}/moto-api/reset-auth", content="inf").raise_for_status()


def user_of(server: S3Server, *actions: str) -> tuple[str, str]:
    """The keys of a new user who may do *actions*."""
    iam = server.client_for("any", "any", "iam")
    name = f"user-{free_port()}-{len(actions)}"
    iam.create_user(UserName=name)
    if actions:
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        iam.put_user_policy(UserName=name, PolicyName="store", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


async def test_an_unknown_key_is_told_with_the_names_of_the_settings(bucket: Bucket, guarded: S3Server) -> None:
    health = await bucket.store().check()
    assert not health.ok
    assert "InvalidAccessKeyId" in health.message
    assert "VET_SIDECAR_S3_ACCESS_KEY" in health.message


async def test_a_wrong_secret_is_told_and_shown_nowhere(
    bucket: Bucket, s3_server: S3Server, source: Path, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    access_key, _ = user_of(s3_server, "s3:*")
    request.getfixturevalue("guarded")
    store = bucket.store(access_key=access_key, secret_key="a-wrong-secret")
    health = await store.check()
    assert "SignatureDoesNotMatch" in health.message
    assert "VET_SIDECAR_S3_SECRET_KEY" in health.message
    with pytest.raises(StoreError) as caught:
        await store.put(KEY, source, len(CONTENT), SHA256)
    logging.getLogger("test").exception("as delivery logs it", exc_info=caught.value)
    for text in (str(caught.value), health.message, caplog.text, repr(bucket.options(secret_key="a-wrong-secret"))):
        assert "a-wrong-secret" not in text


async def test_a_user_without_the_right_is_told_which_one(
    bucket: Bucket, s3_server: S3Server, request: pytest.FixtureRequest
) -> None:
    access_key, secret_key = user_of(s3_server, "s3:ListBucket")
    request.getfixturevalue("guarded")
    health = await bucket.store(access_key=access_key, secret_key=secret_key).check()
    assert "does not allow PutObject" in health.message
    assert "policy" in health.message


async def test_the_rights_that_the_readme_asks_for_are_enough(
    bucket: Bucket, s3_server: S3Server, large: Path, request: pytest.FixtureRequest
) -> None:
    policy = json.loads((Path(__file__).parents[1] / "README.md").read_text().split("```json")[1].split("```")[0])
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    access_key, secret_key = user_of(s3_server, *actions)
    request.getfixturevalue("guarded")
    store = bucket.store(access_key=access_key, secret_key=secret_key)
    assert (await store.check()).ok
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    assert [file.key for file in await store.list_folder("recordings/")] == [KEY]
    await store.delete("recordings/")
    assert await store.open(KEY) is None


async def test_no_credentials_at_all_is_told(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    health = await bucket.store(access_key=None, secret_key=None).check()
    assert not health.ok
    assert "no credentials" in health.message


async def test_a_bucket_that_does_not_exist_is_told(bucket: Bucket, source: Path) -> None:
    store = S3Store(S3Address("no-such-bucket"), bucket.options())
    assert "There is no bucket no-such-bucket" in await problem_of(store, source)
    assert "There is no bucket no-such-bucket" in (await store.check()).message
    with pytest.raises(StoreError, match="There is no bucket"):
        await store.open(KEY)


@pytest.mark.parametrize("size", ["small", "in parts"])
async def test_bytes_that_change_on_the_way_are_refused_and_not_kept(
    store: S3Store, front: S3Front, bucket: Bucket, source: Path, large: Path, size: str
) -> None:
    async def liar(request: Request, body: bytes) -> bytes | None:
        return flipped(body) if request.method == "PUT" else None

    front.rule = liar
    assert "damaged" in await problem_of(store, source if size == "small" else large)
    assert bucket.held() == []


@pytest.mark.parametrize("size", ["small", "in parts"])
async def test_a_server_that_checks_the_hash_itself_is_believed(
    store: S3Store, front: S3Front, bucket: Bucket, source: Path, large: Path, size: str
) -> None:
    async def strict(request: Request, body: bytes) -> Response | None:
        if request.method != "PUT":
            return None
        arrived = hashlib.sha256(flipped(body)).digest()
        claimed = request.headers["x-amz-checksum-sha256"]
        return refusal("BadDigest", 400) if base64.b64encode(arrived).decode() != claimed else None

    front.rule = strict
    assert "damaged" in await problem_of(store, source if size == "small" else large)
    assert bucket.held() == []
    assert bucket.unfinished() == []


@pytest.mark.parametrize("way", ["refuses", "ignores"])
async def test_a_server_without_checksums_is_read_back(
    store: S3Store, front: S3Front, bucket: Bucket, large: Path, way: str
) -> None:
    is_lying = True

    async def old(request: Request, body: bytes) -> Response | bytes | None:
        if way == "refuses" and any("checksum" in name for name in request.headers if request.method != "HEAD"):
            return refusal("NotImplemented", 501)
        return flipped(body) if is_lying and request.method == "PUT" else None

    front.rule, front.dropped = old, "checksum"
    assert "damaged" in await problem_of(store, large)
    assert bucket.held() == []
    is_lying = False
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    assert bucket.read(KEY) == LARGE


async def test_an_upload_that_fails_leaves_no_parts_behind(
    store: S3Store, front: S3Front, bucket: Bucket, large: Path
) -> None:
    async def second_part_fails(request: Request, body: bytes) -> Response | None:
        return refusal("AccessDenied", 403) if "partNumber=2" in request.url.query else None

    front.rule = second_part_fails
    assert "does not allow UploadPart" in await problem_of(store, large)
    assert (bucket.held(), bucket.unfinished()) == ([], [])


async def test_an_upload_that_nobody_waits_for_any_more_ends_and_leaves_no_parts_behind(
    bucket: Bucket, front: S3Front, large: Path
) -> None:
    store = bucket.store(front.url)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold_first_part(request: Request, body: bytes) -> None:
        if "partNumber=1" in request.url.query:
            arrived.set()
            await go_on.wait()

    front.rule = hold_first_part
    upload = asyncio.create_task(store.put(KEY, large, len(LARGE), LARGE_SHA256))
    await arrived.wait()
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)
    go_on.set()
    await until(lambda: any(method == "DELETE" for method, _ in front.requests))
    await until(lambda: bucket.unfinished() == [])
    assert bucket.held() == []
    assert not any("partNumber=2" in query for _, query in front.requests)


@pytest.mark.parametrize(("content", "last"), [(CONTENT, ("PUT", "")), (LARGE, ("POST", "uploadId="))])
async def test_a_file_that_is_deleted_while_its_last_request_is_on_its_way_is_not_there_afterwards(
    bucket: Bucket, front: S3Front, tmp_path: Path, content: bytes, last: tuple[str, str]
) -> None:
    store = bucket.store(front.url)
    source = tmp_path / "source"
    source.write_bytes(content)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold_last(request: Request, body: bytes) -> None:
        if request.method == last[0] and request.url.query.startswith(last[1]):
            arrived.set()
            await go_on.wait()

    front.rule = hold_last
    upload = asyncio.create_task(store.put(KEY, source, len(content), hashlib.sha256(content).hexdigest()))
    await arrived.wait()
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)
    await store.delete("recordings/a1/")
    front.requests.clear()
    go_on.set()
    await until(lambda: ("DELETE", "") in front.requests)
    await until(lambda: bucket.held() == [])


async def test_a_file_that_is_sent_again_while_an_upload_that_was_given_up_ends_is_kept(
    bucket: Bucket, front: S3Front, source: Path
) -> None:
    store = bucket.store(front.url)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold_first(request: Request, body: bytes) -> None:
        if request.method == "PUT" and not go_on.is_set():
            arrived.set()
            await go_on.wait()

    front.rule = hold_first
    given_up = asyncio.create_task(store.put(KEY, source, len(CONTENT), SHA256))
    await arrived.wait()
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    again = asyncio.create_task(store.put(KEY, source, len(CONTENT), SHA256))
    go_on.set()
    await again
    assert bucket.read(KEY) == CONTENT


async def test_killed_half_way_nothing_is_there_and_a_second_upload_completes(
    bucket: Bucket, front: S3Front, large: Path
) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path; from media_sidecar.store import *\n"
        "bucket, endpoint, source, size, sha256, key = sys.argv[1:]\n"
        "store = S3Store(S3Address(bucket, 'vet/'), S3Options(endpoint=endpoint, access_key='a', secret_key='b'))\n"
        "asyncio.run(store.put(key, Path(source), int(size), sha256))\n"
    )
    reached = asyncio.Event()

    async def hold_second_part(request: Request, body: bytes) -> Response | None:
        if "partNumber=2" not in request.url.query:
            return None
        reached.set()
        return await stalling(request, body)

    front.rule = hold_second_part
    arguments = (bucket.name, front.url, str(large), str(len(LARGE)), LARGE_SHA256, KEY)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, *arguments)
    await reached.wait()
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert bucket.held() == []
    assert bucket.unfinished() == [f"vet/{KEY}"]
    front.rule = None
    store = bucket.store(front.url)
    assert await store.open(KEY) is None
    await store.put(KEY, large, len(LARGE), LARGE_SHA256)
    assert bucket.read(KEY) == LARGE
    assert bucket.unfinished() == []


async def test_a_file_that_breaks_off_while_it_is_read_goes_on_where_it_was(
    store: S3Store, front: S3Front, bucket: Bucket
) -> None:
    bucket.write(KEY, LARGE)
    cut: list[str] = []

    async def break_off(request: Request, body: bytes) -> Response | None:
        if request.method != "GET" or len(cut) == 2:
            return None
        cut.append(request.headers["range"])
        start = int(request.headers["range"].removeprefix("bytes=").partition("-")[0])
        return CutOff(LARGE[start:], 3_000_000)

    front.rule = break_off
    file = await store.open(KEY)
    assert file is not None
    content = b"".join([chunk async for chunk in file.read()])
    assert content == LARGE
    assert len(cut) == 2 and cut[0] != cut[1]


class CutOff(Response):
    """An answer that promises all and ends early."""

    def __init__(self, content: bytes, kept: int) -> None:
        super().__init__(content, 206)
        self._kept = kept

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body[: self._kept], "more_body": True})
        raise ConnectionAbortedError


async def test_a_file_that_changes_while_it_is_read_is_never_mixed(store: S3Store, bucket: Bucket) -> None:
    bucket.write(KEY, LARGE)
    file = await store.open(KEY)
    bucket.write(KEY, CONTENT)
    assert file is not None
    with pytest.raises(StoreError):
        async for _chunk in file.read():
            pytest.fail("bytes of another file")


async def test_a_check_within_moments_asks_the_bucket_once(store: S3Store, front: S3Front) -> None:
    answers = await asyncio.gather(*(store.check() for _ in range(10)))
    assert all(answer.ok for answer in answers)
    assert [method for method, _ in front.requests].count("PUT") == 1
