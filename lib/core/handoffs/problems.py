"""What is wrong with a row or an event, in a sentence."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What can be wrong with what was imported or entered; every one of them is kept, and none counted silently."""

    REJECTED_ROW = "rejected row"
    UNKNOWN_VALUE = "unknown value"
    ORPHAN = "orphan"
    REPEAT = "repeat"
    CONTRADICTION = "contradiction"
    TIE = "tie"
    REOPENED = "reopened"
    UNKNOWN_REASON = "unknown reason"
    FUTURE = "future"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: about which lead and event (None where there is none), and a sentence for a person.

    `occurred_at` is the event's instant in microseconds since 1970 UTC.
    """

    kind: ProblemKind
    lead_id: str | None
    event_id: str | None
    occurred_at: int | None
    sentence: str
