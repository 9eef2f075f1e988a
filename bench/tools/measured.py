"""What a measurement found: rows for the table, and facts for other tools."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Row:
    """One line of the table; `unit` belongs to both numbers, and `at_least` says the target is a floor."""

    what: str
    value: float
    target: float | None = None
    unit: str = "ms"
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Was the target reached? None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclass(frozen=True)
class Measured:
    """The rows of one measurement, and what `--json` prints of it."""

    rows: tuple[Row, ...]
    facts: Mapping[str, object] = field(default_factory=dict)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """The milliseconds a piece of work took, and what came of it."""
    started = perf_counter()
    result = work()
    return 1000 * (perf_counter() - started), result
