"""Real senders, real sockets, real files: everything but the browser."""

import asyncio
import json
import resource
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

import av
import pytest

from media_sidecar.recording import BadOffer, FinishedRecording, Recorder, Recording, RecordingLimits, RecordingRefused
from media_sidecar.recording.recording import Leg

from .conftest import PATIENCE, Until, recorded_seconds
from .footage import BeepTrack, FlashTrack, beep_times, flash_times, offsets_between, packet_time
from .sender import Sender

LONGEST_CONSENT_INTERVAL = 6.0
"""Seconds between two checks of consent at most (RFC 7675, section 5.1)."""


async def record(
    recorder: Recorder, sender: Sender, until: Until, seconds: float = 4.0, name: str = "recording"
) -> FinishedRecording:
    """Record a sender for so long and finish."""
    recording = await recorder.start(name, "room", "call")
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= seconds)
    finished = await recording.finish()
    await sender.close()
    return finished


def statistics(finished: FinishedRecording) -> dict[str, int]:
    counts: dict[str, int] = json.loads(finished.manifest.read_text())["files"][0]["statistics"]
    return counts


def only_leg(recording: Recording) -> Leg:
    [leg] = recording.legs
    return leg


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_what_is_sent_is_recorded_with_sound_and_picture_together(
    recorder: Recorder, until: Until, codec: str
) -> None:
    finished = await record(recorder, Sender(BeepTrack(), FlashTrack(), codec=codec), until)
    [file] = finished.files
    flashes, beeps = flash_times(file.path), beep_times(file.path)
    assert (file.audio_codec, file.video_codec) == ("opus", codec.lower())
    assert (file.width, file.height) == (320, 240)
    kind = {"VP8": (".webm", "video/webm", b"webm"), "H264": (".mkv", "video/x-matroska", b"matroska")}[codec]
    assert (file.path.suffix, file.mime) == kind[:2]
    assert kind[2] in file.path.read_bytes()[:64]
    assert len(flashes) >= 3
    assert max(map(abs, offsets_between([at for at in flashes if at > 0.5], beeps))) < 0.08
    assert finished.problems == []


@pytest.mark.parametrize(("offered", "recorded"), [("VP8 H264", "vp8"), ("H264 VP8", "vp8"), ("H264", "h264")])
async def test_vp8_is_recorded_wherever_it_is_offered(recorder: Recorder, offered: str, recorded: str) -> None:
    recording = await recorder.start("recording", "room", "call")
    sender = Sender(None, FlashTrack(), codec=offered)
    await sender.send_to(recording)
    [track] = only_leg(recording).connection.tracks
    await sender.close()
    assert track.codec == recorded
    assert f"a=rtpmap:{track.payload_type} {recorded.upper()}/90000" in sender.answer
    assert track.rtx_payload_type is not None


async def test_a_file_lasts_as_long_as_was_sent(recorder: Recorder, until: Until) -> None:
    finished = await record(recorder, Sender(BeepTrack(), FlashTrack()), until, 5.0)
    [file] = finished.files
    sent = (finished.ended_at - finished.started_at).total_seconds() - file.offset
    assert file.duration == pytest.approx(sent, rel=0.03, abs=0.1)
    with av.open(str(file.path)) as container:
        assert container.duration == pytest.approx(file.duration * 1e6, rel=0.01)


async def test_a_camera_switched_on_late_is_in_the_right_place(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    sender = Sender(BeepTrack(), None, late_video=True)
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 2.0)
    sender.replace("video", FlashTrack())
    await until(lambda: recorded_seconds(recording) >= 5.0)
    [file] = (await recording.finish()).files
    await sender.close()
    flashes, beeps = flash_times(file.path), beep_times(file.path)
    assert flashes[0] > 2.0
    assert abs(median(offsets_between(flashes, beeps))) < 0.08


