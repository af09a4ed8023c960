"""What an owner's phone has to load before it shows Join: our page against Odoo Discuss's public meeting page.

Bytes of all answers, uncompressed, and requests, with an empty cache, until the button to join can be pressed.
"""
# mypy: disable-error-code="import-not-found"

from dataclasses import dataclass

from playwright.sync_api import Response
from support.clinic import Bench, running
from support.result import Case, options, report

CODE_TYPES = ("script", "stylesheet")


@dataclass
class Weight:
    """What a page has loaded."""

    code: int
    everything: int
    requests: int


def weigh(bench: Bench, url: str, join: str) -> Weight:
    """Open a page with an empty cache and weigh what it loads.

    :param join: selector of the button that ends the wait
    """
    window = bench.window("owner")
    page = window.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(url, wait_until="load")
    page.locator(join).click(trial=True)
    sizes = [(answer.request.resource_type, _size(answer)) for answer in answers]
    window.close()
    code = sum(size for kind, size in sizes if kind in CODE_TYPES)
    return Weight(code, sum(size for _, size in sizes), len(sizes))


def _size(answer: Response) -> int:
    if answer.status in (101, 204, 304) or 300 <= answer.status < 400 or not answer.url.startswith("http"):
        return 0
    return len(answer.body())


def main() -> None:
    asked = options(__doc__)
    with running() as bench:
        _, invitation = bench.meeting()
        # Once before, so that Odoo has put its assets together; the weight is the same without, so not in a hurry.
        for _ in range(1 if asked.quick else 2):
            ours = weigh(bench, bench.stack.consultation().link, "[data-test=join]")
            peer = weigh(bench, invitation, "button[title='Join Channel']")
    cases = [
        Case("JavaScript and CSS (kB)", ours.code / 1000, peer.code / 1000, 9),
        Case("everything (kB)", ours.everything / 1000, peer.everything / 1000, 9),
        Case("requests", ours.requests, peer.requests, 1),
    ]
    report("page", "kB or requests until Join", cases, asked)


if __name__ == "__main__":
    main()
