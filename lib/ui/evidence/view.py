"""What the Evidence page is about: which definition, what was found, and that in a sentence."""

from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from lib.app import agreed, known
from lib.app.remembered import QUIET, Aside
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.agreement.versions import Version
from lib.core.consequences import in_words as consequences_of
from lib.core.definition.criteria import Definition
from lib.core.errors import Refused
from lib.core.evidence.criteria import CriteriaEvidence, SignVerdict
from lib.core.evidence.findings import Findings
from lib.core.time.window import Window
from lib.ui.frame import elements, jobs
from lib.ui.frame import known_when as history
from lib.ui.now import present
from lib.ui.tune import tuning

JOB = "evidence"

PATIENCE_SECONDS = 1.0
"""An answer that is there so soon is shown at once; only for a later one the page shows how far it is."""


class Whose(StrEnum):
    """The definition the decisions are held against."""

    AGREED = "agreed definition"
    DRAFT = "draft in hand"


@dataclass(frozen=True)
class Stands:
    """The definition in force as of this moment, not of old data, and those signed by both whose start is to come."""

    in_force: Definition
    to_come: tuple[tuple[Version, Definition], ...]


def stands() -> Stands:
    """What both sides have agreed, as of now: what they ended is not held against them, however old the data are."""
    every, now = agreed.load(present.deployment()), present.now()
    coming = agreed.waiting_for_start(every, now)
    return Stands(
        agreed.definition(agreed.in_force(every, now)), tuple((one, agreed.definition(one)) for one in coming)
    )


def definition() -> Definition:
    """The choice between the agreed definition, as it stands now, and the visitor's draft."""
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
    return tuning.tuning().draft if whose is Whose.DRAFT else stands().in_force


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
        whose = st.session_state.get("of", Whose.AGREED)
        st.markdown(f"#### {headline_in_words(answer.criteria, len(answer.mined.finds), f'the {whose}')}.")
    window = told.window
    st.caption(
        f"Handed over from {elements.day(window.start)} to {elements.day(window.last_day)}, each looked at as of its "
        f"hand-over. As of {present.now_in_words(snapshot)}."
    )
    if told.decided:
        of = known.known_when(snapshot, answer.judged.definition, told.window)
        history.caption(
            [
                consequences_of.changed_after_in_words(of, "their hand-over"),
                consequences_of.undated_in_words(of),
            ]
        )


def headline_in_words(told: CriteriaEvidence, finds: int, definition: str) -> str:
    """ "2,345 decisions support **9** of the 18 criteria of the agreed definition; **Webinar** pulls against …"."""
    criteria_ = f"the {len(told.criteria):,} criteria" if len(told.criteria) > 1 else "the one criterion"
    decisions = f"{count(told.decided, 'decision')} {'supports' if told.decided == 1 else 'support'}"
    sentence = f"{decisions} **{len(told.with_verdict(SignVerdict.SUPPORTED))}** of {criteria_} of {definition}"
    against = told.with_verdict(SignVerdict.AGAINST)
    if against:
        named = ", ".join(f"**{elements.plain(one.criterion.label)}**" for one in against)
        sentence += f"; {named} {'pulls against its' if len(against) == 1 else 'pull against their'} sign"
    if finds:
        things = f"**{finds}** {'thing' if finds == 1 else 'things'} that no criterion asks for"
        sentence += f"; sales also goes by {things}"
    return sentence
