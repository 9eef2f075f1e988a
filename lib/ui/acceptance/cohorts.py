"""Acceptance over time, with its interval."""

import streamlit as st

from lib.app import funnel
from lib.charts import acceptance as charts_of
from lib.charts.language import named_by_year, period_name
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.handoffs import choosing
from lib.ui.acceptance import behind
from lib.ui.acceptance.view import LookedAt, within
from lib.ui.frame import elements
from lib.ui.now import present


@st.fragment
def show(at: LookedAt) -> None:
    """Acceptance over time, with its interval."""
    snapshot = present.snapshot()
    elements.section(
        "Over time",
        "cohorts",
        f"Accepted of all handed over in the {at.by}, with the Wilson 95 % interval. Open and closed ones count "
        "as handed over and not as accepted, so a young cohort still rises; fewer than 10 decided give no rate. "
        f"Immature: not all are {funnel_cohorts.HORIZONS_DAYS[0]} days old.",
        snapshot,
    )
    found = funnel.ask(snapshot.sales, funnel_cohorts.cohorts, at.only, at.window, at.by)
    periods = [one.period for one in found]
    drawn = charts_of.acceptance_by_cohort(
        periods, [one.acceptance for one in found], [one.mature[0] for one in found], at.by
    )
    named_by_year(drawn, periods, at.by, at.window.year_starts)
    elements.selectable_chart(drawn, "cohorts", lambda point: behind.choose("cohort", behind.period_at(point, periods)))
    period = behind.chosen("cohort", f"A {at.by}", periods[::-1], lambda one: period_name(one, at.by))
    if period is not None:
        outcome = behind.outcome("cohort")
        behind.leads(
            snapshot, "cohort", choosing.behind(funnel.chosen(snapshot.sales, at.only), within(at, period), outcome)
        )
