"""Who has agreed to be recorded in a call. Rules only: no socket, no recorder, no clock."""

from collections.abc import Collection
from dataclasses import dataclass, field


class ConsentSpent(Exception):
    """A decision that a later one has replaced was shown again."""


@dataclass
class ConsentBook:
    """The decisions of a call's participants, by participant id.

    An answer counts once. When it was withdrawn, replaced or asked for again, its id is spent, so that a page that
    comes back with an old answer cannot undo a newer one.
    """

    _answers: dict[str, tuple[bool, str]] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)

    def decide(self, participant: str, granted: bool, consent: str) -> None:
        """Note a decision and the id under which Odoo keeps it.

        :raises ConsentSpent: when that decision no longer counts
        """
        if consent in self._spent:
            raise ConsentSpent
        previous = self._answers.get(participant)
        if previous is not None and previous[1] != consent:
            self._spent.add(previous[1])
        self._answers[participant] = (granted, consent)

    def withdraw(self, participant: str) -> str | None:
        """Turn a grant into a refusal; the id of the grant that is spent, or nothing when there was none."""
        granted, consent = self._answers.get(participant, (False, ""))
        self._answers[participant] = (False, "")
        if not granted:
            return None
        self._spent.add(consent)
        return consent

    def ask_again(self) -> None:
        """Forget refusals, so that those who refused are asked once more."""
        for participant, (granted, consent) in list(self._answers.items()):
            if not granted:
                self._spent.add(consent)
                del self._answers[participant]

    def spend(self, consents: Collection[str]) -> None:
        """Take over decisions that were withdrawn before a restart."""
        self._spent.update(consents)

    def clear(self) -> None:
        """Forget everything: the next call asks anew."""
        self._answers.clear()
        self._spent.clear()

    def missing(self, present: Collection[str]) -> list[str]:
        """Those of *present* who have not decided, in order."""
        return sorted(participant for participant in present if participant not in self._answers)

    def refused(self, present: Collection[str]) -> list[str]:
        """Those of *present* who said no, in order."""
        return sorted(participant for participant in present if not self._answers.get(participant, (True, ""))[0])
