"""The leads behind a bar, dot or cell: chosen there or by keyboard, and listed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.handoffs.choosing import Became
from lib.core.handoffs.handoffs import Handoffs
from lib.ui.frame import bases, elements, lead_tables

LEADS_SHOWN = 200

Option = TypeVar("Option")


def choose(key: str, value: object) -> None:
    st.session_state[key] = value


def chosen(key: str, what: str, options: Sequence[Option], words: Callable[[Option], str]) -> Option | None:
    """What was chosen in the chart or here; by keyboard this is the way to the leads."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    return st.selectbox(
        what,
        options,
        index=None,
        format_func=words,
        placeholder=f"{what}: choose one, or click it, to see the leads",
        label_visibility="collapsed",
        key=key,
        width=380,
    )


OUTCOME_WORDS = {Became.PAST_DUE: "past due", Became.SQL: "SQL"}


def outcome(key: str) -> Became | None:
    """Which of the leads: all of them, or those with one outcome."""
    return st.segmented_control(
        "What became of them",
        list(Became),
        format_func=lambda one: OUTCOME_WORDS.get(one, one.value),
        label_visibility="collapsed",
        key=f"{key}-outcome",
        help=f"None chosen: all of them. {bases.CLOSED}",
    )


LEAD_COLUMNS: Mapping[str, Any] = {
    "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"),
    "name": "Name",
    "company": "Company",
    "title": "Title",
    "handed_over": st.column_config.DatetimeColumn("Handed over", format="D MMM YYYY"),
    "decision": st.column_config.TextColumn("Decision", help=bases.CLOSED),
    "implied": st.column_config.TextColumn(
        "Implied", width="small", help="Which of these steps nobody stated: a later one, a win say, implies them."
    ),
    "reason": st.column_config.TextColumn("Reason", width="medium"),
    "score": st.column_config.NumberColumn("Score", help="At hand-over"),
    "source": "Source",
    "owner": "Owner",
    "sql": st.column_config.DatetimeColumn("SQL", format="D MMM YYYY"),
    "won": st.column_config.DatetimeColumn("Won", format="D MMM YYYY"),
}


def leads(snapshot: Snapshot, key: str, behind: Handoffs) -> None:
    """The leads of some hand-offs, the newest first, each a click from its page."""
    if not len(behind):
        st.caption("There is no such lead.")
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            f"The newest {LEADS_SHOWN} of {len(behind):,} hand-offs; all of them are in the CSV."
            if len(behind) > LEADS_SHOWN
            else f"{count(len(behind), 'hand-off')}, the newest first."
        )
        elements.all_as_csv(lambda: lead_tables.csv(lead_tables.leads_behind(snapshot, behind)), f"hand-offs-{key}.csv")
    st.dataframe(
        lead_tables.leads_behind(snapshot, behind, LEADS_SHOWN),
        key=f"{key}-leads",
        hide_index=True,
        height=320,
        placeholder="",
        alt="The leads behind what was chosen, the newest hand-off first",
        column_order=list(LEAD_COLUMNS),
        column_config=LEAD_COLUMNS,
    )


def period_at(point: Mapping[str, Any] | None, periods: Sequence[date]) -> date | None:
    """The period a clicked point stands for."""
    if point is None:
        return None
    return next((period for period in periods if str(point["x"]).startswith(period.isoformat())), None)
