"""What changed since the week before, in sentences that lead to their charts."""

from urllib.parse import quote

import streamlit as st

from lib.app import funnel, sla
from lib.app.snapshot import Snapshot
from lib.charts.rates import said
from lib.core.funnel import differences
from lib.core.funnel.differences import Metric
from lib.core.handoffs.choosing import Group
from lib.core.statistics.rates import Rate, Verdict
from lib.ui.frame import elements, filters
from lib.ui.review import conversion

VERDICTS = {
    Verdict.HIGHER: ":blue-badge[:material/arrow_upward: real]",
    Verdict.LOWER: ":orange-badge[:material/arrow_downward: real]",
    Verdict.NOISE: ":gray-badge[noise]",
    Verdict.TOO_FEW: ":gray-badge[too few to say]",
}


def show(snapshot: Snapshot) -> None:
    """What changed since the week before, in sentences; each leads to its chart."""
    elements.section(
        "What changed since the week before",
        "changes",
        "The last whole week against the one before it. Counts are tested by how much they went up and down over the "
        "26 weeks before, acceptance (by the instant of the decision) as two proportions. All tests of this page are "
        "corrected together (Holm): in fewer than 5 quiet weeks of 100 is even one of them called real.",
        snapshot,
    )
    found = funnel.changes_of_last_week(snapshot)
    st.markdown("\n".join(f"- {_change(snapshot, one)}" for one in found if one.grouping is None))
    of_groups = [one for one in found if one.grouping is not None]
    if of_groups:
        st.markdown(
            "And by channel, source and owner:\n\n" + "\n".join(f"- {_change(snapshot, one)}" for one in of_groups)
        )
    else:
        st.caption("No channel's, source's or owner's volume or acceptance changed by more than chance does.")


CHANGE_WORDS = {
    Metric.MQL: ("Handed over", conversion.CONVERSION),
    Metric.ACCEPTANCE: ("Accepted of those decided", conversion.TREND),
    Metric.SQL: ("Became an SQL", conversion.CONVERSION),
    Metric.WON: ("Won", conversion.CONVERSION),
}


def _change(snapshot: Snapshot, one: differences.MetricChange) -> str:
    what, anchor = CHANGE_WORDS[one.metric]
    if one.grouping is None:
        link = f"[{what}](#{anchor})"
    else:
        name = one.group if one.grouping is not Group.OWNER else sla.rep_name(snapshot.sales, one.group or "")
        address = quote(name or filters.BLANK_WORDS)
        link = (
            f"[{one.grouping.capitalize()} {elements.plain(name or filters.BLANK_WORDS)}]"
            f"(/review?{one.grouping}={address}#{anchor}): {what.lower()}"
        )
    if isinstance(one.after, Rate) and isinstance(one.before, Rate):
        return f"{link}: **{said(one.after)}**, the week before {said(one.before)} {VERDICTS[one.verdict]}"
    return f"{link}: **{one.after:,}**, the week before {one.before:,} {VERDICTS[one.verdict]}"
