"""How new the data is, by what brought it, and the days on which nothing came though it usually does."""

from datetime import date

import pandas as pd
import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts.arrivals import rows_by_day
from lib.charts.language import count
from lib.core.exchange.soundness import Fresh
from lib.core.time import clock
from lib.ui.data import soundness
from lib.ui.data.importing import TABLE_WORDS
from lib.ui.frame import elements

WHAT_CAME = {"activity": "activities", "handoff_event": "hand-overs"}

GAPS_SHOWN = 20


def show(snapshot: Snapshot) -> None:
    """The whole part."""
    found = soundness.freshness()
    if not found:
        elements.nothing_yet("There is no data yet", "How new it is will be said here. " + elements.HOW_TO_IMPORT)
        return
    elements.section(
        "How new is it?",
        "freshness",
        "The newest instant in each table, by what brought it: the mapping or table a file was read as, or no import "
        "(answers given here, leads handed over here, invented data). Age is set against now.",
        snapshot,
    )
    st.dataframe(
        _as_table(snapshot, found),
        hide_index=True,
        placeholder="",
        column_config={
            "Rows": st.column_config.NumberColumn(format="localized"),
            "Newest": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Last import": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
        alt="The newest instant by table and origin",
    )
    elements.section(
        "Is anything missing?",
        "gaps",
        "A day of the last 26 weeks without a row, though at least 3 of the 4 latest same weekdays before it had some, "
        "and 20 or more together (fewer may be chance). Days already missing are not compared with, and today is left "
        "out. Weekends on which nothing ever comes are no gap. Hand-overs are `mql` events.",
        snapshot,
    )
    days = soundness.days(snapshot)
    for table, name in WHAT_CAME.items():
        if table in days:
            of = days[table]
            elements.chart(rows_by_day(name, of.first, of.rows, of.gaps), f"days:{table}")
            if of.gaps:
                told = [_span(gap.first, gap.last) for gap in of.gaps[-GAPS_SHOWN:]]
                st.caption(f"Nothing came on {'; '.join(told)}. Import these days again from the system they are from.")
            else:
                st.caption(f"No {name} are missing on any day that usually has some.")
        else:
            st.caption(f"No {name} came in the last 26 weeks.")


def _span(first: date, last: date) -> str:
    return elements.day(first) if first == last else f"{elements.day(first)} to {elements.day(last)}"


def _as_table(snapshot: Snapshot, found: list[Fresh]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                one.origin or "no import",
                TABLE_WORDS[one.table],
                one.rows,
                elements.local(one.newest),
                _age(snapshot.as_of - one.newest),
                None if one.imported_at is None else elements.local(one.imported_at),
            )
            for one in found
        ],
        columns=["Origin", "Table", "Rows", "Newest", "Age", "Last import"],
    )


def _age(microseconds: int) -> str:
    """How long ago, in the largest whole unit."""
    if microseconds < 0:
        return "in the future"
    hours = microseconds // (3_600 * clock.MICROSECONDS)
    return count(hours // 24, "day") if hours >= 48 else count(hours, "hour")
