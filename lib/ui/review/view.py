"""The parts of the Review page, in the order of the meeting."""

from collections import Counter
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from lib.app import funnel, outlook, sla
from lib.charts import review as charts_of
from lib.charts.language import count, percent, period_name
from lib.charts.rates import said
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.funnel import differences
from lib.core.funnel.cohorts import Cohort, Pulse
from lib.core.funnel.costs import ChannelCost
from lib.core.funnel.differences import Metric
from lib.core.funnel.goals import GoalProgress
from lib.core.funnel.pace import GoalPace, pace
from lib.core.handoffs.choosing import Filter, Group
from lib.core.statistics.rates import Rate, Verdict, rate
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.ui.data import soundness
from lib.ui.frame import elements, filters, lead_tables
from lib.ui.frame.window import looked_at
from lib.ui.now import present
from lib.ui.tune import below_line

EVERYTHING = Filter()

TREND, FUNNEL, CONVERSION = "trend", "funnel", "conversion"
"""Where on the page the sentences about what changed lead."""

VERDICTS = {
    Verdict.HIGHER: ":blue-badge[:material/arrow_upward: real]",
    Verdict.LOWER: ":orange-badge[:material/arrow_downward: real]",
    Verdict.NOISE: ":gray-badge[noise]",
    Verdict.TOO_FEW: ":gray-badge[too few to say]",
}

METRIC_WORDS = {"mql": "MQL", "sal": "SAL", "sql": "SQL"}


def headline() -> None:
    """Last week in one sentence."""
    snapshot = present.snapshot()
    week = funnel.last_week(snapshot)
    (pulse,) = funnel.ask(snapshot.sales, funnel_cohorts.period_conversion, EVERYTHING, week, By.WINDOW)
    goal = outlook.goal_per_week(snapshot, week)
    pace_words = "" if goal is None else f" (goal pace {elements.rate(goal)})"
    handed_over = f"Last week marketing handed over **{count(pulse.mql, 'MQL')}**{pace_words}"
    decided = (
        f"sales accepted **{pulse.sal:,} of {pulse.decided:,}** decided" if pulse.decided else "sales decided on none"
    )
    st.markdown(f"#### {handed_over}; {decided}; {_overdue()}.")
    st.caption(
        f"Last week is {elements.day(week.start)} to {elements.day(week.last_day)}. Sales decided in that week also on "
        f"hand-offs of earlier ones. As of {present.now_in_words(snapshot)}."
    )
    below_line.left_out()


def _overdue() -> str:
    snapshot = present.snapshot()
    now = funnel.ask(snapshot.sales, funnel_cohorts.waiting, EVERYTHING)
    if not funnel.something_is_promised(snapshot):
        return f"**{now.open:,}** {'waits' if now.open == 1 else 'wait'} for an answer"
    return f"**{now.past_due:,}** {'is' if now.past_due == 1 else 'are'} overdue"


def figures() -> None:
    """This week and month against the last ones, sales' decisions, and who waits."""
    snapshot = present.snapshot()
    months = funnel.ask(
        snapshot.sales,
        funnel_cohorts.period_conversion,
        EVERYTHING,
        funnel.twelve_months(snapshot),
        By.MONTH,
    )
    weeks = funnel.ask(
        snapshot.sales,
        funnel_cohorts.period_conversion,
        EVERYTHING,
        snapshot.default_window,
        By.WEEK,
    )
    handoffs = funnel.chosen(snapshot.sales, EVERYTHING)
    with st.grid(6, min_column_width=150):
        _pace(
            "MQLs",
            pace(handoffs.mql_at, snapshot.as_of, By.WEEK, present.zone()),
            By.WEEK,
            [one.mql for one in weeks],
        )
        _pace(
            "MQLs",
            pace(handoffs.mql_at, snapshot.as_of, By.MONTH, present.zone()),
            By.MONTH,
            [one.mql for one in months],
        )
        _accepted(weeks)
        _pace(
            "SQLs",
            pace(handoffs.sql_at, snapshot.as_of, By.MONTH, present.zone()),
            By.MONTH,
            [one.sql for one in months],
        )
        _pace(
            "Won",
            pace(handoffs.won_at, snapshot.as_of, By.MONTH, present.zone()),
            By.MONTH,
            [one.won for one in months],
        )
        _waiting()


