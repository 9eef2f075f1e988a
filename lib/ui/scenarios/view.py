"""The parts of the Scenarios page: which drafts, what each brings, and what it changes in words."""

from collections.abc import Sequence

import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts import scenarios as charts_of
from lib.core.consequences.headline import (
    AcceptanceClaim,
    Beside,
    VolumeClaim,
    acceptance_claim,
    beside,
    volume_claim,
)
from lib.core.consequences.scenario import Scenario
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
    """Of which sales would accept more than of which, and which bring most, as far as the table tells."""
    st.markdown(f"#### {headline_in_words([beside(one) for one in rows])}")


def headline_in_words(rows: Sequence[Beside]) -> str:
    """What the table says, in one or two sentences: the agreed definition first, then each draft."""
    if len(rows) < 2:
        return "Choose a draft: it is set beside the agreed definition."
    return f"{_acceptance(acceptance_claim(rows))} {_volume(volume_claim(rows), len(rows))}"


def _acceptance(claim: AcceptanceClaim) -> str:
    unknown = f" Of {_listed(claim.unknown)} too little is known to say." if claim.unknown else ""
    if not claim.less:
        if len(claim.close) < 2:
            return "Too little is known to say of which sales would accept more."
        return f"How sales would accept {_with_shares(claim.close)} is too close to tell apart.{unknown}"
    if claim.best is not None:
        said = (
            f"Sales would accept the greatest share of {_with_shares(claim.more)}, of {_with_shares(claim.less)} less."
        )
        return f"{said}{unknown}"
    said = f"Sales would accept more of {_with_shares(claim.more)} than of {_with_shares(claim.less)}"
    if len(claim.more) > 1:
        said += "; between those accepted more it is too close to tell"
    if claim.close:
        said += f"; {_with_shares(claim.close)} cannot be told from {_name(claim.more[0])}"
    return f"{said}.{unknown}"


def _volume(claim: VolumeClaim, rows: int) -> str:
    if claim.all_alike:
        low, high = (elements.rate(end(one.mqls_per_week for one in claim.most)) for end in (min, max))
        between = low if low == high else f"{low} to {high}"
        return f"{'Both' if rows == 2 else 'All'} bring about as many MQLs a week: {between}."
    if len(claim.most) == 1:
        (most,) = claim.most
        return f"{_capital(_name(most))} brings most: **{elements.rate(most.mqls_per_week)} MQLs a week**."
    each = [f"{_name(one)} ({elements.rate(one.mqls_per_week)})" for one in claim.most]
    return f"{_capital(_and(each))} bring most MQLs a week, about as many as one another."


def _with_shares(some: Sequence[Beside]) -> str:
    return _and([f"**{_name(one)}** ({elements.percent(one.share or 0.0)})" for one in some])


def _listed(some: Sequence[Beside]) -> str:
    return _and([_name(one) for one in some])


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _name(one: Beside) -> str:
    return "the agreed definition" if one.name is None else f"“{elements.plain(one.name)}”"


def table(rows: Sequence[Scenario], currency: str | None) -> None:
    """One row each; amounts are in the currency."""
    st.dataframe(
        scenarios_table.table(rows, currency),
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
                help="What sales would accept of those it answers, learned from what each criterion meant to it so "
                "far, whatever its points; as it judges today where that moved; ± is half the 95 % interval",
            ),
            "not_observed": st.column_config.NumberColumn(
                "Not observed", help="Leads with what hardly any decided lead had, or without it; left out of Accepted"
            ),
            "sqls": st.column_config.TextColumn(
                "SQLs", alignment="right", help="Expected of the window's leads, within 90 days of hand-over"
            ),
            "worth": st.column_config.TextColumn(
                "Worth",
                alignment="right",
                help="Expected wins within 90 days of hand-over × the mean amount won, with its 95 % interval",
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
