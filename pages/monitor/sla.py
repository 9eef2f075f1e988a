"""Whether sales keeps its promise to answer: who waits now, how fast answers come, and what would be kept if."""

import streamlit as st

from lib.app import sla
from lib.ui.frame import elements, filters, viewport
from lib.ui.now import present
from lib.ui.sla import delay, overdue, view, whatif

snapshot = present.snapshot()
if snapshot.newest is None:
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not len(snapshot.handoffs):
    elements.nothing_yet("Nothing has been handed over yet", elements.HOW_TO_HAND_OVER)
    st.stop()

narrow = viewport.is_narrow()
view.headline(snapshot)
with st.container(horizontal=True, vertical_alignment="center"):
    answer = view.which_answer()
    window = filters.days("Hand-offs count by the day they were handed over. Who waits now is shown whenever it was.")
handed_over = len(sla.responses(snapshot.sales, window))
if handed_over:
    view.kept(snapshot, window, answer)
else:
    elements.nothing_yet(
        "Nothing was handed over in these days", "Choose other days above; who waits now stands below."
    )
view.who_waits(answer)
overdue.show(snapshot, narrow)
if handed_over:
    view.times(snapshot, window, answer)
    view.conversion(snapshot, window)
    delay.show()
    view.owners(snapshot, window, answer)
    view.made_for_the_clock(snapshot, window, answer)
    whatif.show(window, answer)
filters.write_days()
