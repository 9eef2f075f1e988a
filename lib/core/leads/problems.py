"""What is wrong with a change of a lead's field, in a sentence; why, without names and instants; and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ChangeFault(StrEnum):
    """What can be odd about a change of a field that is kept."""

    FUTURE = "future"
    EARLY = "early change"
    SAME = "same value"
    CONTRADICTED = "contradicted value"
    LATE = "late history"


AHEAD_REMEDY = (
    "Mostly dates read with day and month exchanged, or in another time zone: say the date format or `time_zone`, and "
    "import again; what is really to come, once it has."
)

REMEDIES: Mapping[ChangeFault, str] = {
    ChangeFault.FUTURE: AHEAD_REMEDY,
    ChangeFault.EARLY: "Nothing has to be done, unless the lead's date or the change's is read wrongly.",
    ChangeFault.SAME: "Nothing has to be done: a system writes such a row when a record is saved without a change.",
    ChangeFault.CONTRADICTED: "Import the rows of the history that lie between; the rows' own values count until then.",
    ChangeFault.LATE: "Nothing has to be done where it was blank before; else import the history from its beginning.",
}

CAUSES: Mapping[ChangeFault, str] = {
    ChangeFault.FUTURE: "a field's change is later than the instant looked at",
    ChangeFault.EARLY: "a field's change comes before its lead was created",
    ChangeFault.SAME: "a field changes to the value that it had before",
    ChangeFault.CONTRADICTED: "a change says another value before it than the one that the change before it says",
    ChangeFault.LATE: "a field's history begins after its lead was created, and does not say what was before it",
}
"""What is wrong of every change of which that is so, whatever its field."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A change that is odd: of which `field`, at which instant, as it is written, to which value.

    `old_value` is what it was before as the change says, `before` as the change before it says.
    """

    field: str
    at: str
    value: str | None
    old_value: str | None
    before: str | None


def sentence(fault: ChangeFault, of: Changed) -> str:
    """What is wrong with the change, for a person."""
    change = f"'{of.field}' changed to {_shown(of.value)} at {of.at}"
    match fault:
        case ChangeFault.FUTURE:
            return f"{change}, later than the instant looked at; it counts for nothing yet."
        case ChangeFault.EARLY:
            return f"{change}, before the lead was created; it counts."
        case ChangeFault.SAME:
            return f"{change}, which it was before."
        case ChangeFault.CONTRADICTED:
            return f"{change}, from {_shown(of.old_value)} as it says; the change before made it {_shown(of.before)}."
        case ChangeFault.LATE:
            return f"{change}, the first that is known of; before it the field is unknown."


def _shown(value: str | None) -> str:
    return "nothing" if value is None else f"'{value}'"
