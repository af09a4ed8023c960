"""A clinic that can be booked at, and an owner who goes through the pages of a booking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from playwright.sync_api import expect

from tests.support.browser import Person
from tests.support.patience import PATIENCE
from tests.support.stack import VET, Stack

ALWAYS = [
    (0, 0, {"name": "Day", "dayofweek": str(day), "hour_from": hour, "hour_to": hour + 12})
    for day in range(7)
    for hour in (0, 12)
]
"""Opening hours of every day and night, in halves that follow upon each other."""


@dataclass(frozen=True)
class Offer:
    """What owners can book: a type of consultation of one vet, at any hour.

    :param path: the clinic's public page
    """

    id: int
    name: str
    path: str

    @classmethod
    def of(cls, clinic: Stack) -> Self:
        """Open the clinic's booking page, and offer one thing there."""
        company = clinic.admin.search("res.company", [], "id")[0]["id"]
        clinic.admin.call("res.company", "write", [company], {"vet_booking_public": True})
        clinic.admin.call("res.company", "write", [company], {"vet_emergency_phone": "+41 44 668 18 99"})
        hours = clinic.admin.create(
            "resource.calendar", name="Always", tz="Europe/Zurich", company_id=company, attendance_ids=[(5,), *ALWAYS]
        )
        others = clinic.admin.search("vet.consultation.type", [("is_bookable", "=", True)], "id")
        clinic.admin.call("vet.consultation.type", "write", [each["id"] for each in others], {"is_bookable": False})
        name = "Video visit"
        identifier = clinic.admin.create(
            "vet.consultation.type",
            name=name,
            mode="video",
            duration=0.5,
            company_id=company,
            is_bookable=True,
            booking_notice_hours=1,
            resource_calendar_id=hours,
            vet_ids=[(6, 0, [clinic.facts["users"][VET]])],
            consent_text="The clinic keeps this recording for a year.",
        )
        return cls(identifier, name, f"{clinic.clinic.url}/vet/book/{company}")


@dataclass
class Booker:
    """Somebody on the pages of a booking."""

    person: Person

    def begin(self, path: str) -> Self:
        """Open the page, and answer that it is no emergency."""
        self.person.page.goto(path)
        self.person.find("no-red-flag").check()
        return self.next()

    def next(self) -> Self:
        """Go on to the next page."""
        self.person.press("booking-next")
        return self

    def is_at(self, step: str) -> Self:
        """Wait for a step's page."""
        expect(self.person.page.locator("main")).to_have_attribute("data-step", step, timeout=PATIENCE * 1000)
        return self

    def says_who(self, name: str, email: str, phone: str = "") -> Self:
        """Enter who books."""
        self.is_at("owner")
        self.person.find("owner-name").fill(name)
        self.person.find("owner-email").fill(email)
        self.person.find("owner-phone").fill(phone)
        return self.next()

    def adds_pet(self, name: str) -> Self:
        """Enter a pet that the clinic does not know."""
        self.is_at("pet")
        self.person.find("pet-name").fill(name)
        self.person.find("pet-species").select_option(index=1)
        return self.next()

    def says_why(self, reason: str, offer: Offer) -> Self:
        """Choose what to book, and say what it is about."""
        self.is_at("reason")
        self.person.page.get_by_role("radio", name=re.compile(offer.name)).check()
        self.person.find("reason").fill(reason)
        return self.next()

    def chooses(self, start: str) -> Self:
        """Choose a time and book it."""
        self.is_at("time")
        self.person.page.locator(f"input[name=start][value='{start}']").check(force=True)
        self.person.press("book-time")
        return self

    @property
    def times(self) -> list[str]:
        """The times that the page offers, as it sends them."""
        found = self.person.find("booking-time").evaluate_all("all => all.map((each) => each.value)")
        return [str(each) for each in found]

    def booking(self, clinic: Stack, *fields: str) -> dict[str, Any]:
        """What the clinic knows of the booking that the page is about."""
        match = re.search(r"/vet/booking/(\d+)/", self.person.page.url)
        assert match, self.person.page.url
        return clinic.admin.read("vet.booking", int(match[1]), *fields)
