"""What a definition could ask about the leads handed over: every field, value and deed they show often enough.

A pattern is a criterion's `Match` together with the hand-offs whose lead met it by the hand-over. Which patterns
there are is decided without looking at what sales decided, so that testing them afterwards is fair.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.definition.criteria import (
    MICROSECONDS_PER_DAY,
    ActivityCondition,
    ActivityMatch,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    Match,
    NumberTest,
    SequenceMatch,
    Test,
    TextTest,
)
from lib.core.definition.matching import NO_WORD_CHARACTER, Mask, Texts, prepare
from lib.core.leads.history import UNKNOWN, Column, History, Instants

Whole = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]

LEAST = 20
"""So many hand-offs must show a pattern, and so many not."""

NOT_ABOUT_THE_LEAD = ("created_at", "first_name", "last_name", "owner", "cost")
"""Fields that say nothing of who somebody is or where we met: names, who answers, when and at what cost we met."""

ONLY_KNOWN = ("phone",)
"""Fields whose values are nobody else's; whether they are known may still say something."""

BINS = 8
"""A number's range is cut into so many equal parts of the hand-offs."""

DISTINCT_NUMBERS = 6
"""A field with fewer different numbers is a list of values."""

COUNTS = (2, 3, 5)
WITHIN_DAYS = (7.0, 30.0)
STEPS_AT_MOST = 40
"""Kinds and kind–subject pairs that may be the first or second step of a sequence, the most frequent ones."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """The m patterns of n hand-offs: what each asks, and the k pairs of a hand-off and a pattern it shows.

    `row` and `which` (k,) are a hand-off's place and a pattern's, those of one pattern ascending; `shown` (m,) counts
    the hand-offs of each.
    """

    matches: tuple[Match, ...]
    row: Small
    which: Small
    shown: Whole

    def of(self, number: int) -> Whole:
        """The hand-offs that show a pattern, ascending."""
        return np.asarray(self.row[self.which == number], dtype=np.int64)

    def take(self, numbers: Whole) -> "Patterns":
        """Some of the patterns, in the order given."""
        place = np.full(len(self.matches), -1, dtype=np.int32)
        place[numbers] = np.arange(len(numbers), dtype=np.int32)
        kept = place[self.which] >= 0
        return Patterns(
            tuple(self.matches[n] for n in numbers.tolist()),
            self.row[kept],
            place[self.which[kept]],
            self.shown[numbers],
        )

    def sums(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What `values` (n, v) add up to over the hand-offs of each pattern; shape (m, v)."""
        added = np.zeros((len(self.matches), values.shape[1]))
        _add(self.row, self.which, np.ascontiguousarray(values), added)
        return added


@dataclass(frozen=True, eq=False)
class _Part:
    """Some patterns with the pairs of hand-off and pattern; what `Patterns` is put together from."""

    matches: list[Match]
    row: Small
    which: Small


def patterns(history: History, lead: Whole, at: Instants) -> Patterns:
    """Every pattern that at least 20 of some hand-offs show and 20 do not; no two of the same hand-offs.

    `lead` (n,) are rows of the history and `at` (n,) the hand-overs; a lead created after its hand-over shows
    nothing. Of several patterns of the same hand-offs the simplest stays.
    """
    # A field holds from the creation on, and nothing is earned before it.
    here = np.flatnonzero(history.created_at[lead] <= at)
    return _put_together(_all(history, lead[here], at[here], len(lead)), here, len(lead))


def deeds(history: History, lead: Whole, at: Instants) -> Patterns:
    """What at least 20 of some leads (n,) had done by an instant each (n,), and 20 had not."""
    past = _past(history, lead, at)
    return _put_together([_ever(_steps(history, past), past)], np.arange(len(lead)), len(lead))


def _put_together(some: Iterable[_Part], here: Whole, count: int) -> Patterns:
    """Patterns of `count` hand-offs out of parts that are about some of them."""
    parts = [_frequent(part, count) for part in some]
    # Places among the leads that were here become places among all.
    row = np.concatenate([*(here[part.row] for part in parts), np.empty(0, np.int64)]).astype(np.int32)
    offsets = np.cumsum([0, *(len(part.matches) for part in parts)])
    numbered = [part.which + np.int32(offset) for part, offset in zip(parts, offsets[:-1].tolist(), strict=True)]
    which = np.concatenate([*numbered, np.empty(0, np.int32)]).astype(np.int32)
    matches = tuple(match for part in parts for match in part.matches)
    everything = Patterns(matches, row, which, np.bincount(which, minlength=len(matches)))
    return everything.take(_first_of_its_kind(everything, count))


