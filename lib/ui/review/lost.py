"""Why hand-offs were lost, and what they were worth."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.funnel.lost import LostFor
from lib.ui.frame import elements
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.window import looked_at
from lib.ui.now import present


def show(snapshot: Snapshot) -> None:
    """Why hand-offs were lost, and what they were worth."""
    found = funnel.lost_for(snapshot, looked_at())
    elements.section(
        "Lost",
        "lost",
        "Hand-offs of these days that were lost, whenever that was, by the reason that was given with it, and what "
        "they were worth as far as amounts are known. What was won after all is not lost. A rejection is sales' "
        "decision and no loss: Acceptance has its reasons.",
        snapshot,
    )
    st.markdown(in_words(found))
    named = [one for one in found if one.reason is not None]
    if not named:
        return
    st.dataframe(
        _as_table(named),
        hide_index=True,
        key="lost-table",
        placeholder="–",
        column_config={
            "Lost": st.column_config.NumberColumn(format="localized"),
            "Amount": st.column_config.NumberColumn(format="%,.0f", help="Of those whose amount is known"),
            "Without an amount": st.column_config.NumberColumn(format="localized"),
        },
        alt="Reasons for what was lost, the most frequent first",
    )
    elements.all_as_csv(lambda: csv_file(_as_table(found)), "lost.csv")


def in_words(found: Sequence[LostFor]) -> str:
    """How many were lost, for what most of all, for what most was lost, and how many without a reason."""
    total = sum(one.handoffs for one in found)
    if not total:
        return "No hand-off of these days was lost."
    sentences = [f"**{total:,}** lost."]
    named = [one for one in found if one.reason is not None]
    if named:
        most, dearest = named[0], max(named, key=lambda one: one.amount)
        sentences.append(f"Most often: **{_name(most)}**, {count(most.handoffs, 'time')}.")
        if dearest.amount:
            sentences.append(f"Worth most: **{_name(dearest)}**, {dearest.amount:,.0f}.")
    blank = sum(one.handoffs for one in found if one.reason is None)
    if blank:
        sentences.append(f"{blank:,} of them without a reason." if named else "None has a reason.")
    return " ".join(sentences)


def _name(one: LostFor) -> str:
    return elements.plain(present.reason_words(one.reason))


def _as_table(found: Sequence[LostFor]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Reason": [present.reason_words(one.reason) for one in found],
            "Lost": [one.handoffs for one in found],
            "Amount": [None if one.unknown == one.handoffs else one.amount for one in found],
            "Without an amount": [one.unknown for one in found],
        }
    ).astype({"Amount": "float64"})
