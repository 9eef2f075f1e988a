"""What both sides have agreed, as they publish it: versions, signatures, and what came of it."""

import streamlit as st

from lib.ui.agreement import decision_log, outcome, proposing, standing, view
from lib.ui.frame import viewport

narrow = viewport.is_narrow()
versions = standing.load()
version = view.chosen(versions)

view.done()
view.headline(versions)
view.you_are()
view.next_step(versions)
left, middle, right = st.columns([3, 8, 4])
with left:
    view.time_line(versions, version, narrow)
with middle:
    view.actions(versions, version)
    view.document(versions, version)
with right:
    outcome.predicted_and_came(versions, version)
decision_log.show()
view.watch(versions)
proposing.show()
