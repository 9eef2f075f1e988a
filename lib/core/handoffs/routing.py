"""Who is to be handed over now, and to whom: the agreed definition, and what became of earlier hand-offs."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.criteria import Definition
from lib.core.folding import fold
from lib.core.handoffs.below_line import is_drawn
from lib.core.handoffs.reps import Rep, owner_id
from lib.core.handoffs.stock import InStock, Releases
from lib.core.replay.afresh import Afresh, Returns
from lib.core.replay.hits import HitIndex
from lib.core.replay.reaching import reaching
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


class Way(StrEnum):
    """How a lead comes to be handed over: it reached the threshold after the start; again after it was returned; it was
    in stock and did something new; the start plan released it; or it was drawn below the line."""

    FIRST = "first"
    AGAIN = "again"
    AWAKENED = "awakened"
    STOCK = "stock"
    BELOW_LINE = "below the line"


@dataclass(frozen=True)
class Narrowed:
    """Whom somebody wants to hand over of all who are to be: some ways alone, and of these the newest to qualify."""

    ways: frozenset[Way] = frozenset(Way)
    newest: int | None = None

    def among(self, ways: Sequence[Way], qualified_at: Instants) -> Mask:
        """Which of r leads are asked for, shape (r,)."""
        chosen = np.array([way in self.ways for way in ways], dtype=np.bool_)
        if self.newest is not None:
            there = np.flatnonzero(chosen)
            chosen[there[np.argsort(-qualified_at[there], kind="stable")][self.newest :]] = False
        return chosen


@dataclass(frozen=True, eq=False)
class Qualifying:
    """The leads to be handed over, by row of the history, ordered by the instant they qualified; shapes (q,)."""

    rows: npt.NDArray[np.int64]
    qualified_at: Instants
    score: npt.NDArray[np.int64]
    ways: tuple[Way, ...]

    def of(self, some: Mask) -> "Qualifying":
        """Some of them."""
        ways = tuple(way for way, there in zip(self.ways, some.tolist(), strict=True) if there)
        return Qualifying(self.rows[some], self.qualified_at[some], self.score[some], ways)


def qualifying(index: HitIndex, definition: Definition, standing: Standing, as_of: int, since: int) -> Qualifying:
    """Every lead that qualifies from a start up to an instant (both microseconds) and is not shut, customers included.

    A lead that was never handed over qualifies at its first look from `since` up to `as_of`
    at which it reaches the threshold with every gate open, where it is not disqualified since:
    one that crossed it between two runs is not missed because it faded before the
    second. Where it had reached the threshold before the start already it was in stock,
    and such a look, at which it earned a hit, has awakened it.

    A lead whose last cycle has ended qualifies only by what it did since, strictly
    after the ending (`Afresh`).
    """
    at, score = _reached(index, definition, standing, as_of)
    early = np.flatnonzero(at < since)
    at[early], score[early] = _reached_later(index, definition, standing, early, since, as_of)
    rows = np.flatnonzero(at <= as_of)
    again, was_there = standing.returned_at != NEVER, np.zeros(len(at), dtype=np.bool_)
    was_there[early] = True
    ways = tuple(
        Way.AGAIN if again[row] else Way.AWAKENED if was_there[row] else Way.FIRST
        for row in _in_order(rows, at).tolist()
    )
    return _by_instant(rows, at, score, ways)


def released(
    index: HitIndex, definition: Definition, standing: Standing, as_of: int, *, of: InStock, due: Releases
) -> Qualifying:
    """Of the stock, those that are due and still to be handed over as of an instant (microseconds), in their line.

    Who was handed over or disqualified meanwhile is not.
    """
    places = due.places[due.due_at <= as_of]
    rows = of.rows[places]
    out = scores(index.hits(definition), definition, as_of).disqualified
    left = ~standing.shut[rows] & (standing.cycles[rows] == 0) & ~out[rows]
    places = places[left]
    return Qualifying(rows[left], of.qualified_at[places], of.score[places], (Way.STOCK,) * len(places))


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
        return qualified.of(np.zeros(len(qualified.rows), dtype=np.bool_))
    at, score = _reached(index, replace(definition, threshold=drawn.start), standing, as_of)
    close = (at <= as_of) & (at >= since)
    close[qualified.rows] = False
    rows = np.flatnonzero(close)
    ids = index.history.lead_id.take(pa.array(rows)).to_pylist()
    cycles = (standing.cycles[rows] + 1).tolist()
    lots = [is_drawn(lead_id, cycle, version, drawn.share) for lead_id, cycle in zip(ids, cycles, strict=True)]
    rows = rows[np.array(lots, dtype=np.bool_)]
    return _by_instant(rows, at, score, (Way.BELOW_LINE,) * len(rows))


def _by_instant(
    rows: npt.NDArray[np.int64], at: Instants, score: npt.NDArray[np.int64], ways: tuple[Way, ...]
) -> Qualifying:
    """Some leads in the order they qualified; `ways` are in that order already."""
    rows = _in_order(rows, at)
    return Qualifying(rows, at[rows], score[rows], ways)


def _in_order(rows: npt.NDArray[np.int64], at: Instants) -> npt.NDArray[np.int64]:
    return rows[np.argsort(at[rows], kind="stable")]


def _reached_later(
    index: HitIndex,
    definition: Definition,
    standing: Standing,
    rows: npt.NDArray[np.int64],
    since: int,
    as_of: int,
) -> tuple[Instants, npt.NDArray[np.int64]]:
    """When each of some leads that reached the threshold before `since` next does, from then on, and with what."""
    at, score = np.full(len(rows), NEVER, dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    back = standing.returned_at[rows] != NEVER
    new, returned = rows[~back], rows[back]
    if len(new):
        at[~back], score[~back] = reaching(index.hits(definition), definition, new, since, as_of).first(new)
    if len(returned):
        afresh = Afresh(index.history, Returns(returned, standing.returned_at[returned])).hits(definition)
        every = np.arange(len(returned))
        at[back], score[back] = reaching(afresh, definition, every, since, as_of).first(every)
    return at, score


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
    return fold(owner_id(name) or "")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One lead handed over: when it qualified (microseconds) and with what, and who is to answer it, if anybody.

    `way` says why now. One of the stock has the score it had at the start.
    """

    lead_id: str
    cycle: int
    qualified_at: int
    score: int
    owner: str | None
    way: Way = Way.FIRST

    @property
    def below_line(self) -> bool:
        """It is short of the threshold and was drawn, to learn how sales answers it."""
        return self.way is Way.BELOW_LINE
