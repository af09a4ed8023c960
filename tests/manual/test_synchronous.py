"""The manual of the consultation by video, line by line, with a vet in Odoo and an owner with a phone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.conftest import make_owner, make_vet
from tests.support import clips
from tests.support.browser import Browsers, Owner, Person, Vet
from tests.support.call import Call
from tests.support.chat import attach, card
from tests.support.patience import PATIENCE, eventually
from tests.support.stack import VET, Consultation, Stack

WAIT = PATIENCE * 1000
EARLIER = "Vaccinated against rabies."

Step = Callable[[str, str], AbstractContextManager[None]]


def test_the_manual_of_the_consultation_by_video(
    clinic: Stack, browsers: Browsers, people: Callable[..., Person], tmp_path: Path, step: Step
) -> None:
    vet, owner = make_vet(clinic, browsers, people), make_owner(browsers, people)
    consultation = _with_history(clinic)
    call = Call(clinic, consultation, vet, owner)
    # The vet claims it (S8) and starts it (S11) before anything else can be done in it.
    vet.open_form(clinic, consultation)
    available = vet.find("workflow-available").inner_text()
    vet.press("workflow-available")
    claimed = vet.find("workflow-claimed")
    expect(claimed).to_have_text("Claimed", timeout=WAIT)
    vet.page.locator("button:visible[name=action_start]").first.click()
    vet.join()
    vet.sees_state("waiting")
    owner.enter(consultation)
    call.is_going_on()

    with step("S1", "video is peer to peer"):
        for person in call.both:
            pair = person.selected_pair()
            assert {pair["local"]["candidateType"], pair["remote"]["candidateType"]} <= {"host", "prflx", "srflx"}

    with step("S2", "vet and owner can both share their screen"):
        for person in call.both:
            person.press("share-screen")
        for person in call.both:
            person.sees_frames("screen-video", 5)
        for person in call.both:
            person.press("share-screen")

    with step("S3", "both attach images, videos and documents"):
        _attach_one_of_each(call, tmp_path)

    with step("S4", "a consultation can be recorded"):
        call.record()
        vet.sees_frames(count=45)

    with step("S5", "summaries of earlier meetings stand at the bottom"):
        expect(vet.find("history")).to_contain_text(EARLIER, timeout=WAIT)

    with step("S7", "Open lets the owner write, Locked does not, at any time"):
        expect(vet.find("workflow-lock")).to_have_text("Open", timeout=WAIT)
        vet.press("workflow-lock")
        expect(vet.find("workflow-lock")).to_have_text("Locked", timeout=WAIT)
        owner.sees_no("message-input")
        vet.press("workflow-lock")
        owner.write("Here I am again")
        vet.reads("Here I am again")

    with step("S8", "Available until a vet clicks it, then Claimed"):
        assert available.strip() == "Available"
        expect(vet.find("workflow-claimed")).to_have_text("Claimed")
        assert clinic.read(consultation, "vet_id")["vet_id"][0] == clinic.facts["users"][VET]

    with step("S9", "Cancel mails the client and encourages booking another"):
        _cancel_and_book_again(clinic, browsers, people)

    with step("S11", "Start Consultation begins the video; the owner appears by themselves"):
        assert clinic.read(consultation, "state")["state"] == "in_progress"
        vet.sees_picture_of(owner.footage)

    with step("S12", "the shared screen stands below the video"):
        owner.press("share-screen")
        vet.sees_frames("screen-video", 2)
        video, screen = vet.find("remote-video").bounding_box(), vet.find("screen-video").bounding_box()
        assert screen["y"] >= video["y"] + video["height"]
        owner.press("share-screen")

    with step("S13", "the vet attaches prescriptions, also a photo of the paper one, and quotes"):
        _prescribe(vet, tmp_path)
        _quote(clinic, vet)
        for kind in ("prescription", "quote"):
            expect(owner.page.locator(f"[data-test=document][data-kind={kind}]").first).to_be_visible(timeout=WAIT)

    with step("S14", "the recording is there after the end; View plays it, and it can be downloaded"):
        call.hang_up()
        [recording] = call.finished_recordings()
        vet.press("view-recording")
        vet.press("player-play")
        vet.page.wait_for_function("document.querySelector('[data-test=player-video]')?.currentTime > 1")
        assert len(call.download(call.player(recording)["download_url"])) > 10_000
        vet.press("player-close")

    with step("S15", "the notes of each consultation stand at the bottom of the room"):
        entry = vet.find("timeline-entry").filter(has_text=EARLIER)
        expect(entry).to_be_visible(timeout=WAIT)

    with step("S16", "done: the red button, the note, Locked"):
        vet.sees_no("remote-video")
        vet.press("add-note")
        vet.find("note-editor").fill("Left ear inflamed, drops for a week.")
        vet.press("note-save")
        eventually(lambda: "Left ear" in (clinic.read(consultation, "note")["note"] or ""), "the note kept")
        vet.press("workflow-finish")
        _in_dialog(vet).get_by_role("button", name="Finish", exact=True).click()
        vet.press("workflow-lock")
        expect(vet.find("workflow-lock")).to_have_text("Locked", timeout=WAIT)
        read = clinic.read(consultation, "state", "chat_state")
        assert (read["state"], read["chat_state"]) == ("done", "locked")


def _in_dialog(person: Person) -> Locator:
    return person.page.get_by_role("dialog")


def _with_history(clinic: Stack) -> Consultation:
    """A consultation of a patient who was seen before."""
    earlier = clinic.consultation(claimed_by=VET, note=f"<p>{EARLIER}</p>")
    clinic.admin.call("vet.consultation", "action_start", [earlier.id])
    clinic.admin.call("vet.consultation", "action_finish", [earlier.id])
    return clinic.consultation(patient=earlier.patient)


def _attach_one_of_each(call: Call, folder: Path) -> None:
    for person in call.both:
        role = type(person).__name__.lower()
        document = folder / f"{role}-report.pdf"
        document.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        photo = clips.photo(folder / f"{role}-paw.jpg", size=(640, 480))
        clip = clips.numbered(folder / f"{role}-gait.mp4", frames=30, size=(320, 240))
        attach(person, photo, clip)
        attach(person, document, hook="attach-document")
        for reader in call.both:
            for path in (photo, clip, document):
                card(reader, path.name)


def _cancel_and_book_again(clinic: Stack, browsers: Browsers, people: Callable[..., Person]) -> None:
    """Another consultation, which the vet cannot hold, from the button to the owner who books again."""
    vet, owner = make_vet(clinic, browsers, people), people(Owner, browsers.launched())
    assert isinstance(owner, Owner)
    cancelled = clinic.consultation(claimed_by=VET)
    vet.open_form(clinic, cancelled)
    vet.press("workflow-cancel")
    dialog = _in_dialog(vet)
    dialog.locator("[name=reason] textarea").fill("An emergency came in.")
    dialog.get_by_role("button", name="Cancel Consultation").click()
    domain = [("subject", "like", cancelled.patient_name), ("subject", "like", "cancelled")]
    [mail] = eventually(lambda: clinic.admin.search("mail.mail", domain, "body_html"), "the mail to the owner")
    assert "An emergency came in." in mail["body_html"]
    link = mail["body_html"].partition("/vet/book/again/")[2].partition('"')[0]
    owner.page.goto(f"{clinic.clinic.url}/vet/book/again/{link}")
    owner.sees("booking-next")


def _prescribe(vet: Vet, folder: Path) -> None:
    """Put the photo of a paper prescription into the patient's record and the thread."""
    vet.press("tab-prescriptions")
    vet.press("rx-new")
    vet.press("rx-kind-paper")
    paper = clips.photo(folder / "paper-prescription.jpg", size=(640, 480))
    vet.find("rx-file").set_input_files(str(paper))
    vet.press("rx-to-sign")
    vet.press("rx-sign")
    expect(vet.find("rx-item").first).to_be_visible(timeout=WAIT)


def _quote(clinic: Stack, vet: Vet) -> None:
    """Make a quote in Odoo's own form over the room, and send it in the thread."""
    product = f"Dental Cleaning {uuid.uuid4().hex[:6]}"
    clinic.admin.create("product.product", name=product, type="service", list_price=120.0)
    vet.press("tab-messages")
    vet.press("attach")
    vet.press("attach-quote")
    form = vet.page.locator(".o_dialog .o_form_view")
    form.get_by_role("button", name="Add a product").first.click()
    form.locator("[name=order_line] .o_selected_row input[type=text]").first.fill(product)
    vet.page.locator(".o-autocomplete--dropdown-item", has_text=product).first.click()
    expect(form.locator("[name=order_line] td[name=price_subtotal]")).to_contain_text("120.00", timeout=WAIT)
    form.locator("button[name=action_send_in_vet_chat]").click()
    expect(form).to_have_count(0, timeout=WAIT)
