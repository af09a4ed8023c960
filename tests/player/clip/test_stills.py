"""A still is the frame on the screen, in the clip's own resolution, with what was drawn on it."""

from collections.abc import Callable

import pytest

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clip_site import ClipSite
from tests.player.clip.clips import H264_ROTATED, H264_VARYING, LARGE

YELLOW, RED = (255, 212, 0), (255, 90, 79)


class Editor:
    """The annotation of a still."""

    def __init__(self, viewer: ClipPage) -> None:
        self.viewer = viewer
        viewer.get("clip-still").click()
        self.box = viewer.get("clip-still-stage").bounding_box()

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where on the page a point of the picture is; in shares of its width and height."""
        stage = self.box
        width, height = self.viewer.page.evaluate(
            "(({ width, height }) => [width, height])(document.querySelector('[data-test=clip-still-stage] canvas'))"
        )
        scale = min(stage["width"] / width, stage["height"] / height)
        left = stage["x"] + (stage["width"] - width * scale) / 2
        top = stage["y"] + (stage["height"] - height * scale) / 2
        return left + x * width * scale, top + y * height * scale

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.viewer.page.mouse
        mouse.move(*self.at(*start))
        mouse.down()
        mouse.move(*self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        mouse.move(*self.at(*end))
        mouse.up()

    def draw(self, tool: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.viewer.get(f"clip-annotate-{tool}").click()
        self.drag(start, end)

    def save(self) -> dict:
        count = len(self.viewer.saved)
        self.viewer.get("clip-still-save").click()
        self.viewer.page.wait_for_function("(count) => saved.length > count", arg=count)
        self.viewer.get("clip-still-editor").wait_for(state="detached")
        return self.viewer.saved[-1]

    def pixel(self, x: float, y: float) -> tuple[int, int, int]:
        return tuple(self.viewer.page.evaluate("([x, y]) => stillPixel(x, y)", [x, y]))


def near(colour: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 48 for one, other in zip(colour, expected, strict=True))


def test_a_still_is_the_frame_shown_in_full_resolution(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    for _ in range(7):
        viewer.press("ArrowRight")
    viewer.get("clip-zoom-in").click()
    saved = Editor(viewer).save()
    assert (saved["width"], saved["height"]) == LARGE.size
    assert saved["type"] == "image/jpeg"
    assert viewer.page.evaluate("readStill()") == 7
    assert saved["timeCode"] == pytest.approx(7 / 30, abs=0.0001)
    assert saved["annotated"] is False


def test_a_still_taken_while_it_plays_is_the_frame_it_froze_on(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(H264_VARYING)
    viewer.play_until(1.0)
    viewer.page.keyboard.press("s")
    viewer.get("clip-still-editor").wait_for()
    saved = Editor.save(_opened(viewer))
    number = viewer.page.evaluate("readStill()")
    assert viewer.frame == number
    assert saved["timeCode"] == pytest.approx(float(H264_VARYING.times[number]), abs=0.0001)


def _opened(viewer: ClipPage) -> Editor:
    editor = Editor.__new__(Editor)
    editor.viewer = viewer
    return editor


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_still_is_turned_as_it_is_shown(open_clip: Callable[..., ClipPage], turns: int) -> None:
    viewer = open_clip(H264_ROTATED)
    viewer.press("ArrowRight")
    for _ in range(turns):
        viewer.page.keyboard.press("r")
    saved = Editor(viewer).save()
    quarters = (1 + turns) % 4
    shown = H264_ROTATED.size[::-1] if quarters % 2 else H264_ROTATED.size
    assert (saved["width"], saved["height"]) == shown
    assert viewer.page.evaluate("(quarters) => readStill(quarters)", quarters) == 1


def test_what_is_drawn_is_in_the_still(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    editor = Editor(viewer)
    editor.draw("arrow", (0.2, 0.9), (0.6, 0.9))
    viewer.get("clip-annotate-circle").click()
    viewer.get("clip-annotate-colour-1").click()
    editor.drag((0.7, 0.6), (0.9, 0.9))
    viewer.get("clip-still-caption").fill(" Left hind leg ")
    saved = editor.save()
    assert saved["annotated"] is True
    assert saved["caption"] == "Left hind leg"
    width, height = LARGE.size
    assert near(editor.pixel(0.4 * width, 0.9 * height), YELLOW), "on the arrow's shaft"
    assert near(editor.pixel(0.7 * width, 0.75 * height), RED), "on the circle's left"
    assert not near(editor.pixel(0.8 * width, 0.75 * height), RED), "inside the circle"


def test_marks_are_undone_redone_and_deleted(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    editor = Editor(viewer)
    editor.draw("arrow", (0.2, 0.9), (0.6, 0.9))
    viewer.get("clip-annotate-undo").click()
    viewer.get("clip-annotate-redo").click()
    editor.draw("freehand", (0.2, 0.7), (0.6, 0.7))
    viewer.page.keyboard.press("Control+z")
    editor.draw("measure", (0.2, 0.6), (0.6, 0.6))
    viewer.page.keyboard.press("Delete")
    saved = editor.save()
    width, height = LARGE.size
    assert saved["annotated"] is True
    assert near(editor.pixel(0.4 * width, 0.9 * height), YELLOW)
    assert not near(editor.pixel(0.4 * width, 0.7 * height), YELLOW), "undone"
    assert not near(editor.pixel(0.4 * width, 0.6 * height), YELLOW), "deleted"


def test_a_mark_is_selected_and_moved(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    editor = Editor(viewer)
    editor.draw("arrow", (0.2, 0.6), (0.6, 0.6))
    viewer.get("clip-annotate-select").click()
    viewer.page.mouse.click(*editor.at(0.4, 0.6))
    editor.drag((0.4, 0.6), (0.4, 0.9))
    editor.save()
    width, height = LARGE.size
    assert near(editor.pixel(0.4 * width, 0.9 * height), YELLOW)
    assert not near(editor.pixel(0.4 * width, 0.6 * height), YELLOW)


def test_a_known_length_gives_the_others_their_units(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    editor = Editor(viewer)
    viewer.page.evaluate(
        "(() => { const { fillText } = CanvasRenderingContext2D.prototype; window.written = [];"
        " CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {"
        " written.push(text); fillText.call(this, text, ...rest); }; })()"
    )
    editor.draw("measure", (0.1, 0.6), (0.6, 0.6))
    viewer.page.wait_for_function("written.includes('960 px')")
    viewer.get("clip-calibrate-length").fill("24,0")
    viewer.get("clip-calibrate-apply").click()
    viewer.page.wait_for_function("written.includes('24.0 cm')")
    editor.drag((0.1, 0.8), (0.35, 0.8))
    viewer.page.wait_for_function("written.includes('12.0 cm')")


def test_text_is_written_where_it_was_asked_for(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    editor = Editor(viewer)
    viewer.get("clip-annotate-text").click()
    viewer.page.mouse.click(*editor.at(0.3, 0.8))
    viewer.get("clip-annotate-wording").fill("HHHHHHHH")
    viewer.page.keyboard.press("Enter")
    saved = editor.save()
    assert saved["annotated"] is True
    width, height = LARGE.size
    row = [editor.pixel(0.3 * width + x, 0.8 * height) for x in range(0, 160, 2)]
    assert any(near(pixel, YELLOW) for pixel in row)


def test_marks_can_be_made_by_keyboard_alone(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    viewer.page.keyboard.press("s")
    viewer.get("clip-still-editor").wait_for()
    for key in ("m", "Enter", "ArrowDown", "Shift+ArrowRight"):
        viewer.page.keyboard.press(key)
    points = viewer.page.evaluate(
        "[...owl.App.apps].flatMap(({ root }) => Object.values(root.children))"
        ".find(({ component }) => component.annotations).component.annotations.marks[0].points"
    )
    letters = (1920 * 1080) ** 0.5 / 24
    assert points[0]["y"] == pytest.approx(540 + letters / 4, abs=1)
    assert points[1]["x"] - points[0]["x"] == pytest.approx(letters * 3.25, abs=1)


def test_a_refusal_is_said_and_nothing_is_lost(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip(LARGE)
    editor = Editor(viewer)
    viewer.get("clip-still-caption").fill("Eye")
    viewer.page.evaluate("window.refuseStill = true")
    viewer.get("clip-still-save").click()
    viewer.page.get_by_text("This file is too large. Send less.").wait_for()
    viewer.page.evaluate("window.refuseStill = false")
    assert editor.save()["caption"] == "Eye"


def test_a_photo_is_annotated_too(open_clip: Callable[..., ClipPage]) -> None:
    viewer = open_clip("photo.jpg")
    editor = Editor(viewer)
    editor.draw("arrow", (0.2, 0.5), (0.8, 0.5))
    saved = editor.save()
    assert saved["timeCode"] is None
    assert (saved["width"], saved["height"]) == (1600, 1200)
    assert near(editor.pixel(800, 600), YELLOW)


def test_a_picture_that_may_not_be_read_is_said(open_clip: Callable[..., ClipPage], other_server: ClipSite) -> None:
    other_server.readable_everywhere = False
    viewer = open_clip(LARGE)
    viewer.get("clip-still").click()
    viewer.page.get_by_text("The media service does not let this page copy the picture.").wait_for()
    assert not viewer.shows("clip-still-editor")


def test_a_picture_from_another_server_that_allows_it_is_kept(
    open_clip: Callable[..., ClipPage], other_server: ClipSite
) -> None:
    other_server.readable_everywhere = True
    viewer = open_clip(LARGE)
    viewer.press("ArrowRight")
    Editor(viewer).save()
    assert viewer.page.evaluate("readStill()") == 1
