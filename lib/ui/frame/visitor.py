"""Who asks: whoever signed in in this browser; where nobody signs in, whoever they say, which proves nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from lib.app.access import granting
from lib.app.access.sessions import Session
from lib.core.access.claims import NotLetIn
from lib.core.access.grants import Grant
from lib.core.access.people import Person, Side
from lib.core.access.rights import Right
from lib.core.errors import Fault
from lib.ui.frame import elements, live
from lib.ui.now import present

KEY = "visitor"
"""The box in which it is said."""

_IS = "visitor-is"
"""What was said: kept apart from the box, which is on many pages and forgets what a dialog tells it."""

SESSION_HEADER = "Handshake-Session"
"""In it the server tells which session the browser has; it takes none from outside."""

CLAIMED = (
    "Nobody signs in here: anybody at this machine can pick any name, so a name beside a decision says who was picked. "
    "It is kept as *claimed*, and is no proof of who it was."
)
SIGNED_IN = "You are who signed in; what you do is kept under your name."


@dataclass(frozen=True)
class Visitor:
    """Who a visitor is; `actor` is what the events they write name them by: a rep's id, else the name."""

    actor: str
    name: str
    side: Side | None
    is_rep: bool = False


def signs_in() -> bool:
    """Whether people sign in here; else they say who they are."""
    return present.deployment().sign_ins.settings is not None


def session() -> Session | None:
    """The open session of this browser; None where it has none: a tab without a server has none either."""
    number = st.context.headers.get(SESSION_HEADER)
    return None if number is None else present.deployment().sign_ins.sessions.numbered(number)


def is_in() -> bool:
    """Whether the visitor may see anything: also asked by the server, before any page."""
    return not signs_in() or _person() is not None


def stay() -> None:
    """Where people sign in, an open page hears of it when its session ends."""
    if signs_in():
        live.stay()


def sign_in_first() -> None:
    """What a page says that nobody should have come to."""
    st.markdown("#### You are not signed in, or not any more.")
    st.caption("Load this page anew: then you can sign in, and come back to it.")


def everybody() -> dict[str, Visitor]:
    """The reps, then the people of people.yaml who are none, by actor."""
    answering = [
        Visitor(rep.rep_id, rep.name or rep.rep_id, Side.SALES, is_rep=True) for rep in present.snapshot().reps
    ]
    names = {one.name for one in answering}
    others = [
        Visitor(one.name, one.name, one.side) for one in present.deployment().config.people if one.name not in names
    ]
    return {one.actor: one for one in [*others, *answering]}


def who() -> Visitor | None:
    """The visitor, None until they have signed in or said who they are."""
    if signs_in():
        return _signed_in()
    actor = _claimed()
    return None if actor is None else everybody().get(actor)


def grant() -> Grant:
    """What the visitor may write with, as of this moment: asked for where something is written, and never kept.

    Raises NotLetIn where people sign in and this one has not, or not any more.
    """
    if signs_in():
        here = session()
        if here is None or here.signed_in is None:
            raise NotLetIn(Fault("this browser", "has not signed in, or not any more", "Reload the page, and sign in."))
        return present.deployment().sign_ins.grant(here, _reps())
    asking = who()
    if asking is None:
        return granting.claimed()
    person = next((one for one in present.deployment().config.people if one.name == asking.name), None)
    rep = asking.actor if asking.is_rep else None
    return granting.claimed(person, rep=rep, name=asking.name)


def may(right: Right) -> bool:
    """Whether the visitor may do that: a button that they may not press says why."""
    return grant().may(right)


def proves_afresh() -> bool:
    """Whether a signature takes that the visitor proves anew who they are."""
    here = session()
    return signs_in() and here is not None and here.provider is not None


def proof_words() -> str:
    """How it is known here who somebody is, in a sentence or two."""
    return SIGNED_IN if signs_in() else CLAIMED


def be(actor: str | None) -> None:
    """Say who the visitor is, on every page and after a reload; a callback's work. Nothing where people sign in."""
    st.session_state[_IS] = actor
    here = session()
    if here is not None:
        present.deployment().sign_ins.sessions.claim(here.number, actor)


def ask(on_change: Callable[[], None] = lambda: None) -> Visitor | None:
    """Who the visitor is; where nobody signs in, the box in which they say so, for every page."""
    asking = who()
    if signs_in():
        if asking is not None:
            _signed_in_as(asking)
        return asking
    known = everybody()
    st.session_state[KEY] = None if asking is None else asking.actor

    def said() -> None:
        be(st.session_state[KEY])
        on_change()

    st.selectbox(
        "You are",
        sorted(known, key=lambda one: (not known[one].is_rep, known[one].side or "", known[one].name)),
        index=None,
        format_func=lambda one: _label(known[one]),
        placeholder="Say who you are",
        key=KEY,
        on_change=said,
        width=300,
        help=CLAIMED,
    )
    return asking


def _signed_in_as(asking: Visitor) -> None:
    """Who is signed in, as what, and the way out."""
    person = _person()
    with st.popover(elements.plain(asking.name), icon=":material/person:", key="signed-in", type="tertiary"):
        if person is not None:
            of = f", {person.side}" if person.side else ""
            st.caption(f"{' and '.join(sorted(person.roles)).capitalize()}{of}. {SIGNED_IN}")
        st.button("Sign out", icon=":material/logout:", help="In all your browsers.", on_click=_sign_out)


def _sign_out() -> None:
    here = session()
    if here is not None:
        present.deployment().sign_ins.sign_out(here)
    # Takes the browser to where the cookie goes, and from there to the sign-in.
    st.logout()


def name_of(actor: str | None) -> str:
    """The name of whoever an event names as its actor; as written where nobody is known by it."""
    if not actor:
        return "Nobody named"
    known = everybody()
    return known[actor].name if actor in known else actor


def _signed_in() -> Visitor | None:
    person = _person()
    if person is None:
        return None
    rep = granting.rep_of(person, _reps())
    return Visitor(rep or person.rep or person.name, person.name, person.side, is_rep=rep is not None)


def _person() -> Person | None:
    here = session()
    return None if here is None else present.deployment().sign_ins.person(here)


def _claimed() -> str | None:
    if _IS not in st.session_state:
        here = session()
        st.session_state[_IS] = None if here is None else here.claimed
    actor: str | None = st.session_state[_IS]
    return actor


def _reps() -> list[tuple[str, str | None]]:
    return [(rep.rep_id, rep.name) for rep in present.snapshot().reps]


def _label(one: Visitor) -> str:
    # Two reps may share a name, and a choice is known by its label.
    return f"{one.name} ({one.actor if one.is_rep else one.side or 'neither side'})"
