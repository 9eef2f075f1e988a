"""How new the data is, by what brought it, and the days on which nothing came though it usually does."""

from datetime import date

import pandas as pd
import streamlit as st

from lib.app.snapshot import Snapshot
from lib.app.soundness import Days
from lib.charts.arrivals import rows_by_day
from lib.charts.language import count
from lib.core.exchange.soundness import Fresh
from lib.core.time import clock
from lib.ui.data import soundness
from lib.ui.data.importing import TABLE_WORDS
from lib.ui.frame import elements

WHAT_CAME = {"activity": "activities", "handoff_event": "events"}

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
        "out. Weekends on which nothing ever comes are no gap. A series of which nothing came any more is said to have "
        "ended. Events are those of hand-offs, of any kind.",
        snapshot,
    )
    days = soundness.days(snapshot)
    for table, name in WHAT_CAME.items():
        if table in days:
            of = days[table]
            elements.chart(rows_by_day(name, of.first, of.rows, of.missing), f"days:{table}")
            st.caption(missing_in_words(name, of))
        else:
            st.caption(f"No {name} came in the last 26 weeks.")


def missing_in_words(name: str, of: Days) -> str:
    """What is missing of a table, a series that ended said once; or that nothing is."""
    sentences = []
    if of.missing.ended:
        ended = of.missing.ended
        sentences.append(f"No {name} since {elements.day(ended.last)}, {count(ended.days, 'day')}.")
    if of.ended_kinds:
        told = [
            f"{elements.plain(kind)} since {elements.day(ended.last)} ({count(ended.days, 'day')})"
            for kind, ended in of.ended_kinds.items()
        ]
        sentences.append(f"Of {name}, nothing any more of {', '.join(told)}.")
    if of.missing.gaps:
        spans = [_span(gap.first, gap.last) for gap in of.missing.gaps[-GAPS_SHOWN:]]
        sentences.append(f"Nothing came on {'; '.join(spans)}.")
    if not sentences:
        return f"No {name} are missing on any day that usually has some."
    return " ".join([*sentences, "Import these days again from the system they are from."])


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
