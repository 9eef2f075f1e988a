"""A lead's hand-offs step by step: what was stated and what is only implied, what was corrected or taken back."""

import io
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import sla
from lib.app.handoffs.course import Course, course_of
from lib.charts.language import count
from lib.core.handoffs.course import Line
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.handoffs import Handoffs
from lib.core.time import clock
from lib.ui.frame import bases, elements
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import present

STEP_WORDS = {
    "mql": "Handed over",
    "assigned": "Assigned",
    "first_touch": "Touched",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "sql": "SQL",
    "opportunity": "Opportunity",
    "won": "Won",
    "lost": "Lost",
    "recycled": "Recycled",
    "disqualified": "Disqualified",
    "withdrawn": "Withdrawn",
}

COLOURS = {
    "accepted": "green",
    "sql": "green",
    "opportunity": "green",
    "won": "green",
    "rejected": "orange",
    "lost": "orange",
    "disqualified": "orange",
}
"""Of what sales answered; what is implied is grey, as everything that nobody saw."""

OPEN = "Sales has neither accepted nor rejected it."

TABLE_PX = 300


def show(lead_id: str) -> None:
    """All of it; a line where the lead was never handed over."""
    found = course_of(present.deployment(), lead_id)
    with st.container(border=True, key="handed-over", gap="xsmall"):
        st.markdown(
            "**Hand-offs**",
            help="Every step with when it counts and who stated it. *Implied*: nobody stated it, a later step implies "
            "it. *By day*: its source gave a day without a time. As of "
            f"{elements.moment(found.handoffs.as_of)}.",
        )
        if not found.lines:
            st.caption("Never handed over, and nothing is known of what sales did.")
            return
        for row in range(len(found.handoffs)):
            _hand_off(found, row)
        for sentence in _said_otherwise(found):
            st.markdown(sentence)
        _every_line(found)


def steps(found: Course, row: int) -> None:
    """The steps of one hand-off in their order, each with its hover."""
    handoffs = found.handoffs
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for line in _first_of_each_kind(found.lines, handoffs, row):
            colour = "gray" if line.is_implied else COLOURS.get(line.kind, "gray")
            elements.badge(
                f"{_step(line)}{_to(found, line)} · {when(line.at, by_day=line.by_day)}",
                colour,
                _explained(found, line),
                ":material/edit:" if line.was else "",
            )
        if handoffs.open[row]:
            elements.badge("Open", "gray", OPEN, ":material/hourglass_top:")
        elif handoffs.closed[row]:
            elements.badge("Closed undecided", "gray", bases.CLOSED, ":material/block:")


def when(at: int, *, by_day: bool) -> str:
    """An instant as pages say it, of a day that has no hour the day: "2 Mar 2026, by day"."""
    return f"{elements.day(elements.local(at))}, by day" if by_day else elements.moment(at)


def _hand_off(found: Course, row: int) -> None:
    handoffs = found.handoffs
    owner = handoffs.owner.text(row)
    whose = "nobody's" if not owner else f"owner {elements.plain(sla.rep_name(found.sales, owner))}"
    st.markdown(f"Hand-off {handoffs.cycle[row]:,} :gray[{whose}]")
    steps(found, row)


def _first_of_each_kind(lines: Sequence[Line], handoffs: Handoffs, row: int) -> list[Line]:
    """The steps of one hand-off that count: the first of each kind (of won and lost the last), to no queue."""
    of_cycle = [one for one in lines if one.cycle == handoffs.cycle[row] and one.counts]
    outcome = next((one for one in reversed(of_cycle) if one.kind in ("won", "lost")), None)
    shown: list[Line] = []
    for one in of_cycle:
        if one.kind in ("won", "lost"):
            counted = one is outcome
        elif one.kind == "assigned":
            counted = one.at == handoffs.assigned_at[row] and one.kind not in {other.kind for other in shown}
        else:
            counted = one.kind not in {other.kind for other in shown}
        if counted:
            shown.append(one)
    return shown


def _step(line: Line) -> str:
    words = STEP_WORDS.get(line.kind, line.kind.replace("_", " ").capitalize())
    return f"{words}, implied" if line.is_implied else words


def _to(found: Course, line: Line) -> str:
    who = line.event.actor
    return f" to {elements.plain(sla.rep_name(found.sales, who))}" if line.kind == "assigned" and who else ""


def _explained(found: Course, line: Line) -> str:
    """What a step's hover says: who stated it or what implies it, when, and what was said before."""
    said = [_implied(line)] if line.is_implied else [_stated(found, line)]
    if line.by_day:
        said.append("Its source gave the day alone; hours of that day are not known.")
    if line.was:
        said.append(f"It {elements.plain(_was(found, line))}.")
    return " ".join(said)


def _stated(found: Course, line: Line) -> str:
    stated = line.event.actor is not None and line.kind != "assigned"
    by = f" by {elements.plain(_name(found, line.event))}" if stated else ""
    why = "" if line.event.reason is None else f", for “{elements.plain(present.reason_words(line.event.reason))}”"
    worth = "" if line.event.amount is None else f", {elements.plain(_amount(line.event))}"
    return f"{_step(line)}{_to(found, line)}{by} on {when(line.at, by_day=line.by_day)}{why}{worth}."


