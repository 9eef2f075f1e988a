"""The parts of the Acceptance page; behind each bar, dot and cell are leads, listed where one is chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from lib.app import funnel, sla
from lib.app.funnel import Grouping
from lib.charts import acceptance as charts_of
from lib.charts.language import count, percent, period_name
from lib.charts.rates import said
from lib.core.arrays import Column
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.funnel import differences, rejections
from lib.core.funnel.differences import GroupStanding
from lib.core.funnel.rejections import CriterionInDecisions
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import BLANK, Became, Filter
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import Rate, Verdict, rate
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.ui.frame import elements, filters, lead_tables
from lib.ui.now import present
from lib.ui.tune import below_line

LEADS_SHOWN = 200

Option = TypeVar("Option")


@dataclass(frozen=True)
class LookedAt:
    """Which hand-offs the page is about, and in which periods it shows them."""

    window: Window
    only: Filter
    by: By


def headline(at: LookedAt) -> None:
    """How much of what it decided sales accepts."""
    snapshot = present.snapshot()
    whole = next(iter(funnel.ask(snapshot.sales, funnel_cohorts.cohorts, at.only, at.window, By.WINDOW)), None)
    if whole is None or not whole.handoffs:
        st.markdown("#### Nothing was handed over in these days.")
    else:
        decided = whole.of_decided
        counts = f"{decided.successes:,} of {decided.trials:,} decided"
        accepted = f"**{counts}**" if decided.share is None else f"**{percent(decided.share)}** ({counts})"
        handed_over = count(whole.handoffs, "hand-off")
        waiting = f"**{whole.open:,}** of {handed_over} {'waits' if whole.open == 1 else 'wait'} for it"
        st.markdown(f"#### Sales accepted {accepted}; {waiting}.")
    days = f"from {elements.day(at.window.start)} to {elements.day(at.window.last_day)}"
    st.caption(f"Handed over {days}. As of {present.now_in_words(snapshot)}.")
    below_line.left_out()


@st.fragment
def cohorts(at: LookedAt) -> None:
    """Acceptance over time, with its interval."""
    snapshot = present.snapshot()
    elements.section(
        "Over time",
        "cohorts",
        f"Accepted of all handed over in the {at.by}, with the Wilson 95 % interval. Open ones count as handed over "
        "and not as accepted, so a young cohort still rises; fewer than 10 decided give no rate. Immature: not all are "
        f"{funnel_cohorts.HORIZONS_DAYS[0]} days old.",
    )
    found = funnel.ask(snapshot.sales, funnel_cohorts.cohorts, at.only, at.window, at.by)
    periods = [one.period for one in found]
    drawn = charts_of.acceptance_by_cohort(
        periods, [one.acceptance for one in found], [one.mature[0] for one in found], at.by
    )
    elements.selectable_chart(drawn, "cohorts", lambda point: _choose("cohort", _period_at(point, periods)))
    period = _chosen("cohort", f"A {at.by}", periods[::-1], lambda one: period_name(one, at.by))
    if period is not None:
        outcome = _outcome("cohort")
        _leads("cohort", choosing.behind(funnel.chosen(snapshot.sales, at.only), _within(at, period), outcome))


GROUP_WORDS = {
    Grouping.CHANNEL: "channels",
    Grouping.SOURCE: "sources",
    Grouping.OWNER: "owners",
    Grouping.TITLE: "title levels",
    Grouping.SCORE: "score bands",
}


@st.fragment
def groups(at: LookedAt) -> None:
    """Acceptance by group, and which differences are real."""
    snapshot = present.snapshot()
    elements.section(
        "Where it differs",
        "groups",
        "Accepted of those decided in each group, against all other groups together: two-proportion tests, "
        "corrected for how many groups there are (Holm). Open ones do not count. Title levels are the agreed "
        "definition's criteria about the title; scores are those at hand-over.",
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
    names = [_group_name(one.cohort.group, by) for one in found]
    st.markdown(_differences(names, found))
    drawn = charts_of.acceptance_by_group(names, [one.comparison for one in found], _together(found), GROUP_WORDS[by])
    values = [one.cohort.group or BLANK for one in found]
    key = f"group-{by}"
    elements.selectable_chart(drawn, f"groups-{by}", lambda point: _choose(key, point and values[round(point["y"])]))
    value = _chosen(key, "A group", values, lambda one: _group_name(one or None, by))
    if value is not None:
        outcome = _outcome(key)
        _leads(
            key,
            choosing.behind(funnel.chosen(snapshot.sales, at.only), at.window, outcome, [(column, value or None)]),
        )


def _ordered(found: Sequence[GroupStanding], by: Grouping) -> Sequence[GroupStanding]:
    """Levels and bands as they rank, others by their acceptance, those without a rate last."""
    if by in (Grouping.TITLE, Grouping.SCORE):
        return found
    return sorted(found, key=lambda one: -1.0 if one.comparison.rate.share is None else one.comparison.rate.share)[::-1]


def _group_name(group: str | None, by: Grouping) -> str:
    return (
        filters.BLANK_WORDS
        if group is None
        else sla.rep_name(present.snapshot().sales, group)
        if by is Grouping.OWNER
        else group
    )


def _together(found: Sequence[GroupStanding]) -> Rate:
    rates = [one.comparison.rate for one in found]
    return rate(sum(one.successes for one in rates), sum(one.trials for one in rates))


def _differences(names: Sequence[str], found: Sequence[GroupStanding]) -> str:
    """Which groups really differ from the others, in a sentence."""
    sentences = []
    for verdict, words in ((Verdict.HIGHER, "more often"), (Verdict.LOWER, "less often")):
        real = [
            f"**{elements.plain(name)}** {said(one.comparison.rate)}"
            for name, one in zip(names, found, strict=True)
            if one.comparison.verdict is verdict
        ]
        if real:
            sentences.append(f"Really {words} than the others: {', '.join(real)}.")
    noise = sum(one.comparison.verdict is Verdict.NOISE for one in found)
    too_few = sum(one.comparison.verdict is Verdict.TOO_FEW for one in found)
    if noise:
        sentences.append(f"{noise} {'differs' if noise == 1 else 'differ'} by no more than noise.")
    if too_few:
        sentences.append(f"{too_few} {'has' if too_few == 1 else 'have'} too few decided to say.")
    return " ".join(sentences)


@st.fragment
def reasons(at: LookedAt) -> None:
    """Why sales rejected, over time."""
    snapshot = present.snapshot()
    elements.section(
        "Reasons",
        "reasons",
        f"Rejected hand-offs by the {at.by} they were handed over in and the reason sales gave; open ones do not "
        f"count. Reasons are worded by reasons.yaml.",
    )
    periods = [one.period for one in funnel.ask(snapshot.sales, funnel_cohorts.cohorts, at.only, at.window, at.by)]
    found = funnel.ask(snapshot.sales, rejections.rejections, at.only, at.window, at.by)
    ranked = [one.reason for one in funnel.ask(snapshot.sales, rejections.rejections, at.only, at.window)]
    of_period = {(one.reason, one.period): one.handoffs for one in found}
    counts = {
        present.reason_words(reason): [of_period.get((reason, period), 0) for period in periods] for reason in ranked
    }
    by_words = {present.reason_words(reason): reason or BLANK for reason in ranked}

    def choose(point: Mapping[str, Any] | None) -> None:
        _choose("reason-period", _period_at(point, periods))
        _choose("reason", point and by_words.get(unescape(point["customdata"][0])))

    elements.selectable_chart(charts_of.reasons_over_time(periods, counts, at.by), "reasons", choose)
    with st.container(horizontal=True):
        reason = _chosen("reason", "A reason", list(by_words.values()), lambda code: present.reason_words(code or None))
        period = _chosen("reason-period", f"A {at.by}", periods[::-1], lambda one: period_name(one, at.by))
    if reason is not None or period is not None:
        of = funnel.chosen(snapshot.sales, at.only)
        window = at.window if period is None else _within(at, period)
        asked_for = [] if reason is None else [(of.reason, reason or None)]
        _leads("reason", choosing.behind(of, window, Became.REJECTED, asked_for))


@st.fragment
def criteria(at: LookedAt) -> None:
    """Which criteria rejected leads owe their score to."""
    snapshot = present.snapshot()
    elements.section(
        "What rejected leads owe their score to",
        "criteria",
        "Of the rejected, and of the accepted, how many had points of a criterion of the agreed definition at the "
        "instant of the hand-over: two-proportion tests, corrected for how many criteria there are (Holm). Open ones "
        "do not count; a lead can have points of several.",
    )
    earned = funnel.earned(snapshot, at.only, at.window)
    found = sorted(
        funnel.criteria_in_decisions(snapshot, at.only, at.window),
        key=lambda one: -(one.times_as_often or 0.0),
    )
    st.markdown(_owed(found))
    drawn = charts_of.criteria_of_rejected(
        [_criterion(one.criterion_id) for one in found], [one.comparison for one in found]
    )
    ids = [one.criterion_id for one in found]
    elements.selectable_chart(drawn, "criteria", lambda point: _choose("criterion", point and ids[round(point["y"])]))
    codes = _criteria_by_reason(at, found)
    with st.container(horizontal=True):
        criterion_id = _chosen("criterion", "A criterion", ids, _criterion)
        reason = _chosen("criterion-reason", "A reason", codes, lambda code: present.reason_words(code or None))
    if criterion_id is not None:
        of = earned.handoffs
        asked_for: list[tuple[Column, str | None]] = [(earned.by(criterion_id), criterion_id)]
        if reason is not None:
            asked_for.append((of.reason, reason or None))
        _leads("criterion", choosing.behind(of, at.window, Became.REJECTED, asked_for))


def _criterion(criterion_id: str) -> str:
    return present.snapshot().definition.criterion(criterion_id).label


def _owed(found: Sequence[CriterionInDecisions]) -> str:
    worse = [
        (f"**{elements.plain(_criterion(one.criterion_id))}**", one.times_as_often)
        for one in found
        if one.comparison.verdict is Verdict.HIGHER
    ]
    if not worse:
        return "No criterion gives rejected leads points really more often than accepted ones."
    listed = [
        f"{label} ({'accepted ones never' if times is None else f'{times:.1f} × as often'})" for label, times in worse
    ]
    return f"More often than accepted leads, rejected ones had points of {', '.join(listed)}."


def _criteria_by_reason(at: LookedAt, found: Sequence[CriterionInDecisions]) -> list[str]:
    """The criteria crossed with the reasons; a chosen cell chooses both. Returns the reasons' codes."""
    snapshot = present.snapshot()
    by_reason = funnel.criteria_by_reason(snapshot, at.only, at.window)
    place = {criterion_id: n for n, criterion_id in enumerate(funnel.earned(snapshot, at.only, at.window).criteria)}
    ranked = [
        one.reason
        for one in funnel.ask(snapshot.sales, rejections.rejections, at.only, at.window)
        if one.reason in by_reason
    ]
    if not found or not ranked:
        return []
    columns = {f"{present.reason_words(code)} ({_rejected(by_reason[code]):,})": code or BLANK for code in ranked}
    rows = pd.DataFrame(
        {
            "Criterion": [_criterion(one.criterion_id) for one in found],
            "All rejected": [_share(one.comparison.rate) for one in found],
            "Accepted": [_share(one.comparison.other) for one in found],
            **{
                words: [_share(by_reason[code or None][place[one.criterion_id]]) for one in found]
                for words, code in columns.items()
            },
        }
    )

    def choose() -> None:
        cells = st.session_state["criteria-by-reason"].selection.cells
        row, column = cells[0] if cells else (None, None)
        _choose("criterion", None if row is None else found[row].criterion_id)
        _choose("criterion-reason", columns.get(str(column)))

    st.markdown("**Of those rejected for each reason, how many had points of which criterion?**")
    st.dataframe(
        rows,
        hide_index=True,
        key="criteria-by-reason",
        on_select=choose,
        selection_mode="single-cell",
        column_config={"Criterion": st.column_config.TextColumn(pinned=True)},
        alt="For each criterion the share of the leads rejected for each reason that had points of it",
    )
    return list(columns.values())


