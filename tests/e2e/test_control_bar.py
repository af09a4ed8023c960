"""S7, S8, S9, S16: the control bar. What one vet presses, the others see, and the owner, without a reload."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import make_vet
from tests.support.browser import Browsers, Owner, Person, Vet
from tests.support.patience import PATIENCE, eventually
from tests.support.stack import COLLEAGUE, Consultation, Stack

pytestmark = pytest.mark.manual("S7", "S8", "S9", "S16")


def shows(found: Locator, text: str) -> None:
    expect(found).to_have_text(text, timeout=PATIENCE * 1000)


def shows_state(person: Person, state: str) -> None:
    """The bar shows the consultation in this state."""
    expect(person.find("workflow-bar")).to_have_attribute("data-state", state, timeout=PATIENCE * 1000)


def in_dialog(person: Person) -> Locator:
    return person.page.get_by_role("dialog")


@pytest.fixture
def consultation(clinic: Stack) -> Consultation:
    return clinic.consultation()


@pytest.fixture
def looking(clinic: Stack, vet: Vet, consultation: Consultation) -> Iterator[Vet]:
    """A vet who looks at the consultation's form, and never reloads it."""
    vet.open_form(clinic, consultation)
    vet.sees("workflow-bar")
    vet.page.evaluate("window.looking = true")
    yield vet
    assert vet.page.evaluate("window.looking"), "the page has been loaded anew"


@pytest.fixture
def colleague(clinic: Stack, browsers: Browsers, people: Callable[..., Person], consultation: Consultation) -> Vet:
    """Another vet, before the same form."""
    colleague = make_vet(clinic, browsers, people, COLLEAGUE)
    colleague.open_form(clinic, consultation)
    colleague.sees("workflow-bar")
    return colleague


# ------------------------------------------------------------------ S8: claimed


def test_claiming_shows_at_once_on_the_screens_of_the_others(looking: Vet, colleague: Vet) -> None:
    shows(looking.find("workflow-available"), "Available")
    colleague.press("workflow-available")
    shows(looking.find("workflow-claimed"), "Dr Carl Vogt")
    shows(colleague.find("workflow-claimed"), "Claimed")


def test_releasing_makes_it_available_on_the_screens_of_the_others(looking: Vet, colleague: Vet) -> None:
    colleague.press("workflow-available")
    shows(looking.find("workflow-claimed"), "Dr Carl Vogt")
    colleague.press("workflow-claimed")
    colleague.press("workflow-release")
    looking.sees("workflow-available")


def test_who_is_too_late_is_told_who_was_quicker(clinic: Stack, looking: Vet, consultation: Consultation) -> None:
    # The bus is held back, so that the page does not know yet.
    looking.page.evaluate("odoo.__WOWL_DEBUG__.root.env.services.bus_service.stop()")
    clinic.login(COLLEAGUE).call("vet.consultation", "action_claim", [consultation.id])
    looking.press("workflow-available")
    told = looking.page.locator(".o_notification", has_text="Dr Carl Vogt has claimed")
    expect(told).to_be_visible(timeout=PATIENCE * 1000)
    shows(looking.find("workflow-claimed"), "Dr Carl Vogt")


def test_a_colleague_gets_the_consultation_that_is_handed_over(looking: Vet, colleague: Vet) -> None:
    looking.press("workflow-available")
    looking.press("workflow-claimed")
    looking.press("workflow-hand_over")
    dialog = in_dialog(looking)
    dialog.get_by_role("combobox").fill("Carl")
    looking.page.get_by_role("option", name="Dr Carl Vogt").click()
    dialog.get_by_role("button", name="Hand Over").click()
    shows(colleague.find("workflow-claimed"), "Claimed")
    shows(looking.find("workflow-claimed"), "Dr Carl Vogt")


# --------------------------------------------------------- S7: open and locked


def test_locking_in_the_room_closes_the_owners_message_box_at_once(
    clinic: Stack, vet: Vet, owner: Owner, consultation: Consultation
) -> None:
    vet.enter(clinic, consultation)
    owner.enter(consultation)
    owner.sees("message-input")
    shows(vet.find("workflow-lock"), "Open")
    vet.press("workflow-lock")
    shows(vet.find("workflow-lock"), "Locked")
    owner.sees_no("message-input")
    vet.press("workflow-lock")
    shows(vet.find("workflow-lock"), "Open")
    owner.write("Thank you!")
    vet.reads("Thank you!")


