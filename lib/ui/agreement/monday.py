"""In the dialog that proposes: what Monday looks like, and what of the stock is to be handed over."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from lib.app.handoffs import going_live
from lib.app.handoffs.going_live import Ahead, GoingLive
from lib.app.snapshot import Snapshot
from lib.charts import going_live as charts
from lib.charts.language import count
from lib.core.arrays import Mask
from lib.core.definition.criteria import Definition
from lib.core.handoffs.start_plan import MOST_A_DAY, MOST_DAYS, StartPlan, Stock, stock_in_words
from lib.core.sla.ahead import DayAhead
from lib.ui.frame import elements

PLAN, DAYS, PER_DAY = "propose-stock", "propose-stock-days", "propose-per-day"

PLAN_NAMES = {
    Stock.NONE: "None of it",
    Stock.RECENT: "Those of the last days",
    Stock.STANDING: "Those still at the threshold",
}

DAYS_SHOWN = 10

AGE_NAMES = ("this week", "8–30 days", "31–90", "91–180", "181–365", "longer ago")

SCORE_POINTS = 10

EXPLANATION = (
    "Leads that reached the threshold of this proposal before it starts, were never handed over and are no customers. "
    "Whom the agreement in force qualifies up to the start is handed over by it and is not among them. One that does "
    "something new after the start, with the threshold reached, is handed over like anybody."
)


def plan(snapshot: Snapshot, draft: Definition, starts_at: int | None) -> StartPlan:
    """The stock in figures, the choice of what is handed over of it, and what that does day by day; the choice."""
    at = None if starts_at is None else max(starts_at, snapshot.as_of)
    with st.spinner("Looking who is in stock …"):
        live = going_live.going_live(snapshot, draft, at)
    st.markdown("**What Monday looks like**", help=EXPLANATION)
    st.markdown(live.in_words)
    if not len(live.stock):
        return StartPlan(starts_at)
    _stock(live)
    chosen = _choice(live, starts_at)
    days = chosen.days or going_live.USUAL_DAYS
    plans = going_live.usual_plans(chosen.per_day or live.usual_per_day(), days)
    by_stock = {one.stock: going_live.ahead_of(snapshot, draft, at, one) for one in plans}
    _days(live, chosen, by_stock)
    return chosen


def _stock(live: GoingLive) -> None:
    standing = live.stock.standing
    left, right = st.columns(2)
    ages = np.searchsorted(np.array(going_live.AGES_DAYS), live.stock.age_days, side="right")
    with left:
        elements.chart(
            charts.stock("By when they reached it", AGE_NAMES, *_apart(ages, standing, len(AGE_NAMES))),
            key="stock-by-age",
        )
    tens = live.stock.score // SCORE_POINTS
    low, high = int(tens.min()), int(tens.max())
    names = [f"{n * SCORE_POINTS} to {(n + 1) * SCORE_POINTS - 1}" for n in range(low, high + 1)]
    with right:
        elements.chart(
            charts.stock("By their score at the start", names, *_apart(tens - low, standing, len(names))),
            key="stock-by-score",
        )


def _apart(places: npt.NDArray[np.int64], standing: Mask, bins: int) -> tuple[list[int], list[int]]:
    """How many in each bin still stand at the threshold, and how many do not."""
    there, gone = (np.bincount(places[some], minlength=bins).tolist() for some in (standing, ~standing))
    return there, gone


def _choice(live: GoingLive, starts_at: int | None) -> StartPlan:
    picked = st.segmented_control(
        "Of the stock, hand over",
        list(PLAN_NAMES),
        default=Stock.NONE,
        required=True,
        format_func=PLAN_NAMES.__getitem__,
        key=PLAN,
        help="It is part of what is signed, and `route` obeys it.",
    )
    stock = Stock(picked or Stock.NONE)
    if stock is Stock.NONE:
        return StartPlan(starts_at)
    days = None
    left, right = st.columns(2)
    if stock is Stock.RECENT:
        with right:
            days = st.number_input("Reached it in the last days", 1, MOST_DAYS, going_live.USUAL_DAYS, key=DAYS)
    with left:
        per_day = st.number_input(
            "At most a working day",
            1,
            MOST_A_DAY,
            live.usual_per_day(),
            key=PER_DAY,
            help="The best scores first. To begin with it is a quarter of what sales can take up.",
        )
    return StartPlan(starts_at, stock, days, per_day)


def _days(live: GoingLive, chosen: StartPlan, by_stock: dict[Stock, Ahead]) -> None:
    here = by_stock[chosen.stock]
    st.markdown(stock_in_words(chosen))
    st.markdown(_comes_to(live, here, by_stock[Stock.NONE]))
    elements.chart(
        charts.queues(
            [day.day for day in here.days],
            {PLAN_NAMES[stock]: [day.waiting for day in ahead.days] for stock, ahead in by_stock.items()},
            PLAN_NAMES[chosen.stock],
        ),
        key="queues-ahead",
    )
    st.dataframe(
        _table(here),
        hide_index=True,
        key="days-ahead",
        column_config={
            "day": st.column_config.DateColumn("Day", format="ddd D MMM", help="Working days alone."),
            "stock": st.column_config.NumberColumn("Stock", format="localized", help="Handed over of the stock."),
            "others": st.column_config.NumberColumn(
                "Others",
                format="localized",
                help="As many as qualified in the last 8 weeks, and those of the stock expected to come by themselves.",
            ),
            "waiting": st.column_config.NumberColumn(
                "Waiting",
                format="localized",
                help="At its end, not yet taken up; it begins with who waits now, untouched and not overdue.",
            ),
            "in_time": st.column_config.NumberColumn(
                "In time", format="%.0f %%", help="Of the day's, decided as promised, at the pace seen of each rep."
            ),
        },
        alt=f"The first {DAYS_SHOWN} working days under the chosen plan",
    )


def _table(here: Ahead) -> pd.DataFrame:
    days = here.days[:DAYS_SHOWN]
    return pd.DataFrame(
        {
            "day": [day.day for day in days],
            "stock": [day.of_stock for day in days],
            "others": [day.others for day in days],
            "waiting": [day.waiting for day in days],
            "in_time": [None if day.in_time is None else 100 * day.in_time for day in days],
        }
    )


def _comes_to(live: GoingLive, here: Ahead, none: Ahead) -> str:
    """ "Hands over 217 of 1,670 within 8 weeks; at most 31 wait at the end of a day, 4 without; in time …"."""
    handed = f"**{count(here.released)} of {count(len(live.stock), 'lead')}** in stock would be handed over in 8 weeks"
    if here.most_waiting is None:
        return f"{handed}. How many would wait nobody can say: no rep says how many leads a day it can take up."
    waits = f"at most **{count(here.most_waiting)}** would wait at the end of a day"
    if here is not none and none.most_waiting is not None:
        waits += f", {count(none.most_waiting)} with none of it"
    in_time = _in_time(here.days)
    if in_time is None:
        return f"{handed}; {waits}. Too few decisions show how fast sales answers to say how many come in time."
    return f"{handed}; {waits}. {elements.percent(in_time)} would be decided in time."


def _in_time(days: Sequence[DayAhead]) -> float | None:
    known = [(day.in_time, day.of_stock + day.others) for day in days if day.in_time is not None]
    many = sum(leads for _, leads in known)
    return sum(share * leads for share, leads in known) / many if many else None