def _rejected(rates: Sequence[Rate]) -> int:
    return max((one.trials for one in rates), default=0)


def _share(share: Rate) -> str:
    return f"{share.successes:,} of {share.trials:,}" if share.share is None else percent(share.share)


@st.fragment
def calibration(at: LookedAt) -> None:
    """Whether a higher score at hand-over means more acceptance."""
    snapshot = present.snapshot()
    elements.section(
        "Scores",
        "calibration",
        f"Accepted of those decided, by the score at hand-over in bands of {choosing.BAND_POINTS} points; open ones "
        "and those handed over without a score do not count.",
    )
    found = funnel.ask(snapshot.sales, differences.calibration, at.only, at.window)
    bands = [one for one in found.bands if one.cohort.group is not None]
    names = [one.cohort.group or "" for one in bands]
    st.markdown(_separation(found.separation.share, found.separation.p_value))
    drawn = charts_of.calibration(names, [one.comparison.rate for one in bands])
    elements.selectable_chart(
        drawn, "calibration", lambda point: _choose("band", point and next(n for n in names if n == point["x"]))
    )
    band = _chosen("band", "A score band", names, str)
    if band is not None:
        outcome = _outcome("band")
        scores = funnel.groups(snapshot, at.only, Grouping.SCORE)
        _leads(
            "band",
            choosing.behind(funnel.chosen(snapshot.sales, at.only), at.window, outcome, [(scores, band)]),
        )


