"""The suggestion on the Evidence page: what the meeting allows, what was found, and any of it as the draft."""

import io
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import streamlit as st

from lib.app import known, outlook
from lib.app.remembered import Aside
from lib.app.snapshot import Snapshot
from lib.charts import suggestion as charts_of
from lib.charts.language import count
from lib.core.consequences import in_words
from lib.core.definition.criteria import Definition
from lib.core.suggestion.constraints import CHANGES, Constraints
from lib.core.suggestion.report import SELECTED, comparison, finding_in_words, point_in_words, points_in_words
from lib.core.suggestion.suggestion import Point, Suggestion
from lib.core.time.window import Window
from lib.ui.frame import elements, jobs
from lib.ui.frame import known_when as history
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.known_when import HANDED_OVER
from lib.ui.now import present
from lib.ui.tune import tuning

JOB = "suggestion"
CHOSEN = "suggested-point"
AS_NOW, AS_SALES_CAN, SO_MANY = "as many as now", "as many as sales can answer", "so many a week"
NOT_DONE = "Nothing is suggested."


def show(snapshot: Snapshot, definition: Definition, window: Window) -> None:
    """Asks for the constraints, looks in the background, and shows what was found."""
    elements.section(
        "Suggestion",
        "suggestion",
        "Points are fitted to the earlier decisions within what is allowed here, the threshold follows from the "
        "volume, and the later decisions, which the fit has not seen, judge both at equal volume. Signs, caps, fading, "
        "gates and disqualifiers stay as they are. What is not better there is not offered.",
        snapshot,
    )
    _ask(snapshot, definition, window)
    if not jobs.watch(JOB, NOT_DONE):
        return
    job = jobs.of(JOB)
    if job is not None:
        _found(job.result(), window)


def _ask(snapshot: Snapshot, definition: Definition, window: Window) -> None:
    labels = {one.id: one.label for one in definition.active() if not one.disqualify}
    with st.form("suggestion-asked", border=True):
        with st.grid(4, min_column_width=200):
            volume = st.selectbox(
                "Hand over",
                [AS_NOW, AS_SALES_CAN, SO_MANY],
                key="suggestion-volume",
                help="How many MQLs a week the threshold is to bring; as many as now is the judged definition's own. "
                "Here those who first qualify count, and not those who come again.",
            )
            a_week = st.number_input(
                "MQLs a week", min_value=1, value=100, key="suggestion-a-week", help=f"Counts with “{SO_MANY}” only."
            )
            changes = st.number_input(
                "Criteria changed, at most",
                min_value=1,
                max_value=max(len(labels), 1),
                value=min(CHANGES, max(len(labels), 1)),
                key="suggestion-changes",
                help="So many criteria get other points; the threshold follows from the volume and does not count.",
            )
            most = st.number_input(
                "Points of one, at most",
                min_value=1,
                value=30,
                key="suggestion-most",
                help="No changed criterion gets more, for or against.",
            )
        frozen = st.multiselect(
            "Keep the points of",
            list(labels),
            format_func=lambda one: labels[one],
            key="suggestion-frozen",
            help="These keep the points they have; disqualifiers and what is switched off always do.",
            placeholder="Nothing is kept: any criterion may change",
        )
        asked = st.form_submit_button("Suggest", type="primary", icon=":material/lightbulb:")
    if asked:
        _look(
            snapshot,
            definition,
            window,
            volume,
            float(a_week),
            Constraints(None, int(changes), tuple(frozen), int(most)),
        )


def _look(
    snapshot: Snapshot, definition: Definition, window: Window, volume: str, a_week: float, allowed: Constraints
) -> None:
    asked = replace(allowed, mqls_per_week=a_week) if volume == SO_MANY else allowed

    def work(progress: jobs.Progress) -> Suggestion:
        return known.suggest(snapshot, definition, window, asked, Aside(progress), as_sales_can=volume == AS_SALES_CAN)

    st.session_state.pop(CHOSEN, None)
    jobs.start(JOB, "Looking for better points", work)


def _found(found: Suggestion, window: Window) -> None:
    st.markdown(f"**{elements.plain(finding_in_words(found))}**")
    if found.earlier is not None and found.later is not None:
        earlier, later = found.earlier, found.later
        st.caption(
            f"Fitted to {count(earlier.decisions.trials, 'decision')} on hand-offs of "
            f"{elements.day(earlier.window.start)} to {elements.day(earlier.window.last_day)}, "
            f"judged by {later.decisions.trials:,} of "
            f"{elements.day(later.window.start)} to {elements.day(later.window.last_day)}. {SELECTED}"
        )
    _comparison(found)
    if found.offered is None:
        if found.tried is not None:
            st.caption("Tried, and not offered: " + elements.plain("; ".join(found.differences_of(found.tried))))
        return
    _choose(found, window)


