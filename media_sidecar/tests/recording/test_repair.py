"""Files that end too early are played and sought as any other."""

import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from media_sidecar.recording import opus, webm
from media_sidecar.recording.repair import NotRepairable, finalise

from .footage import packet_time
from .test_depacketizers import encoded

SECONDS = 30


@pytest.fixture(scope="module")
def unfinished() -> bytes:
    """Half a minute of audio and video, a key frame every two seconds, not finalised."""
    pictures = encoded("libvpx", (160, 120), 2)
    tracks = [
        webm.TrackHeader(1, "opus", 1, True, codec_private=opus.identification_header()),
        webm.TrackHeader(2, "vp8", 2, True, 160, 120),
    ]
    blocks = [webm.Block(time, 1, True, opus.SILENCE) for time in range(0, SECONDS * 1000, 20)]
    for time in range(0, SECONDS * 1000, 40):
        key = time % 2000 == 0
        blocks.append(webm.Block(time, 2, key, pictures[0 if key else 1]))
    blocks.sort(key=lambda block: block.time)
    header = bytes(webm.Header(tracks, datetime(2026, 5, 1, tzinfo=UTC)))
    return header + b"".join(webm.clusters(blocks, video_track=2))


def test_a_finished_file_knows_its_duration(unfinished: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.webm"
    path.write_bytes(unfinished)
    facts = finalise(path)
    with av.open(str(path)) as container:
        assert container.duration == pytest.approx(SECONDS * 1e6, abs=1e5)
    assert facts.duration == pytest.approx(SECONDS, abs=0.1)
    assert not facts.torn


def test_a_finished_file_is_sought_by_its_cues(unfinished: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.webm"
    path.write_bytes(unfinished)
    finalise(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        container.seek(21_500_000, any_frame=False)
        packet = next(container.demux(stream))
    assert packet.is_keyframe
    assert packet_time(packet) == 20.0


def test_the_hash_is_the_files(unfinished: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.webm"
    path.write_bytes(unfinished)
    facts = finalise(path)
    content = path.read_bytes()
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert facts.size == len(content)


def test_finalising_twice_changes_nothing(unfinished: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.webm"
    path.write_bytes(unfinished)
    assert finalise(path) == finalise(path)


def test_a_file_cut_anywhere_keeps_all_before_the_cut(unfinished: bytes, tmp_path: Path) -> None:
    header = webm.TRACKS_SPACE + 300
    path = tmp_path / "file.webm"
    for cut in random.Random(3).sample(range(header, len(unfinished)), 25):
        path.write_bytes(unfinished[:cut])
        facts = finalise(path)
        with av.open(str(path)) as container:
            times = [packet_time(packet) for packet in container.demux() if packet.pts is not None]
        assert max(times, default=0.0) <= facts.duration
        assert facts.duration > SECONDS * (cut - header) / len(unfinished) - 2.5


def test_a_file_without_its_header_is_refused(unfinished: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.webm"
    for cut in (0, 3, 40, 400):
        path.write_bytes(unfinished[:cut])
        with pytest.raises(NotRepairable):
            finalise(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.webm"
    path.write_bytes(b"RIFF" * 1000)
    with pytest.raises(NotRepairable):
        finalise(path)
