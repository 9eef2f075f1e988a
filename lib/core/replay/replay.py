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
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.core.definition.criteria import (
    MICROSECONDS_PER_DAY,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldMatch,
    FrequencyMatch,
    Match,
    SequenceMatch,
    within_microseconds,
)
from lib.core.definition.matching import ActivityMask, Mask, Vocabulary, leads_knowing, leads_meeting
from lib.core.definition.scoring import TOLERANCE
from lib.core.leads.history import History, Instants

NEVER = np.iinfo(np.int64).max
"""The instant of what did not happen."""

LEADS_A_CHUNK = 8_192
"""Enough work to be worth a thread's while; a chunk's sums are whole numbers, so their order does not matter."""

CHUNKS = 16
"""So many at most: starting one holds the interpreter's lock for a moment."""

DEFINITIONS_REMEMBERED = 4
"""Whole sets of conditions, each with up to 20 bytes a hit: the agreed ones, and those being edited."""

HALF_LIVES_REMEMBERED = 2
"""The agreed definition's and a draft's: 8 bytes a hit each."""

NOTHING_FADES = np.empty(0)
NOTHING_FADES.flags.writeable = False

SMALL_WORD = 16
"""So many criteria on activities (or on fields) fit in a word that can number a table; most definitions have fewer."""

MANY = np.iinfo(np.int32).max

THRESHOLDS_AT_FIRST = 256
"""Columns of the surface to begin with; a pass that meets a higher score is done again with enough of them."""

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Hits:
    """Every hit of a definition's conditions, whatever its points.

    n leads, h activities that hit anything, sorted by lead and instant: those
    of lead `i` are the rows `start[i]` to `start[i + 1]`. `lead_patterns`
    (patterns, field criteria) and `patterns` (patterns, activity criteria) say
    which criteria each pattern means; their columns are `lead_criteria` and
    `criteria`, by id. `complete` says which leads have every required field.
    """

    created_at: Instants
    complete: Mask
    lead_criteria: tuple[str, ...]
    lead_pattern: npt.NDArray[np.int32]
    lead_patterns: Mask
    criteria: tuple[str, ...]
    start: npt.NDArray[np.int64]
    at: Instants
    pattern: npt.NDArray[np.int32]
    patterns: Mask
    _left: OrderedDict[float, npt.NDArray[np.float64]] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        # Shared between sessions; and compiled code exists once for read-only arrays, not twice.
        for array in (self.complete, self.lead_pattern, self.start, self.at, self.pattern, self.patterns):
            array.flags.writeable = False

    @property
    def leads(self) -> int:
        return len(self.created_at)

    def left(self, rate: float) -> npt.NDArray[np.float64]:
        """At each hit the part that is left of the points its lead had at the look before, shape (h,).

        Powers cost more than all else in a pass, and weights do not change them; so they are remembered, for the
        half-lives of two definitions. `rate` is in half-lives a microsecond; at 0 nothing fades: empty.
        """
        if rate == 0.0:
            return NOTHING_FADES
        with self._lock:
            return _remember(self._left, rate, HALF_LIVES_REMEMBERED, lambda: self._find_left(rate))

    def _find_left(self, rate: float) -> npt.NDArray[np.float64]:
        left = np.empty(len(self.at))
        _in_chunks(self.leads, lambda first, last: _left(first, last, self.created_at, self.start, self.at, rate, left))
        left.flags.writeable = False
        return left


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


