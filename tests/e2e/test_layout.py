"""The owner's room on a phone."""

from __future__ import annotations

from typing import cast

import pytest
from playwright.sync_api import ViewportSize

from tests.support.browser import PHONE
from tests.support.call import Call

CONTROLS = ["microphone", "camera", "share-screen", "devices", "hang-up"]


@pytest.fixture(scope="module", params=[(390, 844), (360, 640), (844, 390)], ids=lambda size: f"{size[0]}x{size[1]}")
def phone_call(request: pytest.FixtureRequest, shared_call: Call):
    width, height = request.param
    shared_call.owner.page.set_viewport_size({"width": width, "height": height})
    yield shared_call
    shared_call.owner.page.set_viewport_size(cast(ViewportSize, PHONE))


def test_a_phone_never_scrolls_sideways(phone_call: Call) -> None:
    page = phone_call.owner.page
    assert page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") == 0


@pytest.mark.parametrize("hook", CONTROLS)
def test_every_control_is_on_the_screen_of_a_phone(phone_call: Call, hook: str) -> None:
    size, box = phone_call.owner.page.viewport_size, phone_call.owner.find(hook).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


@pytest.mark.parametrize("hook", CONTROLS)
def test_every_control_is_large_enough_for_a_thumb(phone_call: Call, hook: str) -> None:
    """WCAG 2.2, success criterion 2.5.5: 44 by 44 CSS pixels."""
    box = phone_call.owner.find(hook).bounding_box()
    assert box["width"] >= 44 and box["height"] >= 44


def test_the_other_is_in_the_picture_without_scrolling(phone_call: Call) -> None:
    size, box = phone_call.owner.page.viewport_size, phone_call.owner.find("remote-video").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
    assert box["height"] >= size["height"] / 4
