"""Several drafts and the agreed definition side by side: volume, acceptance, load, and what each changes."""

import streamlit as st

from lib.ui import data, filters, parts, scenarios_data, scenarios_view

if not data.history().leads:
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()
if not scenarios_data.offered():
    parts.nothing_yet(
        "There is no draft yet", "Change anything on Tune: that begins a draft, and here it is set beside others."
    )
    st.page_link("decide/tune.py", label="Tune the definition", icon=":material/tune:")
    st.stop()

filters.address_faults()
sentence = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    window = filters.days("Leads are counted in the week, from Monday, in which they would have qualified.")
    names = scenarios_view.which()
filters.write_days()
rows = scenarios_data.scenarios(names, window)
with sentence:
    scenarios_view.headline(rows)
scenarios_view.table(rows)
if names:
    scenarios_view.chart(rows)
    scenarios_view.differences(rows)
