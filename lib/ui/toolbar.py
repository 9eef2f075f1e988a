"""What stands above the Tune page: which draft, which days, undo, back to agreed, save, YAML."""

import streamlit as st

from lib.core.errors import Refused
from lib.ui import data, filters, parts, proposing, state

AGREED_NAME = "Agreed definition"


def show() -> None:
    """One row; on a narrow screen it wraps."""
    filters.address_faults()
    with st.container(horizontal=True, vertical_alignment="center"):
        _drafts()
        filters.days("Leads are counted in the week, from Monday, in which they would have qualified.")
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            on_click=_undo,
            help="Take back the last change of the draft. Shortcut: Ctrl+Z outside a field.",
            shortcut="Ctrl+Z",
        )
        st.button(
            "Back to agreed",
            icon=":material/restart_alt:",
            key="back",
            on_click=state.back_to_agreed,
            help="Make the draft the same as the agreed definition. Undo brings it back.",
        )
        _save()
        st.button("Edit as YAML", icon=":material/code:", key="as-yaml", on_click=_ask_for_text)
        proposing.button()
    if st.session_state.pop("editing_text", False):
        _text_dialog()


def _undo() -> None:
    if not state.tuning().past:
        st.toast("There is nothing to undo.", icon=":material/undo:")
    state.undo()


def _drafts() -> None:
    current = state.tuning()
    saved = [draft.name for draft in data.saved_drafts()]
    names = [AGREED_NAME, *saved]
    shown = current.name if current.name in saved else AGREED_NAME
    st.session_state["draft-name"] = shown
    st.selectbox(
        "Draft",
        names,
        key="draft-name",
        label_visibility="collapsed",
        width=240,
        on_change=_open,
        help="The draft being tuned. Choose another to open it.",
    )


def _open() -> None:
    chosen = st.session_state["draft-name"]
    state.open_draft(None if chosen == AGREED_NAME else chosen)


def _save() -> None:
    current = state.tuning()
    with st.popover("Save", icon=":material/save:", key="save-draft"):
        with st.form("save", border=False):
            name = st.text_input(
                "Name of the draft", value=current.name or "", max_chars=80, placeholder="less webinar"
            )
            submitted = st.form_submit_button("Save the draft", type="primary")
        if submitted and not name.strip():
            st.error("A draft needs a name. Nothing was saved.", icon=":material/error:")
        elif submitted and name.strip().casefold() == AGREED_NAME.casefold():
            st.error(f"“{AGREED_NAME}” is what both sides signed. Nothing was saved.", icon=":material/error:")
        elif submitted:
            state.save_as(name.strip())
            st.toast(f"Saved as “{name.strip()}”. The address of this page reopens it.", icon=":material/save:")
            st.rerun()
        if current.name and st.button(f"Delete “{parts.plain(current.name)}”", icon=":material/delete:", key="delete"):
            data.delete_draft(current.name)
            state.open_draft(None)
            st.rerun()


def _ask_for_text() -> None:
    st.session_state["editing_text"] = True


@st.dialog("The draft as YAML", width="large")
def _text_dialog() -> None:
    """The whole draft as text; taken only when it means something."""
    text = st.text_area(
        "Definition", value=state.draft_text(), height=420, label_visibility="collapsed", key="yaml-text"
    )
    with st.container(horizontal=True):
        take = st.button("Take this as the draft", type="primary")
        st.download_button("Download", text, "definition.yaml", "text/yaml", icon=":material/download:")
    if not take:
        return
    refused = state.take_text(text)
    if refused is None:
        st.rerun()
    else:
        _show_faults(text, refused)


def _show_faults(text: str, refused: Refused) -> None:
    parts.fault_box(refused, "The draft was not changed.")
    lines = text.splitlines()
    for number in sorted({fault.line for fault in refused.faults if fault.line is not None}):
        if number <= len(lines):
            st.code(f"{number:>4}  {lines[number - 1]}", language="yaml")
