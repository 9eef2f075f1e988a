"""Which weights the decisions so far support, what else sales goes by, and whether scores drift."""

import streamlit as st

from lib.ui.evidence import criteria, deals, drift, suggestion, surprises, unused, view
from lib.ui.frame import elements, filters
from lib.ui.now import present
from lib.ui.tune import below_line, link

snapshot = present.snapshot()
if not len(snapshot.leads):
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not len(snapshot.handoffs):
    elements.nothing_yet("Nothing has been handed over yet", elements.HOW_TO_HAND_OVER)
    st.stop()

link.tell_faults()
sentence = st.container()
with st.container(horizontal=True, vertical_alignment="center"):
    window = filters.days("Hand-offs count by the day they were handed over, each as of its own hand-over.")
    definition = view.definition()
filters.write_days()
found = view.found(snapshot, definition, window)
if found is None:
    st.stop()
with sentence:
    view.headline(snapshot, found)
criteria.show(found)
unused.show(found)
suggestion.show(snapshot, definition, window)
surprises.show(found)
below_line.show(snapshot)
drift.show(found)
deals.show(found)
