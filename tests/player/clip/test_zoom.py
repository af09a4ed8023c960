"""Zooming goes where the pointer is, by wheel, fingers, buttons and keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clips import LARGE

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def point_under(viewer: ClipPage, x: float, y: float) -> tuple[float, float]:
    """The point of the picture that lies at a place of the page."""
    point = viewer.rendered().page.evaluate(
        """([x, y]) => {
            const video = document.querySelector("[data-test=clip-video]");
            const stage = video.parentElement.getBoundingClientRect();
            const matrix = new DOMMatrix(getComputedStyle(video).transform).inverse();
            const point = new DOMPoint(x - stage.left, y - stage.top).matrixTransform(matrix);
            return [point.x, point.y];
        }""",
        [x, y],
    )
    return point[0], point[1]


def zoom(viewer: ClipPage) -> float:
    return float(viewer.rendered().get("clip-stage").get_attribute("data-zoom"))


def middle(viewer: ClipPage) -> tuple[float, float]:
    box = viewer.get("clip-stage").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def wait_for_zoom(viewer: ClipPage, condition: str) -> None:
    viewer.page.wait_for_function(
        f"(() => {{ const zoom = Number(document.querySelector('[data-test=clip-stage]').dataset.zoom);"
        f" return {condition}; }})()"
    )


def test_the_wheel_keeps_the_point_under_the_pointer(viewer: ClipPage) -> None:
    x, y = middle(viewer)
    x, y = x + 110, y - 90
    before = point_under(viewer, x, y)
    viewer.page.mouse.move(x, y)
    for _ in range(4):
        viewer.page.mouse.wheel(0, -150)
    wait_for_zoom(viewer, "zoom > 3.2")
    assert point_under(viewer, x, y) == pytest.approx(before, abs=0.6)


def test_it_goes_up_to_eight_times_and_back_to_the_whole_picture(viewer: ClipPage) -> None:
    for _ in range(8):
        viewer.page.keyboard.press("+")
    assert zoom(viewer) == 8
    assert viewer.text("clip-zoom-reset") == "8\N{MULTIPLICATION SIGN}"
    viewer.page.keyboard.press("-")
    assert zoom(viewer) < 8
    viewer.page.keyboard.press("0")
    assert zoom(viewer) == 1


def test_a_drag_moves_the_picture_as_far_as_it_covers_its_place(viewer: ClipPage) -> None:
    place = viewer.get("clip-video").bounding_box()
    viewer.get("clip-zoom-in").click()
    viewer.get("clip-zoom-in").click()
    x, y = middle(viewer)
    before = point_under(viewer, x, y)
    viewer.page.mouse.move(x, y)
    viewer.page.mouse.down()
    viewer.page.mouse.move(x + 50, y + 20, steps=4)
    viewer.page.mouse.up()
    assert point_under(viewer, x + 50, y + 20) == pytest.approx(before, abs=0.6)
    for _ in range(40):
        viewer.page.keyboard.press("Shift+ArrowLeft")
    assert point_under(viewer, place["x"], y)[0] == pytest.approx(0, abs=0.6)
    assert viewer.page.evaluate("clipViewer.playback.element.paused"), "a drag is no tap"


def test_a_double_click_goes_close_and_back(viewer: ClipPage) -> None:
    x, y = middle(viewer)
    before = point_under(viewer, x + 60, y + 40)
    viewer.page.mouse.dblclick(x + 60, y + 40)
    assert zoom(viewer) == 3
    assert point_under(viewer, x + 60, y + 40) == pytest.approx(before, abs=0.6)
    viewer.page.keyboard.press("0")
    viewer.wait_until_still()
    assert viewer.page.evaluate("clipViewer.playback.wanted") is False, "two taps play and freeze"


class Fingers:
    """Fingers on a touch screen, by the browser's own input events."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_two_fingers_zoom_where_they_are(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(context=PHONE)
    x, y = middle(viewer)
    x, y = x - 30, y + 20
    before = point_under(viewer, x, y)
    fingers = Fingers(viewer.page)
    fingers.send("touchStart", (x - 20, y), (x + 20, y))
    for reach in (30, 45, 60):
        fingers.send("touchMove", (x - reach, y), (x + reach, y))
    fingers.send("touchEnd")
    wait_for_zoom(viewer, "zoom > 2.9")
    assert zoom(viewer) == pytest.approx(3, abs=0.02)
    assert point_under(viewer, x, y) == pytest.approx(before, abs=1)
    assert viewer.page.evaluate("clipViewer.playback.wanted") is False, "a pinch is no tap"


def test_a_tap_plays_and_freezes(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(context=PHONE)
    viewer.page.touchscreen.tap(*middle(viewer))
    viewer.wait_until("playback.status === 'playing' && playback.position > 0.1")
    viewer.page.touchscreen.tap(*middle(viewer))
    viewer.wait_until_still()
    assert viewer.frame > 0


def test_turning_shows_all_of_the_turned_picture(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    viewer.get("clip-rotate").click()
    assert viewer.rendered().get("clip-stage").get_attribute("data-quarters") == "1"
    stage, picture = viewer.get("clip-stage").bounding_box(), viewer.get("clip-video").bounding_box()
    assert picture["height"] == pytest.approx(stage["height"], abs=1)
    assert picture["width"] == pytest.approx(stage["height"] * 1080 / 1920, abs=1)
    top = point_under(viewer, middle(viewer)[0], stage["y"])
    assert top == pytest.approx((0, 540), abs=4), "its left edge is on top"


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 844), (844, 390)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("panel", [None, "clip-count", "clip-compare", "clip-still"])
def test_everything_fits_on_the_screen(
    open_clip: Callable[..., ClipPage], viewport: tuple[int, int], panel: str | None
) -> None:
    width, height = viewport
    context = {"viewport": {"width": width, "height": height}, "has_touch": width < 1000, "is_mobile": width < 1000}
    viewer = open_clip(LARGE, context, others=["h264-30.mp4", "photo.jpg"])
    if panel:
        viewer.get(panel).click()
        viewer.rendered()
    outside = viewer.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, a")]
            .filter((element) => element.checkVisibility({ visibilityProperty: true }))
            .map((element) => [element, element.getBoundingClientRect()])
            .filter(([, { left, top, right, bottom }]) =>
                left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
            .map(([element]) => element.outerHTML.slice(0, 120))"""
    )
    assert outside == []
    assert viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width < 1000:
        small = viewer.page.evaluate(
            """() => [...document.querySelectorAll(".o_vet_clip button, .o_vet_clip a")]
                .filter((element) => element.checkVisibility({ visibilityProperty: true }))
                .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
                .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
                .map(([html]) => html)"""
        )
        assert small == []
