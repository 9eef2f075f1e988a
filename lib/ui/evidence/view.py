"""What the Evidence page is about: which definition, what was found, and that in a sentence."""

from enum import StrEnum

import streamlit as st

from lib.app import known
from lib.app.remembered import QUIET, Aside
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.definition.criteria import Definition
from lib.core.errors import Refused
from lib.core.evidence.criteria import SignVerdict
from lib.core.evidence.findings import Findings
from lib.core.time.window import Window
from lib.ui.frame import elements, jobs
from lib.ui.now import present
from lib.ui.tune import tuning

JOB = "evidence"

PATIENCE_SECONDS = 1.0
"""An answer that is there so soon is shown at once; only for a later one the page shows how far it is."""


class Whose(StrEnum):
    """The definition the decisions are held against."""

    AGREED = "agreed definition"
    DRAFT = "draft in hand"


def definition(snapshot: Snapshot) -> Definition:
    """The choice between the agreed definition and the visitor's draft."""
    whose = st.segmented_control(
        "What is judged",
        list(Whose),
        default=Whose.AGREED,
        format_func=str,
        label_visibility="collapsed",
        required=True,
        key="of",
        bind="query-params",
    )
    return tuning.tuning().draft if whose is Whose.DRAFT else snapshot.definition


def found(snapshot: Snapshot, of: Definition, window: Window) -> Findings | None:
    """What the decisions of the window say; None while it is being found, and the bar stands in its place."""
    answer = known.findings.known(snapshot, of, window, QUIET)
    if answer is not None:
        return answer
    job, question = jobs.of(JOB), (snapshot.state, snapshot.as_of, of, window)
    if job is None or st.session_state.get("evidence-asked") != question:
        st.session_state["evidence-asked"] = question
        title = "Reading the decisions"
        job = jobs.start(JOB, title, lambda progress: known.findings(snapshot, of, window, Aside(progress)))
    try:
        made: Findings = job.result(PATIENCE_SECONDS)
    except (TimeoutError, Refused, jobs.Cancelled):
        # How far it is, what is wrong, or that somebody cancelled it stands in the answer's place.
        jobs.watch(JOB, "Nothing is shown.")
        if (job.was_cancelled or not job.is_running) and st.button("Look again", icon=":material/refresh:"):
            jobs.forget(JOB)
            st.rerun()
        return None
    # All visitors share what was found; a visitor's own memory would keep it for each of them.
    jobs.forget(JOB)
    return made


def headline(snapshot: Snapshot, answer: Findings) -> None:
    """What the decisions say about the criteria, in one sentence."""
    told = answer.criteria
    if not told.handoffs:
        st.markdown("#### Nothing was handed over in these days.")
    elif not told.decided:
        st.markdown(f"#### Sales has decided on none of {count(told.handoffs, 'hand-off')} yet.")
    else:
        st.markdown(f"#### {_said(answer)}.")
    window = told.window
    st.caption(
        f"Handed over from {elements.day(window.start)} to {elements.day(window.last_day)}, each looked at as of its "
        f"hand-over. As of {present.now_in_words(snapshot)}."
    )


def _said(answer: Findings) -> str:
    told, finds = answer.criteria, len(answer.mined.finds)
    criteria_ = count(len(told.criteria), "criterion", "criteria")
    decisions = f"{count(told.decided, 'decision')} {'supports' if told.decided == 1 else 'support'}"
    sentence = f"{decisions} **{len(told.with_verdict(SignVerdict.SUPPORTED))}** of {criteria_}"
    against = told.with_verdict(SignVerdict.AGAINST)
    if against:
        named = ", ".join(f"**{elements.plain(one.criterion.label)}**" for one in against)
        sentence += f"; {named} {'pulls against its' if len(against) == 1 else 'pull against their'} sign"
    if finds:
        things = f"**{finds}** {'thing' if finds == 1 else 'things'} that no criterion asks for"
        sentence += f"; sales also goes by {things}"
    return sentence
