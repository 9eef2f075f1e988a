"""One lead: what it did, its score over time, and why it qualified or why not."""

import streamlit as st

from lib.ui import data, filters, lead_view, parts

if not data.history().leads:
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()

filters.address_faults()
lead = lead_view.find()
if lead is None:
    st.stop()

definition = lead_view.which_definition()
explained = data.explanation(definition, lead)
lead_view.introduction(lead, explained)
first, second = st.columns([3, 2])
with first:
    lead_view.course(definition, lead, explained)
    lead_view.activities(definition, lead)
with second:
    lead_view.points(explained)
    lead_view.gates(explained)
    lead_view.fields(lead)
