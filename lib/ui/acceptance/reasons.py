"""Why sales rejected, over time."""

from collections.abc import Mapping
from html import unescape
from typing import Any

import streamlit as st

from lib.app import funnel
from lib.charts import acceptance as charts_of
from lib.charts.language import named_by_year, period_name
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.funnel import rejections
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import BLANK, Became
from lib.ui.acceptance import behind
from lib.ui.acceptance.view import LookedAt, within
from lib.ui.frame import elements
from lib.ui.now import present


@st.fragment
def show(at: LookedAt) -> None:
    """Why sales rejected, over time."""
    snapshot = present.snapshot()
    elements.section(
        "Reasons",
        "reasons",
        f"Rejected hand-offs by the {at.by} they were handed over in and the reason sales gave; open and closed ones "
        f"do not count. Reasons are worded by reasons.yaml.",
        snapshot,
    )
    periods = [one.period for one in funnel.ask(snapshot.sales, funnel_cohorts.cohorts, at.only, at.window, at.by)]
    found = funnel.ask(snapshot.sales, rejections.rejections, at.only, at.window, at.by)
    ranked = [one.reason for one in funnel.ask(snapshot.sales, rejections.rejections, at.only, at.window)]
    of_period = {(one.reason, one.period): one.handoffs for one in found}
    counts = {
        present.reason_words(reason): [of_period.get((reason, period), 0) for period in periods] for reason in ranked
    }
    by_words = {present.reason_words(reason): reason or BLANK for reason in ranked}

    def choose(point: Mapping[str, Any] | None) -> None:
        behind.choose("reason-period", behind.period_at(point, periods))
        behind.choose("reason", point and by_words.get(unescape(point["customdata"][0])))

    drawn = charts_of.reasons_over_time(periods, counts, at.by)
    elements.selectable_chart(named_by_year(drawn, periods, at.by, at.window.year_starts), "reasons", choose)
    with st.container(horizontal=True):
        reason = behind.chosen(
            "reason", "A reason", list(by_words.values()), lambda code: present.reason_words(code or None)
        )
        period = behind.chosen("reason-period", f"A {at.by}", periods[::-1], lambda one: period_name(one, at.by))
    if reason is not None or period is not None:
        of = funnel.chosen(snapshot.sales, at.only)
        window = at.window if period is None else within(at, period)
        asked_for = [] if reason is None else [(of.reason, reason or None)]
        behind.leads(snapshot, "reason", choosing.behind(of, window, Became.REJECTED, asked_for))
