"""Which criteria rejected leads owe their score to."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.charts import acceptance as charts_of
from lib.charts.language import percent
from lib.core.arrays import Column
from lib.core.definition.criteria import Definition
from lib.core.funnel import rejections
from lib.core.funnel.rejections import CriterionInDecisions
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import BLANK, Became
from lib.core.statistics.rates import Rate, Verdict
from lib.ui.acceptance import behind
from lib.ui.acceptance.view import LookedAt
from lib.ui.frame import elements
from lib.ui.now import present


@st.fragment
def show(at: LookedAt) -> None:
    """Which criteria rejected leads owe their score to."""
    snapshot = present.snapshot()
    elements.section(
        "What rejected leads owe their score to",
        "criteria",
        "Of the rejected, and of the accepted, how many had points of a criterion of the agreed definition at the "
        "instant of the hand-over: two-proportion tests, corrected for how many criteria there are (Holm) "
        "and for what else this page tests. Open and closed ones do not count; a lead can have points of several.",
        snapshot,
    )
    earned = funnel.earned(snapshot, at.only, at.window)
    found = sorted(
        funnel.criteria_in_decisions(snapshot, at.only, at.window),
        key=lambda one: -(one.times_as_often or 0.0),
    )
    st.markdown(_owed(snapshot.definition, found))
    labels = {one.criterion_id: snapshot.definition.criterion(one.criterion_id).label for one in found}
    drawn = charts_of.criteria_of_rejected(list(labels.values()), [one.comparison for one in found])
    ids = list(labels)
    elements.selectable_chart(
        drawn, "criteria", lambda point: behind.choose("criterion", point and ids[round(point["y"])])
    )
    codes = _criteria_by_reason(snapshot, at, found)
    with st.container(horizontal=True):
        criterion_id = behind.chosen("criterion", "A criterion", ids, labels.__getitem__)
        reason = behind.chosen("criterion-reason", "A reason", codes, lambda code: present.reason_words(code or None))
    if criterion_id is not None:
        of = earned.handoffs
        asked_for: list[tuple[Column, str | None]] = [(earned.by(criterion_id), criterion_id)]
        if reason is not None:
            asked_for.append((of.reason, reason or None))
        behind.leads(snapshot, "criterion", choosing.behind(of, at.window, Became.REJECTED, asked_for))


def _owed(agreed: Definition, found: Sequence[CriterionInDecisions]) -> str:
    worse = [
        (f"**{elements.plain(agreed.criterion(one.criterion_id).label)}**", one.times_as_often)
        for one in found
        if one.comparison.verdict is Verdict.HIGHER
    ]
    if not worse:
        return "No criterion gives rejected leads points really more often than accepted ones."
    listed = [
        f"{label} ({'accepted ones never' if times is None else f'{times:.1f} × as often'})" for label, times in worse
    ]
    return f"More often than accepted leads, rejected ones had points of {', '.join(listed)}."


def _criteria_by_reason(snapshot: Snapshot, at: LookedAt, found: Sequence[CriterionInDecisions]) -> list[str]:
    """The criteria crossed with the reasons; a chosen cell chooses both. Returns the reasons' codes."""
    by_reason = funnel.criteria_by_reason(snapshot, at.only, at.window)
    place = {criterion_id: n for n, criterion_id in enumerate(funnel.earned(snapshot, at.only, at.window).criteria)}
    ranked = [
        one.reason
        for one in funnel.ask(snapshot.sales, rejections.rejections, at.only, at.window)
        if one.reason in by_reason
    ]
    if not found or not ranked:
        return []
    columns = {f"{present.reason_words(code)} ({_rejected(by_reason[code]):,})": code or BLANK for code in ranked}
    rows = pd.DataFrame(
        {
            "Criterion": [snapshot.definition.criterion(one.criterion_id).label for one in found],
            "All rejected": [_share(one.comparison.rate) for one in found],
            "Accepted": [_share(one.comparison.other) for one in found],
            **{
                words: [_share(by_reason[code or None][place[one.criterion_id]]) for one in found]
                for words, code in columns.items()
            },
        }
    )

    def choose() -> None:
        cells = st.session_state["criteria-by-reason"].selection.cells
        row, column = cells[0] if cells else (None, None)
        behind.choose("criterion", None if row is None else found[row].criterion_id)
        behind.choose("criterion-reason", columns.get(str(column)))

    st.markdown("**Of those rejected for each reason, how many had points of which criterion?**")
    st.dataframe(
        rows,
        hide_index=True,
        key="criteria-by-reason",
        on_select=choose,
        selection_mode="single-cell",
        column_config={"Criterion": st.column_config.TextColumn(pinned=True)},
        alt="For each criterion the share of the leads rejected for each reason that had points of it",
    )
    return list(columns.values())


def _rejected(rates: Sequence[Rate]) -> int:
    return max((one.trials for one in rates), default=0)


def _share(share: Rate) -> str:
    return f"{share.successes:,} of {share.trials:,}" if share.share is None else percent(share.share)
