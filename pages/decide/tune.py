"""Tune the definition together: move a weight or the threshold, see what would be handed over."""

import streamlit as st

from lib.ui.frame import elements, viewport
from lib.ui.now import present
from lib.ui.tune import controls, criterion_dialog, toolbar, volume, widgets

snapshot = present.snapshot()
if not len(snapshot.leads):
    elements.nothing_yet("There are no leads yet", elements.HOW_TO_IMPORT)
    st.stop()

narrow = viewport.is_narrow()
widgets.show_in_controls()
toolbar.show(snapshot)
volume.figures()
controls.threshold(snapshot)

# On a narrow screen columns stack in their order, and the chart comes before the criteria.
first, second = st.columns([3, 2] if narrow else [2, 3])
criteria_column, charts_column = (second, first) if narrow else (first, second)
with criteria_column, elements.scrolling(narrow, key="criteria"):
    controls.criteria(snapshot)
widgets.drawn()
with charts_column, elements.scrolling(narrow, key="consequences"):
    volume.charts()
    volume.details()
    volume.movers()

criterion_dialog.show()
