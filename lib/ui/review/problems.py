"""What is wrong with the data: by cause, and the cases of one kind."""

from collections import Counter

import streamlit as st

from lib.charts.language import count
from lib.core.handoffs.problems import ProblemKind
from lib.ui.data import problems, soundness
from lib.ui.now import present


@st.fragment
def show() -> None:
    """How many problems the data has, why, and the rows."""
    snapshot = present.snapshot()
    groups = soundness.problem_groups(snapshot)
    if not groups:
        st.caption(
            f":material/check_circle: No problem is known of in the data. As of {present.now_in_words(snapshot)}."
        )
        return
    counts: Counter[ProblemKind] = Counter()
    for group in groups:
        counts[group.kind] += group.count
    listed = ", ".join(f"{kind} {rows:,}" for kind, rows in counts.most_common())
    with st.expander(f"{count(counts.total(), 'problem')} in the data: {listed}", icon=":material/report:"):
        st.caption("Kept and told, never silently counted. A correction is a new event, or a corrected file.")
        problems.by_cause(groups, "problems")
        kind = st.selectbox(
            "Kind",
            list(counts),
            index=None,
            format_func=lambda one: f"{one} ({counts[one]:,})",
            placeholder="Show the cases of a kind",
            label_visibility="collapsed",
            key="problem-kind",
            width=280,
        )
        if kind is not None:
            problems.cases(snapshot, kind, counts[kind], "problems")
