"""The manual of the asynchronous video chat, line by line, with a vet in Odoo and an owner with a phone."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import requests
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.conftest import make_owner, make_vet
from tests.support import clips
from tests.support.browser import Browsers, Owner, Person, Vet
from tests.support.call import Call
from tests.support.chat import Conversation, Uplink, attach, card, digest
from tests.support.patience import PATIENCE, eventually
from tests.support.stack import Chat, Stack

LARGEST = 200_000_000
"""Bytes of a video of about 30 minutes."""

Step = Callable[[str, str], AbstractContextManager[None]]


def test_the_manual_of_the_asynchronous_chat(
    clinic: Stack, browsers: Browsers, people: Callable[..., Person], tmp_path: Path, step: Step
) -> None:
    vet, owner = make_vet(clinic, browsers, people), make_owner(browsers, people)
    stored = clips.numbered(tmp_path / "gait.mp4", frames=60)
    login, patient = clinic.portal_owner()
    owner.log_in(clinic, login)
    chat = _begin(clinic, owner, patient)
    conversation = Conversation(clinic, chat, vet, owner)

    with step("A1", "both put live-taken or previously recorded videos into the chat thread"):
        vet.page.goto(f"{clinic.clinic.url}{chat.backend_path}")
        vet.press("chat-claim")
        owner.press("attach")
        owner.press("attach-record")
        owner.press("recorder-start")
        eventually(lambda: "0:02" in owner.find("recorder-time").inner_text(), "two seconds recorded")
        owner.press("recorder-stop")
        owner.press("recorder-send")
        conversation.stored(1)
        attach(vet, stored)
        kept = conversation.stored(2)
        assert [each["origin"] for each in kept] == ["recorded", "file"]

    with step("A2", "the practice sees the thread in its dashboard, the owner in theirs"):
        vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-inbox")
        vet.find("inbox-chat").filter(has_text=patient).click()
        owner.page.goto(f"{clinic.clinic.url}/my/chats")
        owner.page.locator(".o_vet_portal_chat", has_text=patient).click()
        for person in conversation.both:
            card(person, stored.name)

    with step("A3", "nobody is tied to an appointment time"):
        owner.page.goto("about:blank")
        vet.write("How does he walk in the evening?")
        vet.reads("How does he walk in the evening?")
        vet.page.goto("about:blank")
        owner.page.goto(f"{clinic.clinic.url}/vet/chat/{chat.id}")
        owner.reads("How does he walk in the evening?")

    with step("A4", "the vet stops, freezes and zooms in on frames of videos"):
        vet.page.goto(f"{clinic.clinic.url}{chat.backend_path}")
        _freeze_and_zoom(vet, stored.name)

    with step("A5", "it works without high bandwidth on either side"):
        uplink = Uplink(owner, speed=200_000)
        evening = clips.padded(clips.numbered(tmp_path / "evening.mp4", frames=60), 1_000_000)
        attach(owner, evening)
        owner.sees("upload")
        uplink.go()
        uplink.come()
        card(vet, evening.name)
        uplink.hurry()

    with step("A6", "the video stays in the conversation, and both find it again"):
        for person in conversation.both:
            person.page.reload()
            card(person, evening.name).get_by_test_id("media-open").click()
            person.page.wait_for_function("document.querySelector('[data-test=clip] video')?.readyState >= 2")
            person.press("clip-close")
        [found] = clinic.admin.search(
            "vet.media", [("patient_id", "=", chat.patient), ("name", "=", evening.name)], "sha256"
        )
        assert found["sha256"] == digest(evening.read_bytes())

    with step("A7", "a video may be 200 MB, about 30 minutes"):
        whole_day = clips.padded(clips.numbered(tmp_path / "day.mp4", frames=60), LARGEST)
        attach(owner, whole_day)
        card(vet, whole_day.name)
        [kept_day] = [each for each in conversation.stored(4) if each["name"] == whole_day.name]
        assert kept_day["size"] == LARGEST

    with step("A9", "the transcript PDF gives access to the video at any time"):
        pdf = _end_and_mail(conversation)
        [link] = [each for each in _links(pdf) if _names(clinic, each) == evening.name]
        reader = people(Owner, browsers.launched())
        assert isinstance(reader, Owner)
        reader.page.goto(link)
        reader.page.wait_for_function("document.querySelector('[data-test=clip] video')?.readyState >= 2")

    with step("A10", "the practice downloads or mails the PDF; the link in it stays active"):
        with vet.page.expect_download() as download:
            vet.find("chat-transcript").first.click()
        assert download.value.path().read_bytes().startswith(b"%PDF")
        domain = [("recipient_ids", "in", [chat.owner]), ("attachment_ids", "!=", False)]
        assert eventually(lambda: clinic.admin.search("mail.mail", domain, "subject"), "the mail with the PDF")
        assert requests.get(link, timeout=60).status_code == 200

    with step("A11", "the PDF lies on the patient's record; Odoo carries no videos"):
        of_patient = [("res_model", "=", "vet.patient"), ("res_id", "=", chat.patient)]
        assert clinic.admin.search("ir.attachment", [*of_patient, ("mimetype", "=", "application/pdf")], "name")
        assert clinic.admin.search("ir.attachment", [("mimetype", "=like", "video/%")], "name") == []

    with step("A12", "where real-time video is needed, it is the same product"):
        consultation = clinic.consultation(patient=chat.patient)
        owner.context.clear_cookies()
        Call(clinic, consultation, vet, owner).begin()


def _begin(clinic: Stack, owner: Owner, patient: str) -> Chat:
    """Ask the clinic from the owner's own pages."""
    owner.page.goto(f"{clinic.clinic.url}/my/chats/new")
    owner.page.locator("[name=subject]").fill("Limping")
    owner.page.locator("[name=patient_id]").first.check()
    owner.page.locator("[name=type_id]").first.check()
    owner.press("portal-begin")
    owner.sees("message-input")
    [found] = clinic.admin.search(
        "vet.chat", [("patient_id.name", "=", patient)], "patient_id", "partner_id", "link_url"
    )
    backend = f"/odoo/{found['id']}/action-vet_teleconsult.vet_chat_action_inbox"
    owner_id, owner_name = found["partner_id"]
    return Chat(found["id"], found["link_url"], backend, found["patient_id"][0], owner_id, patient, owner_name)


