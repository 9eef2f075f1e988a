"""What may be said of several definitions side by side: what was compared, and no more.

A share is greater than another only where its whole 95 % interval lies above the other's. Volumes are counts and
exact, but a twentieth more or less is no reason to prefer a definition: such are said to bring about as many.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.consequences.scenario import Scenario

ALIKE = 0.05
"""Volumes that differ by no more than this share of the greater one are about the same."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One definition as the table has it; no `name`: the agreed one. The share's three values are None together."""

    name: str | None
    mqls_per_week: float
    share: float | None
    low95: float | None
    high95: float | None


def beside(one: Scenario) -> Beside:
    """What the table says of a scenario: as sales judges today, where acceptance moved."""
    said = one.expected.promised
    if said is None:
        return Beside(one.name, one.mqls_per_week, None, None, None)
    return Beside(one.name, one.mqls_per_week, said.share, said.low95, said.high95)


@dataclass(frozen=True, slots=True)
class AcceptanceClaim:
    """Of which definitions sales would accept more than of which others.

    Each of `more` lies wholly above each of `less`; where that is empty, no two can be told apart. The first of `more`
    is told apart from the most others. Of `close` nothing is told beside the first of `more`; of `unknown` no share
    is known at all.
    """

    more: tuple[Beside, ...]
    less: tuple[Beside, ...]
    close: tuple[Beside, ...]
    unknown: tuple[Beside, ...]

    @property
    def best(self) -> Beside | None:
        """The one of which sales would accept the greatest share of all that are known, where one is."""
        return self.more[0] if self.less and len(self.more) == 1 and not self.close else None


def acceptance_claim(rows: Sequence[Beside]) -> AcceptanceClaim:
    """What the intervals tell of the shares that sales would accept."""
    known = [one for one in rows if one.share is not None]
    unknown = tuple(one for one in rows if one.share is None)
    if not known:
        return AcceptanceClaim((), (), (), unknown)
    first = max(known, key=lambda one: (sum(above(one, other) for other in known), one.share or 0.0))
    less = tuple(one for one in known if above(first, one))
    if not less:
        return AcceptanceClaim((), (), tuple(known), unknown)
    rest = [one for one in known if one is not first and one not in less]
    also = [one for one in rest if all(above(one, other) for other in less)]
    return AcceptanceClaim((first, *also), less, tuple(one for one in rest if one not in also), unknown)


def above(one: Beside, other: Beside) -> bool:
    """Does the whole interval of one share lie above the other's?"""
    return one.low95 is not None and other.high95 is not None and one.low95 > other.high95


@dataclass(frozen=True, slots=True)
class VolumeClaim:
    """Which definitions bring most MQLs a week, about alike among themselves; `all_alike` where that is every one."""

    most: tuple[Beside, ...]
    all_alike: bool


def volume_claim(rows: Sequence[Beside]) -> VolumeClaim:
    """What the counts tell of the volumes; at least one row."""
    greatest = max(one.mqls_per_week for one in rows)
    most = tuple(one for one in rows if one.mqls_per_week >= greatest * (1 - ALIKE))
    return VolumeClaim(most, len(most) == len(rows))
