"""What a person does with the clip viewer, and what they see."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page

from tests.player.clip.clips import Clip


class ClipPage:
    """The clip viewer on a page."""

    def __init__(self, page: Page, clip: Clip | str) -> None:
        self.page = page
        self.clip = clip
        self.name = clip if isinstance(clip, str) else clip.name

    def open(self, url: str, *, ready: bool = True, **options: Any) -> ClipPage:
        self.page.add_init_script(f"window.clipOptions = {json.dumps({'media': self.name, **options})}")
        self.page.goto(url)
        self.get("clip").wait_for()
        if ready:
            self.wait_until_still()
        return self

    def get(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def rendered(self) -> ClipPage:
        """Wait until the page shows what was last asked of it: the second repaint from now on is certain to."""
        self.page.evaluate(
            "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))"
        )
        return self

    def text(self, test_id: str) -> str:
        """What is written there now."""
        return self.rendered().get(test_id).inner_text()

    def shows(self, test_id: str) -> bool:
        """Whether that is there now."""
        return self.rendered().get(test_id).count() > 0

    @property
    def frame(self) -> int:
        """The number of the frame on the screen, read from its pixels."""
        return self.page.evaluate("readFrame()")

    def second_frame(self) -> int:
        """The number of the frame that the second clip shows."""
        return self.page.evaluate("readFrame(1)")

    @property
    def position(self) -> float:
        return self.page.evaluate("clipViewer.playback.position")

    @property
    def saved(self) -> list[dict[str, Any]]:
        return self.page.evaluate("saved")

    def wait_until(self, condition: str) -> None:
        """Wait for a condition on the playback."""
        self.page.wait_for_function(f"(() => {{ const {{ playback }} = clipViewer; return {condition}; }})()")

    def wait_until_still(self) -> None:
        """Wait until a frame stands on the screen and nothing is under way."""
        self.wait_until(
            "['paused', 'ended', 'failed'].includes((playback || clipViewer.photo).status) && !playback?.busy"
        )

    def press(self, key: str) -> None:
        """Press a key, and wait until what it does is done."""
        self.page.keyboard.press(key)
        self.wait_until_still()

    def seek(self, seconds: float) -> None:
        """As a click on the bar, but to the millisecond."""
        self.page.evaluate("(seconds) => clipViewer.playback.seek(seconds)", seconds)
        self.wait_until_still()

    def steps(self, count: int) -> list[int]:
        """Step by frames, forward or (negative) back; the numbers of the frames shown."""
        return self.page.evaluate(
            """async (count) => {
                const shown = [];
                for (let step = 0; step < Math.abs(count); step++) {
                    await clipViewer.playback.step(Math.sign(count));
                    shown.push(readFrame());
                }
                return shown;
            }""",
            count,
        )

    def play_until(self, position: float) -> None:
        """Play on, and return while it plays."""
        self.page.keyboard.press("l")
        self.wait_until(f"playback.position >= {position}")

    def click_on_bar(self, share: float) -> None:
        box = self.get("clip-seek").bounding_box()
        self.page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        self.wait_until_still()
