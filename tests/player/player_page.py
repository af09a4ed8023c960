"""What a person does with the player, and what they see."""

from __future__ import annotations

from statistics import median
from typing import Any

from playwright.sync_api import Locator, Page

from tests.player.recording import DURATION


class PlayerPage:
    """The player on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def get(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def tile(self, participant: str, source: str = "camera") -> Locator:
        return self.page.locator(f"[data-test=player-tile][data-participant='{participant}'][data-source='{source}']")

    @property
    def status(self) -> str:
        return self.page.evaluate("vetTeleconsult.player.status")

    @property
    def position(self) -> float:
        return self.page.evaluate("vetTeleconsult.player.position")

    def play(self) -> None:
        self.get("player-play").click()
        self.wait_until("player.status === 'playing'")

    def wait_until(self, condition: str) -> None:
        """Wait for a condition on the player's read-only handle."""
        self.page.wait_for_function(f"(() => {{ const {{ player }} = vetTeleconsult; return {condition}; }})()")

    def click_on_bar(self, position: float) -> None:
        box = self.get("player-seek").bounding_box()
        assert box
        self.page.mouse.click(box["x"] + box["width"] * position / DURATION, box["y"] + box["height"] / 2)

    def go_to(self, position: float) -> None:
        """Click on the bar and wait until everything plays in its own pace from there."""
        self.click_on_bar(position)
        self.settle()

    def settle(self) -> None:
        """Wait until everything that is to play plays and has had the time to find its pace."""
        self.wait_until("player.status === 'playing'")
        self.wait_until(f"player.position > {self.position} + 1 * player.rate")

    def steps(self, count: int = 120) -> Steps:
        return Steps(self.page.evaluate("(count) => watchSteps(count)", count))


class Steps:
    """Samples taken at repaints of the page while at least two cameras played."""

    def __init__(self, samples: list[dict[str, Any]]) -> None:
        self.skew = sorted(sample["skew"] for sample in samples)
        self.pictures = sorted(sample["pictures"] for sample in samples)
        self.rates = [rate for sample in samples for rate in sample["rates"]]

    @staticmethod
    def percentile_95(values: list[float]) -> float:
        return values[int(0.95 * (len(values) - 1))]

    def assert_within(self, limit: float) -> None:
        """The tiles are in step.

        :param limit: ms. Of the pictures the median has to hold it: the picture on the screen is up to one frame
            (20 ms or 33 ms here) older than the moment, and the two cameras' frames have no common beat.
        """
        assert median(self.skew) <= limit
        assert self.percentile_95(self.skew) <= limit
        assert median(self.pictures) <= limit
