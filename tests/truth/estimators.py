"""Estimators whose quality is known, to try the harness with."""

import numpy as np

from bench.truth.answers import Said, Told
from bench.truth.running import Estimator
from bench.truth.world import Fixed
from lib.core.arrays import Real
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.replay import scores_at

DECIDED = 400


def oracle(fixed: Fixed, rng: np.random.Generator) -> Estimator:
    """Is told by a lookout what DECIDED leads, as good as the draft's, became: 95 % by construction."""
    truths = [fixed.truth(draft.definition) for draft in fixed.drafts]

    def estimator(_: Fixed, handoffs: Handoffs) -> list[Told]:
        seen = [rng.binomial(DECIDED, truth.share) / DECIDED for truth in truths]
        return [
            Told(truth.leads, 0, _said(share, share * (1 - share) / DECIDED))
            for truth, share in zip(truths, seen, strict=True)
        ]

    return estimator


def by_bands(fixed: Fixed, handoffs: Handoffs) -> list[Told]:
    """Each lead has the chance of those in its band of ten points under the draft: other people, as it happens."""
    return [_in_bands(fixed, draft.definition, handoffs) for draft in fixed.drafts]


def _in_bands(fixed: Fixed, draft: Definition, handoffs: Handoffs) -> Told:
    decided = fixed.decided(handoffs)
    handed, truth = fixed.handed, fixed.truth(draft)
    hits = fixed.index.hits(draft)
    accepted = handoffs.accepted[handoffs.cycle == 1][decided]
    bands = _bands(scores_at(hits, draft, handed.rows[decided], handed.at[decided]).score)
    of_draft = np.bincount(_bands(scores_at(hits, draft, truth.rows, truth.at).score), minlength=bands.max() + 1)
    count, good = np.bincount(bands, minlength=len(of_draft)), np.bincount(bands, accepted, minlength=len(of_draft))
    # Where nobody was decided, everybody's share stands.
    rate = np.where(count > 0, good / np.maximum(count, 1), accepted.mean())
    weight = of_draft / of_draft.sum()
    return Told(truth.leads, 0, _said(weight @ rate, weight**2 @ (rate * (1 - rate) / np.maximum(count, 1))))


def _bands(score: Real) -> np.ndarray:
    return np.clip(score // 10 + 10, 0, 30).astype(np.int64)


def _said(share: float, variance: float) -> Said:
    margin = 1.96 * np.sqrt(variance)
    return Said(float(share), float(share - margin), float(share + margin))