class HitIndex:
    """Finds a definition's hits in one history, and remembers what each condition matched.

    Editing one condition therefore looks at that criterion alone. Bounded: it
    remembers `remembered` conditions and a few whole definitions. Safe to share
    between threads.
    """

    def __init__(self, history: History, remembered: int = 256) -> None:
        self.history = history
        self._vocabulary = Vocabulary(history)
        self._lock = threading.RLock()
        self._leads: OrderedDict[FieldMatch, Mask] = OrderedDict()
        self._positions: OrderedDict[Match, npt.NDArray[np.integer[Any]]] = OrderedDict()
        self._whole: OrderedDict[object, Hits] = OrderedDict()
        self._remembered = remembered

    def hits(self, definition: Definition) -> Hits:
        """The definition's hits; the same object for as long as no condition or required field changes."""
        criteria = definition.active()
        key = (definition.require, tuple((criterion.id, criterion.match) for criterion in criteria))
        with self._lock:
            return _remember(
                self._whole, key, DEFINITIONS_REMEMBERED, lambda: self._assemble(definition.require, criteria)
            )

    def leads_touched(self, criterion: Criterion, as_of: int = NEVER) -> int:
        """How many leads ever earn the criterion, as of an instant (microseconds)."""
        history = self.history
        with self._lock:
            if isinstance(criterion.match, FieldMatch):
                return int(np.count_nonzero(self._leads_meeting(criterion.match) & (history.created_at <= as_of)))
            positions = self._positions_of(criterion.match)
            positions = positions[history.activity_at[positions] <= as_of]
            owners = np.searchsorted(history.activity_start, positions, side="right")
            # Positions ascend, so a lead's are neighbours.
            owners = owners[np.diff(owners, prepend=0) > 0]
            return int(np.count_nonzero(history.created_at[owners - 1] <= as_of))

    def _assemble(self, require: tuple[str, ...], criteria: tuple[Criterion, ...]) -> Hits:
        on_fields = [c for c in criteria if isinstance(c.match, FieldMatch)]
        on_activities = [c for c in criteria if not isinstance(c.match, FieldMatch)]
        lead_words = _no_bits(len(on_fields), self.history.leads)
        for n, criterion in enumerate(on_fields):
            assert isinstance(criterion.match, FieldMatch)  # noqa: S101  (for mypy)
            _set_bit(lead_words, n, self._leads_meeting(criterion.match))
        words = _no_bits(len(on_activities), self.history.activities)
        for n, criterion in enumerate(on_activities):
            _set_bit(words, n, self._positions_of(criterion.match))
        hits = (words != 0).any(axis=0)
        lead_pattern, lead_patterns = _patterns(lead_words, len(on_fields))
        pattern, patterns = _patterns(np.stack([word[hits] for word in words]), len(on_activities))
        return Hits(
            created_at=self.history.created_at,
            complete=leads_knowing(self.history, require),
            lead_criteria=tuple(c.id for c in on_fields),
            lead_pattern=lead_pattern,
            lead_patterns=lead_patterns,
            criteria=tuple(c.id for c in on_activities),
            start=np.searchsorted(np.flatnonzero(hits), self.history.activity_start).astype(np.int64),
            at=self.history.activity_at[hits],
            pattern=pattern,
            patterns=patterns,
        )

    def _leads_meeting(self, match: FieldMatch) -> Mask:
        return _remember(self._leads, match, self._remembered, lambda: leads_meeting(self.history, match))

    def _positions_of(self, match: Match) -> npt.NDArray[np.integer[Any]]:
        return _remember(self._positions, match, self._remembered, lambda: self._find(match))

    def _find(self, match: Match) -> npt.NDArray[np.integer[Any]]:
        """The rows of the activities that earn the match, ascending."""
        h = self.history
        hit = np.zeros(h.activities, dtype=np.uint8)
        if isinstance(match, ActivityMatch):
            mask = self._vocabulary.mask(match.condition)
            limit = h.activities if match.limit is None else match.limit
            _in_chunks(
                h.leads,
                lambda first, last: _mark_each(
                    first, last, h.activity_start, h.activity_what, h.activity_amount, *_unpacked(mask), limit, hit
                ),
            )
        elif isinstance(match, FrequencyMatch):
            mask = self._vocabulary.mask(match.condition)
            within = within_microseconds(match.within_days)
            count = match.count
            _in_chunks(
                h.leads,
                lambda first, last: _mark_frequency(
                    first,
                    last,
                    h.activity_start,
                    h.activity_at,
                    h.activity_what,
                    h.activity_amount,
                    *_unpacked(mask),
                    count,
                    within,
                    hit,
                ),
            )
        elif isinstance(match, SequenceMatch):
            before, after = self._vocabulary.mask(match.first), self._vocabulary.mask(match.second)
            within = within_microseconds(match.within_days)
            _in_chunks(
                h.leads,
                lambda first, last: _mark_sequence(
                    first,
                    last,
                    h.activity_start,
                    h.activity_at,
                    h.activity_what,
                    h.activity_amount,
                    *_unpacked(before),
                    *_unpacked(after),
                    within,
                    hit,
                ),
            )
        # As booleans: numpy counts those many times faster than bytes.
        return np.flatnonzero(hit.view(np.bool_)).astype(np.int32 if h.activities < MANY else np.int64)


