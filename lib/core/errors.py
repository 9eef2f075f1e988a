"""What can go wrong that a person can mend: where, what, and the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at one place, and what to do about it."""

    where: str
    what: str
    remedy: str = ""
    line: int | None = None

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}"
        if sentence[-1] not in ".?!":
            sentence += "."
        return f"{sentence} {self.remedy}".rstrip().replace("\n", " ")


class Refused(Exception):
    """Something was not done, nothing was changed, and every reason why is listed."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class DefinitionRefused(Refused):
    """A definition that cannot mean anything."""


class ConfigRefused(Refused):
    """A configuration file other than a definition that cannot be used."""


class FileRefused(Refused):
    """A data file that is not what its name says, cannot be read, or lacks a key column."""


class DatabaseRefused(Refused):
    """A database that is locked, damaged, too new, or not in the state the action needs."""


class DatabaseHeld(DatabaseRefused):
    """Another process has the database open: `process` is its number, where it is known."""

    def __init__(self, faults: Fault, process: int | None) -> None:
        super().__init__(faults)
        self.process = process


class NotWritten(Refused):
    """The machine could not write a change down (a full disk, say); everything is as before the change."""


class DatabaseMoved(NotWritten):
    """The open database's file was moved or replaced: what would be written now would be nowhere anybody looks."""


class NotFound(Refused):
    """Something was asked for by name and is not there."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question "Did you mean 'subject'?" when a known name is near, otherwise the empty text."""
    nearest = process.extractOne(name, list(known), score_cutoff=60)
    return f"Did you mean '{nearest[0]}'?" if nearest else ""