COUNTED = {
    "MQLs": "Every hand-over counts, in the period it was made; a lead handed over again counts again.",
    "SQLs": "Every hand-off counts in the period it became an SQL, whenever it was handed over; "
    "a step that a later one implies counts at the later one's time.",
    "Won": "Every hand-off counts in the period it was won, whenever it was handed over.",
}


def _pace(what: str, found: GoalPace, by: By, past: list[int]) -> None:
    drawn = "each of the last 26 whole weeks" if by is By.WEEK else "each of the last twelve months, this one so far"
    before = "last week" if by is By.WEEK else f"{found.before:%B}"
    elements.figure(
        f"{what} this {by}",
        f"{found.so_far:,}",
        delta=found.ahead,
        beside=elements.signed(f"{found.ahead:,}", found.ahead),
        than=f"{found.by_then:,} by then",
        explanation=f"{COUNTED[what]} As of {present.now_in_words(present.snapshot())}. "
        f"{before.capitalize()} had {found.by_then:,} "
        f"after as much time, and {found.in_all:,} in all. The line: {drawn}.",
        past=past,
    )


def _accepted(weeks: tuple[Pulse, ...]) -> None:
    before, accepted = (rate(week.sal, week.decided) for week in weeks[-2:])
    now, was = accepted.share, before.share
    elements.figure(
        "Accepted last week",
        "–" if now is None else percent(now),
        delta=0 if now is None or was is None else now - was,
        beside=f"{accepted.successes:,} of {accepted.trials:,}",
        than=None if was is None else f"was {percent(was)}",
        explanation="Accepted of all decided last week, whenever they were handed over. Open hand-offs do not count: "
        f"they are not rejected. Fewer than 10 decided give no rate. As of {present.now_in_words(present.snapshot())}. "
        "The line: each of the last 26 whole weeks.",
        past=[one.sal / one.decided if one.decided else 0.0 for one in weeks],
    )


def _waiting() -> None:
    snapshot = present.snapshot()
    now = funnel.ask(snapshot.sales, funnel_cohorts.waiting, EVERYTHING)
    overdue = f"{now.past_due:,} overdue" if funnel.something_is_promised(snapshot) else "nothing is promised"
    elements.figure(
        "Waiting",
        f"{now.open:,}",
        delta=-now.past_due,
        beside=overdue,
        explanation="Handed over and not decided, whenever that was. Overdue: later than sla.yaml promises, in working "
        f"time. As of {present.now_in_words(snapshot)}. The line: who waited at the end of each of the last 26 whole "
        "weeks.",
        past=[one.open for one in funnel.waiting_by_week(snapshot)],
    )


@st.fragment
def goals() -> None:
    """How far each of the month's goals is, and what each day left must bring."""
    snapshot = present.snapshot()
    progress = {metric: found for metric in METRIC_WORDS if (found := funnel.goal(snapshot, metric)) is not None}
    if not progress:
        st.caption(
            "This month has no goal. Load one with `python -m lib import goals.csv --as goal` (month, metric, target)."
        )
        return
    elements.section(
        f"Goals of {next(iter(progress.values())).month:%B}",
        "goals",
        "MQLs count by hand-over, SALs by sales' acceptance, SQLs by the instant they became one, all in this "
        "month. Days are calendar days.",
    )
    words, drawn = st.columns([2, 3])
    with words:
        for metric, one in progress.items():
            st.markdown(_goal(METRIC_WORDS[metric], one))
            st.progress(min(1.0, one.attainment or 0.0))
    with drawn:
        metric = st.segmented_control(
            "Goal",
            list(progress),
            default=next(iter(progress)),
            format_func=METRIC_WORDS.__getitem__,
            label_visibility="collapsed",
            required=True,
            key="goal",
        )
        one = progress[metric]
        elements.chart(
            charts_of.goal_pace(
                *funnel.goal_by_day(snapshot, metric), one.target, one.needed_per_day, METRIC_WORDS[metric]
            ),
            key="goal-pace",
        )


def _goal(metric: str, progress: GoalProgress) -> str:
    reached = f"**{metric}: {progress.reached:,} of {progress.target:,.0f}**"
    if progress.attainment is not None:
        reached += f" ({percent(progress.attainment)})"
    if progress.reached >= progress.target:
        return f"{reached}: reached."
    if progress.needed_per_day is None or progress.pace_per_day is None:
        return reached
    word = ":blue[on its way]" if progress.expected >= progress.target else ":orange[falls short]"
    return (
        f"{reached}: {word}, {progress.expected:,.0f} at this pace. "
        f"Needs {elements.rate(progress.needed_per_day)} a day from here; "
        f"so far {elements.rate(progress.pace_per_day)}."
    )


