"""All leads over all history at once: hits, the instants of qualification, the threshold surface.

What changes decides what is done again. Conditions decide which hits exist
(`HitIndex`, one criterion at a time). Points, caps, half-life, minimums and
gates only need one pass over the hits (`replay`). A threshold only needs a
look-up in the surface that pass returns.

A lead's field hits and an activity's hits are each one *pattern*: the set of
criteria they meet. There are few distinct patterns, so that points are summed
once a pattern, and the pass over millions of hits reads an instant and a
pattern's number.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants, Mask
from lib.core.definition.criteria import (
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FrequencyMatch,
    Per,
    SequenceMatch,
)
from lib.core.numbers import TOLERANCE
from lib.core.replay.chunks import in_chunks
from lib.core.replay.hits import Hits, find_hits
from lib.core.replay.kernels import contribute, value_leads, value_pairs, walk
from lib.core.time.clock import MICROSECONDS_PER_DAY

THRESHOLDS_AT_FIRST = 256
"""Columns of the surface to begin with; a pass that meets a higher score is done again with enough of them."""


@dataclass(frozen=True, eq=False)
class Surface:
    """For every threshold at once, the leads that first qualify in each bin of time.

    `by_bin` is int64 (bins, top + 1): column t holds the counts at threshold t
    (column 0 is 0 throughout: a threshold is 1 or more). `kept`
    (top + 1,) counts those of all bins that are in the set compared against.
    `top` is the highest score of any lead at any instant it is looked at, at
    least 0; at a higher threshold nobody qualifies.
    """

    edges: Instants
    by_bin: npt.NDArray[np.int64]
    kept: npt.NDArray[np.int64]
    top: int

    def at(self, threshold: int) -> npt.NDArray[np.int64]:
        """Leads that first qualify in each bin at this threshold; shape (bins,)."""
        if threshold > self.top:
            return np.zeros(len(self.edges) - 1, dtype=np.int64)
        return np.asarray(self.by_bin[:, threshold])

    def kept_at(self, threshold: int) -> int:
        return 0 if threshold > self.top else int(self.kept[threshold])

    def totals(self) -> npt.NDArray[np.int64]:
        """Leads that qualify in all bins together at each threshold; shape (top + 1,)."""
        return np.asarray(self.by_bin.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Replayed:
    """What one pass found: a lead's first qualification at the definition's threshold, and the surface.

    `qualified_at` (n,) is `NEVER` for a lead that does not qualify up to the
    instant looked at; `score_at_qualification` (n,) is 0 there.
    """

    qualified_at: Instants
    score_at_qualification: npt.NDArray[np.int64]
    surface: Surface


@dataclass(frozen=True, eq=False)
class Scores:
    """The categories' values of every lead as of one instant; NaN for a lead not created by then. Shapes (n,)."""

    profile: npt.NDArray[np.float64]
    channel: npt.NDArray[np.float64]
    actions: npt.NDArray[np.float64]
    undesirables: npt.NDArray[np.float64]
    disqualified: Mask

    @property
    def total(self) -> npt.NDArray[np.float64]:
        return self.profile + self.channel + self.actions + self.undesirables

    @property
    def score(self) -> npt.NDArray[np.float64]:
        return np.floor(self.total + TOLERANCE)


@dataclass(frozen=True, eq=False)
class Rises:
    """Every look at which a lead rises above its own record with every gate open; r rows by lead and instant.

    At `at` the lead of row `lead` first qualifies, with `score`, under every
    threshold above `below` and up to `score`. Shapes (r,).
    """

    lead: npt.NDArray[np.int32]
    at: Instants
    below: npt.NDArray[np.int32]
    score: npt.NDArray[np.int32]

    def first_reaching(self, threshold: int) -> npt.NDArray[np.int64]:
        """The rows that are a first qualification at this threshold, one a lead at most."""
        return np.flatnonzero((self.below < threshold) & (threshold <= self.score))

    def at_thresholds(self, row: npt.NDArray[np.int64], rows: int, top: int) -> npt.NDArray[np.int64]:
        """How many qualify at each threshold up to `top`, by the row (r,) each belongs to (-1: none); (rows, top + 1).

        A rise qualifies above `below` and up to its score, so it adds 1 at one end and takes 1 at the other.
        """
        counted = row >= 0
        width = top + 2
        place = row[counted] * width
        steps = np.bincount(place + self.below[counted] + 1, minlength=rows * width)
        steps -= np.bincount(place + self.score[counted] + 1, minlength=rows * width)
        return np.cumsum(steps.reshape(rows, width), axis=1)[:, : top + 1]


