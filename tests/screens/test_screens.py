"""Every screen at the width of a desk and of a phone: pictures to look at, and nothing that shuts anybody out.

The pictures are in ``.cache/screens``; which screens there are stands in ``screens.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from dev import demo_chat
from dev.paths import CACHE
from tests.screens.screens import FACTS, SCREENS, Screen
from tests.support import footage, stack
from tests.support.axe import grave_findings
from tests.support.browser import DESKTOP, PHONE, Browsers, Person

PICTURES = CACHE / "screens"
LOGINS = {"vet": "vet", "manager": "manager", "admin": "admin", "owner": "owner"}
SIDEWAYS = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
STYLE_BROKEN = "getComputedStyle(document.body, '::before').content.includes('css error')"
# A lazy picture that is off the screen never comes.
COMPLETE = """() => document.fonts.status === "loaded" && [...document.images].every((image) => {
    const box = image.getBoundingClientRect();
    const isAway = box.bottom < 0 || box.right < 0 || box.top > innerHeight || box.left > innerWidth || !box.width;
    return image.complete || (image.loading === "lazy" && isAway);
})"""


@dataclass
class Look:
    """What was seen of a screen.

    :param sideways: by how much a phone would scroll sideways (CSS pixels)
    :param findings: what axe-core finds grave
    """

    sideways: int
    findings: list[str]


@dataclass
class Gallery:
    """People in front of their browsers, and what they have seen, each screen once."""

    clinic: stack.Stack
    browsers: Browsers
    open_window: Callable[..., Person]
    _people: dict[str, Person] = field(default_factory=dict)
    _seen: dict[str, Look] = field(default_factory=dict)

    def look_at(self, screen: Screen) -> Look:
        """Open a screen, keep a picture of it in both widths, and have it examined."""
        if screen.name not in self._seen:
            self._seen[screen.name] = self._visit(screen)
        return self._seen[screen.name]

    def _person(self, who: str) -> Person:
        if who not in self._people:
            person = self.open_window(Person, self.browsers.with_footage(footage.OWNER), locale="en-GB")
            if who in LOGINS:
                person.log_in(self.clinic, LOGINS[who])
            self._people[who] = person
        return self._people[who]

    def _visit(self, screen: Screen) -> Look:
        person = self._person(screen.who)
        page = person.page
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        page.goto(self.clinic.clinic.url + screen.path.format(**self.clinic.facts))
        page.locator(screen.ready).first.wait_for()
        assert not page.evaluate(STYLE_BROKEN), "Odoo's log says which style sheet does not compile"
        for hook in screen.press:
            person.press(hook)
        findings: list[str] = []
        sideways = 0
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if not screen.is_owners:
                # Odoo's web client chooses its menus when it starts.
                page.reload()
                page.locator(screen.ready).first.wait_for()
            page.wait_for_function(COMPLETE)
            page.screenshot(path=PICTURES / f"{screen.name}-{size['width']}.png", full_page=screen.is_owners)
            sideways = page.evaluate(SIDEWAYS)
            if screen.is_owners or screen.name.startswith("room"):
                part = None if screen.is_owners else ".o_action_manager"
                findings += [f"{size['width']} px: {each}" for each in grave_findings(page, part)]
        return Look(sideways, findings)


@pytest.fixture(scope="module")
def gallery(browsers, people_of_module, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """A clinic with the demo data, and bookings in each step."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with stack.running(tmp_path_factory.mktemp("screens"), "screens", demo=True, script=FACTS) as clinic:
        chat = {"id": clinic.facts["chat"], "token": clinic.facts["chat_token"]}
        demo_chat.fill(clinic.clinic.url, chat)
        yield Gallery(clinic, browsers, people_of_module)


ALL = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
OWNERS = pytest.mark.parametrize("screen", [each for each in SCREENS if each.is_owners], ids=lambda each: each.name)
EXAMINED = pytest.mark.parametrize(
    "screen", [each for each in SCREENS if each.is_owners or each.name.startswith("room")], ids=lambda each: each.name
)


@ALL
def test_a_screen_can_be_looked_at(gallery: Gallery, screen: Screen) -> None:
    gallery.look_at(screen)
    assert all((PICTURES / f"{screen.name}-{width}.png").stat().st_size > 5_000 for width in (1280, 390))


@OWNERS
def test_a_phone_never_scrolls_sideways(gallery: Gallery, screen: Screen) -> None:
    assert gallery.look_at(screen).sideways == 0


@EXAMINED
def test_nobody_is_shut_out(gallery: Gallery, screen: Screen) -> None:
    assert gallery.look_at(screen).findings == []
