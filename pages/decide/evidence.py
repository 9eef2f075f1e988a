"""Which weights the decisions so far support, what else sales goes by, and whether scores drift."""

import streamlit as st

from lib.ui import below_line_view, data, evidence_view, filters, parts, suggestion_view

if not data.history().leads:
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()
if not len(data.handoffs()):
    parts.nothing_yet("Nothing has been handed over yet", parts.HOW_TO_HAND_OVER)
    st.stop()

filters.address_faults()
sentence = st.container()
with st.container(horizontal=True, vertical_alignment="center"):
    window = filters.days("Hand-offs count by the day they were handed over, each as of its own hand-over.")
    definition = evidence_view.definition()
filters.write_days()
found = evidence_view.found(definition, window)
if found is None:
    st.stop()
with sentence:
    evidence_view.headline(found)
evidence_view.criteria(found)
evidence_view.unused(found)
suggestion_view.show(definition, window)
evidence_view.against_score(found)
below_line_view.show()
evidence_view.drift(found)
evidence_view.deals(found)
