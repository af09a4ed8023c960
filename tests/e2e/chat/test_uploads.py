"""A1, A5, A7: clips go into the thread from a phone, whole, whatever the network does."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import clips
from tests.support.chat import Conversation, Uplink, attach, card, digest, has_sent, sent_bytes
from tests.support.patience import eventually

pytestmark = pytest.mark.manual("A1", "A5", "A7")


def _arrived_whole(conversation: Conversation, clip: Path) -> None:
    [media] = conversation.stored()
    content = clip.read_bytes()
    assert media["sha256"] == digest(content)
    assert conversation.bytes_of(media) == content


def test_a_clip_from_the_gallery_shows_on_both_sides(conversation: Conversation, clip: Path) -> None:
    attach(conversation.owner, clip)
    for person in conversation.both:
        card(person)
    _arrived_whole(conversation, clip)


def test_an_iphones_clip_gets_a_form_that_plays_everywhere(conversation: Conversation, tmp_path: Path) -> None:
    """HEVC: the original is kept, and both sides see the other one grow."""
    clip = clips.numbered(tmp_path / "iphone.mov", frames=90, options=("-c:v", "libx265", "-tag:v", "hvc1"))
    attach(conversation.owner, clip)
    _arrived_whole(conversation, clip)
    eventually(lambda: [each["rendition_state"] for each in conversation.media()] == ["ready"], "the rendition")
    for person in conversation.both:
        card(person).get_by_test_id("media-open").click()
        person.page.wait_for_function("document.querySelector('[data-test=clip] video')?.readyState >= 2")


def test_the_vet_sends_a_photo_back(conversation: Conversation, photo: Path) -> None:
    attach(conversation.vet, photo)
    for person in conversation.both:
        expect(card(person)).to_have_attribute("data-kind", "photo")
    _arrived_whole(conversation, photo)


def test_a_network_cut_ten_times_costs_nothing_but_time(conversation: Conversation, large_clip: Path) -> None:
    owner = conversation.owner
    uplink = Uplink(owner)
    attach(owner, large_clip)
    for cut in range(10):
        target = (cut + 1) * large_clip.stat().st_size // 24
        eventually(partial(has_sent, owner, target), f"{target} bytes on their way")
        uplink.go()
        expect(owner.find("upload").first).to_have_attribute("data-status", "waiting")
        uplink.come()
    card(conversation.vet)
    _arrived_whole(conversation, large_clip)


def test_an_upload_outlives_the_media_service(conversation: Conversation, large_clip: Path) -> None:
    Uplink(conversation.owner)
    attach(conversation.owner, large_clip)
    eventually(lambda: sent_bytes(conversation.owner) >= 10_000_000, "a quarter on its way")
    conversation.clinic.sidecar.kill()
    conversation.clinic.sidecar.start().wait_until_healthy()
    card(conversation.vet)
    _arrived_whole(conversation, large_clip)


def test_an_upload_goes_on_after_the_page_was_closed(conversation: Conversation, large_clip: Path) -> None:
    owner = conversation.owner
    uplink = Uplink(owner)
    attach(owner, large_clip)
    eventually(lambda: sent_bytes(owner) >= 10_000_000, "a quarter on its way")
    uplink.go()
    expect(owner.find("upload").first).to_have_attribute("data-kept", "file")
    owner.page.close()
    owner.page = owner.context.new_page()
    owner.page.goto(conversation.chat.link)
    card(conversation.vet)
    card(owner)
    _arrived_whole(conversation, large_clip)


def test_several_clips_go_at_once_and_each_arrives(conversation: Conversation, clip: Path, photo: Path) -> None:
    attach(conversation.owner, clip, photo)
    stored = conversation.stored(2)
    assert {each["sha256"] for each in stored} == {digest(clip.read_bytes()), digest(photo.read_bytes())}


def test_a_paused_upload_waits_for_its_owner(conversation: Conversation, large_clip: Path) -> None:
    owner = conversation.owner
    uplink = Uplink(owner, speed=500_000)
    attach(owner, large_clip)
    eventually(lambda: sent_bytes(owner) > 0, "bytes on their way")
    owner.press("upload-pause")
    expect(owner.find("upload").first).to_have_attribute("data-status", "paused")
    uplink.hurry()
    assert [each["state"] for each in conversation.media()] == ["uploading"]
    assert not owner.page.locator("[data-test=media][data-state=ready]").count()
    owner.press("upload-resume")
    card(conversation.vet)
    _arrived_whole(conversation, large_clip)


def test_a_cancelled_upload_leaves_nothing(conversation: Conversation, large_clip: Path) -> None:
    owner = conversation.owner
    Uplink(owner, speed=500_000)
    attach(owner, large_clip)
    eventually(lambda: sent_bytes(owner) > 0, "bytes on their way")
    owner.press("upload-cancel")
    eventually(lambda: owner.find("upload").count() == 0, "the tray empty")
    eventually(lambda: {each["state"] for each in conversation.media()} == {"cancelled"}, "the file cancelled")
    uploads = conversation.clinic.spool / "uploads"
    eventually(lambda: not uploads.is_dir() or not any(uploads.iterdir()), "the spool empty")


def test_what_is_no_picture_or_sound_is_refused_before_it_is_sent(conversation: Conversation, tmp_path: Path) -> None:
    disguised = tmp_path / "holiday.mp4"
    disguised.write_bytes(b"MZ\x90\x00" + bytes(2_000))
    attach(conversation.owner, disguised)
    row = conversation.owner.find("upload").first
    expect(row).to_have_attribute("data-status", "failed")
    expect(row).to_contain_text("program")
    assert conversation.media() == []


def test_a_file_over_the_clinics_limit_is_refused_with_the_limit(conversation: Conversation, large_clip: Path) -> None:
    admin = conversation.clinic.admin
    company = admin.search("res.company", [], "vet_chat_max_upload")[0]
    admin.call("res.company", "write", [company["id"]], {"vet_chat_max_upload": 10})
    try:
        conversation.owner.page.reload()
        attach(conversation.owner, large_clip)
        row = conversation.owner.find("upload").first
        expect(row).to_have_attribute("data-status", "failed")
        expect(row).to_contain_text("10")
        assert conversation.media() == []
    finally:
        limit = company["vet_chat_max_upload"]
        admin.call("res.company", "write", [company["id"]], {"vet_chat_max_upload": limit})
