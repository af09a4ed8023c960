"""What stands in the way of a call: each has its sentence and its next step, and most a way round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.support import footage
from tests.support.browser import PHONE, Browsers, Owner, Person, Vet
from tests.support.stack import Consultation, Stack

FACEBOOK = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/129 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480]"


@pytest.fixture
def consultation(clinic: Stack) -> Consultation:
    return clinic.consultation()


@pytest.fixture
def owner_at(browsers: Browsers, people: Callable[..., Person]) -> Callable[..., Owner]:
    """Opens the window of an owner at one of the browsers."""

    def open_window(browser: Browser, **context: Any) -> Owner:
        window = people(Owner, browser, None, viewport=PHONE, **context)
        assert isinstance(window, Owner)
        return window

    return open_window


@pytest.fixture
def denying(browsers: Browsers, owner_at: Callable[..., Owner]) -> Owner:
    """An owner who has refused camera and microphone."""
    return owner_at(browsers.denying())


def test_a_denied_camera_and_microphone_are_named_with_the_way_to_allow_them(denying: Owner, consultation) -> None:
    denying.open(consultation)
    denying.sees_notice("Your camera is blocked for this page.")
    denying.sees_notice("Your microphone is blocked for this page.")
    denying.sees_notice("set the permission to Allow")


def test_an_owner_without_a_camera_joins_by_audio(clinic: Stack, vet: Vet, browsers, owner_at, consultation) -> None:
    owner = owner_at(browsers.without_camera(footage.OWNER))
    vet.enter(clinic, consultation)
    owner.open(consultation)
    owner.sees_notice("No camera was found.")
    owner.join()
    vet.sees_state("connected")
    vet.hears_sound()
    owner.sees_picture_of(footage.VET)


def test_an_owner_with_neither_joins_by_text(clinic: Stack, vet: Vet, denying: Owner, consultation) -> None:
    vet.enter(clinic, consultation)
    denying.enter(consultation)
    denying.write("I can only write")
    vet.reads("I can only write")
    denying.sees_picture_of(footage.VET)


def test_an_expired_link_says_so_and_what_to_do(clinic: Stack, owner: Owner, consultation) -> None:
    yesterday = (datetime.now() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    clinic.admin.call("vet.consultation", "write", [consultation.id], {"room_token_expiration": yesterday})
    owner.open(consultation)
    expect(owner.page.get_by_text("expired").first).to_be_visible()
    expect(owner.page.get_by_text("+41 44 668 18 00").first).to_be_visible()


def test_a_revoked_link_says_so_and_what_to_do(clinic: Stack, owner: Owner, consultation) -> None:
    clinic.admin.call("vet.consultation", "action_revoke_owner_link", [consultation.id])
    owner.open(consultation)
    expect(owner.page.get_by_text("withdrawn this link").first).to_be_visible()
    expect(owner.page.get_by_text("+41 44 668 18 00").first).to_be_visible()


def test_a_link_that_is_revoked_during_the_call_ends_it_for_the_owner_alone(call) -> None:
    call.clinic.admin.call("vet.consultation", "action_revoke_owner_link", [call.consultation.id])
    call.owner.sees_notice("withdrawn")
    call.vet.sees_state("waiting")


def test_a_cancelled_consultation_says_so_and_what_to_do(clinic: Stack, owner: Owner, consultation) -> None:
    clinic.admin.call("vet.consultation", "action_cancel", [consultation.id], reason="The vet is ill.")
    owner.open(consultation)
    expect(owner.page.get_by_text("does not take place. The vet is ill.")).to_be_visible()
    expect(owner.page.get_by_text("Call the clinic to find another time.")).to_be_visible()


def test_a_consultation_that_is_cancelled_during_the_call_ends_it(call) -> None:
    call.clinic.admin.call("vet.consultation", "action_cancel", [call.consultation.id], reason="An emergency.")
    call.owner.sees("blocked")
    expect(call.owner.page.get_by_text("cancelled").first).to_be_visible()


def test_a_page_without_https_names_the_reason(browsers, owner_at, consultation) -> None:
    owner = owner_at(browsers.launched("--host-resolver-rules=MAP clinic.test 127.0.0.1"))
    parts = urlsplit(consultation.link)
    owner.page.goto(urlunsplit(parts._replace(netloc=f"clinic.test:{parts.port}")))
    owner.sees_notice("only on secure pages")
    owner.sees("copy-link")


def test_a_browser_without_webrtc_names_browsers_that_have_it(browsers, owner_at, consultation) -> None:
    owner = owner_at(
        browsers.launched(), scripts=["delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection;"]
    )
    owner.open(consultation)
    owner.sees_notice("current version of Chrome, Edge, Firefox or Safari")
    owner.sees("copy-link")


def test_a_browser_inside_an_app_names_the_browser_to_open(browsers, owner_at, consultation) -> None:
    scripts = ["Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });"]
    owner = owner_at(browsers.launched(), user_agent=FACEBOOK, scripts=scripts)
    owner.open(consultation)
    owner.sees_notice("Facebook has opened this link in a browser of its own")
    owner.sees("copy-link")


def test_a_media_service_that_is_away_is_said_and_tried_again(clinic: Stack, owner: Owner, consultation) -> None:
    clinic.sidecar.stop()
    try:
        owner.enter(consultation)
        owner.sees_notice("The clinic's video service cannot be reached. We keep trying")
    finally:
        clinic.sidecar.start().wait_until_healthy()
    owner.sees_state("waiting")
    owner.sees_no("notice")
