"""How far each of the month's goals is, and what each day left must bring."""

import streamlit as st

from lib.app import funnel
from lib.charts import review as charts_of
from lib.charts.language import percent
from lib.core.funnel.goals import GoalProgress
from lib.core.statistics.rates import Verdict
from lib.ui.frame import elements
from lib.ui.now import present

METRIC_WORDS = {"mql": "MQL", "sal": "SAL", "sql": "SQL"}


@st.fragment
def show() -> None:
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
        "month. A day counts for what such a weekday brought over the last 26 weeks, a holiday for what a Sunday did: "
        "the pace is that of an average day.",
        snapshot,
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
        one, by_day = progress[metric], funnel.goal_by_day(snapshot, metric)
        elements.chart(
            charts_of.goal_pace(
                by_day.days, by_day.reached, by_day.average_days, one.target, one.needed_per_day, METRIC_WORDS[metric]
            ),
            key="goal-pace",
        )


WORDS = {
    Verdict.HIGHER: ":blue[on its way]",
    Verdict.LOWER: ":orange[falls short]",
    Verdict.NOISE: ":gray[too close to say]",
    Verdict.TOO_FEW: ":gray[too few weeks to say]",
}
"""By whether the 95 % interval of what is to be expected lies above the goal, below it, or on both sides."""


def _goal(metric: str, progress: GoalProgress) -> str:
    reached = f"**{metric}: {progress.reached:,} of {progress.target:,.0f}**"
    if progress.attainment is not None:
        reached += f" ({percent(progress.attainment)})"
    if progress.reached >= progress.target:
        return f"{reached}: reached."
    if progress.needed_per_day is None or progress.pace_per_day is None:
        return reached
    if progress.expected is None:
        return f"{reached}: the month is too young to say."
    between = "" if progress.margin is None else f" ± {progress.margin:,.0f}"
    return (
        f"{reached}: {WORDS[progress.verdict]}, {progress.expected:,.0f}{between} at this pace. "
        f"Needs {elements.rate(progress.needed_per_day)} an average day from here; "
        f"so far {elements.rate(progress.pace_per_day)}."
    )
