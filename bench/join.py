"""From the owner's click on Join to the first frame of the vet, against a guest who joins an Odoo Discuss call.

The vet is in the call already; both browsers, both cameras and Odoo are the same, the rounds alternate.
"""
# mypy: disable-error-code="import-not-found"

import statistics

from playwright.sync_api import Page
from support.clinic import Bench, running
from support.result import Case, options, report

ROUNDS, QUICK_ROUNDS = 15, 3


def ours(bench: Bench) -> float:
    """Return how long one owner waited for us (s)."""
    consultation = bench.stack.consultation()
    vet, owner = bench.window("vet"), bench.window("owner")
    room, page = vet.new_page(), owner.new_page()
    room.goto(f"{bench.stack.clinic.url}/odoo/vet.consultation/{consultation.id}")
    room.locator("button[name=action_start]:visible").click()
    room.get_by_test_id("join").click()
    room.get_by_test_id("waiting").wait_for()
    page.goto(consultation.link)
    page.wait_for_function("document.querySelector('video[data-test=self-video]')?.videoWidth > 0")
    page.get_by_test_id("join").click()
    waited = first_frame(page)
    vet.close()
    owner.close()
    return waited


def discuss(bench: Bench) -> float:
    """Return how long one guest waited for Discuss (s)."""
    for_user, invitation = bench.meeting()
    vet, owner = bench.window("vet"), bench.window("owner")
    room, page = vet.new_page(), owner.new_page()
    room.goto(for_user)
    room.get_by_role("button", name="Start Video Call").first.click()
    room.locator(".o-discuss-Call video").first.wait_for()
    page.goto(invitation)
    for device in ("Turn camera on", "Unmute"):
        page.get_by_role("button", name=device).click()
    page.wait_for_function("[...document.querySelectorAll('video')].some((video) => video.videoWidth > 0)")
    page.locator("button[title='Join Channel']").click()
    waited = first_frame(page)
    vet.close()
    owner.close()
    return waited


def first_frame(page: Page) -> float:
    """Wait for the first frame of somebody else, and return how long after the click it was painted (s)."""
    page.wait_for_function("window.firstFrame.painted !== null", polling=50)
    return float(page.evaluate("window.firstFrame.painted - window.firstFrame.click")) / 1000


def main() -> None:
    asked = options(__doc__)
    with running() as bench:
        # The first round of each puts assets together and is not counted.
        for measure in (ours, discuss):
            measure(bench)
        rounds = [(ours(bench), discuss(bench)) for _ in range(QUICK_ROUNDS if asked.quick else ROUNDS)]
    for number, (mine, theirs) in enumerate(rounds, 1):
        print(f"round {number}: ours {mine:.2f} s, Discuss {theirs:.2f} s")
    medians = [statistics.median(each) for each in zip(*rounds, strict=True)]
    report("join", "s from Join to the first frame", [Case("first frame of the other", *medians, 2)], asked)


if __name__ == "__main__":
    main()
