"""The alignment meeting itself: what is open, what is decided, and who does what by when."""

import streamlit as st

from lib.ui import meeting_data, meeting_view, visitor

notes = meeting_data.notes()
items = meeting_data.agenda(notes)
meeting_view.headline(items, notes)
with st.container(horizontal=True, vertical_alignment="bottom"):
    met_on = meeting_view.which(notes)
    asking = visitor.ask()
    meeting_view.take_along(items, notes, met_on)
meeting_view.agenda(items)
meeting_view.decisions(notes, met_on, asking)
meeting_view.actions(notes, met_on, asking)