COMPARED_COLUMNS: Mapping[str, Any] = {
    "what": st.column_config.TextColumn("On the later decisions", width=225),
    "suggestion": st.column_config.TextColumn("Suggestion", help="The points and threshold found", width=135),
    "agreed": st.column_config.TextColumn("Judged definition", help="What the search began from", width=135),
    "difference": st.column_config.TextColumn(
        "Difference", help="The suggestion's less the other's; the 95 % interval is of resampled leads", width=240
    ),
    "explanation": st.column_config.TextColumn("What it says", width=450),
}


def _comparison(found: Suggestion) -> None:
    """Acceptance at equal volume, ranking and calibration, each with its interval."""
    lines = pd.DataFrame([asdict(one) for one in comparison(found)], columns=list(COMPARED_COLUMNS))
    if lines.empty:
        return
    st.dataframe(
        lines,
        key="suggestion-comparison",
        hide_index=True,
        column_config=COMPARED_COLUMNS,
        placeholder="",
        alt="Suggestion and judged definition on the later decisions: volume, acceptance, ranking and calibration",
    )
    elements.all_as_csv(lambda: csv_file(lines), "suggestion-comparison.csv")


@st.fragment
def _choose(found: Suggestion, window: Window) -> None:
    front = list(found.front)
    assert found.offered is not None  # noqa: S101  (only what is offered can be chosen from)
    if CHOSEN not in st.session_state:
        offered = found.offered.definition
        st.session_state[CHOSEN] = next((n for n, one in enumerate(front) if one.definition == offered), 0)

    def choose(point: Mapping[str, Any] | None) -> None:
        if point is not None and isinstance(point.get("customdata"), list):
            st.session_state[CHOSEN] = int(point["customdata"][0])

    at = int(st.session_state[CHOSEN])
    elements.selectable_chart(
        charts_of.front(front, found.agreed_points, found.agreed_point, at), "suggestion-front", choose
    )
    st.selectbox(
        "Trade-off",
        range(len(front)),
        key=CHOSEN,
        format_func=lambda n: _label(front[n]),
        help="What no other beats in volume and acceptance in the earlier part; the later decisions then judge each "
        "for itself. A click on a dot chooses it too.",
    )
    point = front[int(st.session_state[CHOSEN])]
    st.markdown(f"Out of time: {elements.plain(point_in_words(point))}.")
    st.markdown("\n".join(f"- {elements.plain(sentence)}" for sentence in found.differences_of(point)))
    rests = outlook.known_when(present.snapshot(), point.definition, window)
    history.caption([in_words.resting_in_words(rests), in_words.changed_after_in_words(rests, HANDED_OVER)])
    if point.definition == found.offered.definition:
        st.caption(" ".join(f"{elements.plain(sentence)}." for sentence in points_in_words(found)))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Make it the draft", type="primary", icon=":material/tune:", key="take-suggestion"):
            tuning.change(point.definition)
            st.session_state["suggestion-taken"] = point.definition
        if st.session_state.get("suggestion-taken") == tuning.tuning().draft:
            st.page_link("decide/tune.py", label="It is the draft: look at it on Tune", icon=":material/arrow_forward:")
        elements.all_as_csv(lambda: _csv(found), "suggestion.csv")


def _label(point: Point) -> str:
    share = point.later.share
    accepted = "too few decisions" if share is None else f"{elements.percent(share)} accepted"
    changed = count(point.changes, "criterion", "criteria")
    return f"{elements.rate(point.mqls_per_week)} MQLs a week, {accepted}: {changed} changed"


def _csv(found: Suggestion) -> io.BytesIO:
    rows = [
        {
            "threshold": point.definition.threshold,
            "mqls_per_week": point.mqls_per_week,
            "criteria_changed": point.changes,
            "out_of_time": point_in_words(point),
            "accepted_later": point.later.share,
            "low95": point.later.low95,
            "high95": point.later.high95,
            "differences": "; ".join(found.differences_of(point)),
        }
        for point in found.front
    ]
    return csv_file(pd.DataFrame(rows))
