"""What was handed over, what sales accepted, what changed, and whether the month's goal will be met."""

import streamlit as st

from lib.ui import data, filters, parts, review_view

if not data.history().leads:
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()
if not len(data.handoffs()):
    parts.nothing_yet("Nothing has been handed over yet", parts.HOW_TO_HAND_OVER)
    st.stop()

filters.address_faults()
review_view.headline()
review_view.figures()
review_view.goals()
review_view.conversion()
review_view.changes()
review_view.costs()
review_view.closing()
review_view.problems()
filters.write_days()
