"""What a press on the Agreement page came to: written, and told once the page is drawn anew."""

from collections.abc import Callable

import streamlit as st

from lib.core.agreement.versions import Version, VersionState
from lib.core.errors import Refused
from lib.ui.frame import elements

ADDRESS = "version"
"""What the address calls the version that is shown."""

NOT_DONE, DONE = "agreement-not-done", "agreement-done"


def carry_out(version: Version, what: str, write: Callable[[], Version]) -> None:
    """Write, and remember for the next drawing what came of it."""
    try:
        after = write()
    except Refused as refused:
        st.session_state[NOT_DONE] = refused
        return
    st.query_params[ADDRESS] = str(version.number)
    st.session_state[DONE] = f"Version {version.number} is {what}." + (
        " Both sides have agreed." if after.state is VersionState.AGREED else ""
    )


def done() -> None:
    """What the visitor's last press came to."""
    if NOT_DONE in st.session_state:
        elements.fault_box(st.session_state.pop(NOT_DONE), "Nothing was written.")
    if DONE in st.session_state:
        st.toast(st.session_state.pop(DONE), icon=":material/handshake:")
