"""The queue follows what happens, without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import make_vet
from tests.support.browser import Owner, Vet
from tests.support.stack import COLLEAGUE, Consultation, Stack


def open_queue(vet: Vet, clinic: Stack) -> None:
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-queue")
    vet.page.locator(".o_vet_consultation_queue .o_kanban_group").first.wait_for()


def card(vet: Vet, column: str, consultation: Consultation) -> Locator:
    """The consultation's card in a column of the queue."""
    page = vet.page
    group = page.locator(".o_kanban_group", has=page.locator(".o_column_title", has_text=column))
    return group.locator(".o_kanban_record", has=page.get_by_text(consultation.patient_name, exact=True))


def sees(found: Locator) -> Locator:
    expect(found).to_be_visible()
    return found


@pytest.fixture
def consultation(clinic: Stack) -> Consultation:
    return clinic.consultation()


@pytest.fixture
def watching(clinic: Stack, vet: Vet, consultation: Consultation) -> Iterator[Vet]:
    """A vet who looks at the queue, where the consultation stands among the available ones, and never reloads it."""
    open_queue(vet, clinic)
    sees(card(vet, "Available", consultation))
    vet.page.evaluate("window.looking = true")
    yield vet
    assert vet.page.evaluate("window.looking"), "the page has been loaded anew"


def test_a_card_moves_to_waiting_when_the_owner_comes(watching: Vet, owner: Owner, consultation: Consultation) -> None:
    owner.enter(consultation)
    sees(card(watching, "Waiting", consultation))
    expect(card(watching, "Available", consultation)).to_have_count(0)


def test_a_waiting_card_counts_the_minutes(watching: Vet, owner: Owner, consultation: Consultation) -> None:
    owner.enter(consultation)
    minutes = sees(card(watching, "Waiting", consultation).get_by_test_id("waiting-time"))
    expect(minutes).to_have_text("less than 1 min")
    watching.page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=7, seconds=5))
    expect(minutes).to_have_text("7 min")


def test_a_card_moves_to_claimed_when_a_colleague_takes_it(
    clinic: Stack, watching: Vet, browsers, people, consultation: Consultation
) -> None:
    colleague = make_vet(clinic, browsers, people, COLLEAGUE)
    open_queue(colleague, clinic)
    card(colleague, "Available", consultation).get_by_role("button", name="Claim").click()
    claimed = sees(card(watching, "Claimed", consultation))
    portrait = f"/web/image/res.users/{clinic.facts['users'][COLLEAGUE]}/avatar_128"
    expect(claimed.locator("[name=vet_id] img")).to_have_attribute("src", portrait)
    expect(card(watching, "Available", consultation)).to_have_count(0)


def test_a_card_moves_to_in_progress_when_a_colleague_starts(
    clinic: Stack, watching: Vet, browsers, people, consultation: Consultation
) -> None:
    colleague = make_vet(clinic, browsers, people, COLLEAGUE)
    open_queue(colleague, clinic)
    card(colleague, "Available", consultation).get_by_role("button", name="Start").click()
    sees(card(watching, "In Progress", consultation))


def test_a_new_consultation_appears_by_itself(clinic: Stack, watching: Vet) -> None:
    sees(card(watching, "Available", clinic.consultation()))
