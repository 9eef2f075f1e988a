"""Several drafts and the agreed definition side by side: volume, acceptance, load, and what each changes."""

import streamlit as st

from lib.ui.frame import elements, filters
from lib.ui.now import present
from lib.ui.scenarios import table, view
from lib.ui.tune import link

snapshot = present.snapshot()
if not len(snapshot.leads):
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not table.offered(snapshot):
    elements.nothing_yet(
        "There is no draft yet", "Change anything on Tune: that begins a draft, and here it is set beside others."
    )
    st.page_link("decide/tune.py", label="Tune the definition", icon=":material/tune:")
    st.stop()

link.tell_faults()
sentence = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    window = filters.days("Leads are counted in the week in which they would have qualified.")
    names = view.which(snapshot)
filters.write_days()
rows = table.scenarios(snapshot, names, window)
with sentence:
    view.headline(rows)
view.table(rows, snapshot.handoffs.currency)
if names:
    view.chart(rows)
    view.differences(rows)
