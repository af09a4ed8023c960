"""Files on their way to the media service, as long as nothing comes between."""

from pathlib import Path

from tests.uploader.uploader_page import MB, UploaderPage, clip


def test_a_video_arrives_byte_for_byte(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 20 * MB)
    page.send(sample)
    page.wait_for_status("limping.mp4", "done")
    received = page.arrived("limping.mp4")
    assert (received["sha256"], received["size"]) == (sample.sha256, 20 * MB)
    assert page.chunks == [0, 8 * MB, 16 * MB]


def test_no_more_than_three_are_sent_at_once(page: UploaderPage, tmp_path: Path) -> None:
    samples = [clip(tmp_path, 4 * MB, f"{number}.mp4", seed=number) for number in range(6)]
    page.hold()
    page.send(*samples)
    page.wait_for_chunks_under_way(3)
    assert sorted(page.statuses()) == ["queued"] * 3 + ["uploading"] * 3
    for sample in samples:
        assert page.arrived(sample.path.name)["sha256"] == sample.sha256
    assert page.most_patches == 3


def test_progress_speed_and_time_left_are_shown(page: UploaderPage, tmp_path: Path) -> None:
    page.slow_down(MB)
    page.send(clip(tmp_path, 20 * MB))
    status = page.row("limping.mp4").get_by_test_id("upload-status")
    status.filter(has_text="left").wait_for()
    page.page.wait_for_function(
        "() => /^[1-9][\\d.]* MB of 20.0 MB · [\\d.]+ [kM]B\\/s · (\\d+ seconds|1 minute|a few seconds) left$/.test("
        "document.querySelector('[data-test=upload-status]').innerText)"
    )


def test_a_paused_upload_rests_and_goes_on_where_it_was(page: UploaderPage, tmp_path: Path) -> None:
    sample = clip(tmp_path, 24 * MB)
    page.slow_down()
    page.send(sample)
    page.wait_until_sent("limping.mp4", 0.4)
    page.hold()
    page.press("limping.mp4", "upload-pause")
    page.wait_for_status("limping.mp4", "paused")
    page.page.wait_for_function("() => !uploads.queue.uploads.values().next().value.isRunning")
    before = len(page.chunks)
    page.press("limping.mp4", "upload-resume")
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert page.chunks[before] >= 8 * MB


def test_a_cancelled_upload_leaves_nothing_behind(page: UploaderPage, tmp_path: Path) -> None:
    page.slow_down()
    page.send(clip(tmp_path, 20 * MB))
    page.wait_until_sent("limping.mp4", 0.2)
    page.hold()
    page.wait_until_kept("limping.mp4")
    page.press("limping.mp4", "upload-cancel")
    page.wait_until_gone("limping.mp4")
    page.wait_until_cancelled(1)
    page.page.wait_for_function("async () => (await uploads.queue.store.database.all('pieces')).length === 0")
    page.reload()
    assert page.statuses() == []


def test_a_ticket_that_expires_is_renewed(page: UploaderPage, tmp_path: Path) -> None:
    page.site.expired_tickets = 1
    sample = clip(tmp_path, MB)
    page.send(sample)
    assert page.arrived("limping.mp4")["sha256"] == sample.sha256
    assert page.site.count("upload_ticket") == 1


def test_a_dropped_file_is_sent(page: UploaderPage) -> None:
    page.drop("drop-zone", "wound.png", b"\x89PNG\r\n\x1a\n" + b"0" * 5000, "image/png")
    assert page.arrived("wound.png")["kind"] == "photo"


def test_a_pasted_picture_is_sent_under_a_name_that_says_when(page: UploaderPage) -> None:
    page.paste("image.png", b"\x89PNG\r\n\x1a\n" + b"0" * 5000, "image/png")
    page.row("Picture").wait_for()
    name = page.page.evaluate("uploads.state.items[0].name")
    assert page.arrived(name)["mime"] == "image/png"


def test_without_live_updates_the_page_asks_whether_a_file_has_arrived(sidecar, open_page, tmp_path: Path) -> None:
    page: UploaderPage = open_page(script="window.withoutBus = true")
    page.send(clip(tmp_path, MB))
    page.wait_for_status("limping.mp4", "done")
    assert page.site.count("media") >= 1
