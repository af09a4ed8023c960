"""Files that cannot be sent, each with a sentence, and before a byte of it has left where that is possible."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.uploader.uploader_page import MB, Sample, UploaderPage, clip


def _file(folder: Path, name: str, content: bytes) -> Sample:
    (folder / name).write_bytes(content)
    return Sample(folder / name)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.mp4", b"", "This file is empty."),
        ("holiday.mp4", b"MZ" + b"\0" * 500, "This is a program"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG drawings"),
        ("page.jpg", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "This is a web page"),
        ("films.zip", b"PK\x03\x04" + b"\0" * 500, "Archives cannot be sent"),
        ("model.blend", b"BLENDER-v300" + b"\0" * 500, "Files of this kind cannot be sent"),
    ],
)
def test_what_cannot_be_sent_is_said_before_a_byte_has_left(
    page: UploaderPage, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    page.send(_file(tmp_path, name, content), hook="file-document")
    page.wait_for_status(name, "failed")
    expect(page.row(name)).to_contain_text(sentence)
    expect(page.row(name).get_by_test_id("upload-retry")).to_have_count(0)
    assert page.site.count("upload") == 0


def test_a_file_over_the_limit_is_told_both_sizes(page: UploaderPage, tmp_path: Path) -> None:
    page.site.limits["max_bytes"] = 2 * MB
    page.reload()
    page.send(clip(tmp_path, 3 * MB))
    page.wait_for_status("limping.mp4", "failed")
    expect(page.row("limping.mp4")).to_contain_text("This video has 3.0 MB; at most 2.0 MB can be sent.")


def test_what_the_media_service_refuses_ends_with_a_sentence(page: UploaderPage, tmp_path: Path) -> None:
    page.send(_file(tmp_path, "notes.txt", bytes(range(256)) * 40), hook="file-document")
    page.wait_for_status("notes.txt", "failed")
    expect(page.row("notes.txt").get_by_test_id("upload-status")).to_have_text(re.compile(r"\w"))
    page.press("notes.txt", "upload-dismiss")
    page.wait_until_gone("notes.txt")
    page.reload()
    assert page.statuses() == []


def test_what_odoo_refuses_is_said_in_its_words_and_can_be_tried_again(page: UploaderPage, tmp_path: Path) -> None:
    page.site.refusals["upload"] = {
        "code": "chat_locked",
        "message": "The clinic has closed this conversation.",
        "next_step": "Call the clinic.",
    }
    page.send(clip(tmp_path, MB))
    page.wait_for_status("limping.mp4", "failed")
    expect(page.row("limping.mp4")).to_contain_text("The clinic has closed this conversation. Call the clinic.")
    page.site.refusals.clear()
    page.press("limping.mp4", "upload-retry")
    assert page.arrived("limping.mp4")["size"] == MB


def test_a_dropped_folder_is_explained(page: UploaderPage, tmp_path: Path) -> None:
    page.page.evaluate("uploads.queue.refuse('Rex', 'This is a folder.')")
    page.wait_for_status("Rex", "failed")
    page.press("Rex", "upload-dismiss")
    page.wait_until_gone("Rex")


def test_what_fails_on_the_clinics_side_is_tried_again_without_being_sent_again(
    page: UploaderPage, tmp_path: Path
) -> None:
    page.site.is_deaf = True
    page.send(clip(tmp_path, MB))
    page.wait_for_status("limping.mp4", "checking")
    page.site.tell(1, state="failed", problem="The store was away.", retryable=True)
    page.row("limping.mp4").get_by_text("The store was away.").wait_for()
    page.press("limping.mp4", "upload-retry")
    page.wait_for_status("limping.mp4", "done")
    assert page.site.count("media_retry") == 1
    assert page.chunks == [0]
