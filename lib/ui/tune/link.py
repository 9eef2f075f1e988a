"""The address as a link somebody follows: it reopens a draft and a window, and what of it means nothing is told."""

import streamlit as st

from lib.ui.frame import address, elements
from lib.ui.frame.window import looked_at
from lib.ui.tune import tuning


def tell_faults() -> None:
    """What of the address means nothing, each said once."""
    # What is asked for reads its part of the address.
    tuning.tuning()
    looked_at()
    for fault in address.noted():
        st.warning(elements.plain(fault), icon=":material/link_off:")


def write() -> None:
    """Make the address reopen this draft and window."""
    current, days = tuning.tuning(), looked_at()
    wanted = {
        "from": days.start.isoformat(),
        "to": days.end.isoformat(),
        **({"draft": current.name} if current.name else {}),
    }
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
