"""The room for people who cannot see it, or use no mouse: axe-core, in each of its states, on both sides.

Owners' other pages are examined in ``tests/screens``, where each is opened once.
"""

from __future__ import annotations

import pytest

from tests.support.axe import grave_findings
from tests.support.browser import Owner
from tests.support.call import Call
from tests.support.stack import Consultation, Stack

OWN = {"vet": ".o_action_manager", "owner": None}
"""What of the page is ours: around the vet's is Odoo's web client."""

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])


def test_the_lobby(clinic: Stack, owner: Owner) -> None:
    owner.open(clinic.consultation())
    owner.sees("join")
    assert grave_findings(owner.page) == []


def test_waiting_for_the_vet(clinic: Stack, owner: Owner) -> None:
    owner.enter(clinic.consultation())
    owner.sees_state("waiting")
    assert grave_findings(owner.page) == []


def test_a_consultation_that_was_cancelled(clinic: Stack, owner: Owner) -> None:
    consultation: Consultation = clinic.consultation()
    clinic.admin.call("vet.consultation", "action_cancel", [consultation.id], reason="An emergency came in.")
    owner.open(consultation)
    owner.sees("blocked")
    assert grave_findings(owner.page) == []


@ROLES
def test_the_call(shared_call: Call, role: str) -> None:
    assert grave_findings(shared_call.person(role).page, OWN[role]) == []


@ROLES
def test_the_call_with_messages(shared_call: Call, role: str) -> None:
    person = shared_call.person(role)
    person.write(f"Hello from the {role}")
    shared_call.other(role).reads(f"Hello from the {role}")
    assert grave_findings(person.page, OWN[role]) == []


@ROLES
def test_the_call_with_a_shared_screen(shared_call: Call, role: str) -> None:
    person, other = shared_call.person(role), shared_call.other(role)
    person.press("share-screen")
    other.sees("screen-video")
    findings = grave_findings(other.page, OWN["owner" if role == "vet" else "vet"])
    person.press("share-screen")
    other.sees_no("screen-video")
    assert findings == []


@ROLES
def test_the_devices_menu(shared_call: Call, role: str) -> None:
    person = shared_call.person(role)
    person.press("devices")
    person.page.get_by_role("dialog", name="Devices").wait_for()
    findings = grave_findings(person.page, OWN[role])
    person.press("devices")
    assert findings == []


@pytest.mark.parametrize("tab", ["patient", "notes", "prescriptions"])
def test_the_vets_side_panel(shared_call: Call, tab: str) -> None:
    shared_call.vet.press(f"tab-{tab}")
    assert grave_findings(shared_call.vet.page, OWN["vet"]) == []


@ROLES
def test_the_question_for_consent_and_the_farewell(call: Call, role: str) -> None:
    person = call.person(role)
    call.vet.press("record")
    person.sees("consent-agree")
    asked = grave_findings(person.page, OWN[role])
    person.press("consent-agree")
    person.press("hang-up")
    person.sees_no("hang-up")
    assert asked + grave_findings(person.page, OWN[role]) == []
