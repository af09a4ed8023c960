"""What axe-core finds wrong with a page for people who cannot see it, or use no mouse (WCAG 2.2, A and AA)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from dev import linting
from dev.paths import ROOT

GRAVE = ("serious", "critical")
"""The impacts that count: of four that axe-core knows."""

_RUN = """async (part) => (await axe.run(part ?? document, {
    resultTypes: ["violations"],
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
})).violations"""


@cache
def _source() -> str:
    program = Path(ROOT, "node_modules", "axe-core", "axe.min.js")
    if not program.is_file():
        linting.install()
    return program.read_text()


def grave_findings(page: Page, part: str | None = None) -> list[str]:
    """Return what axe-core finds serious or critical in the page as it stands, each with the elements it means.

    :param part: selector of what is examined, where the page around it is Odoo's own; the whole page by default
    """
    page.evaluate(_source())
    return [
        f"{each['impact']}: {each['help']} ({each['id']}): "
        + "; ".join(f"{' '.join(map(str, node['target']))} {node['html'][:160]}" for node in each["nodes"][:5])
        for each in page.evaluate(_RUN, part)
        if each["impact"] in GRAVE
    ]
