"""The sources whose SQLs are won less often than the others'."""

import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts import review as charts_of
from lib.charts.rates import said
from lib.core.funnel import differences
from lib.core.statistics.rates import Verdict, rate
from lib.ui.frame import elements
from lib.ui.frame.window import looked_at


def show(snapshot: Snapshot) -> None:
    """The sources whose SQLs are won less often than the others'."""
    window = looked_at()
    source = funnel.groups(snapshot, funnel.EVERYTHING, funnel.Grouping.SOURCE)
    found = funnel.ask(snapshot.sales, differences.closing, funnel.EVERYTHING, window, source)
    without = funnel.ask(snapshot.sales, differences.blank, funnel.EVERYTHING, window, source)
    elements.section(
        "Closing",
        "closing",
        f"Won of the SQLs of the window's hand-offs that have been SQLs for {differences.CLOSING_DAYS} days or longer: "
        "younger ones have not had their time. Each source against all others together, corrected for how many "
        f"there are.",
        snapshot,
    )
    names = [one.group or "" for one in found]
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
    if without is not None and without.sql:
        st.caption(f"SQLs whose source is not known are none of them: {without.sql:,}.")
    overall = rate(
        sum(one.comparison.rate.successes for one in found), sum(one.comparison.rate.trials for one in found)
    )
    elements.chart(
        charts_of.sources_that_do_not_close(names, [one.comparison for one in found], overall), key="closing"
    )
