"""S11: who waits knows how things stand, and the vet knows who waits; both without a reload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import make_owner, make_vet
from tests.support.browser import Browsers, Owner, Person, Vet
from tests.support.patience import PATIENCE, eventually
from tests.support.stack import COLLEAGUE, VET, Stack

_COUNT_NOTES = """
window.notes = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };
"""


def sees(found: Locator) -> Locator:
    expect(found).to_be_visible(timeout=PATIENCE * 1000)
    return found


def is_told(owner: Owner, state: str) -> Locator:
    """Wait until the owner is told that things stand so."""
    status = owner.find("waiting-status")
    expect(status).to_have_attribute("data-state", state, timeout=PATIENCE * 1000)
    return status


@pytest.fixture(autouse=True)
def empty_line(clinic: Stack) -> None:
    """Nobody of an earlier test stands in line."""
    waiting = clinic.admin.search(
        "vet.consultation", [("vet_id", "=", False), ("state", "in", ["scheduled", "waiting"])], "id"
    )
    clinic.admin.call(
        "vet.consultation", "write", [each["id"] for each in waiting], {"vet_id": clinic.facts["users"][COLLEAGUE]}
    )


@pytest.fixture
def staying(owner: Owner) -> Iterator[Owner]:
    """An owner who never loads the page anew."""
    yield owner
    assert owner.page.evaluate("window.staying"), "the page has been loaded anew"


def open_lobby(owner: Owner, consultation) -> None:
    owner.open(consultation)
    owner.sees("lobby")
    owner.page.evaluate("window.staying = true")


# ------------------------------------------------------------------ the owner


def test_an_owner_in_line_moves_up_as_others_are_taken(clinic: Stack, staying: Owner) -> None:
    first, second = clinic.consultation(), clinic.consultation()
    open_lobby(staying, second)
    expect(is_told(staying, "line")).to_contain_text("One owner is before you")
    clinic.login(VET).call("vet.consultation", "action_claim", [first.id])
    is_told(staying, "next")


def test_an_owner_is_told_when_they_are_expected(clinic: Stack, staying: Owner) -> None:
    later = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S")
    open_lobby(staying, clinic.consultation(claimed_by=VET, scheduled_at=later))
    is_told(staying, "expected")


def test_an_owner_is_told_that_the_vet_is_late(clinic: Stack, staying: Owner) -> None:
    earlier = (datetime.now(UTC) - timedelta(minutes=12)).strftime("%Y-%m-%d %H:%M:%S")
    open_lobby(staying, clinic.consultation(claimed_by=VET, scheduled_at=earlier))
    expect(is_told(staying, "late")).to_contain_text("Dr Vera Meier is late")


def test_an_owner_is_told_that_the_vet_is_with_another_patient_and_when_no_longer(
    clinic: Stack, vet: Vet, staying: Owner
) -> None:
    other, own = clinic.consultation(claimed_by=VET), clinic.consultation(claimed_by=VET)
    vet.enter(clinic, other)
    vet.sees_state("waiting")
    open_lobby(staying, own)
    told = is_told(staying, "busy")
    expect(told).to_contain_text("Dr Vera Meier is with another patient")
    expect(told).not_to_contain_text(other.patient_name)
    vet.press("hang-up")
    is_told(staying, "soon")


def test_an_owner_is_told_as_soon_as_the_vet_is_here(clinic: Stack, vet: Vet, staying: Owner) -> None:
    consultation = clinic.consultation(claimed_by=VET)
    open_lobby(staying, consultation)
    vet.enter(clinic, consultation)
    expect(is_told(staying, "here")).to_contain_text("Dr Vera Meier is here")


def test_in_the_room_the_owner_still_sees_how_things_stand(clinic: Stack, staying: Owner) -> None:
    consultation = clinic.consultation()
    open_lobby(staying, consultation)
    staying.join()
    staying.sees("waiting")
    expect(is_told(staying, "next")).to_contain_text("The clinic sees that you are here")


# ----------------------------------------------------------- the device check


def test_the_owners_devices_are_checked_and_the_clinic_has_the_result(clinic: Stack, owner: Owner) -> None:
    consultation = clinic.consultation()
    open_lobby(owner, consultation)
    for name, value in {"camera": "ok", "microphone": "ok", "network": "relay"}.items():
        expect(owner.find(f"check-{name}")).to_have_attribute("data-value", value, timeout=PATIENCE * 1000)
    eventually(lambda: clinic.read(consultation, "device_check_state")["device_check_state"] == "ok", "the result")
    kept = clinic.read(consultation, "device_check")["device_check"]
    assert (kept["network"], kept["service"]) == ("relay", "ok")


def test_a_vet_sees_in_the_queue_what_does_not_work(
    clinic: Stack, vet: Vet, browsers: Browsers, people: Callable[..., Person]
) -> None:
    consultation = clinic.consultation()
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-queue")
    card = vet.page.locator(".o_kanban_record", has=vet.page.get_by_text(consultation.patient_name, exact=True))
    sees(card)
    owner = people(Owner, browsers.denying())
    assert isinstance(owner, Owner)
    owner.open(consultation)
    mark = sees(card.get_by_test_id("device-check"))
    expect(mark).to_have_attribute("data-state", "failed")
    expect(mark).to_have_attribute("title", "The camera is blocked. The microphone is blocked.")


# -------------------------------------------------------------------- the vet


@pytest.fixture
def watching(clinic: Stack, browsers: Browsers, people: Callable[..., Person]) -> Vet:
    """A vet who looks at something else in Odoo, and has touched the page."""
    vet = make_vet(clinic, browsers, people, scripts=[_COUNT_NOTES])
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-queue")
    vet.sees("waiting-systray")
    vet.page.locator(".o_breadcrumb, .o_control_panel").first.click()
    return vet


def test_a_vet_is_called_with_a_sound_and_one_click_leads_to_the_owner(
    clinic: Stack, watching: Vet, owner: Owner
) -> None:
    consultation = clinic.consultation(claimed_by=VET)
    owner.enter(consultation)
    call = watching.page.locator(".o_vet_waiting_notification", has_text=consultation.owner_name)
    sees(call)
    watching.page.wait_for_function("window.notes >= 2")
    call.get_by_role("button", name="Open the room").click()
    watching.join()
    for person in (watching, owner):
        person.sees_state("connected")
        person.sees_frames()


def test_the_bar_above_every_screen_lists_who_waits_and_for_how_long(
    clinic: Stack, watching: Vet, owner: Owner
) -> None:
    consultation = clinic.consultation()
    owner.enter(consultation)
    sees(watching.page.locator(".o_vet_waiting_notification", has_text=consultation.owner_name))
    watching.press("waiting-systray")
    entry = sees(watching.page.locator(f"[data-test=waiting-entry][data-id='{consultation.id}']"))
    expect(entry).to_contain_text(consultation.patient_name)
    expect(entry.get_by_test_id("waiting-minutes")).to_have_text("0 min")
    expect(entry.get_by_test_id("waiting-devices")).to_have_attribute("data-state", "ok")
    watching.page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=7, seconds=5))
    expect(entry.get_by_test_id("waiting-minutes")).to_have_text("7 min", timeout=PATIENCE * 1000)
    entry.click()
    watching.sees("lobby")
    assert clinic.read(consultation, "vet_id")["vet_id"][0] == clinic.facts["users"][VET]


def test_the_call_ends_for_everyone_else_when_a_colleague_takes_it(clinic: Stack, watching: Vet, owner: Owner) -> None:
    consultation = clinic.consultation()
    owner.enter(consultation)
    call = watching.page.locator(".o_vet_waiting_notification", has_text=consultation.owner_name)
    sees(call)
    clinic.login(COLLEAGUE).call("vet.consultation", "action_claim", [consultation.id])
    expect(call).to_have_count(0, timeout=PATIENCE * 1000)


def test_a_vet_who_turned_the_sound_off_is_called_in_silence_also_after_a_reload(
    clinic: Stack, watching: Vet, owner: Owner
) -> None:
    watching.press("waiting-systray")
    watching.press("waiting-sound")
    expect(watching.find("waiting-sound")).to_have_attribute("aria-pressed", "false")
    eventually(
        lambda: clinic.admin.search("res.users.settings", [("vet_waiting_sound", "=", False)], "user_id"),
        "the setting",
    )
    watching.page.reload()
    watching.sees("waiting-systray")
    watching.page.locator(".o_breadcrumb, .o_control_panel").first.click()
    consultation = clinic.consultation(claimed_by=VET)
    owner.enter(consultation)
    sees(watching.page.locator(".o_vet_waiting_notification", has_text=consultation.owner_name))
    assert watching.page.evaluate("window.notes") == 0
    watching.press("waiting-systray")
    watching.press("waiting-sound")
    expect(watching.find("waiting-sound")).to_have_attribute("aria-pressed", "true")


def test_a_second_owner_is_called_while_the_first_waits(
    clinic: Stack, watching: Vet, browsers: Browsers, people: Callable[..., Person]
) -> None:
    consultations = [clinic.consultation(claimed_by=VET) for _owner in range(2)]
    for consultation in consultations:
        make_owner(browsers, people).enter(consultation)
        sees(watching.page.locator(".o_vet_waiting_notification", has_text=consultation.owner_name))
    watching.press("waiting-systray")
    for consultation in consultations:
        sees(watching.find("waiting-entry").filter(has_text=consultation.owner_name))