def _freeze_and_zoom(vet: Vet, name: str) -> None:
    card(vet, name).get_by_test_id("media-open").click()
    vet.page.wait_for_function("document.querySelector('[data-test=clip] video')?.readyState >= 2")
    vet.press("clip-play")
    vet.page.wait_for_function("document.querySelector('[data-test=clip] video').currentTime > 0.3")
    vet.press("clip-play")
    vet.page.wait_for_function("document.querySelector('[data-test=clip] video').paused")
    frozen = _frame(vet)
    # Back, since a short clip may have come to its end on a busy machine.
    vet.press("clip-step-back")
    eventually(lambda: _frame(vet) < frozen, "an earlier frame")
    vet.press("clip-zoom-in")
    expect(vet.find("clip-stage")).not_to_have_attribute("data-zoom", "1", timeout=PATIENCE * 1000)
    vet.press("clip-close")


def _frame(vet: Vet) -> int:
    return int(vet.page.evaluate(f"({clips.NUMBER_OF})(document.querySelector('[data-test=clip] video'))"))


def _end_and_mail(conversation: Conversation) -> PdfReader:
    """End the chat, have its transcript mailed, and return the transcript."""
    conversation.vet.press("chat-end")
    conversation.vet.find("chat-end-mail").check()
    conversation.vet.press("chat-end-confirm")
    domain = [("chat_id", "=", conversation.chat.id), ("state", "=", "ready")]
    admin = conversation.clinic.admin
    [transcript] = eventually(lambda: admin.search("vet.transcript", domain, "attachment_id"), "the transcript")
    content = admin.read("ir.attachment", transcript["attachment_id"][0], "datas")["datas"]
    return PdfReader(io.BytesIO(base64.b64decode(content)))


def _links(pdf: PdfReader) -> list[str]:
    """The addresses of files in a PDF, each once."""
    actions = [annotation.get_object().get("/A", {}) for page in pdf.pages for annotation in page.get("/Annots", ())]
    return [link for link in dict.fromkeys(str(action.get("/URI", "")) for action in actions) if "/vet/" in link]


def _names(clinic: Stack, link: str) -> str:
    """The name of the file that a transcript's link opens."""
    token = link.partition("#")[0].rstrip("/").rpartition("/")[2]
    [found] = clinic.admin.search("vet.media.link", [("token", "=", token)], "media_id")
    return str(found["media_id"][1])
