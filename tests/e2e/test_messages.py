"""S7: text messages in the room, live on both sides and kept afterwards."""

from __future__ import annotations

import pytest

from tests.support.call import Call
from tests.support.patience import eventually

pytestmark = pytest.mark.manual("S7")


@pytest.mark.parametrize("role", ["vet", "owner"])
def test_a_message_appears_on_both_sides_at_once(shared_call: Call, role: str) -> None:
    shared_call.person(role).write(f"Hello from the {role}")
    for person in shared_call.both:
        person.reads(f"Hello from the {role}")


def test_a_message_is_kept_on_the_chat_of_the_consultation(shared_call: Call) -> None:
    shared_call.owner.write("She has eaten a sock")
    shared_call.vet.reads("She has eaten a sock")
    [chat] = shared_call.clinic.read(shared_call.consultation, "chat_id")["chat_id"][:1]
    kept = shared_call.clinic.admin.search(
        "mail.message",
        [("model", "=", "vet.chat"), ("res_id", "=", chat), ("body", "ilike", "sock")],
        "author_id",
    )
    assert [message["author_id"][0] for message in kept] == [shared_call.consultation.owner]


def test_earlier_messages_are_there_after_a_reload(call: Call) -> None:
    call.vet.write("Please show me the paw")
    call.owner.reads("Please show me the paw")
    call.owner.reload()
    call.owner.reads("Please show me the paw")


def test_text_is_shown_as_it_was_written(shared_call: Call) -> None:
    """Nothing in a message is taken for markup."""
    text = '<b>3 < 5</b> & "so" <img src=x onerror=alert(1)>'
    shared_call.owner.write(text)
    shared_call.vet.reads(text)


def test_a_message_written_without_network_arrives_once_it_is_back(call: Call) -> None:
    call.owner.context.set_offline(True)
    call.owner.find("message-input").fill("Are you still there?")
    call.owner.press("message-send")
    call.owner.page.locator(
        "[data-test=message][data-status=pending], [data-test=message][data-status=failed]"
    ).wait_for()
    call.owner.context.set_offline(False)
    call.vet.reads("Are you still there?")
    call.owner.page.locator("[data-test=message][data-status=sent]", has_text="Are you still there?").wait_for()


def test_a_locked_chat_takes_no_more_messages(call: Call) -> None:
    [chat] = call.clinic.read(call.consultation, "chat_id")["chat_id"][:1]
    call.clinic.admin.call("vet.consultation", "action_lock_chat", [call.consultation.id])
    assert call.clinic.admin.read("vet.chat", chat, "state")["state"] == "locked"
    call.owner.sees("chat-locked")
    eventually(lambda: call.owner.find("message-input").count() == 0, "the message box gone")
