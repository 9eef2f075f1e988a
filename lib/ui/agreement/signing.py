"""Signing a version: what a signature means, and the button."""

import streamlit as st

from lib.core.access.grants import Grant
from lib.core.agreement.versions import Version
from lib.ui.agreement import pressed, standing
from lib.ui.frame import elements, visitor
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words


def button(version: Version, by: Grant) -> None:
    """The button by which a person signs for their side, and what that means."""
    last = version.missing == (by.side,)
    with st.popover(f"Sign for {by.side}", icon=":material/draw:", key=f"sign:{version.number}", type="primary"):
        follows = "Both sides have then signed it" if last else f"It then waits for {_other(version, by)}"
        start = _begins(version) if last else ""
        st.markdown(
            f"You sign version {version.number} as **{elements.plain(by.name)}**, for {by.side}, having read the text "
            f"whose hash begins with `{version.sha256[:12]}`. {follows}{start}. A signature cannot be taken back."
        )
        if visitor.proves_afresh():
            st.caption("To sign, you prove once more that it is you. You come back to this page.")
            st.button(
                f"Prove it and sign version {version.number}",
                type="primary",
                key=f"sign-afresh:{version.number}:{version.sha256}",
                icon=":material/verified_user:",
                on_click=standing.sign_afresh,
                args=(version,),
            )
            return
        st.button(
            f"Sign version {version.number}",
            type="primary",
            key=f"sign-now:{version.number}:{version.sha256}",
            on_click=pressed.carry_out,
            args=(version, "signed", lambda: standing.sign(version)),
        )


def _begins(version: Version) -> str:
    stated = version.stated_start
    if stated is None or stated <= present.now():
        return ", and it is in force at once"
    return f", and it is in force from {waiting_words.said_at(stated)}"


def _other(version: Version, by: Grant) -> str:
    return " and ".join(side for side in version.missing if side is not by.side)
