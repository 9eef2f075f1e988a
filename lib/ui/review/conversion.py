"""The funnel of one population, cohorts and periods side by side, and both over time."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts import review as charts_of
from lib.charts.language import named_by_year, percent, period_name
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.funnel.cohorts import Cohort, Pulse
from lib.core.handoffs.choosing import Filter
from lib.core.statistics.rates import Rate
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.ui.frame import bases, elements, filters
from lib.ui.now import present

TREND, FUNNEL, CONVERSION = "trend", "funnel", "conversion"
"""Where on the page the sentences about what changed lead."""


@st.fragment
def show() -> None:
    """The funnel of one population, cohorts and periods side by side, and both over time; all of it by a filter."""
    snapshot = present.snapshot()
    with st.container(horizontal=True, vertical_alignment="center"):
        window = filters.days("Leads count by the day they were created, hand-offs by the day they were handed over.")
        only = filters.hand_offs(snapshot)
        by = filters.period()
    cohorts = funnel.ask(snapshot.sales, funnel_cohorts.cohorts, only, window, by)
    far, over_time = st.columns([2, 3])
    with far:
        _funnel(snapshot, only, window)
    with over_time:
        _trend(cohorts, by, window)
    _conversion(snapshot, cohorts, by, window)
    _side_by_side(cohorts, funnel.ask(snapshot.sales, funnel_cohorts.period_conversion, only, window, by), by)


def _trend(cohorts: tuple[Cohort, ...], by: By, window: Window) -> None:
    st.subheader(
        "Over time",
        anchor=TREND,
        help=f"Immature: not every lead of the {by} is {funnel_cohorts.HORIZONS_DAYS[0]} days old. {bases.CLOSED}",
    )
    periods = [one.period for one in cohorts]
    drawn = charts_of.trend(
        periods,
        [one.handoffs for one in cohorts],
        [one.accepted for one in cohorts],
        [one.rejected for one in cohorts],
        [one.open for one in cohorts],
        [one.closed for one in cohorts],
        [one.mature[0] for one in cohorts],
        by,
    )
    elements.chart(named_by_year(drawn, periods, by, window.year_starts), key="trend")


def _conversion(snapshot: Snapshot, cohorts: tuple[Cohort, ...], by: By, window: Window) -> None:
    elements.section(
        "From MQL to SQL",
        CONVERSION,
        f"Cohort: of the MQLs handed over in a {by}, how many were SQLs within so many days. A {by} is immature "
        "until that has passed for all of them. Period: the SQLs of a "
        f"{by} over its MQLs, which are other leads: it moves with the volume.",
        snapshot,
    )
    periods = [one.period for one in cohorts]
    drawn = charts_of.conversion_by_cohort(
        periods,
        {days: [one.sql_within[n] for one in cohorts] for n, days in enumerate(funnel_cohorts.HORIZONS_DAYS)},
        {days: [one.mature[n] for one in cohorts] for n, days in enumerate(funnel_cohorts.HORIZONS_DAYS)},
        by,
    )
    elements.chart(named_by_year(drawn, periods, by, window.year_starts), key="conversion")


STEP_WORDS = {"lead": "Leads created", "mql": "MQL", "sal": "SAL", "sql": "SQL", "won": "Won"}


def _funnel(snapshot: Snapshot, only: Filter, window: Window) -> None:
    elements.section(
        "Funnel",
        FUNNEL,
        f"Leads created from {elements.day(window.start)} to {elements.day(window.last_day)}, and how far each has "
        "come in any of its hand-offs, whenever that was. One population throughout: a lead counts once in each step "
        f"it reached. Young leads are still on their way. {bases.others(bases.CREATED)}",
        snapshot,
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
        st.markdown(f"**Cohorts**: what became of the MQLs handed over in each {by}")
        st.dataframe(
            pd.DataFrame(
                {
                    by.capitalize(): [one.period for one in cohorts],
                    "MQLs": [one.handoffs for one in cohorts],
                    "Accepted": [_part(one.acceptance) for one in cohorts],
                    "Rejected": [one.rejected for one in cohorts],
                    "Open": [one.open for one in cohorts],
                    "Past due": [one.open_past_due for one in cohorts],
                    "Closed": [one.closed for one in cohorts],
                    "SQL": [_part(one.efficiency) for one in cohorts],
                    "Won": [one.won for one in cohorts],
                    **{
                        f"SQL in {days} days": [
                            _part(one.sql_within[n]) + ("" if one.mature[n] else ", immature") for one in cohorts
                        ]
                        for n, days in enumerate(funnel_cohorts.HORIZONS_DAYS)
                    },
                }
            )[::-1],
            hide_index=True,
            height=TABLE_HEIGHT,
            key="cohorts-table",
            column_config={
                **_by_period(by),
                "MQLs": st.column_config.NumberColumn(format="localized", help="Accepted, rejected, open and closed."),
                "Closed": st.column_config.NumberColumn(format="localized", help=bases.CLOSED),
                "Past due": st.column_config.NumberColumn(format="localized", help="Of the open ones."),
            },
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
            for name in ("MQLs", "MQL", "SAL", "Rejected", "Open", "SQLs", "Won", "Lost", "Past due")
        },
    }