async def test_a_camera_switched_off_and_on_again_stays_in_time(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    camera = FlashTrack()
    sender = Sender(BeepTrack(), camera)
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 3.0)
    sender.replace("video", None)
    off = recorded_seconds(recording)
    await until(lambda: recorded_seconds(recording) >= off + 3.0)
    sender.replace("video", camera)
    on = recorded_seconds(recording)
    await until(lambda: recorded_seconds(recording) >= on + 4.0)
    sent = recording._now()
    [file] = (await recording.finish()).files
    await sender.close()
    flashes, beeps = flash_times(file.path), beep_times(file.path)
    before, after = [at for at in flashes if 0.5 < at < off], [at for at in flashes if at > on]
    assert len(before) >= 2
    assert len(after) >= 2
    assert max(map(abs, offsets_between(before + after, beeps))) < 0.08
    assert max(later - earlier for earlier, later in pairwise(flashes)) > 2.0
    assert file.duration == pytest.approx(sent - file.offset, rel=0.05, abs=0.2)


async def test_packets_lost_on_the_way_are_asked_for_until_they_are_there(recorder: Recorder, until: Until) -> None:
    sender = Sender(BeepTrack(), FlashTrack(), loss=0.1, audio_nack=True)
    finished = await record(recorder, sender, until)
    counts = statistics(finished)
    assert sender.dropped > 10
    assert sender.sent_again > 10
    # What is missing at the very end is not waited for.
    assert counts["lost"] + counts["silence_filled"] < sender.dropped / 5


async def test_without_retransmission_a_loss_ends_in_a_key_frame_and_not_in_a_broken_picture(
    recorder: Recorder, until: Until
) -> None:
    recording = await recorder.start("recording", "room", "call")
    sender = Sender(None, FlashTrack(), loss=0.05)
    await sender.send_to(recording)

    async def forget(sequence_number: int) -> None:
        return None

    sender.transceivers["video"].sender._retransmit = forget  # type: ignore[method-assign]
    await until(lambda: only_leg(recording).output.receiver.lost > 2)  # type: ignore[union-attr]
    await until(lambda: recorded_seconds(recording) >= 5.0)
    finished = await recording.finish()
    await sender.close()
    assert sender.key_frames_asked >= 1
    assert flash_times(finished.files[0].path)


async def test_a_key_frame_comes_every_few_seconds(recorder: Recorder, until: Until) -> None:
    finished = await record(recorder, Sender(None, FlashTrack()), until, 6.0)
    with av.open(str(finished.files[0].path)) as container:
        stream = container.streams.video[0]
        keys = [packet_time(packet) for packet in container.demux(stream) if packet.is_keyframe]
    assert len(keys) >= 2
    assert max(after - before for before, after in pairwise(keys)) < 5.0


async def test_a_turned_phone_stays_in_one_file_that_decodes(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    camera = FlashTrack((320, 240))
    sender = Sender(BeepTrack(), camera)
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 2.0)
    camera.size = (240, 320)
    await until(lambda: recorded_seconds(recording) >= 4.0)
    finished = await recording.finish()
    await sender.close()
    [file] = finished.files
    with av.open(str(file.path)) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(container.streams.video[0])}
    assert sizes == {(320, 240), (240, 320)}
    noted = json.loads(finished.manifest.read_text())["files"][0]["sizes"]
    assert [size[1:] for size in noted] == [[320, 240], [240, 320]]


