"""From Enter on one side to the message painted on the other, against a channel of Odoo's own Discuss.

A vet in the web client and an owner (for Discuss: a guest) who has nothing but a link write to each other, in both
directions; the browsers and Odoo are the same, the rounds alternate.
"""
# mypy: disable-error-code="import-not-found"

import statistics
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect
from support.clinic import Bench, running
from support.result import Case, options, report

MESSAGES, QUICK_MESSAGES = 100, 25
"""Written by each side in each thread."""
WAIT = 120_000  # ms, for a page or a message; nothing is measured by it


@dataclass
class Thread:
    """One conversation on two screens, and how long each message took to cross (s).

    :param box: where people write; ``message`` is what shows one
    """

    pages: tuple[Page, Page]
    box: str
    message: str
    waits: list[float] = field(default_factory=list)

    def cross(self, text: str, writer: int) -> None:
        """Send a message from one page and wait until the other has painted it."""
        sender, reader = self.pages[writer], self.pages[1 - writer]
        reader.evaluate("([selector, text]) => watchFor(selector, text)", [self.message, text])
        field_ = sender.locator(self.box).first
        field_.click()
        field_.fill(text)
        sender.keyboard.press("Enter")
        reader.wait_for_function("window.shown.painted !== null", polling=20, timeout=WAIT)
        painted = float(reader.evaluate("window.shown.painted"))
        self.waits.append((painted - float(sender.evaluate("window.shown.sent"))) / 1000)


def window(bench: Bench, role: str) -> BrowserContext:
    opened = bench.window(role)
    opened.set_default_timeout(WAIT)
    opened.add_init_script(path=Path(__file__).parent / "support" / "shown.js")
    return opened


def ours(bench: Bench) -> Thread:
    """Open a chat of ours on both sides."""
    chat = bench.stack.chat(claimed_by="vera")
    vet, owner = window(bench, "vet").new_page(), window(bench, "owner").new_page()
    vet.goto(f"{bench.stack.clinic.url}{chat.backend_path}")
    owner.goto(chat.link)
    for page in (vet, owner):
        expect(page.get_by_test_id("message-input")).to_be_visible(timeout=WAIT)
    return Thread((vet, owner), "[data-test=message-input]", "[data-test=message]")


def discuss(bench: Bench) -> Thread:
    """Open a Discuss channel on both sides."""
    identifier = bench.stack.admin.create(
        "discuss.channel", name="Consultation", channel_type="channel", group_public_id=False
    )
    invitation = bench.stack.admin.read("discuss.channel", identifier, "invitation_url")["invitation_url"]
    vet, owner = window(bench, "vet").new_page(), window(bench, "owner").new_page()
    vet.goto(f"{bench.stack.clinic.url}/odoo/discuss?active_id=discuss.channel_{identifier}")
    owner.goto(invitation if invitation.startswith("http") else bench.stack.clinic.url + invitation)
    join = owner.locator("button[title='Join Channel']")
    box = "textarea.o-mail-Composer-input, .o-mail-Composer-html"
    expect(join.or_(owner.locator(box)).first).to_be_visible(timeout=WAIT)
    if join.count():
        join.click()
    for page in (vet, owner):
        expect(page.locator(box).first).to_be_visible(timeout=WAIT)
    return Thread((vet, owner), box, ".o-mail-Message")


def percentile(waits: list[float], hundredths: int) -> float:
    """Return the value that so many of a hundred do not exceed."""
    return statistics.quantiles(waits, n=100, method="inclusive")[hundredths - 1]


def main() -> None:
    asked = options(__doc__)
    with running() as bench:
        threads = ours(bench), discuss(bench)
        # The first messages make caches warm and live connections sure; they are not counted.
        for thread in threads:
            for writer in (0, 1):
                thread.cross(f"warming up {writer}", writer)
            thread.waits.clear()
        for number in range(QUICK_MESSAGES if asked.quick else MESSAGES):
            for writer in (0, 1):
                for thread in threads:
                    thread.cross(f"message {number} of {writer}.", writer)
    mine, theirs = (thread.waits for thread in threads)
    cases = [
        Case(f"p{each} of {len(mine)} messages", percentile(mine, each), percentile(theirs, each), 1) for each in (95,)
    ]
    middle = percentile(mine, 50), percentile(theirs, 50)
    print(f"p50: ours {middle[0]:.3f} s, Discuss {middle[1]:.3f} s, {middle[1] / middle[0]:.1f} times")
    report("chat", "s from Enter to paint", cases, asked)


if __name__ == "__main__":
    main()
