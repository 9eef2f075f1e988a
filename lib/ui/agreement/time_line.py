"""The versions as a time line, and which of them is shown."""

from collections.abc import Sequence

import streamlit as st

from lib.core.agreement.versions import Version, VersionState, open_proposal
from lib.ui.agreement import pressed
from lib.ui.agreement import standing as agreement_standing
from lib.ui.frame import elements
from lib.ui.sla import waiting as waiting_words

CHOSEN = "version-chosen"

TIME_LINE_PX = 640


def chosen(every: Sequence[Version]) -> Version:
    """The version of the address; without one the open proposal, else the one in force. An unknown one is told."""
    numbers = {str(one.number): one for one in every}
    asked = st.query_params.get(pressed.ADDRESS)
    if asked is not None and asked not in numbers:
        st.warning(
            f"There is no version “{elements.plain(asked)}”; this is the one that matters most now.",
            icon=":material/link_off:",
        )
        del st.query_params[pressed.ADDRESS]
    there = numbers.get(asked or "")
    return there or open_proposal(every) or agreement_standing.in_force(list(every))


def show(every: Sequence[Version], shown: Version, narrow: bool) -> None:
    """Every version, the newest on top; choosing one shows it, and the address then says which."""
    standing = {one.number: _standing(every, one) for one in every}
    numbers = sorted(standing, reverse=True)
    known = {one.number: one for one in every}
    # What the address says is true; the widget follows it.
    st.session_state[CHOSEN] = shown.number
    if narrow:
        st.selectbox(
            "Version",
            numbers,
            key=CHOSEN,
            format_func=lambda number: f"Version {number}: {standing[number][0]}",
            on_change=_choose,
        )
        return
    with st.container(height=TIME_LINE_PX if len(numbers) > 8 else "content", border=False):
        st.radio(
            "Versions",
            numbers,
            key=CHOSEN,
            format_func=lambda number: f"Version {number} :{standing[number][1]}-badge[{standing[number][0]}]",
            captions=[_when(known[number]) for number in numbers],
            on_change=_choose,
            help="The newest is on top. Nothing here is ever edited or deleted.",
        )


def _choose() -> None:
    st.query_params[pressed.ADDRESS] = str(st.session_state[CHOSEN])


def _standing(every: Sequence[Version], version: Version) -> tuple[str, str]:
    """Where a version stands now, in few words, and the colour of that."""
    if version.number == agreement_standing.in_force(list(every)).number:
        return "in force", "gray"
    if version.state is VersionState.PROPOSED:
        return f"waits for {' and '.join(version.missing)}", "violet"
    if version.state is VersionState.AGREED and version.starts_at is not None:
        return f"agreed, from {waiting_words.said_at(version.starts_at)}", "blue"
    return version.state.value, "gray"


def _when(version: Version) -> str:
    if version.side is None:
        return "from the configuration"
    return f"by {elements.plain(version.proposed_by)}, {waiting_words.said_at(version.proposed_at)}"
