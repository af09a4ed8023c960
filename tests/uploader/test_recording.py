"""Recorded in the page, by Chromium's fake camera and microphone, and sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import expect

from dev.service import Service
from tests.uploader.uploader_page import RecorderPage, UploaderPage

OpenPage = Callable[..., UploaderPage]


def _arrived(page: UploaderPage, folder: Path) -> dict[str, Any]:
    """What has arrived of the file that the recorder handed over; byte for byte what was recorded."""
    page.page.wait_for_function("handedOver.length")
    name = page.page.evaluate("handedOver[0].name")
    received = page.arrived(name)
    assert received["sha256"] == page.page.evaluate("digest(handedOver[0])")
    (folder / "received").write_bytes(bytes(page.page.evaluate("bytesOf(handedOver[0])")))
    return received


def _length(file: Path) -> float:
    """Seconds between the first and the last packet."""
    with av.open(str(file)) as container:
        times = [float(packet.pts * packet.time_base) for packet in container.demux() if packet.pts is not None]
    return max(times) - min(times)


def test_a_video_is_recorded_watched_and_sent(page: UploaderPage, tmp_path: Path) -> None:
    recorder = page.open_recorder()
    recorder.record(seconds=3)
    review = recorder.get("recorder-review")
    review.evaluate("(video) => new Promise((resolve) => { video.onplaying = resolve; video.play(); })")
    assert 2 < review.evaluate("(video) => video.duration") < 60
    recorder.press("recorder-send")
    recorder.get("recorder").wait_for(state="detached")
    received = _arrived(page, tmp_path)
    assert received["kind"] == "video"
    assert re.fullmatch(r"Video \d{4}-\d\d-\d\d \d\d\.\d\d\.(mp4|webm)", received["filename"])
    assert _length(tmp_path / "received") > 2
    expect(page.get("unsent-recording")).to_have_count(0)


def test_sound_alone_is_recorded_and_sent(page: UploaderPage, tmp_path: Path) -> None:
    recorder = page.open_recorder()
    recorder.wait_for_phase("ready")
    recorder.get("recorder-mode-sound").check(force=True)
    recorder.get("recorder-preview").wait_for(state="detached")
    recorder.record(seconds=2)
    recorder.press("recorder-send")
    assert _arrived(page, tmp_path)["kind"] == "audio"


def test_a_vet_records_the_screen(page: UploaderPage, tmp_path: Path) -> None:
    recorder = page.open_recorder("attach-screen")
    recorder.record(seconds=2)
    recorder.press("recorder-send")
    assert _arrived(page, tmp_path)["kind"] == "video"
    assert page.site.media_of[1]["origin"] == "screen"


def test_time_size_and_what_is_left_are_shown(page: UploaderPage) -> None:
    recorder = page.open_recorder()
    recorder.start(seconds=3)
    recorder.get("recorder-size").filter(has_text=re.compile(r"^[1-9]\d* kB$|^\d+\.\d MB$")).wait_for()
    expect(recorder.get("recorder-left")).to_have_text(re.compile(r"^\s*(30|29|28) minutes left\s*$"))


def test_the_other_camera_is_one_press_away(page: UploaderPage) -> None:
    recorder = page.open_recorder()
    recorder.wait_for_phase("ready")
    label = "document.querySelector('[data-test=recorder-preview]')?.srcObject?.getVideoTracks()[0]?.label"
    before = page.page.evaluate(label)
    recorder.press("recorder-flip")
    page.page.wait_for_function(f"(before) => {{ const now = {label}; return now && now !== before; }}", arg=before)


def test_what_was_recorded_can_be_recorded_again(page: UploaderPage, tmp_path: Path) -> None:
    recorder = page.open_recorder()
    recorder.record(seconds=1)
    recorder.press("recorder-again")
    recorder.record(seconds=2)
    recorder.press("recorder-send")
    _arrived(page, tmp_path)
    assert len(page.page.evaluate("handedOver")) == 1
    page.page.wait_for_function("async () => (await uploads.queue.store.database.all('recordings')).length === 0")
    assert page.page.evaluate("uploads.queue.store.database.all('pieces')") == []


@pytest.mark.parametrize(("limit", "sentence"), [("time", "The longest possible recording"), ("size", "largest file")])
def test_a_recording_ends_by_itself_at_its_limit(page: UploaderPage, limit: str, sentence: str) -> None:
    most = {"time": {"max_recording_seconds": 3}, "size": {"max_bytes": 400_000, "max_recording_seconds": 20}}[limit]
    page.site.limits |= most
    page.reload()
    recorder = page.open_recorder()
    recorder.wait_for_phase("ready")
    recorder.press("recorder-start")
    recorder.wait_for_phase("review")
    recorder.get("recorder-notice").filter(has_text=sentence).wait_for()
    recorder.press("recorder-send")
    page.page.wait_for_function("handedOver.length === 1")
    assert 0 < page.page.evaluate("handedOver[0].size") <= page.site.limits["max_bytes"]


def test_a_camera_that_the_system_takes_away_leaves_what_was_recorded(page: UploaderPage, tmp_path: Path) -> None:
    recorder = page.open_recorder()
    recorder.start(seconds=2)
    # As an incoming phone call does: the track ends although nobody stopped it.
    page.page.evaluate(
        "document.querySelector('[data-test=recorder-preview]').srcObject.getVideoTracks()[0]"
        ".dispatchEvent(new Event('ended'))"
    )
    recorder.wait_for_phase("review")
    recorder.get("recorder-notice").filter(has_text="a phone call or another program took the camera").wait_for()
    recorder.press("recorder-send")
    _arrived(page, tmp_path)
    assert _length(tmp_path / "received") > 1


def test_a_page_that_is_gone_in_the_middle_of_a_recording_loses_at_most_a_second(
    page: UploaderPage, tmp_path: Path
) -> None:
    recorder = page.open_recorder()
    recorder.start(seconds=5)
    page.reload()
    row = page.get("unsent-recording")
    row.filter(has_text=re.compile("00:0[45]")).wait_for()
    page.get("unsent-send").click()
    _arrived(page, tmp_path)
    assert _length(tmp_path / "received") > 3.5
    row.wait_for(state="detached")


def test_a_recording_that_was_made_and_not_sent_can_be_watched_and_sent_later(
    page: UploaderPage, tmp_path: Path
) -> None:
    recorder = page.open_recorder()
    recorder.record(seconds=2)
    page.reload()
    recorder = page.open_recorder()
    recorder.press("recorder-unsent-watch")
    recorder.wait_for_phase("review")
    recorder.get("recorder-review").evaluate(
        "(video) => new Promise((resolve) => { video.onplaying = resolve; video.play(); })"
    )
    recorder.press("recorder-send")
    _arrived(page, tmp_path)
    page.get("unsent-recording").wait_for(state="detached")


def test_closing_throws_nothing_away_discarding_does(page: UploaderPage) -> None:
    recorder = page.open_recorder()
    recorder.start(seconds=2)
    page.page.keyboard.press("Escape")
    recorder.wait_for_phase("review")
    page.page.keyboard.press("Escape")
    recorder.get("recorder").wait_for(state="detached")
    page.get("unsent-recording").wait_for()
    recorder = page.open_recorder()
    recorder.press("recorder-unsent-watch")
    recorder.press("recorder-discard")
    page.get("unsent-recording").wait_for(state="detached")
    page.page.wait_for_function("async () => (await uploads.queue.store.database.all('pieces')).length === 0")


def test_a_cancelled_upload_gives_the_recording_back(page: UploaderPage) -> None:
    page.hold()
    recorder = page.open_recorder()
    recorder.record(seconds=2)
    recorder.press("recorder-send")
    page.page.wait_for_function("uploads.state.items[0]?.kept === 'file' && uploads.state.items[0].mediaId")
    page.get("upload-cancel").click()
    page.get("unsent-recording").wait_for()


def test_a_recording_on_its_way_goes_on_after_a_reload(page: UploaderPage, tmp_path: Path) -> None:
    page.hold()
    recorder = page.open_recorder()
    recorder.record(seconds=3)
    recorder.press("recorder-send")
    page.page.wait_for_function("uploads.state.items[0]?.kept === 'file' && uploads.state.items[0].mediaId")
    name, digest = page.page.evaluate("digest(handedOver[0]).then((sum) => [handedOver[0].name, sum])")
    page.reload()
    expect(page.get("unsent-recording")).to_have_count(0)
    assert page.arrived(name)["sha256"] == digest


def test_the_camera_goes_out_when_the_recorder_is_closed(page: UploaderPage) -> None:
    recorder = page.open_recorder()
    recorder.wait_for_phase("ready")
    page.page.evaluate("window.tracks = document.querySelector('[data-test=recorder-preview]').srcObject.getTracks()")
    recorder.press("recorder-close")
    page.page.wait_for_function("tracks.every(({ readyState }) => readyState === 'ended')")
    page.page.wait_for_function("document.activeElement.dataset.test === 'attach'")


# ---------------------------------------------------------------- obstacles


def _problem(recorder: RecorderPage, code: str) -> str:
    recorder.wait_for_phase("problem")
    problem = recorder.get("recorder-problem")
    expect(problem).to_have_attribute("data-code", code)
    return problem.inner_text()


def test_a_blocked_camera_says_where_to_allow_it(sidecar: Service, open_page: OpenPage) -> None:
    page = open_page(switches=("--use-fake-device-for-media-stream", "--deny-permission-prompts"))
    assert "Camera and microphone are blocked for this page." in _problem(page.open_recorder(), "denied")


def test_without_a_camera_a_film_is_taken_with_the_camera_app(
    sidecar: Service, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(switches=("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0"))
    recorder = page.open_recorder()
    assert "No camera was found." in _problem(recorder, "not-found")
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 500)
    expect(recorder.get("recorder-file")).to_have_attribute("capture", "environment")
    recorder.get("recorder-file").set_input_files(film)
    assert page.arrived("film.mp4")["size"] == film.stat().st_size


def test_a_camera_in_use_names_the_remedy(sidecar: Service, open_page: OpenPage) -> None:
    page = open_page(script=_SECURE % _IN_USE)
    assert "in use by another program or a phone call" in _problem(page.open_recorder(), "in-use")


def test_a_browser_that_cannot_record_offers_the_camera_app(sidecar: Service, open_page: OpenPage) -> None:
    page = open_page(script="delete window.MediaRecorder")
    recorder = page.open_recorder()
    assert "This browser cannot record." in _problem(recorder, "unsupported")
    expect(recorder.get("recorder-file")).to_have_count(1)


def test_inside_another_apps_browser_the_usual_browser_is_named(sidecar: Service, open_page: OpenPage) -> None:
    page = open_page(
        script=_SECURE % "navigator.mediaDevices.getUserMedia = undefined;",
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Instagram 300.0",
    )
    sentence = _problem(page.open_recorder(), "unsupported")
    assert "Instagram has opened this page in a browser of its own" in sentence
    assert "Open it in Safari" in sentence


def test_without_a_microphone_the_picture_is_recorded_and_the_silence_said(
    sidecar: Service, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(script=_SECURE % _NO_MICROPHONE)
    recorder = page.open_recorder()
    recorder.get("recorder-notice").filter(has_text="No microphone was found").wait_for()
    recorder.record(seconds=2)
    recorder.press("recorder-send")
    assert _arrived(page, tmp_path)["kind"] == "video"


# The empty page before the first one is not secure, and has no devices.
_SECURE = "if (isSecureContext) { %s }"
_IN_USE = """
    MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException("Starting failed", "NotReadableError"));
"""
_NO_MICROPHONE = """
    const ask = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = function (constraints) {
        return constraints.audio
            ? Promise.reject(new DOMException("None", "NotFoundError"))
            : ask.call(this, constraints);
    };
"""
