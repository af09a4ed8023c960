"""A running clinic and two browsers for benchmarks, and Odoo's own Discuss beside it as the peer."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from playwright.sync_api import BrowserContext, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dev import environments
from tests.support import footage, stack
from tests.support.browser import DESKTOP, PHONE, Browsers


@dataclass
class Bench:
    """What is measured with.

    :param stack: the clinic's servers; Discuss is part of its Odoo
    :param browsers: browsers with fake cameras
    """

    stack: stack.Stack
    browsers: Browsers

    def window(self, role: str) -> BrowserContext:
        """A new window without a cache: of the ``vet``, signed in, or of the ``owner``, who is nobody to Odoo."""
        played = footage.VET if role == "vet" else footage.OWNER
        window = self.browsers.with_footage(played).new_context(
            viewport=cast(ViewportSize, DESKTOP if role == "vet" else PHONE)
        )
        window.add_init_script(path=Path(__file__).with_name("first_frame.js"))
        # As on a second visit: Discuss asks in a dialog of its own before the browser does.
        window.grant_permissions(["camera", "microphone"])
        if role == "vet":
            session = self.stack.login(stack.VET).session.cookies["session_id"]
            window.add_cookies([{"name": "session_id", "value": session, "url": self.stack.clinic.url}])
        return window

    def meeting(self) -> tuple[str, str]:
        """Make a Discuss meeting and return its address for the user and the one for guests."""
        identifier = self.stack.admin.create(
            "discuss.channel",
            name="Consultation",
            channel_type="channel",
            group_public_id=False,
            default_display_mode="video_full_screen",
        )
        invitation = self.stack.admin.read("discuss.channel", identifier, "invitation_url")["invitation_url"]
        return f"{self.stack.clinic.url}/odoo/discuss?active_id=discuss.channel_{identifier}", (
            invitation if invitation.startswith("http") else self.stack.clinic.url + invitation
        )


@contextmanager
def running(media_service: str | None = None) -> Iterator[Bench]:
    """Servers and browsers for as long as the block lasts.

    :param media_service: a script of this folder that stands in for the media service's command
    """
    command = [environments.python("sidecar"), Path(__file__).with_name(media_service)] if media_service else None
    with tempfile.TemporaryDirectory(prefix="vet-bench-") as name, sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        folder = Path(name)
        browsers = Browsers(playwright, folder)
        try:
            with stack.running(folder, "bench", command) as servers:
                yield Bench(servers, browsers)
        finally:
            browsers.close()
