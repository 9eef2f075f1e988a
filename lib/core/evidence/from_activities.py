"""Patterns in what a lead had done by its hand-over: kinds, subjects, amounts, counts, sequences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import UNKNOWN, Column, Instants, Mask, Whole
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    FrequencyMatch,
    Match,
    NumberTest,
    SequenceMatch,
    TextTest,
)
from lib.core.definition.matching import prepare
from lib.core.evidence import carried
from lib.core.evidence.carried import PatternPart, Small, cut_points, joined_parts
from lib.core.evidence.kernels import follow_on, mark_first, who_did
from lib.core.leads.history import History
from lib.core.time.clock import MICROSECONDS_PER_DAY

COUNTS = (2, 3, 5)


WITHIN_DAYS = (7.0, 30.0)


STEPS_AT_MOST = 40
"""Kinds and kind–subject pairs that may be the first or second step of a sequence, the most frequent ones."""


@dataclass(frozen=True, eq=False)
class _Past:
    """The a activities that some hand-offs' leads had done by their hand-over, by hand-off and instant.

    Those of hand-off `r` are the rows `start[r]` to `start[r + 1]`; `row` (a,) says whose each is.
    """

    start: Whole
    row: Whole
    at: Instants
    what: Small
    amount: npt.NDArray[np.float64]


def past_of(history: History, lead: Whole, at: Instants) -> _Past:
    first = history.activity_start[lead]
    last = np.empty(len(lead), dtype=np.int64)
    who_did(lead, np.ascontiguousarray(at), history.activity_start, history.activity_at, last)
    lengths = last - first
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    places = np.repeat(first - start[:-1], lengths) + np.arange(start[-1])
    return _Past(
        start,
        np.repeat(np.arange(len(lead)), lengths),
        history.activity_at[places],
        history.activity_what[places],
        history.activity_amount[places],
    )


@dataclass(frozen=True, eq=False)
class _Steps:
    """What an activity can be asked for: its kind, or its kind and subject; the most frequent ones first.

    `kind_of` and `pair_of` (whats,) are the steps a distinct kind and subject are; -1 where it is none often enough.
    `kinds` says which of the steps are kinds.
    """

    conditions: tuple[ActivityCondition, ...]
    kinds: tuple[bool, ...]
    kind_of: Small
    pair_of: Small


def steps_of(history: History, past: _Past) -> _Steps:
    kind = Column.of(prepare(history.what_kind).folded)
    subjects = prepare(history.what_subject)
    subject = Column.of(subjects.folded).codes
    unknown = (kind.codes == UNKNOWN) | (subject == UNKNOWN)
    pair_key = np.where(unknown, UNKNOWN, kind.codes.astype(np.int64) * (int(subject.max(initial=0)) + 1) + subject)
    # A subject is written as most of these activities write it.
    spelt = np.array([text or "" for text in subjects.trimmed.to_pylist()], dtype=object)
    commonest = np.lexsort((spelt, -np.bincount(past.what, minlength=len(spelt))))
    keys, first, back = np.unique(pair_key[commonest], return_index=True, return_inverse=True)
    example, pair = commonest[first], np.empty(len(pair_key), dtype=np.int64)
    pair[commonest] = back
    pair = np.where(unknown, UNKNOWN, pair)
    names = kind.values.to_pylist()

    def condition(step: int) -> ActivityCondition:
        """Kinds come first."""
        if step < len(names):
            return ActivityCondition((names[step],))
        what = int(example[step - len(names)])
        return ActivityCondition((names[kind.codes[what]],), (TextTest("is", (subjects.trimmed[what].as_py(),)),))

    shown = np.concatenate(
        [
            _showing(kind.codes[past.what], past.row, len(names)),
            _showing(pair[past.what].astype(np.int32), past.row, len(keys)),
        ]
    )
    # Of a kind that everybody shows, who does it twice or before something else may still differ.
    often = np.flatnonzero(shown >= carried.LEAST)
    is_kind = often < len(names)
    # Of two shown as often the first in the alphabet: which came first in the data, a later activity could change.
    folded = subjects.folded.take(pa.array(example)).to_pylist()
    spelled = [*((name or "", "") for name in names)]
    spelled += [
        (names[kind.codes[what]] or "", text or "") for what, text in zip(example.tolist(), folded, strict=True)
    ]
    rank = np.empty(len(spelled), dtype=np.int64)
    rank[sorted(range(len(spelled)), key=spelled.__getitem__)] = np.arange(len(spelled))
    often = often[np.lexsort((rank[often], -shown[often], ~is_kind))]
    # The last place is for the unknown, whose code is -1.
    place = np.full(len(shown) + 1, UNKNOWN, dtype=np.int32)
    place[often] = np.arange(len(often), dtype=np.int32)
    return _Steps(
        tuple(condition(step) for step in often.tolist()),
        tuple((often < len(names)).tolist()),
        place[kind.codes],
        place[np.where(unknown, UNKNOWN, pair + len(names))],
    )


def _showing(number: Small, row: Whole, count: int) -> Whole:
    """How many hand-offs show each of so many numbers at least once; -1 is none."""
    return np.bincount(number[_first_times(number, row, count)], minlength=count)


def _first_times(number: Small, row: Whole, count: int) -> Mask:
    """Which activities are the first with their number (-1: none) of their hand-off."""
    first = np.zeros(len(number), dtype=np.bool_)
    mark_first(np.ascontiguousarray(number, dtype=np.int32), row, np.full(count, UNKNOWN, dtype=np.int64), first)
    return first


def ever_done(steps: _Steps, past: _Past) -> PatternPart:
    """Did it at least once."""
    count = len(steps.conditions)
    kind, pair = steps.kind_of[past.what], steps.pair_of[past.what]
    kinds, pairs = _first_times(kind, past.row, count), _first_times(pair, past.row, count)
    return PatternPart(
        [ActivityMatch(condition, 1) for condition in steps.conditions],
        np.concatenate([past.row[kinds], past.row[pairs]]).astype(np.int32),
        np.concatenate([kind[kinds], pair[pairs]]).astype(np.int32),
    )


def _distinct(row: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.signedinteger[Any]]:
    """Ascending hand-offs, each once."""
    return row[np.diff(row, prepend=-1) > 0]


def amounts_of(history: History, past: _Past) -> Iterator[PatternPart]:
    """Did it at least once with so much of it (minutes, items), by kind."""
    kind = Column.of(prepare(history.what_kind).folded)
    of_activity = kind.codes[past.what]
    for number, name in enumerate(kind.values.to_pylist()):
        these = np.flatnonzero((of_activity == number) & ~np.isnan(past.amount))
        amounts = past.amount[these]
        if len(np.unique(amounts)) < carried.DISTINCT_NUMBERS:
            continue
        cuts = cut_points(amounts, 4)
        yield joined_parts(
            [ActivityMatch(ActivityCondition((name,), (), (NumberTest(cut, None),)), 1) for cut in cuts],
            [_distinct(past.row[these[amounts >= cut]]) for cut in cuts],
        )


def counts_of(steps: _Steps, past: _Past) -> Iterator[PatternPart]:
    """Did it so often within so many days, by kind."""
    step = steps.kind_of[past.what]
    for place, condition in enumerate(steps.conditions):
        if not steps.kinds[place]:
            continue
        these = np.flatnonzero(step == place)
        row, at = past.row[these], past.at[these]
        matches: list[Match] = []
        showing: list[npt.NDArray[np.generic]] = []
        for count in COUNTS:
            if len(row) < count:
                break
            same = row[count - 1 :] == row[: len(row) - count + 1]
            took = at[count - 1 :] - at[: len(at) - count + 1]
            for days in WITHIN_DAYS:
                matches.append(FrequencyMatch(condition, count, days))
                close = same & (took <= days * MICROSECONDS_PER_DAY)
                showing.append(_distinct(row[count - 1 :][close]))
        yield joined_parts(matches, showing)


def sequences_of(steps: _Steps, past: _Past, count: int) -> PatternPart:
    """Did one thing and, later and within so many days, another."""
    most = min(len(steps.conditions), STEPS_AT_MOST)
    kind_step, pair_step = (np.where(step < most, step, -1)[past.what] for step in (steps.kind_of, steps.pair_of))
    within = np.array([round(days * MICROSECONDS_PER_DAY) for days in WITHIN_DAYS], dtype=np.int64)
    shown = np.zeros((most, most, len(within)), dtype=np.int64)
    nowhere = np.full_like(shown, -1, dtype=np.int32)
    nothing = np.empty(0, dtype=np.int32)
    follow_on(past.start, past.at, kind_step, pair_step, within, shown, nowhere, nothing, nothing)
    often = (shown >= carried.LEAST) & (count - shown >= carried.LEAST)
    often[np.arange(most), np.arange(most)] = False
    place = nowhere
    place[often] = np.arange(int(often.sum()), dtype=np.int32)
    pairs = int(shown[often].sum())
    row, which = np.empty(pairs, dtype=np.int32), np.empty(pairs, dtype=np.int32)
    follow_on(past.start, past.at, kind_step, pair_step, within, np.zeros_like(shown), place, row, which)
    return PatternPart(
        [
            SequenceMatch(steps.conditions[first], steps.conditions[second], WITHIN_DAYS[span])
            for first, second, span in np.argwhere(often).tolist()
        ],
        row,
        which,
    )