def find_hits(history: History, definition: Definition) -> Hits:
    """The definition's hits in a history looked at once; keep a `HitIndex` to look again."""
    return HitIndex(history).hits(definition)


def replay(
    hits: Hits,
    definition: Definition,
    *,
    as_of: int,
    edges: Instants | None = None,
    against: Mask | None = None,
) -> Replayed:
    """Replay every lead up to `as_of` (microseconds) under the definition.

    `edges` (bins + 1,), ascending instants, are the surface's bins, each from
    its edge up to, not including, the next; without them the surface has no
    bin. `against` (n,) marks the leads that `Surface.kept` counts. `hits` must
    be those of the definition's conditions (KeyError for a criterion it lacks).
    """
    edges = np.empty(0, dtype=np.int64) if edges is None else np.array(edges, dtype=np.int64)
    against = np.zeros(hits.leads, dtype=np.bool_) if against is None else np.array(against, dtype=np.bool_)
    tables = _tables(hits, definition)
    left = hits.left(_rate(definition))
    qualified_at = np.empty(hits.leads, dtype=np.int64)
    score_at = np.empty(hits.leads, dtype=np.int64)
    bins = max(len(edges) - 1, 0)
    columns = THRESHOLDS_AT_FIRST

    def one_chunk(first: int, last: int) -> tuple[npt.NDArray[np.int64], int]:
        steps = np.zeros((bins + 1, columns + 1), dtype=np.int64)
        top, _ = _replay(
            first, last, as_of, definition.threshold, *_hit_arrays(hits), *tables, left, edges, against,
            qualified_at, score_at, steps, *_rows(0),
        )  # fmt: skip
        return steps, top

    while True:
        chunks = _in_chunks(hits.leads, one_chunk)
        top = max((highest for _, highest in chunks), default=0)
        if top < columns:
            break
        columns = top + 1
    steps = sum((step for step, _ in chunks), np.zeros((bins + 1, columns + 1), dtype=np.int64))
    counts = np.cumsum(steps, axis=1)[:, : top + 1]
    return Replayed(qualified_at, score_at, Surface(edges, counts[:bins], counts[bins], top))


def scores(hits: Hits, definition: Definition, as_of: int) -> Scores:
    """Every lead's categories as of an instant (microseconds), actions faded to it."""
    tables = _tables(hits, definition)
    values = np.full((4, hits.leads), np.nan)
    disqualified = np.zeros(hits.leads, dtype=np.bool_)
    _in_chunks(
        hits.leads,
        lambda first, last: _scores(first, last, as_of, *_hit_arrays(hits), *tables, values, disqualified),
    )
    return Scores(values[0], values[1], values[2], values[3], disqualified)


def scores_at(hits: Hits, definition: Definition, leads: npt.NDArray[np.int64], at: Instants) -> Scores:
    """The categories of some leads (r,) as of an instant each (r,), so of nothing later; shapes (r,)."""
    tables = _tables(hits, definition)
    values = np.full((4, len(leads)), np.nan)
    disqualified = np.zeros(len(leads), dtype=np.bool_)
    rows, instants = np.array(leads, dtype=np.int64), np.array(at, dtype=np.int64)
    _in_chunks(
        len(rows),
        lambda first, last: _scores_at(first, last, rows, instants, *_hit_arrays(hits), *tables, values, disqualified),
    )
    return Scores(values[0], values[1], values[2], values[3], disqualified)


