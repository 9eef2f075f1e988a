"""What is wrong with a row or an event, in a sentence; why, without names and instants; and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lib.core.leads import problems as of_leads
from lib.core.leads.problems import AHEAD_REMEDY, Changed, ChangeFault
from lib.core.time.clock import instant_text


class ProblemKind(StrEnum):
    """What can be wrong with what was imported or entered; every one of them is kept, and none counted silently."""

    REJECTED_ROW = "rejected row"
    UNKNOWN_VALUE = "unknown value"
    TWICE = "said twice"
    ORPHAN = "orphan"
    REPEAT = "repeat"
    TIE = "tie"
    CONTRADICTION = "contradiction"
    REOPENED = "reopened"
    UNKNOWN_REASON = "unknown reason"
    FUTURE = "future"
    CURRENCY = "currency"
    EARLY_CHANGE = ChangeFault.EARLY.value
    SAME_VALUE = ChangeFault.SAME.value
    CONTRADICTED_VALUE = ChangeFault.CONTRADICTED.value
    LATE_HISTORY = ChangeFault.LATE.value


REMEDIES: Mapping[ProblemKind, str] = {
    ProblemKind.REJECTED_ROW: "Download them under Imports on the Data page, mend them and import them again.",
    ProblemKind.UNKNOWN_VALUE: "Translate them in the mapping (`values`), or mend them where they are from.",
    ProblemKind.TWICE: "Leave the wrong one of the two rows out of the file, and import it again.",
    ProblemKind.ORPHAN: "Import the leads they name; the rows are then loaded by themselves.",
    ProblemKind.REPEAT: "Nothing has to be done, unless the system writes one thing twice.",
    ProblemKind.CONTRADICTION: "Retract the wrong one of the two events.",
    ProblemKind.UNKNOWN_REASON: "Add the reason to `reasons.yaml`, or translate it in the mapping (`values`).",
    ProblemKind.FUTURE: AHEAD_REMEDY,
    ProblemKind.CURRENCY: "Write what the currency is worth under `money: rates` in app.yaml.",
    ProblemKind.TIE: "Retract the one that is wrong, or import the source with the time of day.",
    ProblemKind.REOPENED: "Nothing has to be done where the deal was opened again; else retract the wrong outcome.",
    **{ProblemKind(fault.value): remedy for fault, remedy in of_leads.REMEDIES.items()},
}
"""What mends a problem of each kind, but for the events that belong to no hand-off."""

BEFORE_ANY_MQL = "Import the `mql` event that comes before it; the event then belongs to that hand-off by itself."
TAKES_BACK_NOTHING = "Name in `detail.event_id` an event that this lead has."


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: about which lead and event (None where there is none), and a sentence for a person.

    `occurred_at` is the event's instant in microseconds since 1970 UTC. `cause` is what it is without names and
    instants: what has the same kind, cause and `remedy` is one group.
    """

    kind: ProblemKind
    lead_id: str | None
    event_id: str | None
    occurred_at: int | None
    sentence: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """So many problems of one kind and cause, of which `example` is the first."""

    count: int
    example: Problem

    @property
    def kind(self) -> ProblemKind:
        return self.example.kind

    @property
    def cause(self) -> str:
        return self.example.cause

    @property
    def remedy(self) -> str:
        return self.example.remedy


@dataclass(frozen=True, slots=True)
class Troubled:
    """An event that is a problem: its `step` (the kind of event), and what is said of it besides.

    `mql_at` is when its hand-off was handed over; `said` is the event taken back, the reason, the currency, or what
    the outcome was before.
    """

    step: str
    at: int
    mql_at: int | None
    said: str | None


def of_event(kind: ProblemKind, lead_id: str, event_id: str, event: Troubled) -> Problem:
    """The problem that an event is."""
    return Problem(
        kind, lead_id, event_id, event.at, _sentence(kind, event), _cause(kind, event), _remedy(kind, event.step)
    )


def of_change(kind: ProblemKind, lead_id: str, at: int, change: Changed) -> Problem:
    """The problem that a change of a lead's field is; `at` in microseconds since 1970 UTC."""
    fault = ChangeFault(kind.value)
    told = of_leads.sentence(fault, change)
    return Problem(kind, lead_id, None, at, told, of_leads.CAUSES[fault], of_leads.REMEDIES[fault])


def _remedy(kind: ProblemKind, step: str) -> str:
    if kind is ProblemKind.ORPHAN:
        return TAKES_BACK_NOTHING if step == "retracted" else BEFORE_ANY_MQL
    return REMEDIES[kind]


def _sentence(kind: ProblemKind, of: Troubled) -> str:
    event = f"'{of.step}' at {instant_text(of.at)}"
    handed_over = "" if of.mql_at is None else instant_text(of.mql_at)
    match kind:
        case ProblemKind.ORPHAN if of.step == "retracted":
            return f"{event} takes back event '{of.said or ''}', which this lead does not have."
        case ProblemKind.ORPHAN:
            return f"{event} comes before the lead was handed over, and belongs to no hand-off."
        case ProblemKind.REPEAT if of.step == "mql":
            return f"{event} repeats the hand-over of {handed_over}, which is still under way, and counts for nothing."
        case ProblemKind.REPEAT:
            return f"{event} is not the first of its kind since the hand-over of {handed_over}; the first one counts."
        case ProblemKind.CONTRADICTION:
            return f"{event} contradicts what sales decided before on the hand-over of {handed_over}; that stands."
        case ProblemKind.UNKNOWN_REASON if of.said is None:
            return f"{event} rejects without a reason."
        case ProblemKind.UNKNOWN_REASON:
            return f"{event} rejects for '{of.said}', which is no reason in reasons.yaml."
        case ProblemKind.CURRENCY:
            return f"{event} has its amount in {of.said}, for which there is no rate; it is left out of sums."
        case ProblemKind.FUTURE:
            return f"{event} is later than the instant looked at, and counts for nothing yet."
        case ProblemKind.TIE:
            return (
                f"{event} says otherwise than another '{of.step}' of that instant; what they say decides, not a file."
            )
        case ProblemKind.REOPENED:
            before = f" '{of.said}'" if of.said else ""
            return (
                f"{event} comes after another outcome{before} of the hand-over of {handed_over}; the last one counts."
            )
    raise ValueError(kind)


def _cause(kind: ProblemKind, of: Troubled) -> str:
    match kind:
        case ProblemKind.ORPHAN if of.step == "retracted":
            return "'retracted' takes back an event that its lead does not have"
        case ProblemKind.ORPHAN:
            return f"'{of.step}' comes before its lead was handed over"
        case ProblemKind.REPEAT if of.step == "mql":
            return "'mql' repeats a hand-over that is still under way"
        case ProblemKind.REPEAT:
            return f"'{of.step}' is not the first of its kind in its hand-off"
        case ProblemKind.CONTRADICTION:
            return f"'{of.step}' contradicts what sales decided before"
        case ProblemKind.UNKNOWN_REASON if of.said is None:
            return f"'{of.step}' rejects without a reason"
        case ProblemKind.UNKNOWN_REASON:
            return f"'{of.step}' rejects for '{of.said}', which is no reason in reasons.yaml"
        case ProblemKind.CURRENCY:
            return f"'{of.step}' has its amount in {of.said}, for which there is no rate"
        case ProblemKind.FUTURE:
            return f"'{of.step}' is later than the instant looked at"
        case ProblemKind.TIE:
            return f"'{of.step}' says otherwise than another of its instant"
        case ProblemKind.REOPENED:
            return f"'{of.step}' comes after another outcome"
    raise ValueError(kind)
