"""Learning below the line, as pages show it: who is drawn, the mark of those that were, and what they say."""

import io
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import outlook
from lib.app.snapshot import Snapshot
from lib.charts import consequences as charts_of
from lib.charts.language import count
from lib.charts.rates import said_with_interval
from lib.core.consequences.expected import Consequences, ScoreBand
from lib.core.consequences.in_words import beyond_in_words
from lib.core.definition.criteria import MOST_DRAWN, BelowLine, Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import rate
from lib.ui.frame import elements
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.window import looked_at
from lib.ui.tune import tuning, widgets

MARK = "Below the line, to learn"

ICON = ":material/experiment:"

EXPLANATION = (
    "This lead is short of the agreed threshold. The agreement sets a share of such leads aside, drawn at random, to "
    "learn how sales answers them. Answer it like any other; it counts for neither team's targets."
)


def mark(of: Handoffs) -> None:
    """The mark of a lead's hand-offs, where the newest of them was drawn below the line."""
    if len(of) and of.below_line[-1]:
        elements.badge(MARK, "violet", EXPLANATION, ICON)


def left_out(snapshot: Snapshot) -> None:
    """How many hand-offs are in no figure of the page, because they were drawn; nothing where none was."""
    drawn = int(snapshot.handoffs.below_line.sum())
    if drawn:
        st.caption(
            f"{ICON} {count(drawn, 'lead')} so far {'was' if drawn == 1 else 'were'} handed over below the line, to "
            "learn how sales answers such leads; they are left out of every figure and goal on this page."
        )


# Who is drawn.

USUAL_SHARE, USUAL_DISTANCE = 0.05, 20
"""What the control begins with: one lead in twenty, of those up to 20 points below."""


def control(snapshot: Snapshot, draft: Definition) -> None:
    """Whom the draft draws below the threshold, and a button to change it."""
    drawn = draft.below_line
    if drawn is not None:
        elements.badge(f"{100 * drawn.share:g} % from {drawn.start}", "violet", CONTROL_HELP)
    # One label: a popover whose label changes is another one, and closed.
    with st.popover(
        "Below the line", icon=ICON, type="tertiary", key="below-line", on_change="rerun", help=CONTROL_HELP
    ) as opened:
        # Drawn only while it is open: it would slow each key press.
        if opened.open:
            _controls(snapshot, draft)


CONTROL_HELP = (
    "Of the leads that come close to the threshold, a few can be drawn at random and handed over all the same: "
    "only they tell what a lower threshold would bring."
)


def _controls(snapshot: Snapshot, draft: Definition) -> None:
    if draft.threshold == 1:
        st.caption("There is nobody below a threshold of 1 point.")
        return
    drawn = draft.below_line
    st.session_state.setdefault(widgets.BELOW_SHARE, None if drawn is None else 100 * drawn.share)
    st.session_state.setdefault(widgets.BELOW_START, _usual_start(draft) if drawn is None else drawn.start)
    st.number_input(
        "Share drawn, in per cent",
        min_value=0.0,
        max_value=100 * MOST_DRAWN,
        step=1.0,
        format="%g",
        value=None,
        placeholder="nobody",
        key=widgets.BELOW_SHARE,
        on_change=_changed,
        help=f"At most {100 * MOST_DRAWN:g} %: more would be a second threshold. Empty or 0: nobody is drawn.",
    )
    st.number_input(
        "From so many points",
        min_value=1,
        max_value=draft.threshold - 1,
        step=1,
        key=widgets.BELOW_START,
        on_change=_changed,
        disabled=drawn is None,
        help="Leads that come this far and not to the threshold can be drawn.",
    )
    st.caption(_besides(snapshot, draft))


def _usual_start(draft: Definition) -> int:
    return max(1, draft.threshold - USUAL_DISTANCE)


def _changed() -> None:
    draft = tuning.tuning().draft
    share, start = st.session_state[widgets.BELOW_SHARE], st.session_state[widgets.BELOW_START]
    tuning.change(draft.with_below_line(BelowLine(share / 100, int(start or _usual_start(draft))) if share else None))


def _besides(snapshot: Snapshot, draft: Definition) -> str:
    """What drawing brings sales besides."""
    drawn = draft.below_line
    if drawn is None:
        return "Nobody is drawn. " + CONTROL_HELP
    a_week = outlook.drawn_per_week(snapshot, draft, looked_at())
    return (
        f"About {elements.rate(a_week)} leads a week would be handed over besides, marked “{MARK}”. "
        "They count for neither team's targets, and no figure here changes by them."
    )


# What they say.


def beyond(consequences: Consequences, threshold: int) -> None:
    """Where a draft leaves what is handed over as agreed, and what those drawn below the line say of that."""
    expected = consequences.expected(threshold)
    if expected.leads:
        said = beyond_in_words(expected, consequences.beyond(threshold), consequences.standing())
        st.caption(f"{ICON} {said}")


def show(snapshot: Snapshot) -> None:
    """How sales answers leads below the line, by their score under the agreed definition."""
    elements.section(
        "Below the line",
        "below-the-line",
        "Hand-offs of leads short of the threshold that were drawn at random, each scored as of its own hand-over "
        "under the agreed definition. Every lead that came so far had the same chance, so their acceptance is that of "
        "all of them. One that went on to the threshold afterwards counts above the line. Wilson 95 % intervals.",
        snapshot,
    )
    agreed = snapshot.definition
    bands = outlook.consequences(snapshot, agreed, snapshot.default_window).bands_drawn
    drawn, decided = sum(one.handed_over for one in bands), sum(one.decided for one in bands)
    went_on = int(snapshot.handoffs.below_line.sum()) - drawn
    if not drawn + went_on:
        st.caption(f"{_nobody_yet(agreed)} Until then nobody knows how sales would answer leads below the line.")
        return
    accepted = rate(sum(one.accepted.successes for one in bands), decided)
    answered = f"sales accepted **{said_with_interval(accepted)}**" if decided else "sales has decided on none yet"
    verb = "was" if drawn == 1 else "were"
    others = f" {went_on:,} more went on to the threshold later and count above it." if went_on else ""
    st.markdown(f"**{count(drawn, 'lead')}** {verb} drawn below the line and handed over; {answered}.{others}")
    elements.chart(charts_of.acceptance_below_the_line(bands), key="below-the-line-bands")
    elements.all_as_csv(lambda: _csv(bands), "evidence-below-the-line.csv")


def _csv(bands: Sequence[ScoreBand]) -> io.BytesIO:
    rows = [
        {
            "low": one.low,
            "high": one.high,
            "handed_over": one.handed_over,
            "decided": one.decided,
            "accepted": one.accepted.successes,
            "rate": one.accepted.share,
            "low95": one.accepted.low95,
            "high95": one.accepted.high95,
        }
        for one in bands
    ]
    return csv_file(pd.DataFrame(rows))


def _nobody_yet(agreed: Definition) -> str:
    if agreed.below_line is None:
        return (
            "The agreed definition draws nobody below the line; on [Tune](/) the button beside the threshold sets a "
            "share, and both sides sign it."
        )
    return (
        f"{100 * agreed.below_line.share:g} % of the leads from {agreed.below_line.start} points on are drawn when "
        "leads are handed over; none has been yet."
    )
