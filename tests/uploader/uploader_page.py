"""What a person does with the uploader, and what they see."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.uploader.site import UploaderSite

MB = 1024**2


@dataclass(frozen=True)
class Sample:
    """A file to send."""

    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def clip(folder: Path, size: int, name: str = "limping.mp4", seed: int = 1) -> Sample:
    """A file that begins like an MP4 and goes on with noise, which nothing on the way can shorten."""
    path = folder / name
    head = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
    path.write_bytes(head + random.Random(seed).randbytes(size - len(head)))
    return Sample(path)


class UploaderPage:
    """A page with the attach button and the tray."""

    def __init__(self, page: Page, site: UploaderSite) -> None:
        self.page = page
        self.site = site

    def open(self) -> UploaderPage:
        self.page.goto(self.site.url)
        self.page.locator("body[data-ready=true]").wait_for()
        return self

    def reload(self) -> None:
        self.page.reload()
        self.page.locator("body[data-ready=true]").wait_for()

    def get(self, hook: str) -> Locator:
        return self.page.get_by_test_id(hook)

    def row(self, name: str) -> Locator:
        return self.page.locator("[data-test=upload]").filter(has_text=name)

    def send(self, *samples: Sample, hook: str = "file-gallery") -> None:
        self.get(hook).set_input_files([sample.path for sample in samples])

    def press(self, name: str, hook: str) -> None:
        self.row(name).get_by_test_id(hook).click()

    def wait_for_status(self, name: str, *statuses: str) -> None:
        self.page.wait_for_function(
            "([name, statuses]) => uploads.state.items.some("
            "(item) => item.name === name && statuses.includes(item.status))",
            arg=[name, statuses],
        )

    def wait_until_sent(self, name: str, share: float) -> None:
        """Wait until this share of a file's bytes has left."""
        self.page.wait_for_function(
            "([name, share]) => uploads.state.items.some("
            "(item) => item.name === name && item.sent >= share * item.size)",
            arg=[name, share],
        )

    def wait_until_kept(self, name: str) -> None:
        """Wait until the browser has put the file away, so that it outlives the page."""
        self.page.wait_for_function(
            "(name) => uploads.state.items.some((item) => item.name === name && item.kept === 'file')", arg=name
        )

    def sent(self, name: str) -> int:
        return int(self.page.evaluate("(name) => uploads.state.items.find((item) => item.name === name)?.sent", name))

    def statuses(self) -> Sequence[str]:
        return list(self.page.evaluate("uploads.state.items.map(({ status }) => status)"))

    # -------------------------------------------------------------- recorder

    def open_recorder(self, choice: str = "attach-record") -> RecorderPage:
        self.get("attach").click()
        self.get(choice).click()
        self.get("recorder").wait_for()
        return RecorderPage(self.page)


class RecorderPage:
    """The recorder's dialog."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def get(self, hook: str) -> Locator:
        return self.page.get_by_test_id(hook)

    def press(self, hook: str) -> None:
        self.get(hook).click()

    def wait_for_phase(self, phase: str) -> None:
        self.page.locator(f"[data-test=recorder][data-phase={phase}]").wait_for()

    def start(self, seconds: int = 2) -> None:
        """Record, and wait until so much has been recorded."""
        self.wait_for_phase("ready")
        self.press("recorder-start")
        self.page.wait_for_function(
            "(text) => document.querySelector('[data-test=recorder-time]')?.innerText >= text", arg=f"00:0{seconds}"
        )

    def record(self, seconds: int = 2) -> None:
        """Record for so long, and stop."""
        self.start(seconds)
        self.press("recorder-stop")
        self.wait_for_phase("review")
