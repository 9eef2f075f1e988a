"""Which leads sales accepts, why it rejects the others, and whether more points really mean more acceptance."""

import streamlit as st

from lib.ui.acceptance import calibration, cohorts, criteria, groups, reasons, view
from lib.ui.frame import elements, filters
from lib.ui.now import present
from lib.ui.tune import link

snapshot = present.snapshot()
if not len(snapshot.leads):
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()
if not len(snapshot.handoffs):
    elements.nothing_yet("Nothing has been handed over yet", elements.HOW_TO_HAND_OVER)
    st.stop()

link.tell_faults()
sentence = st.container()
with st.container(horizontal=True, vertical_alignment="center"):
    looked_at = view.LookedAt(
        filters.days("Hand-offs count by the day they were handed over, whenever sales decided."),
        filters.hand_offs(snapshot),
        filters.period(),
    )
with sentence:
    view.headline(snapshot, looked_at)
cohorts.show(looked_at)
groups.show(looked_at)
reasons.show(looked_at)
criteria.show(looked_at)
calibration.show(looked_at)
filters.write_days()
