"""Where sales answers: a rep's open MQLs by time left, one at a time."""

import streamlit as st

from lib.ui.frame import elements, viewport, visitor
from lib.ui.inbox import answering, handing_over, view
from lib.ui.now import present

snapshot = present.snapshot()
if snapshot.newest is None:
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not len(snapshot.handoffs):
    elements.nothing_yet("Nothing has been handed over yet", elements.HOW_TO_HAND_OVER)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asking = visitor.ask()
        handing_over.button()
    handing_over.show(asking)
    st.stop()

narrow = viewport.is_narrow()
asking, owner = view.whose(snapshot)
if owner is None:
    elements.nothing_yet(
        "Whose leads?", "Say who you are, or choose a rep above, to see which MQLs wait for an answer."
    )
    handing_over.show(asking)
    st.stop()

view.headline(snapshot, owner)
answering.done(asking, view.KEYS, narrow)
first, second = st.columns([2, 3])
with first:
    items = view.which_list(snapshot, owner)
    item = view.choose(snapshot, items, narrow) if items else None
with second:
    if item is None:
        view.nothing_left()
    else:
        view.lead(snapshot, item, items, asking)

answering.show(asking)
handing_over.show(asking)
