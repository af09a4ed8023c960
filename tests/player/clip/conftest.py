from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from dev import odoo
from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clip_site import ClipSite
from tests.player.clip.clips import CLIPS, H264, PHOTO, SOUND, Clip, write_photo, write_sound
from tests.support.patience import PATIENCE


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for clip in CLIPS:
        clip.write(folder)
    write_photo(folder / PHOTO)
    write_sound(folder / SOUND)
    return folder


def odoo_addons() -> Path:
    return next(folder for folder in odoo.addons_path() if (folder / "web" / "static").is_dir())


@pytest.fixture
def other_server(clips: Path, site: ClipSite) -> Iterator[ClipSite]:
    """The media come from another server than the page, as in a clinic."""
    with ClipSite(odoo_addons=odoo_addons(), media=clips) as running:
        site.media_server = running.url
        yield running


@pytest.fixture
def site(clips: Path) -> Iterator[ClipSite]:
    described: dict[str, dict[str, Any]] = {
        PHOTO: {"kind": "photo", "caption": "Left eye"},
        SOUND: {"kind": "audio", "caption": "Heart sounds", "duration": 4},
    }
    described |= {
        clip.name: {
            "duration": clip.duration,
            "width": clip.shown_size[0],
            "height": clip.shown_size[1],
            "frame_rate": clip.frame_rate,
        }
        for clip in CLIPS
    }
    with ClipSite(odoo_addons=odoo_addons(), media=clips, described=described) as running:
        yield running


@pytest.fixture
def open_clip(browser: Browser, site: ClipSite) -> Iterator[Callable[..., ClipPage]]:
    """Opens the viewer with a clip whose first frame is on the screen; a test fails on any error in the page."""
    errors: list[str] = []
    with contextlib.ExitStack() as contexts:

        def open_page(clip: Clip | str = H264, context: dict[str, Any] | None = None, **options: Any) -> ClipPage:
            opened = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **(context or {})})
            contexts.callback(opened.close)
            opened.set_default_timeout(PATIENCE * 1000)
            page = opened.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            return ClipPage(page, clip).open(site.url, **options)

        yield open_page
    assert not errors


@pytest.fixture
def viewer(open_clip: Callable[..., ClipPage]) -> ClipPage:
    return open_clip()
