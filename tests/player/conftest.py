from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from dev import machine, odoo
from tests.player.player_page import PlayerPage
from tests.player.recording import FILES
from tests.player.site import Site
from tests.support.patience import PATIENCE


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recording")
    for file in FILES:
        file.write(folder)
    return folder


@pytest.fixture
def site(media: Path) -> Iterator[Site]:
    addons = next(folder for folder in odoo.addons_path() if (folder / "web" / "static").is_dir())
    with Site(odoo_addons=addons, media=media) as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(
        executable_path=machine.find("chromium"),
        args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
    )
    yield running
    running.close()


@pytest.fixture
def open_player(browser: Browser, site: Site) -> Iterator[Callable[[], PlayerPage]]:
    """Opens the player with the recording loaded, not yet playing; a test fails on any error in the page."""
    errors: list[str] = []
    with contextlib.ExitStack() as contexts:

        def open_page() -> PlayerPage:
            context = browser.new_context(viewport={"width": 1100, "height": 700})
            contexts.callback(context.close)
            context.set_default_timeout(PATIENCE * 1000)
            opened = context.new_page()
            opened.on("pageerror", lambda error: errors.append(str(error)))
            opened.goto(site.url)
            opened.get_by_test_id("player").wait_for()
            return PlayerPage(opened)

        yield open_page
    assert not errors


@pytest.fixture
def player(open_player: Callable[[], PlayerPage]) -> PlayerPage:
    return open_player()


@pytest.fixture
def page(player: PlayerPage) -> Page:
    return player.page
