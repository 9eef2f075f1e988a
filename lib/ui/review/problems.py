"""How many problems the data has, and the rows."""

from collections import Counter

import streamlit as st

from lib.charts.language import count
from lib.ui.data import soundness
from lib.ui.frame import elements, lead_tables
from lib.ui.now import present

PROBLEMS_SHOWN = 500


@st.fragment
def show() -> None:
    """How many problems the data has, and the rows."""
    snapshot = present.snapshot()
    found = present.problems(snapshot)
    if not found:
        st.caption(
            f":material/check_circle: No problem is known of in the data. As of {present.now_in_words(snapshot)}."
        )
        return
    counts = Counter(one.kind for one in found)
    listed = ", ".join(f"{kind} {rows:,}" for kind, rows in counts.most_common())
    with st.expander(f"{count(len(found), 'problem')} in the data: {listed}", icon=":material/report:"):
        st.caption("Kept and told, never silently counted. A correction is a new event, or a corrected file.")
        kind = st.selectbox(
            "Kind",
            list(counts),
            index=None,
            format_func=lambda one: f"{one} ({counts[one]:,})",
            placeholder="All kinds",
            label_visibility="collapsed",
            key="problem-kind",
            width=280,
        )
        shown = soundness.problem_rows(found, kind)
        st.dataframe(
            shown.head(PROBLEMS_SHOWN),
            hide_index=True,
            height=320,
            key="problem-rows",
            placeholder="",
            column_config={
                "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", width="small"),
                "kind": "Kind",
                "occurred": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
                "sentence": st.column_config.TextColumn("What is wrong", width="large"),
                "event_id": "Event",
            },
            alt="What is wrong with the data, row by row",
        )
        elements.all_as_csv(lambda: lead_tables.csv(shown), "problems.csv")
        if len(shown) > PROBLEMS_SHOWN:
            st.caption(f"The first {PROBLEMS_SHOWN:,} of {len(shown):,}; all of them are in the CSV.")
