"""The parts of the Evidence page: what the decisions support, what else sales goes by, and whether scores hold."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from lib.app import known
from lib.app.remembered import QUIET, Aside
from lib.charts import evidence as charts_of
from lib.charts.evidence import difference_in_words, said_difference
from lib.charts.language import count, percent
from lib.charts.rates import said
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Criterion, Definition
from lib.core.definition.words import points_in_words
from lib.core.errors import Refused
from lib.core.evidence.criteria import CriterionEvidence, SignVerdict
from lib.core.evidence.deals import Trait
from lib.core.evidence.drift import drift_in_words
from lib.core.evidence.findings import Findings
from lib.core.evidence.mining import Find, new_id
from lib.core.statistics.rates import Verdict as Real
from lib.core.time.window import Window
from lib.ui.evidence import tables
from lib.ui.frame import elements, jobs, lead_tables
from lib.ui.now import present
from lib.ui.tune import tuning

JOB = "evidence"

PATIENCE_SECONDS = 1.0
"""An answer that is there so soon is shown at once; only for a later one the page shows how far it is."""

LEADS_SHOWN = 100


class Whose(StrEnum):
    """The definition the decisions are held against."""

    AGREED = "agreed definition"
    DRAFT = "draft in hand"


def definition() -> Definition:
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
    return tuning.tuning().draft if whose is Whose.DRAFT else present.snapshot().definition


def found(of: Definition, window: Window) -> Findings | None:
    """What the decisions of the window say; None while it is being found, and the bar stands in its place."""
    snapshot = present.snapshot()
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


def headline(answer: Findings) -> None:
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
        f"hand-over. As of {present.now_in_words(present.snapshot())}."
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


# Criteria.

ORDER = (
    SignVerdict.AGAINST,
    SignVerdict.SUPPORTED,
    SignVerdict.NOISE,
    SignVerdict.TIED,
    SignVerdict.TOO_FEW,
    SignVerdict.NEVER,
)

VERDICT_WORDS = {
    SignVerdict.NEVER: "no lead ever meets it",
    SignVerdict.TOO_FEW: "too few decisions to say",
    SignVerdict.TIED: "goes with others: cannot be told apart",
}


@st.fragment
def criteria(answer: Findings) -> None:
    """Every criterion with and without it, and what is left of the difference."""
    elements.section(
        "Criteria",
        "criteria",
        "Of the decided hand-offs, how many more of 100 were accepted with a criterion than without (grey), and what "
        "is left of that when every other criterion is held fixed: of those that had it, how many more were accepted "
        "than would have been without, by a logistic regression on all criteria, with its 95 % interval. Verdicts are "
        "corrected for how many criteria there are (Holm). Criteria that are switched off are judged too; open "
        "hand-offs do not count. What the definition does not ask for is not held fixed.",
    )
    told = sorted(answer.criteria.criteria, key=_by_verdict)
    elements.chart(charts_of.criteria_supported(told), "criteria-evidence")
    for some in answer.criteria.together:
        named = ", ".join(f"**{elements.plain(criterion.label)}**" for criterion in some)
        st.markdown(f":material/link: {named} always came together: these hand-offs cannot tell them apart.")
    never = answer.criteria.with_verdict(SignVerdict.NEVER)
    if never:
        named = ", ".join(f"**{elements.plain(one.criterion.label)}**" for one in never)
        st.markdown(f":material/block: No lead has ever met {named}.")
    for one in answer.criteria.with_verdict(SignVerdict.AGAINST):
        _against(one)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("All criteria; rates are of the decided.")
        elements.all_as_csv(lambda: tables.criteria_csv(answer), "evidence-criteria.csv")
    st.dataframe(
        pd.DataFrame([_criterion_row(one) for one in told], columns=list(CRITERION_COLUMNS)),
        key="criteria-table",
        hide_index=True,
        column_config=CRITERION_COLUMNS,
        placeholder="",
        alt="Every criterion with its leads, hand-offs, rates with and without it, differences and verdict",
    )


def _by_verdict(one: CriterionEvidence) -> tuple[int, float]:
    left = one.acceptance.left
    return ORDER.index(one.verdict), 0.0 if left is None else -abs(left.value)


def _against(one: CriterionEvidence) -> None:
    """What a criterion that pulls against its sign does, and a way out."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            f":material/warning: **{elements.plain(one.criterion.label)}** ({points_in_words(one.criterion)}): with it "
            f"{said(one.acceptance.having)} accepted, without {said(one.acceptance.lacking)}; all else held fixed "
            f"{difference_in_words(one.acceptance.left)}."
        )
        own = next((c for c in tuning.tuning().draft.criteria if c.id == one.criterion.id), None)
        if own is not None and own.points and not own.off:
            if st.button("To 0 points in the draft", key=f"to-zero:{own.id}", icon=":material/exposure_zero:"):
                _change(tuning.tuning().draft.with_points(own.id, 0))
        else:
            _in_the_draft("Brings nothing in the draft")