def test_after_the_end_the_owner_writes_until_the_vet_locks(
    clinic: Stack, vet: Vet, owner: Owner, consultation: Consultation
) -> None:
    vet.enter(clinic, consultation)
    owner.enter(consultation)
    owner.sees_state("connected")
    vet.press("workflow-finish")
    in_dialog(vet).get_by_role("button", name="Finish", exact=True).click()
    shows_state(vet, "done")
    owner.write("One more question")
    vet.reads("One more question")
    vet.press("workflow-lock")
    owner.sees_no("message-input")
    assert clinic.read(consultation, "chat_state")["chat_state"] == "locked"


# ------------------------------------------------- S9: cancel, and other ends


def test_cancelling_tells_the_owner_who_waits_and_mails_a_link_to_book_again(
    clinic: Stack, looking: Vet, owner: Owner, consultation: Consultation
) -> None:
    owner.enter(consultation)
    shows_state(looking, "waiting")
    looking.press("workflow-cancel")
    dialog = in_dialog(looking)
    dialog.locator("[name=reason] textarea").fill("An emergency came in.")
    dialog.get_by_role("button", name="Cancel Consultation").click()
    shows_state(looking, "cancelled")
    expect(owner.page.locator("[data-test=blocked][data-code=cancelled]")).to_be_visible(timeout=PATIENCE * 1000)
    owner.sees("book-again")
    expect(owner.find("notice")).to_contain_text("An emergency came in.")
    expect(looking.page.get_by_text("An emergency came in.").first).to_be_visible()
    domain = [("subject", "like", consultation.patient_name), ("subject", "like", "cancelled")]
    [mail] = eventually(lambda: clinic.admin.search("mail.mail", domain, "body_html"), "the mail to the owner")
    assert "An emergency came in." in mail["body_html"]
    assert "/vet/book/again/" in mail["body_html"]


def test_a_cancelled_consultation_gets_another_time_when_it_is_reopened(
    clinic: Stack, looking: Vet, consultation: Consultation
) -> None:
    clinic.admin.call("vet.consultation", "action_cancel", [consultation.id], reason="By mistake.")
    looking.press("workflow-reopen")
    in_dialog(looking).get_by_role("button", name="Schedule Again").click()
    shows_state(looking, "scheduled")


def test_a_no_show_is_noted_after_a_question(looking: Vet, colleague: Vet) -> None:
    looking.press("workflow-no-show")
    in_dialog(looking).get_by_role("button", name="No-Show").click()
    shows_state(looking, "no_show")
    shows_state(colleague, "no_show")


# ------------------------------------------------------------ on other screens


def test_the_bar_stands_above_a_consultations_conversation(
    clinic: Stack, vet: Vet, owner: Owner, consultation: Consultation
) -> None:
    owner.enter(consultation)
    owner.write("Hello")
    owner.reads("Hello")
    [chat] = clinic.read(consultation, "chat_id")["chat_id"][:1]
    vet.page.goto(f"{clinic.clinic.url}/odoo/{chat}/action-vet_teleconsult.vet_chat_action_inbox")
    vet.reads("Hello")
    vet.press("workflow-available")
    shows(vet.find("workflow-claimed"), "Claimed")
    vet.press("workflow-lock")
    owner.sees_no("message-input")


def test_a_card_of_the_queue_shows_that_the_owner_cannot_write(
    clinic: Stack, vet: Vet, consultation: Consultation
) -> None:
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-queue")
    card = vet.page.locator(".o_kanban_record", has=vet.page.get_by_text(consultation.patient_name, exact=True))
    expect(card).to_be_visible(timeout=PATIENCE * 1000)
    clinic.admin.call("vet.consultation", "action_lock_chat", [consultation.id])
    expect(card.get_by_test_id("queue-locked")).to_be_visible(timeout=PATIENCE * 1000)
