"""By what leads are handed over: version after version, each from its start, with its start plan."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.app.snapshot import Agreed, Snapshot
from lib.core.agreement.agreement import AT_ONCE
from lib.core.arrays import NEVER, UNKNOWN, Instants, Mask
from lib.core.definition.criteria import Definition
from lib.core.handoffs.start_plan import StartPlan


@dataclass(frozen=True)
class Terms:
    """A definition and its version, by which leads are handed over from `since` up to, not including, `until`
    (microseconds), and what of its stock comes with it."""

    definition: Definition
    version: int
    since: int
    plan: StartPlan = AT_ONCE
    until: int = NEVER


def terms(agreed: Agreed, at: int) -> tuple[Terms, ...]:
    """Every version that leads are handed over by up to an instant (microseconds), in the order they began.

    A version begins at its start; the one the configuration brought along, which nobody signed, when handing over was
    first switched on. None before that.
    """
    began = sorted(
        (one.starts_at, one.number, one.side is not None) for one in agreed.versions if one.starts_at is not None
    )
    found = []
    for place, (starts_at, number, signed) in enumerate(began):
        since = starts_at if signed else agreed.switched_on
        until = began[place + 1][0] if place + 1 < len(began) else NEVER
        if since is not None and since <= at and since < until:
            said = agreed.said_by(number)
            found.append(Terms(said.definition, number, since, said.start, until))
    return tuple(found)


def handed_over_at(snapshot: Snapshot) -> Instants:
    """When each lead was first handed over (microseconds), NEVER where it was not; shape (n,)."""
    handoffs, lead_id = snapshot.handoffs, snapshot.leads.history.lead_id
    first = np.full(len(lead_id), NEVER, dtype=np.int64)
    place = pc.index_in(handoffs.lead_id, value_set=lead_id).fill_null(UNKNOWN).to_numpy()
    known = place != UNKNOWN
    np.minimum.at(first, place[known], handoffs.mql_at[known])
    return first


def free_of(snapshot: Snapshot, coming: Terms, others: tuple[Terms, ...]) -> Mask:
    """The leads that may be in a version's stock, shape (n,): not handed over before its start, nor later by one of
    the versions before it, and then no customers."""
    handoffs = snapshot.handoffs
    before = handoffs.mql_at < coming.since
    by_earlier = np.isin(handoffs.definition_version, [other.version for other in others])
    gone = pc.is_in(
        snapshot.leads.history.lead_id, value_set=handoffs.lead_id.filter(pa.array(before | by_earlier))
    ).to_numpy(zero_copy_only=False)
    return np.asarray(~gone & (coming.definition.customers | (snapshot.customers.since > coming.since)))
