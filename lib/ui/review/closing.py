"""The channels, sources and actions whose SQLs are won less often than the others'."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.funnel import Closers
from lib.charts import review as charts_of
from lib.charts.rates import said
from lib.core.funnel import differences
from lib.core.statistics.rates import Verdict
from lib.ui.frame import elements, filters
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.window import looked_at
from lib.ui.now import present


@st.fragment
def show() -> None:
    """The channels, sources and actions whose SQLs are won less often than the others'."""
    snapshot, window = present.snapshot(), looked_at()
    elements.section(
        "Closing",
        "closing",
        f"Won of the SQLs of the window's hand-offs that have been SQLs for {differences.CLOSING_DAYS} days or longer: "
        "younger ones have not had their time. Each channel and source against all others together; each action that "
        "the agreed definition gives points for against the SQLs that had not done it. Corrected for how many there "
        "are. Those without a channel or source are counted, and not compared.",
        snapshot,
    )
    found = {by: funnel.closing(snapshot, window, by) for by in Closers}
    if not found[Closers.SOURCES].groups:
        st.markdown(f"No SQL of these days is {differences.CLOSING_DAYS} days old yet.")
        return
    st.markdown(in_words({by: one.groups for by, one in found.items()}))
    by = st.segmented_control(
        "Whose",
        list(Closers),
        default=Closers.SOURCES,
        format_func=str,
        label_visibility="collapsed",
        required=True,
        key="closing-by",
        bind="query-params",
    )
    shown = [one for one in found[by].groups if one.group is not None]
    drawn = charts_of.who_does_not_close(
        [one.group or "" for one in shown], [one.comparison for one in shown], found[by].overall, by.value
    )
    elements.chart(drawn, key=f"closing-{by}")
    elements.all_as_csv(lambda: csv_file(_as_table(found[by].groups)), f"closing-{by}.csv")


def in_words(found: dict[Closers, Sequence[differences.Closing]]) -> str:
    """Whose SQLs really do not close, by name; and how many SQLs nobody knows the channel or source of."""
    bad = [
        f"**{elements.plain(one.group)}** ({by.value.removesuffix('s')}) wins {said(one.comparison.rate)}, "
        f"the others {said(one.comparison.other)}"
        for by, groups in found.items()
        for one in groups
        if one.group is not None and one.comparison.verdict is Verdict.LOWER
    ]
    sentences = [
        "; ".join(bad) if bad else "No channel's, source's or action's SQLs close less often than chance explains"
    ]
    for by, groups in found.items():
        blank = sum(one.comparison.rate.trials for one in groups if one.group is None)
        if blank:
            sentences.append(f"{blank:,} of these SQLs have no {by.value.removesuffix('s')}")
    return ". ".join(sentences) + "."


def _as_table(groups: Sequence[differences.Closing]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": [filters.BLANK_WORDS if one.group is None else one.group for one in groups],
            "sqls": [one.comparison.rate.trials for one in groups],
            "won": [one.comparison.rate.successes for one in groups],
            "others_sqls": [one.comparison.other.trials for one in groups],
            "others_won": [one.comparison.other.successes for one in groups],
            "p_value": [one.comparison.p_value for one in groups],
            "verdict": [one.comparison.verdict.value for one in groups],
        }
    )
