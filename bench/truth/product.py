"""What the product says of a world's drafts."""

from dataclasses import replace

from bench.truth.answers import Said, Told
from bench.truth.people import WINDOW
from bench.truth.world import Fixed
from lib.core.consequences.decisions import criteria_of_both, first_handoffs
from lib.core.consequences.expected import Consequences, Expected, Interval, Method
from lib.core.consequences.foreseen import judged_by
from lib.core.consequences.known import Stage, evidence
from lib.core.consequences.learned import Learned, learned
from lib.core.definition.criteria import Definition
from lib.core.handoffs.below_line import line_of
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Handoffs


def product(fixed: Fixed, handoffs: Handoffs, stage: Stage = Stage.ACCEPTED) -> list[Told]:
    """Every draft as the pages ask for it: learned once for its criteria, judged once for its points."""
    history = fixed.index.history
    # Who is won in these worlds is looked at like anybody: their truth knows no customers.
    nobody = no_customers(history.leads)
    known = evidence(handoffs, history, line_of(fixed.index, fixed.agreed, handoffs, nobody))
    learned_of: dict[Definition, Learned] = {}
    judged: dict[Definition, Consequences] = {}
    told = []
    for draft in fixed.drafts:
        asked = criteria_of_both(fixed.agreed, draft.definition)
        if asked not in learned_of:
            first = first_handoffs(fixed.index, fixed.agreed, asked, handoffs)
            learned_of[asked] = learned(first, (stage,), fixed.thresholds)
        points = replace(draft.definition, threshold=1)
        if points not in judged:
            judged[points] = judged_by(fixed.index, points, learned_of[asked], known, WINDOW)
        found = judged[points]
        told.append(_told(found.expected(draft.definition.threshold, stage), moved=found.standing(stage).moved))
    return told


def _told(expected: Expected, *, moved: bool) -> Told:
    return Told(
        leads=expected.leads,
        not_observed=expected.not_observed,
        said=_said(expected.said),
        refused=expected.method is Method.REFUSED,
        too_few=expected.method in (Method.TOO_FEW, Method.UNANSWERED),
        moved=moved,
        today=_said(expected.today),
    )


def _said(interval: Interval | None) -> Said | None:
    return None if interval is None else Said(interval.share, interval.low95, interval.high95)
