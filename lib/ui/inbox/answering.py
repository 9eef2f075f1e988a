"""Sales' answers: the dialogs that ask for them, the one event each of them writes, and its undo within a minute."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import streamlit as st

from lib.app import inbox, sla
from lib.charts.language import count
from lib.core.errors import Refused
from lib.core.handoffs.answered import DONE_WORDS, UNDO_SECONDS, AlreadyAnswered, Press, Written
from lib.core.handoffs.answers import Fate, Question
from lib.ui.frame import elements, visitor
from lib.ui.frame.visitor import Visitor
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words

LEAD = "lead"
"""What the address calls the hand-off that is shown."""

ASKED, DONE, NOT_DONE = "answering", "answered", "not-answered"

FATE_WORDS = {Fate.RECYCLE: "goes back to nurturing", Fate.DISQUALIFY: "is out for good"}

REFRESH_SECONDS = 5

LINE_PX = 60

WRITE_IT = "Ctrl+Enter"
"""Enter alone does nothing while a box to tick has the focus."""


class Action(StrEnum):
    """What can be done with a hand-off."""

    ACCEPT = "accept"
    REJECT = "reject"
    SQL = "sql"
    REASSIGN = "reassign"
    TOUCH = "touch"
    NOTE = "note"


@dataclass(frozen=True)
class Form:
    """One form as long as it is shown: for which hand-off, which is shown after it, and the key its presses share."""

    action: Action
    handoff_id: str
    name: str
    following: str | None
    key: str


@dataclass(frozen=True)
class Done:
    """What this visitor did last: the event, to whom, and whether it was taken back; `noted` where it is but a note."""

    written: Written
    handoff_id: str
    name: str
    note: str = ""
    noted: bool = False
    taken_back: bool = False


def begin(action: Action, handoff_id: str, name: str, following: str | None) -> None:
    """Ask for an answer: the page opens its dialog."""
    st.session_state[ASKED] = Form(action, handoff_id, name, following, uuid.uuid4().hex)


def show(asking: Visitor | None) -> None:
    """The dialog when it was asked for; called once by the page, outside every container."""
    asked = st.session_state.pop(ASKED, None)
    if asked is None or asking is None:
        return
    title, dialog = DIALOGS[asked.action]
    st.dialog(title.format(elements.plain(asked.name)))(dialog)(asked)


# The dialogs.


def _accept(asked: Form) -> None:
    answers = present.deployment().config.answers
    given, note, submitted = _checklist(asked, answers.accept, "Accept")
    if submitted:
        _write(asked, note, lambda press: inbox.accept(present.deployment(), visitor.grant(), press, given))


def _call_sql(asked: Form) -> None:
    answers = present.deployment().config.answers
    given, note, submitted = _checklist(asked, answers.sql, "Mark as SQL")
    if submitted:
        _write(asked, note, lambda press: inbox.call_sql(present.deployment(), visitor.grant(), press, given))


def _checklist(asked: Form, questions: Sequence[Question], button: str) -> tuple[dict[str, bool], str, bool]:
    """The questions, each ticked for yes; what was ticked, the note, and whether the button was pressed."""
    with st.form(f"form:{asked.key}", border=False):
        given = {one.id: st.checkbox(elements.plain(one.text), key=f"{asked.key}:{one.id}") for one in questions}
        st.caption("It takes a yes to each. Tab goes on, space ticks.")
        note = _note()
        submitted = st.form_submit_button(button, type="primary", icon=":material/check:", shortcut=WRITE_IT)
    return given, note, submitted


def _note() -> str:
    return st.text_input("Note (optional)", max_chars=500, placeholder="What the next one should know")


def _reject(asked: Form) -> None:
    answers = present.deployment().config.answers
    with st.form(f"form:{asked.key}", border=False):
        reason = st.radio(
            "Why?",
            [one.code for one in answers.reasons],
            index=None,
            format_func=lambda code: elements.plain(answers.reason(code).label),
            captions=[f"The lead {FATE_WORDS[one.fate]}." for one in answers.reasons],
        )
        note = _note()
        submitted = st.form_submit_button("Reject", type="primary", icon=":material/close:", shortcut=WRITE_IT)
    if submitted and reason is None:
        st.error("Choose a reason; nothing was written.", icon=":material/error:")
    elif submitted:
        _write(
            asked,
            note,
            lambda press: inbox.reject(present.deployment(), visitor.grant(), press, reason or ""),
        )


def _reassign(asked: Form) -> None:
    snapshot = present.snapshot()
    having = sla.open_by_owner(snapshot.sales, present.minute(snapshot))
    names = {
        rep.rep_id: f"{sla.rep_name(snapshot.sales, rep.rep_id)} ({rep.rep_id}), {having.get(rep.rep_id, 0):,} open"
        for rep in snapshot.reps
    }
    with st.form(f"form:{asked.key}", border=False):
        to = st.selectbox(
            "To whom?",
            [rep.rep_id for rep in sorted(snapshot.reps, key=lambda rep: (having.get(rep.rep_id, 0), rep.rep_id))],
            format_func=lambda rep_id: names.get(rep_id, rep_id),
            help="The rep with the fewest open hand-offs stands first.",
        )
        note = _note()
        st.caption("The new owner's clock starts now. How long the customer waits is counted from the hand-over.")
        submitted = st.form_submit_button("Reassign", type="primary", icon=":material/forward:", shortcut=WRITE_IT)
    if submitted:
        _write(asked, note, lambda press: inbox.assign(present.deployment(), visitor.grant(), press, to or ""))


def _touch(asked: Form) -> None:
    with st.form(f"form:{asked.key}", border=False):
        contact = st.radio(
            "Did you reach them?",
            [True, False],
            format_func=lambda reached: "Yes, we spoke or they wrote back" if reached else "No, I tried",
            captions=["Contact", "An attempt; it stops the clock of the first touch just the same"],
        )
        note = _note()
        submitted = st.form_submit_button("Write down", type="primary", icon=":material/call:", shortcut=WRITE_IT)
    if submitted:
        _write(
            asked,
            note,
            lambda press: inbox.touch(present.deployment(), visitor.grant(), press, contact=bool(contact)),
            stay=True,
        )


def _take_note(asked: Form) -> None:
    with st.form(f"form:{asked.key}", border=False):
        note = st.text_area("Note", max_chars=2000, placeholder="What the next one should know")
        submitted = st.form_submit_button("Write down", type="primary", icon=":material/edit_note:", shortcut=WRITE_IT)
    if submitted:
        _write(asked, note, lambda press: inbox.note(present.deployment(), visitor.grant(), press), stay=True)


DIALOGS: dict[Action, tuple[str, Callable[[Form], None]]] = {
    Action.ACCEPT: ("Accept {}?", _accept),
    Action.REJECT: ("Reject {}?", _reject),
    Action.SQL: ("Is {} an SQL?", _call_sql),
    Action.REASSIGN: ("Reassign {}", _reassign),
    Action.TOUCH: ("{}: a first touch", _touch),
    Action.NOTE: ("A note on {}", _take_note),
}


def _write(asked: Form, note: str, write: Callable[[Press], Written], *, stay: bool = False) -> None:
    """Write the answer's event once, then show the next lead; or say why not, and what already happened."""
    pressed = press(asked.handoff_id, asked.key, note)
    refused = _attempt(pressed, asked.name, write, asked.action is Action.NOTE)
    if refused is not None:
        _say(refused, asked.name)
        return
    if not stay and asked.following is not None:
        st.query_params[LEAD] = asked.following
    st.rerun()


