"""What one set of leads would be accepted more often than another, by one model: the difference, and its interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from lib.core.arrays import Instants, Real, Whole
from lib.core.consequences.expected import Method
from lib.core.consequences.foreseen import OF_THE_LEADS
from lib.core.consequences.known import Stage
from lib.core.consequences.learned import Learned
from lib.core.replay.earned import earned
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import Difference
from lib.core.statistics.regression import Z95


@dataclass(frozen=True, eq=False)
class Chosen:
    """Leads that a definition hands over, each at its instant (microseconds), and how much it counts; shapes (m,)."""

    lead: Whole
    at: Instants
    weight: Real


@dataclass(frozen=True, slots=True)
class Gain:
    """Both shares expected to be accepted, the first less the second, and the larger share `not_observed`."""

    share: float
    other: float
    difference: Difference
    not_observed: float


def gain(index: HitIndex, by: Learned, one: Chosen, other: Chosen) -> Gain | None:
    """The first set against the second; None where the model says nothing, or nothing of all of either set."""
    of, first = by.stages[Stage.ACCEPTED], by.first
    if of.model is None or of.method is not Method.MODEL:
        return None
    lead = np.concatenate([one.lead, other.lead])
    at = np.minimum(np.concatenate([one.at, other.at]) + first.delay, first.as_of)
    found = earned(index.hits(first.counted), first.counted, lead, at)
    months = first.columns.months
    cell, distinct = pd.factorize(found.kind * months + first.columns.month_of(at))
    kind, month = np.divmod(np.asarray(distinct, dtype=np.int64), months)
    met = found.times[kind] > 0
    known = np.asarray(~((met & of.seldom_had) | (~met & of.seldom_lacked)).any(axis=1))[cell]
    is_one = np.arange(len(lead)) < len(one.lead)
    sides = [np.where(is_one == side, np.concatenate([one.weight, other.weight]), 0.0) for side in (True, False)]
    totals = [float((weight * known).sum()) for weight in sides]
    if min(totals) <= 0.0:
        return None
    share_of = [weight * known / total for weight, total in zip(sides, totals, strict=True)]
    design = first.columns.matrix(found.times[kind], month)
    chance = expit(design @ of.model.coefficients)
    more = share_of[0] - share_of[1]
    own = chance * (1.0 - chance)
    gradient = (np.bincount(cell, more, len(chance)) * own) @ design
    # A lead that both sides have is one lead: what it is like beyond its criteria cancels.
    _, person = np.unique(lead, return_inverse=True)
    by_lead = np.bincount(person, more * np.sqrt(own[cell]))
    variance = max(gradient @ of.model.inverse @ gradient, gradient @ of.model.robust @ gradient)
    margin = Z95 * float(np.sqrt(variance + OF_THE_LEADS * float(by_lead @ by_lead)))
    shares = [float(weight @ chance[cell]) for weight in share_of]
    value = float(more @ chance[cell])
    unknown = max(1.0 - total / float(weight.sum()) for weight, total in zip(sides, totals, strict=True))
    return Gain(shares[0], shares[1], Difference(value, value - margin, value + margin, None), unknown)
