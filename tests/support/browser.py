"""Browsers with a fake camera and a fake microphone, and the people who sit at them.

Two browsers, one for the clinic and one for owners: each has footage of its own, which Chromium takes for the whole
browser. A person is a window (a browser context) of one of them; what a person sees is asked through `data-test` hooks
and, for pictures and sound, through `observer.js`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from dev import machine
from tests.support.footage import Footage
from tests.support.patience import PATIENCE
from tests.support.stack import Consultation, Stack

expect.set_options(timeout=PATIENCE * 1000)

OBSERVER = Path(__file__).with_name("observer.js")

_SWITCHES = (
    # Without it two browsers on one machine know no common address but that of its network card.
    "--allow-loopback-in-peer-connection",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
)

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Browsers:
    """Running browsers by their switches, started when first asked for and reused until the end.

    :param playwright: what drives them
    :param folder: where the footage is written
    """

    playwright: Playwright
    folder: Path
    _running: dict[tuple[str, ...], Browser] = field(default_factory=dict)
    _footage: dict[str, tuple[Path, Path]] = field(default_factory=dict)

    def with_footage(self, footage: Footage) -> Browser:
        """A browser whose camera and microphone play this footage; its screen to share is Chromium's own test card."""
        camera, microphone = self._written(footage)
        return self.launched(
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream=fps=10",
            f"--use-file-for-fake-video-capture={camera}",
            f"--use-file-for-fake-audio-capture={microphone}",
        )

    def without_camera(self, footage: Footage) -> Browser:
        """A browser on a machine that has a microphone alone."""
        return self.launched(
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream=device-count=0",
            f"--use-file-for-fake-audio-capture={self._written(footage)[1]}",
        )

    def with_two_cameras(self) -> Browser:
        """A browser on a phone: one camera towards its user, one away."""
        return self.launched("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2")

    def denying(self) -> Browser:
        """A browser whose user refuses whatever a page asks for."""
        return self.launched("--use-fake-device-for-media-stream", "--deny-permission-prompts")

    def launched(self, *switches: str) -> Browser:
        """A browser with these switches."""
        if switches not in self._running:
            self._running[switches] = self.playwright.chromium.launch(
                executable_path=machine.find("chromium"), args=[*_SWITCHES, *switches]
            )
        return self._running[switches]

    def _written(self, footage: Footage) -> tuple[Path, Path]:
        if footage.name not in self._footage:
            self._footage[footage.name] = footage.write(self.folder)
        return self._footage[footage.name]

    def close(self) -> None:
        """End them all."""
        for browser in self._running.values():
            browser.close()