@st.fragment
def conversion() -> None:
    """The funnel of one population, cohorts and periods side by side, and both over time; all of it by a filter."""
    snapshot = present.snapshot()
    with st.container(horizontal=True, vertical_alignment="center"):
        window = filters.days("Leads count by the day they were created, hand-offs by the day they were handed over.")
        only = filters.hand_offs()
        by = filters.period()
    cohorts = funnel.ask(snapshot.sales, funnel_cohorts.cohorts, only, window, by)
    far, over_time = st.columns([2, 3])
    with far:
        _funnel(only, window)
    with over_time:
        _trend(cohorts, by)
    _conversion(cohorts, by)
    _side_by_side(cohorts, funnel.ask(snapshot.sales, funnel_cohorts.period_conversion, only, window, by), by)


def _trend(cohorts: tuple[Cohort, ...], by: By) -> None:
    st.subheader(
        "Over time",
        anchor=TREND,
        help=f"Immature: not every lead of the {by} is {funnel_cohorts.HORIZONS_DAYS[0]} days old.",
    )
    elements.chart(
        charts_of.trend(
            [one.period for one in cohorts],
            [one.handoffs for one in cohorts],
            [one.accepted for one in cohorts],
            [one.rejected for one in cohorts],
            [one.open for one in cohorts],
            [one.mature[0] for one in cohorts],
            by,
        ),
        key="trend",
    )


def _conversion(cohorts: tuple[Cohort, ...], by: By) -> None:
    elements.section(
        "From MQL to SQL",
        CONVERSION,
        f"Cohort: of the MQLs handed over in a {by}, how many were SQLs within so many days. A {by} is immature "
        "until that has passed for all of them. Period: the SQLs of a "
        f"{by} over its MQLs, which are other leads: it moves with the volume.",
    )
    elements.chart(
        charts_of.conversion_by_cohort(
            [one.period for one in cohorts],
            {days: [one.sql_within[n] for one in cohorts] for n, days in enumerate(funnel_cohorts.HORIZONS_DAYS)},
            {days: [one.mature[n] for one in cohorts] for n, days in enumerate(funnel_cohorts.HORIZONS_DAYS)},
            by,
        ),
        key="conversion",
    )


STEP_WORDS = {"lead": "Leads", "mql": "MQL", "sal": "SAL", "sql": "SQL", "won": "Won"}


def _funnel(only: Filter, window: Window) -> None:
    snapshot = present.snapshot()
    elements.section(
        "Funnel",
        FUNNEL,
        f"Leads created from {elements.day(window.start)} to {elements.day(window.last_day)}, and how far each has "
        "come in any of its hand-offs, whenever that was. One population throughout: a lead counts once in each step "
        "it reached. Young leads are still on their way.",
    )
    steps = funnel.ask(
        snapshot.sales,
        funnel_cohorts.funnel,
        only,
        window,
        funnel.leads_created(snapshot, only, window),
    )
    elements.chart(
        charts_of.funnel(
            [STEP_WORDS[step.name] for step in steps],
            [step.count for step in steps],
            [step.of_previous for step in steps],
        ),
        key="funnel",
    )


