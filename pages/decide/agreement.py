"""What both sides have agreed, as they publish it: versions, signatures, and what came of it."""

import streamlit as st

from lib.ui import agreement_data, agreement_view, decision_log_view, outcome_view, proposing, viewport

narrow = viewport.is_narrow()
versions = agreement_data.load()
version = agreement_view.chosen(versions)

agreement_view.done()
agreement_view.headline(versions)
agreement_view.you_are()
agreement_view.next_step(versions)
left, middle, right = st.columns([3, 8, 4])
with left:
    agreement_view.time_line(versions, version, narrow)
with middle:
    agreement_view.actions(versions, version)
    agreement_view.document(versions, version)
with right:
    outcome_view.predicted_and_came(versions, version)
decision_log_view.show()
agreement_view.watch(versions)
proposing.show()
