"""The history of the draft that is open, back to any point of it by anybody, and the drafts that were deleted."""

import pandas as pd
import streamlit as st

from lib.core.definition.criteria import Definition
from lib.core.definition.drafting import Step
from lib.core.definition.words import differences
from lib.core.time.clock import from_microseconds
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.now.drafts import shared
from lib.ui.tune import tuning

EDITS_SHOWN = 60
"""At first; as many again at each "Earlier"."""

SENTENCES = 4

DELETED_SHOWN = 20

_ASKED, _REACH = "history-asked", "history-reach"


def begin() -> None:
    """Open the dialog; a callback for a button."""
    st.session_state[_ASKED] = True
    st.session_state[_REACH] = EDITS_SHOWN


def show() -> bool:
    """The dialog when it was asked for; False where it was not."""
    asked = bool(st.session_state.pop(_ASKED, False))
    if asked:
        tuning.in_dialog()
        _dialog()
    return asked


@st.dialog("History of the draft", width="large", on_dismiss="rerun")
def _dialog() -> None:
    """The newest step first, each with what it changed; a click makes the draft what it was after it."""
    current = tuning.tuning()
    if current.name is None:
        st.markdown("This is the agreed definition: nobody has changed anything yet. The first change begins a draft.")
    _deleted(expanded=current.name is None)
    if current.name is not None:
        _steps(current.name, current.draft)


def _steps(name: str, draft: Definition) -> None:
    reach = st.session_state[_REACH]
    done, earlier = shared().history(name, reach)
    st.caption(
        f"“{elements.plain(name)}”. Going back is a change like any other: it is kept, everybody sees it, "
        "and nothing after that point is lost."
    )
    for number, step in reversed(list(enumerate(done))):
        _step(number, step, is_now=step.after == draft)
    if earlier:
        st.button("Earlier", key="history-earlier", type="tertiary", on_click=_further)


def _deleted(*, expanded: bool) -> None:
    """The drafts that somebody deleted, the latest first; a click brings one back."""
    gone = shared().deleted()[:DELETED_SHOWN]
    if not gone:
        return
    with st.expander("Deleted drafts", icon=":material/delete:", expanded=expanded):
        st.caption("A draft that is brought back has its history, and its address opens it again, for everybody.")
        for one in gone:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(
                    f"“{elements.plain(one.name)}”  \n:gray[{_moment(one.at)}, by {elements.plain(one.who)}]",
                    width="stretch",
                )
                if st.button("Bring back", key=f"bring-back:{one.name}", icon=":material/restore_from_trash:"):
                    tuning.bring_back(one.name)
                    st.rerun()


def _moment(at: int) -> str:
    when = pd.Timestamp(from_microseconds(at)).tz_convert(present.zone())
    return f"{when.day} {when:%b, %H:%M:%S}"


def _further() -> None:
    st.session_state[_REACH] += EDITS_SHOWN


def _step(number: int, step: Step, *, is_now: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{elements.plain(step.who)}** :gray[{_moment(step.at)}]  \n{_in_words(step)}", width="stretch")
        if is_now:
            st.markdown(":violet-badge[now]", width="content")
        elif st.button("Back to here", key=f"history:{number}", icon=":material/restore:"):
            tuning.change(step.after)
            st.rerun()


def _in_words(step: Step) -> str:
    if step.before is None:
        return "Began the draft"
    said = [elements.plain(sentence) for sentence in differences(step.before, step.after)]
    more = len(said) - SENTENCES
    return " · ".join([*said[:SENTENCES], f"and {more} more"] if more > 0 else said) or "Wrote it in another order"
