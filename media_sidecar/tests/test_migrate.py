"""Bringing everything from one store to another: whole, as often as it takes, and never losing a file."""

import asyncio
import hashlib
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.places import Folder, Place, files_of
from harness.s3 import ACCESS_KEY, REGION, SECRET_KEY, Bucket, S3Front, S3Server, flipped, refusal, stalling
from harness.tickets import SECRET_TEXT
from harness.waiting import until
from starlette.requests import Request
from starlette.responses import Response

from media_sidecar.cli import main
from media_sidecar.store import open_store

LARGE = bytes(range(256)) * 4096 * 9
FILES = {
    "media/b2/original.mov": LARGE,
    "media/b2/poster.jpg": b"poster",
    "recordings/a1/manifest.json": b"{}",
    "recordings/a1/owner.webm": b"what was recorded" * 1000,
}


@pytest.fixture(params=["folder to s3", "s3 to folder", "s3 to s3", "folder to folder"])
def way(request: pytest.FixtureRequest, tmp_path: Path, s3_server: S3Server) -> tuple[Place, Place]:
    """Where files are, and where they go."""
    kinds = request.param.split(" to ")
    made: list[Place] = [
        Bucket(s3_server) if kind == "s3" else folder_in(tmp_path, str(i)) for i, kind in enumerate(kinds)
    ]
    return made[0], made[1]


def folder_in(parent: Path, name: str) -> Folder:
    (parent / name).mkdir()
    return Folder(parent / name)


async def filled(place: Place, endpoint: str) -> None:
    """Put the files there as the service does."""
    store = open_store(place.address, Bucket.options_for(endpoint))
    with tempfile.TemporaryDirectory() as folder:
        for key, content in FILES.items():
            source = Path(folder) / key.replace("/", "-")
            source.write_bytes(content)
            await store.put(key, source, len(content), hashlib.sha256(content).hexdigest())


def environment(endpoint: str) -> dict[str, str]:
    s3 = {"ENDPOINT": endpoint, "REGION": REGION, "ACCESS_KEY": ACCESS_KEY, "SECRET_KEY": SECRET_KEY, "TIMEOUT": "5"}
    return {f"VET_SIDECAR_S3_{name}": value for name, value in s3.items()}


@dataclass
class Result:
    """What the command said."""

    code: int
    output: str
    errors: str


