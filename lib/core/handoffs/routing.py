"""Who is to be handed over now, and to whom: the agreed definition, and what became of earlier hand-offs."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.criteria import Definition
from lib.core.handoffs.below_line import is_drawn
from lib.core.handoffs.reps import Rep, owner_id
from lib.core.replay.afresh import Afresh, Returns
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import replay, scores


@dataclass(frozen=True, eq=False)
class Standing:
    """Where each of n leads stands with sales; shapes (n,).

    `cycles` is how many cycles it has had. `returned_at` (microseconds) is when
    the last of them ended, NEVER where none has. `shut` marks those that are not
    to be handed over whatever they do: under way, or disqualified by sales.
    `customer_since` is NEVER for who is no customer: customers are shut, unless a definition hands them over too.
    """

    cycles: npt.NDArray[np.int32]
    returned_at: Instants
    shut: Mask
    customer_since: Instants

    def shut_by(self, definition: Definition, as_of: int) -> Mask:
        """Which are not to be handed over by the definition as of an instant; shape (n,)."""
        return self.shut if definition.customers else self.shut | (self.customer_since <= as_of)


@dataclass(frozen=True, eq=False)
class Qualifying:
    """The leads to be handed over, by row of the history, ordered by the instant they qualified; shapes (q,)."""

    rows: npt.NDArray[np.int64]
    qualified_at: Instants
    score: npt.NDArray[np.int64]


def qualifying(index: HitIndex, definition: Definition, standing: Standing, as_of: int) -> Qualifying:
    """Every lead that qualifies as of an instant (microseconds) and is not shut, customers included.

    A lead that was never handed over qualifies where it has reached the threshold
    with every gate open at any look up to `as_of`, and is not disqualified since:
    one that crossed it between two runs is not missed because it faded before the
    second.

    A lead whose last cycle has ended qualifies only by what it did since, strictly
    after the ending (`Afresh`).
    """
    at, score = _reached(index, definition, standing, as_of)
    return _by_instant(np.flatnonzero(at <= as_of), at, score)


def drawn_below_the_line(
    index: HitIndex,
    definition: Definition,
    standing: Standing,
    as_of: int,
    *,
    qualified: Qualifying,
    version: int,
    since: int,
) -> Qualifying:
    """Every lead that is to be handed over although it is short of the threshold, to learn how sales answers it.

    Of the leads that `qualifying` would find were the threshold the definition's
    `below_line.start`, those that it does not find at the threshold (`qualified` is
    what it found), that got so far at or after `since` (microseconds), when the
    `version` came into force, and on whom the lot falls (`is_drawn`). Who got so far
    before the version is left alone, or the day it is agreed would hand over
    years of leads at once. Nobody, where the definition draws none.
    """
    drawn = definition.below_line
    if drawn is None:
        return _by_instant(np.zeros(0, dtype=np.int64), qualified.qualified_at, qualified.score)
    at, score = _reached(index, replace(definition, threshold=drawn.start), standing, as_of)
    close = (at <= as_of) & (at >= since)
    close[qualified.rows] = False
    rows = np.flatnonzero(close)
    ids = index.history.lead_id.take(pa.array(rows)).to_pylist()
    cycles = (standing.cycles[rows] + 1).tolist()
    lots = [is_drawn(lead_id, cycle, version, drawn.share) for lead_id, cycle in zip(ids, cycles, strict=True)]
    return _by_instant(rows[np.array(lots, dtype=np.bool_)], at, score)


def _by_instant(rows: npt.NDArray[np.int64], at: Instants, score: npt.NDArray[np.int64]) -> Qualifying:
    rows = rows[np.argsort(at[rows], kind="stable")]
    return Qualifying(rows, at[rows], score[rows])


def _reached(
    index: HitIndex, definition: Definition, standing: Standing, as_of: int
) -> tuple[Instants, npt.NDArray[np.int64]]:
    """When each lead that is not shut or disqualified reached the threshold, NEVER where not, and with what score."""
    hits = index.hits(definition)
    replayed = replay(hits, definition, as_of=as_of)
    at, score = replayed.qualified_at.copy(), replayed.score_at_qualification.copy()
    disqualified = scores(hits, definition, as_of).disqualified
    shut = standing.shut_by(definition, as_of)
    returned = np.flatnonzero((standing.returned_at != NEVER) & ~shut)
    if len(returned):
        afresh = Afresh(index.history, Returns(returned, standing.returned_at[returned])).hits(definition)
        again = replay(afresh, definition, as_of=as_of)
        at[returned], score[returned] = again.qualified_at, again.score_at_qualification
        disqualified[returned] = scores(afresh, definition, as_of).disqualified
    at[shut | disqualified] = NEVER
    return at, score


def owners(wanted: Sequence[str | None], reps: Sequence[Rep], open_handoffs: Mapping[str, int]) -> list[str | None]:
    """The rep each lead goes to, in the order of the leads; None where there is no rep for it.

    `wanted` is each lead's owner. One that is a rep keeps the lead. One that
    names a team leaves the choice to that team, anything else to all reps: it is
    whoever of them has the fewest open hand-offs then, the first by `rep_id`
    among equals, so that a team takes turns. A rep with no capacity takes none.
    """
    known = {rep.rep_id for rep in reps}
    taking = [rep for rep in reps if rep.capacity_per_day != 0]
    everybody = [rep.rep_id for rep in taking]
    teams: dict[str, list[str]] = {}
    for rep in taking:
        teams.setdefault(_folded(rep.team), []).append(rep.rep_id)
    held = {rep_id: open_handoffs.get(rep_id, 0) for rep_id in known}
    queues = {
        team: [(held[rep_id], rep_id) for rep_id in members] for team, members in [*teams.items(), ("", everybody)]
    }
    for queue in queues.values():
        heapq.heapify(queue)

    def next_of(queue: list[tuple[int, str]]) -> str | None:
        # What a rep was given through another queue, or as the lead's owner, is noticed when it comes up.
        while queue and queue[0][0] != held[queue[0][1]]:
            heapq.heapreplace(queue, (held[queue[0][1]], queue[0][1]))
        return queue[0][1] if queue else None

    chosen: list[str | None] = []
    for owner in wanted:
        name = owner_id(owner)
        rep_id = name if name in known else next_of(queues.get(_folded(owner), queues[""]))
        if rep_id is not None:
            held[rep_id] += 1
        chosen.append(rep_id)
    return chosen


def _folded(name: str | None) -> str:
    return (owner_id(name) or "").casefold()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One lead handed over: when it qualified (microseconds) and with what, and who is to answer it, if anybody.

    `below_line` where it is short of the threshold and was drawn, to learn how sales answers it.
    """

    lead_id: str
    cycle: int
    qualified_at: int
    score: int
    owner: str | None
    below_line: bool = False
