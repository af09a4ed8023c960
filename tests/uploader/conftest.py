"""A browser, the page of the uploader, and the media service as an operator runs it."""

from __future__ import annotations

import base64
import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from dev import machine, odoo, stack
from dev.service import Service, free_port
from tests.support.patience import PATIENCE
from tests.uploader.site import UploaderSite
from tests.uploader.uploader_page import UploaderPage

SECRET = secrets.token_bytes(32)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[UploaderSite]:
    addons = next(folder for folder in odoo.addons_path() if (folder / "web" / "static").is_dir())
    with UploaderSite(odoo_addons=addons, media=tmp_path, secret=SECRET) as running:
        yield running


@pytest.fixture
def sidecar(site: UploaderSite, tmp_path: Path) -> Iterator[Service]:
    """The media service; it hands its events to the site."""
    clinic = stack.Clinic(
        database="uploader",
        folder=tmp_path,
        http_port=site.server.server_address[1],
        sidecar_port=free_port(),
        host="127.0.0.1",
    )
    site.sidecar_url = clinic.sidecar_url
    secret = base64.urlsafe_b64encode(SECRET).decode().rstrip("=")
    environment = {"VET_SIDECAR_MIN_FREE_BYTES": "0", "VET_SIDECAR_LOG_LEVEL": "INFO"}
    with stack.sidecar(clinic, secret, environment, tmp_path / "sidecar.log") as running:
        yield running


SWITCHES = ("--no-sandbox", "--autoplay-policy=no-user-gesture-required")
FAKE_DEVICES = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2")


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Starts browsers by their switches, each once."""
    running: dict[tuple[str, ...], Browser] = {}

    def launched(*switches: str) -> Browser:
        if switches not in running:
            running[switches] = playwright.chromium.launch(
                executable_path=machine.find("chromium"), args=[*SWITCHES, *switches]
            )
        return running[switches]

    yield launched
    for browser in running.values():
        browser.close()


@pytest.fixture
def open_page(launch: Callable[..., Browser], site: UploaderSite) -> Iterator[Callable[..., UploaderPage]]:
    """Opens the page; a test fails on any error in it."""
    errors: list[str] = []
    with contextlib.ExitStack() as contexts:

        def open_it(script: str = "", switches: Sequence[str] = FAKE_DEVICES, **options: Any) -> UploaderPage:
            context = launch(*switches).new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
            contexts.callback(context.close)
            context.set_default_timeout(PATIENCE * 1000)
            if script:
                context.add_init_script(script)
            context.on("weberror", lambda error: errors.append(f"{error.error}"))
            return UploaderPage(context.new_page(), site).open()

        yield open_it
    assert not errors


@pytest.fixture
def page(sidecar: Service, open_page: Callable[..., UploaderPage]) -> UploaderPage:
    """The page, with the media service there."""
    return open_page()
