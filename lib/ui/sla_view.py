"""The parts of the SLA page: what was promised and kept, who waits now, and what answering soon brings."""

from typing import Any

import streamlit as st

from lib.charts import sla as charts_of
from lib.charts.language import STATES, TALL, count, duration, percent
from lib.charts.rates import said, said_with_interval
from lib.core.attainment import PUBLISHED, Attainment, Group, Waiting, response_bands, within_the_hour
from lib.core.response import Answer, State
from lib.core.whatif import Window
from lib.ui import data, parts, promises

ANSWER_WORDS = {Answer.DECISION: "Decision", Answer.FIRST_TOUCH: "First touch"}
DONE = {Answer.DECISION: "decided", Answer.FIRST_TOUCH: "touched"}

REFRESH_SECONDS = 30

TABLE_PX = 320

NOTHING_PROMISED = "Nothing is promised: write `promises` into `sla.yaml`, and every hand-off is due at an instant."


def headline() -> None:
    """Who waits now, in one sentence, and what is promised."""
    waiting = promises.waiting_for(Answer.DECISION)
    overdue = sum(1 for one in waiting if one.state is State.OVERDUE)
    due = sorted(one.left_hours for one in waiting if one.state is State.DUE and one.left_hours is not None)
    if not waiting:
        st.markdown("#### **Nobody waits for a decision**: everything handed over is decided.")
    else:
        verb = "waits" if len(waiting) == 1 else "wait"
        late = f"**{count(overdue)}** {'is' if overdue == 1 else 'are'} overdue" if overdue else "none is overdue"
        soonest = f", and the next one is due in **{duration(due[0])} working**" if due else ""
        st.markdown(f"#### **{count(len(waiting), 'MQL')}** {verb} for a decision: {late}{soonest}.")
    promised = [
        f"{ANSWER_WORDS[answer].lower()} within {words}"
        for answer in Answer
        if (words := promises.promised_in_words(answer))
    ]
    at = (
        ""
        if promises.is_live()
        else f" The newest data is of {promises.said_at(data.as_of())}: all this is as of then."
    )
    st.caption(
        (f"Promised, in working time: {parts.plain('; '.join(promised))}." if promised else NOTHING_PROMISED) + at
    )


def which_answer() -> Answer:
    """The promise looked at: a decision, or a first touch."""
    chosen = st.segmented_control(
        "Promise",
        list(Answer),
        default=Answer.DECISION,
        format_func=ANSWER_WORDS.__getitem__,
        label_visibility="collapsed",
        required=True,
        key="promise",
        bind="query-params",
    )
    return Answer(chosen)


def kept(window: Window, answer: Answer) -> None:
    """Attainment, large, beside that of every week."""
    (overall,) = promises.attained(window, answer)
    weeks = promises.attained(window, answer, Group.WEEK)
    first, second = st.columns([1, 3])
    with first, st.container(border=True, height=TALL):
        _large(overall, answer)
    with second:
        parts.chart(
            charts_of.attainment_by_week(
                [promises.monday(one.group) for one in weeks],
                [one.rate for one in weeks],
                [one.breached for one in weeks],
                [one.overdue for one in weeks],
                [one.due for one in weeks],
            ),
            key="attainment",
        )


def _large(overall: Attainment, answer: Answer) -> None:
    judged = overall.rate
    share = f"{percent(overall.share)}" if overall.share is not None and judged.share is not None else "–"
    st.markdown(
        f"**{ANSWER_WORDS[answer]} in time**",
        help="Met ÷ (met + breached + overdue), of what was handed over in these days. Met: "
        f"{DONE[answer]} at or before the deadline, in working time on the owner's calendar. Those not due yet are "
        "left out and counted below; what nothing was promised for is left out. "
        f"As of {promises.said_at(data.as_of())}.",
    )
    st.markdown(f"# {share}")
    st.markdown(f"{overall.met:,} of {overall.judged:,} kept")
    st.caption(said_with_interval(judged).partition(", ")[2].capitalize())
    for state, number in (("breached", overall.breached), ("overdue", overall.overdue), ("due", overall.due)):
        st.markdown(f":small[{STATES[state].icon} {number:,} {state}]")


# Who waits.


@st.fragment(key="who-waits", run_every=REFRESH_SECONDS)
def who_waits(answer: Answer) -> None:
    """Who waits longest, brought up to now by itself."""
    waiting = promises.waiting_for(answer)
    st.subheader("Who waits longest?", anchor="waiting")
    if not waiting:
        st.caption(f"Nobody: everything handed over is {DONE[answer]}.")
        return
    st.dataframe(
        promises.waiting_table(waiting, answer),
        key="waiting-table",
        hide_index=True,
        height=min(36 * (len(waiting) + 1), TABLE_PX),
        placeholder="",
        column_order=["page", "state", "bar", "left", "name", "company", "owner", "waited"],
        column_config=WAITING_COLUMNS,
        alt=f"Open hand-offs, the one that has waited longest first: {_longest(waiting)}",
    )
    st.caption(f"As of {promises.said_at(promises.this_minute())}, brought up to now every {REFRESH_SECONDS} s.")


