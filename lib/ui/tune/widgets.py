"""The controls' memory: their keys, the draft written into them, and what is done to the draft where one is moved."""

import math
import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.core.definition.criteria import Category, Definition
from lib.ui.frame.uninterrupted import uninterrupted
from lib.ui.now import present
from lib.ui.tune import tuning

ECHO_SECONDS = 1.0
"""So long after it was drawn, the browser has what was written into a control; it may say the old value till then."""

WITH_A_CLICK_SECONDS = 30.0
"""The same where the old value comes with a click on one of these: nobody moves a control in the moment of a click."""

UNDO, BACK = "undo", "back"
"""The buttons that write into controls, and are pressed several times in a row."""

THRESHOLD = "threshold"
HALF_LIFE = "half_life"
CUSTOMERS = "customers"


def points_key(criterion_id: str) -> str:
    return f"points:{criterion_id}"


def more_key(criterion_id: str) -> str:
    return f"more:{criterion_id}"


TYPED = "typed:"

BELOW_SHARE, BELOW_START = f"{TYPED}below-share", f"{TYPED}below-start"


def typed_key(criterion_id: str) -> str:
    return f"{TYPED}{criterion_id}"


def cap_key(category: Category) -> str:
    return f"cap:{category}"


def minimum_key(category: Category) -> str:
    return f"minimum:{category}"


def show_in_controls() -> None:
    """Write the draft into the controls' memory, before they are drawn: it is the draft that is true.

    What a visitor did to a control is in the draft by then, and a control whose run
    was overtaken before it was drawn would otherwise begin at its lowest value.
    """
    _written().clear()
    draft = tuning.tuning().draft
    remembered: dict[str, Any] = {
        THRESHOLD: draft.threshold,
        HALF_LIFE: draft.half_life_days,
        CUSTOMERS: draft.customers,
    }
    for category in Category:
        remembered[cap_key(category)] = draft.cap(category)
        remembered[minimum_key(category)] = draft.minimum(category)
    for criterion in draft.criteria:
        remembered[points_key(criterion.id)] = criterion.points
    for criterion in draft.criteria:
        if typed_key(criterion.id) in st.session_state:
            remembered[typed_key(criterion.id)] = criterion.points
    for key, value in remembered.items():
        show_in(key, value)
    for key in (BELOW_SHARE, BELOW_START):
        # Drawn only while their popover is open; they then begin with what the draft holds.
        st.session_state.pop(key, None)


def show_in(key: str, value: Any) -> None:
    """Write a value into a control's memory, before it is drawn."""
    # What is written is sent, and would pull a control that is being moved back to where it was.
    if key not in st.session_state:
        st.session_state[key] = value
        _written().add(key)
    elif st.session_state[key] != value:
        _overwritten()[key] = (st.session_state[key], math.inf)
        st.session_state[key] = value
        _written().add(key)


def begins_with(key: str, value: Any) -> Any:
    """What a control is to begin with, where the browser has never drawn it: its `value`.

    What was written into its memory is sent once, and lost where that run is overtaken before
    the browser has heard of it. The control would then begin at its lowest value, say so with the next
    click, and that would be done to the draft. None in the run that writes: Streamlit warns of both.
    """
    if key not in st.session_state:
        show_in(key, value)
    return None if key in _written() else value


def _written() -> set[str]:
    """The controls that this run writes a value into."""
    written: set[str] = st.session_state.setdefault("written", set())
    return written


def is_echo(key: str) -> bool:
    """Has nobody moved this control?

    With every click the browser says what all controls hold. One that has not heard yet
    what was just written into a control (an undo, another's change) says the old value,
    which would be done to the draft once more.
    """
    held, at = _overwritten().get(key, (None, -math.inf))
    is_clicked = any(st.session_state.get(button) for button in (UNDO, BACK))
    patience = WITH_A_CLICK_SECONDS if is_clicked else ECHO_SECONDS
    return time.monotonic() - at < patience and bool(st.session_state[key] == held)


def drawn() -> None:
    """The controls are drawn: what was written into them is on its way to the browser."""
    for key, (held, at) in _overwritten().items():
        _overwritten()[key] = (held, min(at, time.monotonic()))


def _overwritten() -> dict[str, tuple[Any, float]]:
    """What each control held before something else was written over it, and when that was drawn; inf: not yet."""
    held: dict[str, tuple[Any, float]] = st.session_state.setdefault("overwritten", {})
    return held


FIGURES, CHARTS, DETAILS, MOVERS = "figures", "charts", "details", "movers"
"""The fragments a moved control redraws, in this order; a newer key stops what an older one has not drawn yet."""

REDRAWN = [FIGURES, CHARTS, DETAILS, MOVERS]


def threshold_moved() -> None:
    """Only looks up the surface: the figures first, then what is drawn."""
    _moved(THRESHOLD, lambda draft, threshold: draft.with_threshold(threshold))


def points_moved(criterion_id: str) -> None:
    _moved(points_key(criterion_id), lambda draft, points: draft.with_points(criterion_id, points))


def _moved(key: str, changed: Callable[[Definition, int], Definition]) -> None:
    if _move(key, changed):
        st.rerun(REDRAWN)


@uninterrupted
def _move(key: str, changed: Callable[[Definition, int], Definition]) -> bool:
    """Do to the draft what was done to a control; is it enough to draw the figures and charts?"""
    if is_echo(key):
        return False
    value, current = int(st.session_state[key]), tuning.to_be_changed()
    before = current.draft
    tuning.change(changed(before, value), moving=True)
    current.moved_at = time.monotonic()
    # Otherwise all of the page: it has to ask, another control has moved along, or the data are to be read anew.
    alone = current.draft.below_line == before.below_line
    return alone and not (current.disputes or current.refused) and present.deployment().is_read()


@uninterrupted
def points_typed(criterion_id: str) -> None:
    if is_echo(typed_key(criterion_id)):
        return
    tuning.change(tuning.tuning().draft.with_points(criterion_id, int(st.session_state[typed_key(criterion_id)])))


@uninterrupted
def customers_switched() -> None:
    if is_echo(CUSTOMERS):
        return
    tuning.change(tuning.tuning().draft.with_customers(bool(st.session_state[CUSTOMERS])))


@uninterrupted
def number_changed(key: str, changed: Callable[[Definition, Any], Definition]) -> None:
    if is_echo(key):
        return
    tuning.change(changed(tuning.tuning().draft, st.session_state[key]))
