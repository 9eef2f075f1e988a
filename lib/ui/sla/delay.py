"""On the SLA page: how long it takes until somebody has what was handed over, by channel and by week."""

import pandas as pd
import streamlit as st

from lib.app import sla
from lib.charts.language import count, duration
from lib.core.sla.attainment import Delay, SlaGroup
from lib.ui.frame import elements, filters
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.window import looked_at
from lib.ui.now import present
from lib.ui.sla.waiting import monday

GROUPS = {SlaGroup.CHANNEL: "Channel", SlaGroup.WEEK: "Week of"}

TABLE_PX = 320


@st.fragment
def show() -> None:
    """The system delay: what neither side answers for, and both wait for."""
    snapshot = present.snapshot()
    window = looked_at()
    st.markdown(
        "**How long until somebody has it?**",
        help="System delay: wall clock from the hand-over to the first assignment to a person, of what was handed over "
        "in these days. A queue is nobody. What is known by its day alone is counted, and has no hours.",
    )
    by = st.segmented_control(
        "By",
        list(GROUPS),
        default=SlaGroup.CHANNEL,
        format_func=str,
        label_visibility="collapsed",
        required=True,
        key="delay-by",
        bind="query-params",
    )
    found = sla.delays(snapshot.sales, window, by)
    st.caption(in_words(found, by))
    st.dataframe(
        _table(found, by),
        key="delay-table",
        hide_index=True,
        placeholder="–",
        height=min(36 * (len(found) + 1), TABLE_PX),
        column_config={
            "Week of": st.column_config.DateColumn(format="D MMM YYYY"),
            "Handed over": st.column_config.NumberColumn(format="%,d"),
            "Assigned": st.column_config.NumberColumn(format="%,d", help="To a person, by now"),
            "Half within": st.column_config.TextColumn(help="The median of those assigned"),
            "Nine in ten within": st.column_config.TextColumn(help="The 90th percentile of those assigned"),
        },
        alt=f"System delay by {by}: {in_words(found, by)}",
    )
    elements.all_as_csv(lambda: csv_file(_as_numbers(found, str(by))), f"system-delay-by-{by}.csv")


def in_words(found: tuple[Delay, ...], by: SlaGroup) -> str:
    """How many have been assigned to nobody, and where it takes longest."""
    nobody = sum(one.handoffs - one.assigned for one in found)
    said = "Everything has been assigned." if not nobody else f"{count(nobody, 'hand-off')} nobody was assigned to."
    timed = [one for one in found if one.median_hours is not None and one.group is not None]
    if len(timed) < 2:
        return said
    slowest = max(timed, key=lambda one: one.median_hours or 0.0)
    if not slowest.median_hours:
        return f"{said} Half of each are assigned at once."
    longest = duration(slowest.median_hours)
    if sum(duration(one.median_hours or 0.0) == longest for one in timed) > 1:
        return f"{said} Half of each are assigned within {longest} or less."
    name = slowest.group or ""
    whose = f"The week of {elements.day(monday(name))}" if by is SlaGroup.WEEK else f"“{elements.plain(name)}”"
    return f"{said} {whose} takes longest: half within {longest}."


def _table(found: tuple[Delay, ...], by: SlaGroup) -> pd.DataFrame:
    named = [one.group or filters.BLANK_WORDS for one in found]
    return pd.DataFrame(
        {
            GROUPS[by]: [monday(name) for name in named] if by is SlaGroup.WEEK else named,
            "Handed over": [one.handoffs for one in found],
            "Assigned": [one.assigned for one in found],
            "Half within": [_hours(one.median_hours) for one in found],
            "Nine in ten within": [_hours(one.p90_hours) for one in found],
        }
    )


def _as_numbers(found: tuple[Delay, ...], group: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            group: [one.group for one in found],
            "handoffs": [one.handoffs for one in found],
            "assigned": [one.assigned for one in found],
            "median_hours": [one.median_hours for one in found],
            "p90_hours": [one.p90_hours for one in found],
        }
    )


def _hours(hours: float | None) -> str | None:
    return None if hours is None else duration(hours)
