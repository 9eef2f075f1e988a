"""One stage's decisions fitted: which products and steps enter, and how freely months and the others may move."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from lib.core.arrays import Mask, Real, Whole
from lib.core.consequences.columns import TIMES, Columns
from lib.core.statistics.penalised import Outcomes, Penalised, RowsOf, fit, joint_p_value, score_statistics
from lib.core.statistics.rates import SIGNIFICANCE

SD = 2.5
"""Of a criterion's coefficient, in log odds."""

MONTH_SDS = (0.05, 0.2, 0.5)
"""How far a month may lie from the one before; the decisions choose."""

FREE_MONTH_SD = 0.2
"""At least so far where acceptance is known to have moved: months held closer lag behind a drift."""

REST_SDS = (0.1, 0.25, 0.5)
"""How far products and steps that did not enter may lie from 0; the decisions choose, while they are few."""

MANY_DECISIONS = 1_000
ENTERING_AT_MOST = 6


@dataclass(frozen=True, eq=False)
class Fitted:
    """A stage's fit over all columns, of rows (n,) counted together by group.

    `entered` are the places in `columns.further` that proved themselves; `precision` is what `found` was fitted by.
    """

    columns: Columns
    found: Penalised
    rows: RowsOf
    entered: tuple[int, ...]

    @property
    def precision(self) -> Real:
        return self.found.precision

    def with_free_months(self) -> "Fitted":
        """The same, with months that may lie far from one another: what the last ones say, not what is usual."""
        free = self.precision.copy()
        free[self.columns.earned :] = np.minimum(free[self.columns.earned :], FREE_MONTH_SD**-2)
        found = fit(self.found.of, free, self.found.coefficients)
        return Fitted(self.columns, found, self.rows, self.entered)

    def again(self, came: Mask, of: Mask) -> Penalised:
        """The same columns by the same priors, fitted to those of the rows (n,) in `of`, of whom `came` (n,) did."""
        groups = len(self.found.chance)
        trials = np.bincount(self.rows.group[of], minlength=groups).astype(np.float64)
        successes = np.bincount(self.rows.group[came & of], minlength=groups).astype(np.float64)
        outcomes = Outcomes(self.found.of.design, trials, successes)
        return fit(outcomes, self.precision, self.found.coefficients)

    def refitted(self, times: TIMES, month: Whole, came: Mask) -> Penalised:
        """The same columns by the same priors, fitted to other rows."""
        outcomes, _ = _outcomes(self.columns, times, month, came)
        return fit(outcomes, self.precision, self.found.coefficients)


def fitted(columns: Columns, times: TIMES, month: Whole, came: Mask) -> Fitted:
    """The fit of rows (n,) that had earned so much (n, criteria) in a month (n,), and came or not (n,)."""
    every, group = _outcomes(columns, times, month, came)
    plain, month_sd = _plain(columns, every)
    entered = _entering(columns, every, plain, month_sd)
    sds = REST_SDS[:1] if len(came) >= MANY_DECISIONS else REST_SDS
    start = np.zeros(columns.width)
    start[_main(columns)] = plain.coefficients
    found = max(
        (fit(every, _precision(columns, month_sd, sd, entered), start) for sd in sds), key=lambda one: one.log_evidence
    )
    return Fitted(columns, found, RowsOf(group, came.astype(np.float64)), entered)


def moved_p_value(of: Fitted, month: Whole) -> float:
    """The chance of months this different (month of each row, (n,)), if acceptance had never moved."""
    columns, found = of.columns, of.found
    kept = slice(0, columns.earned)
    still = fit(found.of.with_design(found.of.design[:, kept]), found.precision[kept], found.coefficients[kept])
    of_group = np.zeros(len(found.chance), dtype=np.int64)
    of_group[of.rows.group] = _merged(month)
    indicators = (of_group[:, None] == np.arange(1, int(of_group.max(initial=0)) + 1)).astype(np.float64)
    if not indicators.shape[1]:
        return 1.0
    # A slow drift shows along the months long before each of them does; either may say so, at half the chance.
    along = of_group[:, None].astype(np.float64)
    return min(1.0, 2.0 * min(joint_p_value(still, indicators), joint_p_value(still, along)))


def _outcomes(columns: Columns, times: TIMES, month: Whole, came: Mask) -> tuple[Outcomes, Whole]:
    """The rows counted together where all is alike, and the group of each."""
    kinds, group = _alike(times, month)
    trials = np.bincount(group, minlength=len(kinds)).astype(np.float64)
    successes = np.bincount(group[came], minlength=len(kinds)).astype(np.float64)
    return Outcomes(columns.matrix(times[kinds], month[kinds]), trials, successes), group


def _alike(times: TIMES, month: Whole) -> tuple[Whole, Whole]:
    """A row of each kind there is, and the kind of each row."""
    packed = np.ascontiguousarray(np.column_stack([month.astype(np.int32).view(np.uint8).reshape(-1, 4), times]))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, example, group = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(example), np.asarray(group)


def _plain(columns: Columns, every: Outcomes) -> tuple[Penalised, float]:
    """The fit without products and steps, and how freely the months move."""
    main = _main(columns)
    outcomes = every.with_design(every.design[:, main])
    tried = [(fit(outcomes, _precision(columns, sd, SD, ())[main]), sd) for sd in MONTH_SDS]
    return max(tried, key=lambda one: one[0].log_evidence)


def _entering(columns: Columns, every: Outcomes, plain: Penalised, month_sd: float) -> tuple[int, ...]:
    """The products and steps that the residuals ask for, one after the other."""
    candidates = every.design[:, columns.plain : columns.earned]
    entered: list[int] = []
    found = plain
    precision = _precision(columns, month_sd, SD, ())
    while len(entered) < ENTERING_AT_MOST and candidates.shape[1]:
        statistics = score_statistics(found, candidates)
        statistics[entered] = 0.0
        among = max(int(np.count_nonzero(statistics > 0.0)), 1)
        best = int(statistics.argmax())
        if statistics[best] <= chdtri(1, SIGNIFICANCE / among):
            break
        entered.append(best)
        chosen = [*_main(columns), *(columns.plain + n for n in entered)]
        found = fit(every.with_design(every.design[:, chosen]), precision[chosen], np.append(found.coefficients, 0.0))
    return tuple(entered)


def _main(columns: Columns) -> Whole:
    """The places of the constant, of criteria and of months."""
    return np.concatenate([np.arange(columns.plain), np.arange(columns.earned, columns.width)])


def _precision(columns: Columns, month_sd: float, rest_sd: float, entered: tuple[int, ...]) -> Real:
    precision = np.full(columns.width, SD**-2)
    precision[0] = 0.0
    precision[columns.plain : columns.earned] = rest_sd**-2
    precision[[columns.plain + n for n in entered]] = SD**-2
    precision[columns.earned :] = month_sd**-2
    return precision


def _merged(month: Whole) -> Whole:
    """The months numbered anew, each with ten rows or more: one with fewer is of the one before."""
    counts = np.bincount(month)
    number, held = np.zeros(len(counts), dtype=np.int64), 0
    place = 0
    for n, count in enumerate(counts.tolist()):
        if held >= 10 and count:
            place, held = place + 1, 0
        number[n], held = place, held + count
    if held < 10 and place:
        number[number == place] = place - 1
    return number[month]
