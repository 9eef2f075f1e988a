"""Whether a fit may be trusted: what it lacks, whether sales goes by points, who has no answer, who differs."""

import numpy as np
from scipy.stats import norm

from lib.core.arrays import Mask, Real, Whole
from lib.core.consequences.columns import ROWS_AT_LEAST
from lib.core.consequences.decisions import FirstHandoffs
from lib.core.consequences.expected import DrawnCheck, Unanswered
from lib.core.consequences.fitting import Fitted
from lib.core.statistics.penalised import Outcomes, columns_p_value, fit, spread_of_cells
from lib.core.statistics.rates import holm, rate

REFUSED_BELOW = 0.01
"""The chance below which a fit is not believed, a month has moved, an owner answers otherwise."""

CELL_AT_LEAST = 8
"""So many decisions must a pattern of criteria have."""

POINTS_SHOWN = "Answers follow the points on the screen."

FRESH_DEEDS = "Sales goes by how fresh deeds are, and the criteria do not say when they were done."

OLDER_THAN = 0.9
"""An answer is overdue when it takes longer than this share of the answers took."""

LOWERED_FROM, UNKNOWN_ABOVE = 0.05, 0.3
"""From so many overdue on the lower limit falls; above, there is no figure."""


def why_refused(of: Fitted, first: FirstHandoffs, rows: Mask, thresholds: dict[int, int]) -> tuple[str, ...]:
    """A sentence for each thing that sales goes by and the criteria do not hold; `rows` (n,) are those fitted."""
    said = [_pattern(of, first, rows)]
    shown = _points_shown(first, rows, thresholds)
    if columns_p_value(of.found, of.rows, shown[:, None]) < REFUSED_BELOW:
        said.append(POINTS_SHOWN)
    if columns_p_value(of.found, of.rows, _fresh(first, rows)) < REFUSED_BELOW / 2:
        said.append(FRESH_DEEDS)
    return tuple(one for one in said if one)


def _pattern(of: Fitted, first: FirstHandoffs, rows: Mask) -> str:
    """The pattern of criteria that the fit misses most, where it misses them by more than chance."""
    met = first.times[rows] > 0
    patterns, pattern, count = np.unique(met, axis=0, return_inverse=True, return_counts=True)
    pattern = pattern.ravel()
    large = count >= CELL_AT_LEAST
    number = np.where(large, np.cumsum(large) - 1, -1)
    cell = number[pattern]
    spread = spread_of_cells(of.found, of.rows, cell, 1.0 / np.sqrt(count[large].astype(np.float64)))
    if spread.p_value >= REFUSED_BELOW:
        return ""
    worst = int(np.abs(spread.deviations).argmax())
    inside = cell == worst
    ids = [one.id for one, has in zip(of.columns.criteria, patterns[large][worst], strict=True) if has]
    came, fits = of.rows.came[inside].mean(), of.found.chance[of.rows.group[inside]].mean()
    return (
        f"Sales goes by something that the criteria do not hold: of {int(inside.sum()):,} leads with "
        f"{', '.join(ids) if ids else 'no criterion met'}, {came:.0%} came so far where the criteria say {fits:.0%}."
    )


def _points_shown(first: FirstHandoffs, rows: Mask, thresholds: dict[int, int]) -> Real:
    """The points above the threshold as sales saw them, about their mean; 0 where nobody knows what it saw."""
    score = first.handoffs.score[rows]
    known = ~np.isnan(score)
    line = np.array([thresholds.get(n, np.nan) for n in first.handoffs.definition_version[rows].tolist()])
    if known.any() and not np.isnan(line[known]).any():
        score = score - line
    middle = float(score[known].mean()) if known.any() else 0.0
    return np.where(known, score - middle, 0.0)


def _fresh(first: FirstHandoffs, rows: Mask) -> Real:
    """Which criteria were earned in the last week, of those that enough leads earned then and before; (rows, some)."""
    fresh, met = first.fresh[rows], first.times[rows] > 0
    count = fresh.sum(axis=0)
    some = np.minimum(count, met.sum(axis=0) - count) >= ROWS_AT_LEAST
    return np.asarray(fresh[:, some], dtype=np.float64)


def unanswered(first: FirstHandoffs) -> tuple[Mask, Mask]:
    """Which of the first hand-offs are so old that they should have an answer, and which of these have none; (n,)."""
    handed, decided = first.handoffs, first.decided
    if not decided.any():
        return np.zeros(len(handed), dtype=np.bool_), np.zeros(len(handed), dtype=np.bool_)
    took = np.maximum(handed.decided_at[decided] - handed.mql_at[decided], 0)
    old = first.as_of - handed.mql_at > np.quantile(took, OLDER_THAN)
    return np.asarray(old), np.asarray(old & ~decided)


def unanswered_of(of: Fitted | None, first: FirstHandoffs) -> Unanswered:
    """How many wait too long, and whether they are the poorer by the fit."""
    old, overdue = unanswered(first)
    count, waiting = int(old.sum()), int(overdue.sum())
    poorer = False
    if of is not None and min(waiting, count - waiting) >= CELL_AT_LEAST:
        odds = of.columns.matrix(first.times[old], first.month[old]) @ of.found.coefficients
        spread = float(odds.std())
        if spread > 0.0:
            design = np.column_stack([np.ones(count), (odds - odds.mean()) / spread])
            found = fit(Outcomes(design, np.ones(count), overdue[old].astype(np.float64)), np.array([0.0, 0.16]))
            along = found.coefficients[1] / np.sqrt(found.inverse[1, 1])
            poorer = bool(along < norm.ppf(REFUSED_BELOW / 2))
    return Unanswered(count, waiting, poorer)


def drawn_check(of: Fitted, first: FirstHandoffs, rows: Mask) -> DrawnCheck | None:
    """What a fit without the leads drawn below the line says of them; None where none was decided on."""
    drawn = first.handoffs.below_line[rows]
    came = of.rows.came > 0
    others = ~drawn
    if not drawn.any() or not 0 < came[others].sum() < others.sum():
        return None
    without = of.again(came, others)
    return DrawnCheck(
        float(without.chance[of.rows.group[drawn]].mean()), rate(int(came[drawn].sum()), int(drawn.sum()))
    )


def owners_differing(of: Fitted, first: FirstHandoffs, rows: Mask) -> tuple[str, ...]:
    """The owners who answer otherwise than the fit says, where owners differ by more than chance; by name."""
    owner: Whole = first.handoffs.owner.codes[rows].astype(np.int64)
    values = first.handoffs.owner.values.to_pylist()
    spread = spread_of_cells(of.found, of.rows, owner, np.ones(len(values)))
    if spread.p_value >= REFUSED_BELOW:
        return ()
    chances = holm([float(one) for one in 2.0 * norm.sf(np.abs(spread.deviations))])
    named = [n for n, chance in enumerate(chances) if chance is not None and chance < 5 * REFUSED_BELOW]
    return tuple(sorted(values[n] for n in named or [int(np.abs(spread.deviations).argmax())]))
