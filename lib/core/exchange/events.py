"""What became of events that a system sent one by one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """Something about one event, counted from 1 in the order given: why it was not loaded, say."""

    event: int
    reason: str


@dataclass(frozen=True)
class Received:
    """What became of a list of events: each is new, known already, waits for its lead, or is rejected with a reason.

    `unknown` are values that are not of their column's type and were left out of
    events that did load.
    """

    events: int
    new: int
    waiting: tuple[Remark, ...]
    rejected: tuple[Remark, ...]
    unknown: tuple[Remark, ...]

    @property
    def known(self) -> int:
        """How many were there already, with the same content."""
        return self.events - self.new - len(self.waiting) - len(self.rejected)