def _first_of_its_kind(of: Patterns, count: int) -> Whole:
    """The first pattern of each set of hand-offs."""
    # Sums of random whole numbers name a set; they are exact, and that two sets share both is beyond chance.
    names = np.random.default_rng(0).integers(0, 2**32, (count, 2)).astype(np.float64)
    _, first = np.unique(of.sums(names), axis=0, return_index=True)
    return np.sort(first)


def _frequent(part: _Part, count: int) -> _Part:
    """Without the patterns of too few, or too nearly all, of `count` hand-offs."""
    shown = np.bincount(part.which, minlength=len(part.matches))
    kept = np.flatnonzero((shown >= LEAST) & (count - shown >= LEAST))
    place = np.full(len(part.matches), -1, dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    pairs = place[part.which] >= 0
    return _Part([part.matches[n] for n in kept.tolist()], part.row[pairs], place[part.which[pairs]])


def _all(history: History, lead: Whole, at: Instants, count: int) -> Iterator[_Part]:
    for field in history.fields:
        if field not in NOT_ABOUT_THE_LEAD:
            yield from _of_field(field, history.column(field), lead)
    past = _past(history, lead, at)
    steps = _steps(history, past)
    yield _ever(steps, past)
    yield from _amounts(history, past)
    yield from _counts(steps, past)
    yield _sequences(steps, past, count)


# Fields.


def _of_field(field: str, column: Column, lead: Whole) -> Iterator[_Part]:
    # Millions of leads may have as many addresses; only what these have is looked at.
    present, codes = np.unique(column.codes[lead], return_inverse=True)
    if len(present) and present[0] == UNKNOWN:
        present, codes = present[1:], codes - 1
    texts = prepare(column.values.take(pa.array(present)))
    known = np.append(pc.is_valid(texts.trimmed).to_numpy(zero_copy_only=False), False).astype(np.bool_)[codes]
    yield _Part([_field(field, KnownTest(known=True))], *_pairs(np.flatnonzero(known)))
    if field in ONLY_KNOWN:
        return
    if field == "email":
        yield _values(field, "ends_with", _domains(texts), codes)
        return
    numbers = np.append(texts.numbers, np.nan)[codes]
    if len(np.unique(numbers[~np.isnan(numbers)])) >= DISTINCT_NUMBERS:
        yield _ranges(field, numbers)
        return
    yield _values(field, "is", texts.folded, codes, texts.trimmed)
    if field == "title":
        yield _words(field, texts, codes)


def _field(field: str, test: Test) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(field, (test,)),))


def _pairs(rows: npt.NDArray[np.generic]) -> tuple[Small, Small]:
    """Hand-offs that show the only pattern there is."""
    return rows.astype(np.int32), np.zeros(len(rows), dtype=np.int32)


def _domains(texts: Texts) -> pa.Array:
    """The part of an address from its last @ on, null without one."""
    return pc.struct_field(pc.extract_regex(texts.folded, r"(?P<domain>@[^@\s]+)$"), "domain")


def _values(field: str, operator: str, keys: pa.Array, codes: Whole, written: pa.Array | None = None) -> _Part:
    """A pattern for each frequent value: `keys` says by text what it is compared as, `written` how it is written."""
    encoded = pc.dictionary_encode(keys)
    number = np.append(encoded.indices.fill_null(UNKNOWN).to_numpy(zero_copy_only=False), UNKNOWN).astype(np.int64)
    value = number[codes]
    often = np.flatnonzero(np.bincount(value[value >= 0], minlength=len(encoded.dictionary)) >= LEAST)
    # Of several ways to write a value the first.
    _, example = np.unique(number[:-1][number[:-1] >= 0], return_index=True)
    names = encoded.dictionary if written is None else written.filter(pc.is_valid(keys)).take(pa.array(example))
    place = np.full(len(encoded.dictionary) + 1, UNKNOWN, dtype=np.int32)
    place[often] = np.arange(len(often), dtype=np.int32)
    shown = place[value]
    rows = np.flatnonzero(shown >= 0)
    return _Part(
        [_field(field, TextTest(operator, (name,))) for name in names.take(pa.array(often)).to_pylist()],
        rows.astype(np.int32),
        shown[rows],
    )


