"""A9, A10, A11: the transcript's links outlive the login and end when the clinic says so."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.conftest import make_owner, make_vet
from tests.support.browser import Browsers, Person
from tests.support.chat import Conversation, attach, card
from tests.support.patience import eventually
from tests.support.stack import VET, Stack

pytestmark = pytest.mark.manual("A9", "A10", "A11")


def _transcripts(conversation: Conversation) -> list[dict[str, Any]]:
    domain = [("chat_id", "=", conversation.chat.id)]
    return conversation.clinic.admin.search("vet.transcript", domain, "version", "state", "attachment_id", "problem")


def _end(conversation: Conversation, version: int, mail: bool = False) -> PdfReader:
    conversation.vet.press("chat-end")
    if mail:
        conversation.vet.find("chat-end-mail").check()
    conversation.vet.press("chat-end-confirm")

    def made():
        found = [each for each in _transcripts(conversation) if each["version"] == version]
        assert all(each["state"] != "failed" for each in found), found
        return [each for each in found if each["state"] == "ready"]

    [transcript] = eventually(made, f"version {version} of the transcript")
    content = conversation.clinic.admin.read("ir.attachment", transcript["attachment_id"][0], "datas")["datas"]
    return PdfReader(io.BytesIO(base64.b64decode(content)))


def _links(pdf: PdfReader) -> list[str]:
    found = [
        annotation.get_object()["/A"]["/URI"]
        for page in pdf.pages
        for annotation in page.get("/Annots", ())
        if "/A" in annotation.get_object() and "/URI" in annotation.get_object()["/A"]
    ]
    return [link for link in dict.fromkeys(found) if "/vet/" in link]


@pytest.fixture(scope="module")
def ended(
    clinic: Stack, browsers: Browsers, people_of_module: Callable[..., Person], clip, photo
) -> tuple[Conversation, PdfReader]:
    vet, owner = make_vet(clinic, browsers, people_of_module), make_owner(browsers, people_of_module)
    conversation = Conversation(clinic, clinic.chat(claimed_by=VET), vet, owner).begin()
    owner.write("He limps since this morning")
    attach(owner, clip)
    conversation.stored(1)
    attach(owner, photo)
    conversation.stored(2)
    vet.reads("He limps since this morning")
    card(vet)
    return conversation, _end(conversation, 1)


def test_the_transcript_holds_every_message_and_who_wrote_it(ended) -> None:
    conversation, pdf = ended
    text = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)
    assert "He limps since this morning" in text
    assert conversation.chat.owner_name in text
    assert conversation.chat.patient_name in text
    assert "Page 1" in text


def test_no_link_of_the_transcript_leads_to_the_store(ended) -> None:
    conversation, pdf = ended
    assert len(_links(pdf)) == 2
    assert all(link.startswith(conversation.clinic.clinic.url + "/vet/") for link in _links(pdf))


def test_a_link_opens_the_clip_for_somebody_who_is_not_logged_in(ended, people, browsers: Browsers) -> None:
    _conversation, pdf = ended
    reader = make_owner(browsers, people)
    reader.page.goto(_links(pdf)[0])
    reader.sees("clip")
    reader.page.wait_for_function("document.querySelector('[data-test=clip] video')?.readyState >= 2")


def test_a_revoked_link_says_so_and_the_other_one_goes_on(ended) -> None:
    conversation, pdf = ended
    first, second = _links(pdf)
    token = first.partition("#")[0].rstrip("/").rpartition("/")[2]
    [link] = conversation.clinic.admin.search("vet.media.link", [("token", "=", token)], "id")
    conversation.clinic.admin.call("vet.media.link", "action_revoke", [link["id"]])
    assert requests.get(first, timeout=60).status_code == 410
    assert requests.get(first.replace("/vet/clip/", "/vet/media/"), timeout=60).status_code == 410
    assert requests.get(second, timeout=60).status_code == 200


def test_ending_again_makes_a_new_version_and_keeps_the_old(ended) -> None:
    conversation, _pdf = ended
    conversation.vet.press("chat-reopen")
    conversation.vet.write("One more thing")
    conversation.owner.reads("One more thing")
    newer = _end(conversation, 2, mail=True)
    assert "One more thing" in " ".join(" ".join(page.extract_text().split()) for page in newer.pages)
    assert [each["version"] for each in _transcripts(conversation)] == [1, 2]


def test_the_transcript_is_mailed_to_the_owner_where_the_vet_says_so(ended) -> None:
    """Version 2 of the test before this one."""
    conversation, _pdf = ended
    owner = conversation.clinic.admin.read("res.partner", conversation.chat.owner, "email")["email"]
    domain = ["|", ("email_to", "ilike", owner), ("recipient_ids", "in", [conversation.chat.owner])]
    mails = eventually(
        lambda: conversation.clinic.admin.search(
            "mail.mail", [*domain, ("attachment_ids", "!=", False)], "attachment_ids"
        ),
        "the mail with the transcript",
    )
    assert len(mails) == 1


def test_the_transcript_lies_on_the_patient(ended) -> None:
    conversation, _pdf = ended
    domain = [
        ("res_model", "=", "vet.patient"),
        ("res_id", "=", conversation.chat.patient),
        ("mimetype", "=", "application/pdf"),
    ]
    assert conversation.clinic.admin.search("ir.attachment", domain, "name")


def test_the_vet_downloads_the_transcript(ended) -> None:
    vet = ended[0].vet
    expect(vet.find("chat-transcript").first).to_be_visible()
    with vet.page.expect_download() as download:
        vet.find("chat-transcript").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
