"""Whether a higher score at hand-over means more acceptance."""

import streamlit as st

from lib.app import funnel
from lib.app.funnel import Grouping
from lib.charts import acceptance as charts_of
from lib.core.funnel import differences
from lib.core.handoffs import choosing
from lib.core.statistics.rates import Verdict, verdict
from lib.ui.acceptance import behind
from lib.ui.acceptance.view import LookedAt
from lib.ui.frame import elements
from lib.ui.now import present


@st.fragment
def show(at: LookedAt) -> None:
    """Whether a higher score at hand-over means more acceptance."""
    snapshot = present.snapshot()
    elements.section(
        "Scores",
        "calibration",
        f"Accepted of those decided, by the score at hand-over in bands of {choosing.BAND_POINTS} points; open and "
        "closed ones and those handed over without a score do not count.",
        snapshot,
    )
    found = funnel.ask(snapshot.sales, differences.calibration, at.only, at.window)
    bands = [one for one in found.bands if one.cohort.group is not None]
    names = [one.cohort.group or "" for one in bands]
    st.markdown(_separation(found.separation.share, found.separation.p_value))
    drawn = charts_of.calibration(names, [one.comparison.rate for one in bands])
    elements.selectable_chart(
        drawn, "calibration", lambda point: behind.choose("band", point and next(n for n in names if n == point["x"]))
    )
    band = behind.chosen("band", "A score band", names, str)
    if band is not None:
        outcome = behind.outcome("band")
        scores = funnel.groups(snapshot, at.only, Grouping.SCORE)
        behind.leads(
            snapshot,
            "band",
            choosing.behind(funnel.chosen(snapshot.sales, at.only), at.window, outcome, [(scores, band)]),
        )


def _separation(share: float | None, p_value: float | None) -> str:
    if share is None or p_value is None:
        return "Too few were decided with a score to say whether more points mean more acceptance."
    pairs = f"in **{share * 100:.0f} of 100** pairs an accepted lead had the higher score than a rejected one"
    says = verdict(p_value, share - 0.5)
    if says is Verdict.NOISE:
        return f"The score tells accepted from rejected leads no better than noise: {pairs}; a coin would say 50."
    return f"{'More' if says is Verdict.HIGHER else 'Fewer'} points mean more acceptance: {pairs}; a coin would say 50."
