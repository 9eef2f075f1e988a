"""Which lead earns which criterion when, for a definition's conditions; and what each condition matched, remembered."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.counted import AT_ONCE, CLICK, OPEN, SUBJECTS_OF_A_MACHINE
from lib.core.definition.criteria import (
    ActivityMatch,
    Criterion,
    Definition,
    FieldMatch,
    FrequencyMatch,
    Match,
    Per,
    SequenceMatch,
    within_microseconds,
)
from lib.core.definition.matching import ActivityMask, Vocabulary
from lib.core.leads.history import History
from lib.core.replay.chunks import in_chunks
from lib.core.replay.field_hits import FieldHits, field_hits
from lib.core.replay.holding import Holding, knowing, meeting
from lib.core.replay.kernels import fade
from lib.core.replay.marking import keep_earliest, mark_each, mark_frequency, mark_machines, mark_sequence
from lib.core.replay.patterns import flip_bit, no_bits, patterns_of
from lib.core.time.clock import days_of

DEFINITIONS_REMEMBERED = 6
"""Whole sets of conditions, each with up to 20 bytes a hit: the agreed ones, those being edited, both together."""


HALF_LIVES_REMEMBERED = 2
"""The agreed definition's and a draft's: 8 bytes a hit each."""


NOTHING_FADES = np.empty(0)


NOTHING_FADES.flags.writeable = False


MANY = np.iinfo(np.int32).max


Result = TypeVar("Result")

Rows = npt.NDArray[np.integer[Any]]
"""Rows of activities, ascending."""


@dataclass(frozen=True, eq=False)
class Hits:
    """Every hit of a definition's conditions, whatever its points.

    n leads, h activities that hit anything, sorted by lead and instant: those
    of lead `i` are the rows `start[i]` to `start[i + 1]`. `patterns` (patterns,
    activity criteria) say which criteria each pattern means; their columns are
    `criteria`, by id. What fields earn is in `of_fields`, the columns of whose
    patterns are `lead_criteria`.
    """

    created_at: Instants
    of_fields: FieldHits
    lead_criteria: tuple[str, ...]
    criteria: tuple[str, ...]
    start: npt.NDArray[np.int64]
    at: Instants
    pattern: npt.NDArray[np.int32]
    patterns: Mask
    _left: OrderedDict[float, npt.NDArray[np.float64]] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        # Shared between sessions; and compiled code exists once for read-only arrays, not twice.
        for array in (self.start, self.at, self.pattern, self.patterns):
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
        in_chunks(self.leads, lambda first, last: fade(first, last, self.created_at, self.start, self.at, rate, left))
        left.flags.writeable = False
        return left


class HitIndex:
    """Finds a definition's hits in one history, and remembers what each condition matched.

    Editing one condition therefore looks at that criterion alone. Bounded: it
    remembers `remembered` conditions and a few whole definitions. Safe to share
    between threads.
    """

    def __init__(self, history: History, remembered: int = 256, by_machine: Callable[[], Mask] | None = None) -> None:
        """`by_machine` says what a machine did where the history holds not all that its leads did."""
        self.history = history
        self._by_machine = by_machine
        self._vocabulary = Vocabulary(history)
        self._lock = threading.RLock()
        self._leads: OrderedDict[FieldMatch, Holding] = OrderedDict()
        self._positions: OrderedDict[Match, Rows] = OrderedDict()
        self._whole: OrderedDict[object, Hits] = OrderedDict()
        self._fields: OrderedDict[object, FieldHits] = OrderedDict()
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
                return int(np.count_nonzero(self._meeting(criterion.match).ever(as_of) & (history.created_at <= as_of)))
            positions = self._positions_of(criterion.match)
            positions = positions[history.activity_at[positions] <= as_of]
            owners = np.searchsorted(history.activity_start, positions, side="right")
            # Positions ascend, so a lead's are neighbours.
            owners = owners[np.diff(owners, prepend=0) > 0]
            return int(np.count_nonzero(history.created_at[owners - 1] <= as_of))

    @cached_property
    def by_machine(self) -> Mask:
        """Which activities are a machine's (`lib.core.definition.counted`); shape (m,)."""
        if self._by_machine is not None:
            return self._by_machine()
        h, words = self.history, self._vocabulary
        clicks, opens, subject = words.of_kind(CLICK), words.of_kind(OPEN), words.subjects
        machine = np.zeros(h.activities, dtype=np.uint8)
        if clicks.any():
            subjects = int(subject.max()) + 1
            known = h.activity_start, h.activity_at, h.activity_what, clicks, opens, subject, subjects
            in_chunks(
                h.leads,
                lambda first, last: mark_machines(first, last, *known, AT_ONCE, SUBJECTS_OF_A_MACHINE, machine),
            )
        machine.flags.writeable = False
        return machine.view(np.bool_)

    def _assemble(self, require: tuple[str, ...], criteria: tuple[Criterion, ...]) -> Hits:
        on_fields = tuple(c for c in criteria if isinstance(c.match, FieldMatch))
        on_activities = tuple(c for c in criteria if not isinstance(c.match, FieldMatch))
        asked = require, tuple(c.match for c in on_fields if isinstance(c.match, FieldMatch))
        of_fields = _remember(self._fields, asked, DEFINITIONS_REMEMBERED, lambda: self._earned_by_fields(*asked))
        words = no_bits(len(on_activities), self.history.activities)
        for n, criterion in enumerate(on_activities):
            flip_bit(words, n, self._positions_of(criterion.match))
        hits = (words != 0).any(axis=0)
        pattern, patterns = patterns_of(np.stack([word[hits] for word in words]), len(on_activities))
        return Hits(
            created_at=self.history.created_at,
            of_fields=of_fields,
            lead_criteria=tuple(c.id for c in on_fields),
            criteria=tuple(c.id for c in on_activities),
            start=np.searchsorted(np.flatnonzero(hits), self.history.activity_start).astype(np.int64),
            at=self.history.activity_at[hits],
            pattern=pattern,
            patterns=patterns,
        )

    def _earned_by_fields(self, require: tuple[str, ...], matches: tuple[FieldMatch, ...]) -> FieldHits:
        return field_hits(self.history, knowing(self.history, require), [self._meeting(match) for match in matches])

    def _meeting(self, match: FieldMatch) -> Holding:
        return _remember(self._leads, match, self._remembered, lambda: meeting(self.history, match))

    def _positions_of(self, match: Match) -> Rows:
        return _remember(self._positions, match, self._remembered, lambda: self._find(match))

    def _find(self, match: Match) -> Rows:
        """The rows of the activities that earn the match, ascending."""
        h = self.history
        what = self._what(match)
        hit = np.zeros(h.activities, dtype=np.uint8)
        if isinstance(match, ActivityMatch):
            mask = self._vocabulary.mask(match.condition)
            limit = match.limit if match.limit is not None and match.per is Per.LEAD else h.activities
            in_chunks(
                h.leads,
                lambda first, last: mark_each(
                    first, last, h.activity_start, what, h.activity_amount, *_unpacked(mask), limit, hit
                ),
            )
        elif isinstance(match, FrequencyMatch):
            mask = self._vocabulary.mask(match.condition)
            within = within_microseconds(match.within_days)
            count = match.count
            in_chunks(
                h.leads,
                lambda first, last: mark_frequency(
                    first,
                    last,
                    h.activity_start,
                    h.activity_at,
                    what,
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
            in_chunks(
                h.leads,
                lambda first, last: mark_sequence(
                    first,
                    last,
                    h.activity_start,
                    h.activity_at,
                    what,
                    h.activity_amount,
                    *_unpacked(before),
                    *_unpacked(after),
                    within,
                    hit,
                ),
            )
        # As booleans: numpy counts those many times faster than bytes.
        rows: Rows = np.flatnonzero(hit.view(np.bool_)).astype(np.int32 if h.activities < MANY else np.int64)
        if isinstance(match, ActivityMatch) and match.limit is not None and match.per is not Per.LEAD:
            return self._earliest(rows, match.per, match.limit)
        return rows

    def _what(self, match: Match) -> npt.NDArray[np.int32]:
        """What each activity was; where the match is of people alone, a machine's is what no condition means."""
        what = self.history.activity_what
        if isinstance(match, ActivityMatch | FrequencyMatch) and match.human:
            what = np.where(self.by_machine, np.int32(len(self.history.what_kind)), what)
            what.flags.writeable = False
        return what

    def _earliest(self, rows: Rows, per: Per, limit: int) -> Rows:
        """Of the rows of activities, ascending, the earliest so many of each day or subject of each lead."""
        h = self.history
        if not len(rows):
            return rows
        if per is Per.DAY:
            group = days_of(h.activity_at[rows], ZoneInfo(h.zone))
            group -= group.min()
        else:
            # All unknown subjects are one.
            group = self._vocabulary.subjects[h.activity_what[rows]] + 1
        groups = int(group.max()) + 1
        start = np.searchsorted(rows, h.activity_start).astype(np.int64)
        kept = np.zeros(len(rows), dtype=np.uint8)
        in_chunks(h.leads, lambda first, last: keep_earliest(first, last, start, group, groups, limit, kept))
        return rows[kept.view(np.bool_)]


def find_hits(history: History, definition: Definition) -> Hits:
    """The definition's hits in a history looked at once; keep a `HitIndex` to look again."""
    return HitIndex(history).hits(definition)


def _unpacked(mask: ActivityMask) -> tuple[npt.NDArray[np.uint8], int, float, float]:
    return mask.what, mask.amount_rule, mask.low, mask.high


Key = TypeVar("Key")


def _remember(known: OrderedDict[Key, Result], key: Key, most: int, find: Callable[[], Result]) -> Result:
    """What is known for the key, found when it is new; the least recently used is forgotten."""
    if key not in known:
        known[key] = find()
        while len(known) > most:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]