async def test_a_reloaded_page_makes_a_second_file_that_follows_the_first(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    closed: list[tuple[str, str]] = []
    recording.on_leg_closed = lambda leg, reason: closed.append((leg, reason))
    for name in ("first", "second"):
        sender = Sender(BeepTrack(), FlashTrack())
        await sender.send_to(recording, name)
        await until(lambda name=name: recorded_seconds(recording, name) >= 2.0)  # type: ignore[misc]
        await sender.close()
        await until(lambda: not recording.legs)
    first, second = (await recording.finish()).files
    assert closed == [("first", "closed_by_sender"), ("second", "closed_by_sender")]
    assert second.offset >= first.offset + first.duration - 0.1


async def test_two_senders_stand_together_in_time(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    vet, owner = Sender(BeepTrack(), FlashTrack()), Sender(BeepTrack(), FlashTrack())
    await vet.send_to(recording, "a", "vet-1")
    await owner.send_to(recording, "b", "owner-2")
    await until(lambda: min(recorded_seconds(recording, leg) for leg in "ab") >= 3.0)
    finished = await recording.finish()
    await vet.close()
    await owner.close()
    moments = [[file.offset + at for at in beep_times(file.path) if at > 0.5] for file in finished.files]
    assert [file.participant for file in finished.files] == ["vet-1", "owner-2"]
    assert max(map(abs, offsets_between(moments[1], moments[0]))) < 0.08


async def test_a_leg_opened_again_under_its_name_replaces_the_first(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    closed: list[tuple[str, str]] = []
    recording.on_leg_closed = lambda leg, reason: closed.append((leg, reason))
    first, second = Sender(BeepTrack(), None), Sender(BeepTrack(), None)
    await first.send_to(recording)
    await second.send_to(recording)
    assert closed == [("leg", "replaced")]
    assert len(recording.legs) == 1
    await first.close()
    await second.close()


async def test_a_pause_ends_the_files_and_takes_no_new_ones(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    first, second, third = (Sender(BeepTrack(), None) for _ in range(3))
    await first.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 1.0)
    recording.pause()
    with pytest.raises(RecordingRefused) as refusal:
        await second.send_to(recording)
    await until(lambda: not recording.legs)
    recording.resume()
    await third.send_to(recording, "after")
    await until(lambda: recorded_seconds(recording, "after") >= 1.0)
    finished = await recording.finish()
    [pause] = json.loads(finished.manifest.read_text())["pauses"]
    for sender in (first, second, third):
        await sender.close()
    assert refusal.value.reason_code == "paused"
    assert [file.leg_id for file in finished.files] == ["leg", "after"]
    assert finished.files[1].offset >= pause["to"] > pause["from"] >= finished.files[0].duration - 0.1


async def test_a_sender_that_falls_silent_is_let_go(tmp_path: Path, until: Until) -> None:
    recorder = Recorder(tmp_path, RecordingLimits(max_loop_lag=5.0, min_free_bytes=0, silence_seconds=0.5))
    recording = await recorder.start("recording", "room", "call")
    closed: list[tuple[str, str]] = []
    recording.on_leg_closed = lambda leg, reason: closed.append((leg, reason))
    sender = Sender(BeepTrack(), None)
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 1.0)
    ice = sender.transceivers["audio"].sender.transport.transport

    async def dead(data: bytes) -> None:
        return None

    ice._send = dead
    await until(lambda: bool(closed))
    [file] = (await recording.finish()).files
    await sender.close()
    await recorder.close()
    assert closed == [("leg", "silence")]
    assert file.mime == "audio/webm"


async def test_a_leg_with_neither_sound_nor_picture_stays_open_on_the_checks_of_ice_alone(
    tmp_path: Path, until: Until
) -> None:
    recorder = Recorder(tmp_path, RecordingLimits(max_loop_lag=5.0, min_free_bytes=0))
    recording = await recorder.start("recording", "room", "call")
    closed: list[tuple[str, str]] = []
    recording.on_leg_closed = lambda leg, reason: closed.append((leg, reason))
    sender = Sender(None, None, late_video=True)
    await sender.send_to(recording)
    await until(lambda: only_leg(recording).connection.connected)
    ice = sender.transceivers["video"].sender.transport.transport

    async def no_reports(data: bytes) -> None:
        return None

    ice._send = no_reports
    connected_at = time.monotonic()
    checks: set[float] = set()

    def has_been_checked_for_longer_than_two_intervals() -> bool:
        checks.update(leg.alive for leg in recording.legs)
        return bool(closed) or (len(checks) > 2 and max(checks) - connected_at > 2 * LONGEST_CONSENT_INTERVAL)

    await until(has_been_checked_for_longer_than_two_intervals)
    finished = await recording.finish()
    await sender.close()
    await recorder.close()
    assert closed == [("leg", "finished")]
    assert (finished.files, finished.problems) == ([], [])


async def test_a_leg_that_never_connects_is_let_go_and_named(tmp_path: Path, until: Until) -> None:
    limits = RecordingLimits(max_loop_lag=5.0, min_free_bytes=0, connect_seconds=0.3)
    recorder = Recorder(tmp_path, limits)
    recording = await recorder.start("recording", "room", "call")
    closed: list[tuple[str, str]] = []
    recording.on_leg_closed = lambda leg, reason: closed.append((leg, reason))
    sender = Sender(BeepTrack(), None)
    await recording.open_leg("leg", "vet-1", "camera", await sender.offer(), max_bitrate=1, ice_servers=[])
    await until(lambda: bool(closed))
    finished = await recording.finish()
    await sender.close()
    await recorder.close()
    assert closed == [("leg", "connect_timeout")]
    assert finished.files == []
    assert finished.problems == ["The camera of vet-1: nothing arrived."]


@pytest.fixture
def full_disk() -> Iterator[Callable[[Path], None]]:
    """Let the kernel refuse every file that grows beyond a little more than the given one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(path: Path) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 2000, hard))

    yield fill
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_stops_the_recording_and_keeps_what_there_is(
    recorder: Recorder, until: Until, full_disk: Callable[[Path], None]
) -> None:
    recording = await recorder.start("recording", "room", "call")
    closed: list[tuple[str, str]] = []
    failed: list[str] = []
    recording.on_leg_closed = lambda leg, reason: closed.append((leg, reason))
    recording.on_failed = failed.append
    sender = Sender(BeepTrack(), FlashTrack())
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 2.0)
    full_disk(recording.folder / only_leg(recording).file)
    await until(lambda: bool(closed))
    finished = await recording.finish()
    await sender.close()
    assert closed == [("leg", "disk_full")]
    assert failed == ["disk_full"]
    [file] = finished.files
    assert file.duration > 0.5
    assert beep_times(file.path)
    assert finished.problems == ["The camera of vet-1 ends early: disk full."]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda sdp: "hello", "not a session description"),
        (lambda sdp: sdp.replace("opus", "speex"), "cannot be"),
        (lambda sdp: sdp.replace("a=sendonly", "a=recvonly"), "sends nothing"),
    ],
)
async def test_an_offer_that_cannot_be_recorded_is_refused_with_the_way_out(
    recorder: Recorder, change: Callable[[str], str], words: str
) -> None:
    recording = await recorder.start("recording", "room", "call")
    sender = Sender(BeepTrack(), None)
    offer = change(await sender.offer())
    with pytest.raises(BadOffer, match=words):
        await recording.open_leg("leg", "vet-1", "camera", offer, max_bitrate=1, ice_servers=[])
    await sender.close()
    assert recording.legs == []


async def test_two_cameras_on_one_connection_are_refused(recorder: Recorder) -> None:
    recording = await recorder.start("recording", "room", "call")
    sender = Sender(None, FlashTrack())
    sender.connection.addTransceiver(FlashTrack(), direction="sendonly")
    with pytest.raises(BadOffer, match="more than one video"):
        await sender.send_to(recording)
    await sender.close()


async def test_a_finished_recording_takes_no_legs(recorder: Recorder) -> None:
    recording = await recorder.start("recording", "room", "call")
    finished = await recording.finish()
    sender = Sender(BeepTrack(), None)
    with pytest.raises(RecordingRefused) as refusal:
        await sender.send_to(recording)
    await sender.close()
    assert refusal.value.reason_code == "finished"
    assert finished.files == []
    assert await recording.finish() == finished


async def test_a_slow_disk_holds_up_the_end_of_a_recording_and_nothing_else(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")
    disk_is_back, was_released = threading.Event(), []
    recorder._writer.submit(lambda: was_released.append(disk_is_back.wait(PATIENCE)))
    finishing = asyncio.create_task(recording.finish())
    await until(lambda: recording._journal.events[-1]["event"] == "finished")
    assert not finishing.done()
    disk_is_back.set()
    assert (await finishing).files == []
    assert was_released == [True]


async def test_a_broken_callback_harms_nobody(recorder: Recorder, until: Until) -> None:
    recording = await recorder.start("recording", "room", "call")

    def broken(leg: str, reason: str) -> None:
        raise RuntimeError("a caller's mistake")

    recording.on_leg_closed = broken
    sender = Sender(BeepTrack(), None)
    await sender.send_to(recording)
    await until(lambda: recorded_seconds(recording) >= 1.0)
    finished = await recording.finish()
    await sender.close()
    assert len(finished.files) == 1
