"""Every criterion with and without it, and what is left of the difference."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from lib.charts import evidence as charts_of
from lib.charts.evidence import difference_in_words, said_difference
from lib.charts.rates import said
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Criterion, Definition
from lib.core.definition.words import points_in_words
from lib.core.evidence.criteria import CriterionEvidence, SignVerdict, gives_something, wanted_sign
from lib.core.evidence.findings import Findings
from lib.ui.evidence import tables, to_draft, view
from lib.ui.evidence.view import Stands
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.tune import tuning

ORDER = (
    SignVerdict.AGAINST,
    SignVerdict.SUPPORTED,
    SignVerdict.IDLE,
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
def show(answer: Findings) -> None:
    """Every criterion with and without it, and what is left of the difference."""
    elements.section(
        "Criteria",
        "criteria",
        "Of the decided hand-offs, how many more of 100 were accepted with a criterion than without (grey), and what "
        "is left of that when every other criterion is held fixed: of those that had it, how many more were accepted "
        "than would have been without, by a logistic regression on all criteria, with its 95 % interval. Verdicts are "
        "corrected for how many criteria there are (Holm). Criteria that are switched off are judged too; open "
        "hand-offs do not count. What the definition does not ask for is not held fixed.",
        present.snapshot(),
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
    stands = view.stands()
    for one in answer.criteria.with_verdict(SignVerdict.AGAINST):
        _against(one, stands)
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


def _against(one: CriterionEvidence, stands: Stands) -> None:
    """What a criterion that pulls against its sign does in the definition looked at, what stands, and a way out."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            f":material/warning: **{elements.plain(one.criterion.label)}** ({points_in_words(one.criterion)}): with it "
            f"{said(one.acceptance.having)} accepted, without {said(one.acceptance.lacking)}; all else held fixed "
            f"{difference_in_words(one.acceptance.left)}.{_stands(one.criterion, stands)}"
        )
        own = next((c for c in tuning.tuning().draft.criteria if c.id == one.criterion.id), None)
        if own is not None and own.points and not own.off:
            if st.button("To 0 points in the draft", key=f"to-zero:{own.id}", icon=":material/exposure_zero:"):
                to_draft.change(tuning.tuning().draft.with_points(own.id, 0))
        else:
            to_draft.say_it_is_there("Brings nothing in the draft")


def _stands(criterion: Criterion, stands: Stands) -> str:
    """What the agreement in force gives it, where that is something else, and what is signed and will come."""
    said = []
    if points_in(stands.in_force, criterion.id) != (now := points_in_words(criterion)):
        said.append(f" In force it gives {points_in(stands.in_force, criterion.id)}.")
    for version, definition in stands.to_come:
        if points_in(definition, criterion.id) != now:
            gives = points_in(definition, criterion.id)
            said.append(f" Version {version.number}, signed by both and not yet in force, gives it {gives}.")
    return "".join(said)


def points_in(definition: Definition, criterion_id: str) -> str:
    """What a definition gives for a criterion, in words."""
    own = next((one for one in definition.criteria if one.id == criterion_id), None)
    return "nothing" if own is None or not gives_something(own) else points_in_words(own)


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


def _verdict_in_words(one: CriterionEvidence) -> str:
    left = one.acceptance.left
    if one.verdict is SignVerdict.IDLE and left is not None:
        speaks = "speak for it" if left.value * wanted_sign(one.criterion) > 0 else "speak against it"
        return f"gives nothing; they {speaks}"
    return VERDICT_WORDS.get(one.verdict, one.verdict.value)


def _criterion_row(one: CriterionEvidence) -> dict[str, object]:
    acceptance = one.acceptance
    return {
        "criterion": f"{one.criterion.label}{' (switched off)' if one.criterion.off else ''}",
        "points": points_in_words(one.criterion),
        "verdict": _verdict_in_words(one),
        "leads": one.leads,
        "handoffs": one.handoffs,
        "having": said(acceptance.having),
        "lacking": said(acceptance.lacking),
        "difference": said_difference(acceptance.difference),
        "left": said_difference(acceptance.left),
        "sql": said_difference(one.of(Stage.SQL).left),
        "won": said_difference(one.of(Stage.WON).left),
    }