def last_looks(definition: Definition, customer_since: Instants, as_of: int) -> Instants:
    """The last instant (microseconds) at which each lead may be looked at to be handed over; shape (n,).

    `customer_since` (n,) says since when each is a customer, NEVER for who is none: it is looked at only before that,
    unless the definition hands over customers too. Scores know nothing of it.
    """
    if definition.customers:
        return np.full(len(customer_since), as_of, dtype=np.int64)
    return np.minimum(customer_since - 1, as_of)


def replay(
    hits: Hits,
    definition: Definition,
    *,
    as_of: int | Instants,
    edges: Instants | None = None,
    against: Mask | None = None,
) -> Replayed:
    """Replay every lead up to `as_of` (microseconds; one instant, or each lead's own, (n,)) under the definition.

    `edges` (bins + 1,), ascending instants, are the surface's bins, each from
    its edge up to, not including, the next; without them the surface has no
    bin. `against` (n,) marks the leads that `Surface.kept` counts. `hits` must
    be those of the definition's conditions (KeyError for a criterion it lacks).
    """
    edges = np.empty(0, dtype=np.int64) if edges is None else np.array(edges, dtype=np.int64)
    against = np.zeros(hits.leads, dtype=np.bool_) if against is None else np.array(against, dtype=np.bool_)
    tables = _tables(hits, definition)
    left = hits.left(_rate(definition))
    last_look = _each(hits, as_of)
    qualified_at = np.empty(hits.leads, dtype=np.int64)
    score_at = np.empty(hits.leads, dtype=np.int64)
    bins = max(len(edges) - 1, 0)
    columns = THRESHOLDS_AT_FIRST

    def one_chunk(first: int, last: int) -> tuple[npt.NDArray[np.int64], int]:
        steps = np.zeros((bins + 1, columns + 1), dtype=np.int64)
        top, _ = walk(
            first, last, last_look, definition.threshold, *_field_arrays(hits), *_hit_arrays(hits), *tables,
            left, edges, against, qualified_at, score_at, steps, *_rows(0),
        )  # fmt: skip
        return steps, top

    while True:
        chunks = in_chunks(hits.leads, one_chunk)
        top = max((highest for _, highest in chunks), default=0)
        if top < columns:
            break
        columns = top + 1
    steps = sum((step for step, _ in chunks), np.zeros((bins + 1, columns + 1), dtype=np.int64))
    counts = np.cumsum(steps, axis=1)[:, : top + 1]
    return Replayed(qualified_at, score_at, Surface(edges, counts[:bins], counts[bins], top))


def scores(hits: Hits, definition: Definition, as_of: int) -> Scores:
    """Every lead's categories as of an instant (microseconds), actions faded to it."""
    tables = hits.created_at, *_hit_arrays(hits), *_tables(hits, definition)
    values = np.full((4, hits.leads), np.nan)
    disqualified = np.zeros(hits.leads, dtype=np.bool_)
    then, _ = hits.of_fields.as_of(np.arange(hits.leads), _each(hits, as_of))
    in_chunks(
        hits.leads,
        lambda first, last: value_leads(first, last, as_of, then, *tables, values, disqualified),
    )
    return Scores(values[0], values[1], values[2], values[3], disqualified)


def scores_at(hits: Hits, definition: Definition, leads: npt.NDArray[np.int64], at: Instants) -> Scores:
    """The categories of some leads (r,) as of an instant each (r,), so of nothing later; shapes (r,)."""
    tables = hits.created_at, *_hit_arrays(hits), *_tables(hits, definition)
    values = np.full((4, len(leads)), np.nan)
    disqualified = np.zeros(len(leads), dtype=np.bool_)
    rows, instants = np.array(leads, dtype=np.int64), np.array(at, dtype=np.int64)
    then, _ = hits.of_fields.as_of(rows, instants)
    in_chunks(
        len(rows),
        lambda first, last: value_pairs(first, last, rows, instants, then, *tables, values, disqualified),
    )
    return Scores(values[0], values[1], values[2], values[3], disqualified)


