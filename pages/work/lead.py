"""One lead: what it did, its score over time, and why it qualified or why not."""

import streamlit as st

from lib.app import leads
from lib.ui.frame import elements
from lib.ui.lead import erasing, handed_over, view
from lib.ui.now import present
from lib.ui.tune import link

snapshot = present.snapshot()
if not len(snapshot.leads):
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()

link.tell_faults()
erasing.told()
lead = view.find(snapshot)
if lead is None:
    st.stop()

definition = view.which_definition(snapshot.definition)
explained = leads.explanation(snapshot, definition, lead)
view.introduction(snapshot, lead, explained)
handed_over.show(lead.lead_id)
first, second = st.columns([3, 2])
with first:
    view.course(snapshot, definition, lead, explained)
    view.changes(definition, lead)
    view.activities(snapshot, definition, lead)
with second:
    view.points(explained)
    view.gates(explained)
    view.fields(lead)
    erasing.ask(lead)
