"""What is known of sales' decisions: the hand-offs any draft is judged by, and who speaks for which lead."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from lib.core.arrays import NEVER, Instants, Mask, Whole
from lib.core.handoffs.below_line import Line
from lib.core.handoffs.choosing import lead_rows
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import History


class Stage(StrEnum):
    """What can become of a hand-off, each as far as it has by the instant looked at."""

    ACCEPTED = "accepted"
    SQL = "sql"
    WON = "won"


STAGES = tuple(Stage)


@dataclass(frozen=True, eq=False)
class Evidence:
    """The h hand-offs up to `as_of`, by lead, then by hand-over; what any draft is judged by.

    `lead` (h,) is a row of the history, `reached` (stages, h) says how far each came. `decided` are the
    rows that sales has decided on. `drawn` (h,) are those that speak for the leads `line.within`: handed over
    below the line, and not gone on to the threshold. `line` says how all leads stand to the agreed definition.
    """

    as_of: int
    lead: Whole
    mql_at: Instants
    reached: Mask
    decided: Whole
    drawn: Mask
    line: Line

    @cached_property
    def places(self) -> tuple[Instants, Whole]:
        """The instants of the decided hand-offs, ascending, and one number each of lead and instant, ascending too.

        Leads and instants do not fit into one number; leads and the instants' ranks do.
        """
        instants, rank = np.unique(self.mql_at[self.decided], return_inverse=True)
        return instants, np.asarray(self.lead[self.decided] * (len(instants) + 1) + rank)


def evidence(handoffs: Handoffs, history: History, line: Line) -> Evidence:
    """The hand-offs in the order in which a draft's leads look for theirs.

    `line` says how the history's leads stand to the agreed definition: who was drawn below it speaks for those who
    could have been, and for nobody else.
    """
    lead = lead_rows(handoffs, history)
    order = np.lexsort((handoffs.mql_at, lead))
    reached = np.stack([handoffs.accepted, handoffs.sql_at != NEVER, handoffs.won_at != NEVER])
    return Evidence(
        as_of=handoffs.as_of,
        lead=lead[order],
        mql_at=handoffs.mql_at[order],
        reached=reached[:, order],
        decided=np.flatnonzero(handoffs.decision[order] != Decision.OPEN),
        drawn=handoffs.below_line[order] & ~line.above[lead[order]],
        line=line,
    )
