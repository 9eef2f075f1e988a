"""Who answers hand-offs."""

from dataclasses import dataclass

from lib.core.arrays import Column


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody who answers hand-offs; what is unknown about them is None."""

    rep_id: str
    name: str | None = None
    team: str | None = None
    calendar: str | None = None
    capacity_per_day: float | None = None


def owner_id(written: str | None) -> str | None:
    """Whom the text of an owner means: without the blanks around it; None where it names nobody."""
    return (written or "").strip() or None


def owner_ids(owner: Column) -> list[str | None]:
    """The same for the distinct texts of a column, in their order."""
    return [owner_id(written) for written in owner.values.to_pylist()]
