"""What stands above the Tune page: which draft, which days, who is here and what they did, undo, name, YAML."""

import streamlit as st

from lib.app.shared_drafts import NameRefused
from lib.app.snapshot import Snapshot
from lib.core.definition.drafting import is_unnamed
from lib.core.errors import Fault, Refused
from lib.core.folding import fold
from lib.ui.agreement import proposing
from lib.ui.frame import elements, filters, live, visitor
from lib.ui.frame.uninterrupted import uninterrupted
from lib.ui.now.drafts import shared
from lib.ui.tune import conflict_dialog, history_dialog, link, tuning, widgets

AGREED_NAME = "Agreed definition"

NEWS_SENTENCES = 2

KEPT = ":material/cloud_done: Each change is kept at once. Whoever opens this address tunes the same draft."

NOT_BEGUN = ":material/handshake: This is the agreed definition. The first change begins a draft of its own."


def show(snapshot: Snapshot) -> None:
    """One row; on a narrow screen it wraps. Below it who is here, and what others did."""
    link.tell_faults()
    with st.container(horizontal=True, vertical_alignment="center"):
        _drafts(snapshot)
        filters.days("Leads are counted in the week in which they would have qualified.")
        st.button(
            "Undo",
            icon=":material/undo:",
            key=widgets.UNDO,
            on_click=_undo,
            help="Take back what you did last, deleting too; what others did stays. Shortcut: Ctrl+Z outside a field.",
            shortcut="Ctrl+Z",
        )
        st.button(
            "History",
            icon=":material/history:",
            key="history",
            on_click=history_dialog.begin,
            help="Who changed what in this draft and when; back to any point of it.",
        )
        st.button(
            "Back to agreed",
            icon=":material/restart_alt:",
            key=widgets.BACK,
            on_click=tuning.back_to_agreed,
            help="Make the draft the same as the agreed definition. Undo brings it back.",
        )
        _name()
        st.button(
            "YAML",
            icon=":material/code:",
            key="as-yaml",
            on_click=_ask_for_text,
            help="The draft as text: read it, edit it, take it along.",
        )
        proposing.button()
    with st.container(horizontal=True, vertical_alignment="center"):
        _you_are()
        _live()
    _refused()
    if proposing.is_open():
        return
    if history_dialog.show():
        return
    if not conflict_dialog.show() and st.session_state.pop("editing_text", False):
        tuning.in_dialog()
        _text_dialog()


def _undo() -> None:
    said = tuning.undo()
    if said:
        st.toast(elements.plain(said), icon=":material/undo:")


def _drafts(snapshot: Snapshot) -> None:
    current = tuning.tuning()
    shown = current.name or AGREED_NAME
    names = [AGREED_NAME, *shared().offered(snapshot.definition)]
    if shown not in names:
        names.append(shown)
    widgets.show_in("draft-name", shown)
    begins_with = widgets.begins_with("draft-name", shown)
    st.selectbox(
        "Draft",
        names,
        0 if begins_with is None else names.index(begins_with),
        key="draft-name",
        label_visibility="collapsed",
        width=300,
        on_change=_open,
        help="The draft being tuned, together with everybody who has it open. Choose another to open it. "
        "The first change of the agreed definition begins a draft; each change is kept at once.",
    )


@uninterrupted
def _open() -> None:
    if widgets.is_echo("draft-name"):
        return
    chosen = st.session_state["draft-name"]
    if not tuning.open_draft(None if chosen == AGREED_NAME else chosen):
        st.toast(elements.plain(tuning.why_none(chosen)), icon=":material/error:")


def _name() -> None:
    """Name the draft, name it otherwise, copy it, delete it."""
    current = tuning.tuning()
    named = current.name is not None and not is_unnamed(current.name)
    with st.popover("Name", icon=":material/save:", key="save-draft"):
        with st.form("save", border=False):
            name = st.text_input(
                "Name of the draft",
                value=current.name if named else "",
                max_chars=80,
                placeholder="less webinar",
                help="Every change is kept without a name too, and the address of this page reopens it.",
            )
            with st.container(horizontal=True):
                renamed = named and st.form_submit_button("Rename", type="primary")
                saved = st.form_submit_button(
                    "Save a copy" if named else "Save the draft", type="secondary" if named else "primary"
                )
        if renamed or saved:
            refused = _named(str(name or "").strip(), renamed=renamed)
            if refused is None:
                st.rerun()
            elements.fault_box(refused, "Nothing was saved.")
        if current.name:
            st.button(
                f"Delete “{elements.plain(current.name)}”", icon=":material/delete:", key="delete", on_click=_delete
            )


