"""What the Agreement page says first: what is in force, what is to be done next, and who the visitor is in it."""

from collections.abc import Sequence

import streamlit as st

from lib.app.agreed import definition as definition_of
from lib.app.handoffs import going_live
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.agreement.document import proof_in_words
from lib.core.agreement.versions import Version, open_proposal
from lib.core.time.clock import default_as_of
from lib.ui.agreement import proposing, standing
from lib.ui.frame import elements, visitor
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words


def headline(snapshot: Snapshot, every: Sequence[Version]) -> None:
    """One sentence on what is in force and what is to be done next, and where old data is judged by another version."""
    here = standing.in_force(list(every))
    there = open_proposal(every)
    if there is not None:
        side = f" for {there.side}" if there.side else ""
        st.markdown(
            f"#### Version {there.number}, proposed by {elements.plain(there.proposed_by)}{side}, "
            f"waits for {' and '.join(there.missing)}. Version {here.number} is in force."
        )
        st.caption("Read it, and sign [at its foot](#signatures): one person of each side.")
    elif here.side is None:
        st.markdown(f"#### Both sides work by version {here.number}, which nobody has signed yet.")
    else:
        names = " and ".join(f"{elements.plain(one.who)} ({one.side}{proof_in_words(one)})" for one in here.signatures)
        since = f" since {waiting_words.said_at(here.starts_at)}" if here.starts_at is not None else ""
        st.markdown(f"#### Version {here.number} is in force{since}, signed by {names}.")
    for one in standing.waiting_for_start(list(every)):
        st.info(
            f"Version {one.number} is signed by both sides and begins on {waiting_words.said_at(one.starts_at or 0)}. "
            f"Until then version {here.number} is in force. {_meanwhile(snapshot, one, here)}",
            icon=":material/schedule:",
        )
    _old_data(snapshot, every, here)


def _meanwhile(snapshot: Snapshot, coming: Version, here: Version) -> str:
    """What a version that waits for its start would have handed over since both signed."""
    if not any(one.number == coming.number for one in snapshot.agreed.versions):
        return "What it would have handed over stands here once there are data from after both signed."
    would = going_live.would_have(snapshot, coming)
    return (
        f"Since both signed it would have handed over **{count(would.leads, 'lead')}** for the first time, "
        f"{would.only:,} of them not by version {here.number}, which would hand over {would.less:,} others."
    )


def _old_data(snapshot: Snapshot, every: Sequence[Version], here: Version) -> None:
    """That other pages look at data that ended before this version began, where they do."""
    then = standing.in_force(list(every), snapshot.as_of)
    # A few minutes behind is what pages remember, not old data.
    if then.number != here.number and default_as_of(present.now(), snapshot.as_of) == snapshot.as_of:
        st.info(
            f"The data ends on {present.now_in_words(snapshot)}, before version {here.number} began. The other pages "
            f"look at everything as of then, and so still by version {then.number}. What is handed over from now on "
            f"is handed over by version {here.number}.",
            icon=":material/history:",
        )


def you_are() -> None:
    """Who the visitor says they are, and what that allows."""
    visitor.ask()
    st.caption(standing.why_not_signer() if standing.signer() is None else visitor.proof_words())


def next_step(every: Sequence[Version]) -> None:
    """On a database on which nothing was ever proposed: what to do."""
    if len(every) > 1:
        return
    with st.container(border=True):
        st.markdown(
            "**What to do next.** Tune the definition together and press *Propose* there, or put the one that is there "
            "to both sides as it is. Sales and marketing each sign; then it is agreed, and this page becomes the "
            "document both work by."
        )
        with st.container(horizontal=True):
            st.page_link("decide/tune.py", label="Tune the definition", icon=":material/tune:")
            st.button(
                "Propose it as it is",
                icon=":material/send:",
                key="propose-first",
                on_click=proposing.begin,
                args=(definition_of(every[0]), "Both sides agree to what is in use."),
            )


def watch(every: Sequence[Version]) -> None:
    """Draw the page anew when somebody else has proposed, signed or withdrawn."""
    st.fragment(_watch, run_every=standing.SECONDS_BETWEEN_LOOKS, key="watch-versions")(list(every))


def _watch(seen: list[Version]) -> None:
    if standing.load() != seen:
        st.rerun()
