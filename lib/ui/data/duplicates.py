"""Leads that may be one person: found in the background, compared side by side, merged by a person, parted again."""

import pandas as pd
import streamlit as st

from lib.app import leads
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.errors import Refused
from lib.core.leads.duplicates import Duplicates, Pair
from lib.ui.frame import elements, jobs, lead_tables, visitor
from lib.ui.now import present

LOOKING = "duplicates"

PAIRS_SHOWN = 200

COMPARED = ("first_name", "last_name", "title", "company", "email", "phone", "country", "source", "owner")

REFUSED = "merge:refused"


def show(snapshot: Snapshot) -> None:
    """The whole part."""
    elements.section(
        "Who is there twice?",
        "duplicates",
        "Pairs of leads with one e-mail address (in either case, without a +tag; in Gmail's, dots mean nothing), then "
        "those whose names are 90 of 100 alike and companies 85, by the edits between them, words in any order. "
        "Only a person merges two, and can part them again.",
        snapshot,
    )
    if jobs.of(LOOKING) is None:
        _look()
    st.button("Look again", icon=":material/refresh:", on_click=_look)
    if jobs.watch(LOOKING, "No lead was compared."):
        _pairs(snapshot, jobs.of(LOOKING).result())  # type: ignore[union-attr]
    _merged()


def _look() -> None:
    deployment = present.deployment()
    jobs.start(LOOKING, "Looking for duplicates", lambda tell: leads.look_for_duplicates(deployment, tell))


def _pairs(snapshot: Snapshot, found: Duplicates) -> None:
    gone = {merge.gone for merge in leads.merges(present.deployment().stored())}
    left = [pair for pair in found.pairs if pair.first not in gone and pair.second not in gone]
    if found.not_compared:
        st.caption(
            f"{count(found.not_compared, 'lead')} stood in too large a crowd of one company to be compared by name."
        )
    if not left:
        st.caption(":material/check_circle: No two leads look like one person.")
        return
    shown = left[:PAIRS_SHOWN]
    people = leads.introduced(snapshot.leads, [lead for pair in shown for lead in (pair.first, pair.second)])
    st.markdown(f"**{count(len(left), 'pair')}** of leads may be one person each.")
    st.dataframe(
        pd.DataFrame(
            [
                (
                    lead_tables.lead_page(pair.first),
                    people[pair.first].name,
                    lead_tables.lead_page(pair.second),
                    people[pair.second].name,
                    people[pair.first].company,
                    pair.why,
                )
                for pair in shown
            ],
            columns=["first", "Name", "second", "Name of the other", "Company", "Why"],
        ),
        hide_index=True,
        placeholder="",
        height=min(36 * (len(shown) + 1), 260),
        column_config={
            "first": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$"),
            "second": st.column_config.LinkColumn("Other lead", display_text=r"id=(.*)$"),
        },
        alt=f"{count(len(shown), 'pair')} of leads that may be one person",
    )
    if shown:
        _compare(snapshot, shown, {lead_id: person.name for lead_id, person in people.items()})


def _compare(snapshot: Snapshot, pairs: list[Pair], names: dict[str, str]) -> None:
    """One pair side by side, and the buttons that make it one."""
    pair = st.selectbox(
        "Compare",
        pairs,
        format_func=lambda one: f"{names[one.first] or one.first} and {names[one.second] or one.second} ({one.why})",
        key="pair",
        width=620,
    )
    st.dataframe(
        _side_by_side(snapshot, pair),
        hide_index=True,
        placeholder="",
        height="content",
        column_config={"Field": st.column_config.TextColumn(width="small")},
        alt=f"Lead {pair.first} and lead {pair.second} side by side",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asking = visitor.ask()
        for kept, gone in ((pair.first, pair.second), (pair.second, pair.first)):
            st.button(
                f"Merge, keep {elements.plain(kept)}",
                key=f"keep:{kept}:{gone}",
                icon=":material/merge:",
                disabled=asking is None,
                on_click=_merge,
                args=(kept, gone),
            )
    st.caption(
        "The one kept keeps its fields; the activities and hand-off events of both count for it, also those that "
        "imports bring later. Nothing is lost: parted again, each has its own."
    )
    refused = st.session_state.pop(REFUSED, None)
    if refused is not None:
        elements.fault_box(refused, "Nothing was merged or parted.")


def _side_by_side(snapshot: Snapshot, pair: Pair) -> pd.DataFrame:
    handoffs = snapshot.handoffs.lead_id.to_pylist()
    rows: dict[str, list[str]] = {}
    for lead_id in (pair.first, pair.second):
        one = leads.lead(snapshot.leads, lead_id)
        told = {} if one is None else {name.replace("_", " "): one.fields.get(name) or "" for name in COMPARED}
        if one is not None:
            told["created"] = elements.moment(one.created_at)
            told["activities"] = f"{len(one.activities):,}"
        told["hand-offs"] = f"{handoffs.count(lead_id):,}"
        for name, text in told.items():
            rows.setdefault(name, []).append(text)
    known = {name: texts for name, texts in rows.items() if len(texts) == 2 and any(texts)}
    return pd.DataFrame([(name, *texts) for name, texts in known.items()], columns=["Field", pair.first, pair.second])


def _merge(kept: str, gone: str) -> None:
    asking = visitor.who()
    if asking is None:
        return
    try:
        leads.merge(present.deployment(), kept, gone, visitor.grant())
    except Refused as refused:
        st.session_state[REFUSED] = refused


def _merged() -> None:
    """The merges that stand, each of which can be parted."""
    standing = leads.merges(present.deployment().stored())
    if not standing:
        return
    st.markdown(f"**{count(len(standing), 'merge')}** {'stands' if len(standing) == 1 else 'stand'}.")
    st.dataframe(
        pd.DataFrame(
            [(lead_tables.lead_page(one.kept), one.gone, elements.local(one.at), one.who) for one in standing],
            columns=["page", "Part of it", "Merged", "By"],
        ),
        hide_index=True,
        column_config={
            "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$"),
            "Merged": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
        alt=f"{count(len(standing), 'merge')} that stand",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Part",
            standing,
            format_func=lambda one: f"{one.gone} from {one.kept}",
            key="parting",
            width=420,
        )
        who = visitor.who()
        st.button(
            "Part them again",
            icon=":material/call_split:",
            disabled=who is None,
            on_click=_part,
            args=(chosen.gone,),
            help=None if who else "Say who you are first, beside a pair or on the Inbox.",
        )


def _part(gone: str) -> None:
    asking = visitor.who()
    if asking is None:
        return
    try:
        leads.part(present.deployment(), gone, visitor.grant())
    except Refused as refused:
        st.session_state[REFUSED] = refused
