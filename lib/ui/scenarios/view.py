"""The parts of the Scenarios page: which drafts, what each brings, and what it changes in words."""

from collections.abc import Sequence

import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts import scenarios as charts_of
from lib.core.consequences.scenario import Scenario, most_accepted, told_apart
from lib.ui.frame import elements
from lib.ui.now.drafts import shared
from lib.ui.scenarios import table as scenarios_table
from lib.ui.tune import tuning

AT_ONCE = 4
"""More side by side nobody compares."""

KEY = "drafts"


def which(snapshot: Snapshot) -> list[str]:
    """The drafts chosen; at first those of the address, else the one in hand and the newest others."""
    offered = scenarios_table.offered(snapshot)
    if KEY not in st.session_state:
        asked = [shared().called_now(name) for name in st.query_params.get_all(KEY)]
        for name in [name for name in asked if name not in offered]:
            st.warning(elements.plain(tuning.why_none(name)), icon=":material/link_off:")
        mine = tuning.tuning().name
        first = [name for name in (asked or ([mine] if mine else []) + offered) if name in offered]
        st.session_state[KEY] = list(dict.fromkeys(first))[:AT_ONCE]
    st.session_state[KEY] = [name for name in st.session_state[KEY] if name in offered]
    chosen: list[str] = st.multiselect(
        "Drafts",
        offered,
        key=KEY,
        max_selections=AT_ONCE,
        placeholder="Choose up to four drafts",
        help="Each is set beside the agreed definition. The address of this page reopens the same choice.",
    )
    if st.query_params.get_all(KEY) != chosen:
        st.query_params[KEY] = chosen
    return chosen


def headline(rows: Sequence[Scenario]) -> None:
    """Which of them sales would accept the greatest share of, where the decisions tell; else which brings most."""
    best = most_accepted(rows)
    drafts = "1 draft" if len(rows) == 2 else f"{len(rows) - 1} drafts"
    if best is None:
        st.markdown(
            f"#### {drafts} beside the agreed definition; sales has decided on too few leads to tell them apart."
        )
    elif told_apart(best, rows):
        st.markdown(
            f"#### Of {drafts} and the agreed definition sales would accept the greatest share of **{_name(best)}**: "
            f"**{elements.percent(best.expected.share or 0.0)}** of {elements.rate(best.mqls_per_week)} MQLs a week."
        )
    else:
        most = max(rows, key=lambda one: one.mqls_per_week)
        st.markdown(
            f"#### Of {drafts} and the agreed definition **{_name(most)}** brings most: "
            f"**{elements.rate(most.mqls_per_week)} MQLs a week**. How sales would accept them is too close to tell "
            "apart."
        )


def _name(one: Scenario) -> str:
    return "the agreed definition" if one.name is None else f"“{elements.plain(one.name)}”"


def table(rows: Sequence[Scenario]) -> None:
    """One row each."""
    st.dataframe(
        scenarios_table.table(rows),
        hide_index=True,
        key="scenarios-table",
        alt="The agreed definition and each draft: volume, who changes sides, acceptance and load",
        column_config={
            "name": st.column_config.TextColumn("Definition", width="medium"),
            "threshold": st.column_config.NumberColumn("Threshold"),
            "mqls": st.column_config.TextColumn(
                "MQLs a week", alignment="right", help="Qualified and again in the window, divided by its weeks"
            ),
            "again": st.column_config.TextColumn(
                "Of them again", alignment="right", help="A week: leads that sales sent back, handed over once more"
            ),
            "gained": st.column_config.TextColumn(
                "Gained", alignment="right", help="Qualify under the draft, and not as agreed"
            ),
            "lost": st.column_config.TextColumn(
                "Lost", alignment="right", help="Qualify as agreed, and not under the draft"
            ),
            "accepted": st.column_config.TextColumn(
                "Accepted",
                alignment="right",
                help="Decided leads as decided, others at the rate of hand-offs with scores like theirs, each scored "
                "as of its own hand-over; ± is half the 95 % interval",
            ),
            "not_observed": st.column_config.NumberColumn(
                "Not observed", help="Leads with scores that were never decided on; left out of Accepted"
            ),
            "load": st.column_config.TextColumn(
                "Sales' load", alignment="right", help="Of what all reps together can answer in a day"
            ),
            "in_time": st.column_config.TextColumn(
                "Decided in time",
                alignment="right",
                help="By replaying the would-be hand-offs through the reps' calendars and pace",
            ),
        },
    )
    elements.all_as_csv(lambda: scenarios_table.csv(rows), "scenarios.csv")


def chart(rows: Sequence[Scenario]) -> None:
    """All of them in one picture."""
    elements.chart(charts_of.side_by_side(rows), "scenarios")


def differences(rows: Sequence[Scenario]) -> None:
    """What each draft changes of the agreed definition, and a way to its Tune page."""
    drafts = [one for one in rows if one.name is not None]
    for column, one in zip(st.columns(len(drafts)), drafts, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{elements.plain(one.name or '')}**")
            said = one.differences or ("The same as the agreed definition.",)
            st.markdown("\n".join(f"- {elements.plain(sentence)}" for sentence in said))
            if st.button("Open on Tune", key=f"open:{one.name}", icon=":material/tune:"):
                tuning.open_draft(one.name)
                st.switch_page("decide/tune.py")