def _words(field: str, texts: Texts, codes: Whole) -> _Part:
    """A pattern for each word of the field's texts."""
    split = pc.split_pattern_regex(pc.fill_null(texts.folded, ""), f"{NO_WORD_CHARACTER}+")
    words = pc.list_flatten(split).dictionary_encode()
    of_text = np.repeat(np.arange(len(split)), pc.list_value_length(split).to_numpy(zero_copy_only=False))
    names = words.dictionary.to_pylist()
    number = words.indices.to_numpy(zero_copy_only=False)
    distinct = np.unique(np.column_stack([of_text, number]), axis=0)
    distinct = distinct[[bool(names[n]) for n in distinct[:, 1].tolist()]] if len(distinct) else distinct.reshape(0, 2)
    # Every hand-off shows the words of its text.
    rows = np.flatnonzero(codes != UNKNOWN)
    text = codes[rows]
    first = np.searchsorted(distinct[:, 0], np.arange(len(split) + 1))
    lengths = np.diff(first)[text]
    places = np.repeat(first[:-1][text] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(
        lengths.sum()
    )
    return _Part(
        [_field(field, TextTest("has_word", (name,))) for name in names],
        np.repeat(rows, lengths).astype(np.int32),
        distinct[places.astype(np.int64), 1].astype(np.int32),
    )


def _ranges(field: str, numbers: npt.NDArray[np.float64]) -> _Part:
    """A pattern for each range between two cuts, one of them open or none."""
    cuts = _cuts(numbers, BINS)
    bounds = [
        (low, high)
        for low in (None, *cuts)
        for high in (*cuts, None)
        if (low is None) != (high is None) or (low is not None and high is not None and low < high)
    ]
    showing = [
        np.flatnonzero((numbers >= (-np.inf if low is None else low)) & (numbers <= (np.inf if high is None else high)))
        for low, high in bounds
    ]
    return _joined([_field(field, NumberTest(low, high)) for low, high in bounds], showing)


def _cuts(numbers: npt.NDArray[np.float64], bins: int) -> list[float]:
    """Where to cut numbers into so many equal parts, in numbers a person would say."""
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return []
    wanted = np.quantile(known, np.arange(1, bins) / bins)
    return sorted({float(f"{cut:.2g}") for cut in wanted.tolist()})


def _joined(matches: Sequence[Match], showing: Sequence[npt.NDArray[np.generic]]) -> _Part:
    """The patterns of several sets of hand-offs."""
    lengths = [len(rows) for rows in showing]
    return _Part(
        list(matches),
        np.concatenate([*showing, np.empty(0, np.int32)]).astype(np.int32),
        np.repeat(np.arange(len(matches), dtype=np.int32), lengths),
    )


# What they did.


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


def _past(history: History, lead: Whole, at: Instants) -> _Past:
    first = history.activity_start[lead]
    last = np.empty(len(lead), dtype=np.int64)
    _done_by(lead, np.ascontiguousarray(at), history.activity_start, history.activity_at, last)
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


def _steps(history: History, past: _Past) -> _Steps:
    kind = Column.of(prepare(history.what_kind).folded)
    subjects = prepare(history.what_subject)
    subject = Column.of(subjects.folded).codes
    unknown = (kind.codes == UNKNOWN) | (subject == UNKNOWN)
    pair_key = np.where(unknown, UNKNOWN, kind.codes.astype(np.int64) * (int(subject.max(initial=0)) + 1) + subject)
    keys, example, pair = np.unique(pair_key, return_index=True, return_inverse=True)
    pair = np.where(unknown, UNKNOWN, pair)
    names = kind.values.to_pylist()

    def condition(step: int) -> ActivityCondition:
        """Kinds come first; a subject is written as the first activity with it wrote it."""
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
    often = np.flatnonzero(shown >= LEAST)
    is_kind = often < len(names)
    often = often[np.lexsort((-shown[often], ~is_kind))]
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
    _mark_first(np.ascontiguousarray(number, dtype=np.int32), row, np.full(count, UNKNOWN, dtype=np.int64), first)
    return first


def _ever(steps: _Steps, past: _Past) -> _Part:
    """Did it at least once."""
    count = len(steps.conditions)
    kind, pair = steps.kind_of[past.what], steps.pair_of[past.what]
    kinds, pairs = _first_times(kind, past.row, count), _first_times(pair, past.row, count)
    return _Part(
        [ActivityMatch(condition, 1) for condition in steps.conditions],
        np.concatenate([past.row[kinds], past.row[pairs]]).astype(np.int32),
        np.concatenate([kind[kinds], pair[pairs]]).astype(np.int32),
    )


def _distinct(row: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.signedinteger[Any]]:
    """Ascending hand-offs, each once."""
    return row[np.diff(row, prepend=-1) > 0]


def _amounts(history: History, past: _Past) -> Iterator[_Part]:
    """Did it at least once with so much of it (minutes, items), by kind."""
    kind = Column.of(prepare(history.what_kind).folded)
    of_activity = kind.codes[past.what]
    for number, name in enumerate(kind.values.to_pylist()):
        these = np.flatnonzero((of_activity == number) & ~np.isnan(past.amount))
        amounts = past.amount[these]
        if len(np.unique(amounts)) < DISTINCT_NUMBERS:
            continue
        cuts = _cuts(amounts, 4)
        yield _joined(
            [ActivityMatch(ActivityCondition((name,), (), (NumberTest(cut, None),)), 1) for cut in cuts],
            [_distinct(past.row[these[amounts >= cut]]) for cut in cuts],
        )


def _counts(steps: _Steps, past: _Past) -> Iterator[_Part]:
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
        yield _joined(matches, showing)


def _sequences(steps: _Steps, past: _Past, count: int) -> _Part:
    """Did one thing and, later and within so many days, another."""
    most = min(len(steps.conditions), STEPS_AT_MOST)
    kind_step, pair_step = (np.where(step < most, step, -1)[past.what] for step in (steps.kind_of, steps.pair_of))
    within = np.array([round(days * MICROSECONDS_PER_DAY) for days in WITHIN_DAYS], dtype=np.int64)
    shown = np.zeros((most, most, len(within)), dtype=np.int64)
    nowhere = np.full_like(shown, -1, dtype=np.int32)
    nothing = np.empty(0, dtype=np.int32)
    _follow(past.start, past.at, kind_step, pair_step, within, shown, nowhere, nothing, nothing)
    often = (shown >= LEAST) & (count - shown >= LEAST)
    often[np.arange(most), np.arange(most)] = False
    place = nowhere
    place[often] = np.arange(int(often.sum()), dtype=np.int32)
    pairs = int(shown[often].sum())
    row, which = np.empty(pairs, dtype=np.int32), np.empty(pairs, dtype=np.int32)
    _follow(past.start, past.at, kind_step, pair_step, within, np.zeros_like(shown), place, row, which)
    return _Part(
        [
            SequenceMatch(steps.conditions[first], steps.conditions[second], WITHIN_DAYS[span])
            for first, second, span in np.argwhere(often).tolist()
        ],
        row,
        which,
    )


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    from lib.core.leads.history import Activity, Lead, history_of

    viewed, asked = (Activity(n, kind, "x", 1.0) for n, kind in enumerate(("page_view", "form_submit")))
    history = history_of([Lead(f"{n}", 0, {"title": "x"}, (viewed, asked)) for n in range(2 * LEAST)])
    patterns(history, np.arange(2 * LEAST), np.full(2 * LEAST, 3))


# The kernels, without the interpreter's lock as those of the replay are.

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def _add(row, which, values, added):  # type: ignore[no-untyped-def]
    for k in range(len(row)):
        for v in range(values.shape[1]):
            added[which[k], v] += values[row[k], v]


@compiled
def _mark_first(number, row, seen_by, first):  # type: ignore[no-untyped-def]
    for a in range(len(row)):
        if number[a] >= 0 and seen_by[number[a]] != row[a]:
            seen_by[number[a]] = row[a]
            first[a] = True


@compiled
def _done_by(lead, at_of, start, at, last):  # type: ignore[no-untyped-def]
    for r in range(len(lead)):
        first, end = start[lead[r]], start[lead[r] + 1]
        last[r] = first + np.searchsorted(at[first:end], at_of[r], side="right")


@compiled
def _follow(start, at, kind_step, pair_step, within, shown, place, row, which):  # type: ignore[no-untyped-def]
    # The newest instant of each step, and the newest before that one: what came at the same instant came not before.
    steps, spans = shown.shape[0], shown.shape[2]
    none = np.iinfo(np.int64).min
    newest, earlier = np.full(steps, none), np.full(steps, none)
    done_by = np.full((steps, steps, spans), -1)
    touched = np.empty(steps, dtype=np.int64)
    found = 0
    for r in range(len(start) - 1):
        count = 0
        for a in range(start[r], start[r + 1]):
            now = at[a]
            for second in (kind_step[a], pair_step[a]):
                if second < 0:
                    continue
                for t in range(count):
                    first = touched[t]
                    before = newest[first] if newest[first] < now else earlier[first]
                    if before == none:
                        continue
                    for span in range(spans):
                        if now - before <= within[span] and done_by[first, second, span] != r:
                            done_by[first, second, span] = r
                            shown[first, second, span] += 1
                            if place[first, second, span] >= 0:
                                row[found] = r
                                which[found] = place[first, second, span]
                                found += 1
            for step in (kind_step[a], pair_step[a]):
                if step >= 0 and newest[step] != now:
                    if newest[step] == none:
                        touched[count] = step
                        count += 1
                    earlier[step] = newest[step]
                    newest[step] = now
        for t in range(count):
            newest[touched[t]] = none
            earlier[touched[t]] = none


if __name__ == "__main__":
    warm_up()
