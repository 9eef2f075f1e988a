"""A definition and all that follows from it in one window, so that several can be set side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.consequences.expected import Expected
from lib.core.definition.criteria import Definition
from lib.core.replay.preview import Volume
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load


@dataclass(frozen=True)
class Scenario:
    """What a definition of that name hands over in a window of so many weeks, and what sales would make of it.

    `differences` are its own to the agreed definition, in sentences; the agreed one has none, and no `name`.
    """

    name: str | None
    definition: Definition
    volume: Volume
    weeks: float
    expected: Expected
    load: Load
    answering: Answering
    differences: tuple[str, ...]

    @property
    def mqls_per_week(self) -> float:
        """Qualified and again."""
        return self.volume.mqls / self.weeks


def most_accepted(scenarios: Sequence[Scenario]) -> Scenario | None:
    """The one of which sales would accept the greatest share, the first of those alike; None where none is known."""
    known = [one for one in scenarios if one.expected.share is not None]
    return max(known, key=lambda one: one.expected.share or 0.0, default=None)


def told_apart(best: Scenario, scenarios: Sequence[Scenario]) -> bool:
    """Does the 95 % interval of the share that would be accepted lie above those of all others that are known?"""
    others = [one for one in scenarios if one is not best and one.expected.high95 is not None]
    return all((one.expected.high95 or 0.0) < (best.expected.low95 or 0.0) for one in others)
