"""What a worker may and may not do, and what is believed of what it says."""

import dataclasses
import os
import signal
from pathlib import Path

import pytest
from harness.waiting import until

from media_sidecar.processing import Sniffed
from media_sidecar.processing.jobs import Inspection, InspectJob, Plan, RenderJob, Unusable, line_of, parse_line
from media_sidecar.processing.signatures import DICOM, JPEG, M4A, MP4, WEBM
from media_sidecar.processing.workshop import Crashed, Limits, Workshop, is_plausible

from .actor import play_worker
from .conftest import Keeper
from .files import bomb, webp_bomb

ENCODED = Plan("mp4", "encode", None)
LITTLE_MEMORY = 600 * 1024**2
"""Bytes of address space; the libraries alone take some 300 MB of it."""


@pytest.fixture
def job(keeper: Keeper, tmp_path: Path) -> InspectJob:
    return InspectJob(str(keeper.file("rex.jpg")), str(tmp_path), JPEG)


async def ignore(percent: int) -> None:
    """Nobody looks."""


@pytest.mark.parametrize("make", [bomb, webp_bomb])
async def test_a_decompression_bomb_is_found_before_it_takes_memory(tmp_path: Path, make: object) -> None:
    path = make(tmp_path / "bomb")  # type: ignore[operator]
    mime, extension = ("image/png", "png") if make is bomb else ("image/webp", "webp")
    job = InspectJob(str(path), str(tmp_path), Sniffed("photo", mime, extension))
    with pytest.raises(Unusable) as refusal:
        await Workshop(Limits(memory_bytes=LITTLE_MEMORY)).inspect(job)
    assert refusal.value.code == "too_many_pixels"


async def test_what_needs_more_memory_than_there_is_fails_alone(keeper: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    # 99 million pixels: allowed, but not in so little memory.
    bomb(path, 9_950)
    large = InspectJob(str(path), str(tmp_path), Sniffed("photo", "image/png", "png"))
    with pytest.raises(Unusable) as refusal:
        await Workshop(Limits(memory_bytes=LITTLE_MEMORY)).inspect(large)
    assert refusal.value.code == "internal"


async def test_a_worker_has_no_secret_in_its_environment(
    job: InspectJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_worker(monkeypatch, tmp_path, "open('environment', 'w').write(json.dumps(dict(os.environ)))")
    monkeypatch.setenv("VET_SIDECAR_SECRET", "do-not-tell")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "do-not-tell")
    with pytest.raises(Crashed):
        await Workshop(Limits()).inspect(job)
    assert "do-not-tell" not in (tmp_path / "environment").read_text()


async def test_a_worker_is_nice_and_limited(keeper: Keeper, long_film: Path, tmp_path: Path) -> None:
    bench = Workshop(Limits())
    job = RenderJob(
        str(long_film),
        str(tmp_path),
        Sniffed("video", "video/quicktime", "mov"),
        ENCODED,
        6.0,
    )
    seen: dict[str, str] = {}

    async def look(percent: int) -> None:
        [worker] = bench.workers
        seen["nice"] = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[16]
        seen["limits"] = Path(f"/proc/{worker.pid}/limits").read_text()

    await bench.render(job, look)
    assert int(seen["nice"]) >= 10
    assert str(Limits().memory_bytes) in seen["limits"]


@pytest.mark.parametrize(
    "what",
    [
        "sys.exit(3)",
        "os.kill(os.getpid(), 9)",
        "print('what?')",
        "print(json.dumps({'done': {'kind': 'spaceship'}}))",
        "print(json.dumps({'failed': {'code': 'bored', 'reason': 'x'}}))",
        "print('x' * 3_000_000)",
        "sys.stderr.write('x' * 3_000_000)",
        # A poster that is said to be there and is not, and one that leads elsewhere.
        "print(json.dumps({'done': {'kind': 'photo', 'mime': 'image/jpeg', 'extension': 'jpg', 'has_poster': True}}))",
        "os.symlink('/etc/passwd', 'poster.jpg'); print(json.dumps({'done': {'kind': 'photo', 'mime': 'image/jpeg',"
        " 'extension': 'jpg', 'has_poster': True}}))",
        "print(json.dumps({'done': {'kind': 'photo', 'mime': 'text/html', 'extension': 'html'}}))",
    ],
)
async def test_a_worker_that_does_anything_else_has_crashed(
    job: InspectJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    play_worker(monkeypatch, tmp_path, what)
    with pytest.raises(Crashed):
        await Workshop(Limits()).inspect(job)


async def test_a_worker_that_never_answers_is_ended(
    job: InspectJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_worker(monkeypatch, tmp_path, "import signal; signal.pause()")
    bench = Workshop(Limits(silence_seconds=0.2))
    with pytest.raises(Unusable) as refusal:
        await bench.inspect(job)
    assert refusal.value.code == "timeout"
    assert bench.workers == set()


async def test_a_full_disk_is_said_before_anything_is_written(job: InspectJob) -> None:
    with pytest.raises(Unusable) as refusal:
        await Workshop(Limits(spared_bytes=2**62)).inspect(job)
    assert refusal.value.code == "no_space"


async def test_a_rendition_that_outgrows_its_room_fails_for_lack_of_it(long_film: Path, tmp_path: Path) -> None:
    job = RenderJob(str(long_film), str(tmp_path), Sniffed("video", "video/quicktime", "mov"), ENCODED, 6.0)
    with pytest.raises(Unusable) as refusal:
        await Workshop(Limits(output_bytes=20_000)).render(job, ignore)
    assert refusal.value.code == "no_space"


async def test_a_worker_ends_with_the_service(job: InspectJob, tmp_path: Path) -> None:
    bench = Workshop(Limits())
    async with bench._worker(job, 60) as worker:
        assert worker.stdin is not None
        os.kill(worker.pid, signal.SIGCONT)
        worker.stdin.close()
        await until(lambda: worker.returncode is not None)


def test_a_job_comes_out_of_its_line_as_it_went_in(job: InspectJob) -> None:
    render = RenderJob("a", "b", MP4, ENCODED, None)
    assert parse_line(line_of(job)) == job
    assert parse_line(line_of(render)) == render


@pytest.mark.parametrize(
    ("sniffed", "changes", "expected"),
    [
        (MP4, {}, True),
        (MP4, {"kind": "audio", "mime": M4A.mime, "extension": M4A.extension}, True),
        (MP4, {"mime": "text/html"}, False),
        (MP4, {"extension": "html"}, False),
        (JPEG, {"mime": "image/svg+xml", "extension": "svg"}, False),
        (JPEG, {"kind": "video", "mime": WEBM.mime, "extension": WEBM.extension}, False),
        (DICOM, {"kind": "photo"}, False),
    ],
)
def test_a_worker_may_say_what_a_recording_holds_but_not_turn_it_into_something_else(
    sniffed: Sniffed, changes: dict[str, str], expected: bool
) -> None:
    found = Inspection(sniffed.kind, sniffed.mime, sniffed.extension)
    assert is_plausible(dataclasses.replace(found, **changes), sniffed) is expected  # type: ignore[arg-type]
