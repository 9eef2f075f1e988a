"""The parts of the Inbox: whose leads, the list by time left, and one lead with why it qualified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from lib.app import inbox, leads, sla
from lib.app.handoffs.course import course_of
from lib.app.snapshot import Snapshot
from lib.charts.language import STATES, amount, count, duration, signed
from lib.core.access.people import Side
from lib.core.definition.conditions import known
from lib.core.definition.scoring import Explanation
from lib.core.handoffs.handoffs import Decision, Handoffs, Implied
from lib.core.leads.history import Lead
from lib.core.sla.attainment import Waiting
from lib.core.sla.clocks import Answer, ClockState
from lib.core.time.clock import day_of
from lib.ui.frame import elements, lead_tables, visitor
from lib.ui.frame.visitor import Visitor
from lib.ui.inbox import answering, handing_over
from lib.ui.inbox.answering import LEAD, Action
from lib.ui.lead import handed_over, view
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words
from lib.ui.tune import below_line

INBOX = "inbox"

TO_ANSWER, TO_QUALIFY = "to answer", "accepted"

ROW_PX = 36
LIST_ROWS, LIST_ROWS_NARROW = 16, 5

CRITERIA_SAID = 5

EXPORT_DAYS = 7

NOBODY = "Nobody yet"

KEYS = "Keys: A accepts, X rejects, N shows the next one. An answer can be taken back for a minute."


@dataclass(frozen=True)
class InboxItem:
    """One line of the list: a hand-off, and who waits since when while it is open, else when it was `decided`."""

    handoff_id: str
    lead_id: str
    name: str
    company: str
    waiting: Waiting | None = None
    decided: str = ""


# Who asks, and whose leads.


def whose(snapshot: Snapshot) -> tuple[Visitor | None, str | None]:
    """Who the visitor is, and whose leads they look at: their own, when they are a rep."""
    owners = sla.owners(snapshot.sales, present.minute(snapshot))
    labels = {owner: _owner_label(snapshot, owner) for owner in owners}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asking = visitor.ask(on_change=_show_own)
        if asking is not None and asking.is_rep and INBOX not in st.session_state and INBOX not in st.query_params:
            st.session_state[INBOX] = asking.actor
        owner = st.selectbox(
            "Whose leads",
            owners,
            index=None,
            format_func=lambda owner: labels.get(owner, owner),
            placeholder="Choose a rep",
            key=INBOX,
            width=300,
            help="A hand-off's owner is whom it was assigned to, else the lead's own.",
            bind="query-params",
        )
        _export()
        handing_over.button()
    if asking is None:
        st.caption("Say who you are to answer; until then this page only shows.")
    elif asking.side is not Side.SALES:
        st.caption("Sales answers; marketing looks on.")
    else:
        st.caption(visitor.proof_words())
    return asking, owner


def _show_own() -> None:
    asking = visitor.who()
    if asking is not None and asking.is_rep:
        st.session_state[INBOX] = asking.actor


def _owner_label(snapshot: Snapshot, owner: str) -> str:
    name = sla.rep_name(snapshot.sales, owner)
    return NOBODY if not owner else owner if name == owner else f"{name} ({owner})"


def _export() -> None:
    """What was answered here, as a file for the CRM."""
    today = day_of(present.now(), present.zone())
    with st.popover("Export answers", icon=":material/download:", key="export"):
        days = st.date_input("From the first to the last day", (today - timedelta(days=EXPORT_DAYS - 1), today))
        if len(days) == 2:
            st.download_button(
                "Answers as CSV",
                partial(waiting_words.answers_csv, *days),
                "answers.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
        st.caption("Everybody's answers given on this page, one row each. Those that were taken back are left out.")


def headline(snapshot: Snapshot, owner: str) -> None:
    """How many wait for this owner, in one sentence."""
    waiting = sla.inbox(snapshot.sales, present.minute(snapshot), owner)
    name = elements.plain(sla.rep_name(snapshot.sales, owner)) if owner else "an owner"
    if not waiting:
        st.markdown(f"#### **Nothing waits for {name}**: every MQL is answered.")
        return
    overdue = sum(1 for one in waiting if one.state is ClockState.OVERDUE)
    due = [one.left_hours for one in waiting if one.state is ClockState.DUE and one.left_hours is not None]
    late = waiting_words.overdue_in_words(overdue, len(waiting))
    next_due = f"; the next one is due in **{duration(due[0])} working**" if due else ""
    verb = "waits" if len(waiting) == 1 else "wait"
    st.markdown(f"#### **{count(len(waiting), 'MQL')}** {verb} for {name}: {late}{next_due}.")


# The list.


def which_list(snapshot: Snapshot, owner: str) -> list[InboxItem]:
    """The leads to answer, the one with the least time left first, or those accepted and not yet an SQL."""
    waiting, accepted = (
        sla.inbox(snapshot.sales, present.minute(snapshot), owner),
        sla.to_qualify(snapshot.sales, owner),
    )
    counts = {TO_ANSWER: len(waiting), TO_QUALIFY: len(accepted)}
    chosen = st.segmented_control(
        "Which leads",
        list(counts),
        default=TO_ANSWER,
        format_func=lambda one: f"{one.capitalize()} {counts[one]:,}",
        label_visibility="collapsed",
        required=True,
        key="which",
        help="Accepted ones stay here until they are an SQL, or lost.",
    )
    return _to_answer(snapshot, waiting) if chosen == TO_ANSWER else _to_qualify(snapshot, accepted)


def _to_answer(snapshot: Snapshot, waiting: Sequence[Waiting]) -> list[InboxItem]:
    people = leads.introduced(snapshot.leads, [one.lead_id for one in waiting])
    return [
        InboxItem(one.handoff_id, one.lead_id, who.name or one.lead_id, who.company, waiting=one)
        for one in waiting
        for who in (people[one.lead_id],)
    ]


def _to_qualify(snapshot: Snapshot, accepted: Handoffs) -> list[InboxItem]:
    ids = accepted.lead_id.to_pylist()
    people = leads.introduced(snapshot.leads, ids)
    return [
        InboxItem(accepted.handoff_id(row), one, who.name or one, who.company, decided=_decided_when(accepted, row))
        for row, one in enumerate(ids)
        for who in (people[one],)
    ]


def choose(snapshot: Snapshot, items: Sequence[InboxItem], narrow: bool) -> InboxItem:
    """The list, and the lead chosen in it: that of the address, else the first."""
    wanted = st.query_params.get(LEAD)
    places = {one.handoff_id: place for place, one in enumerate(items)}
    if wanted is not None and wanted not in places:
        _say_what_became_of(snapshot, wanted)
    place = places.get(wanted or "", 0)
    # A list that has changed is another widget: a row chosen in the old one would be somebody else in the new.
    key = f"list:{hash(tuple(places))}"
    shown = LIST_ROWS_NARROW if narrow else LIST_ROWS
    if st.session_state.pop("show-chosen", False):
        st.session_state[key] = {"selection": {"rows": [place], "columns": [], "cells": []}}
    st.dataframe(
        _table(snapshot, items),
        key=key,
        hide_index=True,
        height=ROW_PX * (min(len(items), shown) + 1),
        placeholder="",
        on_select=partial(_choose_row, key, tuple(places)),
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [place], "columns": [], "cells": []}},
        column_config={
            "Left": st.column_config.ProgressColumn(
                "",
                min_value=0.0,
                max_value=1.0,
                format=" ",
                color="blue",
                width=50,
                help="The share of the promised working time that is left",
            ),
            "Time left": st.column_config.TextColumn(
                help="Working time until it is due, or since, on the calendar of whom it was first assigned to"
            ),
        },
        alt=f"{count(len(items), 'lead')}, the one with the least time left first; choosing a row shows the lead",
    )
    return items[place]


def _table(snapshot: Snapshot, items: Sequence[InboxItem]) -> pd.DataFrame:
    who = {"Name": [one.name for one in items], "Company": [one.company for one in items]}
    if not any(one.waiting for one in items):
        return pd.DataFrame({**who, "Accepted": [one.decided for one in items]})
    of = sla.waiting(snapshot.sales, present.minute(snapshot))
    waiting = [one.waiting for one in items if one.waiting]
    return pd.DataFrame(
        {
            "Left": [waiting_words.share_left(of, one, Answer.DECISION) for one in waiting],
            "Time left": [waiting_words.left_in_words(one) for one in waiting],
            **who,
        }
    )


def _choose_row(key: str, ids: Sequence[str]) -> None:
    rows = st.session_state[key].selection.rows
    if rows:
        st.query_params[LEAD] = ids[rows[0]]


def _say_what_became_of(snapshot: Snapshot, handoff_id: str) -> None:
    of = sla.handoff(snapshot.sales, handoff_id)
    if of is None:
        st.caption(
            f":material/link_off: There is no hand-off {elements.plain(handoff_id)}; this is the most urgent one."
        )
        return
    last: answering.Done | None = st.session_state.get(answering.DONE)
    if not of.open[0] and not (last and last.handoff_id == handoff_id):
        person = leads.introduced(snapshot.leads, of.lead_id.to_pylist())[of.lead_id[0].as_py()]
        st.caption(f":material/done_all: {elements.plain(person.name or person.lead_id)} was {_became(of)}.")


def _became(of: Handoffs) -> str:
    """What became of a hand-off that waits no more: "accepted on 24 Nov 2026, 11:00"."""
    if of.closed[0]:
        return f"closed on {waiting_words.said_at(int(of.closed_at[0]))}: lost or withdrawn before anybody decided"
    implied = ", implied by a later step" if Implied.DECISION in Implied(int(of.implied[0])) else ""
    return f"{Decision(int(of.decision[0])).name.lower()} on {_decided_when(of, 0)}{implied}"


def _decided_when(of: Handoffs, row: int) -> str:
    return handed_over.when(int(of.decided_at[row]), by_day=bool(of.decided_until[row] != of.decided_at[row]))


def nothing_left() -> None:
    """An empty list, and what to do next."""
    st.markdown(":material/check_circle: Nothing is left here.")
    st.page_link("monitor/sla.py", label="See who waits elsewhere", icon=":material/hourglass_top:")


# One lead.


def lead(snapshot: Snapshot, item: InboxItem, items: Sequence[InboxItem], asking: Visitor | None) -> None:
    """Who it is, why it qualified, what can be answered, and what it did."""
    of, one = sla.handoff(snapshot.sales, item.handoff_id), leads.lead(snapshot.leads, item.lead_id)
    if of is None or one is None:
        st.caption("This lead is no longer here. Choose another one.")
        return
    explained = leads.explanation_then(snapshot, one, int(of.mql_at[0]))
    _introduction(item, one)
    below_line.mark(of)
    _clock(snapshot, item, of)
    _steps(item)
    _why(explained, of)
    _buttons(item, items, asking)
    _notes(item)
    view.activities(snapshot, snapshot.agreed.at(int(of.mql_at[0])).definition, one)


def _introduction(item: InboxItem, one: Lead) -> None:
    values = {name: known(text) for name, text in one.fields.items()}
    at = " at ".join(elements.plain(text) for text in (values["title"], values["company"]) if text)
    st.markdown(
        f"### [{elements.plain(item.name)}]({lead_tables.lead_page(item.lead_id)})" + (f" :gray[{at}]" if at else "")
    )
    reach = [
        f":material/{icon}: {elements.plain(text)}"
        for icon, text in (("mail", values["email"]), ("call", values["phone"]), ("public", values["country"]))
        if text
    ]
    st.markdown(" · ".join(reach) or "Neither e-mail nor phone is known.")


def _clock(snapshot: Snapshot, item: InboxItem, of: Handoffs) -> None:
    waiting = item.waiting
    handed = f"handed over on {handed_over.when(int(of.mql_at[0]), by_day=bool(of.mql_until[0] != of.mql_at[0]))}"
    if waiting is None:
        st.markdown(f":material/check_circle: Accepted on {item.decided}; {handed}.")
        return
    if waiting.due_at is None or waiting.state.word is None:
        st.markdown(f":material/schedule: Nothing is promised for this lead; {handed}.")
        return
    clocks = sla.waiting(snapshot.sales, present.minute(snapshot))
    icon, zone = STATES[waiting.state.word].icon, waiting_words.zone_of(clocks, waiting)
    left = waiting_words.left_in_words(waiting) + (" left" if waiting.state is ClockState.DUE else "")
    was = "due" if waiting.state is ClockState.DUE else "was due"
    st.markdown(
        f"{icon} **{waiting.state.word.capitalize()}: {left}**; {was} on {waiting_words.said_at(waiting.due_at, zone)} "
        f"({elements.plain(zone)}), {handed}.",
        help="Working time since the hand-off was first assigned, on the calendar of whom it was first assigned to: "
        "passing it on resets nothing.",
    )


def _steps(item: InboxItem) -> None:
    """What is known of this hand-off, step by step."""
    found = course_of(present.deployment(), item.lead_id)
    row = next((row for row in range(len(found.handoffs)) if found.handoffs.handoff_id(row) == item.handoff_id), None)
    if row is not None:
        handed_over.steps(found, row)


def _why(explained: Explanation, of: Handoffs) -> None:
    """Why it qualified, in one line: the criteria that gave or took most at the hand-over."""
    given = sorted(explained.rows(), key=lambda row: -abs(row[1]))
    said = [f"{elements.plain(label)} **{signed(points)}**" for label, points in given[:CRITERIA_SAID]]
    more = f", and {count(len(given) - CRITERIA_SAID, 'more line', 'more lines')}"
    words = ", ".join(said) + (more if len(given) > CRITERIA_SAID else "")
    st.markdown(
        f":material/function: **{amount(explained.score)} of {explained.threshold} points** when handed over: "
        f"{words or 'no criterion was met'}.",
        help="Under the definition in force at the hand-over, what weighed most first. The lead's page has every line.",
    )


def _buttons(item: InboxItem, items: Sequence[InboxItem], asking: Visitor | None) -> None:
    ids = [one.handoff_id for one in items]
    following = ids[(ids.index(item.handoff_id) + 1) % len(ids)]
    may = asking is not None and asking.side is Side.SALES
    why_not = None if may else "Say who you are first." if asking is None else "Sales answers; marketing looks on."
    after = None if following == item.handoff_id else following
    given = (item.handoff_id, item.name, after)

    def button(label: str, action: Action, icon: str, shortcut: str | None = None, kind: str = "secondary") -> None:
        st.button(
            label,
            key=f"do:{action}",
            icon=icon,
            type="primary" if kind == "primary" else "secondary",
            shortcut=shortcut,
            disabled=not may,
            help=why_not,
            on_click=answering.begin,
            args=(action, *given),
        )

    with st.container(horizontal=True, vertical_alignment="center"):
        if item.waiting is not None:
            button("Accept", Action.ACCEPT, ":material/check:", "A", "primary")
            button("Reject", Action.REJECT, ":material/close:", "X")
        else:
            button("Mark as SQL", Action.SQL, ":material/verified:", "S", "primary")
        st.button(
            "Next",
            key="next",
            icon=":material/arrow_downward:",
            shortcut="N",
            on_click=_show_next,
            args=(following,),
            disabled=after is None,
        )
        if item.waiting is not None:
            button("Reassign", Action.REASSIGN, ":material/forward:")
            button("Touched", Action.TOUCH, ":material/call:")
        button("Note", Action.NOTE, ":material/edit_note:")


def _show_next(handoff_id: str) -> None:
    st.query_params[LEAD] = handoff_id
    st.session_state["show-chosen"] = True


def _notes(item: InboxItem) -> None:
    for one in inbox.notes_of(present.deployment(), item.lead_id):
        whom = elements.plain(visitor.name_of(one.actor))
        st.markdown(
            f":material/sticky_note_2: {elements.plain(one.text)} :gray[{whom}, {waiting_words.said_at(one.at)}]"
        )
