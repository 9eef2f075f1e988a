"""Handing over, for people: when it was done last, and a button that shows first who it would be."""

import pandas as pd
import streamlit as st

from lib.app import handing_over
from lib.app.handing_over import BY_COMMAND, BY_ITSELF, Run
from lib.app.handoffs import going_live
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.errors import Refused
from lib.core.handoffs.routing import Narrowed, Way
from lib.ui.frame import elements, lead_tables, visitor
from lib.ui.frame.visitor import Visitor
from lib.ui.inbox import routing
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words
from lib.ui.tune import below_line

ROWS_SHOWN = 500

TABLE_PX = 320

ASKED = "handing-over"

EXPLANATION = (
    "Everybody who has reached the agreed threshold, with every gate open, since the agreement began and has no open "
    "hand-off, each once, to the rep with the fewest open ones; and of the stock what the start plan releases. A lead "
    "that came back needs an action since."
)

WAYS_HELP = (
    "For the first time; again, after it came back; awakened: it was in stock and did something new; of the stock, as "
    "the start plan says; or drawn below the line."
)


def button() -> None:
    """The way to hand over now, and to see when that was done last."""
    st.button("Hand over", icon=":material/outbox:", key="hand-over", on_click=_ask, help=EXPLANATION)


def _ask() -> None:
    st.session_state[ASKED] = True


def show(asking: Visitor | None) -> None:
    """The dialog when it was asked for; called once by the page, when everything else is drawn."""
    if st.session_state.pop(ASKED, False):
        _dialog(asking)


def _standing() -> None:
    """What became of it last, and how often the app does it by itself."""
    every = routing.every_seconds()
    rhythm = "The app does not hand over by itself; `route` in `app.yaml` would say how often."
    if every is not None:
        rhythm = f"The app hands over by itself every {_time(every)}."
    last, before = routing.last_run(), handing_over.last_handed_over(present.deployment())
    if last is not None and last.refused is not None:
        elements.fault_box(last.refused, f"On {waiting_words.said_at(last.at)} nobody was handed over:")
    elif last is not None and last.handed_over:
        drawn = f", {last.below_line:,} of them below the line" if last.below_line else ""
        handed_over = f"{count(last.handed_over, 'lead')} by {_name(last.who)}"
        st.markdown(f"Last on **{waiting_words.said_at(last.at)}**: {handed_over}{drawn}.")
    elif last is not None and last.switched_on is not None:
        st.markdown(
            f"Begun on **{waiting_words.said_at(last.at)}**, by {_name(last.who)}, with "
            f"{count(last.switched_on, 'lead')} in stock that are not handed over."
        )
    elif last is not None:
        st.markdown(
            f"Looked last on **{waiting_words.said_at(last.at)}**, by {_name(last.who)}: nobody was to be handed over."
        )
    if before is not None and not (last is not None and last.handed_over):
        said = f"{count(before.leads, 'lead')} by {_name(before.who)}"
        st.markdown(f"Last handed over on **{waiting_words.said_at(before.at)}**: {said}.")
    elif before is None:
        st.markdown("Nobody was handed over from here yet.")
    st.caption(rhythm)


