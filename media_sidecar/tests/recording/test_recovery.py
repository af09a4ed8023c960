"""A recorder that was killed, and the one that starts after it."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from media_sidecar.recording import Recorder

from .conftest import LIMITS, PATIENCE
from .footage import beep_times, flash_times, offsets_between, packet_time

TESTS = Path(__file__).parents[1]
SECONDS = 6.0


@contextlib.asynccontextmanager
async def recording_process(spool: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, float]]:
    """A process that has recorded for some seconds, and how many it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "recording.recording_process",
        str(spool),
        cwd=TESTS,
        env={"PYTHONPATH": str(TESTS.parent / "src"), "PATH": ""},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        said = 0.0
        async with asyncio.timeout(PATIENCE):
            while said < SECONDS:
                said = float(await process.stdout.readline())
        yield process, said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def killed(tmp_path: Path) -> tuple[Path, float]:
    """The spool of a recorder killed with SIGKILL."""
    async with recording_process(tmp_path) as (process, said):
        process.kill()
        await process.wait()
    return tmp_path, said


async def test_a_killed_recorder_leaves_a_file_that_plays(killed: tuple[Path, float]) -> None:
    spool, said = killed
    [path] = spool.glob("killed/*.webm")
    with av.open(str(path)) as container:
        times = [packet_time(packet) for packet in container.demux() if packet.pts is not None]
    assert max(times) > said - 2.0


async def test_what_a_killed_recorder_left_is_made_seekable(killed: tuple[Path, float]) -> None:
    spool, said = killed
    recorder = Recorder(spool, LIMITS)
    [finished] = await recorder.recover()
    again = await recorder.recover()
    await recorder.close()
    [file] = finished.files
    with av.open(str(file.path)) as container:
        assert container.duration == pytest.approx(file.duration * 1e6, rel=0.01)
        stream = container.streams.video[0]
        keys = [packet_time(packet) for packet in container.demux(stream) if packet.is_keyframe]
        container.seek(5_000_000)
        packet = next(container.demux(stream))
    assert packet_time(packet) == max(key for key in keys if key <= 5.0)
    assert file.duration > said - 2.0
    assert (finished.id, finished.room, finished.call) == ("killed", "room", "call")
    assert (file.participant, file.source, file.width, file.height) == ("vet-1", "camera", 320, 240)
    flashes = [at for at in flash_times(file.path) if at > 0.5]
    assert max(map(abs, offsets_between(flashes, beep_times(file.path)))) < 0.08
    assert finished.problems == ["The recorder was interrupted; what it had written was mended."]
    assert again == []


async def test_a_recording_that_still_runs_elsewhere_is_left_alone(tmp_path: Path) -> None:
    async with recording_process(tmp_path):
        recorder = Recorder(tmp_path, LIMITS)
        assert await recorder.recover() == []
        await recorder.close()


async def test_a_torn_journal_and_an_empty_file_are_no_obstacle(killed: tuple[Path, float]) -> None:
    spool, _ = killed
    journal = spool / "killed" / "journal.jsonl"
    lines = journal.read_text().splitlines()
    opened = json.loads(next(line for line in lines if "leg-opened" in line))
    lines.append(json.dumps({**opened, "file": "002-owner-2-camera.webm", "participant": "owner-2"}))
    journal.write_text("\n".join(lines) + '\n{"event":"offs')
    (spool / "killed" / "002-owner-2-camera.webm").touch()
    recorder = Recorder(spool, LIMITS)
    [finished] = await recorder.recover()
    await recorder.close()
    assert [file.participant for file in finished.files] == ["vet-1"]
    assert any("owner-2" in problem for problem in finished.problems)


async def test_a_folder_that_says_nothing_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "journal.jsonl").write_text("not json\n")
    recorder = Recorder(tmp_path, LIMITS)
    assert await recorder.recover() == []
    await recorder.close()
    assert (tmp_path / "strange" / "journal.jsonl").exists()
