"""Frames on their way into a file, by a clock that the test turns."""

from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from media_sidecar.recording import opus
from media_sidecar.recording.depacketizer import Frame
from media_sidecar.recording.repair import finalise
from media_sidecar.recording.segment import Segment
from media_sidecar.recording.writer import AppendOnlyFile, WriterThread

from .footage import packet_time
from .test_depacketizers import encoded

NTP = 4_000_000_000.0


class Stage:
    """A camera and a microphone whose frames arrive 40 ms after they were made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = WriterThread()
        self._file = AppendOnlyFile(self._thread, path, lambda error: None)
        self.segment = Segment(self._file, [("opus", 48000), ("vp8", 90000)], datetime.now(UTC), 0.0)
        self._video = encoded("libvpx", (320, 240), 1)[0]

    def audio(self, start: float, end: float, clock: float = 0.0) -> None:
        """Twenty-millisecond packets; ``clock`` is how far the sender's RTP clock is behind."""
        for index in range(round((end - start) / 0.02)):
            made = start + index * 0.02
            timestamp = round((made - clock) * 48000)
            self.segment.add("audio", Frame(timestamp, made + 0.04, opus.SILENCE))

    def video(self, start: float, end: float, size: tuple[int, int] = (320, 240)) -> None:
        for index in range(round((end - start) * 25)):
            made = start + index / 25
            self.segment.add("video", Frame(round(made * 90000), made + 0.04, self._video, True, size))

    def report(self, kind: str, moment: float, clock: float = 0.0) -> None:
        track = self.segment.tracks[kind]
        rate = {"audio": 48000, "video": 90000}[kind]
        self.segment.sender.observe(NTP + moment, moment + 0.04)
        track.clock.report(round((moment - clock) * rate), NTP + moment)

    def bytes_on_disk(self) -> int:
        self._thread.submit(lambda: None).result()
        return self.path.stat().st_size

    def close(self, now: float) -> dict[str, list[float]]:
        """Finalise; the times of each track's frames in the file."""
        self.segment.flush(now, force=True)
        self._file.close().result()
        self._thread.close()
        finalise(self.path)
        times: dict[str, list[float]] = {}
        with av.open(str(self.path)) as container:
            for packet in container.demux():
                if packet.pts is not None:
                    times.setdefault(packet.stream.type, []).append(packet_time(packet))
        return times


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "file.webm")


def test_a_camera_that_starts_late_is_late_in_the_file(stage: Stage) -> None:
    stage.audio(0, 4)
    stage.report("audio", 1)
    stage.segment.flush(4.0)
    stage.video(4, 6)
    stage.audio(4, 6)
    stage.report("video", 5)
    times = stage.close(6.1)
    assert times["video"][0] == pytest.approx(4.0, abs=0.002)
    assert times["audio"][-1] == pytest.approx(5.98, abs=0.002)


def test_a_microphone_that_starts_late_is_preceded_by_silence(stage: Stage) -> None:
    stage.video(0, 4)
    stage.report("video", 1)
    for now in (1.0, 2.0, 3.0, 4.0):
        stage.segment.flush(now)
    stage.audio(4, 6)
    stage.video(4, 6)
    stage.report("audio", 5)
    times = stage.close(6.1)
    gaps = [after - before for before, after in zip(times["audio"], times["audio"][1:], strict=False)]
    assert times["audio"][0] == 0
    assert max(gaps) <= 0.0211


def test_a_frozen_audio_clock_does_not_shift_what_follows(stage: Stage) -> None:
    stage.audio(0, 2)
    stage.video(0, 12)
    stage.report("audio", 1)
    stage.report("video", 1)
    stage.segment.flush(2.1)
    stage.segment.resume("audio")
    stage.audio(7, 12, clock=5.0)
    stage.report("audio", 8, clock=5.0)
    times = stage.close(12.1)
    assert times["audio"][-1] == pytest.approx(11.98, abs=0.03)
    assert len(times["audio"]) == pytest.approx(600, abs=2)


def test_frames_wait_for_a_report_but_not_for_ever(stage: Stage) -> None:
    stage.audio(0, 5)
    stage.segment.flush(2.0)
    header_only = stage.bytes_on_disk()
    stage.segment.flush(3.1)
    assert stage.bytes_on_disk() > header_only


def test_frames_are_on_disk_within_a_second(stage: Stage) -> None:
    stage.audio(0, 1)
    stage.report("audio", 0.5)
    stage.segment.flush(0.9)
    size = stage.bytes_on_disk()
    stage.audio(1, 2)
    stage.segment.flush(1.8)
    assert stage.bytes_on_disk() > size


def test_a_video_that_waits_for_a_retransmission_holds_up_the_file(stage: Stage) -> None:
    stage.audio(0, 3)
    stage.video(0, 2)
    stage.report("audio", 1)
    stage.report("video", 1)
    stage.segment.flush(3.05, blocked=frozenset({"video"}))
    assert stage.segment.last_time == pytest.approx(1.96, abs=0.03)


def test_another_source_takes_over_without_a_jump(stage: Stage) -> None:
    stage.audio(0, 2)
    stage.report("audio", 1)
    stage.segment.flush(2.1)
    stage.segment.restart("audio")
    stage.audio(2, 4, clock=-1000.0)
    stage.report("audio", 3, clock=-1000.0)
    times = stage.close(4.1)
    assert times["audio"][-1] == pytest.approx(3.98, abs=0.03)


def test_a_turned_phone_stays_in_one_file(stage: Stage) -> None:
    stage.video(0, 1, (320, 240))
    stage.video(1, 2, (240, 320))
    stage.report("video", 1)
    times = stage.close(2.1)
    assert len(times["video"]) == 50
    assert stage.segment.tracks["video"].sizes == [(0.0, 320, 240), (1.0, 240, 320)]


def test_a_track_that_never_had_a_frame_is_not_in_the_finished_file(stage: Stage) -> None:
    stage.audio(0, 1)
    times = stage.close(1.1)
    assert set(times) == {"audio"}
