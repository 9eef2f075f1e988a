"""What the product says of a world's drafts."""

from dataclasses import replace

from lib.core.consequences.foreseen import foreseen

from bench.truth.answers import Said, Told
from bench.truth.people import WINDOW
from bench.truth.world import Fixed
from lib.core.consequences.expected import Consequences, Expected, Interval, Method
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs


def product(fixed: Fixed, handoffs: Handoffs) -> list[Told]:
    """Every draft as the pages ask for it; those that differ in the threshold alone are a look-up in one answer."""
    learned: dict[Definition, Consequences] = {}
    told = []
    for draft in fixed.drafts:
        points = replace(draft.definition, threshold=1)
        if points not in learned:
            learned[points] = foreseen(fixed.index, fixed.agreed, draft.definition, handoffs, WINDOW, fixed.thresholds)
        found = learned[points]
        told.append(_told(found.expected(draft.definition.threshold), moved=found.standing().moved))
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
