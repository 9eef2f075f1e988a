"""What another promise would have meant: other hours, another week, one more holiday, other reps. Nothing is saved."""

from dataclasses import replace
from datetime import date, time

import streamlit as st

from lib.app import sla
from lib.app.snapshot import Snapshot
from lib.charts import sla as charts_of
from lib.charts.language import percent
from lib.charts.rates import said
from lib.core.definition.words import match_in_words
from lib.core.handoffs.reps import Rep
from lib.core.sla import whatif
from lib.core.sla.attainment import Attainment, SlaGroup
from lib.core.sla.clocks import Answer, promises_for
from lib.core.sla.promises import Interval, Policy, Promise
from lib.core.time.window import Window
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MINUTES_PER_DAY = 1440


@st.fragment(key="what-if")
def show(window: Window, answer: Answer) -> None:
    """The controls, and what they would have changed."""
    snapshot = present.snapshot()
    st.markdown(
        "**What if we promised something else?**",
        help="The same hand-offs, answered when they were, judged by another promise or calendar. Nothing is saved: "
        "what holds is written in `sla.yaml`.",
    )
    agreed = present.deployment().config.policy
    policy = _policy(agreed, answer)
    reps = _reps(snapshot.reps)
    (now,), (then,) = (
        sla.attained(snapshot.sales, window, answer),
        sla.restated(snapshot.sales, window, answer, policy),
    )
    with st.grid(3, min_column_width=220):
        elements.figure(
            "Kept as it is",
            _share(now),
            beside=said(now.rate),
            explanation=f"Of what was handed over in these days: {now.met:,} met, {now.breached:,} breached, "
            f"{now.overdue:,} overdue; {now.due:,} due are left out.",
        )
        points = _points_apart(now.share or 0.0, then.share or 0.0)
        elements.figure(
            "Would have been kept",
            _share(then),
            beside=elements.signed(f"{abs(points)} points", points) if policy != agreed else "nothing is changed",
            delta=points,
            explanation=f"The same hand-offs under the what-if: {then.met:,} met, {then.breached:,} breached, "
            f"{then.overdue:,} overdue; {then.due:,} due are left out.",
        )
        _staffing(snapshot, window, policy, reps)
    weeks, restated = (
        {one.group: one for one in rows}
        for rows in (
            sla.attained(snapshot.sales, window, answer, SlaGroup.WEEK),
            sla.restated(snapshot.sales, window, answer, policy, SlaGroup.WEEK),
        )
    )
    elements.chart(
        charts_of.before_and_after(
            [waiting_words.monday(week) for week in weeks],
            [one.rate for one in weeks.values()],
            [restated[week].rate for week in weeks],
        ),
        key="before-and-after",
    )


def _points_apart(before: float, after: float) -> int:
    """Per cent points between two shares as they are shown."""
    return round(100 * after) - round(100 * before)


def _share(kept: Attainment) -> str:
    return "–" if kept.share is None else percent(kept.share)


def _policy(agreed: Policy, answer: Answer) -> Policy:
    """The policy as the controls change it."""
    promised = promises_for(agreed, answer)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hours = [_within(number, one, answer) for number, one in enumerate(promised)]
        holiday: date | None = st.date_input(
            "One more holiday", None, key="what-if-holiday", width=180, help="A day on which nobody begins to work."
        )
        other = st.toggle("Other working hours", key="what-if-week")
    policy = whatif.promising(agreed, answer, [round(60 * one) for one in hours])
    if other:
        week = _week()
        if week is not None:
            policy = replace(policy, calendars=tuple(replace(one, hours=week) for one in policy.calendars))
    return policy if holiday is None else whatif.with_holiday(policy, holiday)


def _within(number: int, promise: Promise, answer: Answer) -> float:
    whom = (
        f" where {elements.plain(match_in_words(promise.when))}" if promise.when else ", all others" if number else ""
    )
    return float(
        st.number_input(
            f"Hours promised{whom}",
            min_value=0.25,
            max_value=1000.0,
            value=promise.within_minutes / 60,
            step=0.5,
            format="%g",
            key=f"what-if:{answer}:{number}",
            width=220,
            help="Working hours.",
        )
    )


def _week() -> tuple[tuple[Interval, ...], ...] | None:
    """The same interval on each day chosen, in the local time of every calendar; None while it means nothing."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.pills("Working days", WEEKDAYS, selection_mode="multi", default=WEEKDAYS[:5], key="what-if-days")
        opens = st.time_input("From", time(9), key="what-if-opens", width=120)
        closes = st.time_input("To", time(17), key="what-if-closes", width=120, help="00:00 is the end of the day.")
    first, last = _minute(opens), _minute(closes) or MINUTES_PER_DAY
    if not days or last <= first:
        st.caption(":material/error: Choose a day at least, and an end after the beginning; until then it is as now.")
        return None
    return tuple(((first, last),) if day in days else () for day in WEEKDAYS)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


# Other reps.


def _reps(reps: tuple[Rep, ...]) -> tuple[Rep, ...]:
    """The reps with as many in each team as the controls say."""
    teams = sorted({rep.team for rep in reps if rep.team})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for team in teams:
            members = sum(1 for rep in reps if rep.team == team)
            wanted = st.number_input(
                f"Reps in {elements.plain(team)}",
                min_value=0,
                max_value=500,
                value=members,
                key=f"what-if-reps:{team}",
                width=180,
                help=f"{members} now. A new one works like the team's first, at everybody's pace.",
            )
            reps = whatif.with_reps(reps, team, int(wanted))
    return reps


def _staffing(snapshot: Snapshot, window: Window, policy: Policy, reps: tuple[Rep, ...]) -> None:
    """The share decided in time by other reps, replayed, beside the same replay of the team as it is."""
    explanation = (
        "Other reps would have answered at other times, so the hand-offs are replayed: first come first served, at "
        "the pace seen of each rep, within their capacity. Both numbers here are such replays, of the decision; what "
        "happened stands to the left."
    )
    if reps == snapshot.reps:
        elements.figure("With other reps", "–", beside="change their number above", explanation=explanation)
        return
    then, now = (
        sla.staffed(snapshot.sales, window, policy, reps),
        sla.staffed(snapshot.sales, window, policy, snapshot.reps),
    )
    if then.attainment is None or now.attainment is None:
        elements.figure("With other reps", "–", beside="too little is known of their pace", explanation=explanation)
        return
    points = _points_apart(now.attainment, then.attainment)
    elements.figure(
        "With other reps",
        percent(then.attainment),
        beside=f"{elements.signed(f'{abs(points)} points', points)}, replayed now {percent(now.attainment)}",
        delta=points,
        explanation=explanation,
    )
