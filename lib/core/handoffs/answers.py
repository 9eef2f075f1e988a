"""What sales can answer to an MQL: the coded reasons against it, and the questions that make it a SAL or an SQL."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a rejected lead: back to nurturing, or out."""

    RECYCLE = "recycle"
    DISQUALIFY = "disqualify"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to reject a lead: its code in the data, its words on the screen, and what follows from it."""

    code: str
    label: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a checklist; answers are kept under its `id`."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers sales has: reasons to reject, questions to accept, questions to call a lead an SQL.

    Codes are unique, and so are the ids of one checklist; none of the three is empty.
    """

    reasons: tuple[Reason, ...]
    accept: tuple[Question, ...]
    sql: tuple[Question, ...]

    def reason(self, code: str) -> Reason:
        """The reason of that code; KeyError when there is none."""
        for reason in self.reasons:
            if reason.code == code:
                return reason
        raise KeyError(code)


def recycling(answers: Answers) -> tuple[str, ...]:
    """The codes of the reasons that send a rejected lead back to nurturing."""
    return tuple(reason.code for reason in answers.reasons if reason.fate is Fate.RECYCLE)
