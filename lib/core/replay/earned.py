"""What some leads had earned by an instant each, counted: leads that had the same are told apart from the others."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.core.arrays import Instants, Whole
from lib.core.definition.criteria import ActivityMatch, Criterion, Definition
from lib.core.replay.chunks import in_chunks
from lib.core.replay.hits import Hits
from lib.core.replay.kernels import number_earned
from lib.core.replay.replay import contributions

TIMES_AT_MOST = 4
"""A fifth time counts like the fourth."""

ROOM = 2**62
"""Numbers of what was earned, exact as long as there are fewer."""

SEED = 20_261_128


@dataclass(frozen=True, eq=False)
class Earned:
    """The r rows by what they had earned: `times` (kinds, criteria) of each kind there is, `kind` (r,) of each row."""

    times: npt.NDArray[np.uint8]
    kind: Whole


def counts_again(criterion: Criterion) -> bool:
    """Can it be earned more than once?"""
    return isinstance(criterion.match, ActivityMatch) and not criterion.match.is_once


def counting(definition: Definition) -> Definition:
    """Every criterion, switched-off ones too, at a point each that never fades: scores then are counts."""
    return replace(
        definition,
        half_life_days=None,
        caps=(),
        criteria=tuple(replace(c, points=1, disqualify=False, off=False) for c in definition.criteria),
    )


def looked_at(hits: Hits, counted: Definition) -> tuple[Criterion, ...]:
    """The criteria of a counting definition in the order in which `earned` counts them."""
    by_id = {criterion.id: criterion for criterion in counted.criteria}
    return tuple(by_id[one] for one in (*hits.lead_criteria, *hits.criteria))


def earned(hits: Hits, counted: Definition, leads: npt.NDArray[np.integer], at: Instants) -> Earned:
    """What some leads (r,) had earned of a counting definition by an instant each (r,), up to TIMES_AT_MOST times.

    `hits` are the counting definition's. No lead is to be created later than its instant.
    """
    criteria = looked_at(hits, counted)
    most = np.array([TIMES_AT_MOST if counts_again(one) else 1 for one in criteria], dtype=np.int64)
    worth = _worth(most)
    fields = len(hits.lead_criteria)
    rows, of_pattern = np.nonzero(hits.patterns)
    number = np.empty(len(leads), dtype=np.int64)
    whose, instants = np.array(leads, dtype=np.int64), np.array(at, dtype=np.int64)
    then, _ = hits.of_fields.as_of(whose, instants)
    arrays = (
        then,
        hits.start,
        hits.at,
        hits.pattern,
        np.searchsorted(rows, np.arange(len(hits.patterns) + 1)).astype(np.int64),
        of_pattern.astype(np.int64),
        hits.of_fields.patterns.astype(np.int64) @ worth[:fields],
        worth[fields:],
        most[fields:],
        number,
    )
    in_chunks(len(whose), lambda first, last: number_earned(first, last, whose, instants, *arrays))
    kind, distinct = pd.factorize(number)
    example = np.empty(len(distinct), dtype=np.int64)
    example[kind[::-1]] = np.arange(len(kind))[::-1]
    _, times = contributions(hits, counted, whose[example], instants[example])
    return Earned(np.minimum(times, most).astype(np.uint8), np.asarray(kind, dtype=np.int64))


def _worth(most: Whole) -> Whole:
    """What each criterion adds to a number, once; so that equal numbers mean that the same was earned."""
    room = [1]
    for times in most.tolist():
        room.append(room[-1] * (times + 1))
    if room[-1] < ROOM:
        return np.array(room[:-1], dtype=np.int64)
    # With so many criteria numbers wrap around: two of a million kinds are then alike once in 37 million draws.
    return np.random.default_rng(SEED).integers(1, ROOM, len(most), dtype=np.int64)
