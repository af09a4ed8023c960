"""The owner's page is light, and has nothing that it does not need."""

from __future__ import annotations

from playwright.sync_api import Response

from tests.support.browser import Owner
from tests.support.stack import Stack

LIMIT = 400_000


def test_the_owners_page_loads_less_than_400_kb_of_javascript_and_css(clinic: Stack, owner: Owner) -> None:
    """Uncompressed, in all, until the owner is in the room."""
    answers: list[Response] = []
    owner.page.on("response", lambda answer: answers.append(answer))
    owner.enter(clinic.consultation())
    owner.sees_state("waiting")
    code = [answer for answer in answers if answer.request.resource_type in ("script", "stylesheet")]
    assert code
    assert sum(len(answer.body()) for answer in code) < LIMIT


def test_the_owners_page_asks_only_the_clinic(clinic: Stack, owner: Owner) -> None:
    """No font, script or picture of a third party learns of the visit."""
    asked: list[str] = []
    owner.page.on("request", lambda request: asked.append(request.url))
    owner.enter(clinic.consultation())
    owner.sees_state("waiting")
    ours = (clinic.clinic.url, clinic.clinic.sidecar_url, "blob:", "data:")
    assert [url for url in asked if not url.startswith(ours)] == []


def test_the_link_is_sent_to_nobody_as_a_referrer(clinic: Stack, owner: Owner) -> None:
    headers: list[str | None] = []
    owner.page.on("request", lambda request: headers.append(request.headers.get("referer")))
    owner.enter(clinic.consultation())
    owner.sees_state("waiting")
    assert [header for header in headers if header and "/vet/room/" in header] == []
