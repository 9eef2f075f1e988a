"""What was handed over, what sales accepted, what changed, and whether the month's goal will be met."""

import streamlit as st

from lib.ui.frame import elements, filters
from lib.ui.now import present
from lib.ui.review import changes, closing, conversion, costs, figures, goals, lost, moved, problems
from lib.ui.tune import link

snapshot = present.snapshot()
if not len(snapshot.leads):
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not len(snapshot.handoffs):
    elements.nothing_yet("Nothing has been handed over yet", elements.HOW_TO_HAND_OVER)
    st.stop()

link.tell_faults()
figures.headline(snapshot)
figures.show(snapshot)
goals.show()
conversion.show()
changes.show(snapshot)
moved.show()
costs.show(snapshot)
closing.show()
lost.show(snapshot)
problems.show()
filters.write_days()
