"""Several tabs of one browser: an upload belongs to one of them at a time."""

from pathlib import Path

from tests.uploader.uploader_page import MB, UploaderPage, clip


def _second_tab(page: UploaderPage) -> UploaderPage:
    return UploaderPage(page.page.context.new_page(), page.site).open()


def _begin(page: UploaderPage, folder: Path):
    sample = clip(folder, 24 * MB)
    page.slow_down()
    page.send(sample)
    page.wait_until_sent("limping.mp4", 0.2)
    page.hold()
    page.wait_until_kept("limping.mp4")
    return sample


def test_a_second_tab_leaves_an_upload_to_the_first(page: UploaderPage, tmp_path: Path) -> None:
    sample = _begin(page, tmp_path)
    second = _second_tab(page)
    second.row("limping.mp4").get_by_text("open in another tab").wait_for()
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert second.chunks == []
    second.wait_until_gone("limping.mp4")


def test_a_second_tab_takes_over_when_the_first_is_closed(page: UploaderPage, tmp_path: Path) -> None:
    sample = _begin(page, tmp_path)
    second = _second_tab(page)
    second.row("limping.mp4").get_by_text("open in another tab").wait_for()
    page.page.close()
    assert second.arrived("limping.mp4")["sha256"] == sample.sha256


def test_a_second_tab_can_take_an_upload_over(page: UploaderPage, tmp_path: Path) -> None:
    sample = _begin(page, tmp_path)
    second = _second_tab(page)
    second.row("limping.mp4").get_by_role("button", name="Continue here").click()
    page.row("limping.mp4").get_by_text("open in another tab").wait_for()
    assert second.arrived("limping.mp4")["sha256"] == sample.sha256
    assert second.chunks
    page.wait_until_gone("limping.mp4")
