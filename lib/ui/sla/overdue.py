"""Who is overdue, by owner, and what happens to them: escalated, reassigned or returned, one click each."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import inbox, sla
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.access.people import Side
from lib.core.handoffs.answered import Press, Written
from lib.core.handoffs.answers import Fate
from lib.core.sla.attainment import Waiting
from lib.core.sla.clocks import Answer, ClockState
from lib.ui.frame import elements, visitor
from lib.ui.frame.visitor import Visitor
from lib.ui.inbox import answering
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words

TABLE_PX = 320

EVERYBODY = "everybody"

ESCALATE, REASSIGN, RETURN = "Escalate", "Reassign", "Return"

RULES = (
    "What is overdue is **escalated** (a note says to whom; the owner stays), **reassigned** (the promise runs on; the "
    "new owner's own time starts now) or **returned** to marketing (rejected with a reason that sends it back to "
    "nurturing)."
)


def show(snapshot: Snapshot, narrow: bool) -> None:
    """The overdue hand-offs of one owner or all, each with what can be done about it."""
    overdue = [
        one
        for one in sla.waiting_for(snapshot.sales, present.minute(snapshot), Answer.DECISION)
        if one.state is ClockState.OVERDUE
    ]
    st.markdown("**Who is overdue, and what happens to them?**")
    if not overdue:
        st.caption("Nothing is overdue. " + RULES)
        return
    st.caption(RULES)
    asking, targets = _controls(snapshot)
    answering.done(asking, _may_words(asking), narrow)
    shown = _of_owner(snapshot, overdue)
    _table(snapshot, shown, asking, targets)


def _controls(snapshot: Snapshot) -> tuple[Visitor | None, dict[str, str]]:
    """Who asks, and to whom or why each of the three is done."""
    answers, having = (
        present.deployment().config.answers,
        sla.open_by_owner(snapshot.sales, present.minute(snapshot)),
    )
    names = {rep.rep_id: f"{sla.rep_name(snapshot.sales, rep.rep_id)} ({rep.rep_id})" for rep in snapshot.reps}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asking = visitor.ask()
        targets = {
            ESCALATE: st.selectbox(
                "Escalate to",
                [person.name for person in present.deployment().config.people if person.side is Side.SALES]
                or ["Head of sales"],
                key="escalate-to",
                width=220,
                help="The people of `people.yaml` on the side of sales.",
            ),
            REASSIGN: st.selectbox(
                "Reassign to",
                sorted((rep.rep_id for rep in snapshot.reps), key=lambda rep_id: (having.get(rep_id, 0), rep_id)),
                format_func=lambda rep_id: names.get(rep_id, rep_id),
                key="reassign-to",
                width=260,
                help="The rep with the fewest open hand-offs stands first.",
            ),
            RETURN: st.selectbox(
                "Return because",
                [one.code for one in answers.reasons if one.fate is Fate.RECYCLE],
                format_func=lambda code: answers.reason(code).label,
                key="return-because",
                width=280,
                help="The reasons of `reasons.yaml` after which a lead goes back to nurturing.",
            ),
        }
    return asking, {what: target or "" for what, target in targets.items()}


def _may_words(asking: Visitor | None) -> str:
    if asking is None:
        return "Say who you are to do one of them."
    return visitor.proof_words() if asking.side is Side.SALES else "Sales does this; marketing looks on."


def _of_owner(snapshot: Snapshot, overdue: Sequence[Waiting]) -> list[Waiting]:
    """Those of the owner chosen, the one overdue longest first within each owner."""
    having = Counter(one.owner or "" for one in overdue)
    by_name = sorted(having, key=lambda owner: (not owner, sla.rep_name(snapshot.sales, owner), owner))
    words = {EVERYBODY: f"Everybody {len(overdue):,}"}
    words |= {
        owner: f"{elements.plain(sla.rep_name(snapshot.sales, owner)) if owner else 'Nobody'} {having[owner]:,}"
        for owner in by_name
    }
    chosen = st.pills(
        "Owner",
        [EVERYBODY, *by_name],
        default=EVERYBODY,
        format_func=words.__getitem__,
        label_visibility="collapsed",
        key="overdue-owner",
    )
    rows = [one for one in overdue if chosen in (None, EVERYBODY) or (one.owner or "") == chosen]
    return sorted(rows, key=lambda one: (by_name.index(one.owner or ""), one.left_hours or 0.0))


def _table(snapshot: Snapshot, rows: Sequence[Waiting], asking: Visitor | None, targets: dict[str, str]) -> None:
    may = asking is not None and asking.side is Side.SALES
    of = sla.waiting(snapshot.sales, present.minute(snapshot))
    shown = waiting_words.table(snapshot, of, rows, Answer.DECISION)
    # A click names a row: in a table that has changed it would be another lead, so that is another widget.
    drawn = hash((snapshot.state.data, may, *(one.handoff_id for one in rows)))
    names = list(zip([one.lead_id for one in rows], shown["name"].tolist(), strict=True))
    actions = (ESCALATE, REASSIGN, RETURN) if may else ()
    st.dataframe(
        pd.concat([shown, pd.DataFrame({action: [action] * len(rows) for action in actions})], axis=1),
        key=f"overdue:{drawn}",
        hide_index=True,
        height=min(36 * (len(rows) + 1), TABLE_PX),
        placeholder="",
        column_order=["owner", "page", "name", "company", "left", *actions],
        column_config={
            "owner": "Owner",
            "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", width="small"),
            "name": "Name",
            "company": "Company",
            "left": st.column_config.TextColumn("Overdue by", help="Working time since the promise ended"),
            **{
                action: st.column_config.ButtonColumn(
                    "",
                    on_click=_do,
                    args=(action, tuple(rows), tuple(names), drawn),
                    key=f"{action}:{drawn}",
                )
                for action in actions
            },
        },
        alt=f"{count(len(rows), 'hand-off')} overdue, by owner",
    )


def _do(action: str, rows: Sequence[Waiting], names: Sequence[tuple[str, str]], drawn: int) -> None:
    """One click on one row: the event is written once, or what already happened is said."""
    asking = visitor.who()
    clicked = st.session_state[f"{action}:{drawn}"]
    if asking is None or clicked is None:
        return
    one, name = rows[clicked.row], names[clicked.row][1]
    targets = {ESCALATE: "escalate-to", REASSIGN: "reassign-to", RETURN: "return-because"}
    target = st.session_state[targets[action]]
    note = f"Overdue; escalated to {target}" if action == ESCALATE else "Overdue"

    def write(press: Press) -> Written:
        if action == ESCALATE:
            return inbox.note(present.deployment(), visitor.grant(), press)
        if action == REASSIGN:
            return inbox.assign(present.deployment(), visitor.grant(), press, target)
        return inbox.reject(present.deployment(), visitor.grant(), press, target)

    answering.answer(answering.press(one.handoff_id, f"{drawn}", note), name, write, noted=action == ESCALATE)
