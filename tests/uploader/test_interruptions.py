"""Whatever comes between: the network, the page, the service."""

from pathlib import Path

from dev.service import Service
from tests.uploader.uploader_page import MB, UploaderPage, clip


def test_a_network_that_is_cut_ten_times_costs_nothing_but_time(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.slow_down(MB // 2)
    page.send(sample)
    for _cut in range(10):
        page.wait_for_status("limping.mp4", "uploading")
        page.wait_until_more_is_sent("limping.mp4", MB // 8)
        page.cut()
        page.wait_for_status("limping.mp4", "waiting")
        page.slow_down(MB // 2)
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert len(page.chunks) > 10


def test_a_reloaded_page_goes_on_by_itself(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.stop_after(8 * MB)
    page.send(sample)
    page.wait_until_sent("limping.mp4", 1 / 3)
    page.wait_until_kept("limping.mp4")
    page.chunks.clear()
    page.reload()
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert page.chunks[0] >= 8 * MB
    assert page.site.count("upload") == 1


def test_a_page_that_is_opened_again_goes_on_where_the_closed_one_stopped(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.stop_after(8 * MB)
    page.send(sample)
    page.wait_until_sent("limping.mp4", 1 / 3)
    page.wait_until_kept("limping.mp4")
    context = page.page.context
    page.page.close()
    sha256 = sample.sha256
    sample.path.unlink()
    again = UploaderPage(context.new_page(), page.site).open()
    assert again.arrived("limping.mp4")["sha256"] == sha256


def test_a_killed_service_takes_nothing_with_it(page: UploaderPage, sidecar: Service, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.slow_down()
    page.send(sample)
    page.wait_until_sent("limping.mp4", 0.4)
    page.hold()
    sidecar.kill()
    page.wait_for_status("limping.mp4", "waiting")
    page.chunks.clear()
    sidecar.start().wait_until_healthy()
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert page.chunks[0] >= 8 * MB


def test_a_paused_upload_stays_paused_over_a_reload(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.stop_after(8 * MB)
    page.send(sample)
    page.wait_until_sent("limping.mp4", 1 / 3)
    page.wait_until_kept("limping.mp4")
    page.press("limping.mp4", "upload-pause")
    page.page.wait_for_function("async () => (await uploads.queue.store.list())[0].paused")
    page.reload()
    page.wait_for_status("limping.mp4", "paused")
    page.press("limping.mp4", "upload-resume")
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256


def test_a_file_that_changes_on_the_way_is_sent_as_it_was(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    sha256 = sample.sha256
    page.stop_after(8 * MB)
    page.send(sample)
    page.wait_until_sent("limping.mp4", 1 / 3)
    page.wait_until_kept("limping.mp4")
    clip(tmp_path, 24 * MB, seed=2)
    assert page.arrived("limping.mp4")["sha256"] == sha256


def test_a_browser_without_room_asks_for_the_file_again(sidecar: Service, open_page, tmp_path: Path) -> None:
    page: UploaderPage = open_page(script=_NO_ROOM)
    sample = clip(tmp_path, 24 * MB)
    other = clip(tmp_path, 24 * MB, "another.mp4", seed=2)
    other_size = clip(tmp_path, 23 * MB, "other/limping.mp4")
    page.stop_after(8 * MB)
    page.send(sample)
    page.wait_until_sent("limping.mp4", 1 / 3)
    page.page.get_by_text("Please keep this page open").wait_for()
    page.chunks.clear()
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_status("limping.mp4", "needs-file")
    for wrong in (other, other_size):
        page.row("limping.mp4").get_by_test_id("upload-choose").set_input_files(wrong.path)
        page.row("limping.mp4").get_by_text("This is another file").wait_for()
    page.row("limping.mp4").get_by_test_id("upload-choose").set_input_files(sample.path)
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert page.chunks[0] >= 8 * MB


_NO_ROOM = """
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...rest) {
        if (this.name === "pieces") {
            throw new DOMException("No room", "QuotaExceededError");
        }
        return put.call(this, value, ...rest);
    };
"""


def test_what_was_begun_on_another_device_goes_on_here_with_the_same_file(
    page: UploaderPage, open_page, tmp_path: Path
) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.stop_after(8 * MB)
    page.send(sample)
    page.wait_until_sent("limping.mp4", 1 / 3)
    page.page.context.close()
    other: UploaderPage = open_page()
    other.wait_for_status("limping.mp4", "needs-file")
    other.row("limping.mp4").get_by_test_id("upload-choose").set_input_files(sample.path)
    assert other.arrived("limping.mp4")["sha256"] == sample.sha256
    assert other.site.count("upload") == 1
