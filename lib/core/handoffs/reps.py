"""Who answers hand-offs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody who answers hand-offs; what is unknown about them is None."""

    rep_id: str
    name: str | None = None
    team: str | None = None
    calendar: str | None = None
    capacity_per_day: float | None = None
