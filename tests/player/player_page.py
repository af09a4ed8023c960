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
        self.clocks = sorted(sample["clocks"] for sample in samples)
        self.frames = sorted(sample["skew"] for sample in samples)
        self.pictures = sorted(sample["pictures"] for sample in samples)
        self.rates = [rate for sample in samples for rate in sample["rates"]]

    @staticmethod
    def percentile_95(values: list[float]) -> float:
        return values[int(0.95 * (len(values) - 1))]

    def assert_within(self, limit: float) -> None:
        """The tiles are in step: by their clocks, by the frames presented, and by what the pictures say.

        A machine that is busy with other things paints some frames late, whatever the player does; hence the 95th
        percentile of the clocks, and the medians of what was painted.

        :param limit: ms
        """
        assert self.percentile_95(self.clocks) <= limit, self
        assert median(self.frames) <= limit, self
        assert median(self.pictures) <= limit, self

    def __repr__(self) -> str:
        return ", ".join(
            f"{name}: median {median(values):.0f} ms, 95th percentile {self.percentile_95(values):.0f} ms"
            for name, values in (("clocks", self.clocks), ("frames", self.frames), ("pictures", self.pictures))
        )
