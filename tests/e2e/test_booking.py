"""Owners book on a phone: with a login and without, with a clip, now and at a time, by keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import clips
from tests.support.booking import Booker, Offer
from tests.support.browser import PHONE, Browsers, Person
from tests.support.chat import Uplink
from tests.support.patience import PATIENCE, eventually
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def offer(clinic: Stack) -> Offer:
    return Offer.of(clinic)


@pytest.fixture
def stranger(browsers: Browsers, people: Callable[..., Person]) -> Booker:
    """Somebody without a login, with a phone."""
    return Booker(people(Person, browsers.launched(), viewport=PHONE, timezone_id="America/New_York"))


def test_without_a_login_a_clip_and_the_next_vet_who_is_free(
    clinic: Stack, offer: Offer, stranger: Booker, tmp_path: Path
) -> None:
    person = stranger.person
    stranger.begin(offer.path).says_who("Nora New", "nora@example.org", "+41 44 668 18 11").adds_pet("Minka")
    stranger.says_why("Coughs since Monday", offer).is_at("files")
    clip = clips.numbered(tmp_path / "cough.mp4", frames=30)
    person.find("booking-file").set_input_files(clip)
    expect(person.find("booking-sent")).to_have_attribute("data-state", "ready", timeout=PATIENCE * 1000)
    person.page.reload()
    expect(person.find("booking-sent")).to_have_count(1, timeout=PATIENCE * 1000)
    stranger.next().is_at("time")
    person.press("book-now")
    stranger.is_at("result")
    booking = stranger.booking(clinic, "state", "consultation_id", "chat_id", "partner_id")
    assert booking["state"] == "requested"
    [consultation] = clinic.admin.search(
        "vet.consultation", [("id", "=", booking["consultation_id"][0])], "queue_state", "chat_id", "type_id"
    )
    assert consultation["queue_state"] == "available"
    assert consultation["chat_id"] == booking["chat_id"]
    media = clinic.admin.search("vet.media", [("chat_id", "=", booking["chat_id"][0])], "name", "state")
    assert [(each["name"], each["state"]) for each in media] == [("cough.mp4", "ready")]
    expect(person.find("booking-place")).to_be_visible()
    person.press("booking-room")
    person.sees("join")


def test_the_place_in_line_moves_up_without_a_reload(clinic: Stack, offer: Offer, stranger: Booker) -> None:
    stranger.begin(offer.path).says_who("Olga One", "olga@example.org").adds_pet("Otto")
    stranger.says_why("Limps", offer).next().is_at("time")
    before = clinic.consultation()
    stranger.person.press("book-now")
    place = stranger.is_at("result").person.find("booking-place")
    ahead = int(place.get_attribute("data-place") or "0")
    assert ahead >= 1
    clinic.login("vera").call("vet.consultation", "action_claim", [before.id])
    expect(place).to_have_attribute("data-place", str(ahead - 1), timeout=PATIENCE * 1000)


def test_with_a_login_a_red_flag_first_and_then_a_time_that_somebody_else_takes_meanwhile(
    clinic: Stack, offer: Offer, browsers: Browsers, people: Callable[..., Person], stranger: Booker
) -> None:
    login, pet = clinic.portal_owner()
    owner = Booker(people(Person, browsers.launched(), viewport=PHONE).log_in(clinic, login))
    person = owner.person
    person.page.goto(f"{clinic.clinic.url}/my/book")
    person.find("red-flag").first.check()
    owner.next().is_at("emergency")
    expect(person.find("booking-emergency-call")).to_have_attribute("href", "tel:+41446681899")
    assert owner.booking(clinic, "state")["state"] == "emergency"
    person.press("booking-go-on")
    owner.is_at("pet")
    person.page.get_by_role("radio", name=pet).check()
    owner.next().says_why("Itches", offer).next().is_at("time")
    wanted = owner.times[0]

    stranger.begin(offer.path).says_who("Quick Quinn", "quinn@example.org").adds_pet("Quick")
    stranger.says_why("Sneezes", offer).next().chooses(wanted).is_at("confirm")

    owner.chooses(wanted)
    expect(person.find("booking-problem")).to_contain_text("taken", timeout=PATIENCE * 1000)
    assert wanted not in owner.times
    other = owner.times[0]
    owner.chooses(other).is_at("result")
    expect(person.find("booked-time")).to_be_visible()
    booking = owner.booking(clinic, "state", "consultation_id", "has_red_flag")
    assert (booking["state"], booking["has_red_flag"]) == ("booked", True)
    event = clinic.admin.read("vet.consultation", booking["consultation_id"][0], "scheduled_at", "event_id")
    assert event["event_id"]
    assert event["scheduled_at"].replace(" ", "T") + "Z" == other
    with person.page.expect_download() as download:
        person.press("booking-ics")
    assert "BEGIN:VEVENT" in Path(download.value.path()).read_text()


def test_times_are_shown_in_the_zone_of_the_browser(offer: Offer, stranger: Booker) -> None:
    stranger.begin(offer.path).says_who("Zoe Zone", "zoe@example.org").adds_pet("Zora")
    stranger.says_why("Vaccination", offer).next().is_at("time")
    expect(stranger.person.find("booking-zone")).to_contain_text("America/New York")


def test_what_is_on_its_way_goes_on_while_the_owner_does(
    clinic: Stack, offer: Offer, stranger: Booker, tmp_path: Path
) -> None:
    person = stranger.person
    stranger.begin(offer.path).says_who("Hasty Hanna", "hanna@example.org").adds_pet("Hasso")
    stranger.says_why("Limps when he runs", offer).is_at("files")
    expect(person.find("booking-files")).to_have_attribute("data-status", "ready", timeout=PATIENCE * 1000)
    uplink = Uplink(person, speed=20_000)
    clip = clips.numbered(tmp_path / "run.mp4", frames=120)
    person.find("booking-file").set_input_files(clip)
    chat = stranger.booking(clinic, "chat_id")["chat_id"][0]

    def states() -> list[str]:
        return [each["state"] for each in clinic.admin.search("vet.media", [("chat_id", "=", chat)], "state")]

    eventually(lambda: states() == ["uploading"], "the clip on its way")
    stranger.next().is_at("time")
    assert states() == ["uploading"]
    uplink.hurry()
    eventually(lambda: states() == ["ready"], "the clip in the store")


def test_by_keyboard_alone(clinic: Stack, offer: Offer, stranger: Booker) -> None:
    page = stranger.person.page
    keyboard = page.keyboard

    def tab_to(hook: str) -> None:
        for _step in range(40):
            keyboard.press("Tab")
            if page.evaluate("document.activeElement?.dataset.test") == hook:
                return
        raise AssertionError(f"{hook} is not reached by Tab")

    page.goto(offer.path)
    tab_to("no-red-flag")
    keyboard.press("Space")
    tab_to("booking-next")
    keyboard.press("Enter")
    stranger.is_at("owner")
    tab_to("owner-name")
    keyboard.type("Kim Keys")
    tab_to("owner-email")
    keyboard.type("kim@example.org")
    keyboard.press("Enter")
    stranger.is_at("pet")
    tab_to("pet-name")
    keyboard.type("Kiwi")
    tab_to("pet-species")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    tab_to("booking-next")
    keyboard.press("Enter")
    stranger.is_at("reason")
    tab_to("reason")
    keyboard.type("Plucks feathers")
    tab_to("booking-next")
    keyboard.press("Enter")
    stranger.is_at("files")
    tab_to("booking-file")
    tab_to("booking-next")
    keyboard.press("Enter")
    stranger.is_at("time")
    tab_to("booking-time")
    keyboard.press("Space")
    keyboard.press("ArrowRight")
    tab_to("book-time")
    keyboard.press("Enter")
    stranger.is_at("confirm")
    assert stranger.booking(clinic, "held_start")["held_start"]


def test_without_javascript(clinic: Stack, offer: Offer, browsers: Browsers, people: Callable[..., Person]) -> None:
    person = people(Person, browsers.launched(), viewport=PHONE, java_script_enabled=False)
    booker = Booker(person)
    booker.begin(offer.path).says_who("Plain Paula", "paula@example.org").adds_pet("Pim")
    booker.says_why("Sleeps a lot", offer).is_at("files")
    assert "You can book without" in person.page.inner_text("main")
    booker.next().is_at("time")
    start = person.page.locator("input[name=start]").first.get_attribute("value")
    assert start
    booker.chooses(start).is_at("confirm")
    assert booker.booking(clinic, "held_start")["held_start"].replace(" ", "T") + "Z" == start