def _change(draft: Definition) -> None:
    """Take a changed draft, and draw the whole page anew: it may be about the draft."""
    tuning.change(draft)
    st.rerun()


def _in_the_draft(words: str) -> None:
    st.page_link("decide/tune.py", label=words, icon=":material/check:", help="See on Tune what the draft does.")


CRITERION_COLUMNS: Mapping[str, Any] = {
    "criterion": st.column_config.TextColumn("Criterion", pinned=True),
    "points": "Points",
    "verdict": st.column_config.TextColumn("The decisions say", width=150),
    "leads": st.column_config.NumberColumn("Leads", format="localized", help="That ever met it, as of now"),
    "handoffs": st.column_config.NumberColumn(
        "Hand-offs", format="localized", help="Of these days that had met it by their hand-over, open ones too"
    ),
    "having": st.column_config.TextColumn("Accepted with it", width=150),
    "lacking": st.column_config.TextColumn("Accepted without", width=150),
    "difference": st.column_config.TextColumn("Difference of 100", help="With Newcombe's 95 % interval"),
    "left": st.column_config.TextColumn("Left of it", help="All other criteria held fixed, with its 95 % interval"),
    "sql": st.column_config.TextColumn("SQLs left", help="The same for how many became an SQL so far"),
    "won": st.column_config.TextColumn("Wins left", help="The same for how many were won so far"),
}


def _criterion_row(one: CriterionEvidence) -> dict[str, object]:
    acceptance = one.acceptance
    return {
        "criterion": f"{one.criterion.label}{' (switched off)' if one.criterion.off else ''}",
        "points": points_in_words(one.criterion),
        "verdict": VERDICT_WORDS.get(one.verdict, one.verdict.value),
        "leads": one.leads,
        "handoffs": one.handoffs,
        "having": said(acceptance.having),
        "lacking": said(acceptance.lacking),
        "difference": said_difference(acceptance.difference),
        "left": said_difference(acceptance.left),
        "sql": said_difference(one.of(Stage.SQL).left),
        "won": said_difference(one.of(Stage.WON).left),
    }


# What no criterion uses.


@st.fragment
def unused(answer: Findings) -> None:
    """What separates accepted from rejected though no criterion asks for it, each one click from the draft."""
    elements.section(
        "What no criterion asks for",
        "unused",
        "Every field value, number range, deed, count and sequence of the decided hand-offs, as of each hand-over, was "
        "tested once: it has to separate accepted from rejected by itself and among hand-offs that met the same "
        "criteria. Corrected for all tests (Holm): the chance that even one line is noise is below 5 %. Of those that "
        "say the same the simplest strong one is listed. As the strongest of many, expect a little less of each. "
        "Points are the difference left at the price the definition pays where the decisions support it.",
    )
    mined = answer.mined
    st.markdown(_looked_for(answer))
    if not mined.finds:
        return
    elements.chart(
        charts_of.unused_patterns(
            [one.criterion.label for one in mined.finds],
            [one.acceptance for one in mined.finds],
            [points_in_words(one.criterion) for one in mined.finds],
        ),
        "unused-patterns",
    )
    for one in mined.finds:
        _find(one)
    elements.all_as_csv(lambda: tables.unused_csv(answer), "evidence-unused.csv")


def _looked_for(answer: Findings) -> str:
    mined = answer.mined
    if not mined.decided:
        return "Sales has decided on none of these hand-offs: what it goes by shows once it has."
    if not mined.tested:
        return (
            f"Sales has accepted {answer.criteria.accepted:,} of {count(mined.decided, 'decided hand-off')}: too few "
            "on one side to look for what else it goes by. Choose more days above."
        )
    tested = f"Of {count(mined.tested, 'pattern')} tested"
    if not mined.finds:
        return f"{tested} none separates accepted from rejected by more than chance could."
    verb, them = ("separates", "it") if len(mined.finds) == 1 else ("separate", "them")
    sentence = f"{tested} **{len(mined.finds)}** {verb} accepted from rejected, and no criterion asks for {them}."
    if mined.others:
        sentence += f" {count(mined.others, 'other')} {'says' if mined.others == 1 else 'say'} the same."
    return sentence


