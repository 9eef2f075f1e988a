"""What the Acceptance page is about: which hand-offs, and how much of what it decided sales accepts."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts.language import count, percent
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.handoffs.choosing import Filter
from lib.core.time.periods import By, period_after
from lib.core.time.window import Window
from lib.ui.frame import bases, elements
from lib.ui.now import present
from lib.ui.tune import below_line


@dataclass(frozen=True)
class LookedAt:
    """Which hand-offs the page is about, and in which periods it shows them."""

    window: Window
    only: Filter
    by: By


def headline(snapshot: Snapshot, at: LookedAt) -> None:
    """How much of what it decided sales accepts."""
    whole = next(iter(funnel.ask(snapshot.sales, funnel_cohorts.cohorts, at.only, at.window, By.WINDOW)), None)
    if whole is None or not whole.handoffs:
        st.markdown("#### Nothing was handed over in these days.")
    else:
        decided = whole.of_decided
        counts = f"{decided.successes:,} of {decided.trials:,} decided"
        accepted = f"**{counts}**" if decided.share is None else f"**{percent(decided.share)}** ({counts})"
        handed_over = count(whole.handoffs, "hand-off")
        waiting = f"**{whole.open:,}** of {handed_over} {'waits' if whole.open == 1 else 'wait'} for it"
        closed = (
            f", **{whole.closed:,}** {'was' if whole.closed == 1 else 'were'} closed undecided" if whole.closed else ""
        )
        st.markdown(
            f"#### Sales accepted {accepted}; {waiting}{closed}.",
            help=f"{whole.accepted:,} accepted + {whole.rejected:,} rejected + {whole.open:,} open + {whole.closed:,} "
            f"closed = {handed_over}. {bases.CLOSED}",
        )
    days = f"from {elements.day(at.window.start)} to {elements.day(at.window.last_day)}"
    st.caption(f"Handed over {days}. As of {present.now_in_words(snapshot)}.", help=bases.others(bases.HANDED_OVER))
    below_line.left_out(snapshot)


def within(at: LookedAt, period: date) -> Window:
    """The days of the period that lie in the window."""
    return at.window.days(max(period, at.window.start), min(period_after(period, at.by), at.window.end))
