"""S13: the vet prescribes in the room; the owner sees it in the thread and opens the PDF on a phone."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.support import clips
from tests.support.browser import PHONE, Person, Vet
from tests.support.call import Call
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.manual("S13")

_WAIT = PATIENCE * 1000


def test_owner_opens_on_a_phone_what_the_vet_has_signed_in_the_room(call: Call) -> None:
    _write(call.vet)
    _sign(call.vet)
    card = _card(call.owner, "signed")
    expect(card).to_contain_text("Metacam")
    text = _text_of(_pdf(call, card))
    for expected in ("Metacam, 1.5 mg/ml", "0.5 ml, once a day, 7 days", "Dr. Test", "TEST-vera"):
        assert expected in text
    portal = _open(call.owner, card)
    expect(portal.get_by_test_id("prescribed-drug")).to_contain_text("Metacam")
    assert portal.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    portal.close()
    call.is_going_on()


def test_card_of_a_void_prescription_says_so_at_once_on_both_sides(call: Call) -> None:
    _write(call.vet)
    _sign(call.vet)
    _card(call.owner, "signed")
    call.vet.press("tab-prescriptions")
    call.vet.press("rx-to-void")
    call.vet.find("rx-reason").fill("Wrong dose")
    call.vet.press("rx-void")
    expect(call.vet.find("rx-item")).to_have_attribute("data-state", "voided", timeout=_WAIT)
    card = _card(call.owner, "voided")
    assert "VOID" in _text_of(_pdf(call, card))
    portal = _open(call.owner, card)
    expect(portal.get_by_test_id("void")).to_contain_text("Wrong dose")
    portal.close()
    call.vet.press("tab-messages")
    _card(call.vet, "voided")


def test_photo_of_a_paper_prescription_reaches_the_owner(call: Call, tmp_path: Path) -> None:
    call.vet.press("tab-prescriptions")
    call.vet.press("rx-new")
    call.vet.find("rx-kind-paper").check()
    call.vet.find("rx-file").set_input_files(clips.photo(tmp_path / "paper.jpg"))
    expect(call.vet.find("rx-photo")).to_have_text("paper.jpg", timeout=_WAIT)
    _sign(call.vet)
    pdf = _pdf(call, _card(call.owner, "signed"))
    assert len(pdf.pages) == 2
    [picture] = pdf.pages[1].images
    # Shrunk on its way, and still large enough for handwriting: 200 dots an inch on the width of the page.
    width, height = picture.image.size
    assert 1600 <= width <= 2400
    assert width / height == pytest.approx(4 / 3, abs=0.01)


def test_what_is_missing_is_said_and_nothing_typed_is_lost_not_even_by_a_reload(call: Call) -> None:
    _write(call.vet)
    call.vet.find("rx-dose").fill("")
    call.vet.press("rx-to-sign")
    expect(call.vet.find("rx-problem")).to_contain_text("the dose is missing", timeout=_WAIT)
    call.vet.reload()
    call.vet.press("tab-prescriptions")
    expect(call.vet.find("rx-name")).to_have_value("Metacam", timeout=_WAIT)
    call.vet.find("rx-dose").fill("1 ml")
    _sign(call.vet)
    expect(call.vet.find("rx-item")).to_have_count(1)


def test_owner_sees_nothing_of_a_draft(call: Call) -> None:
    _write(call.vet)
    call.vet.press("rx-save")
    expect(call.vet.find("rx-item")).to_have_attribute("data-state", "draft", timeout=_WAIT)
    call.vet.press("tab-messages")
    call.vet.write("I write you a prescription")
    call.owner.reads("I write you a prescription")
    call.owner.sees_no("document")
    call.owner.sees_no("tab-prescriptions")


def test_vet_signs_on_the_form_what_was_begun_on_the_consultation(call: Call) -> None:
    call.hang_up()
    page = call.vet.page
    call.vet.open_form(call.clinic, call.consultation)
    page.locator("button[name=action_new_prescription]:visible").click()
    form = page.locator(".o_form_view")
    form.get_by_role("button", name="Add a line").click()
    line = page.locator(".o_dialog .o_form_view")
    for field, value in {
        "name": "Rimadyl",
        "dose": "1 tablet",
        "frequency": "twice a day",
        "duration": "5 days",
    }.items():
        line.locator(f"[name={field}] input").fill(value)
    page.locator(".o_dialog .o_form_button_save").click()
    expect(page.locator(".o_dialog")).to_have_count(0, timeout=_WAIT)
    form.locator("button[name=action_sign]").click()
    dialog = page.locator(".o_dialog")
    expect(dialog.locator("[name=license_number]")).to_have_text("TEST-vera")
    dialog.locator("button[name=action_confirm]").click()
    expect(form.locator(".o_arrow_button_current")).to_have_text("Signed", timeout=_WAIT)
    [prescription] = call.clinic.admin.search(
        "vet.prescription", [("consultation_id", "=", call.consultation.id)], "state", "name"
    )
    assert prescription["state"] == "signed"


def test_card_opens_over_the_vets_room_and_the_call_goes_on(call: Call) -> None:
    _write(call.vet)
    _sign(call.vet)
    call.vet.press("tab-messages")
    _card(call.vet, "signed").get_by_test_id("document-open").click()
    expect(call.vet.page.locator(".o_dialog .o_form_view")).to_contain_text("RX/", timeout=_WAIT)
    call.is_going_on()


def _write(vet: Vet) -> None:
    """Write a prescription in the side panel."""
    vet.press("tab-prescriptions")
    vet.press("rx-new")
    values = {
        "name": "Metacam",
        "strength": "1.5 mg/ml",
        "dose": "0.5 ml",
        "frequency": "once a day",
        "duration": "7 days",
        "quantity": "1",
        "unit": "bottle of 32 ml",
        "diagnosis": "Sprain",
    }
    for field, value in values.items():
        vet.find(f"rx-{field}").fill(value)


def _sign(vet: Vet) -> None:
    vet.press("rx-to-sign")
    vet.find("rx-signer").fill("Dr. Test")
    expect(vet.find("rx-license-kept")).to_contain_text("TEST-vera")
    vet.press("rx-sign")
    expect(vet.find("rx-item").first).to_have_attribute("data-state", "signed", timeout=_WAIT)


def _card(person: Person, state: str) -> Locator:
    """Wait for the card in the thread."""
    card = person.page.locator(f"[data-test=document][data-kind=prescription][data-state={state}]")
    expect(card).to_be_visible(timeout=_WAIT)
    return card


def _pdf(call: Call, card: Locator) -> PdfReader:
    """Open the card's PDF as whoever has nothing but its address."""
    address = urljoin(call.clinic.clinic.url, card.get_by_test_id("document-pdf").get_attribute("href"))
    answer = requests.get(address, timeout=60)
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def _text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)


def _open(person: Person, card: Locator):
    """Follow the card to the owner's page."""
    with person.context.expect_page() as opened:
        card.get_by_test_id("document-open").click()
    opened.value.wait_for_load_state()
    return opened.value
