"""Who asks: until there is a sign-in, visitors say who they are, and nothing proves it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from lib.core.agreement.people import Side
from lib.ui.now import present

KEY = "visitor"
"""The box in which it is said."""

_IS = "visitor-is"
"""What was said: kept apart from the box, which is on many pages and forgets what a dialog tells it."""

NOT_PROOF = (
    "Nobody signs in yet: anybody can pick any name here, so a name beside a decision says who was picked, "
    "and is no proof of who it was."
)


@dataclass(frozen=True)
class Visitor:
    """Who a visitor says they are; `actor` is what the events they write name them by: a rep's id, else the name."""

    actor: str
    name: str
    side: Side
    is_rep: bool = False


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
    """The visitor, None until they have said who they are."""
    actor = st.session_state.get(_IS)
    return None if actor is None else everybody().get(actor)


def be(actor: str | None) -> None:
    """Say who the visitor is, on every page until the tab is closed; a callback's work."""
    st.session_state[_IS] = actor


def ask(on_change: Callable[[], None] = lambda: None) -> Visitor | None:
    """The box in which a visitor says who they are; the answer holds on every page until the tab is closed."""
    known = everybody()
    asking = who()
    st.session_state[KEY] = None if asking is None else asking.actor

    def said() -> None:
        be(st.session_state[KEY])
        on_change()

    st.selectbox(
        "You are",
        sorted(known, key=lambda one: (not known[one].is_rep, known[one].side, known[one].name)),
        index=None,
        format_func=lambda one: _label(known[one]),
        placeholder="Say who you are",
        key=KEY,
        on_change=said,
        width=300,
        help=NOT_PROOF,
    )
    return asking


def name_of(actor: str | None) -> str:
    """The name of whoever an event names as its actor; as written where nobody is known by it."""
    if not actor:
        return "Nobody named"
    known = everybody()
    return known[actor].name if actor in known else actor


def _label(one: Visitor) -> str:
    # Two reps may share a name, and a choice is known by its label.
    return f"{one.name} ({one.actor if one.is_rep else one.side})"
