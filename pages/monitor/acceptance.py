"""Which leads sales accepts, why it rejects the others, and whether more points really mean more acceptance."""

import streamlit as st

from lib.ui import acceptance_view, data, filters, parts

if not data.history().leads:
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()
if not len(data.handoffs()):
    parts.nothing_yet("Nothing has been handed over yet", parts.HOW_TO_HAND_OVER)
    st.stop()

filters.address_faults()
sentence = st.container()
with st.container(horizontal=True, vertical_alignment="center"):
    looked_at = acceptance_view.LookedAt(
        filters.days("Hand-offs count by the day they were handed over, whenever sales decided."),
        filters.hand_offs(),
        filters.period(),
    )
with sentence:
    acceptance_view.headline(looked_at)
acceptance_view.cohorts(looked_at)
acceptance_view.groups(looked_at)
acceptance_view.reasons(looked_at)
acceptance_view.criteria(looked_at)
acceptance_view.calibration(looked_at)
filters.write_days()
