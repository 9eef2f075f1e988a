"""Beside the document: what a version predicted, what came 2, 4 and 8 weeks later, and why it differed."""

from collections.abc import Sequence

import streamlit as st

from lib.app.agreed import Check
from lib.app.snapshot import Snapshot
from lib.charts import agreement as charts
from lib.charts.rates import said
from lib.core.agreement.outcome import CHECKED_AFTER_WEEKS, Horizon, Outcome, Prediction, read_prediction
from lib.core.agreement.versions import Version, VersionState
from lib.core.statistics.rates import Verdict
from lib.ui.agreement import proposing, standing
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words

WEEKS = f"{', '.join(map(str, CHECKED_AFTER_WEEKS[:-1]))} and {CHECKED_AFTER_WEEKS[-1]} weeks"


def predicted_and_came(snapshot: Snapshot, every: Sequence[Version], version: Version) -> None:
    """The prediction, and each outcome or when it will be due."""
    st.markdown("##### Predicted, and came")
    if version.prediction is None:
        why = "The configuration brought this version along" if version.side is None else "There were no leads then"
        st.caption(f"{why}: nothing was predicted. A proposal from the Tune page records what it would bring.")
        return
    predicted = read_prediction(version.prediction)
    _predicted(predicted)
    if version.state in (VersionState.PROPOSED, VersionState.WITHDRAWN):
        if version.state is VersionState.PROPOSED:
            st.caption(f"Once it is agreed, what came is set beside this {WEEKS} after its start.")
        return
    with st.spinner("Replaying the weeks since …"):
        checks = standing.checks(list(every), version)
    if any(one.outcome for one in checks):
        outcomes = [(one.weeks, one.outcome) for one in checks]
        elements.chart(charts.volume(predicted, outcomes), key="outcome-volume")
        elements.chart(charts.acceptance(predicted, outcomes), key="outcome-acceptance")
    for check in checks:
        _check(snapshot, check)


def _predicted(predicted: Prediction) -> None:
    beside = f"{elements.rate(predicted.agreed_per_week)} without the change"
    elements.figure(
        "Predicted MQLs a week",
        elements.rate(predicted.mqls_per_week),
        beside=beside,
        explanation="The average week of the window under the proposed definition, replayed over all history"
        f"{_of_them_again(predicted.again_per_week)}.",
        alone=True,
    )
    if predicted.acceptance is None:
        st.caption("Too little was decided then to predict how many sales accepts.")
    else:
        elements.figure(
            "Predicted acceptance",
            elements.percent(predicted.acceptance),
            beside=f"of {predicted.known:,} leads",
            explanation="Of the leads of the window that the proposed definition hands over and that sales decides on.",
            alone=True,
        )
    st.markdown("\n".join(f"- {line}" for line in proposing.promises_in_words(predicted)))
    st.caption(proposing.on_which_data(predicted))


def _check(snapshot: Snapshot, check: Check) -> None:
    title = f"**After {check.weeks} weeks**"
    if check.outcome is not None:
        st.markdown(f"{title}: {outcome_in_words(check.outcome)}")
    elif check.overtaken:
        st.caption(f"{title}: a later version had taken its place by then.")
    elif check.due_at <= present.now():
        st.caption(
            f"{title}: due since {waiting_words.said_at(check.due_at)}; the data ends on "
            f"{present.now_in_words(snapshot)}."
        )
    else:
        st.caption(f"{title}: due on {waiting_words.said_at(check.due_at)}.")


def outcome_in_words(came: Outcome) -> str:
    """ "158 MQLs a week, inside of the 118 to 166 promised: +10 by traffic …; sales accepted … of those decided." """
    promised = came.predicted.promised(came.weeks)
    volume = f"{elements.rate(came.mqls_per_week)} MQLs a week"
    if came.volume_inside is not None and promised.low95 is not None and promised.high95 is not None:
        volume += (
            f", {_where(came.volume_inside)} the {elements.rate(promised.low95)} to {elements.rate(promised.high95)} "
            "promised"
        )
    split = f"{_signed(came.by_traffic)} by traffic, {_signed(came.by_definition)} by the definition"
    accepted = said(came.acceptance) if came.acceptance.trials else "nothing decided yet"
    low, high = promised.acceptance_low95, promised.acceptance_high95
    if came.acceptance_inside is not None and low is not None and high is not None:
        accepted += (
            f", {_where(came.acceptance_inside)} the {elements.percent(low)} to {elements.percent(high)} promised"
        )
    return (
        f"{volume}{_of_them_again(came.again_per_week)}; {_signed(came.difference)} against the average predicted: "
        f"{split}. {came.handed_over:,} were handed over{_with_stock(promised)}; "
        f"of those decided by then sales accepted {accepted}. "
        f"{_beside_before(came)}"
    )


AGAINST_BEFORE = {
    Verdict.HIGHER: "it is really more now",
    Verdict.LOWER: "it is really less now",
    Verdict.NOISE: "what lies between is no more than noise",
    Verdict.TOO_FEW: "too few to compare",
}


def _beside_before(came: Outcome) -> str:
    """Like with like: what sales had decided of earlier hand-offs when those were as old."""
    if not came.before.trials:
        return "Of the weeks before nothing was decided after as long."
    return (
        f"After as long it had accepted {said(came.before)} of the weeks before: {AGAINST_BEFORE[came.against_before]}."
    )


def _where(inside: bool) -> str:
    return "inside of" if inside else "**outside** of"


def _with_stock(promised: Horizon) -> str:
    return (
        f", about {promised.of_stock:,.0f} of the stock among them if it came as expected" if promised.of_stock else ""
    )


def _of_them_again(again_per_week: float | None) -> str:
    return f", {elements.rate(again_per_week)} of them again" if again_per_week else ""


def _signed(number: float) -> str:
    return elements.signed(elements.rate(number), number)
