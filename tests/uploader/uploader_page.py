"""What a person does with the uploader, and what they see."""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import av
from playwright.sync_api import CDPSession, Error, JSHandle, Locator, Page, Request, Route

from tests.support.patience import eventually
from tests.uploader.site import UploaderSite

MB = 1024**2
_UPLOAD = re.compile(r"/uploads/[0-9a-f]{32}$")


@dataclass(frozen=True)
class Sample:
    """A file to send."""

    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def clip(folder: Path, size: int, name: str = "limping.mp4", seed: int = 1) -> Sample:
    """A video that plays, filled up with noise, which nothing on the way can shorten."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    video = _video()
    filling = size - len(video)
    path.write_bytes(video + filling.to_bytes(4, "big") + b"free" + random.Random(seed).randbytes(filling - 8))
    return Sample(path)


@cache
def _video() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _number in range(5):
            container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode())
    return buffer.getvalue()


class UploaderPage:
    """A page with the attach button and the tray.

    :ivar chunks: where the pieces that were sent began
    """

    def __init__(self, page: Page, site: UploaderSite) -> None:
        self.page = page
        self.site = site
        self.chunks: list[int] = []
        self._network: CDPSession | None = None
        self._held: list[Route] | None = None
        self.patches_under_way = self.most_patches = 0
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _begun(self, request: Request) -> None:
        if request.method == "PATCH":
            self.chunks.append(int(request.headers["upload-offset"]))
            self.patches_under_way += 1
            self.most_patches = max(self.most_patches, self.patches_under_way)

    def _ended(self, request: Request) -> None:
        if request.method == "PATCH":
            self.patches_under_way -= 1

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

    def wait_until_more_is_sent(self, name: str, count: int) -> None:
        """Wait until so many more bytes of a file have left than by now."""
        self.page.wait_for_function(
            "([name, goal]) => uploads.state.items.some((item) => item.name === name && item.sent >= goal)",
            arg=[name, self.sent(name) + count],
        )

    def wait_until_kept(self, name: str) -> None:
        """Wait until the browser has put the file away, so that it outlives the page."""
        self.page.wait_for_function(
            "(name) => uploads.state.items.some((item) => item.name === name && item.kept === 'file')", arg=name
        )

    def wait_until_cancelled(self, media_id: int) -> None:
        """Wait until Odoo knows that a file is not coming."""
        eventually(lambda: self.site.media_of[media_id]["state"] == "cancelled", "the cancellation")

    def drop(self, hook: str, name: str, content: bytes, kind: str) -> None:
        """Drop a file on something."""
        transfer = self._transfer(name, content, kind)
        for event in ("dragenter", "dragover", "drop"):
            self.get(hook).dispatch_event(event, {"dataTransfer": transfer})

    def paste(self, name: str, content: bytes, kind: str) -> None:
        """Paste a file while the box to write in has the focus."""
        self.get("message-input").focus()
        transfer = self._transfer(name, content, kind)
        self.page.evaluate(
            "(clipboardData) => document.activeElement.dispatchEvent("
            "new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))",
            transfer,
        )

    def _transfer(self, name: str, content: bytes, kind: str) -> JSHandle:
        return self.page.evaluate_handle(
            "([name, content, type]) => { const transfer = new DataTransfer();"
            " transfer.items.add(new File([new Uint8Array(content)], name, { type })); return transfer; }",
            [name, list(content), kind],
        )

    def wait_until_gone(self, name: str) -> None:
        self.row(name).wait_for(state="detached")

    def slow_down(self, bytes_per_second: int = MB) -> None:
        """From now on no more gets through the network than this."""
        self._emulate(uploadThroughput=bytes_per_second)

    def hold(self) -> None:
        """From now on next to nothing gets through the network, so that nothing ends before a test has looked."""
        self.slow_down(MB // 50)

    def stop_after(self, offset: int) -> None:
        """From now on no piece leaves that begins there or later, until somebody waits for the file to arrive."""
        held: list[Route] = []
        self._held = held

        def take(route: Route) -> None:
            if int(route.request.headers.get("upload-offset", -1)) >= offset:
                held.append(route)
            else:
                route.continue_()

        self.page.route(_UPLOAD, take)

    def _let_go(self) -> None:
        if self._held is not None:
            self.page.unroute(_UPLOAD)
            for route in self._held:
                with suppress(Error):  # its page has been loaded anew
                    route.continue_()
            self._held = None

    def speed_up(self) -> None:
        """The network is as fast as it is."""
        self.slow_down(-1)

    def cut(self) -> None:
        """The network is gone."""
        self._emulate(offline=True)

    def _emulate(self, **conditions: Any) -> None:
        if self._network is None:
            self._network = self.page.context.new_cdp_session(self.page)
            self._network.send("Network.enable")
        usual = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self._network.send("Network.emulateNetworkConditions", usual | conditions)

    def arrived(self, name: str) -> dict[str, Any]:
        """Wait for a file to be whole on the other side; what the media service says of it."""
        self._let_go()
        if self._network:
            self.speed_up()
        return eventually(lambda: self._look_for(name), name)

    def wait_for_chunks_under_way(self, count: int) -> None:
        """Wait until so many requests are bringing bytes at the same time."""
        eventually(lambda: self.page.evaluate("0") == 0 and self.patches_under_way == count, f"{count} at once")

    def _look_for(self, name: str) -> dict[str, Any]:
        # Lets the browser's own events through while the test waits.
        self.page.evaluate("0")
        return self.site.received().get(name, {})

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
