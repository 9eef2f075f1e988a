"""What a definition could ask about the leads handed over: every field, value and deed they show often enough.

A pattern is a criterion's `Match` together with the hand-offs whose lead met it by the hand-over. Which patterns
there are is decided without looking at what sales decided, so that testing them afterwards is fair.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from lib.core.arrays import Instants, Whole
from lib.core.evidence import carried
from lib.core.evidence.carried import PatternPart, Patterns
from lib.core.evidence.from_activities import amounts_of, counts_of, ever_done, past_of, sequences_of, steps_of
from lib.core.evidence.from_fields import of_field
from lib.core.leads.history import History

NOT_ABOUT_THE_LEAD = ("created_at", "first_name", "last_name", "owner", "cost")
"""Fields that say nothing of who somebody is or where we met: names, who answers, when and at what cost we met."""


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
    past = past_of(history, lead, at)
    return _put_together([ever_done(steps_of(history, past), past)], np.arange(len(lead)), len(lead))


def _put_together(some: Iterable[PatternPart], here: Whole, count: int) -> Patterns:
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


def _frequent(part: PatternPart, count: int) -> PatternPart:
    """Without the patterns of too few, or too nearly all, of `count` hand-offs."""
    shown = np.bincount(part.which, minlength=len(part.matches))
    kept = np.flatnonzero((shown >= carried.LEAST) & (count - shown >= carried.LEAST))
    place = np.full(len(part.matches), -1, dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    pairs = place[part.which] >= 0
    return PatternPart([part.matches[n] for n in kept.tolist()], part.row[pairs], place[part.which[pairs]])


def _all(history: History, lead: Whole, at: Instants, count: int) -> Iterator[PatternPart]:
    for field in history.field_names:
        if field not in NOT_ABOUT_THE_LEAD:
            yield from of_field(field, history.column_at(field, lead, at))
    past = past_of(history, lead, at)
    steps = steps_of(history, past)
    yield ever_done(steps, past)
    yield from amounts_of(history, past)
    yield from counts_of(steps, past)
    yield sequences_of(steps, past, count)


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    from lib.core.leads.history import Activity, Lead, history_of

    viewed, asked = (Activity(n, kind, "x", 1.0) for n, kind in enumerate(("page_view", "form_submit")))
    history = history_of([Lead(f"{n}", 0, {"title": "x"}, (viewed, asked)) for n in range(2 * carried.LEAST)])
    patterns(history, np.arange(2 * carried.LEAST), np.full(2 * carried.LEAST, 3))


# The kernels, without the interpreter's lock as those of the replay are.


if __name__ == "__main__":
    warm_up()
