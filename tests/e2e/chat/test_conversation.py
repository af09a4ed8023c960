"""A1, A2, A3, S7: one thread, live on both sides."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import Vet
from tests.support.chat import Conversation
from tests.support.patience import eventually
from tests.support.stack import VET, Stack

pytestmark = pytest.mark.manual("A2", "A3")


def test_the_owner_sees_the_vets_answer_without_reloading(shared_conversation: Conversation) -> None:
    shared_conversation.owner.write("He limps since this morning")
    shared_conversation.vet.reads("He limps since this morning")
    shared_conversation.vet.write("Please film him walking 🐕")
    shared_conversation.owner.reads("Please film him walking 🐕")


def test_each_side_sees_the_other_write(shared_conversation: Conversation) -> None:
    shared_conversation.owner.find("message-input").press_sequentially("I am")
    expect(shared_conversation.vet.find("typing")).to_contain_text("Anna Keller")
    shared_conversation.owner.find("message-input").fill("")


def test_each_side_sees_that_a_message_was_read(shared_conversation: Conversation) -> None:
    vet, owner = shared_conversation.both
    vet.page.bring_to_front()
    owner.write("Did you see this?")
    vet.reads("Did you see this?")
    row = owner.page.get_by_role("listitem").filter(has_text="Did you see this?")
    expect(row.get_by_test_id("read-mark")).to_contain_text("Vera Meier")


def test_a_locked_chat_says_so_to_the_owner_and_takes_nothing(conversation: Conversation) -> None:
    conversation.vet.press("chat-lock")
    conversation.owner.sees("chat-locked")
    eventually(lambda: conversation.owner.find("message-input").count() == 0, "the message box gone")
    conversation.vet.press("chat-lock")
    conversation.owner.sees("message-input")


def test_a_message_written_without_network_arrives_once_it_is_back(conversation: Conversation) -> None:
    owner = conversation.owner
    owner.context.set_offline(True)
    owner.write("He is asleep now")
    owner.context.set_offline(False)
    conversation.vet.reads("He is asleep now")


def test_an_answer_that_came_while_the_network_was_away_shows_when_it_is_back(conversation: Conversation) -> None:
    conversation.owner.context.set_offline(True)
    conversation.vet.write("Give him water")
    conversation.vet.reads("Give him water")
    conversation.owner.context.set_offline(False)
    conversation.owner.reads("Give him water")


def test_an_unclaimed_chat_is_taken_from_the_inbox(clinic: Stack, vet: Vet) -> None:
    chat = clinic.chat(subject="Itching")
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-inbox")
    vet.press("inbox-filter-unassigned")
    row = vet.page.locator(f"[data-test=inbox-chat][data-id='{chat.id}']")
    row.click()
    vet.press("chat-claim")
    vet.sees("chat-release")
    taken = clinic.admin.read("vet.chat", chat.id, "vet_id")["vet_id"]
    assert taken[0] == clinic.facts["users"][VET]


def test_the_inbox_tells_of_a_new_message_by_itself(clinic: Stack, vet: Vet) -> None:
    chat = clinic.chat(claimed_by=VET)
    vet.page.goto(f"{clinic.clinic.url}/odoo/teleconsult-inbox")
    row = vet.page.locator(f"[data-test=inbox-chat][data-id='{chat.id}']")
    expect(row).to_be_visible()
    token = chat.link.rpartition("/")[2]
    clinic.admin.request(
        "/vet_teleconsult/chat/message", chat_id=chat.id, access_token=token, body="Are you there?", client_key="1"
    )
    expect(row.get_by_test_id("inbox-unread")).to_have_text("1")
    expect(row).to_contain_text("Are you there?")


def test_ten_thousand_messages_open_at_the_newest_and_go_back_to_the_oldest(clinic: Stack, vet: Vet) -> None:
    chat = clinic.chat(claimed_by=VET)
    clinic.fill(chat, 10_000)
    vet.page.goto(f"{clinic.clinic.url}{chat.backend_path}")
    vet.reads("message 9999.")
    assert vet.find("message").count() < 1_000
    log = vet.page.get_by_role("log")
    rendered = 0
    while not vet.find("message").filter(has_text="message 0.").count():
        before = vet.find("message").first.get_attribute("data-id")
        log.evaluate("(element) => { element.scrollTop = 0; }")
        expect(vet.find("message").first).not_to_have_attribute("data-id", str(before))
        rendered = max(rendered, vet.find("message").count())
    assert rendered < 1_000


def test_the_owners_link_is_not_in_odoos_log(shared_conversation: Conversation) -> None:
    log, chat = shared_conversation.clinic.odoo.log, shared_conversation.chat
    eventually(lambda: f"/vet/chat/{chat.id}/[token]" in log.read_text(), "the page in the log")
    assert chat.link.rpartition("/")[2] not in log.read_text()