class Command:
    """``vet-media-sidecar migrate``, in a thread of its own, so that a front goes on in this one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in os.environ:
            if name.startswith("VET_SIDECAR_"):
                monkeypatch.delenv(name)

    async def run(self, endpoint: str, *arguments: str, **more: str) -> Result:
        for name, value in (environment(endpoint) | more).items():
            self._monkeypatch.setenv(name, value)
        self._capsys.readouterr()
        code = await asyncio.to_thread(main, ["migrate", *arguments])
        output, errors = self._capsys.readouterr()
        return Result(code, output, errors)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


async def test_everything_is_brought_over_and_stays_where_it_was(
    way: tuple[Place, Place], s3_server: S3Server, command: Command
) -> None:
    source, target = way
    await filled(source, s3_server.url)
    result = await command.run(s3_server.url, "--from", str(source.address), "--to", str(target.address))
    assert result.code == 0, result.errors
    assert files_of(target) == files_of(source) == FILES
    assert "[4/4]" in result.output
    assert "4 copied, 0 there already, 0 removed, 0 failed." in result.output


async def test_a_second_run_finds_everything_there(
    way: tuple[Place, Place], s3_server: S3Server, command: Command
) -> None:
    source, target = way
    await filled(source, s3_server.url)
    arguments = ("--from", str(source.address), "--to", str(target.address))
    assert (await command.run(s3_server.url, *arguments)).code == 0
    result = await command.run(s3_server.url, *arguments)
    assert result.code == 0, result.errors
    assert "0 copied, 4 there already, 0 removed, 0 failed." in result.output


async def test_what_is_only_half_there_or_another_file_is_replaced(
    way: tuple[Place, Place], s3_server: S3Server, command: Command
) -> None:
    source, target = way
    await filled(source, s3_server.url)
    target.write("media/b2/original.mov", LARGE[:-1] + b"?")
    target.write("media/b2/poster.jpg", b"pos")
    result = await command.run(s3_server.url, "--from", str(source.address), "--to", str(target.address))
    assert result.code == 0, result.errors
    assert files_of(target) == FILES


async def test_delete_leaves_the_source_empty_once_everything_is_there(
    way: tuple[Place, Place], s3_server: S3Server, command: Command
) -> None:
    source, target = way
    await filled(source, s3_server.url)
    result = await command.run(s3_server.url, "--from", str(source.address), "--to", str(target.address), "--delete")
    assert result.code == 0, result.errors
    assert (files_of(source), files_of(target)) == ({}, FILES)
    assert "4 copied, 0 there already, 4 removed, 0 failed." in result.output


async def test_what_fails_is_named_kept_at_the_source_and_done_by_the_next_run(
    tmp_path: Path, bucket: Bucket, front: S3Front, s3_server: S3Server, command: Command
) -> None:
    source = folder_in(tmp_path, "source")
    await filled(source, s3_server.url)
    arguments = ("--from", str(source.address), "--to", str(bucket.address), "--delete")

    async def damage(request: Request, body: bytes) -> bytes | None:
        return flipped(body) if request.method == "PUT" and request.url.path.endswith("poster.jpg") else None

    front.rule = damage
    result = await command.run(front.url, *arguments)
    assert result.code == 1
    assert "Not migrated: media/b2/poster.jpg: " in result.errors
    assert "damaged" in result.errors
    assert files_of(source) == {"media/b2/poster.jpg": b"poster"}
    assert sorted(bucket.held()) == sorted(set(FILES) - {"media/b2/poster.jpg"})
    front.rule = None
    result = await command.run(front.url, *arguments)
    assert (result.code, files_of(source)) == (0, {})
    assert sorted(bucket.held()) == sorted(FILES)


async def test_a_file_that_is_damaged_at_the_source_is_not_spread_and_not_deleted(
    tmp_path: Path, bucket: Bucket, s3_server: S3Server, command: Command
) -> None:
    await filled(bucket, s3_server.url)
    sha256 = hashlib.sha256(b"poster").hexdigest()
    bucket.write("media/b2/poster.jpg", b"p0ster", Metadata={"sha256": sha256})
    target = folder_in(tmp_path, "target")
    result = await command.run(s3_server.url, "--from", str(bucket.address), "--to", str(target.address), "--delete")
    assert result.code == 1
    assert "Not migrated: media/b2/poster.jpg: It is damaged at the source" in result.errors
    assert bucket.held() == ["media/b2/poster.jpg"]
    assert set(files_of(target)) == set(FILES) - {"media/b2/poster.jpg"}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_killed_half_way_it_goes_on_where_it_was(
    tmp_path: Path, bucket: Bucket, front: S3Front, s3_server: S3Server, how: signal.Signals, command: Command
) -> None:
    source = folder_in(tmp_path, "source")
    await filled(source, s3_server.url)
    arguments = ("--from", str(source.address), "--to", str(bucket.address), "--delete")

    async def hold_second_part(request: Request, body: bytes) -> Response | None:
        return await stalling(request, body) if "partNumber=2" in request.url.query else None

    front.rule = hold_second_part
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "media_sidecar", "migrate", *arguments),
        env=os.environ | environment(front.url),
        stderr=asyncio.subprocess.PIPE,
    )
    await until(lambda: any("partNumber=2" in query for _, query in front.requests))
    await until(lambda: len(bucket.held()) == 3)
    process.send_signal(how)
    _, errors = await process.communicate()
    assert process.returncode == (-9 if how == signal.SIGKILL else 130)
    assert b"Traceback" not in errors
    assert files_of(source)["media/b2/original.mov"] == LARGE
    assert "media/b2/original.mov" not in bucket.held()
    front.rule = None
    result = await command.run(front.url, *arguments)
    assert (result.code, files_of(source)) == (0, {})
    assert files_of(bucket) == FILES


async def test_a_source_that_cannot_be_listed_is_one_sentence(
    tmp_path: Path, front: S3Front, bucket: Bucket, command: Command
) -> None:
    async def refuse(request: Request, body: bytes) -> Response:
        return refusal("AccessDenied", 403)

    front.rule = refuse
    target = folder_in(tmp_path, "target")
    result = await command.run(front.url, "--from", str(bucket.address), "--to", str(target.address))
    assert result.code == 1
    assert result.errors.count("\n") == 1
    assert "does not allow ListObjectsV2" in result.errors
    assert SECRET_KEY not in result.errors


@pytest.mark.parametrize(
    ("source", "target", "part"),
    [
        ("{folder}", "{folder}", "same store"),
        ("{folder}", "{folder}/inside", "lies in the other"),
        ("s3://clinic/a", "s3://clinic", "lies in the other"),
        ("{folder}/none", "s3://clinic/a", "does not exist"),
        ("{folder}", "s3://Clinic", "--to must be s3://"),
        ("https://s3.example/clinic", "{folder}", "--from must be a folder or s3://"),
        ("{folder}", "", "--to names no store"),
    ],
)
async def test_stores_that_make_no_sense_are_one_sentence(
    tmp_path: Path, source: str, target: str, part: str, command: Command
) -> None:
    named = [text.format(folder=tmp_path) for text in (source, target)]
    result = await command.run("http://127.0.0.1:1", "--from", named[0], "--to", named[1])
    assert result.code == 2
    assert part in result.errors
    assert result.errors.count("\n") == 1


async def test_what_the_service_plays_is_never_deleted(tmp_path: Path, command: Command) -> None:
    (tmp_path / "data" / "store").mkdir(parents=True)
    service = {
        "VET_SIDECAR_SECRET": SECRET_TEXT,
        "VET_SIDECAR_ODOO_URL": "https://clinic.example",
        "VET_SIDECAR_DATA": str(tmp_path / "data"),
    }
    arguments = ("--from", str(tmp_path / "data" / "store"), "--to", str(tmp_path / "target"), "--delete")
    result = await command.run("http://127.0.0.1:1", *arguments, **service)
    assert result.code == 2
    assert "VET_SIDECAR_STORE" in result.errors
    assert (tmp_path / "data" / "store").is_dir()
