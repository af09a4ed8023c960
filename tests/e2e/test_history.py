"""S5, S15: a patient's history in the room, on the patient and on the owner's pages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Owner, Vet
from tests.support.stack import VET, Consultation, Stack

pytestmark = pytest.mark.manual("S5", "S15")

VISITS = 24
LONG_NOTE = (
    "<p>Vaccinated against rabies.</p>"
    + "<p>Eats well, drinks enough, sleeps through the night and walks two hours a day.</p>" * 3
    + "<p>Weighs <b>twelve kilograms</b>.</p>"
)


@dataclass
class Past:
    """A patient with a history, an owner who can log in, and a consultation that is about to begin.

    :param present: the consultation
    :param login: of the owner; the password is the same
    :param latest: the identifier of the last visit, whose long note is shared with the owner
    """

    present: Consultation
    login: str
    latest: int


@pytest.fixture(scope="module")
def past(clinic: Stack) -> Past:
    """Two dozen visits, a day apart: the last with a long note that is shared, the others with notes that are not."""
    login, patient_name = clinic.portal_owner()
    [patient] = clinic.admin.search("vet.patient", [("name", "=", patient_name)], "partner_id")
    partner, kind = patient["partner_id"][0], clinic.type_with("ask")
    visits = []
    for number in range(VISITS):
        visit = clinic.admin.create(
            "vet.consultation",
            patient_id=patient["id"],
            partner_id=partner,
            type_id=kind,
            vet_id=clinic.facts["users"][VET],
            scheduled_at=f"2026-03-{number + 1:02} 09:00:00",
            note=f"<p>Secret of visit {number}.</p>",
        )
        visits.append(visit)
    clinic.admin.call("vet.consultation", "write", [visits[-1]], {"note": LONG_NOTE, "note_shared": True})
    clinic.admin.call("vet.consultation", "action_start", [visits[-1]])
    for visit in visits[:-1]:
        clinic.admin.call("vet.consultation", "write", [visit], {"state": "in_progress"})
    clinic.admin.call("vet.consultation", "action_finish", visits)
    present = clinic.consultation(patient=patient["id"])
    return Past(present, login, visits[-1])


def test_the_history_stands_at_the_foot_of_the_room_and_goes_on_when_asked(clinic: Stack, vet: Vet, past: Past) -> None:
    vet.enter(clinic, past.present)
    expect(vet.find("timeline-entry")).to_have_count(20)
    assert vet.find("history").bounding_box()["y"] > vet.find("hang-up").bounding_box()["y"]
    vet.press("timeline-more")
    expect(vet.find("timeline-entry")).to_have_count(VISITS)
    expect(vet.find("timeline-entry").last).to_contain_text("Secret of visit 0.")
    expect(vet.find("timeline-more")).to_have_count(0)


def test_a_long_note_unfolds_in_the_room(clinic: Stack, vet: Vet, past: Past) -> None:
    vet.enter(clinic, past.present)
    first = vet.find("timeline-entry").first
    expect(first).to_contain_text("Vaccinated against rabies.")
    expect(first).not_to_contain_text("twelve kilograms")
    first.get_by_test_id("timeline-fold").click()
    expect(first.locator("b")).to_have_text("twelve kilograms")


def test_the_patients_form_shows_the_history_and_opens_what_is_clicked(clinic: Stack, vet: Vet, past: Past) -> None:
    vet.page.goto(f"{clinic.clinic.url}/odoo/vet.patient/{past.present.patient}")
    entry = vet.page.locator(f"[data-test=timeline-entry][data-id='{past.latest}']")
    entry.get_by_test_id("timeline-open").click()
    expect(vet.page.locator("[name=note]").get_by_text("Vaccinated against rabies.")).to_be_visible()


def test_an_owner_reads_on_their_page_what_was_shared_and_nothing_else(clinic: Stack, owner: Owner, past: Past) -> None:
    owner.log_in(clinic, past.login)
    owner.page.goto(f"{clinic.clinic.url}/my/pets/{past.present.patient}")
    owner.page.locator("details > summary").click()
    expect(owner.page.get_by_text("twelve kilograms")).to_be_visible()
    assert "Secret of visit" not in owner.page.content()
    owner.press("portal-timeline-earlier")
    expect(owner.page.locator(".o_vet_portal_timeline > li")).to_have_count(VISITS + 1 - 20)
    assert "Secret of visit" not in owner.page.content()
    assert owner.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
