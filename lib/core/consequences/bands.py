"""Acceptance by score band, as seen: what a draft makes of hand-offs as of their own hand-over. It predicts nothing."""

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Whole
from lib.core.consequences.expected import ScoreBand
from lib.core.consequences.known import Evidence
from lib.core.definition.criteria import Definition
from lib.core.handoffs.choosing import BAND_POINTS
from lib.core.replay.hits import Hits
from lib.core.replay.replay import scores_at
from lib.core.statistics.rates import rates


def bands_as_seen(
    hits: Hits, draft: Definition, known: Evidence, reaching: npt.NDArray[np.integer]
) -> tuple[tuple[ScoreBand, ...], tuple[ScoreBand, ...], int]:
    """All hand-offs by band, without a gap from lowest to highest; those drawn below the line; how many have no score.

    `reaching` are the scores with which leads would be handed over.
    """
    scored = scores_at(hits, draft, known.lead, known.mql_at).score
    has_score = ~np.isnan(scored)
    band = np.floor_divide(scored[has_score], BAND_POINTS).astype(np.int64)
    of_leads = np.floor_divide(reaching, BAND_POINTS).astype(np.int64)
    ends = [end(some) for some in (band, of_leads) if len(some) for end in (np.min, np.max)]
    lowest, count = (int(min(ends)), int(max(ends) - min(ends)) + 1) if ends else (0, 0)
    decided = np.zeros(len(scored), dtype=np.bool_)
    decided[known.decided] = True
    of_all = np.ones(len(band), dtype=np.bool_)
    drawn = known.drawn[has_score]
    every, only_drawn = (
        _bands(
            lowest,
            np.bincount(band[some] - lowest, minlength=count),
            np.bincount(band[some & decided[has_score]] - lowest, minlength=count),
            [np.bincount(band[some & (came & decided)[has_score]] - lowest, minlength=count) for came in known.reached],
        )
        for some in (of_all, drawn)
    )
    shown = tuple(one for one in only_drawn if one.handed_over)
    return every, shown, int(np.count_nonzero(~has_score))


def _bands(lowest: int, handed_over: Whole, decided: Whole, reached: list[Whole]) -> tuple[ScoreBand, ...]:
    of_stage = [rates(came, decided) for came in reached]
    return tuple(
        ScoreBand((lowest + n) * BAND_POINTS, (lowest + n + 1) * BAND_POINTS, int(handed_over[n]), *of_band)
        for n, of_band in enumerate(zip(*of_stage, strict=True))
    )