SIGNIFICANT = 0.05


def _separation(share: float | None, p_value: float | None) -> str:
    if share is None or p_value is None:
        return "Too few were decided with a score to say whether more points mean more acceptance."
    pairs = f"in **{share * 100:.0f} of 100** pairs an accepted lead had the higher score than a rejected one"
    if p_value >= SIGNIFICANT:
        return f"The score does not tell accepted from rejected leads: {pairs}; a coin would say 50."
    return f"{'More' if share > 0.5 else 'Fewer'} points mean more acceptance: {pairs}; a coin would say 50."


# The leads behind what was chosen.


def _choose(key: str, value: object) -> None:
    st.session_state[key] = value


def _chosen(key: str, what: str, options: Sequence[Option], words: Callable[[Option], str]) -> Option | None:
    """What was chosen in the chart or here; by keyboard this is the way to the leads."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    return st.selectbox(
        what,
        options,
        index=None,
        format_func=words,
        placeholder=f"{what}: choose one, or click it, to see the leads",
        label_visibility="collapsed",
        key=key,
        width=380,
    )


OUTCOME_WORDS = {Became.PAST_DUE: "past due", Became.SQL: "SQL"}


def _outcome(key: str) -> Became | None:
    """Which of the leads: all of them, or those with one outcome."""
    return st.segmented_control(
        "What became of them",
        list(Became),
        format_func=lambda one: OUTCOME_WORDS.get(one, one.value),
        label_visibility="collapsed",
        key=f"{key}-outcome",
        help="None chosen: all of them.",
    )


LEAD_COLUMNS: Mapping[str, Any] = {
    "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"),
    "name": "Name",
    "company": "Company",
    "title": "Title",
    "handed_over": st.column_config.DatetimeColumn("Handed over", format="D MMM YYYY"),
    "decision": "Decision",
    "reason": st.column_config.TextColumn("Reason", width="medium"),
    "score": st.column_config.NumberColumn("Score", help="At hand-over"),
    "source": "Source",
    "owner": "Owner",
    "sql": st.column_config.DatetimeColumn("SQL", format="D MMM YYYY"),
    "won": st.column_config.DatetimeColumn("Won", format="D MMM YYYY"),
}


def _leads(key: str, behind: Handoffs) -> None:
    """The leads of some hand-offs, the newest first, each a click from its page."""
    snapshot = present.snapshot()
    if not len(behind):
        st.caption("There is no such lead.")
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            f"The newest {LEADS_SHOWN} of {len(behind):,} hand-offs; all of them are in the CSV."
            if len(behind) > LEADS_SHOWN
            else f"{count(len(behind), 'hand-off')}, the newest first."
        )
        elements.all_as_csv(lambda: lead_tables.csv(lead_tables.leads_behind(snapshot, behind)), f"hand-offs-{key}.csv")
    st.dataframe(
        lead_tables.leads_behind(snapshot, behind, LEADS_SHOWN),
        key=f"{key}-leads",
        hide_index=True,
        height=320,
        placeholder="",
        alt="The leads behind what was chosen, the newest hand-off first",
        column_order=list(LEAD_COLUMNS),
        column_config=LEAD_COLUMNS,
    )


def _period_at(point: Mapping[str, Any] | None, periods: Sequence[date]) -> date | None:
    """The period a clicked point stands for."""
    if point is None:
        return None
    return next((period for period in periods if str(point["x"]).startswith(period.isoformat())), None)


def _within(at: LookedAt, period: date) -> Window:
    """The days of the period that lie in the window."""
    after = period + timedelta(weeks=1) if at.by is By.WEEK else (period + timedelta(days=32)).replace(day=1)
    return Window(max(period, at.window.start), min(after, at.window.end), at.window.zone)
