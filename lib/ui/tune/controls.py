"""The draft's controls: a slider and a field for each criterion's points, caps, minimums and half-life."""

from dataclasses import replace

import streamlit as st

from lib.app import leads, outlook
from lib.app.snapshot import Snapshot
from lib.core.definition.criteria import Category, Criterion, Definition
from lib.core.definition.words import CATEGORY_TITLES, criterion_in_words, points_in_words
from lib.ui.frame import elements
from lib.ui.tune import below_line, criterion_dialog, tuning, widgets

POINTS_TOP = 50
"""Sliders reach this far at least; in steps of it further when points do."""

THRESHOLD_STEP = 10
"""The threshold's slider reaches this much further than the highest score under the agreed definition, rounded."""

MORE = ":material/more_vert:"


def threshold(snapshot: Snapshot) -> None:
    """The one control everybody looks at. It stands outside every fragment, so that a newer key overtakes."""
    draft, agreed = tuning.tuning().draft, snapshot.definition
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(
            f"Threshold (agreed {agreed.threshold})",
            1,
            _reach(
                THRESHOLD_STEP,
                outlook.agreed_top_score(snapshot) + THRESHOLD_STEP,
                agreed.threshold,
                draft.threshold,
            ),
            widgets.begins_with(widgets.THRESHOLD, draft.threshold),
            key=widgets.THRESHOLD,
            on_change=widgets.threshold_moved,
            help="A lead qualifies at the first instant its score reaches this many points with every gate open. "
            "Moving it only looks up what was counted for every threshold at once. Arrow keys move it by one.",
        )
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            below_line.control(snapshot, draft)
            st.toggle(
                "Customers too",
                bool(widgets.begins_with(widgets.CUSTOMERS, draft.customers)),
                key=widgets.CUSTOMERS,
                on_change=widgets.customers_switched,
                help="A lead that sales has won, and lost nothing of since, is a customer: from that instant on it is "
                "not handed over any more, and counts in no MQL figure. Switched on, customers are looked at like "
                "anybody. No score changes by it.",
            )


def criteria(snapshot: Snapshot) -> None:
    """The four categories, each with its criteria."""
    draft = tuning.tuning().draft
    for category in Category:
        _category(snapshot, draft, category)


def _category(snapshot: Snapshot, draft: Definition, category: Category) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{CATEGORY_TITLES[category]}**", width="content")
        _bounds(draft, category)
    for criterion in draft.of(category):
        _criterion(snapshot, criterion)
    st.button(
        "Add a criterion",
        key=f"add:{category}",
        icon=":material/add:",
        type="tertiary",
        on_click=criterion_dialog.begin_new,
        args=(category,),
    )


def _bounds(draft: Definition, category: Category) -> None:
    """The category's cap, minimum and half-life, folded into a button that says what they are."""
    with st.popover(_bounds_in_words(draft, category), type="tertiary", key=f"bounds:{category}"):
        if category is not Category.UNDESIRABLES:
            _number(
                widgets.cap_key(category),
                "Cap",
                draft.cap(category),
                lambda d, cap: d.with_cap(category, None if cap is None else int(cap)),
                least=0,
                absent="no cap",
                explanation="The category's sum never counts for more than this.",
            )
        if draft.of(category):
            _number(
                widgets.minimum_key(category),
                "Minimum",
                draft.minimum(category),
                lambda d, minimum: d.with_minimum(category, minimum),
                absent="no minimum",
                explanation="Below this value of the category alone nobody qualifies, whatever the total.",
            )
        if category is Category.ACTIONS:
            _number(
                widgets.HALF_LIFE,
                "Half-life in days",
                draft.half_life_days,
                lambda d, half_life: d.with_half_life(None if half_life is None else float(half_life)),
                least=1,
                absent="never fades",
                explanation="After so many days half of an action's points are left, after twice as many a quarter.",
            )


def _bounds_in_words(draft: Definition, category: Category) -> str:
    cap, minimum = draft.cap(category), draft.minimum(category)
    words = [] if category is Category.UNDESIRABLES else ["no cap" if cap is None else f"cap {cap}"]
    if minimum is not None:
        words.append(f"at least {minimum:g}")
    if category is Category.ACTIONS:
        words.append("never fades" if draft.half_life_days is None else f"½ in {draft.half_life_days:g} d")
    return " · ".join(words) or "no minimum"


