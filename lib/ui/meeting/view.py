"""The parts of the Meeting page: agenda, decisions, actions, and the minutes to take along."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from lib.app.snapshot import Snapshot
from lib.core.agreement.meetings import AgendaItem, Note, NoteKind, NoteState, minutes, open_actions
from lib.core.errors import Refused
from lib.ui.frame import elements, visitor
from lib.ui.frame.visitor import Visitor
from lib.ui.meeting import agenda as meeting_agenda

DAY = "met-on"


def which(notes: tuple[Note, ...]) -> date:
    """The meeting that is shown: today's, or one that left notes."""
    days = sorted({meeting_agenda.today(), *(note.met_on for note in notes)}, reverse=True)
    return st.selectbox(
        "Meeting",
        days,
        format_func=lambda day: f"{elements.day(day)}, today" if day == meeting_agenda.today() else elements.day(day),
        key=DAY,
        width=240,
    )


PAGE_NAMES = {"/agreement": "Agreement", "/sla": "SLA", "/review": "Review"}
"""The pages where a point of the agenda is dealt with; the actions are on this one."""


def headline(agenda: tuple[AgendaItem, ...], notes: tuple[Note, ...]) -> None:
    """How much there is to speak about."""
    points = "Nothing is open" if not agenda else "1 point is" if len(agenda) == 1 else f"{len(agenda)} points are"
    waiting = open_actions(notes)
    late = sum(note.is_overdue(meeting_agenda.today()) for note in waiting)
    actions = "no action is open" if not waiting else f"{len(waiting)} of them actions, {late} overdue"
    st.markdown(f"#### {points}{'' if not agenda else ' on the agenda'}; {actions}.")


def agenda(snapshot: Snapshot, items: tuple[AgendaItem, ...]) -> None:
    """What is open now, each with the page where it is dealt with."""
    elements.section(
        "Agenda",
        "agenda",
        "What is open as the page is drawn: proposals and whose signature is missing, versions that have not begun, "
        "outcomes that came due, hand-offs past their promise, goals behind pace, and actions not done.",
        snapshot,
    )
    if not items:
        st.caption("Nothing is open: no proposal waits, no promise is broken, and every action is done.")
    for item in items:
        named = PAGE_NAMES.get(item.page.partition("?")[0])
        st.markdown(f"- {elements.plain(item.sentence)}{f' [{named}]({item.page})' if named else ''}")


def decisions(snapshot: Snapshot, notes: tuple[Note, ...], met_on: date, asking: Visitor | None) -> None:
    """What this meeting decided; today's takes more."""
    elements.section("Decisions", "decisions", "What was decided in this meeting, and by whom it was noted.", snapshot)
    _of_kind(notes, met_on, NoteKind.DECISION, asking)
    if met_on == meeting_agenda.today() and asking is not None:
        with st.form("decide", clear_on_submit=True, border=False):
            text = st.text_input("What was decided", placeholder="The webinar gives 5 points from December on")
            if st.form_submit_button("Note the decision", icon=":material/gavel:"):
                _kept(lambda: meeting_agenda.decide(text))


def actions(snapshot: Snapshot, notes: tuple[Note, ...], met_on: date, asking: Visitor | None) -> None:
    """Who does what by when: this meeting's, and what is open from earlier ones."""
    elements.section(
        "Actions", "actions", "Of this meeting, and those of earlier ones that nobody has done yet.", snapshot
    )
    _of_kind(notes, met_on, NoteKind.ACTION, asking)
    earlier = [note for note in open_actions(notes) if note.met_on < met_on]
    if earlier:
        st.caption("Open from earlier meetings")
        for note in earlier:
            _note(note, asking)
    if met_on == meeting_agenda.today() and asking is not None:
        with st.form("act", clear_on_submit=True, border=False):
            text = st.text_input("What is to be done", placeholder="Ask partners for titles")
            with st.container(horizontal=True, vertical_alignment="bottom"):
                owner = st.selectbox(
                    "By whom",
                    sorted({one.name for one in visitor.everybody().values()}),
                    index=None,
                    placeholder="Choose, or write a name",
                    accept_new_options=True,
                    width=260,
                )
                due = st.date_input("By when", meeting_agenda.next_week(), width=180)
            if st.form_submit_button("Note the action", icon=":material/assignment_ind:"):
                _kept(lambda: meeting_agenda.act(text, owner, due))


def _of_kind(notes: tuple[Note, ...], met_on: date, kind: NoteKind, asking: Visitor | None) -> None:
    shown = [
        note for note in notes if note.met_on == met_on and note.kind is kind and note.state is not NoteState.STRUCK
    ]
    if not shown:
        st.caption("None yet." if asking is not None else "None yet. Say who you are to note one.")
    for note in shown:
        _note(note, asking)


def _note(note: Note, asking: Visitor | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        said = elements.plain(note.text)
        if note.kind is NoteKind.DECISION:
            st.markdown(f":material/gavel: {said} :gray[{elements.plain(note.who)}]")
        else:
            late = " :orange-badge[overdue]" if note.is_overdue(meeting_agenda.today()) else ""
            due = elements.day(note.due) if note.due else ""
            words = f"~~{said}~~" if note.state is NoteState.DONE else said
            st.markdown(f"**{elements.plain(note.owner or '')}**: {words} :gray[by {due}]{late}")
        if asking is None:
            return
        with st.container(horizontal=True, width="content"):
            if note.kind is NoteKind.ACTION:
                done = note.state is NoteState.DONE
                if st.button("Open again" if done else "Done", key=f"done:{note.number}", icon=":material/check:"):
                    _kept(lambda: meeting_agenda.mark(note, NoteState.OPEN if done else NoteState.DONE))
            if st.button("Strike", key=f"strike:{note.number}", icon=":material/delete:", help="Written by mistake"):
                _kept(lambda: meeting_agenda.mark(note, NoteState.STRUCK))


def _kept(write: Callable[[], Note]) -> None:
    try:
        write()
    except Refused as refused:
        elements.fault_box(refused, "Nothing was noted.")
    else:
        st.rerun()


def take_along(snapshot: Snapshot, items: tuple[AgendaItem, ...], notes: tuple[Note, ...], met_on: date) -> None:
    """The minutes as Markdown; those of an earlier day have no agenda, for what was open then is not known."""
    today = met_on == meeting_agenda.today()
    st.download_button(
        "Minutes as Markdown",
        minutes(met_on, items if today else (), notes, meeting_agenda.chain_head()),
        f"minutes-{met_on.isoformat()}.md",
        "text/markdown",
        icon=":material/download:",
        on_click="ignore",
    )
    if not snapshot.leads.history.leads:
        st.caption(elements.HOW_TO_IMPORT)
