"""The alignment meeting itself: what is open, what is decided, and who does what by when."""

import streamlit as st

from lib.ui.frame import visitor
from lib.ui.meeting import agenda, view

notes = agenda.notes()
items = agenda.agenda(notes)
view.headline(items, notes)
with st.container(horizontal=True, vertical_alignment="bottom"):
    met_on = view.which(notes)
    asking = visitor.ask()
    view.take_along(items, notes, met_on)
view.agenda(items)
view.decisions(notes, met_on, asking)
view.actions(notes, met_on, asking)