@dataclass
class Person:
    """Somebody in front of a browser window.

    :param footage: what their camera and microphone give; None for somebody without
    """

    page: Page
    footage: Footage | None
    #: Uncaught errors of their page; a test that leaves any fails.
    errors: list[str] = field(default_factory=list)
    #: What their browser's console says.
    console: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, footage: Footage | None = None, scripts: Sequence[str] = (), **context: Any) -> Self:
        """Open a window.

        :param scripts: JavaScript that runs in every page before its own
        :param context: options of Playwright's `new_context`
        """
        window = browser.new_context(**({"viewport": DESKTOP} | context))
        window.set_default_timeout(PATIENCE * 1000)
        window.set_default_navigation_timeout(PATIENCE * 1000)
        window.add_init_script(path=OBSERVER)
        for script in scripts:
            window.add_init_script(script)
        person = cls(window.new_page(), footage)
        person.page.on("pageerror", lambda error: person.errors.append(f"{error}\n{error.stack}"))
        person.page.on("console", lambda message: person.console.append(f"{message.type}: {message.text}"))
        return person

    @property
    def context(self) -> BrowserContext:
        """The window's cookies and network."""
        return self.page.context

    def close(self) -> None:
        """Close the window, as if the browser ended."""
        self.context.close()

    def screen(self, picture: Path) -> str:
        """Keep a picture of what they see, and return it in words."""
        self.page.screenshot(path=picture, timeout=10_000)
        text = self.page.evaluate("document.body?.innerText ?? ''")
        return "\n".join([f"{self.page.url} ({picture})", text[-2000:], "Console:", *self.console[-15:], *self.errors])

    def log_in(self, stack: Stack, login: str) -> Self:
        """Sign in without the login page, which is Odoo's own matter."""
        session = stack.login(login).session.cookies["session_id"]
        self.context.add_cookies([{"name": "session_id", "value": session, "url": stack.clinic.url}])
        return self

    # ---------------------------------------------------------------- hands

    def find(self, hook: str) -> Locator:
        """What the room marks with this `data-test`."""
        return self.page.get_by_test_id(hook)

    def press(self, hook: str) -> None:
        """Click what the room marks with this `data-test`."""
        self.find(hook).click()

    def join(self) -> None:
        """Go from the lobby into the room."""
        self.press("join")

    def write(self, text: str) -> None:
        """Send a message."""
        self.find("message-input").fill(text)
        self.press("message-send")

    def reload(self) -> None:
        """Load the page anew in the middle of a call; it comes back to it by itself."""
        self.page.reload()
        self.sees("hang-up")

    # ----------------------------------------------------------------- eyes

    def sees(self, hook: str) -> None:
        """Wait until it shows."""
        expect(self.find(hook).first).to_be_visible()

    def sees_no(self, hook: str) -> None:
        """Wait until it shows no more."""
        expect(self.find(hook).first).to_be_hidden()

    def sees_state(self, state: str) -> None:
        """Wait until the connection's state is this."""
        expect(self.find("connection-state")).to_have_attribute("data-state", state)

    def sees_notice(self, text: str) -> None:
        """Wait for a sentence that contains this."""
        expect(self.find("notice").filter(has_text=text).first).to_be_visible()

    def reads(self, text: str) -> None:
        """Wait for a message with this text."""
        expect(self.find("message").filter(has_text=text)).to_have_count(1)

    def sees_frames(self, hook: str = "remote-video", count: int = 15) -> None:
        """Wait until a video has painted this many more frames."""
        before = self.page.evaluate("hook => observer.frames(hook)", hook)
        # A video element that is made anew counts from zero.
        self.page.wait_for_function(
            "([hook, before, count]) => { const now = observer.frames(hook);"
            " return now >= before + count || (now < before && now >= count); }",
            arg=[hook, before, count],
        )

    def sees_picture_of(self, other: Footage, hook: str = "remote-video") -> None:
        """Wait until a video shows this footage's colour."""
        self.page.wait_for_function(
            "([hook, wanted]) => observer.colour(hook)?.every((value, i) => Math.abs(value - wanted[i]) < 40)",
            arg=[hook, list(other.colour)],
        )

    def hears_sound(self) -> None:
        """Wait until more sound has come from the other side than silence has."""
        before = self.page.evaluate("observer.received('audio')")["energy"]
        self.page.wait_for_function(
            "async before => (await observer.received('audio')).energy > before + 0.001", arg=before, polling=200
        )

    def received(self, kind: str) -> dict[str, Any]:
        """What has come from the other side: `frames`, `energy` and `codecs`."""
        return dict(self.page.evaluate("kind => observer.received(kind)", kind))

    def selected_pair(self) -> dict[str, Any]:
        """Both ends of the way that the call's packets take (RTCIceCandidateStats)."""
        handle = self.page.wait_for_function("observer.selectedPair()", polling=200)
        return dict(handle.json_value())


class Vet(Person):
    """A veterinarian in Odoo's web client."""

    def open_form(self, stack: Stack, consultation: Consultation) -> None:
        """Open the consultation."""
        self.page.goto(f"{stack.clinic.url}/odoo/vet.consultation/{consultation.id}")

    def enter(self, stack: Stack, consultation: Consultation) -> None:
        """Press Start Consultation (or Enter Room) on the consultation, and join."""
        self.open_form(stack, consultation)
        self.page.locator("button:visible:is([name=action_start], [name=action_open_room])").first.click()
        self.join()

    def enter_as_a_guest(self, stack: Stack, consultation: Consultation) -> None:
        """Join the room of a consultation that a colleague has claimed."""
        self.page.goto(f"{stack.clinic.url}/odoo/vet.consultation/{consultation.id}/action-vet_teleconsult.room")
        self.join()


class Owner(Person):
    """An animal's owner, with a link and a phone."""

    def open(self, consultation: Consultation) -> None:
        """Open the link; the lobby shows."""
        self.page.goto(consultation.link)

    def enter(self, consultation: Consultation) -> None:
        """Open the link and join."""
        self.open(consultation)
        self.join()


@contextmanager
def network_lost(person: Person) -> Iterator[None]:
    """Nothing gets through to or from a person's browser, packets between browsers included.

    The process that holds all of the browser's sockets sleeps. Chromium's own emulation of being offline leaves peer
    connections alone.
    """
    assert person.footage
    network = [
        process
        for process in psutil.Process().children(recursive=True)
        if "--utility-sub-type=network.mojom.NetworkService" in process.cmdline()
        and any(f"/{person.footage.name}.y4m" in part for part in process.parent().cmdline())
    ]
    assert network, "the browser's network process was not found"
    for process in network:
        process.suspend()
    try:
        yield
    finally:
        for process in network:
            process.resume()