def _implied(line: Line) -> str:
    step = STEP_WORDS[line.kind]
    by = STEP_WORDS.get(line.event.kind, line.event.kind)
    return (
        f"Nobody stated “{step}”. “{by}” on {when(line.at, by_day=line.by_day)} implies it, and it counts from then on."
    )


def _name(found: Course, event: Event) -> str:
    return sla.rep_name(found.sales, event.actor) if event.actor else "somebody unnamed"


def _amount(event: Event) -> str:
    written = f"{event.amount or 0:,.2f}".removesuffix(".00")
    return f"{written} {event.currency}" if event.currency else written


# What was said otherwise.


def _said_otherwise(found: Course) -> list[str]:
    """A sentence for each thing that a later export corrected, or that somebody took back."""
    sentences = []
    for line in found.lines:
        step = f"{_step(line)} on {when(line.at, by_day=line.by_day)}"
        if line.was:
            sentences.append(f":material/edit: {step}: {elements.plain(_was(found, line))}.")
        along = line.taken_back is not None and line.taken_back.takes_back != line.event.event_id
        if not (line.counts or line.is_implied or along):
            sentences.append(f":material/undo: {step}: {elements.plain(_taken_back(found, line))}.")
    return sentences


def _was(found: Course, line: Line) -> str:
    """ "was 1,000 until the import of 3 Mar 2026, now 1,500": all that its source said, one import after another."""
    said = [*(one.event for one in line.was), line.event]
    parts = []
    for before, old, new in zip(line.was, said, said[1:], strict=False):
        fields = [field for field in FIELDS if _words(found, old, field) != _words(found, new, field)]
        was, then = (", ".join(_words(found, one, field) for field in fields) for one in (old, new))
        stands = line.counts and all(_words(found, new, field) == _words(found, line.event, field) for field in fields)
        until = f"until the import of {elements.day(elements.local(before.until))}"
        parts.append(f"was {was or 'otherwise'} {until}, {'now' if stands else 'then'} {then or 'as it stands'}")
    return "; ".join(parts)


FIELDS = ("kind", "amount", "at", "actor", "reason")
"""What two statements of one fact can differ in."""


def _words(found: Course, event: Event, field: str) -> str:
    match field:
        case "kind":
            return STEP_WORDS.get(event.kind, event.kind).lower() if event.kind != "sql" else "SQL"
        case "amount":
            return "without an amount" if event.amount is None else _amount(event)
        case "at":
            return when(event.at, by_day=event.day_ends is not None)
        case "actor":
            return f"by {_name(found, event)}" if event.kind != "assigned" else f"to {_name(found, event)}"
        case _:
            return "without a reason" if event.reason is None else f"“{present.reason_words(event.reason)}”"


def _taken_back(found: Course, line: Line) -> str:
    if line.taken_back is not None:
        by = line.taken_back
        return f"taken back by {_name(found, by)} on {when(by.at, by_day=by.day_ends is not None)}, and counts no more"
    if line.gone is not None:
        return f"no more in the import of {elements.day(elements.local(line.gone))}, and counts no more"
    return ""


# As a table.


def _every_line(found: Course) -> None:
    with st.expander(f"As a table: {count(len(found.lines), 'step')}"):
        rows = as_table(found)
        st.dataframe(
            rows,
            hide_index=True,
            placeholder="",
            height=min(36 * (len(rows) + 1), TABLE_PX),
            column_order=[str(name) for name in rows if rows[name].notna().any()],
            column_config={
                "Hand-off": st.column_config.NumberColumn(
                    width="small", help="Which of its hand-offs it belongs to; empty where it belongs to none."
                ),
                "When": st.column_config.TextColumn(
                    help="When it counts. By day: its source gave a day without a time."
                ),
                "Amount": st.column_config.NumberColumn(format="localized", width="small"),
                "Said of it": st.column_config.TextColumn(
                    width="large", help="What implies it, what its source said before, and who took it back."
                ),
            },
            alt="What happened to the lead, in order: " + "; ".join(f"{_step(one)}" for one in found.lines[:10]),
        )
        elements.all_as_csv(lambda: _csv(found), "hand-off-steps.csv")


def as_table(found: Course) -> pd.DataFrame:
    """A row a step, in the order in which it counts."""
    return pd.DataFrame(
        [
            (
                one.cycle,
                when(one.at, by_day=one.by_day),
                _step(one),
                None if one.is_implied or not one.event.actor else sla.rep_name(found.sales, one.event.actor),
                None if one.is_implied or one.event.reason is None else present.reason_words(one.event.reason),
                None if one.is_implied else one.event.amount,
                _remark(found, one),
            )
            for one in found.lines
        ],
        columns=["Hand-off", "When", "Step", "Who", "Reason", "Amount", "Said of it"],
    ).astype({"Hand-off": "Int64", "Amount": "Float64"})


def _remark(found: Course, line: Line) -> str | None:
    said = [f"implied by “{STEP_WORDS.get(line.event.kind, line.event.kind)}”"] if line.is_implied else []
    said += [_was(found, line)] if line.was else []
    said += [_taken_back(found, line)] if not line.counts else []
    return "; ".join(said) or None


def _csv(found: Course) -> io.BytesIO:
    """The table with instants as files write them; a day that has no hour is a day."""
    rows = as_table(found)
    rows.insert(2, "At", [_as_written(one) for one in found.lines])
    return csv_file(rows)


def _as_written(line: Line) -> str:
    return str(elements.local(line.at).date()) if line.by_day else clock.instant_text(line.at)
