"""Tune the definition together: move a weight or the threshold, see what would be handed over."""

import streamlit as st

from lib.ui import controls, criterion_dialog, data, parts, state, toolbar, viewport, volume

if not data.history().leads:
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()

narrow = viewport.is_narrow()
state.show_in_controls()
toolbar.show()
volume.figures()
controls.threshold()

# On a narrow screen columns stack in their order, and the chart comes before the criteria.
first, second = st.columns([3, 2] if narrow else [2, 3])
criteria_column, charts_column = (second, first) if narrow else (first, second)
with criteria_column, parts.scrolling(narrow, key="criteria"):
    controls.criteria()
with charts_column, parts.scrolling(narrow, key="consequences"):
    volume.charts()
    volume.details()
    volume.movers()

criterion_dialog.show()
