"""From what the decisions say into the draft, one click away."""

import streamlit as st

from lib.core.definition.criteria import Definition
from lib.ui.tune import tuning


def change(draft: Definition) -> None:
    """Take a changed draft, and draw the whole page anew: it may be about the draft."""
    tuning.change(draft)
    st.rerun()


def say_it_is_there(words: str) -> None:
    """In place of the click, where it was done."""
    st.page_link("decide/tune.py", label=words, icon=":material/check:", help="See on Tune what the draft does.")
