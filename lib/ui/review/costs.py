"""What each step costs by channel, and what came back."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts import review as charts_of
from lib.charts.language import count
from lib.core.funnel.costs import ChannelCost
from lib.ui.frame import elements, filters
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.window import looked_at


def show(snapshot: Snapshot) -> None:
    """What each step costs by channel."""
    found = funnel.costs_of(snapshot, looked_at())
    elements.section(
        "Costs",
        "costs",
        "Spend of the months, by their days in the window, and where no spend covers a lead's channel and source "
        "the lead's own cost, divided by the leads created and by what the hand-offs of the window have become by "
        "now; the return is what those won brought, for each 1 spent. Young hand-offs may still become more.",
        snapshot,
    )
    if not any(one.cost for one in found):
        st.caption(
            "Nothing was spent in the window. Load what was with `python -m lib import spend.csv --as spend` "
            "(month, channel, source, amount)."
        )
        return
    st.markdown(returns_in_words(found))
    elements.chart(charts_of.cost(found), key="costs")
    with st.expander("As a table"):
        rows = _as_table(found)
        st.dataframe(
            rows,
            hide_index=True,
            key="costs-table",
            placeholder="–",
            column_config={
                name: st.column_config.NumberColumn(format="%,.0f", help=COLUMN_HELP.get(name))
                for name in rows.columns
                if name not in ("Channel", "Return")
            }
            | {"Return": st.column_config.NumberColumn(format="%.2f", help=COLUMN_HELP["Return"])},
            alt="What was spent on each channel, what each step cost and what came back, the dearest channel first",
        )
        elements.all_as_csv(lambda: csv_file(rows), "costs.csv")


def returns_in_words(found: Sequence[ChannelCost]) -> str:
    """What came back for each one spent, the best channel first; what says nothing is counted, with the reason."""
    known = sorted(
        ((one.returned, one) for one in found if one.returned is not None), key=lambda pair: pair[0], reverse=True
    )
    sentences = []
    if known:
        each = ", ".join(f"**{elements.plain(_name(one))}** {returned:,.2f}" for returned, one in known)
        sentences.append(f"Won so far for each 1 spent: {each}.")
    free = sum(not one.cost and one.won > 0 for one in found)
    if free:
        sentences.append(f"{count(free, 'channel')} won without any cost that is known.")
    unknown = sum(one.won_unknown for one in found)
    if unknown:
        sentences.append(f"{count(unknown, 'win')} without a known amount {'adds' if unknown == 1 else 'add'} nothing.")
    return " ".join(sentences)


def _name(one: ChannelCost) -> str:
    return one.channel or filters.BLANK_WORDS


def _as_table(found: Sequence[ChannelCost]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Channel": [_name(one) for one in found],
            "Spent": [one.cost for one in found],
            **{words: [one.per(step) for one in found] for step, words in COST_STEPS.items()},
            "Leads": [one.leads for one in found],
            "MQLs": [one.mql for one in found],
            "SALs": [one.sal for one in found],
            "SQLs": [one.sql for one in found],
            "Won": [one.won for one in found],
            "Won amount": [one.won_amount for one in found],
            "Return": [one.returned for one in found],
        }
    )


COST_STEPS = {
    "lead": "A lead",
    "mql": "An MQL",
    "sal": "A SAL",
    "sql": "An SQL",
    "won": "A win",
}

COLUMN_HELP = {
    "A lead": "Spent ÷ leads created in the window; blank where none was.",
    "An MQL": "Spent ÷ MQLs of the window; blank where there is none.",
    "A SAL": "Spent ÷ those of them that sales accepted; blank where there is none.",
    "An SQL": "Spent ÷ those of them that became SQLs; blank where there is none.",
    "A win": "Spent ÷ those of them that were won; blank where there is none.",
    "Won amount": "What the window's hand-offs that were won brought, as far as amounts are known.",
    "Return": "Won amount ÷ spent; blank where nothing was spent, or no amount of what was won is known.",
}
