"""How far what a page says rests on fields without a history, or misses who was erased: a line, where it does."""

from collections.abc import Sequence

import streamlit as st

from lib.app.people.erasing import people_erased
from lib.core.consequences.in_words import erased_in_words
from lib.ui.frame import elements
from lib.ui.now import present

HELP = (
    "Each lead is judged by what was known at the instant in question. That is known of fields whose changes were "
    "imported (`lead_change`), and of every field since an import first brought its lead: imports note what they "
    "change. Any other counts as it is now, though somebody may have filled it in after talking to the lead. Which "
    "fields these are stands on the Data page, under Quality."
)


HANDED_OVER = "they would be handed over"


def caption(sentences: Sequence[str | None]) -> None:
    """The sentences that there are, and the one on people erased."""
    erased = erased_in_words(people_erased(present.deployment().stored()))
    said = [sentence for sentence in (*sentences, erased) if sentence is not None]
    if said:
        st.caption(f":material/history: {elements.plain(' '.join(said))}", help=HELP)
