"""Recorded in the page, by Chromium's fake camera and microphone, and sent."""

from tests.support.patience import eventually
from tests.uploader.uploader_page import UploaderPage


def test_a_video_is_recorded_watched_and_sent(page: UploaderPage) -> None:
    recorder = page.open_recorder()
    recorder.record(seconds=3)
    review = recorder.get("recorder-review")
    review.evaluate("(video) => new Promise((resolve) => { video.onplaying = resolve; video.play(); })")
    recorder.press("recorder-send")
    page.get("recorder").wait_for(state="detached")
    received = eventually(lambda: list(page.site.received().values()), "the recording")[0]
    assert received["kind"] == "video"
