"""What separates accepted from rejected though no criterion asks for it."""

from dataclasses import replace

import streamlit as st

from lib.charts import evidence as charts_of
from lib.charts.evidence import difference_in_words
from lib.charts.language import count
from lib.charts.rates import said
from lib.core.definition.criteria import Criterion, Definition
from lib.core.definition.words import points_in_words
from lib.core.evidence.findings import Findings
from lib.core.evidence.mining import Find, new_id
from lib.ui.evidence import tables, to_draft
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.tune import tuning


@st.fragment
def show(answer: Findings) -> None:
    """What separates accepted from rejected though no criterion asks for it, each one click from the draft."""
    elements.section(
        "What no criterion asks for",
        "unused",
        "Every field value, number range, deed, count and sequence of the decided hand-offs, as of each hand-over, was "
        "tested once: it has to separate accepted from rejected by itself and among hand-offs that met the same "
        "criteria. Corrected for all tests (Holm): the chance that even one line is noise is below 5 %. Of those that "
        "say the same the simplest strong one is listed. As the strongest of many, expect a little less of each. "
        "Points are the difference left at the price the definition pays where the decisions support it.",
        present.snapshot(),
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
            to_draft.say_it_is_there("In the draft")
        elif st.button(
            f"Add with {points_in_words(one.criterion)} points",
            key=f"add:{one.criterion.id}",
            icon=":material/add:",
            help="Puts it into the draft as a criterion. Points, wording and conditions can be changed on Tune; undo "
            "takes it back.",
        ):
            to_draft.change(draft.with_criterion(_with_new_id(one.criterion, draft)))


def _with_new_id(criterion: Criterion, draft: Definition) -> Criterion:
    """The criterion under an id the draft has not: it was found for the agreed definition, perhaps."""
    taken = {other.id for other in draft.criteria}
    return replace(criterion, id=new_id(criterion.label, taken)) if criterion.id in taken else criterion
