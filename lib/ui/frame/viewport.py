"""Is the visitor's screen narrow? Streamlit cannot tell, and its columns stack in one order only."""

import streamlit as st

# Streamlit's own columns stack at this width; a run is asked for only when the answer changes.
_ASK = """
const narrow = window.matchMedia("(max-width: 640px)")
export default function (component) {
    const tell = () => {
        if (component.data !== narrow.matches) component.setStateValue("narrow", narrow.matches)
    }
    narrow.onchange = tell
    tell()
}
"""

_viewport = st.components.v2.component("viewport", js=_ASK)


def is_narrow() -> bool:
    """True on a screen of at most 640 pixels; on the very first run of a session, False."""
    known = bool(st.session_state.get("narrow", False))
    answer = _viewport(key="viewport", data=known, default={"narrow": known}, on_narrow_change=_remember)
    return bool(answer.narrow)


def _remember() -> None:
    st.session_state["narrow"] = bool(st.session_state["viewport"].narrow)
