"""A call between a vet and an owner, and its recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from tests.support.browser import Owner, Person, Vet
from tests.support.patience import eventually
from tests.support.recorded import RecordedFile
from tests.support.stack import VET, Consultation, Stack


@dataclass
class Call:
    """Two people in a consultation's room."""

    clinic: Stack
    consultation: Consultation
    vet: Vet
    owner: Owner

    def begin(self) -> Call:
        """The vet starts the consultation, the owner joins; both see each other's picture."""
        self.vet.enter(self.clinic, self.consultation)
        self.owner.enter(self.consultation)
        return self.is_going_on()

    def is_going_on(self) -> Call:
        """Wait until both are connected and see frames come."""
        for person in self.both:
            person.sees_state("connected")
            person.sees_frames()
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

    # ------------------------------------------------------------ recording

    def record(self) -> None:
        """The vet asks, both agree, both see that it records."""
        self.vet.press("record")
        for person in self.both:
            person.press("consent-agree")
        self.is_recording()

    def is_recording(self) -> None:
        """Wait until both see the red dot and the recorder writes what both send."""
        for person in self.both:
            person.page.locator("[data-test=recording-indicator][data-state=recording]").wait_for()

    def hang_up(self) -> None:
        """Both hang up, the owner first."""
        self.owner.press("hang-up")
        self.vet.press("hang-up")

    def recordings(self) -> list[dict[str, Any]]:
        """The recordings on the consultation, oldest first."""
        return self.clinic.recordings(self.consultation)

    def finished_recordings(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until this many recordings are ready to be viewed, and return them."""

        def ready() -> list[dict[str, Any]]:
            found = self.recordings()
            assert all(each["state"] != "failed" for each in found), found
            return found if len(found) == count and all(each["state"] == "ready" for each in found) else []

        return eventually(ready, f"{count} recordings ready")

    def player(self, recording: dict[str, Any]) -> dict[str, Any]:
        """What the player is told of a recording."""
        session = self.clinic.login(VET)
        return dict(
            session.request(
                "/vet_teleconsult/room/recording",
                consultation_id=self.consultation.id,
                recording_id=recording["id"],
            )
        )

    def files(self, recording: dict[str, Any], folder: Path) -> list[RecordedFile]:
        """Download a recording's files as the player does, and decode them."""
        decoded = []
        for number, entry in enumerate(self.player(recording)["files"]):
            path = folder / f"{recording['id']}-{number}.webm"
            path.write_bytes(self.download(entry["url"]))
            decoded.append(RecordedFile.decode(path, entry))
        return decoded

    def download(self, url: str) -> bytes:
        """Fetch an address of the player's as the vet's browser does."""
        answer = self.clinic.login(VET).session.get(urljoin(self.clinic.clinic.url, url), timeout=60)
        answer.raise_for_status()
        return answer.content
