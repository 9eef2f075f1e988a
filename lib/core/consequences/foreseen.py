"""What sales' decisions so far say about any draft: learned once, and then looked up."""

from collections.abc import Mapping

from lib.core.consequences.expected import Consequences
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.time.window import Window


def foreseen(
    index: HitIndex,
    agreed: Definition,
    draft: Definition,
    handoffs: Handoffs,
    window: Window,
    thresholds: Mapping[int, int],
) -> Consequences:
    """What is to be expected of the leads that the draft hands over in the window, at every threshold.

    `handoffs` are all of the index' history as of an instant, and nothing later counts. `agreed` is the definition in
    force then; `thresholds` are those of the agreed versions by number (`definition_version` of a hand-off; may be
    empty): sales saw a hand-off's score beside it.
    """
    raise NotImplementedError
