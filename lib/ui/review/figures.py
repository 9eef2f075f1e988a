"""What the Review page opens with: last week in a sentence, this week and month against the last ones, who waits."""

import streamlit as st

from lib.app import funnel, outlook
from lib.app.snapshot import Snapshot
from lib.charts.language import count, percent
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.funnel.cohorts import Pulse
from lib.core.funnel.differences import JudgedPace, Metric
from lib.core.statistics.rates import Verdict, rate
from lib.core.time.periods import By
from lib.ui.frame import bases, elements
from lib.ui.now import present
from lib.ui.tune import below_line


def headline(snapshot: Snapshot) -> None:
    """Last week in one sentence."""
    week = funnel.last_week(snapshot)
    (pulse,) = funnel.ask(snapshot.sales, funnel_cohorts.period_conversion, funnel.EVERYTHING, week, By.WINDOW)
    goal = outlook.goal_per_week(snapshot, week)
    pace_words = "" if goal is None else f" (goal pace {elements.rate(goal)})"
    handed_over = f"Last week marketing handed over **{count(pulse.mql, 'MQL')}**{pace_words}"
    decided = (
        f"sales accepted **{pulse.sal:,} of {pulse.decided:,}** decided" if pulse.decided else "sales decided on none"
    )
    st.markdown(f"#### {handed_over}; {decided}; {_overdue(snapshot)}.")
    st.caption(
        f"Last week is {elements.day(week.start)} to {elements.day(week.last_day)}. Sales decided in that week also on "
        f"hand-offs of earlier ones. As of {present.now_in_words(snapshot)}."
    )
    below_line.left_out(snapshot)


def _overdue(snapshot: Snapshot) -> str:
    now = funnel.ask(snapshot.sales, funnel_cohorts.waiting, funnel.EVERYTHING)
    if not funnel.something_is_promised(snapshot):
        return f"**{now.open:,}** {'waits' if now.open == 1 else 'wait'} for an answer"
    return f"**{now.past_due:,}** {'is' if now.past_due == 1 else 'are'} overdue"


def show(snapshot: Snapshot) -> None:
    """This week and month against the last ones, sales' decisions, and who waits."""
    months = funnel.ask(
        snapshot.sales,
        funnel_cohorts.period_conversion,
        funnel.EVERYTHING,
        funnel.twelve_months(snapshot),
        By.MONTH,
    )
    weeks = funnel.ask(
        snapshot.sales,
        funnel_cohorts.period_conversion,
        funnel.EVERYTHING,
        snapshot.default_window,
        By.WEEK,
    )
    past = {
        (Metric.MQL, By.WEEK): [one.mql for one in weeks],
        (Metric.MQL, By.MONTH): [one.mql for one in months],
        (Metric.SQL, By.MONTH): [one.sql for one in months],
        (Metric.WON, By.MONTH): [one.won for one in months],
    }
    mqls_of_week, mqls_of_month, *others = funnel.paces(snapshot)
    with st.grid(6, min_column_width=150):
        for one in (mqls_of_week, mqls_of_month):
            _pace(snapshot, one, past[one.metric, one.by])
        _accepted(snapshot, weeks)
        for one in others:
            _pace(snapshot, one, past[one.metric, one.by])
        _waiting(snapshot)


COUNTED = {
    Metric.MQL: (
        "MQLs",
        "Handed over: every hand-over counts, in the period it was made; a lead handed over again counts again. "
        + bases.others(bases.HANDED_OVER),
    ),
    Metric.SQL: (
        "SQLs",
        "Every hand-off counts in the period it became an SQL, whenever it was handed over; "
        "a step that a later one implies counts at the later one's time.",
    ),
    Metric.WON: ("Won", "Every hand-off counts in the period it was won, whenever it was handed over."),
}

BY_COLOUR = (
    "Blue or orange where that is more than the last 26 weeks' ups and downs explain, all figures here considered; "
    "else grey."
)


def _pace(snapshot: Snapshot, one: JudgedPace, past: list[int]) -> None:
    found, (what, counted) = one.pace, COUNTED[one.metric]
    drawn = (
        "each of the last 26 whole weeks" if one.by is By.WEEK else "each of the last twelve months, this one so far"
    )
    before = "last week" if one.by is By.WEEK else f"{found.before:%B}"
    elements.figure(
        f"{what} this {one.by}",
        f"{found.so_far:,}",
        delta=DIRECTION[one.verdict],
        beside=elements.signed(f"{found.ahead:,}", found.ahead),
        than=f"{found.by_then:,} by then",
        explanation=f"{counted} As of {present.now_in_words(snapshot)}. "
        f"{before.capitalize()} had {found.by_then:,} "
        f"after as much time, and {found.in_all:,} in all. {BY_COLOUR} The line: {drawn}.",
        past=past,
    )


DIRECTION = {Verdict.HIGHER: 1, Verdict.LOWER: -1, Verdict.NOISE: 0, Verdict.TOO_FEW: 0}
"""What chance makes has no direction, whichever it took."""


def _accepted(snapshot: Snapshot, weeks: tuple[Pulse, ...]) -> None:
    before, accepted = (rate(week.sal, week.decided) for week in weeks[-2:])
    now, was = accepted.share, before.share
    elements.figure(
        "Accepted last week",
        "–" if now is None else percent(now),
        delta=DIRECTION[funnel.accepted_last_week(snapshot)],
        beside=f"{accepted.successes:,} of {accepted.trials:,}",
        than=None if was is None else f"was {percent(was)}",
        explanation="Accepted of all decided last week, whenever they were handed over. Open and closed ones do not "
        f"count: they are not rejected. Fewer than 10 decided give no rate. As of {present.now_in_words(snapshot)}. "
        f"{BY_COLOUR} The line: each of the last 26 whole weeks.",
        past=[one.sal / one.decided if one.decided else 0.0 for one in weeks],
    )


def _waiting(snapshot: Snapshot) -> None:
    now = funnel.ask(snapshot.sales, funnel_cohorts.waiting, funnel.EVERYTHING)
    overdue = f"{now.past_due:,} overdue" if funnel.something_is_promised(snapshot) else "nothing is promised"
    elements.figure(
        "Waiting",
        f"{now.open:,}",
        delta=-now.past_due,
        beside=overdue,
        explanation=f"Handed over and neither decided nor closed, whenever that was. {bases.CLOSED} "
        f"Overdue: later than sla.yaml promises, in working time. As of {present.now_in_words(snapshot)}. "
        "The line: who waited at the end of each of the last 26 whole "
        "weeks.",
        past=[one.open for one in funnel.waiting_by_week(snapshot)],
    )