def rises(hits: Hits, definition: Definition, *, as_of: int | Instants, start: int, end: int) -> Rises:
    """Who first reaches which thresholds from `start` up to, not including, `end`, looked at up to `as_of` (or (n,)).

    For every threshold at once, whatever the definition's own: what `replay`
    counts in its surface, lead by lead. Instants are microseconds.
    """
    tables = _tables(hits, definition)
    left = hits.left(_rate(definition))
    edges = np.array([start, end], dtype=np.int64)
    nobody, unused = np.zeros(hits.leads, dtype=np.bool_), np.empty(hits.leads, dtype=np.int64)
    no_steps = np.zeros((1, 1), dtype=np.int64)
    # Nothing after the end is a rise within it.
    last_look = np.minimum(_each(hits, as_of), end - 1)

    def one_chunk(first: int, last: int) -> tuple[npt.NDArray[np.generic], ...]:
        # A lead is looked at once when created, once a hit and once a change, at most.
        looks = sum(int(of[last] - of[first]) for of in (hits.start, hits.of_fields.start))
        found = _rows(last - first + looks)
        _, count = walk(
            first, last, last_look, 0, *_field_arrays(hits), *_hit_arrays(hits), *tables,
            left, edges, nobody, unused, unused, no_steps, *found,
        )  # fmt: skip
        return tuple(column[:count].copy() for column in found)

    lead, at, below, score = (
        np.concatenate(columns) for columns in zip(*in_chunks(hits.leads, one_chunk), strict=True)
    )
    return Rises(lead, at, below, score)


def contributions(
    hits: Hits, definition: Definition, leads: npt.NDArray[np.int64], at: Instants
) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
    """What each criterion gave some leads (r,) as of an instant each (r,), faded, before caps.

    Returns the criteria's ids and the points, shape (r, criteria).
    """
    criteria = {criterion.id: criterion for criterion in definition.active()}
    points = np.array([criteria[c].points for c in hits.criteria], dtype=np.float64)
    fades = np.array([criteria[c].category is Category.ACTIONS for c in hits.criteria], dtype=np.bool_)
    then, _ = hits.of_fields.as_of(leads, at)
    of_fields = hits.of_fields.patterns[then] * np.array(
        [criteria[c].points for c in hits.lead_criteria], dtype=np.float64
    )
    of_activities = np.zeros((len(leads), len(hits.criteria)))
    contribute(
        np.array(leads, dtype=np.int64),
        np.array(at, dtype=np.int64),
        hits.start,
        hits.at,
        hits.pattern,
        hits.patterns,
        points,
        fades,
        _rate(definition),
        of_activities,
    )
    return (*hits.lead_criteria, *hits.criteria), np.hstack([of_fields, of_activities])