def _side_by_side(cohorts: tuple[Cohort, ...], pulses: tuple[Pulse, ...], by: By) -> None:
    """The same periods as cohorts and as what happened in them."""
    as_cohorts, as_periods = st.columns([4, 3])
    with as_cohorts:
        st.markdown(f"**Cohorts**: what became of each {by}'s MQLs")
        st.dataframe(
            pd.DataFrame(
                {
                    by.capitalize(): [one.period for one in cohorts],
                    "MQLs": [one.handoffs for one in cohorts],
                    "Accepted": [_part(one.acceptance) for one in cohorts],
                    "SQL": [_part(one.efficiency) for one in cohorts],
                    **{
                        f"SQL in {days} days": [
                            _part(one.sql_within[n]) + ("" if one.mature[n] else ", immature") for one in cohorts
                        ]
                        for n, days in enumerate(funnel_cohorts.HORIZONS_DAYS)
                    },
                    "Won": [one.won for one in cohorts],
                    "Past due": [one.open_past_due for one in cohorts],
                }
            )[::-1],
            hide_index=True,
            height=TABLE_HEIGHT,
            key="cohorts-table",
            column_config=_by_period(by),
            alt=f"What became of the MQLs of each {by}, the newest first",
        )
    with as_periods:
        st.markdown(f"**Periods**: what happened in each {by}, whichever leads it was about")
        st.dataframe(
            pd.DataFrame(
                {
                    by.capitalize(): [one.period for one in pulses],
                    "MQL": [one.mql for one in pulses],
                    "SAL": [one.sal for one in pulses],
                    "Rejected": [one.rejected for one in pulses],
                    "SQL": [one.sql for one in pulses],
                    "Won": [one.won for one in pulses],
                    "Lost": [one.lost for one in pulses],
                    "SQL ÷ MQL": [percent(one.sql / one.mql) if one.mql else None for one in pulses],
                }
            )[::-1],
            hide_index=True,
            height=TABLE_HEIGHT,
            key="periods-table",
            placeholder="–",
            column_config={
                **_by_period(by),
                "SQL ÷ MQL": st.column_config.TextColumn(
                    help=f"Mixes populations: the SQLs of a {by} are mostly MQLs of earlier ones"
                ),
            },
            alt=f"What happened in each {by}, the newest first",
        )
    cut = [period_name(one.period, by) for one in cohorts if one.partial]
    if cut:
        st.caption(f"The days chosen cut {' and '.join(cut)}.")


def _part(share: Rate) -> str:
    """How many of a cohort, and which share of it where there are enough."""
    return f"{share.successes:,}" if share.share is None else f"{share.successes:,} ({percent(share.share)})"


TABLE_HEIGHT = 280


def _by_period(by: By) -> dict[str, Any]:
    return {
        by.capitalize(): st.column_config.DateColumn(format="D MMM YYYY" if by is By.WEEK else "MMM YYYY"),
        **{
            name: st.column_config.NumberColumn(format="localized")
            for name in ("MQLs", "MQL", "SAL", "Rejected", "SQLs", "Won", "Lost", "Past due")
        },
    }


def changes() -> None:
    """What changed since the week before, in sentences; each leads to its chart."""
    elements.section(
        "What changed since the week before",
        "changes",
        "The last whole week against the one before it. Counts are tested as two Poisson counts, acceptance (by "
        "the instant of the decision) as two proportions. All tests are corrected together (Holm): in fewer than 5 "
        "weeks of 100 is even one of those called real only chance.",
    )
    found = funnel.changes_of_last_week(present.snapshot())
    st.markdown("\n".join(f"- {_change(one)}" for one in found if one.grouping is None))
    of_groups = [one for one in found if one.grouping is not None]
    if of_groups:
        st.markdown("And by channel, source and owner:\n\n" + "\n".join(f"- {_change(one)}" for one in of_groups))
    else:
        st.caption("No channel's, source's or owner's volume or acceptance changed by more than chance does.")


CHANGE_WORDS = {
    Metric.MQL: ("Handed over", CONVERSION),
    Metric.ACCEPTANCE: ("Accepted of those decided", TREND),
    Metric.SQL: ("Became an SQL", CONVERSION),
    Metric.WON: ("Won", CONVERSION),
}


def _change(one: differences.MetricChange) -> str:
    what, anchor = CHANGE_WORDS[one.metric]
    if one.grouping is None:
        link = f"[{what}](#{anchor})"
    else:
        name = one.group if one.grouping is not Group.OWNER else sla.rep_name(present.snapshot().sales, one.group or "")
        address = quote(name or filters.BLANK_WORDS)
        link = (
            f"[{one.grouping.capitalize()} {elements.plain(name or filters.BLANK_WORDS)}]"
            f"(/review?{one.grouping}={address}#{anchor}): {what.lower()}"
        )
    if isinstance(one.after, Rate) and isinstance(one.before, Rate):
        return f"{link}: **{said(one.after)}**, the week before {said(one.before)} {VERDICTS[one.verdict]}"
    return f"{link}: **{one.after:,}**, the week before {one.before:,} {VERDICTS[one.verdict]}"


