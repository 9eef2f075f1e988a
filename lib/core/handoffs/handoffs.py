"""Everything handed over as of one instant: compact arrays, one row a cycle."""

from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, Column, Instants, Mask
from lib.core.handoffs.reps import owner_id, owner_ids


class Decision(IntEnum):
    """What sales decided; the number is what `Handoffs.decision` holds. What is closed has none either."""

    OPEN = 0
    ACCEPTED = 1
    REJECTED = 2


class Outcome(IntEnum):
    """How a hand-off's last deal ended; the number is what `Handoffs.outcome` holds."""

    NONE = 0
    WON = 1
    LOST = 2


class Implied(IntFlag):
    """Which steps nobody stated: a later one implies them. The bits of `Handoffs.implied`."""

    DECISION = 1
    SQL = 2
    OPPORTUNITY = 4


def past(due_at: Instants, at: Instants | int) -> Mask:
    """Which deadlines have passed by an instant; at the very instant it is due, nothing is late."""
    return np.asarray(due_at < at)


@dataclass(frozen=True, eq=False)
class Handoffs:
    """h cycles as of `as_of`, ordered by `mql_at`, then `lead_id`; all shapes (h,).

    Instants are microseconds since 1970 UTC, `lib.core.arrays.NEVER` where
    something has not happened by then. `decision` holds `Decision`s; `reason` is
    known for rejected ones only, and what is closed (lost or withdrawn undecided, at
    `closed_at`) has no decision. Steps that later ones imply are filled in, and
    `implied` says which nobody stated. Of what is known by its day alone the instant is
    where it stands and `…_until` when that day ends; else they are equal. `owner` had it
    when it was decided, since `owner_since` (NEVER: it was the lead's), `first_owner`
    first. `amount` and `score` are NaN and `definition_version` is -1 where unknown; an
    amount is in the `currency` of sums (None where none is named), unknown where it is
    `left_out` for want of a rate. `due_at` is when the decision is due, NEVER where no
    promise says so. `below_line` marks those that were short of the threshold, and drawn
    to learn how sales answers such leads.
    Read-only: sessions share it.
    """

    as_of: int
    lead_id: pa.Array
    cycle: npt.NDArray[np.int32]
    mql_at: Instants
    mql_until: Instants
    assigned_at: Instants
    assigned_until: Instants
    first_touch_at: Instants
    first_touch_until: Instants
    decided_at: Instants
    decided_until: Instants
    decision: npt.NDArray[np.int8]
    reason: Column
    sql_at: Instants
    opportunity_at: Instants
    won_at: Instants
    lost_at: Instants
    closed_at: Instants
    outcome: npt.NDArray[np.int8]
    implied: npt.NDArray[np.int8]
    amount: npt.NDArray[np.float64]
    owner: Column
    owner_since: Instants
    first_owner: Column
    channel: Column
    source: Column
    score: npt.NDArray[np.float64]
    definition_version: npt.NDArray[np.int32]
    lead_created_at: Instants
    due_at: Instants
    below_line: Mask
    left_out: Mask
    currency: str | None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __len__(self) -> int:
        return len(self.mql_at)

    @property
    def open(self) -> Mask:
        """Handed over, and neither decided nor closed."""
        return np.asarray((self.decision == Decision.OPEN) & (self.closed_at == NEVER))

    @property
    def closed(self) -> Mask:
        """Ended without sales' decision: lost, or withdrawn, before anybody decided."""
        return np.asarray(self.closed_at != NEVER)

    @property
    def accepted(self) -> Mask:
        return np.asarray(self.decision == Decision.ACCEPTED)

    @property
    def rejected(self) -> Mask:
        return np.asarray(self.decision == Decision.REJECTED)

    @property
    def past_due(self) -> Mask:
        """Still open later than promised."""
        return self.open & past(self.due_at, self.as_of)

    def mqls(self) -> "Handoffs":
        """Those that met the definition; what was drawn below the line counts for neither team's targets."""
        return self.take(~self.below_line) if self.below_line.any() else self

    def owned_by(self, owner: str | None) -> Mask:
        """Which are an owner's, None nobody's; shape (h,)."""
        wanted = owner_id(owner)
        return np.array([*(one == wanted for one in owner_ids(self.owner)), wanted is None])[self.owner.codes]

    def of_lead(self, lead_id: str) -> "Handoffs":
        """Those of one lead."""
        return self.take(pc.fill_null(pc.equal(self.lead_id, lead_id), False).to_numpy(zero_copy_only=False))

    def handoff_id(self, row: int) -> str:
        return f"{self.lead_id[row].as_py()}:{self.cycle[row]}"

    def take(self, rows: npt.NDArray[np.int64] | Mask) -> "Handoffs":
        """Some of the hand-offs, by row numbers or by a mask (h,)."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        values: dict[str, Any] = {field.name: _taken(getattr(self, field.name), places) for field in fields(self)}
        return Handoffs(**values)


def _taken(value: object, places: npt.NDArray[Any]) -> object:
    if isinstance(value, np.ndarray):
        return value[places]
    if isinstance(value, Column):
        return Column(value.codes[places], value.values)
    return value.take(pa.array(places)) if isinstance(value, pa.Array) else value
