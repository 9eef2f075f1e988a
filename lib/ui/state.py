"""What one visitor is tuning: the draft, its past for undo, the window, and the widgets that show them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import streamlit as st

from lib.config.definition import read_definition, write_definition
from lib.core.clock import WINDOW_WEEKS
from lib.core.definition import Category, Definition
from lib.core.errors import Refused
from lib.core.whatif import Window
from lib.ui import data

UNDO_STEPS = 200


@dataclass
class Tuning:
    """One visitor's draft. `past` holds what it was before each change, the oldest first."""

    name: str | None
    draft: Definition
    saved: Definition
    past: list[Definition] = field(default_factory=list)

    @property
    def is_unsaved(self) -> bool:
        """Differs from what a saved draft, or the agreed definition, holds."""
        return self.draft != self.saved


def tuning() -> Tuning:
    """This visitor's tuning; the address says which draft, threshold and window to begin with."""
    if "tuning" not in st.session_state:
        st.session_state["tuning"] = _from_address()
    current: Tuning = st.session_state["tuning"]
    return current


def _from_address() -> Tuning:
    name = st.query_params.get("draft")
    agreed = data.agreed_definition()
    start = Tuning(None, agreed, agreed)
    if name is not None:
        saved = data.draft(name)
        if saved is None:
            _note_address_fault(f"There is no draft called “{name}”; this is the agreed definition.")
        else:
            start = Tuning(name, saved, saved)
    threshold = st.query_params.get("threshold")
    if threshold is None:
        return start
    if not _WHOLE_POINTS.fullmatch(threshold):
        _note_address_fault(f"“{threshold}” is no threshold; this one is {start.draft.threshold}.")
    elif int(threshold) != start.draft.threshold:
        start.past.append(start.draft)
        start.draft = start.draft.with_threshold(int(threshold))
    return start


_WHOLE_POINTS = re.compile(r"[1-9][0-9]{0,5}")


def _note_address_fault(sentence: str) -> None:
    st.session_state.setdefault("address_faults", []).append(sentence)


def address_faults() -> list[str]:
    """What of the address means nothing, in sentences, each said once."""
    tuning()
    window()
    return list(st.session_state.pop("address_faults", []))


def change(draft: Definition) -> None:
    """Take a changed draft; what it was can be had back by undo."""
    current = tuning()
    if draft == current.draft:
        return
    current.past = [*current.past, current.draft][-UNDO_STEPS:]
    current.draft = draft


def undo() -> None:
    """One change back; nothing when there is none."""
    current = tuning()
    if current.past:
        current.draft = current.past.pop()


def back_to_agreed() -> None:
    change(data.agreed_definition())


def open_draft(name: str | None) -> None:
    """Open a saved draft, or the agreed definition where there is no name."""
    saved = data.agreed_definition() if name is None else data.draft(name)
    if saved is None:
        st.toast(f"Somebody has deleted the draft “{name}”.", icon=":material/error:")
        return
    st.session_state["tuning"] = Tuning(name, saved, saved)


def save_as(name: str) -> None:
    """Save the draft under a name and go on tuning it."""
    current = tuning()
    data.save_draft(name, current.draft)
    current.name, current.saved = name, current.draft


def draft_text() -> str:
    return write_definition(tuning().draft)


def take_text(text: str) -> Refused | None:
    """Take the draft as YAML; what is wrong with it when it cannot mean anything, and then nothing has changed."""
    try:
        change(read_definition(text, "draft"))
    except Refused as refused:
        return refused
    return None


# Controls: widgets whose keys say which part of the draft they hold.

THRESHOLD = "threshold"
HALF_LIFE = "half_life"


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
    draft = tuning().draft
    remembered: dict[str, Any] = {THRESHOLD: draft.threshold, HALF_LIFE: draft.half_life_days}
    for category in Category:
        remembered[cap_key(category)] = draft.cap(category)
        remembered[minimum_key(category)] = draft.minimum(category)
    for criterion in draft.criteria:
        remembered[points_key(criterion.id)] = criterion.points
    for key, value in remembered.items():
        st.session_state[key] = value
    for key in [key for key in st.session_state if str(key).startswith(TYPED)]:
        # Drawn only while its popover is open; it then begins with the draft's points.
        del st.session_state[key]


FIGURES, CHARTS, DETAILS, MOVERS = "figures", "charts", "details", "movers"
"""The fragments a moved control redraws, in this order; a newer key stops what an older one has not drawn yet."""

REDRAWN = [FIGURES, CHARTS, DETAILS, MOVERS]


def threshold_moved() -> None:
    """Only looks up the surface: the figures first, then what is drawn."""
    before = tuning().draft.below_line
    change(tuning().draft.with_threshold(int(st.session_state[THRESHOLD])))
    if tuning().draft.below_line == before:
        st.rerun(REDRAWN)


def points_moved(criterion_id: str) -> None:
    change(tuning().draft.with_points(criterion_id, int(st.session_state[points_key(criterion_id)])))
    st.rerun(REDRAWN)


def points_typed(criterion_id: str) -> None:
    change(tuning().draft.with_points(criterion_id, int(st.session_state[typed_key(criterion_id)])))


def number_changed(key: str, changed: Callable[[Definition, Any], Definition]) -> None:
    change(changed(tuning().draft, st.session_state[key]))


# The window.

WINDOWS = (4, 13, 26, 52)
"""Whole weeks up to now, to choose from; any other days can be picked."""


def window() -> Window:
    """The days looked at, from the address or the picker; by default the last 26 whole weeks."""
    if "window" not in st.session_state:
        st.session_state["window"] = _window_from_address() or data.default_window()
    current: Window = st.session_state["window"]
    return current


def _window_from_address() -> Window | None:
    first, end = (st.query_params.get(key, "") for key in ("from", "to"))
    if not (first or end):
        return None
    try:
        return Window(date.fromisoformat(first), date.fromisoformat(end), str(data.zone()))
    except ValueError:
        asked = f"From “{first}” to “{end}”, the day after the last, there are no days"
        _note_address_fault(f"{asked}; these are the last {WINDOW_WEEKS} whole weeks.")
        return None


def show_weeks(weeks: int) -> None:
    """Look at so many whole weeks up to now."""
    end = data.default_window().end
    st.session_state["window"] = Window(end - timedelta(weeks=weeks), end, str(data.zone()))


def show_days(first: date, last: date) -> None:
    """Look at the days from `first` to `last`, both included."""
    st.session_state["window"] = Window(first, last + timedelta(days=1), str(data.zone()))


def write_address() -> None:
    """Make the address reopen this draft, threshold and window."""
    current, days = tuning(), window()
    wanted = {
        "threshold": str(current.draft.threshold),
        "from": days.start.isoformat(),
        "to": days.end.isoformat(),
        **({"draft": current.name} if current.name else {}),
    }
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
