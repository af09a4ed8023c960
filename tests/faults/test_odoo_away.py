"""Odoo is away when a recorded call ends, and comes back: nothing is lost, nothing comes twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import make_owner, make_vet
from tests.support.call import Call


@pytest.fixture(scope="module")
def ended_without_odoo(clinic, browsers, people_of_module) -> Iterator[Call]:
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    call = Call(clinic, clinic.consultation(), vet, owner).begin()
    call.record()
    vet.sees_frames(count=45)
    clinic.odoo.kill()
    try:
        for person in call.both:
            person.sees_frames(count=45)
        call.hang_up()
        owner.sees("farewell")
    finally:
        clinic.odoo.start().wait_until_healthy()
    call.finished_recordings()
    yield call


def test_the_recording_arrives_once(ended_without_odoo: Call) -> None:
    assert [each["state"] for each in ended_without_odoo.recordings()] == ["ready"]


def test_the_times_of_the_call_arrive_once(ended_without_odoo: Call) -> None:
    domain = [("consultation_id", "=", ended_without_odoo.consultation.id)]
    calls = ended_without_odoo.clinic.admin.search("vet.call", domain, "started_at", "ended_at")
    assert [bool(call["started_at"] and call["ended_at"]) for call in calls] == [True]


def test_the_call_ends_when_it_ended_and_not_when_odoo_came_back(ended_without_odoo: Call) -> None:
    [recording] = ended_without_odoo.recordings()
    [call] = ended_without_odoo.clinic.admin.search(
        "vet.call", [("consultation_id", "=", ended_without_odoo.consultation.id)], "duration"
    )
    # Hours against seconds; the recording began a little after the call.
    assert call["duration"] * 3600 == pytest.approx(recording["duration"], abs=20)
