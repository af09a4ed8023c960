"""Files on their way to the media service, as long as nothing comes between."""

from pathlib import Path

from tests.support.patience import eventually
from tests.uploader.uploader_page import MB, UploaderPage, clip


def test_a_video_arrives_byte_for_byte(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 20 * MB)
    page.send(sample)
    page.wait_for_status("limping.mp4", "done")
    received = eventually(lambda: page.site.received().get("limping.mp4"), "the video")
    assert (received["sha256"], received["size"]) == (sample.sha256, 20 * MB)
