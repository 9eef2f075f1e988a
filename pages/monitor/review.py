"""What was handed over, what sales accepted, what changed, and whether the month's goal will be met."""

import streamlit as st

from lib.ui.frame import elements, filters
from lib.ui.now import present
from lib.ui.review import changes, closing, conversion, costs, figures, goals, problems
from lib.ui.tune import link

if not present.snapshot().leads.history.leads:
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not len(present.snapshot().handoffs):
    elements.nothing_yet("Nothing has been handed over yet", elements.HOW_TO_HAND_OVER)
    st.stop()

link.tell_faults()
figures.headline()
figures.show()
goals.show()
conversion.show()
changes.show()
costs.show()
closing.show()
problems.show()
filters.write_days()
