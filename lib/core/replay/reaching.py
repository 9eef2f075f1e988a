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
    of_fields = hits.of_fields
    lead = np.concatenate([np.repeat(np.arange(hits.leads), np.diff(hits.start)), of_fields.lead[of_fields.earning]])
    at = np.concatenate([hits.at, of_fields.at[of_fields.earning]])
    looks = np.flatnonzero(asked[lead] & (at >= since) & (at <= as_of) & (at > hits.created_at[lead]))
    if len(of_fields.earning):
        looks = looks[np.lexsort((at[looks], lead[looks]))]
    lead, at = lead[looks], at[looks]
    values = scores_at(hits, definition, lead, at)
    score = values.score.astype(np.int64)
    stands = (score >= definition.threshold) & gates_open(hits, definition, lead, at, values)
    return Reaching(lead[stands], at[stands], score[stands])


def gates_open(hits: Hits, definition: Definition, leads: npt.NDArray[np.int64], at: Instants, values: Scores) -> Mask:
    """Whether every gate but the threshold is open to some leads (r,) that have these values as of an instant each."""
    _, complete = hits.of_fields.as_of(leads, at)
    is_open = complete & ~values.disqualified
    for category in Category:
        minimum = definition.minimum(category)
        if minimum is not None:
            # Before a lead is created it has no value, and no gate is open to it.
            is_open &= getattr(values, category.value) + TOLERANCE >= minimum
    return np.asarray(is_open & ~np.isnan(values.total))
