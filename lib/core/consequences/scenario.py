"""A definition and all that follows from it in one window, so that several can be set side by side."""

from dataclasses import dataclass

from lib.core.consequences.expected import Amount, Expected
from lib.core.definition.criteria import Definition
from lib.core.replay.preview import Volume
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load


@dataclass(frozen=True)
class Scenario:
    """What a definition of that name hands over in a window of so many weeks, and what sales would make of it.

    `sql` and `amount` are what would come of its leads within 90 days of hand-over.

    `differences` are its own to the agreed definition, in sentences; the agreed one has none, and no `name`.
    """

    name: str | None
    definition: Definition
    volume: Volume
    weeks: float
    expected: Expected
    sql: Expected
    amount: Amount
    load: Load
    answering: Answering
    differences: tuple[str, ...]

    @property
    def mqls_per_week(self) -> float:
        """Qualified and again."""
        return self.volume.mqls / self.weeks