def costs() -> None:
    """What each step costs by channel."""
    found = funnel.costs_of(present.snapshot(), looked_at())
    elements.section(
        "Costs",
        "costs",
        "Spend of the months, by their days in the window, and where no spend covers a lead's channel and source "
        "the lead's own cost, divided by the leads created and by what the hand-offs of the window have become by "
        "now. Young hand-offs may still become more.",
    )
    if not any(one.cost for one in found):
        st.caption(
            "Nothing was spent in the window. Load what was with `python -m lib import spend.csv --as spend` "
            "(month, channel, source, amount)."
        )
        return
    elements.chart(charts_of.cost(found), key="costs")
    with st.expander("As a table"):
        _costs_table(found)


def _costs_table(found: tuple[ChannelCost, ...]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Channel": [one.channel or filters.BLANK_WORDS for one in found],
                "Spent": [one.cost for one in found],
                **{words: [one.per(step) for one in found] for step, words in COST_STEPS.items()},
                "MQLs": [one.mql for one in found],
                "Won": [one.won for one in found],
            }
        ),
        hide_index=True,
        key="costs-table",
        placeholder="–",
        column_config={
            name: st.column_config.NumberColumn(format="%,.0f")
            for name in ("Spent", *COST_STEPS.values(), "MQLs", "Won")
        },
        alt="What was spent on each channel, and what each step cost, the dearest channel first",
    )


COST_STEPS = {
    "lead": "A lead",
    "mql": "An MQL",
    "sal": "A SAL",
    "sql": "An SQL",
    "won": "A win",
}


def closing() -> None:
    """The sources whose SQLs are won less often than the others'."""
    snapshot = present.snapshot()
    window = looked_at()
    found = funnel.ask(
        snapshot.sales,
        differences.closing,
        EVERYTHING,
        window,
        funnel.groups(snapshot, EVERYTHING, funnel.Grouping.SOURCE),
    )
    elements.section(
        "Closing",
        "closing",
        f"Won of the SQLs of the window's hand-offs that have been SQLs for {differences.CLOSING_DAYS} days or longer: "
        "younger ones have not had their time. Each source against all others together, corrected for how many "
        f"there are.",
    )
    names = [one.group or filters.BLANK_WORDS for one in found]
    bad = [
        f"**{elements.plain(name)}** wins {said(one.comparison.rate)}, the others {said(one.comparison.other)}"
        for name, one in zip(names, found, strict=True)
        if one.comparison.verdict is Verdict.LOWER
    ]
    st.markdown(
        "; ".join(bad) + "."
        if bad
        else "No source's SQLs close less often than chance explains."
        if found
        else f"No SQL of these days is {differences.CLOSING_DAYS} days old yet."
    )
    overall = rate(
        sum(one.comparison.rate.successes for one in found), sum(one.comparison.rate.trials for one in found)
    )
    elements.chart(
        charts_of.sources_that_do_not_close(names, [one.comparison for one in found], overall), key="closing"
    )


PROBLEMS_SHOWN = 500


@st.fragment
def problems() -> None:
    """How many problems the data has, and the rows."""
    found = present.problems()
    if not found:
        st.caption(
            ":material/check_circle: No problem is known of in the data. "
            f"As of {present.now_in_words(present.snapshot())}."
        )
        return
    counts = Counter(one.kind for one in found)
    listed = ", ".join(f"{kind} {rows:,}" for kind, rows in counts.most_common())
    with st.expander(f"{count(len(found), 'problem')} in the data: {listed}", icon=":material/report:"):
        st.caption("Kept and told, never silently counted. A correction is a new event, or a corrected file.")
        kind = st.selectbox(
            "Kind",
            list(counts),
            index=None,
            format_func=lambda one: f"{one} ({counts[one]:,})",
            placeholder="All kinds",
            label_visibility="collapsed",
            key="problem-kind",
            width=280,
        )
        shown = soundness.problem_rows(kind)
        st.dataframe(
            shown.head(PROBLEMS_SHOWN),
            hide_index=True,
            height=320,
            key="problem-rows",
            placeholder="",
            column_config={
                "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", width="small"),
                "kind": "Kind",
                "occurred": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
                "sentence": st.column_config.TextColumn("What is wrong", width="large"),
                "event_id": "Event",
            },
            alt="What is wrong with the data, row by row",
        )
        elements.all_as_csv(lambda: lead_tables.csv(shown), "problems.csv")
        if len(shown) > PROBLEMS_SHOWN:
            st.caption(f"The first {PROBLEMS_SHOWN:,} of {len(shown):,}; all of them are in the CSV.")