def _find(one: Find) -> None:
    draft = tuning.tuning().draft
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            f"**{elements.plain(one.criterion.label)}**: {said(one.acceptance.having)} accepted, of the others "
            f"{said(one.acceptance.lacking)}; all else held fixed {difference_in_words(one.acceptance.left)}."
        )
        if any(criterion.match == one.criterion.match for criterion in draft.criteria):
            _in_the_draft("In the draft")
        elif st.button(
            f"Add with {points_in_words(one.criterion)} points",
            key=f"add:{one.criterion.id}",
            icon=":material/add:",
            help="Puts it into the draft as a criterion. Points, wording and conditions can be changed on Tune; undo "
            "takes it back.",
        ):
            _change(draft.with_criterion(_with_new_id(one.criterion, draft)))


def _with_new_id(criterion: Criterion, draft: Definition) -> Criterion:
    """The criterion under an id the draft has not: it was found for the agreed definition, perhaps."""
    taken = {other.id for other in draft.criteria}
    return replace(criterion, id=new_id(criterion.label, taken)) if criterion.id in taken else criterion


# Answers against the score.


@st.fragment
def against_score(answer: Findings) -> None:
    """Who was rejected with a high score and accepted with a low one, to be read together."""
    elements.section(
        "Answers against the score",
        "against-score",
        "Decided hand-offs by the score the definition gives them as of their hand-over: rejected ones from the "
        "upper quartile on, and accepted ones up to the lower. What they owe their score to is faded to the hand-over.",
    )
    of = answer.surprises
    if of.high is None or of.low is None:
        st.markdown("No decided hand-off has a score yet.")
        return
    left, right = st.columns(2)
    with left:
        _listed(answer, of.rejected, f"Rejected with {of.high} points or more", "rejected-high")
    with right:
        _listed(answer, of.accepted, f"Accepted with {of.low} points or less", "accepted-low")


LEAD_COLUMNS: Mapping[str, Any] = {
    "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"),
    "score": st.column_config.NumberColumn(
        "Score", help="As of the hand-over, under the definition chosen above", width="small"
    ),
    "because": st.column_config.TextColumn("Owes its score to", width=280),
    "reason": st.column_config.TextColumn("Reason", width=130),
    "title": "Title",
    "company": "Company",
    "name": "Name",
    "handed_over": st.column_config.DatetimeColumn("Handed over", format="D MMM YYYY"),
}


def _listed(answer: Findings, rows: npt.NDArray[np.int64], title: str, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        shown = f", the first {LEADS_SHOWN}" if len(rows) > LEADS_SHOWN else ""
        st.markdown(f"**{title}**: {len(rows):,}{shown}")
        if len(rows):
            elements.all_as_csv(lambda: lead_tables.csv(tables.against_score(answer, rows)), f"evidence-{key}.csv")
    if not len(rows):
        st.caption("Nobody.")
        return
    columns = [name for name in LEAD_COLUMNS if name != "reason" or key == "rejected-high"]
    st.dataframe(
        tables.against_score(answer, rows[:LEADS_SHOWN]),
        key=key,
        hide_index=True,
        height=320,
        placeholder="",
        alt=f"{title}, each with its lead and what it owes its score to",
        column_order=columns,
        column_config=LEAD_COLUMNS,
    )


# Drift.


@st.fragment
def drift(answer: Findings) -> None:
    """Whether scores inflate, by month."""
    elements.section(
        "Drift",
        "drift",
        "Every hand-off is scored under one definition, so that changing it is no drift. Above the median and the "
        "middle half of the scores by month; below the accepted of the decided beside how hand-offs with such scores "
        "fared over all months. Two trends over the days chosen are tested together (Holm): the score, and acceptance "
        "at equal score.",
    )
    st.markdown(drift_in_words(answer.drift))
    elements.chart(charts_of.drift_by_month(answer.drift), "drift-by-month")
    elements.all_as_csv(lambda: tables.months_csv(answer), "evidence-months.csv")


# Deals.


class DealTraits(StrEnum):
    """What won deals are compared by."""

    DEEDS = "deeds"
    CHANNELS = "channels"
    SOURCES = "sources"


@st.fragment
def deals(answer: Findings) -> None:
    """What those who bought had done before they bought."""
    elements.section(
        "Before they bought",
        "deals",
        "Hand-offs of these days that were won, against those that were lost; what a lead did counts up to the "
        "instant the deal ended. Two-proportion tests, corrected for how many there are (Holm). Deals still open do "
        "not count.",
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