def warm_up() -> None:
    """Compile every kernel, so that no visitor waits for the compiler; the machine code is kept on disk."""
    from lib.core.definition.counted import CLICK
    from lib.core.definition.criteria import ActivityCondition, FieldCondition, FieldMatch, KnownTest
    from lib.core.leads.history import Activity, Change, Lead, history_of
    from lib.core.replay.earned import counting, earned
    from lib.core.replay.kernels import add_steps

    viewed, clicked = ActivityCondition(("page_view",)), ActivityCondition((CLICK,))
    did = (Activity(1, "page_view"), Activity(2, "page_view"), Activity(2, CLICK, "x"))
    known = FieldMatch("one", (FieldCondition("title", (KnownTest(known=True),)),))
    history = history_of([Lead("a", 0, {"title": "x"}, did, changes=(Change("title", 1, "x"),))])
    definition = Definition(
        name="warm-up",
        threshold=1,
        half_life_days=1.0,
        criteria=(
            Criterion("known", "known", Category.PROFILE, 1, known),
            Criterion("each", "each", Category.ACTIONS, 1, ActivityMatch(viewed)),
            Criterion("clicked", "clicked", Category.ACTIONS, 1, ActivityMatch(clicked, 1, Per.DAY, human=True)),
            Criterion("on", "on", Category.ACTIONS, 1, ActivityMatch(viewed, 1, Per.SUBJECT)),
            Criterion("often", "often", Category.ACTIONS, 1, FrequencyMatch(viewed, 2, 1.0)),
            Criterion("then", "then", Category.ACTIONS, 1, SequenceMatch(viewed, viewed, 1.0)),
        ),
    )
    hits = find_hits(history, definition)
    replay(hits, definition, as_of=3, edges=np.array([0, 3], dtype=np.int64))
    scores(hits, definition, 3)
    scores_at(hits, definition, np.array([0]), np.array([3]))
    rises(hits, definition, as_of=3, start=0, end=3)
    contributions(hits, definition, np.array([0]), np.array([3]))
    earned(hits, counting(definition), np.array([0]), np.array([3]))
    kind, point, steps = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int32), np.zeros((1, 2))
    add_steps(kind, kind, point, point, steps, steps, steps[0], np.empty((0, 0)), steps[0], steps, steps.copy())


# How a definition's numbers become tables over patterns.


def _tables(hits: Hits, definition: Definition) -> tuple[object, ...]:
    """The definition's numbers as the kernels take them, in the order of their parameters."""
    criteria = {criterion.id: criterion for criterion in definition.active()}

    def summed(patterns: Mask, ids: tuple[str, ...], category: Category) -> npt.NDArray[np.float64]:
        points = [criteria[c].points if criteria[c].category is category else 0 for c in ids]
        return np.asarray(patterns.astype(np.float64) @ np.array(points, dtype=np.float64))

    def disqualifying(patterns: Mask, ids: tuple[str, ...]) -> Mask:
        return np.asarray((patterns & np.array([criteria[c].disqualify for c in ids], dtype=np.bool_)).any(axis=1))

    def bound(value: float | None, absent: float) -> float:
        return absent if value is None else float(value)

    caps = [bound(definition.cap(category), math.inf) for category in Category]
    minimums = [bound(definition.minimum(category), -math.inf) for category in Category]
    return (
        np.minimum(summed(hits.of_fields.patterns, hits.lead_criteria, Category.PROFILE), caps[0]),
        np.minimum(summed(hits.of_fields.patterns, hits.lead_criteria, Category.CHANNEL), caps[1]),
        summed(hits.of_fields.patterns, hits.lead_criteria, Category.UNDESIRABLES),
        disqualifying(hits.of_fields.patterns, hits.lead_criteria),
        summed(hits.patterns, hits.criteria, Category.ACTIONS),
        summed(hits.patterns, hits.criteria, Category.UNDESIRABLES),
        disqualifying(hits.patterns, hits.criteria),
        _rate(definition),
        caps[2],
        np.array(minimums, dtype=np.float64),
    )


def _each(hits: Hits, at: int | Instants) -> Instants:
    """An instant for each lead, where one is given for all of them."""
    return at if isinstance(at, np.ndarray) else np.full(hits.leads, at, dtype=np.int64)


def _rate(definition: Definition) -> float:
    """How many half-lives pass in a microsecond; 0 when nothing fades."""
    return 0.0 if definition.half_life_days is None else 1.0 / (definition.half_life_days * MICROSECONDS_PER_DAY)


def _field_arrays(hits: Hits) -> tuple[npt.NDArray[np.generic], ...]:
    return hits.created_at, *hits.of_fields.arrays


def _hit_arrays(hits: Hits) -> tuple[npt.NDArray[np.generic], ...]:
    return hits.start, hits.at, hits.pattern


def _rows(room: int) -> tuple[npt.NDArray[np.generic], ...]:
    """Room for so many rises: lead, instant, score before, score."""
    return tuple(np.empty(room, dtype=kind) for kind in (np.int32, np.int64, np.int32, np.int32))


if __name__ == "__main__":
    warm_up()
