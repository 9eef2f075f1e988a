"""What both sides have agreed, as they publish it: versions, signatures, and what came of it."""

import streamlit as st

from lib.ui.agreement import actions, decision_log, document, outcome, pressed, proposing, standing, time_line, view
from lib.ui.frame import viewport
from lib.ui.now import present

narrow = viewport.is_narrow()
snapshot = present.snapshot()
versions = standing.load()
version = time_line.chosen(versions)

pressed.done()
view.headline(snapshot, versions)
view.you_are()
view.next_step(versions)
left, middle, right = st.columns([3, 8, 4])
with left:
    time_line.show(versions, version, narrow)
with middle:
    actions.show(versions, version)
    document.show(versions, version)
with right:
    outcome.predicted_and_came(snapshot, versions, version)
decision_log.show(snapshot)
view.watch(versions)
proposing.show()
