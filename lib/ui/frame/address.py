"""What of a page's address means nothing: noted where it is read, told once."""

import streamlit as st


def note_fault(sentence: str) -> None:
    """Keep it until it is told."""
    st.session_state.setdefault("address_faults", []).append(sentence)


def noted() -> list[str]:
    """What was noted since it was told last, in sentences."""
    return list(st.session_state.pop("address_faults", []))
