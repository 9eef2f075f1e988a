"""The parts of the SLA page: what was promised and kept, who waits now, and what answering soon brings."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.app import sla
from lib.app.snapshot import Snapshot
from lib.charts import response as response_charts
from lib.charts import sla as charts_of
from lib.charts.language import STATES, TALL, count, duration, percent
from lib.charts.rates import said, said_with_interval
from lib.core.sla.attainment import PUBLISHED, Attainment, SlaGroup, Waiting, response_bands, within_the_hour
from lib.core.sla.clocks import Answer, ClockState
from lib.core.sla.fairness import Adjusted
from lib.core.sla.report import TOUCHES_ARE_DECISIONS
from lib.core.statistics.rates import Verdict
from lib.core.time.window import Window
from lib.ui.frame import bases, elements, lead_tables
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words
from lib.ui.tune import below_line

ANSWER_WORDS = {Answer.DECISION: "Decision", Answer.FIRST_TOUCH: "First touch"}
DONE = {Answer.DECISION: "decided", Answer.FIRST_TOUCH: "touched"}

REFRESH_SECONDS = 30

TABLE_PX = 320

NOTHING_PROMISED = "Nothing is promised: write `promises` into `sla.yaml`, and every hand-off is due at an instant."


def headline(snapshot: Snapshot) -> None:
    """Who waits now, in one sentence, and what is promised."""
    waiting = sla.waiting_for(snapshot.sales, present.minute(snapshot), Answer.DECISION)
    overdue = sum(1 for one in waiting if one.state is ClockState.OVERDUE)
    due = sorted(one.left_hours for one in waiting if one.state is ClockState.DUE and one.left_hours is not None)
    if not waiting:
        st.markdown("#### **Nobody waits for a decision**: everything handed over is decided.")
    else:
        verb = "waits" if len(waiting) == 1 else "wait"
        late = waiting_words.overdue_in_words(overdue, len(waiting))
        soonest = f", and the next one is due in **{duration(due[0])} working**" if due else ""
        st.markdown(f"#### **{count(len(waiting), 'MQL')}** {verb} for a decision: {late}{soonest}.")
    promised = [
        f"{ANSWER_WORDS[answer].lower()} within {words}"
        for answer in Answer
        if (words := waiting_words.promised_in_words(answer))
    ]
    at = (
        ""
        if sla.is_live(snapshot, present.now())
        else f" The newest data is of {waiting_words.said_at(snapshot.as_of)}: all this is as of then."
    )
    st.caption(
        (f"Promised, in working time: {elements.plain('; '.join(promised))}." if promised else NOTHING_PROMISED) + at
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


def kept(snapshot: Snapshot, window: Window, answer: Answer) -> None:
    """Attainment, large, beside that of every week."""
    (overall,) = sla.attained(snapshot.sales, window, answer)
    weeks = sla.attained(snapshot.sales, window, answer, SlaGroup.WEEK)
    first, second = st.columns([1, 3])
    with first, st.container(border=True, height=TALL):
        _large(snapshot, overall, answer)
    with second:
        elements.chart(
            charts_of.attainment_by_week(
                [waiting_words.monday(one.group) for one in weeks],
                [one.rate for one in weeks],
                [one.breached for one in weeks],
                [one.overdue for one in weeks],
                [one.due for one in weeks],
                [one.by_day_only for one in weeks],
            ),
            key="attainment",
        )


def _large(snapshot: Snapshot, overall: Attainment, answer: Answer) -> None:
    judged = overall.rate
    share = f"{percent(overall.share)}" if overall.share is not None and judged.share is not None else "–"
    st.markdown(
        f"**{ANSWER_WORDS[answer]} in time**",
        help=f"Met ÷ (met + breached + overdue), of what was handed over in these days. Met: "
        f"{DONE[answer]} at or before the deadline, in working time since it was first assigned, on the calendar of "
        "whom it was first assigned to: passing it on resets nothing. Those not due yet, and those of which days "
        "without hours do not tell, are left out and counted below; so is what nothing was promised for, or was closed "
        "before it was due. "
        f"As of {waiting_words.said_at(snapshot.as_of)}. {bases.others(bases.HANDED_OVER)}",
    )
    st.markdown(f"# {share}")
    st.markdown(f"{overall.met:,} of {overall.judged:,} kept")
    st.caption(said_with_interval(judged).partition(", ")[2].capitalize())
    counts = {"breached": overall.breached, "overdue": overall.overdue, "due": overall.due}
    if overall.by_day_only:
        counts["by day only"] = overall.by_day_only
    for state, number in counts.items():
        st.markdown(f":small[{STATES[state].icon} {number:,} {state}]")


# Who waits.


@st.fragment(key="who-waits", run_every=REFRESH_SECONDS)
def who_waits(answer: Answer) -> None:
    """Who waits longest, brought up to now by itself."""
    snapshot = present.snapshot()
    waiting = sla.waiting_for(snapshot.sales, present.minute(snapshot), answer)
    st.markdown(
        "**Who waits longest?**",
        help="Handed over, whenever that was, and neither decided nor closed. Of those who wait "
        "for a first touch, nobody has tried to reach them either.",
    )
    if not waiting:
        st.caption(f"Nobody: everything handed over is {DONE[answer]}.")
        return
    of = sla.waiting(snapshot.sales, present.minute(snapshot))
    shown = waiting_words.table(snapshot, of, waiting, answer)
    st.dataframe(
        shown,
        key="waiting-table",
        hide_index=True,
        height=min(36 * (len(waiting) + 1), TABLE_PX),
        placeholder="",
        column_order=[
            "page",
            "state",
            "bar",
            "left",
            "name",
            "company",
            "owner",
            "waited",
            *(["below_line"] if any(shown["below_line"]) else []),
        ],
        column_config=WAITING_COLUMNS,
        alt=f"Open hand-offs, the one that has waited longest first: {_longest(waiting)}",
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            f"As of {waiting_words.said_at(present.minute(snapshot))}, brought up to now every {REFRESH_SECONDS} s."
        )
        elements.all_as_csv(lambda: lead_tables.csv(shown.drop(columns="bar")), f"waiting-for-{answer}.csv")


def _longest(waiting: tuple[Waiting, ...]) -> str:
    return f"{count(len(waiting), 'hand-off')}, the longest for {duration(waiting[0].waited_hours)} working"


WAITING_COLUMNS: dict[str, Any] = {
    "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"),
    "state": st.column_config.TextColumn("State", help="Overdue, due, or nothing promised", width="small"),
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
        "Time left",
        help="Working time until the deadline, or since it, on the calendar of whom it was first assigned to",
    ),
    "name": "Name",
    "company": "Company",
    "owner": "Owner",
    "waited": st.column_config.TextColumn(
        "Has waited", help="Working time since it was first assigned, else handed over"
    ),
    "below_line": st.column_config.TextColumn("Below the line", help=below_line.EXPLANATION),
}


# How long answers take.


def times(snapshot: Snapshot, window: Window, answer: Answer) -> None:
    """Response times with the promise, what is still undecided by team, and both medians."""
    promised = sla.usual_promise_hours(snapshot.sales, window, answer)
    first, second = st.columns(2)
    with first:
        elements.chart(
            response_charts.response_times(sla.answer_hours(snapshot.sales, window, answer), promised),
            key="response-times",
        )
    with second:
        elements.chart(
            response_charts.still_undecided(sla.undecided_by_team(snapshot.sales, window, answer), promised),
            key="undecided",
        )
    (overall,) = sla.attained(snapshot.sales, window, answer)
    _medians(overall, answer)


def _medians(overall: Attainment, answer: Answer) -> None:
    speed, done = overall.velocity, DONE[answer]
    with st.grid(3, min_column_width=220):
        elements.figure(
            "Half are answered within",
            _hours(speed.median_hours),
            beside=f"working, open ones counted ({speed.waiting:,})",
            explanation="The Kaplan–Meier median of the working time from the first assignment, else the hand-over, to "
            f"when it is {done}. One that is still open counts for as long as it has waited, one that was closed "
            "until then; what is known by its day alone has no hours.",
        )
        elements.figure(
            "Of those answered, half within",
            _hours(speed.naive_median_hours),
            beside=f"working, {speed.answered:,} {done} ones only",
            explanation="The plain median of the answers given. It leaves out whoever still waits, so it improves when "
            "slow ones are left lying.",
        )
        elements.figure(
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


def conversion(snapshot: Snapshot, window: Window) -> None:
    """SQLs by how soon customers were touched, beside what was published."""
    of = sla.responses(snapshot.sales, window)
    bands = response_bands(of)
    elements.chart(
        response_charts.conversion_by_response(
            [one.band for one in bands], [one.sql_rate for one in bands], _published(), outcome="became SQLs"
        ),
        key="conversion",
    )
    ours, by_day = within_the_hour(of), int((~of.touch_exact).sum())
    st.caption(
        f"Time is the customer's: wall clock from the hand-over to the first touch. Here {said(ours.tried)} were "
        f"touched within the hour; of them {said(ours.sql_within)} became SQLs, of those touched later "
        f"{said(ours.sql_later)}"
        + (f": {ours.times_likelier:.1f} times as likely." if ours.times_likelier else ".")
        + (f" {count(by_day, 'hand-off')} known by days alone are in no band." if by_day else "")
        + (f" {TOUCHES_ARE_DECISIONS}" if of.touches_are_decisions else "")
        + " Those who answer sooner may also choose whom: a difference here is no proof that speed is the cause. "
        f"Published by {PUBLISHED.source}."
    )


def _published() -> str:
    return (
        f"Published: firms that tried within the hour were nearly {PUBLISHED.times_likelier:.0f} times as likely to "
        f"qualify the lead as an hour later; {percent(PUBLISHED.tried_within_the_hour)} did so"
    )


# Owners.


def owners(snapshot: Snapshot, window: Window, answer: Answer) -> None:
    """Owners after accounting for what they cannot help, and answers that look made for the clock."""
    compared = sorted(
        sla.fairly_compared(snapshot.sales, window, answer),
        key=lambda one: (one.share is None, -(one.share or 0)),
    )
    (overall,) = sla.attained(snapshot.sales, window, answer)
    elements.chart(
        charts_of.owners(
            [_owner(snapshot, one.owner) for one in compared], [one.raw for one in compared], compared, overall.share
        ),
        key="owners",
    )
    st.caption(
        "Each owner is set against the others' hand-offs that came in the same two hours of the working day, or "
        "outside of it, and after as many others in the 24 hours before: whoever gets Friday-night leads is not called "
        f"slow. {elements.plain(owners_in_words([_owner(snapshot, one.owner) for one in compared], compared))}"
    )


def owners_in_words(names: Sequence[str], compared: Sequence[Adjusted]) -> str:
    """Who keeps really less than the others, and how many more, as much, or too few to say; shapes (owners,)."""
    of = {said: [name for name, one in zip(names, compared, strict=True) if one.verdict is said] for said in Verdict}
    less, more, alike, few = (of[one] for one in (Verdict.LOWER, Verdict.HIGHER, Verdict.NOISE, Verdict.TOO_FEW))
    real = (
        f"After that {_listed(less) or 'nobody'} {'keep' if len(less) > 1 else 'keeps'} really less than the others, "
        f"{_listed(more) or 'nobody'} really more"
    )
    rest = [f"{count(len(alike))} by no more than noise"] * bool(alike)
    rest += [f"of {count(len(few))} there is too little to say"] * bool(few)
    return f"{'; '.join([real, *rest])}."


def made_for_the_clock(snapshot: Snapshot, window: Window, answer: Answer) -> None:
    """Bursts just before the deadline, and accepted leads nothing came of, by owner."""
    bursts, silences = sla.made_for_the_clock(present.deployment(), window, answer)
    signs = [
        f"{_owner(snapshot, one.owner)} answers just before the deadline" for one in bursts if _stands_out(one.verdict)
    ]
    signs += [
        f"nothing comes of what {_owner(snapshot, one.owner)} accepts"
        for one in silences
        if _stands_out(one.compared.verdict)
    ]
    st.markdown(
        "**Are answers made for the clock?**",
        help="A sign is a reason to ask, no proof. Of each owner: the answers in the last twentieth of the promised "
        "time, against what the four twentieths before it lead to expect; and the leads accepted more than two weeks "
        "ago to which nothing has happened since, against the others'. Only differences beyond chance stand out.",
    )
    signs_said = "; ".join(signs)
    st.caption(
        elements.plain(f"{signs_said[:1].upper()}{signs_said[1:]}.") if signs else "Nothing stands out beyond chance."
    )
    silent = {one.owner: one.compared for one in silences}
    st.dataframe(
        [
            {
                "Owner": _owner(snapshot, one.owner),
                "Just in time": one.at_the_last,
                "Expected": round(one.expected, 1),
                "Just in time is": CLOCK_WORDS[one.verdict],
                "Accepted, then nothing": said(silent[one.owner].rate) if one.owner in silent else "",
                "Silence is": CLOCK_WORDS[silent[one.owner].verdict] if one.owner in silent else "",
            }
            for one in bursts
        ],
        key="clock-table",
        hide_index=True,
        height=min(36 * (len(bursts) + 1), TABLE_PX),
        alt=f"Signs of answers made for the clock, by owner: {signs_said or 'nothing stands out'}",
    )


CLOCK_WORDS = {
    Verdict.HIGHER: "more than chance",
    Verdict.LOWER: "less than expected",
    Verdict.NOISE: "as expected",
    Verdict.TOO_FEW: "too few to say",
}


def _stands_out(verdict: Verdict) -> bool:
    return verdict is Verdict.HIGHER


def _owner(snapshot: Snapshot, owner: str | None) -> str:
    return sla.rep_name(snapshot.sales, owner) if owner else "Nobody"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