def press(handoff_id: str, key: str, note: str = "") -> Press:
    """One press of a button, now; presses of one form share its key."""
    lead_id, _, cycle = handoff_id.rpartition(":")
    return Press(lead_id, int(cycle), present.now(), key, note)


def answer(pressed: Press, name: str, write: Callable[[Press], Written], *, noted: bool = False) -> None:
    """Write an answer that needs no form (`noted`: a note only); what came of it is said by `done`."""
    refused = _attempt(pressed, name, write, noted)
    if refused is not None:
        st.session_state[NOT_DONE] = (refused, name)


def _attempt(pressed: Press, name: str, write: Callable[[Press], Written], noted: bool) -> Refused | None:
    try:
        written = write(pressed)
    except Refused as refused:
        return refused
    st.session_state[DONE] = Done(written, pressed.handoff_id, name, pressed.note.strip(), noted)
    return None


def _say(refused: Refused, name: str) -> None:
    """Why nothing was written; where somebody was first, what they answered."""
    if isinstance(refused, AlreadyAnswered):
        st.warning(
            f"{elements.plain(name)} was {in_words(refused.earlier)}. That stands; nothing was written now.",
            icon=":material/done_all:",
        )
    else:
        elements.fault_box(refused, "Nothing was written.")


def in_words(written: Written) -> str:
    """What happened, by whom and when: "rejected by Ana Ruiz on 24 Nov 2026, 11:00 (No budget)"."""
    done = DONE_WORDS.get(written.kind, written.kind)
    whom = elements.plain(visitor.name_of(written.actor))
    why = f" ({elements.plain(present.reason_words(written.reason))})" if written.kind == "rejected" else ""
    return f"{done} {'to' if written.kind == 'assigned' else 'by'} {whom} on {waiting_words.said_at(written.at)}{why}"


# Undo.


def done(asking: Visitor | None, before: str, narrow: bool) -> None:
    """What this visitor did last, with the way back for a minute, or why it was not done; `before` anything is done."""
    if NOT_DONE in st.session_state:
        _say(*st.session_state.pop(NOT_DONE))
    last: Done | None = st.session_state.get(DONE)
    undoable = last is not None and not last.taken_back and last.written.undo_left_seconds(present.now()) > 0
    # As high with a button as without, so that nothing below it moves.
    with st.container(height="content" if narrow else LINE_PX, border=False):
        if last is None:
            st.caption(before)
        else:
            st.fragment(_done, run_every=REFRESH_SECONDS if undoable else None, key="done")(last, asking)


def _done(last: Done, asking: Visitor | None) -> None:
    name = elements.plain(last.name)
    left = last.written.undo_left_seconds(present.now())
    with st.container(horizontal=True, vertical_alignment="center"):
        if last.taken_back:
            st.markdown(f":material/undo: Taken back: {name} is as before.", width="content")
            return
        what = "noted" if last.noted else in_words(last.written)
        note = f" Note: {elements.plain(last.note)}." if last.note else ""
        st.markdown(f":material/check: **{name}**: {what}.{note}", width="content")
        if asking is None or left <= 0:
            return
        if st.button(
            f"Undo ({count(left, 'second')} left)",
            icon=":material/undo:",
            key="undo-answer",
            help=f"For {UNDO_SECONDS} seconds an answer can be taken back. Both stay written down.",
        ):
            _undo(last)


def _undo(last: Done) -> None:
    try:
        inbox.undo(present.deployment(), visitor.grant(), last.written.event_id)
    except Refused as refused:
        elements.fault_box(refused, "It was not taken back.")
        return
    st.session_state[DONE] = replace(last, taken_back=True)
    st.query_params[LEAD] = last.handoff_id
    st.rerun()
