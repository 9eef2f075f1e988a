"""One lead: what it did, its score over time, and why it qualified or why not."""

import streamlit as st

from lib.app import leads
from lib.ui.frame import elements
from lib.ui.lead import view
from lib.ui.now import present
from lib.ui.tune import link

if not present.snapshot().leads.history.leads:
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()

link.tell_faults()
lead = view.find()
if lead is None:
    st.stop()

definition = view.which_definition()
explained = leads.explanation(present.snapshot(), definition, lead)
view.introduction(lead, explained)
first, second = st.columns([3, 2])
with first:
    view.course(definition, lead, explained)
    view.activities(definition, lead)
with second:
    view.points(explained)
    view.gates(explained)
    view.fields(lead)
