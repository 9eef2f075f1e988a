"""The alignment meeting itself: what is open, what is decided, and who does what by when."""

import streamlit as st

from lib.ui.frame import visitor
from lib.ui.meeting import agenda, view
from lib.ui.now import present

snapshot = present.snapshot()
notes = agenda.notes()
items = agenda.agenda(snapshot, notes)
view.headline(items, notes)
with st.container(horizontal=True, vertical_alignment="bottom"):
    met_on = view.which(notes)
    asking = visitor.ask()
    view.take_along(snapshot, items, notes, met_on)
view.agenda(snapshot, items)
view.decisions(snapshot, notes, met_on, asking)
view.actions(snapshot, notes, met_on, asking)
