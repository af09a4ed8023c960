"""S3: both sides attach pictures, clips and documents in the room, on a computer and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support import clips
from tests.support.call import Call
from tests.support.chat import Uplink, attach, card, digest
from tests.support.patience import eventually


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each kind that people attach."""
    folder = tmp_path_factory.mktemp("files")
    document = folder / "blood-count.pdf"
    document.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return {
        "photo": clips.photo(folder / "paw.jpg"),
        "video": clips.numbered(folder / "limping.mp4", frames=60),
        "document": document,
    }


@pytest.mark.parametrize("kind", ["photo", "video", "document"])
@pytest.mark.parametrize("role", ["vet", "owner"])
def test_each_side_attaches_each_kind_and_both_see_it(
    shared_call: Call, files: dict[str, Path], role: str, kind: str
) -> None:
    path = files[kind]
    attach(shared_call.person(role), path, hook="attach-document" if kind == "document" else "attach-gallery")
    for person in shared_call.both:
        expect(card(person, path.name)).to_have_attribute("data-kind", kind)
    shared_call.is_going_on()
    assert _stored(shared_call, path)


def test_a_phone_shows_how_far_a_large_clip_is_while_the_call_goes_on(shared_call: Call, tmp_path: Path) -> None:
    clip = clips.padded(clips.numbered(tmp_path / "gait.mp4", frames=60), 20_000_000)
    owner = shared_call.owner
    uplink = Uplink(owner, speed=400_000)
    attach(owner, clip)
    shares = _watch(owner.page.locator("[data-test=upload] [role=progressbar]"), 3)
    assert shares == sorted(shares), "the bar never goes back"
    owner.sees_frames()
    uplink.hurry()
    for person in shared_call.both:
        card(person, clip.name)
    assert _stored(shared_call, clip)


def test_a_vet_takes_a_file_of_the_patient_from_an_earlier_chat(
    shared_call: Call, files: dict[str, Path], tmp_path: Path
) -> None:
    still = clips.photo(tmp_path / "earlier.jpg", number=7)
    chat = shared_call.clinic.admin.create(
        "vet.chat", patient_id=shared_call.consultation.patient, partner_id=shared_call.consultation.owner
    )
    vet = shared_call.vet
    page = vet.context.new_page()
    page.goto(f"{shared_call.clinic.clinic.url}/odoo/vet.chat/{chat}/action-vet_teleconsult.chats")
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("attach").click()
        page.get_by_test_id("attach-gallery").click()
    chooser.value.set_files(str(still))
    eventually(lambda: _stored(shared_call, still), "the photo of the earlier chat")
    page.close()
    vet.press("attach")
    vet.press("attach-kept")
    vet.page.locator("label", has_text="earlier.jpg").get_by_test_id("media-picker-item").check()
    vet.press("media-picker-send")
    vet.sees_no("media-picker")
    for person in shared_call.both:
        card(person, "earlier.jpg")


_VALUES = "bars => bars.map((bar) => Number(bar.getAttribute('aria-valuenow')))"


def _watch(bar: Locator, count: int) -> list[float]:
    """Read a bar until it has stood in this many places."""
    seen: list[float] = []

    def moved() -> bool:
        seen.extend(value for value in bar.evaluate_all(_VALUES) if value not in seen)
        return len(seen) >= count

    eventually(moved, f"{count} places of the bar")
    return seen


def _stored(call: Call, path: Path) -> list[dict]:
    """The file as it lies on the patient's record, byte for byte."""
    domain = [
        ("patient_id", "=", call.consultation.patient),
        ("state", "=", "ready"),
        ("sha256", "=", digest(path.read_bytes())),
    ]
    return eventually(lambda: call.clinic.admin.search("vet.media", domain, "name"), path.name)
