"""Reloads, lost networks: the call recovers by itself."""

from __future__ import annotations

import pytest

from tests.support.browser import network_lost
from tests.support.call import Call

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])


@ROLES
def test_a_reload_recovers(call: Call, role: str) -> None:
    call.person(role).reload()
    call.is_going_on()
    call.person(role).sees_picture_of(call.other(role).footage)
    call.other(role).sees_picture_of(call.person(role).footage)


def test_a_reload_does_not_begin_another_call(call: Call) -> None:
    domain = [("consultation_id", "=", call.consultation.id)]
    before = call.clinic.admin.search("vet.call", domain, "sidecar_key")
    call.owner.reload()
    call.is_going_on()
    assert call.clinic.admin.search("vet.call", domain, "sidecar_key") == before


def test_a_reload_without_hurry_for_the_other_is_not_seen_as_hanging_up(call: Call) -> None:
    """The one who stays needs no click."""
    call.owner.reload()
    call.vet.sees_picture_of(call.owner.footage)
    call.vet.sees_frames()


@ROLES
def test_a_lost_network_recovers(call: Call, role: str) -> None:
    with network_lost(call.person(role)):
        call.other(role).sees_state("reconnecting")
    call.is_going_on()


def test_a_call_lasts_while_one_side_cannot_reach_the_clinic(call: Call) -> None:
    """Pages and signalling are away, the way between the browsers is not."""
    call.owner.context.set_offline(True)
    for person in call.both:
        person.sees_frames(count=45)
    call.owner.context.set_offline(False)
    call.is_going_on()


def test_an_owner_whose_browser_ends_is_shown_as_gone(call: Call) -> None:
    call.owner.close()
    call.vet.sees_state("waiting")
