"""Who has agreed to be recorded in a call. Rules only: no socket, no recorder, no clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


class ConsentSpent(Exception):
    """A decision that a later one has replaced was shown again."""


@dataclass
class ConsentBook:
    """The decisions of a call's participants, by participant id.

    A yes counts for the page that showed it: a new page of the same participant has to show it anew.
    A no spends the ids of every yes that its participant has shown, and its own: a page that comes back with an old
    answer cannot undo it, and a later no cannot be an earlier one that was shown again.
    """

    _answers: dict[str, tuple[bool, str]] = field(default_factory=dict)
    _grants: dict[str, set[str]] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)

    def decide(self, participant: str, granted: bool, consent: str) -> set[str]:
        """Note a decision and the id under which Odoo keeps it.

        :return: ids that do not count again
        :raises ConsentSpent: when that decision no longer counts
        """
        if self._answers.get(participant) == (granted, consent):
            return set()
        if consent in self._spent:
            raise ConsentSpent
        self._answers[participant] = (granted, consent)
        if granted:
            self._grants.setdefault(participant, set()).add(consent)
            return set()
        return self._spend_grants(participant) | self._spend({consent})

    def withdraw(self, participant: str) -> set[str] | None:
        """Note that a participant does not agree, whatever was said before.

        :return: ids that do not count again; nothing at all when the participant had said no already
        """
        had_said_no = not self._answers.get(participant, (True, ""))[0]
        self._answers[participant] = (False, "")
        return None if had_said_no else self._spend_grants(participant)

    def forget_grant(self, participant: str) -> None:
        """Ask a participant who agreed once more; the same yes may be the answer."""
        if self._answers.get(participant, (False, ""))[0]:
            del self._answers[participant]

    def ask_again(self) -> None:
        """Forget refusals, so that those who refused are asked once more."""
        self._answers = {participant: answer for participant, answer in self._answers.items() if answer[0]}

    def restore(self, grants: Mapping[str, Collection[str]], spent: Collection[str]) -> None:
        """Take over what was shown before a restart.

        :param grants: the ids of every yes, by participant; none counts until it is shown again
        :param spent: ids that do not count again
        """
        self._spend(set(spent))
        self._grants = {participant: set(consents) for participant, consents in grants.items()}

    def clear(self) -> None:
        """Forget everything: the next call asks anew."""
        self._answers.clear()
        self._grants.clear()
        self._spent.clear()

    def missing(self, present: Collection[str]) -> list[str]:
        """Those of *present* who have not decided, in order."""
        return sorted(participant for participant in present if participant not in self._answers)

    def refused(self, present: Collection[str]) -> list[str]:
        """Those of *present* who said no, in order."""
        return sorted(participant for participant in present if not self._answers.get(participant, (True, ""))[0])

    def _spend_grants(self, participant: str) -> set[str]:
        return self._spend(self._grants.pop(participant, set()))

    def _spend(self, consents: set[str]) -> set[str]:
        self._spent |= consents
        return consents
