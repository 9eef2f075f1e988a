"""Why MQLs moved between any two weeks, or months of four: what the definition did, and what the leads."""

import io
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from lib.app import funnel
from lib.app.funnel import WhyMoved
from lib.app.snapshot import Snapshot
from lib.charts import moved as charts_of
from lib.charts.language import signed
from lib.core.funnel.moved import Cause, Part
from lib.core.statistics.rates import Verdict
from lib.ui.frame import elements, filters
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import present

LENGTHS = {"1 week": 1, "4 weeks": 4}

FROM, TO, LONG = "moved_from", "moved_to", "moved_weeks"
"""In the address."""


@st.fragment
def show() -> None:
    """The change between two periods, split in what moved it; all of it by the address."""
    snapshot = present.snapshot()
    elements.section(
        "Why did it move?",
        "moved",
        "The MQLs handed over in two equally long periods. The definition: what the one in force then and the one in "
        "force now each make of the same leads. New leads: created in the period, by channel. Share: how many qualify "
        "for each new lead. Again: handed over after a return. Each counts with its mean over all orders in which "
        "they may have come, so that they sum to the change. Grey: no more than the last 26 weeks' ups and downs "
        "explain.",
        snapshot,
    )
    asked = _asked(snapshot)
    if asked is None:
        st.caption("It takes two whole periods of hand-offs to compare.")
        return
    before, after, weeks = asked
    why = funnel.why_moved(snapshot, before, after, weeks)
    st.markdown(sentence(why))
    elements.chart(
        charts_of.waterfall(
            (_period(before, weeks), _period(after, weeks)),
            (why.before, why.after),
            [(_name(one), one.mqls, one.verdict) for one in why.parts],
            why.then.version.number == why.now.version.number,
        ),
        key="why-moved",
    )
    elements.all_as_csv(lambda: csv(why, before, after), "why-mqls-moved.csv")


def _asked(snapshot: Snapshot) -> tuple[date, date, int] | None:
    """From which day to which, and how many weeks long; None where there are no two periods."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        long = st.segmented_control(
            "Periods of", list(LENGTHS), default=next(iter(LENGTHS)), required=True, key=LONG, bind="query-params"
        )
        weeks = LENGTHS[long]
        first_days = funnel.weeks_to_choose(snapshot, weeks)
        # The newest one, and the last that does not overlap it.
        if len(first_days) <= weeks:
            return None
        before = _first_day("From", FROM, first_days, weeks, weeks)
        after = _first_day("To", TO, first_days, 0, weeks)
    return before, after, weeks


def _first_day(label: str, key: str, first_days: tuple[date, ...], place: int, weeks: int) -> date:
    said = {first_day.isoformat(): _period(first_day, weeks) for first_day in first_days}
    if st.session_state.get(key, first_days[place].isoformat()) not in said:
        del st.session_state[key]
    chosen: str = st.selectbox(
        label,
        list(said),
        index=place,
        format_func=lambda first_day: said.get(first_day, first_day),
        key=key,
        width=240,
        bind="query-params",
    )
    return date.fromisoformat(chosen)


def _period(first_day: date, weeks: int) -> str:
    if weeks == 1:
        return f"week of {elements.day(first_day)}"
    return f"{first_day.day} {first_day:%b} – {elements.day(first_day + timedelta(weeks=weeks, days=-1))}"


def sentence(why: WhyMoved) -> str:
    """How much it moved, and which of its causes is more than noise."""
    change = f"**{why.after:,} MQLs** against {why.before:,}: {signed(why.after - why.before)}"
    real = [
        f"**{elements.plain(_name(one))}** {signed(one.mqls)}"
        for one in why.parts
        if one.verdict in (Verdict.HIGHER, Verdict.LOWER) and one.mqls
    ]
    if not real:
        return f"{change}. No cause did more than noise does."
    return f"{change}. Really moved by: {', '.join(real)}; what is left is noise."


def _name(part: Part) -> str:
    return f"new: {part.channel or filters.BLANK_WORDS}" if part.cause is Cause.NEW_LEADS else part.cause.value


def csv(why: WhyMoved, before: date, after: date) -> io.BytesIO:
    """The parts in numbers."""
    return csv_file(
        pd.DataFrame(
            [
                {
                    "from": before.isoformat(),
                    "to": after.isoformat(),
                    "mqls_before": why.before,
                    "mqls_after": why.after,
                    "cause": one.cause.value,
                    "channel": one.channel or "",
                    "mqls": one.mqls,
                    "verdict": one.verdict.value,
                    "version_before": why.then.version.number,
                    "version_after": why.now.version.number,
                }
                for one in why.parts
            ]
        )
    )
