"""What each step costs by channel."""

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts import review as charts_of
from lib.core.funnel.costs import ChannelCost
from lib.ui.frame import elements, filters
from lib.ui.frame.window import looked_at


def show(snapshot: Snapshot) -> None:
    """What each step costs by channel."""
    found = funnel.costs_of(snapshot, looked_at())
    elements.section(
        "Costs",
        "costs",
        "Spend of the months, by their days in the window, and where no spend covers a lead's channel and source "
        "the lead's own cost, divided by the leads created and by what the hand-offs of the window have become by "
        "now. Young hand-offs may still become more.",
        snapshot,
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
