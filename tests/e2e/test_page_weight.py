"""The owner's page is light, and has nothing that it does not need."""

from __future__ import annotations

from playwright.sync_api import Response

from tests.support.browser import Owner
from tests.support.stack import Stack

LIMIT = 400_000
LIMIT_IN_ALL = 530_000


def _code(answers: list[Response]) -> dict[str, int]:
    """Weigh the JavaScript and CSS of answers, uncompressed (bytes by address)."""
    kinds = ("script", "stylesheet")
    return {answer.url: len(answer.body()) for answer in answers if answer.request.resource_type in kinds}


def test_the_owners_room_needs_less_than_400_kb_of_javascript_and_css(clinic: Stack, owner: Owner) -> None:
    """What the page names: all that Join and the call wait for."""
    answers: list[Response] = []
    owner.page.on("response", lambda answer: answers.append(answer))
    owner.enter(clinic.consultation())
    owner.sees_state("waiting")
    [page] = [answer.text() for answer in answers if answer.request.resource_type == "document"]
    needed = [size for url, size in _code(answers).items() if url.removeprefix(clinic.clinic.url) in page]
    assert needed
    assert sum(needed) < LIMIT


def test_with_its_messages_the_room_loads_less_than_530_kb(clinic: Stack, owner: Owner) -> None:
    """The thread and what sends files follow once the owner is in the room."""
    answers: list[Response] = []
    owner.page.on("response", lambda answer: answers.append(answer))
    owner.enter(clinic.consultation())
    owner.sees("message-input")
    assert sum(_code(answers).values()) < LIMIT_IN_ALL


def test_the_owners_chat_loads_less_than_400_kb_of_javascript_and_css(clinic: Stack, owner: Owner) -> None:
    """The viewer and the recorder come when somebody opens a file or records."""
    answers: list[Response] = []
    owner.page.on("response", lambda answer: answers.append(answer))
    owner.page.goto(clinic.chat().link)
    owner.sees("message-input")
    assert sum(_code(answers).values()) < LIMIT


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
