"""A chat between an owner and a clinic, and what passes through it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.support.browser import Owner, Person, Vet
from tests.support.patience import eventually
from tests.support.stack import Chat, Stack


@dataclass
class Conversation:
    """A vet and an owner who have the same chat open."""

    clinic: Stack
    chat: Chat
    vet: Vet
    owner: Owner

    def begin(self) -> Conversation:
        """Open the chat on both sides."""
        self.vet.page.goto(f"{self.clinic.clinic.url}{self.chat.backend_path}")
        self.owner.page.goto(self.chat.link)
        for person in self.both:
            person.sees("message-input")
        return self

    @property
    def both(self) -> tuple[Person, Person]:
        """The vet and the owner."""
        return self.vet, self.owner

    def person(self, role: str) -> Person:
        """The vet or the owner."""
        return {"vet": self.vet, "owner": self.owner}[role]

    def other(self, role: str) -> Person:
        """The one on the other side."""
        return {"vet": self.owner, "owner": self.vet}[role]

    # ---------------------------------------------------------------- files

    def media(self, *fields: str) -> list[dict[str, Any]]:
        """Read the chat's files, oldest first."""
        domain = [("chat_id", "=", self.chat.id)]
        wanted = ("name", "state", "kind", "origin", "sha256", "size", "store_key", "rendition_state", "problem")
        return self.clinic.admin.search("vet.media", domain, *wanted, *fields)

    def stored(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until this many files are in the store, and return them."""

        def ready() -> list[dict[str, Any]]:
            found = self.media()
            assert all(each["state"] != "failed" for each in found), found
            return found if len(found) == count and all(each["state"] == "ready" for each in found) else []

        return eventually(ready, f"{count} files in the store")

    def bytes_of(self, media: dict[str, Any]) -> bytes:
        """Read a file as it lies in the store."""
        return (self.clinic.store / media["store_key"]).read_bytes()


def digest(content: bytes) -> str:
    """SHA-256 as Odoo and the media service write it."""
    return hashlib.sha256(content).hexdigest()


def attach(person: Person, *files: Path, hook: str = "attach-gallery") -> None:
    """Choose files as from the phone's gallery."""
    person.press("attach")
    with person.page.expect_file_chooser() as chooser:
        person.press(hook)
    chooser.value.set_files([str(file) for file in files])


class Uplink:
    """The network of a person's page: slow, as a phone's is, and now and then away.

    :param speed: bytes a second that the page can send
    """

    def __init__(self, person: Person, speed: int = 4_000_000) -> None:
        self._session = person.context.new_cdp_session(person.page)
        self._session.send("Network.enable")
        self._speed = speed
        self.come()

    def go(self) -> None:
        """Nothing gets through."""
        self._set(offline=True)

    def come(self) -> None:
        """It works again, as slowly as before."""
        self._set(offline=False)

    def hurry(self) -> None:
        """It is as fast as the machine from now on."""
        self._speed = -1
        self.come()

    def _set(self, offline: bool) -> None:
        conditions = {"offline": offline, "latency": 20, "downloadThroughput": -1, "uploadThroughput": self._speed}
        self._session.send("Network.emulateNetworkConditions", conditions)


def card(person: Person, name: str | None = None, state: str = "ready") -> Locator:
    """Wait for a file in the thread, in this state, and return its card."""
    cards = person.page.locator(f"[data-test=media][data-state={state}]")
    found = (cards.filter(has_text=name) if name else cards).last
    expect(found).to_be_visible()
    return found


def sent_bytes(person: Person) -> int:
    """How much of the upload in the tray has arrived, as the tray says (bytes)."""
    return int(person.find("upload").first.get_attribute("data-sent") or 0)


def has_sent(person: Person, target: int) -> bool:
    """Whether so many bytes of the upload in the tray have arrived."""
    return sent_bytes(person) >= target
