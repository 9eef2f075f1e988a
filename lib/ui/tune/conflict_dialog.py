"""The dialog in which somebody chooses, when two people have changed the same thing at once."""

import streamlit as st

from lib.app.shared_drafts import Dispute
from lib.core.definition.drafting import Change, Value
from lib.core.definition.words import change_in_words, value_in_words
from lib.ui.frame import elements
from lib.ui.tune import tuning


def show() -> bool:
    """Ask about the first thing that waits for a choice; False where nothing does."""
    waiting = tuning.tuning().disputes
    if waiting:
        tuning.in_dialog()
        _ask(waiting[0])
    return bool(waiting)


def _theirs_stay() -> None:
    tuning.tuning().disputes = ()


@st.dialog("Both of you have changed this", on_dismiss=_theirs_stay)
def _ask(dispute: Dispute) -> None:
    """What the other made of it, what this visitor did, what it was: one click each."""
    conflict, rival = dispute.conflict, dispute.rival
    st.markdown(f"You and {elements.plain(rival)} changed the same thing within a moment. Which shall it be?")
    _choice(dispute, f"{rival}: {_done(dispute, conflict.theirs)}", conflict.theirs, "theirs")
    _choice(dispute, f"You: {_done(dispute, conflict.mine)}", conflict.mine, "mine")
    _choice(dispute, f"As before: {value_in_words(conflict.part, conflict.base)}", conflict.base, "base")
    st.caption(f"Until you choose, what {elements.plain(rival)} did holds.")


def _done(dispute: Dispute, value: Value) -> str:
    return "; ".join(change_in_words(Change(dispute.conflict.part, dispute.conflict.base, value))) or "as it was"


def _choice(dispute: Dispute, label: str, value: Value, key: str) -> None:
    if st.button(elements.plain(label), key=f"choose:{key}", width="stretch"):
        tuning.choose(dispute, value)
        st.rerun()