def _delete() -> None:
    deleted = tuning.tuning().name or ""
    tuning.delete()
    st.toast(
        f"“{elements.plain(deleted)}” is deleted. Undo brings it back, History does later.", icon=":material/delete:"
    )


def _named(name: str, *, renamed: bool) -> Refused | None:
    """Give the draft the name; why it cannot have it."""
    if not name:
        return NameRefused(Fault("draft", "a draft needs a name"))
    if fold(name) == fold(AGREED_NAME):
        return NameRefused(Fault("draft", f"“{AGREED_NAME}” is what both sides signed", "Take another name."))
    try:
        (tuning.rename if renamed else tuning.save_as)(name)
    except Refused as refused:
        return refused
    st.toast(f"Saved as “{elements.plain(name)}”. The address of this page reopens it.", icon=":material/save:")
    return None


def _you_are() -> None:
    """Who is tuning, so that others see whose change it is."""
    if visitor.signs_in():
        visitor.ask()
        return
    asking = visitor.who()
    name = elements.plain(asking.name) if asking else "Who are you?"
    with st.popover(name, icon=":material/person:", key="you-are", type="tertiary"):
        visitor.ask()
        st.caption(visitor.proof_words())


def _refused() -> None:
    current = tuning.tuning()
    if current.refused is not None:
        elements.fault_box(
            current.refused, "Your change was not made: with what others did meanwhile it means nothing."
        )
        current.refused = None


@st.fragment(key="live")
def _live() -> None:
    """Who has the draft open too, and what they did last. Looks for more every second, and then draws all anew."""
    current = tuning.tuning()
    if tuning.something_to_draw():
        st.rerun()
    others: tuple[str, ...] = ()
    if current.name is None:
        shared().leave(tuning.tab())
    else:
        others = shared().look(current.name, tuning.tab(), tuning.who())
    here = [f":material/group: Here too: {elements.plain(', '.join(others))}"] if others else []
    done = [f"**{elements.plain(news.who)}**: {_in_short(news)}" for news in current.news[:1]]
    st.caption(" · ".join([*here, *done]) or (KEPT if current.name else NOT_BEGUN))
    # What was heard of but is not drawn yet, as somebody has a control in hand, is asked for until it is.
    live.look(tuning.tab(), "not drawn" if current.undrawn else shared().mark(tuning.tab(), current.revision))
    trouble = shared().trouble()
    if trouble is not None:
        elements.fault_box(Refused(trouble), "Not everything is written down yet:")


def _in_short(news: tuning.News) -> str:
    said = [elements.plain(sentence) for sentence in news.sentences[:NEWS_SENTENCES]]
    more = len(news.sentences) - len(said)
    return " · ".join([*said, f"and {more} more"] if more else said)


def _ask_for_text() -> None:
    st.session_state["editing_text"] = True


@st.dialog("The draft as YAML", width="large", on_dismiss="rerun")
def _text_dialog() -> None:
    """The whole draft as text; taken only when it means something."""
    text = st.text_area(
        "Definition", value=tuning.draft_text(), height=420, label_visibility="collapsed", key="yaml-text"
    )
    with st.container(horizontal=True):
        take = st.button("Take this as the draft", type="primary")
        st.download_button("Download", text, "definition.yaml", "text/yaml", icon=":material/download:")
    if not take:
        return
    refused = tuning.take_text(text)
    if refused is None:
        st.rerun()
    else:
        _show_faults(text, refused)


def _show_faults(text: str, refused: Refused) -> None:
    elements.fault_box(refused, "The draft was not changed.")
    lines = text.splitlines()
    for number in sorted({fault.line for fault in refused.faults if fault.line is not None}):
        if number <= len(lines):
            st.code(f"{number:>4}  {lines[number - 1]}", language="yaml")