def rises(hits: Hits, definition: Definition, *, as_of: int, start: int, end: int) -> Rises:
    """Who first reaches which thresholds from `start` up to, not including, `end`, looked at up to `as_of`.

    For every threshold at once, whatever the definition's own: what `replay`
    counts in its surface, lead by lead. Instants are microseconds.
    """
    tables = _tables(hits, definition)
    left = hits.left(_rate(definition))
    edges = np.array([start, end], dtype=np.int64)
    nobody, unused = np.zeros(hits.leads, dtype=np.bool_), np.empty(hits.leads, dtype=np.int64)
    no_steps = np.zeros((1, 1), dtype=np.int64)
    # Nothing after the end is a rise within it.
    last_look = min(as_of, end - 1)

    def one_chunk(first: int, last: int) -> tuple[npt.NDArray[np.generic], ...]:
        # A lead is looked at once when created and once a hit, at most.
        found = _rows(last - first + int(hits.start[last] - hits.start[first]))
        _, count = _replay(
            first, last, last_look, 0, *_hit_arrays(hits), *tables, left, edges, nobody,
            unused, unused, no_steps, *found,
        )  # fmt: skip
        return tuple(column[:count].copy() for column in found)

    lead, at, below, score = (
        np.concatenate(columns) for columns in zip(*_in_chunks(hits.leads, one_chunk), strict=True)
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
    of_fields = hits.lead_patterns[hits.lead_pattern[leads]] * np.array(
        [criteria[c].points for c in hits.lead_criteria], dtype=np.float64
    )
    of_activities = np.zeros((len(leads), len(hits.criteria)))
    _contributions(
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
    from lib.core.definition.criteria import ActivityCondition
    from lib.core.leads.history import Activity, Lead, history_of

    viewed = ActivityCondition(("page_view",))
    history = history_of([Lead("a", 0, {"title": "x"}, (Activity(1, "page_view"), Activity(2, "page_view")))])
    definition = Definition(
        name="warm-up",
        threshold=1,
        half_life_days=1.0,
        criteria=(
            Criterion("each", "each", Category.ACTIONS, 1, ActivityMatch(viewed)),
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
        np.minimum(summed(hits.lead_patterns, hits.lead_criteria, Category.PROFILE), caps[0]),
        np.minimum(summed(hits.lead_patterns, hits.lead_criteria, Category.CHANNEL), caps[1]),
        summed(hits.lead_patterns, hits.lead_criteria, Category.UNDESIRABLES),
        disqualifying(hits.lead_patterns, hits.lead_criteria),
        summed(hits.patterns, hits.criteria, Category.ACTIONS),
        summed(hits.patterns, hits.criteria, Category.UNDESIRABLES),
        disqualifying(hits.patterns, hits.criteria),
        _rate(definition),
        caps[2],
        np.array(minimums, dtype=np.float64),
    )


def _rate(definition: Definition) -> float:
    """How many half-lives pass in a microsecond; 0 when nothing fades."""
    return 0.0 if definition.half_life_days is None else 1.0 / (definition.half_life_days * MICROSECONDS_PER_DAY)


def _hit_arrays(hits: Hits) -> tuple[npt.NDArray[np.generic], ...]:
    return hits.created_at, hits.complete, hits.lead_pattern, hits.start, hits.at, hits.pattern


def _rows(room: int) -> tuple[npt.NDArray[np.generic], ...]:
    """Room for so many rises: lead, instant, score before, score."""
    return tuple(np.empty(room, dtype=kind) for kind in (np.int32, np.int64, np.int32, np.int32))


def _unpacked(mask: ActivityMask) -> tuple[npt.NDArray[np.uint8], int, float, float]:
    return mask.what, mask.amount_rule, mask.low, mask.high


# Which criteria something meets, as bits of one small word, or of several large ones; shape (words, rows).
Words = npt.NDArray[np.uint16] | npt.NDArray[np.uint64]


def _no_bits(criteria: int, rows: int) -> Words:
    if criteria <= SMALL_WORD:
        return np.zeros((1, rows), dtype=np.uint16)
    return np.zeros((-(-criteria // 64), rows), dtype=np.uint64)


def _set_bit(words: Words, number: int, of: npt.NDArray[np.generic]) -> None:
    """Sets a criterion's bit in the rows that a mask or positions name."""
    word, bit = divmod(number, 64)
    words[word, of] |= words.dtype.type(1 << bit)


def _patterns(words: Words, criteria: int) -> tuple[npt.NDArray[np.int32], Mask]:
    """Number the distinct columns of bit words; returns each column's number, and each number's bits."""
    if words.dtype == np.uint16:
        # Few enough to have a place for each there could be.
        there = np.zeros(1 << SMALL_WORD, dtype=np.bool_)
        there[words[0]] = True
        codes = (np.cumsum(there, dtype=np.int32) - 1).astype(np.int32)[words[0]]
        of_patterns: npt.NDArray[np.uint64] = np.flatnonzero(there).astype(np.uint64)[None, :]
    else:
        codes = np.zeros(words.shape[1], dtype=np.int64)
        for word in words:
            numbers, distinct = pd.factorize(word)
            codes = codes * max(len(distinct), 1) + numbers
            codes, _ = pd.factorize(codes)
        example = np.zeros(int(codes.max()) + 1 if len(codes) else 0, dtype=np.int64)
        example[codes[::-1]] = np.arange(len(codes))[::-1]
        of_patterns = words[:, example].astype(np.uint64)
    bits = [(of_patterns[n // 64] >> np.uint64(n % 64)) & np.uint64(1) for n in range(criteria)]
    count = of_patterns.shape[1]
    patterns = np.array(bits, dtype=np.bool_).T if criteria else np.zeros((count, 0), dtype=np.bool_)
    return codes.astype(np.int32), np.ascontiguousarray(patterns)


Key = TypeVar("Key")


def _remember(known: OrderedDict[Key, Result], key: Key, most: int, find: Callable[[], Result]) -> Result:
    """What is known for the key, found when it is new; the least recently used is forgotten."""
    if key not in known:
        known[key] = find()
        while len(known) > most:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="replay")


def _in_chunks(leads: int, work: Callable[[int, int], Result]) -> list[Result]:
    """The results of the work on ranges of leads, side by side where there are enough of them."""
    if leads <= LEADS_A_CHUNK:
        return [work(0, leads)]
    size = max(LEADS_A_CHUNK, -(-leads // CHUNKS))
    return list(_pool().map(lambda first: work(first, min(first + size, leads)), range(0, leads, size)))


# The kernels. Compiled without the interpreter's lock, so that a pool of threads runs them side by side and
# several sessions never wait for one another; all in this module, since the disk cache does not notice an
# edited helper elsewhere.

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def _means(row, what, amount, mask, rule, low, high):  # type: ignore[no-untyped-def]
    if mask[what[row]] == 0:
        return False
    if rule == 0:
        return True
    if rule == 1:
        return low <= amount[row] <= high
    return np.isnan(amount[row])


@compiled
def _mark_each(first, last, start, what, amount, mask, rule, low, high, limit, hit):  # type: ignore[no-untyped-def]
    for lead in range(first, last):
        found = 0
        for row in range(start[lead], start[lead + 1]):
            if found == limit:
                break
            if _means(row, what, amount, mask, rule, low, high):
                hit[row] = 1
                found += 1


@compiled
def _mark_frequency(  # type: ignore[no-untyped-def]
    first, last, start, at, what, amount, mask, rule, low, high, count, within, hit
):
    recent = np.empty(count, dtype=np.int64)
    for lead in range(first, last):
        found = 0
        for row in range(start[lead], start[lead + 1]):
            if not _means(row, what, amount, mask, rule, low, high):
                continue
            recent[found % count] = at[row]
            found += 1
            if found >= count and at[row] - recent[found % count] <= within:
                hit[row] = 1
                break


@compiled
def _mark_sequence(  # type: ignore[no-untyped-def]
    first, last, start, at, what, amount,
    mask_1, rule_1, low_1, high_1, mask_2, rule_2, low_2, high_2, within, hit,
):  # fmt: skip
    none = np.iinfo(np.int64).min
    for lead in range(first, last):
        newest, earlier = none, none  # The newest instant of a first activity, and the newest before that one.
        for row in range(start[lead], start[lead + 1]):
            now = at[row]
            if _means(row, what, amount, mask_2, rule_2, low_2, high_2):
                before = newest if newest < now else earlier
                if before != none and now - before <= within:
                    hit[row] = 1
                    break
            if _means(row, what, amount, mask_1, rule_1, low_1, high_1) and now != newest:
                earlier, newest = newest, now


@compiled
def _left(first, last, created_at, start, at, rate, left):  # type: ignore[no-untyped-def]
    for lead in range(first, last):
        before = created_at[lead]
        for row in range(start[lead], start[lead + 1]):
            # Between two activities from before the lead was created it is not looked at, but points fade all the same.
            since = before if at[row] > before else at[max(row - 1, start[lead])]
            left[row] = 2.0 ** (-(at[row] - since) * rate)
            before = max(before, at[row])


@compiled
def _replay(  # type: ignore[no-untyped-def]
    first, last, as_of, threshold,
    created_at, complete, lead_pattern, start, at, pattern,
    profile_of, channel_of, against_of, disqualified_of, action_points, against_points, disqualifies,
    rate, cap, minimums,
    left, edges, against, qualified_at, score_at, steps, lead_of, at_of, below_of, score_of,
):  # fmt: skip
    bins = len(edges) - 1
    from_at, to_at, bins_a_microsecond = 0, 0, 0.0
    if bins > 0:
        from_at, to_at = edges[0], edges[bins]
        bins_a_microsecond = bins / (to_at - from_at)
    columns = steps.shape[1] - 1
    recording = len(lead_of) > 0
    fades = rate > 0.0
    found, top = 0, 0
    for lead in range(first, last):
        created = created_at[lead]
        reached_at, reached = NEVER, 0
        if created <= as_of:
            p = lead_pattern[lead]
            fixed, undesirable = profile_of[p] + channel_of[p], against_of[p]
            out = disqualified_of[p] or not complete[lead]
            out = out or profile_of[p] + TOLERANCE < minimums[0] or channel_of[p] + TOLERANCE < minimums[1]
            actions = 0.0
            best = 0
            rising = 1.0  # The next whole score above the best so far; compared before anything is rounded.
            row, end = start[lead], start[lead + 1]
            while end > row and at[end - 1] > as_of:
                end -= 1
            # What was done before the lead was created counts from then on, at its own age.
            look = created
            while row < end and at[row] <= look:
                # Written out here and below: a call would count the arrays' users for every hit.
                if fades:
                    actions *= left[row]
                p = pattern[row]
                actions += action_points[p]
                undesirable += against_points[p]
                out = out or disqualifies[p]
                row += 1
            if fades and actions != 0.0:
                actions *= 2.0 ** (-(look - at[row - 1]) * rate)
            while True:
                capped = min(cap, actions)
                total = fixed + capped + undesirable + TOLERANCE
                if total >= rising:
                    score = math.floor(total)
                    top = max(top, score)
                    if not out and capped + TOLERANCE >= minimums[2] and undesirable + TOLERANCE >= minimums[3]:
                        # Every threshold above the best so far and up to this score is first reached here.
                        if best < threshold <= score:
                            reached_at, reached = look, score
                        if from_at <= look < to_at:
                            if recording:
                                lead_of[found], at_of[found], below_of[found], score_of[found] = lead, look, best, score
                                found += 1
                            elif score < columns:
                                # Bins are about as long as one another: guessed, and then put right.
                                b = int((look - from_at) * bins_a_microsecond)
                                while edges[b] > look:
                                    b -= 1
                                while edges[b + 1] <= look:
                                    b += 1
                                steps[b, best + 1] += 1
                                steps[b, score + 1] -= 1
                                if against[lead]:
                                    steps[bins, best + 1] += 1
                                    steps[bins, score + 1] -= 1
                        best = score
                        rising = best + 1.0
                if row >= end:
                    break
                # All hits of one instant count together.
                look = at[row]
                while row < end and at[row] == look:
                    if fades:
                        actions *= left[row]
                    p = pattern[row]
                    actions += action_points[p]
                    undesirable += against_points[p]
                    out = out or disqualifies[p]
                    row += 1
        qualified_at[lead] = reached_at
        score_at[lead] = reached
    return top, found


@compiled
def _scores(  # type: ignore[no-untyped-def]
    first, last, as_of,
    created_at, complete, lead_pattern, start, at, pattern,
    profile_of, channel_of, against_of, disqualified_of, action_points, against_points, disqualifies,
    rate, cap, minimums,
    values, disqualified,
):  # fmt: skip
    for lead in range(first, last):
        if created_at[lead] > as_of:
            continue
        p = lead_pattern[lead]
        actions, undesirable, out = 0.0, against_of[p], disqualified_of[p]
        for row in range(start[lead], start[lead + 1]):
            if at[row] > as_of:
                break
            actions += action_points[pattern[row]] * 2.0 ** (-(as_of - at[row]) * rate)
            undesirable += against_points[pattern[row]]
            out = out or disqualifies[pattern[row]]
        values[0, lead] = profile_of[p]
        values[1, lead] = channel_of[p]
        values[2, lead] = min(cap, actions)
        values[3, lead] = undesirable
        disqualified[lead] = out


@compiled
def _earned_up_to(  # type: ignore[no-untyped-def]
    look, row, end, actions, faded_to, undesirable, out,
    at, pattern, action_points, against_points, disqualifies, rate,
):  # fmt: skip
    # Everything earned up to this look counts together, each at its own age.
    while row < end and at[row] <= look:
        if rate > 0.0 and at[row] != faded_to:
            if actions != 0.0:
                actions *= 2.0 ** (-(at[row] - faded_to) * rate)
            faded_to = at[row]
        actions += action_points[pattern[row]]
        undesirable += against_points[pattern[row]]
        out = out or disqualifies[pattern[row]]
        row += 1
    if rate > 0.0 and faded_to != look and actions != 0.0:
        actions *= 2.0 ** (-(look - faded_to) * rate)
    return row, actions, undesirable, out


@compiled
def _scores_at(  # type: ignore[no-untyped-def]
    first, last, leads, at_of,
    created_at, complete, lead_pattern, start, at, pattern,
    profile_of, channel_of, against_of, disqualified_of, action_points, against_points, disqualifies,
    rate, cap, minimums,
    values, disqualified,
):  # fmt: skip
    for r in range(first, last):
        lead, look = leads[r], at_of[r]
        if created_at[lead] > look:
            continue
        p = lead_pattern[lead]
        _, actions, undesirable, out = _earned_up_to(
            look, start[lead], start[lead + 1], 0.0, look, against_of[p], disqualified_of[p],
            at, pattern, action_points, against_points, disqualifies, rate,
        )  # fmt: skip
        values[0, r] = profile_of[p]
        values[1, r] = channel_of[p]
        values[2, r] = min(cap, actions)
        values[3, r] = undesirable
        disqualified[r] = out


@compiled
def _contributions(leads, at_of, start, at, pattern, patterns, points, fades, rate, out):  # type: ignore[no-untyped-def]
    for r in range(len(leads)):
        for row in range(start[leads[r]], start[leads[r] + 1]):
            if at[row] > at_of[r]:
                break
            left = 2.0 ** (-(at_of[r] - at[row]) * rate)
            for c in range(len(points)):
                if patterns[pattern[row], c]:
                    out[r, c] += points[c] * (left if fades[c] else 1.0)


if __name__ == "__main__":
    warm_up()
