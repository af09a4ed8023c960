"""S3, S8: the vet makes a quote in the room; the owner signs it in Odoo's portal; both see at once how it stands."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Person
from tests.support.call import Call
from tests.support.patience import PATIENCE, eventually

pytestmark = pytest.mark.manual("S13")

_WAIT = PATIENCE * 1000


def test_owner_signs_on_a_phone_what_the_vet_offers_in_the_room(call: Call) -> None:
    product = _offer(call)
    _make_quote(call.vet, product)
    for person in call.both:
        _sees_quote(person, "sent")
    expect(call.owner.find("document-state")).to_have_text("Waits for your signature")
    # Whatever is made over the room and opened beside it, the call goes on.
    call.is_going_on()
    portal = _open(call.owner)
    _sign(portal)
    for person in call.both:
        _sees_quote(person, "signed")
    call.is_going_on()
    (order,) = _orders(call)
    assert (order["state"], order["vet_consultation_id"][0]) == ("sale", call.consultation.id)
    assert order["partner_id"][0] == call.consultation.owner


def test_vet_takes_back_a_quote_and_the_owners_thread_says_so(call: Call) -> None:
    _make_quote(call.vet, _offer(call))
    _sees_quote(call.owner, "sent")
    (order,) = _orders(call)
    call.clinic.admin.call("sale.order", "action_cancel", [order["id"]])
    for person in call.both:
        _sees_quote(person, "cancelled")


def _offer(call: Call) -> str:
    """Have something to offer, of a name of its own, which is agreed to by a signature."""
    admin = call.clinic.admin
    company = admin.read("vet.consultation", call.consultation.id, "company_id")["company_id"][0]
    admin.call("res.company", "write", [company], {"portal_confirmation_sign": True, "portal_confirmation_pay": False})
    name = f"Dental Cleaning {uuid.uuid4().hex[:6]}"
    admin.create("product.product", name=name, type="service", list_price=120.0)
    return name


def _make_quote(vet: Person, product: str) -> None:
    """Make a quote from the thread's menu, in Odoo's own form over the room, and send it in the chat."""
    vet.press("attach")
    vet.press("attach-quote")
    form = vet.page.locator(".o_dialog .o_form_view")
    form.get_by_role("button", name="Add a product").first.click()
    cell = form.locator("[name=order_line] .o_selected_row input[type=text]").first
    cell.fill(product)
    vet.page.locator(".o-autocomplete--dropdown-item", has_text=product).first.click()
    expect(form.locator("[name=order_line] td[name=price_subtotal]")).to_contain_text("120.00", timeout=_WAIT)
    form.locator("button[name=action_send_in_vet_chat]").click()
    expect(form).to_have_count(0, timeout=_WAIT)


def _sees_quote(person: Person, state: str) -> None:
    expect(person.page.locator(f"[data-test=document][data-kind=quote][data-state={state}]")).to_be_visible(
        timeout=_WAIT
    )


def _open(owner: Person) -> Page:
    """Follow the card into Odoo's portal, which opens beside the room."""
    with owner.context.expect_page() as opened:
        owner.press("document-open")
    return opened.value


def _sign(portal: Page) -> None:
    """Sign with one's name, as Odoo's portal offers it."""
    portal.locator("a[data-bs-target='#modalaccept']:visible").first.click()
    form = portal.locator("#modalaccept")
    name = form.locator("input[name=signer]")
    expect(name).to_be_visible(timeout=_WAIT)
    if not name.input_value():
        name.fill("Anna Keller")
    form.locator(".o_portal_sign_submit:not([disabled])").click()
    portal.wait_for_url("**message=sign_ok**")


def _orders(call: Call) -> list[dict]:
    domain = [("vet_consultation_id", "=", call.consultation.id)]
    return eventually(
        lambda: call.clinic.admin.search("sale.order", domain, "state", "partner_id", "vet_consultation_id"),
        "the order",
    )
