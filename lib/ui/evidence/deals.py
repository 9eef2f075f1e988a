"""What those who bought had done before they bought."""

from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from lib.charts import evidence as charts_of
from lib.charts.language import percent
from lib.core.evidence.deals import Trait
from lib.core.evidence.findings import Findings
from lib.core.statistics.rates import Verdict as Real
from lib.ui.evidence import tables
from lib.ui.frame import elements
from lib.ui.now import present


class DealTraits(StrEnum):
    """What won deals are compared by."""

    DEEDS = "deeds"
    CHANNELS = "channels"
    SOURCES = "sources"


@st.fragment
def show(answer: Findings) -> None:
    """What those who bought had done before they bought."""
    elements.section(
        "Before they bought",
        "deals",
        "Hand-offs of these days that were won, against those that were lost; what a lead did counts up to the "
        "instant the deal ended. Two-proportion tests, corrected for how many there are (Holm). Deals still open do "
        "not count.",
        present.snapshot(),
    )
    of = answer.deals
    kind = st.segmented_control(
        "By",
        list(DealTraits),
        default=DealTraits.DEEDS,
        format_func=str,
        label_visibility="collapsed",
        required=True,
        key="deals-by",
        bind="query-params",
    )
    traits = {DealTraits.DEEDS: of.deeds, DealTraits.CHANNELS: of.channels, DealTraits.SOURCES: of.sources}[kind]
    st.markdown(_of_deals(answer, traits))
    elements.chart(charts_of.before_deals(of, traits, kind.value), f"deals-{kind.value}")
    elements.all_as_csv(lambda: tables.deals_csv(answer), "evidence-deals.csv")


def _of_deals(answer: Findings, traits: Sequence[Trait]) -> str:
    of = answer.deals
    if not of.won and not of.lost:
        return "No hand-off of these days was won or lost yet: what came before a deal shows once deals have ended."
    said_days = ""
    if of.won_days is not None and of.lost_days is not None:
        said_days = (
            f" From the lead's creation to the end a won deal took {of.won_days:.0f} days, "
            f"a lost one {of.lost_days:.0f} (medians)."
        )
    real = [one for one in traits if one.comparison.verdict in (Real.HIGHER, Real.LOWER)]
    sentence = f"**{of.won:,}** won, **{of.lost:,}** lost.{said_days}"
    if not of.won or not of.lost:
        return sentence
    if not real:
        return f"{sentence} Nothing here differs between them by more than noise."
    named = ", ".join(
        f"**{elements.plain(one.label)}** ({_share(one.comparison.rate.share)} of won, "
        f"{_share(one.comparison.other.share)} of lost)"
        for one in real
    )
    return f"{sentence} Really different: {named}."


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)
