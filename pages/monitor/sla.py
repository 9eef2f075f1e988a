"""Whether sales keeps its promise to answer: who waits now, how fast answers come, and what would be kept if."""

import streamlit as st

from lib.ui import data, filters, overdue_view, parts, promise_whatif, promises, sla_view, viewport

if promises.is_empty():
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()
if not len(data.handoffs()):
    parts.nothing_yet("Nothing has been handed over yet", parts.HOW_TO_HAND_OVER)
    st.stop()

narrow = viewport.is_narrow()
sla_view.headline()
with st.container(horizontal=True, vertical_alignment="center"):
    answer = sla_view.which_answer()
    window = filters.days("Hand-offs count by the day they were handed over. Who waits now is shown whenever it was.")
handed_over = len(promises.responses(window))
if handed_over:
    sla_view.kept(window, answer)
else:
    parts.nothing_yet("Nothing was handed over in these days", "Choose other days above; who waits now stands below.")
sla_view.who_waits(answer)
overdue_view.show(narrow)
if handed_over:
    sla_view.times(window, answer)
    sla_view.conversion(window)
    sla_view.owners(window, answer)
    sla_view.made_for_the_clock(window, answer)
    promise_whatif.show(window, answer)
filters.write_days()
