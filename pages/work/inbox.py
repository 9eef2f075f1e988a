"""Where sales answers: a rep's open MQLs by time left, one at a time."""

import streamlit as st

from lib.ui import answering, data, inbox_view, parts, promises, routing_view, viewport, visitor

if promises.is_empty():
    parts.nothing_yet("There are no leads yet", parts.HOW_TO_IMPORT)
    st.stop()
if not len(data.handoffs()):
    parts.nothing_yet("Nothing has been handed over yet", parts.HOW_TO_HAND_OVER)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asking = visitor.ask()
        routing_view.button()
    routing_view.show(asking)
    st.stop()

narrow = viewport.is_narrow()
asking, owner = inbox_view.whose()
if owner is None:
    parts.nothing_yet("Whose leads?", "Say who you are, or choose a rep above, to see which MQLs wait for an answer.")
    routing_view.show(asking)
    st.stop()

inbox_view.headline(owner)
answering.done(asking, inbox_view.KEYS, narrow)
first, second = st.columns([2, 3])
with first:
    items = inbox_view.which_list(owner)
    item = inbox_view.choose(items, narrow) if items else None
with second:
    if item is None:
        inbox_view.nothing_left()
    else:
        inbox_view.lead(item, items, asking)

answering.show(asking)
routing_view.show(asking)
