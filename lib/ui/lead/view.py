"""The parts of the Lead page: find one, its verdict in a sentence, its course, its points, its gates."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from lib.app import leads, sla
from lib.app.snapshot import Snapshot
from lib.charts import lead as charts_of
from lib.charts.language import amount
from lib.core.definition import earning
from lib.core.definition.conditions import known
from lib.core.definition.criteria import Definition, FieldMatch
from lib.core.definition.earning import ScoredActivity, Turned
from lib.core.definition.scoring import Explanation
from lib.core.definition.words import CATEGORY_TITLES, points_in_words
from lib.core.leads.changes import NotedChange
from lib.core.leads.history import Lead
from lib.core.time.clock import from_microseconds
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.tune import below_line, tuning

LEADS_OFFERED = 50

AGREED, DRAFT = "agreed", "draft"


def find(snapshot: Snapshot) -> Lead | None:
    """The lead of the address, or the one chosen from a search; None until there is one."""
    wanted = st.query_params.get("id")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Find a lead",
            type="search",
            placeholder="Name, company, title, e-mail or id",
            key="lead-words",
            help="Every word has to occur somewhere in the lead's name, company, title, e-mail or id.",
        )
    if words.strip():
        _offer(words)
    elif wanted is None:
        _offer("")
    if wanted is None:
        return None
    lead = leads.lead(snapshot.leads, wanted)
    if lead is None:
        st.warning(
            f"There is no lead with the id {elements.plain(wanted)}. Find it by name above.", icon=":material/link_off:"
        )
    elif lead.created_at > snapshot.as_of:
        st.warning(
            f"This lead is dated {_moment(lead.created_at):%d %b %Y}, later than now: it counts from then on.",
            icon=":material/schedule:",
        )
        return None
    return lead


def _offer(words: str) -> None:
    found = leads.find(present.deployment().stored(), words, LEADS_OFFERED)
    if not found:
        st.caption(f"No lead's name, company, title, e-mail or id has “{elements.plain(words)}” in it.")
        return
    if words:
        st.caption(f"The best {len(found)}." if len(found) == LEADS_OFFERED else f"{len(found)} found.")
    else:
        st.caption("The newest leads. Choose one, or search.")
    chosen = st.dataframe(
        pd.DataFrame([{"Name": p.name, "Company": p.company, "Title": p.title, "E-mail": p.email} for p in found]),
        hide_index=True,
        height=min(36 * (len(found) + 1), 300),
        on_select="rerun",
        selection_mode="single-row",
        key=f"found:{words}",
        alt="Leads found; choosing a row opens the lead",
    )
    rows = chosen.selection.rows
    if rows and found[rows[0]].lead_id != st.query_params.get("id"):
        st.query_params["id"] = found[rows[0]].lead_id
        st.rerun()


def which_definition(agreed: Definition) -> Definition:
    """The agreed definition, or the draft of the address or of this session where it differs."""
    name, draft = tuning.tuning().name, tuning.tuning().draft
    if draft == agreed:
        return agreed
    words = {DRAFT: f"the draft “{elements.plain(name or '')}”", AGREED: "the agreed definition"}
    chosen = st.segmented_control(
        "Scored under",
        [DRAFT, AGREED],
        default=DRAFT,
        format_func=words.__getitem__,
        required=True,
        key="scored-under",
    )
    return draft if chosen == DRAFT else agreed


def introduction(snapshot: Snapshot, lead: Lead, explained: Explanation) -> None:
    """Who it is, and the verdict in a sentence made from its numbers."""
    values = {name: known(text) for name, text in lead.fields.items()}
    name = " ".join(filter(None, [values["first_name"], values["last_name"]])) or lead.lead_id
    at = " at ".join(elements.plain(text) for text in (values["title"], values["company"]) if text)
    st.markdown(f"### {elements.plain(name)}" + (f" :gray[{at}]" if at else ""))
    st.markdown(_verdict(explained))
    below_line.mark(sla.of_one(snapshot.sales, lead.lead_id))


def _verdict(explained: Explanation) -> str:
    score = f"**{amount(explained.score)}** of {explained.threshold} points now"
    qualified = explained.qualification
    if qualified:
        when = _moment(qualified.at)
        on = f"**{elements.day(when)}** at {when:%H:%M}"
        return f":material/check_circle: Qualified on {on} with {qualified.score} points; {score}."
    closed = [gate.sentence for gate in explained.gates if not gate.is_open]
    short = explained.threshold - explained.score
    why = []
    if short > 0:
        why.append(f"{short} {'point is' if short == 1 else 'points are'} missing")
    why += [f"the gate “{elements.plain(sentence.replace('_', ' '))}” is closed" for sentence in closed]
    reason = " and ".join(why) or "whenever the score was high enough, a gate was still closed"
    return f":material/do_not_disturb_on: Has not qualified: {reason}; {score}."


def course(snapshot: Snapshot, definition: Definition, lead: Lead, explained: Explanation) -> None:
    looks = leads.course(snapshot, definition, lead)
    elements.chart(
        charts_of.score_over_time(
            [_moment(at) for at, _ in looks],
            [score.total for _, score in looks],
            definition.threshold,
            _moment(explained.qualification.at) if explained.qualification else None,
        ),
        key="course",
    )


def changes(definition: Definition, lead: Lead) -> None:
    """How its fields came to be what they are, and what that did to its score; nothing where no change is known."""
    noted = leads.changes(present.deployment().stored(), lead.lead_id)
    if not noted:
        return
    did = earning.turned(definition, lead)
    st.markdown(
        "**What was known when**",
        help="Every change of a field that is known. The score at an instant goes by what the fields were then; before "
        "its first change a field was what that one says. *seen by an import*: nobody said when it changed, and an "
        "import saw it first then.",
    )
    st.dataframe(
        pd.DataFrame(
            {
                "When": [_moment(one.at) for one in noted],
                "Field": [one.field.removeprefix("extra.").replace("_", " ") for one in noted],
                "Was": [one.before or "" for one in noted],
                "Became": [one.value or "" for one in noted],
                "Score": [_did(one, did) for one in noted],
                "Dated by": ["seen by an import" if one.by_import else "its source" for one in noted],
            }
        ),
        hide_index=True,
        height=min(36 * (len(noted) + 1), 320),
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Score": st.column_config.TextColumn(help="The criteria that began to hold then, and those that ceased to"),
        },
        alt="The changes of the lead's fields, the newest first, with what each did to its score",
    )


def _did(one: NotedChange, did: Mapping[int, Turned]) -> str:
    """The criteria that ask for the field and began to hold then, with a plus, or ceased to, with a minus."""
    turned = did.get(one.at, Turned((), ()))
    return ", ".join(
        f"{sign} {criterion.label}"
        for sign, criteria in (("+", turned.begun), ("−", turned.ended))
        for criterion in criteria
        if isinstance(criterion.match, FieldMatch)
        and any(condition.field == one.field for condition in criterion.match.conditions)
    )


def activities(snapshot: Snapshot, definition: Definition, lead: Lead) -> None:
    """What the lead did, as a time line and as a table with the criterion each earned."""
    scored = leads.scored_activities(snapshot, definition, lead)
    elements.chart(
        charts_of.activity_time_line(
            [_moment(one.activity.at) for one in scored],
            [one.activity.kind for one in scored],
            [one.activity.subject for one in scored],
            [one.points for one in scored],
        ),
        key="time-line",
    )
    if not scored:
        return
    shown = pd.DataFrame(
        {
            "When": [_moment(one.activity.at) for one in scored],
            "What": [one.activity.kind.replace("_", " ") for one in scored],
            "Subject": [one.activity.subject or "" for one in scored],
            "Amount": [one.activity.amount for one in scored],
            "Points": [one.points for one in scored],
            "Earned": [", ".join(_earned(one)) for one in scored],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=min(36 * (len(scored) + 1), 320),
        placeholder="",
        # Few activities have an amount, and what they earned is to be seen without scrolling.
        column_order=[str(name) for name in shown if name != "Amount" or shown[name].notna().any()],
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Points": st.column_config.NumberColumn(help="In full, before fading and caps"),
        },
        alt="What the lead did, the newest first, with the points each activity earned",
    )


def _earned(one: ScoredActivity) -> list[str]:
    return [*(criterion.label for criterion in one.criteria), *["looks like a machine's"] * one.by_machine]


def points(explained: Explanation) -> None:
    """What each criterion gave, and what fading and caps took; the rows sum to the score's total."""
    elements.chart(charts_of.explanation(explained.rows(), explained.total, explained.threshold), key="waterfall")
    with st.expander("As a table"):
        elements.table(
            [
                *((label, f"{given:,.2f}") for label, given in explained.rows()),
                ("Total", f"{explained.total:,.2f}"),
            ],
            heading="Points",
            alt="Every criterion the lead earned, and what fading and caps took",
        )
        for category in explained.categories:
            for one in category.contributions:
                each = f"{len(one.hits)} × {points_in_words(one.criterion)}"
                st.caption(
                    f"{elements.plain(one.criterion.label)}: {each}, {CATEGORY_TITLES[category.category].lower()}"
                )


def gates(explained: Explanation) -> None:
    """The conditions besides the threshold, open or closed."""
    with st.container(border=True):
        st.markdown("**Gates**", help="Besides reaching the threshold, every one of these must be open to qualify.")
        for gate in explained.gates:
            icon, word = ("check", "open") if gate.is_open else ("block", "closed")
            st.markdown(f":material/{icon}: {elements.plain(gate.sentence.replace('_', ' '))}: **{word}**")


def fields(lead: Lead) -> None:
    """Everything known of the lead."""
    with st.expander("What is known of this lead"):
        rows = {name.removeprefix("extra.").replace("_", " "): known(text) for name, text in lead.fields.items()}
        elements.table(
            [("id", lead.lead_id), *((name, text) for name, text in rows.items() if text)],
            heading="",
            alt="The lead's fields that are known",
        )


def _moment(microseconds: int) -> "pd.Timestamp":
    return pd.Timestamp(from_microseconds(microseconds)).tz_convert(present.zone())
