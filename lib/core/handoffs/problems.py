"""What is wrong with a row or an event, in a sentence."""

from dataclasses import dataclass

from lib.core.handoffs.cycles import ProblemKind


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
