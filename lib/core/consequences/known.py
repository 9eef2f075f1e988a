"""What is known of sales' decisions: all hand-offs, how far each came, and how leads stand to what is agreed."""

from dataclasses import dataclass
from enum import StrEnum

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
    """The h hand-offs up to `as_of`, by lead, then by hand-over; what is seen of them under any draft.

    `lead` (h,) is a row of the history, `reached` (stages, h) says how far each came. `decided` are the
    rows that sales has decided on. `drawn` (h,) are those handed over below the line, and not gone on to the
    threshold. `line` says how all leads stand to the agreed definition.
    """

    as_of: int
    lead: Whole
    mql_at: Instants
    reached: Mask
    decided: Whole
    drawn: Mask
    line: Line


def evidence(handoffs: Handoffs, history: History, line: Line) -> Evidence:
    """The hand-offs by lead; `line` says how the history's leads stand to the agreed definition."""
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
