"""Three and four people in a room: a colleague or a second person of the family, with a link of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.conftest import make_owner, make_vet
from tests.support import footage
from tests.support.browser import DESKTOP, PHONE, Browsers, Owner, Person, Vet
from tests.support.call import Call
from tests.support.footage import Footage
from tests.support.patience import PATIENCE, eventually
from tests.support.stack import Stack

_OTHERS = """() => [...document.querySelectorAll("video[data-test=remote-video], [data-test=remote-video] video")]"""
_FRAMES = f"() => ({_OTHERS})().map(video => video.getVideoPlaybackQuality().totalVideoFrames)"
_COLOURS = f"""() => ({_OTHERS})().map(video => {{
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    if (!video.videoWidth) return [0, 0, 0];
    context.drawImage(video, video.videoWidth / 2, video.videoHeight * 0.6, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}})"""


def sees_everyone(person: Person, others: list[Footage]) -> None:
    """Wait until a person sees exactly these others, each of them moving."""
    person.page.wait_for_function(
        f"""wanted => {{
            const seen = ({_COLOURS})();
            const near = (one, other) => one.every((value, i) => Math.abs(value - other[i]) < 40);
            return seen.length === wanted.length && wanted.every(colour => seen.some(one => near(one, colour)));
        }}""",
        arg=[list(other.colour) for other in others],
        polling=200,
    )
    before = person.page.evaluate(_FRAMES)
    person.page.wait_for_function(
        f"before => {{ const now = ({_FRAMES})();"
        " return now.length === before.length && now.every((count, i) => count >= before[i] + 10); }",
        arg=before,
        polling=200,
    )


def invite(vet: Vet, name: str, kind: str = "family") -> str:
    """The vet invites somebody in the room; return their link."""
    if not vet.find("guests-panel").is_visible():
        vet.press("guests")
    vet.find("guest-name").fill(name)
    vet.page.locator(f"[data-test=guests-panel] input[value={kind}]").check()
    vet.press("guest-invite")
    guest = vet.find("guest").filter(has_text=name)
    link = guest.get_by_test_id("guest-link").input_value(timeout=PATIENCE * 1000)
    vet.press("guests-close")
    return link


def come(browsers: Browsers, people: Callable[..., Person], link: str, shown: Footage) -> Owner:
    """A guest opens their link and joins."""
    guest = people(Owner, browsers.with_footage(shown), shown, viewport=PHONE)
    assert isinstance(guest, Owner)
    guest.page.goto(link)
    guest.join()
    return guest


@dataclass
class Party:
    """Four people in a room."""

    clinic: Stack
    people: dict[str, Person]

    def others(self, role: str) -> list[Footage]:
        found = [person.footage for name, person in self.people.items() if name != role]
        return [each for each in found if each]


@pytest.fixture(scope="module")
def party(clinic: Stack, browsers: Browsers, people_of_module: Callable[..., Person]) -> Party:
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    Call(clinic, clinic.consultation(), vet, owner).begin()
    ben = come(browsers, people_of_module, invite(vet, "Ben Keller"), footage.GUEST)
    ruth = come(browsers, people_of_module, invite(vet, "Dr Ruth Frei", "colleague"), footage.SECOND_GUEST)
    return Party(clinic, {"vet": vet, "owner": owner, "family": ben, "colleague": ruth})


@pytest.mark.parametrize("role", ["vet", "owner", "family", "colleague"])
def test_each_of_four_sees_the_moving_pictures_of_the_three_others(party: Party, role: str) -> None:
    sees_everyone(party.people[role], party.others(role))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_four_pictures_of_a_size_fit_the_screen(party: Party, size: dict[str, int]) -> None:
    page = party.people["owner"].page
    page.set_viewport_size(size)  # type: ignore[arg-type]
    boxes = [box.bounding_box() for box in page.locator(".o_vet_stage__person, .o_vet_self").all()]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert len(boxes) == 4
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= size["width"] for box in boxes)
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= size["height"] for box in boxes)
    assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) < 4


def test_the_owner_is_told_who_is_a_guest(party: Party) -> None:
    expect(party.people["owner"].page.locator(".o_vet_stage__name", has_text="Ben Keller")).to_contain_text("Guest")


def test_a_guest_reads_no_messages(party: Party) -> None:
    ben = party.people["family"]
    ben.sees("tab-patient")
    expect(ben.find("tab-messages")).to_have_count(0)


def test_a_full_room_takes_no_further_guest(party: Party) -> None:
    vet = party.people["vet"]
    vet.press("guests")
    expect(vet.find("guests-full")).to_be_visible()
    vet.press("guests-close")


def test_a_guest_who_reloads_the_page_is_seen_again(party: Party) -> None:
    party.people["family"].reload()
    sees_everyone(party.people["vet"], party.others("vet"))


def test_a_guest_who_is_removed_loses_the_room_at_once_and_the_link_for_ever(
    call: Call, browsers: Browsers, people: Callable[..., Person]
) -> None:
    link = invite(call.vet, "Ben Keller")
    guest = come(browsers, people, link, footage.GUEST)
    sees_everyone(call.vet, [footage.OWNER, footage.GUEST])
    call.vet.press("guests")
    call.vet.press("guest-remove")
    expect(guest.page.locator("[data-test=blocked][data-code=removed]")).to_be_visible(timeout=PATIENCE * 1000)
    sees_everyone(call.vet, [footage.OWNER])
    sees_everyone(call.owner, [footage.VET])
    answer = guest.page.goto(link)
    assert answer and answer.status == 410
    expect(guest.page.get_by_text("withdrawn this link").first).to_be_visible()


def test_a_recording_waits_for_the_guest_and_holds_everyone(
    call: Call, browsers: Browsers, people: Callable[..., Person]
) -> None:
    guest = come(browsers, people, invite(call.vet, "Ben Keller"), footage.GUEST)
    sees_everyone(call.vet, [footage.OWNER, footage.GUEST])
    call.vet.press("record")
    for person in call.both:
        person.press("consent-agree")
    call.vet.sees_notice("Recording starts when Ben Keller has agreed")
    guest.press("consent-agree")
    call.is_recording()
    for person in (*call.both, guest):
        person.sees_frames(count=40)
    guest.press("hang-up")
    call.hang_up()
    [recording] = call.finished_recordings()
    player = call.player(recording)
    assert {(each["role"], each["name"]) for each in player["participants"]} == {
        ("vet", "Dr Vera Meier"),
        ("owner", call.consultation.owner_name),
        ("guest", "Ben Keller"),
    }
    assert {each["role"] for each in player["files"]} == {"vet", "owner", "guest"}


def test_a_guest_who_comes_late_pauses_the_recording_and_may_refuse_it(
    call: Call, browsers: Browsers, people: Callable[..., Person]
) -> None:
    call.record()
    guest = come(browsers, people, invite(call.vet, "Ben Keller"), footage.GUEST)
    call.vet.sees_notice("paused until everyone present has agreed")
    guest.press("consent-refuse")
    call.vet.sees_notice("Ben Keller did not agree")
    kept = eventually(
        lambda: call.clinic.admin.search(
            "vet.consent",
            [("consultation_id", "=", call.consultation.id), ("role", "=", "guest")],
            "decision",
            "participant_name",
        ),
        "the guest's answer",
    )
    assert [(each["decision"], each["participant_name"]) for each in kept] == [("refused", "Ben Keller")]
