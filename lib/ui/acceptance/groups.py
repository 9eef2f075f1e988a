"""Acceptance by group, and which differences are real."""

from collections.abc import Sequence

import streamlit as st

from lib.app import funnel, sla
from lib.app.funnel import Grouping
from lib.app.snapshot import Snapshot
from lib.charts import acceptance as charts_of
from lib.charts.language import count
from lib.charts.rates import said
from lib.core.funnel.differences import GroupStanding
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import BLANK
from lib.core.statistics.rates import Comparison, Rate, Verdict, rate
from lib.ui.acceptance import behind
from lib.ui.acceptance.view import LookedAt
from lib.ui.frame import elements, filters
from lib.ui.now import present

GROUP_WORDS = {
    Grouping.CHANNEL: "channels",
    Grouping.SOURCE: "sources",
    Grouping.OWNER: "owners",
    Grouping.TITLE: "title levels",
    Grouping.SCORE: "score bands",
}


@st.fragment
def show(at: LookedAt) -> None:
    """Acceptance by group, and which differences are real."""
    snapshot = present.snapshot()
    elements.section(
        "Where it differs",
        "groups",
        "Accepted of those decided in each group, against all other groups together: two-proportion tests, "
        "corrected for how many groups there are (Holm) and for what else this page tests. Open and closed ones do not "
        "count. Title levels are the agreed definition's criteria about the title; scores are those at hand-over. "
        "Those without are counted, and not compared.",
        snapshot,
    )
    by = st.segmented_control(
        "By",
        list(Grouping),
        default=Grouping.CHANNEL,
        format_func=lambda one: (
            "title level" if one is Grouping.TITLE else "score band" if one is Grouping.SCORE else one
        ),
        label_visibility="collapsed",
        required=True,
        key="group",
        bind="query-params",
    )
    column = funnel.groups(snapshot, at.only, by)
    found = _ordered(funnel.standings(snapshot, at.only, at.window, by), by)
    known = [one for one in found if one.cohort.group is not None]
    shown = [_group_name(snapshot, one.cohort.group, by) for one in known]
    compared = [one.comparison for one in known]
    blank = [one for one in found if one.cohort.group is None]
    sentences = [differences_in_words(shown, compared), *(_blank_in_words(one, by) for one in blank)]
    st.markdown(" ".join(sentence for sentence in sentences if sentence))
    drawn = charts_of.acceptance_by_group(shown, compared, _together(found), GROUP_WORDS[by])
    values = [one.cohort.group or BLANK for one in [*known, *blank]]
    names = [*shown, *[filters.BLANK_WORDS] * len(blank)]
    key = f"group-{by}"
    elements.selectable_chart(
        drawn, f"groups-{by}", lambda point: behind.choose(key, point and values[round(point["y"])])
    )
    value = behind.chosen(key, "A group", values, dict(zip(values, names, strict=True)).__getitem__)
    if value is not None:
        outcome = behind.outcome(key)
        behind.leads(
            snapshot,
            key,
            choosing.behind(funnel.chosen(snapshot.sales, at.only), at.window, outcome, [(column, value or None)]),
        )


def _ordered(found: Sequence[GroupStanding], by: Grouping) -> Sequence[GroupStanding]:
    """Levels and bands as they rank, others by their acceptance, those without a rate last."""
    if by in (Grouping.TITLE, Grouping.SCORE):
        return found
    return sorted(found, key=lambda one: -1.0 if one.comparison.rate.share is None else one.comparison.rate.share)[::-1]


def _group_name(snapshot: Snapshot, group: str | None, by: Grouping) -> str:
    return (
        filters.BLANK_WORDS if group is None else sla.rep_name(snapshot.sales, group) if by is Grouping.OWNER else group
    )


def _blank_in_words(blank: GroupStanding, by: Grouping) -> str:
    """Those without a group are counted, and are no group to compare."""
    has = "has" if blank.cohort.handoffs == 1 else "have"
    return (
        f"{count(blank.cohort.handoffs, 'hand-off')} {has} no {GROUP_WORDS[by].removesuffix('s')}: "
        f"accepted {said(blank.comparison.rate)}."
    )


def _together(found: Sequence[GroupStanding]) -> Rate:
    rates = [one.comparison.rate for one in found]
    return rate(sum(one.successes for one in rates), sum(one.trials for one in rates))


def differences_in_words(names: Sequence[str], found: Sequence[Comparison]) -> str:
    """Which groups really differ from the others, in sentences; each group is in one of them, by name or counted."""
    sentences = []
    for verdict, words in ((Verdict.HIGHER, "more often"), (Verdict.LOWER, "less often")):
        real = [
            f"**{elements.plain(name)}** {said(one.rate)}"
            for name, one in zip(names, found, strict=True)
            if one.verdict is verdict
        ]
        if real:
            sentences.append(f"Really {words} than the others: {', '.join(real)}.")
    noise = sum(one.verdict is Verdict.NOISE for one in found)
    too_few = sum(one.verdict is Verdict.TOO_FEW for one in found)
    if noise:
        sentences.append(f"{noise} {'differs' if noise == 1 else 'differ'} by no more than noise.")
    if too_few:
        sentences.append(f"{too_few} {'has' if too_few == 1 else 'have'} too few decided to say.")
    return " ".join(sentences)
