"""Who is let in, and what everyone else is told."""

import time

import pytest
from harness.odoo import OdooStandIn
from harness.sidecar import Sidecar
from harness.tickets import claims, consent_ticket, media_ticket, room_claims, room_ticket, sign


async def test_a_page_is_welcomed_with_everything_it_needs(sidecar: Sidecar) -> None:
    await sidecar.enter("vet-1", name="Dr Meier")
    owner = await sidecar.enter("owner-1")
    welcome = owner.last("welcome")
    assert welcome["self"]["id"] == "owner-1"
    [vet] = welcome["participants"]
    assert (vet["id"], vet["role"], vet["name"]) == ("vet-1", "vet", "Dr Meier")
    assert vet["state"] == {"microphone": False, "camera": False, "screen": False, "connection": "new"}
    assert welcome["recording"] == {
        "state": "off", "id": None, "started_at": None, "reason": None, "message": None, "missing": [], "refused": []
    }  # fmt: skip
    assert welcome["resume"] and welcome["server_time"].endswith("Z")


async def test_of_two_people_exactly_one_is_polite_and_the_vet_is_not(sidecar: Sidecar) -> None:
    vet = await sidecar.enter("vet-1")
    owner = await sidecar.enter("owner-1")
    assert owner.last("welcome")["participants"][0]["polite"] is True
    assert (await vet.receive("participant-joined"))["participant"]["polite"] is False


async def test_of_two_guests_the_smaller_id_is_polite(sidecar: Sidecar) -> None:
    larger = await sidecar.enter("guest-b")
    smaller = await sidecar.enter("guest-a")
    assert smaller.last("welcome")["participants"][0]["polite"] is True
    assert (await larger.receive("participant-joined"))["participant"]["polite"] is False


REFUSED = {
    "forged": (sign(room_claims(), b"another secret of thirty-two byte"), "forged"),
    "unsigned (alg none)": (sign(room_claims(), algorithm="none"), "forged"),
    "expired": (room_ticket(exp=int(time.time()) - 31), "expired"),
    "a consent": (consent_ticket("vet-1", "call"), "audience"),
    "a media ticket": (media_ticket("recordings/a/b.webm"), "audience"),
    "of another version": (room_ticket(v=2), "version"),
    "without a room": (sign(claims("room", participant="vet-1", role="vet")), "claims"),
    "for a role that does not exist": (room_ticket(role="manager"), "claims"),
    "not a ticket": ("certainly.not.a-ticket", "malformed"),
}


@pytest.mark.parametrize(("ticket", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_wrong_ticket_is_refused_with_its_reason(sidecar: Sidecar, ticket: str, code: str) -> None:
    browser = await sidecar.socket()
    await browser.send(type="hello", v=1, ticket=ticket)
    assert await browser.closed() == 4401
    assert browser.last("error")["code"] == f"ticket_{code}"
    metrics = (await sidecar.get("/metrics")).text
    assert f'vet_sidecar_tickets_refused_total{{reason="{code}"}} 1.0' in metrics


async def test_a_room_ticket_does_not_resume_and_a_resume_token_is_no_ticket(sidecar: Sidecar) -> None:
    page = await sidecar.enter("vet-1")
    for credentials in ({"resume": room_ticket()}, {"ticket": page.resume_token}):
        browser = await sidecar.socket()
        await browser.send(type="hello", v=1, **credentials)
        assert await browser.closed() == 4401


async def test_a_ticket_opens_no_other_room_than_its_own(sidecar: Sidecar) -> None:
    await sidecar.enter("vet-1", room="first")
    other = await sidecar.enter("owner-1", room="second")
    assert other.last("welcome")["participants"] == []
    assert other.last("welcome")["call"] is None


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None, "null"])
async def test_another_origin_is_refused(sidecar: Sidecar, origin: str | None) -> None:
    browser = await sidecar.socket(origin)
    assert await browser.closed() == 4403
    assert browser.messages == []


HELLOS = {
    "no JSON": "hello",
    "a list": "[]",
    "binary": b"\x00\x01",
    "another message": '{"type": "ping"}',
    "neither ticket nor resume": '{"type": "hello", "v": 1}',
    "both": '{"type": "hello", "v": 1, "ticket": "a", "resume": "b"}',
}


@pytest.mark.parametrize("hello", HELLOS.values(), ids=HELLOS.keys())
async def test_a_wrong_first_frame_closes_the_socket(sidecar: Sidecar, hello: str | bytes) -> None:
    browser = await sidecar.socket()
    await browser.send_text(hello)
    assert await browser.closed() == 4400
    assert browser.last("error")["code"] == "bad_message"


async def test_a_hello_of_another_version_says_so(sidecar: Sidecar) -> None:
    browser = await sidecar.socket()
    await browser.send(type="hello", v=2, ticket=room_ticket())
    assert await browser.closed() == 4401
    assert browser.last("error")["code"] == "ticket_version"


async def test_who_does_not_say_hello_is_sent_away(sidecar: Sidecar) -> None:
    sidecar.service.sockets.hello_seconds = 0.05
    browser = await sidecar.socket()
    assert await browser.closed() == 4408


async def test_a_second_tab_takes_over_and_the_first_is_told(sidecar: Sidecar) -> None:
    first = await sidecar.enter("owner-1")
    second = await sidecar.enter("owner-1")
    assert await first.closed() == 4409
    assert first.last("ended") == {"type": "ended", "reason": "replaced"}
    assert second.session != first.session


async def test_the_first_tab_cannot_come_back_while_the_second_is_there(sidecar: Sidecar) -> None:
    first = await sidecar.enter("owner-1")
    await sidecar.enter("owner-1")
    await first.closed()
    browser = await sidecar.socket()
    await browser.send(type="hello", v=1, resume=first.resume_token)
    assert await browser.closed() == 4409
    assert browser.last("ended")["reason"] == "replaced"


async def test_a_page_may_come_back_while_its_old_socket_still_seems_open(sidecar: Sidecar) -> None:
    page = await sidecar.enter("owner-1")
    again = await sidecar.resume(page)
    assert again.session == page.session
    assert await page.closed() == 1001
    assert page.all("ended") == []
    await again.settled()


async def test_odoo_hears_of_everyone_who_comes_and_goes_in_order(sidecar: Sidecar, odoo: OdooStandIn) -> None:
    owner = await sidecar.enter("owner-1")
    await owner.send(type="leave")
    await owner.closed()
    await sidecar.enter("owner-1")
    await odoo.wait_for("participant.joined", 2)
    assert [(event["type"], event["sequence"]) for event in odoo.events] == [
        ("participant.joined", 1),
        ("participant.left", 2),
        ("participant.joined", 3),
    ]
    assert odoo.events[0]["data"] == {"participant": "owner-1", "role": "owner"}
    assert odoo.events[1]["data"] == {"participant": "owner-1", "reason": "left"}
    assert odoo.bad_signatures == 0
