"""Every look at which a lead stands at the threshold with every gate open, also after its first."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.criteria import Category, Definition
from lib.core.numbers import TOLERANCE
from lib.core.replay.hits import Hits
from lib.core.replay.replay import Scores, scores_at


@dataclass(frozen=True, eq=False)
class Reaching:
    """Looks at which leads reach the threshold, by lead and instant; shapes (r,)."""

    lead: npt.NDArray[np.int64]
    at: Instants
    score: npt.NDArray[np.int64]

    def first(self, leads: npt.NDArray[np.int64]) -> tuple[Instants, npt.NDArray[np.int64]]:
        """The first of each of some leads and its score, in their order; NEVER and 0 where there is none."""
        # By lead, then instant: the first row of each lead is its first look.
        distinct, rows = np.unique(self.lead, return_index=True)
        found = np.isin(leads, distinct)
        place = rows[np.searchsorted(distinct, leads[found])]
        at = np.full(len(leads), NEVER, dtype=np.int64)
        score = np.zeros(len(leads), dtype=np.int64)
        at[found], score[found] = self.at[place], self.score[place]
        return at, score


def reaching(hits: Hits, definition: Definition, leads: npt.NDArray[np.int64], since: int, as_of: int) -> Reaching:
    """The looks of some leads at hits from `since` up to and with `as_of` (microseconds), the one when each was created
    left out: of a lead that was created earlier these are all. All hits up to a look count, each at its age; a field
    that opens a gate and earns nothing is no hit.
    """
    asked = np.zeros(hits.leads, dtype=np.bool_)
    asked[leads] = True
    earning = np.flatnonzero(hits.change_earns)
    lead = np.concatenate([_lead_of(hits, hits.start), _lead_of(hits, hits.change_start)[earning]])
    at = np.concatenate([hits.at, hits.change_at[earning]])
    looks = np.flatnonzero(asked[lead] & (at >= since) & (at <= as_of) & (at > hits.created_at[lead]))
    if len(earning):
        looks = looks[np.lexsort((at[looks], lead[looks]))]
    lead, at = lead[looks], at[looks]
    values = scores_at(hits, definition, lead, at)
    score = values.score.astype(np.int64)
    stands = (score >= definition.threshold) & gates_open(hits, definition, lead, at, values)
    return Reaching(lead[stands], at[stands], score[stands])


def _lead_of(hits: Hits, start: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.repeat(np.arange(hits.leads), np.diff(start))


def gates_open(hits: Hits, definition: Definition, leads: npt.NDArray[np.int64], at: Instants, values: Scores) -> Mask:
    """Whether every gate but the threshold is open to some leads (r,) that have these values as of an instant each."""
    _, complete = hits.standing(leads, at)
    is_open = complete & ~values.disqualified
    for category in Category:
        minimum = definition.minimum(category)
        if minimum is not None:
            # Before a lead is created it has no value, and no gate is open to it.
            is_open &= getattr(values, category.value) + TOLERANCE >= minimum
    return np.asarray(is_open & ~np.isnan(values.total))