def _longest(waiting: tuple[Waiting, ...]) -> str:
    return f"{count(len(waiting), 'hand-off')}, the longest for {duration(waiting[0].waited_hours)} working"


WAITING_COLUMNS: dict[str, Any] = {
    "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"),
    "state": st.column_config.TextColumn("State", width="small"),
    "bar": st.column_config.ProgressColumn(
        "Left",
        help="The share of the promised working time that is left; empty when it is used up",
        min_value=0.0,
        max_value=1.0,
        format="percent",
        color="blue",
        width="small",
    ),
    "left": st.column_config.TextColumn(
        "Time left", help="Working time on the owner's calendar until the deadline, or since it"
    ),
    "name": "Name",
    "company": "Company",
    "owner": "Owner",
    "waited": st.column_config.TextColumn("Has waited", help="Working time since the rep's clock started"),
}


# How long answers take.


def times(window: Window, answer: Answer) -> None:
    """Response times with the promise, what is still undecided by team, and both medians."""
    st.subheader("How long do answers take?", anchor="times")
    promised = promises.usual_promise_hours(window, answer)
    first, second = st.columns(2)
    with first:
        parts.chart(charts_of.response_times(promises.answer_hours(window, answer), promised), key="response-times")
    with second:
        parts.chart(charts_of.still_undecided(promises.undecided_by_team(window, answer), promised), key="undecided")
    (overall,) = promises.attained(window, answer)
    _medians(overall, answer)


def _medians(overall: Attainment, answer: Answer) -> None:
    speed, done = overall.velocity, DONE[answer]
    with st.grid(3, min_column_width=150):
        parts.figure(
            "Half are answered within",
            _hours(speed.median_hours),
            beside=f"working, open ones counted ({speed.waiting:,})",
            explanation="The Kaplan–Meier median of the working time from the start of the rep's clock until a "
            f"hand-off is {done}. One that is still open counts for as long as it has waited.",
        )
        parts.figure(
            "Of those answered, half within",
            _hours(speed.naive_median_hours),
            beside=f"working, {speed.answered:,} {done} ones only",
            explanation="The plain median of the answers given. It leaves out whoever still waits, so it improves when "
            "slow ones are left lying.",
        )
        parts.figure(
            "Nine in ten within",
            _hours(speed.p90_hours),
            beside="working, open ones counted",
            explanation="The 90th percentile of the same curve.",
        )
    st.caption(_difference(speed.median_hours, speed.naive_median_hours, speed.waiting))


def _difference(median: float | None, naive: float | None, waiting: int) -> str:
    if median is None or naive is None:
        return f"Fewer than half are answered, so no median can be named: {count(waiting)} still wait."
    if abs(median - naive) * 60 < 1:
        return (
            f"Both medians agree to the minute: the {count(waiting)} still open are too few, or too young, to tell."
            if waiting
            else "Both medians agree: nothing is open, so nothing was left out."
        )
    return (
        f"The median of the answered ones alone is {duration(abs(median - naive))} "
        f"{'shorter' if naive < median else 'longer'}: it leaves out the {count(waiting)} that still wait, "
        "each of which has taken at least as long as it has waited."
    )


def _hours(hours: float | None) -> str:
    return "–" if hours is None else duration(hours)


# What a quick answer brings.


def conversion(window: Window) -> None:
    """SQLs by how soon customers were touched, beside what was published."""
    st.subheader("Does answering sooner bring more?", anchor="conversion")
    of = promises.responses(window)
    bands = response_bands(of)
    parts.chart(
        charts_of.conversion_by_response(
            [one.band for one in bands], [one.sql_rate for one in bands], _published(), outcome="became SQLs"
        ),
        key="conversion",
    )
    ours = within_the_hour(of)
    st.caption(
        f"Time is the customer's: wall clock from the hand-over to the first touch. Here {said(ours.tried)} were "
        f"touched within the hour; of them {said(ours.sql_within)} became SQLs, of those touched later "
        f"{said(ours.sql_later)}"
        + (f": {ours.times_likelier:.1f} times as likely." if ours.times_likelier else ".")
        + " Those who answer sooner may also choose whom: a difference here is no proof that speed is the cause."
    )


def _published() -> str:
    return (
        f"Published: firms that tried within the hour were nearly {PUBLISHED.times_likelier:.0f} times as likely to "
        f"qualify the lead as an hour later, and {percent(PUBLISHED.tried_within_the_hour)} did so ({PUBLISHED.source})"
    )