def _number(  # type: ignore[no-untyped-def]
    key: str, label: str, value: float | None, changed, *, absent: str, explanation: str, least: int | None = None
) -> None:
    st.session_state.setdefault(key, value)
    if st.session_state[key] is not None:
        # One type for value, bounds and step: all these are shown in whole numbers unless they are not.
        st.session_state[key] = float(st.session_state[key])
    st.number_input(
        label,
        # A definition written as text may go lower; a control could not show it otherwise.
        min_value=None if least is None else min(float(least), st.session_state[key] or float(least)),
        value=None,
        step=1.0,
        format="%g",
        key=key,
        placeholder=absent,
        help=f"{explanation} Empty: {absent}.",
        on_change=widgets.number_changed,
        args=(key, changed),
    )


def _criterion(snapshot: Snapshot, criterion: Criterion) -> None:
    what = f"{elements.plain(criterion.label)}"
    touched = leads.touched(snapshot.leads, criterion)
    counted = f":small[:gray[{touched:,} leads]]"
    explanation = elements.plain(criterion_in_words(criterion)) + f". {touched:,} leads ever earn it."
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        if criterion.off or criterion.disqualify:
            state_word = "off" if criterion.off else points_in_words(criterion)
            shown = f"~~{what}~~" if criterion.off else what
            st.markdown(f":small[{shown}] {counted} :small[:gray-badge[{state_word}]]", help=explanation)
        else:
            _points(criterion, f"{what} {counted}", explanation)
        # Drawn only while it is open: a field and three buttons for every criterion would slow each key press.
        with st.popover(MORE, type="tertiary", key=widgets.more_key(criterion.id), on_change="rerun") as more:
            if more.open:
                _more(criterion)


def _points(criterion: Criterion, label: str, explanation: str) -> None:
    slider = widgets.points_key(criterion.id)
    top = _reach(POINTS_TOP, abs(criterion.points))
    against = criterion.category is Category.UNDESIRABLES
    st.slider(
        label,
        -top if against else 0,
        0 if against else top,
        widgets.begins_with(slider, criterion.points),
        key=slider,
        on_change=widgets.points_moved,
        args=(criterion.id,),
        help=explanation,
    )


def _more(criterion: Criterion) -> None:
    """What is done to a criterion less often: type its points, edit, switch off, remove."""
    if not (criterion.off or criterion.disqualify):
        against = criterion.category is Category.UNDESIRABLES
        key = widgets.typed_key(criterion.id)
        st.session_state.setdefault(key, criterion.points)
        st.number_input(
            "Points",
            min_value=None if against else 0,
            max_value=0 if against else None,
            step=1,
            key=key,
            on_change=widgets.points_typed,
            args=(criterion.id,),
        )
    st.button(
        "Edit",
        icon=":material/edit:",
        key=f"edit:{criterion.id}",
        on_click=criterion_dialog.begin_edit,
        args=(criterion.id,),
        width="stretch",
    )
    st.button(
        "Switch on" if criterion.off else "Switch off",
        icon=":material/toggle_on:" if criterion.off else ":material/toggle_off:",
        key=f"switch:{criterion.id}",
        on_click=_switch,
        args=(criterion.id,),
        width="stretch",
        help="A criterion that is off stays in the draft's text and counts for nothing.",
    )
    st.button(
        "Remove",
        icon=":material/delete:",
        key=f"remove:{criterion.id}",
        on_click=_remove,
        args=(criterion.id,),
        width="stretch",
    )


def _switch(criterion_id: str) -> None:
    draft = tuning.tuning().draft
    criterion = draft.criterion(criterion_id)
    tuning.change(draft.with_criterion(replace(criterion, off=not criterion.off)))


def _remove(criterion_id: str) -> None:
    draft = tuning.tuning().draft
    criterion = draft.criterion(criterion_id)
    without = draft.without_criterion(criterion_id)
    # The minimum of a category in which nothing can be earned is refused, and its control is gone too.
    tuning.change(without if without.of(criterion.category) else without.with_minimum(criterion.category, None))
    st.toast(f"Removed “{elements.plain(criterion.label)}”. Undo brings it back.", icon=":material/delete:")


def _reach(step: int, *values: int) -> int:
    """The lowest multiple of `step` that all values fit under."""
    return max(step, *(-(-value // step) * step for value in values))