def _time(seconds: int) -> str:
    """A length of time as it stands after "every": "minute", "15 minutes", "2 hours"."""
    name, length = next(
        (name, length) for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)) if seconds % length == 0
    )
    return name if seconds == length else count(seconds // length, name)


def _name(who: str) -> str:
    named = {BY_COMMAND: "`route`", BY_ITSELF: BY_ITSELF}
    return named.get(who) or elements.plain(visitor.name_of(who))


@st.dialog("Hand over", width="large")
def _dialog(asking: Visitor | None) -> None:
    """When it was done last, who would be handed over now, and the button that does it."""
    _standing()
    with st.spinner("Looking who qualifies"):
        run = handing_over.rehearsed(present.deployment())
    if run.switched_on is not None:
        _begins(run, asking)
        return
    at = waiting_words.said_at(run.as_of)
    if not run.handed_over:
        st.markdown(f"Nobody waits to be handed over: whoever qualifies under the agreed definition is. As of {at}.")
        return
    # The dialog is run by itself, and asks once.
    snapshot = present.snapshot()
    whom = _narrowed(run)
    found = run.those(whom)
    besides = f": {run.ways_in_words}" if len(run.ways) > 1 or run.by_before else ""
    st.markdown(
        f"**{count(len(run.handed_over), 'lead')}** would be handed over now{besides}. As of {at}; nothing is done yet."
    )
    shown = routing.table(snapshot, found)
    _list(shown)
    sure = _is_sure(snapshot, len(found))
    with st.container(horizontal=True):
        pressed = st.button(
            f"Hand over {count(len(found), 'lead')}",
            type="primary",
            icon=":material/outbox:",
            key="hand-over-now",
            disabled=asking is None or not found or not sure,
            help="Say who you are first." if asking is None else None,
        )
        elements.all_as_csv(lambda: lead_tables.csv(shown), "would-be-handed-over.csv")
    if pressed and asking is not None:
        _hand_over(whom)


def _begins(run: Run, asking: Visitor | None) -> None:
    """Before it was ever switched on: what that means for who is in stock, and the button."""
    st.markdown(run.begins_in_words(waiting_words.said_at(run.as_of), would=True))
    pressed = st.button(
        "Begin handing over",
        type="primary",
        icon=":material/outbox:",
        key="hand-over-now",
        disabled=asking is None,
        help="Say who you are first." if asking is None else None,
    )
    if pressed and asking is not None:
        _hand_over(handing_over.EVERYBODY)


def _narrowed(run: Run) -> Narrowed:
    """Whom of them: by why they come, and the newest."""
    ways = [way for way in Way if run.ways[way]]
    left, right = st.columns([3, 1])
    with left:
        chosen = st.pills(
            "Whom",
            ways,
            default=ways,
            selection_mode="multi",
            format_func=lambda way: f"{routing.WAYS[way]} ({run.ways[way]:,})",
            key="hand-over-ways",
            help="Who is left out comes with the next run, also that of `route` or of the app by itself.",
        )
    with right:
        newest = st.number_input(
            "The newest",
            1,
            len(run.handed_over),
            None,
            placeholder="all",
            key="hand-over-newest",
            help="Of those on the left, so many who qualified last.",
        )
    return Narrowed(frozenset(Way(way) for way in chosen), newest)


def _list(shown: pd.DataFrame) -> None:
    st.dataframe(
        shown.head(ROWS_SHOWN),
        hide_index=True,
        height=min(36 * (len(shown) + 1), TABLE_PX),
        key="would-be-handed-over",
        column_order=["page", "name", "company", "qualified", "score", "why", "owner"],
        column_config={
            "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", width="small"),
            "name": "Name",
            "company": "Company",
            "qualified": st.column_config.DatetimeColumn("Qualified", format="D MMM YYYY, HH:mm"),
            "score": "Score",
            "why": st.column_config.TextColumn("Why now", help=f"{WAYS_HELP} {below_line.EXPLANATION}"),
            "owner": "To",
        },
        alt=f"{count(len(shown), 'lead')} that would be handed over, in the order they qualified",
    )
    if len(shown) > ROWS_SHOWN:
        st.caption(f"The first {ROWS_SHOWN:,} of {len(shown):,}; all of them are in the CSV.")


def _is_sure(snapshot: Snapshot, leads: int) -> bool:
    """Asked a second time where it is more than sales can take up in a day."""
    capacity = going_live.capacity_per_day(snapshot)
    if capacity is None or leads <= capacity:
        return True
    days = f"{leads / capacity:,.1f}".removesuffix(".0")
    return st.checkbox(
        f"Yes, {leads:,} at once: {days} working days of the {capacity:,.0f} leads that sales can take up in one, each "
        "with its promise running from now.",
        key=f"hand-over-sure:{leads}",
    )


def _hand_over(whom: Narrowed) -> None:
    try:
        run = routing.hand_over(visitor.grant(), whom)
    except Refused as refused:
        elements.fault_box(refused, "Nobody was handed over.")
        return
    said = f"{count(len(run.handed_over), 'lead')} handed over."
    st.toast(said if run.switched_on is None else "Handing over has begun.", icon=":material/outbox:")
    st.rerun()
