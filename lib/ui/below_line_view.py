"""Learning below the line, as pages show it: the mark of a hand-off that was drawn, and what is left out for it."""

import streamlit as st

from lib.charts.language import count
from lib.core.handoffs import Handoffs
from lib.ui import data

MARK = "Below the line, to learn"

ICON = ":material/experiment:"

EXPLANATION = (
    "This lead is short of the agreed threshold. The agreement sets a share of such leads aside, drawn at random, to "
    "learn how sales answers them. Answer it like any other; it counts for neither team's targets."
)


def mark(of: Handoffs) -> None:
    """The mark of a lead's hand-offs, where the newest of them was drawn below the line."""
    if len(of) and of.below_line[-1]:
        st.badge(MARK, icon=ICON, color="violet", help=EXPLANATION)


def left_out() -> None:
    """How many hand-offs are in no figure of the page, because they were drawn; nothing where none was."""
    drawn = int(data.handoffs().below_line.sum())
    if drawn:
        st.caption(
            f"{ICON} {count(drawn, 'lead')} so far {'was' if drawn == 1 else 'were'} handed over below the line, to "
            "learn how sales answers such leads; they are left out of every figure and goal on this page."
        )
