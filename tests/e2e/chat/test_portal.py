"""A2, A3: an owner with a login asks the clinic from their own pages, told the time to reply first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Browsers, Owner, Person, Vet
from tests.support.stack import Stack

pytestmark = pytest.mark.manual("A2", "A3")


def test_an_owner_asks_from_the_portal_and_hears_the_answer(
    clinic: Stack, browsers: Browsers, people: Callable[..., Person], vet: Vet
) -> None:
    login, patient_name = clinic.portal_owner()
    owner = people(Owner, browsers.launched(), viewport=PHONE)
    assert isinstance(owner, Owner)
    owner.log_in(clinic, login)
    owner.page.goto(f"{clinic.clinic.url}/my/chats/new")
    expect(owner.find("portal-offer").first).to_contain_text("24 hours")
    owner.page.locator("[name=subject]").fill("Red eye")
    owner.page.locator("[name=patient_id]").check()
    owner.page.locator("[name=type_id]").first.check()
    owner.press("portal-begin")
    owner.sees("message-input")
    owner.write("His left eye is red")
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-inbox")
    vet.press("inbox-filter-unassigned")
    vet.find("inbox-chat").filter(has_text=patient_name).click()
    vet.press("chat-claim")
    vet.write("Please send a photo of it")
    owner.reads("Please send a photo of it")
