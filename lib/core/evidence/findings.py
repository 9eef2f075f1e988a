"""Everything the decisions of a window say about a definition, found in one go."""

from collections.abc import Callable
from dataclasses import dataclass

from lib.core.definition.criteria import Definition
from lib.core.evidence.criteria import CriteriaEvidence, Judged, SignVerdict, criteria_evidence, judged
from lib.core.evidence.deals import Deals, deals
from lib.core.evidence.drift import Drift, drift
from lib.core.evidence.mining import Mined, mine
from lib.core.evidence.surprises import Surprises, surprises
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.time.window import Window

Progress = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Findings:
    """The hand-offs of a window, and what they say about a definition."""

    judged: Judged
    criteria: CriteriaEvidence
    mined: Mined
    drift: Drift
    surprises: Surprises
    deals: Deals


def find(
    index: HitIndex,
    definition: Definition,
    handoffs: Handoffs,
    window: Window,
    progress: Progress = lambda _doing, _share: None,
) -> Findings:
    """What the hand-offs of the window, which are those of the index' history, say about the definition.

    Leads drawn below the line are left out: their low scores would be a drift, and
    their acceptances surprises, by design. `progress` is told what is being done, and
    how far all of it is.
    """
    handoffs = handoffs.mqls()
    progress("Looking at every hand-off as of its hand-over", 0.0)
    of = judged(index, definition, handoffs, window)
    progress("Comparing hand-offs with and without each criterion", 0.1)
    told = criteria_evidence(index, of)
    mined = mine(index.history, of, told, lambda doing, share: progress(doing, 0.2 + 0.7 * share))
    progress("Comparing months, and won deals with lost ones", 0.9)
    found = Findings(of, told, mined, drift(of), surprises(of), deals(index.history, of))
    progress("Done", 1.0)
    return found


def criteria_in_words(told: CriteriaEvidence) -> str:
    """What the evidence says about the criteria, in one sentence."""
    if not told.decided:
        return "Sales has decided on none of these hand-offs."
    count = len(told.criteria)
    supported, against = (told.with_verdict(verdict) for verdict in (SignVerdict.SUPPORTED, SignVerdict.AGAINST))
    said = (
        f"Of {count} {'criterion' if count == 1 else 'criteria'} the decisions support {len(supported)}, "
        f"and {len(against)} {'pulls' if len(against) == 1 else 'pull'} against "
        f"{'its' if len(against) == 1 else 'their'} sign"
    )
    return f"{said}: {', '.join(one.criterion.label for one in against)}." if against else f"{said}."
