"""Test Connection says what works and what does not, with the real service and a real TURN server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import make_vet
from tests.support.browser import Vet
from tests.support.stack import Stack


def outcome(clinic: Stack) -> dict[str, Any]:
    """Test the connection, and read what the media service's record keeps of it."""
    [sidecar] = clinic.admin.search("vet.sidecar", [], "check_state", "check_message")
    clinic.admin.call("vet.sidecar", "action_test_connection", [sidecar["id"]])
    return clinic.admin.read("vet.sidecar", sidecar["id"], "check_state", "check_message")


@pytest.fixture
def stopped_sidecar(clinic: Stack) -> Iterator[Stack]:
    """The clinic while its media service is down; it runs again afterwards."""
    clinic.sidecar.stop()
    yield clinic
    if not clinic.sidecar.is_running:
        clinic.sidecar.restart()


@pytest.fixture
def administrator(clinic: Stack, browsers, people) -> Vet:
    """The administrator, who opens Settings → Teleconsult."""
    window = make_vet(clinic, browsers, people, "admin")
    window.page.goto(f"{clinic.clinic.url}/odoo/action-vet_teleconsult.res_config_settings_action")
    return window


@pytest.mark.parametrize(
    "line", ["✓ Version ", "✓ Clocks agree", "✓ Media store: ", "✓ Sidecar reaches Odoo: ", "✓ Recording: ", "✓ TURN: "]
)
def test_each_part_that_works_has_a_line(clinic: Stack, line: str) -> None:
    result = outcome(clinic)
    assert result["check_state"] == "ok", result["check_message"]
    assert line in result["check_message"]


def test_a_service_that_is_down_is_told_in_a_sentence(stopped_sidecar: Stack) -> None:
    assert outcome(stopped_sidecar) == {
        "id": stopped_sidecar.admin.search("vet.sidecar", [])[0]["id"],
        "check_state": "failed",
        "check_message": "Nothing answers at this address. Is the sidecar running, is the address right?",
    }


def test_a_service_that_is_back_passes_the_test_again(stopped_sidecar: Stack) -> None:
    assert outcome(stopped_sidecar)["check_state"] == "failed"
    stopped_sidecar.sidecar.restart()
    assert outcome(stopped_sidecar)["check_state"] == "ok"


def test_a_turn_server_that_is_down_is_a_warning_that_names_it(clinic: Stack) -> None:
    clinic.turn.stop()
    try:
        result = outcome(clinic)
    finally:
        clinic.turn.restart()
    assert result["check_state"] == "warning"
    assert "! TURN: " in result["check_message"]


def test_the_button_in_the_settings_shows_that_it_works(administrator: Vet) -> None:
    administrator.page.get_by_role("button", name="Test Connection").click()
    expect(administrator.page.locator(".o_notification")).to_contain_text("✓ TURN: ")
    expect(administrator.page.locator("[name=vet_sidecar_check_state]")).to_have_text("Works")
    expect(administrator.page.locator("[name=vet_sidecar_check_message]")).to_contain_text("✓ Media store: ")


def test_the_button_in_the_settings_says_what_is_wrong(stopped_sidecar: Stack, administrator: Vet) -> None:
    administrator.page.get_by_role("button", name="Test Connection").click()
    expect(administrator.page.locator("[name=vet_sidecar_check_state]")).to_have_text("Does not work")
    expect(administrator.page.locator("[name=vet_sidecar_check_message]")).to_contain_text("Is the sidecar running")
