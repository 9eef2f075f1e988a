"""Proposing: what both sides are to sign, with its reason, its start, and what it would bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from lib.app.agreed import definition as definition_of
from lib.app.snapshot import Snapshot
from lib.core.access.grants import Grant
from lib.core.agreement import versions
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.outcome import Horizon, Prediction
from lib.core.agreement.versions import Version
from lib.core.definition.criteria import Definition
from lib.core.definition.words import differences
from lib.core.errors import Refused
from lib.core.time.clock import to_microseconds
from lib.ui.agreement import monday, standing
from lib.ui.frame import elements, visitor
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words
from lib.ui.tune import tuning

PAGE = "decide/agreement.py"

ASKED, AS = "proposing", "propose-as"

START_STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Proposing:
    """What the dialog is about: the definition to be proposed, and the reason it begins with."""

    definition: Definition
    reason: str = ""


def button() -> None:
    """On the Tune page: propose the draft in hand."""
    st.button(
        "Propose",
        icon=":material/send:",
        key="propose",
        type="primary",
        on_click=_begin_with_draft,
        help="Put this draft to both sides: its text is frozen, and each side signs it or not.",
    )
    show()


def _begin_with_draft() -> None:
    begin(tuning.tuning().draft)


def begin(definition: Definition, reason: str = "") -> None:
    """Open the dialog; a callback for a button."""
    st.session_state[ASKED] = Proposing(definition, reason)


def show() -> None:
    """The dialog, while it is open; it stays open while the page below it is drawn anew."""
    asked: Proposing | None = st.session_state.get(ASKED)
    if asked is not None:
        _dialog(asked)


def is_open() -> bool:
    """Is the dialog open? Only one can be at a time."""
    return ASKED in st.session_state


def _end() -> None:
    st.session_state.pop(ASKED, None)


@st.dialog("Propose to both sides", width="large", on_dismiss=_end)
def _dialog(asked: Proposing) -> None:
    every = standing.load()
    agreed = standing.in_force(every)
    changed = differences(definition_of(agreed), asked.definition)
    # Version 1 was signed by nobody: it may be put to both sides as it is.
    if not changed and agreed.side is not None:
        st.markdown(f"This is what both sides have agreed as version {agreed.number}: there is nothing to sign anew.")
        st.caption("Change a weight or the threshold on the Tune page, then propose it.")
        return
    # The dialog is run by itself, and asks once.
    snapshot = present.snapshot()
    _what(snapshot, agreed, changed, asked.definition)
    there = versions.open_proposal(every)
    if there is not None:
        _replaces(there)
    by = _by()
    starts_at = _start()
    plan = monday.plan(snapshot, asked.definition, starts_at)
    with st.form("proposal", border=False):
        reason = st.text_area(
            "Why should both sides sign it?",
            value=asked.reason,
            max_chars=600,
            key="propose-reason",
            placeholder="Sales refuses two of three webinar leads; they get half the points.",
        )
        # Another label is another button: who presses one that says less than there is to know, is told first.
        label = "Propose it" if there is None else f"Propose it in place of version {there.number}"
        submitted = st.form_submit_button(label, type="primary", icon=":material/send:", disabled=by is None)
    if submitted and by is not None:
        _propose(Agreement(asked.definition, plan), reason, there)


def _what(snapshot: Snapshot, agreed: Version, changed: Sequence[str], definition: Definition) -> None:
    """What would change, and what that would bring."""
    st.markdown(f"**What changes since version {agreed.number}**")
    lines = changed or ("Nothing: both sides would sign what the configuration brought along.",)
    st.markdown("\n".join(f"- {elements.plain(line)}" for line in lines))
    with st.spinner("Predicting what it would bring …"):
        predicted = standing.predicted(snapshot, definition, agreed)
    if predicted is None:
        st.caption("There are no leads yet, so nothing can be predicted.")
        return
    st.markdown(f"**It predicts** {prediction_in_words(predicted)}")
    st.markdown("\n".join(f"- {line}" for line in promises_in_words(predicted)))
    st.caption(
        f"{on_which_data(predicted)} The prediction is kept with the proposal; what came is set beside it 2, 4 and 8 "
        "weeks after the start."
    )


def prediction_in_words(predicted: Prediction) -> str:
    """ "142 MQLs a week, 124 without the change; sales would accept 46 % (42 % to 50 %)." """
    volume = f"{elements.rate(predicted.mqls_per_week)} MQLs a week"
    if predicted.again_per_week:
        volume += f", {elements.rate(predicted.again_per_week)} of them again"
    volume += f", {elements.rate(predicted.agreed_per_week)} without the change"
    if predicted.acceptance is None:
        return f"{volume}; too little was decided to say how many sales would accept."
    accepted = f"sales would accept {elements.percent(predicted.acceptance)}"
    if predicted.acceptance_low95 is not None and predicted.acceptance_high95 is not None:
        between = f"{elements.percent(predicted.acceptance_low95)} to {elements.percent(predicted.acceptance_high95)}"
        accepted += f" (95 % interval {between})"
    return f"{volume}; {accepted}."


def promises_in_words(predicted: Prediction) -> list[str]:
    """What is promised of the first 2, 4 and 8 weeks, a line each, and what moves the weeks beside chance."""
    if not predicted.horizons:
        # Stored by an earlier version: it stays what was promised, and is named as what it was.
        low, high = predicted.low95, predicted.high95
        if low is None or high is None:
            return ["Too few weeks for an interval."]
        between = f"{elements.rate(low)} to {elements.rate(high)}"
        return [f"95 % interval of the past's average week: {between}. An interval of the weeks to come is wider."]
    lines = [line for one in predicted.horizons if (line := _promise(one))]
    if predicted.trend_per_week is not None:
        rising = "more" if predicted.trend_per_week > 0 else "fewer"
        lines.append(
            f"There is a trend, and the intervals follow it: each week brought "
            f"{elements.rate(abs(predicted.trend_per_week))} {rising} than the one before."
        )
    for one in predicted.horizons:
        if one.season is not None:
            more = "more" if one.season > 1 else "less"
            lines.append(
                f"There is a season, and the interval follows it: a year ago the same {one.weeks} weeks brought "
                f"{elements.percent(abs(one.season - 1))} {more} than those before them led to expect."
            )
    return lines or ["Too few weeks for an interval."]


def _promise(one: Horizon) -> str:
    if one.low95 is None or one.high95 is None:
        return ""
    volume = f"In the first {one.weeks} weeks {elements.rate(one.low95)} to {elements.rate(one.high95)} MQLs a week"
    if one.of_stock:
        volume += f" and about {one.of_stock:,.0f} leads of the stock besides"
    if one.acceptance_low95 is None or one.acceptance_high95 is None:
        return f"{volume}, with 95 %."
    accepted = f"{elements.percent(one.acceptance_low95)} to {elements.percent(one.acceptance_high95)}"
    return f"{volume}, and of those decided by then {accepted} accepted, each with 95 %."


def on_which_data(predicted: Prediction) -> str:
    """The weeks a prediction rests on, and as of when."""
    window = predicted.window
    days = f"{elements.day(window.start)} to {elements.day(window.last_day)}"
    return f"By the leads of {days} and every decision up to {waiting_words.said_at(predicted.as_of)}."


def _replaces(there: Version) -> None:
    void = len(there.signatures)
    signatures = "" if not void else " The signature it has is then void." if void == 1 else f" {void} are then void."
    st.warning(
        f"Version {there.number} by {elements.plain(there.proposed_by)} waits for {' and '.join(there.missing)}. "
        f"Proposing this one withdraws it.{signatures}",
        icon=":material/swap_horiz:",
    )


def _by() -> Grant | None:
    """Who proposes: the visitor, where people.yaml knows them; else somebody to be chosen here."""
    by = standing.signer()
    if by is not None:
        st.caption(f":material/person: As {elements.plain(by.name)}, for {by.side}. {visitor.proof_words()}")
        return by
    if visitor.signs_in():
        st.caption(standing.why_not_signer())
        return None
    known = {actor: one for actor, one in visitor.everybody().items() if standing.person(one.name)}
    st.selectbox(
        "You are",
        sorted(known, key=lambda actor: (known[actor].side or "", known[actor].name)),
        index=None,
        format_func=lambda actor: f"{known[actor].name} ({known[actor].side})",
        placeholder="Say who proposes it",
        key=AS,
        on_change=_remember,
        help=f"Who is on which side stands in people.yaml. {visitor.proof_words()}",
    )
    return None


def _remember() -> None:
    visitor.be(st.session_state[AS])


def _start() -> int | None:
    """From when it is to be in force (microseconds); None: as soon as both have signed."""
    start = st.datetime_input(
        f"In force from ({present.zone()})",
        value=None,
        step=START_STEP,
        format="DD/MM/YYYY",
        key="propose-start",
        help="Empty: as soon as both have signed. If it has passed by then, it begins with the second signature.",
    )
    return None if start is None else to_microseconds(start.replace(tzinfo=present.zone()))


def _propose(proposed: Agreement, reason: str, there: Version | None) -> None:
    try:
        version = standing.propose(proposed, reason=reason, replaces=None if there is None else there.number)
    except Refused as refused:
        elements.fault_box(refused, "Nothing was proposed.")
        return
    _end()
    st.switch_page(PAGE, query_params={"version": str(version.number)})
