"""The data-quality board: each figure says what it counts, how to mend it, and shows its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts.language import count, percent
from lib.core.exchange.soundness import LATE_DAYS, FieldKnown, Finding
from lib.core.handoffs.problems import REMEDIES, ProblemKind
from lib.ui.data import machines, problems, soundness
from lib.ui.data.importing import TABLE_WORDS
from lib.ui.frame import elements, lead_tables
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import present

ROWS_SHOWN = 200

FIGURES_A_ROW = 4


@dataclass(frozen=True)
class QualityCheck:
    """One thing that is looked for: what it is called, what it counts, and how it is mended."""

    key: str
    title: str
    counts: str
    mend: str


FINDINGS: dict[Finding, QualityCheck] = {
    Finding.LATE: QualityCheck(
        "late",
        "Arrived late",
        f"Activities and events more than {LATE_DAYS} days older than what an earlier import had brought already. They "
        "count as of their own instant, so figures of past weeks have changed since.",
        "Nothing is wrong with the rows. Export more often, or all of a period at once.",
    ),
    Finding.AHEAD: QualityCheck(
        "ahead",
        "Later than their import",
        "Activities, events and changes of fields whose instant is later than the import that brought them: a clock "
        "that is ahead, or a time zone read wrongly. They count once that instant has passed.",
        "Say the system's time zone in its mapping (`time_zone`), take the import back and import again.",
    ),
    Finding.BEFORE: QualityCheck(
        "before",
        "Answered before the hand-over",
        "Events up to an hour before the lead was first handed over: two systems whose clocks disagree. They belong to "
        "no hand-off and count for nothing.",
        "Set the clocks, or hand the lead over by the earlier of the two instants.",
    ),
    Finding.FUTURE: QualityCheck(
        "future",
        "In the future",
        "Leads, activities, events and changes of fields later than the instant everything is looked at. They count "
        "for nothing yet.",
        "Mostly dates read with day and month exchanged: say the date format in the mapping and import again.",
    ),
    Finding.OWNER: QualityCheck(
        "owner",
        "Owner is no rep",
        "Leads and assignments whose owner is none of the reps: the default calendar applies, and nobody's inbox "
        "shows them by name.",
        "Import the reps (`rep_id`, `name`, `team`), or map the system's owner ids to them.",
    ),
}

PROBLEMS: dict[ProblemKind, QualityCheck] = {
    ProblemKind.REJECTED_ROW: QualityCheck(
        "rejected",
        "Rows not loaded",
        "Rows of files that could not be used, with their file, line and reason.",
        REMEDIES[ProblemKind.REJECTED_ROW],
    ),
    ProblemKind.ORPHAN: QualityCheck(
        "orphan",
        "Wait for their lead",
        "Rows about a lead that nobody knows yet, and events that belong to no hand-off.",
        REMEDIES[ProblemKind.ORPHAN],
    ),
    ProblemKind.UNKNOWN_VALUE: QualityCheck(
        "value",
        "Values not understood",
        "Values that are not of their column's type, such as `201-500` employees, each counted once however many rows "
        "hold it. The rows are loaded without the value.",
        REMEDIES[ProblemKind.UNKNOWN_VALUE],
    ),
    ProblemKind.REPEAT: QualityCheck(
        "repeat",
        "Repeated events",
        "Events that are not the first of their kind in a hand-off. The first one counts.",
        REMEDIES[ProblemKind.REPEAT],
    ),
    ProblemKind.CONTRADICTION: QualityCheck(
        "contradiction",
        "Contradictions",
        "Events that say otherwise than sales decided before. The first decision stands.",
        REMEDIES[ProblemKind.CONTRADICTION],
    ),
    ProblemKind.UNKNOWN_REASON: QualityCheck(
        "reason",
        "Unknown reasons",
        "Rejections without a reason, or with one that `reasons.yaml` does not know. They are kept as written.",
        REMEDIES[ProblemKind.UNKNOWN_REASON],
    ),
    ProblemKind.CURRENCY: QualityCheck(
        "currency",
        "Other currencies",
        "Amounts in another currency than most. They are left out of sums.",
        REMEDIES[ProblemKind.CURRENCY],
    ),
    ProblemKind.TIE: QualityCheck(
        "tie",
        "Ties",
        "Two events of one kind at the same instant that say otherwise. Which counts is decided by what they say, the "
        "same way for every lead and in whatever order they came.",
        REMEDIES[ProblemKind.TIE],
    ),
    ProblemKind.TWICE: QualityCheck(
        "twice",
        "Said twice",
        "Rows of a file that give a field another value at the same instant than a later row of it, which counts.",
        REMEDIES[ProblemKind.TWICE],
    ),
    ProblemKind.EARLY_CHANGE: QualityCheck(
        "early",
        "Changed before it was there",
        "Changes of a field from before the lead was created. They count.",
        REMEDIES[ProblemKind.EARLY_CHANGE],
    ),
    ProblemKind.SAME_VALUE: QualityCheck(
        "same",
        "Changed to the same",
        "Changes of a field to the value that it had before.",
        REMEDIES[ProblemKind.SAME_VALUE],
    ),
    ProblemKind.CONTRADICTED_VALUE: QualityCheck(
        "contradicted",
        "History does not join",
        "Changes of a field that say another value before them than the one that the change before says.",
        REMEDIES[ProblemKind.CONTRADICTED_VALUE],
    ),
    ProblemKind.LATE_HISTORY: QualityCheck(
        "begins",
        "History begins late",
        "Fields whose history begins after the lead was created and does not say what was before: until its first "
        "change the field is unknown.",
        REMEDIES[ProblemKind.LATE_HISTORY],
    ),
    ProblemKind.REOPENED: QualityCheck(
        "reopened",
        "Opened again",
        "Hand-offs that were won or lost, and then were the other. The last outcome counts, with its amount.",
        REMEDIES[ProblemKind.REOPENED],
    ),
}


def show(snapshot: Snapshot) -> None:
    """The whole part."""
    if not snapshot.leads.history.leads:
        elements.nothing_yet("There is no data yet", "How sound it is will be said here. " + elements.HOW_TO_IMPORT)
        return
    _board()
    _fields()
    machines.show()


@st.fragment
def _board() -> None:
    snapshot = present.snapshot()
    elements.section(
        "What cannot be right?",
        "board",
        "Rows that are there and cannot be right as they stand, or could not be loaded. Every one is kept; none is "
        "counted silently.",
        snapshot,
    )
    with st.spinner("Looking through the data", show_time=True):
        findings, groups = soundness.findings(snapshot), soundness.problem_groups(snapshot)
    counted = [(check, findings.get(finding, 0)) for finding, check in FINDINGS.items()]
    counted += [(check, sum(group.count for group in groups if group.kind is kind)) for kind, check in PROBLEMS.items()]
    found = sorted(((check, number) for check, number in counted if number), key=lambda one: -one[1])
    for start in range(0, len(found), FIGURES_A_ROW):
        row = found[start : start + FIGURES_A_ROW]
        for place, (check, number) in zip(st.columns(FIGURES_A_ROW), row, strict=False):
            with place:
                elements.figure(
                    check.title, f"{number:,}", beside="", explanation=f"{check.counts} **Mend:** {check.mend}"
                )
    none = [check.title.lower() for check, number in counted if not number]
    if none:
        st.caption(f":material/check: Nothing found: {', '.join(none)}.")
    if found:
        chosen = st.selectbox(
            "Show the rows",
            [check for check, _ in found],
            format_func=lambda check: check.title,
            key="finding",
            width=320,
        )
        st.caption(f"{chosen.counts} **Mend:** {chosen.mend}")
        _rows(snapshot, chosen, dict(found)[chosen])


def _rows(snapshot: Snapshot, check: QualityCheck, number: int) -> None:
    finding = next((finding for finding, one in FINDINGS.items() if one == check), None)
    if finding is not None:
        _listed(_found_rows(snapshot, finding, number), number, check.key, check.title.lower())
        return
    kind = next(kind for kind, one in PROBLEMS.items() if one == check)
    problems.by_cause([group for group in soundness.problem_groups(snapshot) if group.kind is kind], check.key)
    problems.cases(snapshot, kind, number, check.key)


def _found_rows(snapshot: Snapshot, finding: Finding, number: int) -> Callable[[], pd.DataFrame]:
    def rows() -> pd.DataFrame:
        return pd.DataFrame(
            [
                (
                    lead_tables.lead_page(one.lead_id),
                    TABLE_WORDS[one.table],
                    one.id,
                    elements.local(one.at),
                    one.said,
                    one.run,
                )
                for one in soundness.rows_of(snapshot, finding, number)
            ],
            columns=["page", "Table", "Id", "Instant", "Kind or owner", "Import"],
        ).astype({"Import": "Int64"})

    return rows


def _listed(every: Callable[[], pd.DataFrame], number: int, key: str, what: str) -> None:
    rows = every()
    st.dataframe(
        rows.head(ROWS_SHOWN),
        hide_index=True,
        placeholder="",
        height=min(36 * (min(number, ROWS_SHOWN) + 1), 360),
        column_config={
            "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$"),
            "Instant": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
        alt=f"{count(min(number, ROWS_SHOWN), 'row')} of {number:,}: {what}",
    )
    if number > ROWS_SHOWN:
        st.caption(f"The first {ROWS_SHOWN} of {number:,}.")
    elements.all_as_csv(lambda: lead_tables.csv(_with_id(rows)), f"{key}.csv")


def _with_id(rows: pd.DataFrame) -> pd.DataFrame:
    """With the lead's id, which the page shows as a link only."""
    return rows.assign(lead=rows["page"].str.extract(r"id=(.*)$", expand=False))


@st.fragment
def _fields() -> None:
    snapshot = present.snapshot()
    elements.section(
        "What does the definition rely on, and how much of it is unknown?",
        "fields",
        "Every field that a gate or an active criterion of the agreed definition looks at, and of how many leads it is "
        "missing or blank. An unknown value matches nothing but 'is unknown'; while it is required and unknown, the "
        "lead is no MQL. *No history*: of so many leads it is known, no change of it is, and no import brought them on "
        "their first day. Criteria and gates take it as it is now, whatever instant they are asked about: a title that "
        "sales filled in later then counts as if it had always been there.",
        snapshot,
    )
    found = soundness.fields(snapshot)
    if not found:
        st.caption("The agreed definition looks at no field of a lead.")
        return
    worst = max(found, key=lambda one: one.share)
    if worst.unknown:
        st.markdown(f"**{_name(worst)}** is unknown of {worst.unknown:,} of {count(worst.leads, 'lead')}.")
    undated = max(found, key=lambda one: one.undated)
    if undated.undated:
        st.markdown(
            f"**{_name(undated)}** has no history for {undated.undated:,} of {count(undated.leads, 'lead')}: since "
            "when it is what it is nobody knows.",
            help="**Mend:** import the system's field history (`lead_change`); from then on every import that changes "
            "a value records when.",
        )
    st.dataframe(
        _as_table(found),
        hide_index=True,
        column_config={
            "Unknown": st.column_config.NumberColumn(format="localized"),
            "Share": st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100),
            "No history": st.column_config.NumberColumn(
                format="localized", help="Leads of which it is known, and since when nobody knows"
            ),
        },
        alt="; ".join(f"{one.field} is unknown of {percent(one.share)}" for one in found),
    )
    lacking = [one for one in found if one.unknown]
    if lacking:
        chosen = st.selectbox("Leads without", lacking, format_func=lambda one: one.field, key="field", width=320)
        st.caption("**Mend:** map the column in the source it is in, or add it where leads are entered; then import.")
        leads = soundness.leads_without(snapshot, chosen.field)
        st.dataframe(
            pd.DataFrame({"page": [lead_tables.lead_page(lead_id) for lead_id in leads[:ROWS_SHOWN]]}),
            hide_index=True,
            placeholder="",
            width=320,
            height=220,
            column_config={"page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$")},
            alt=f"Leads whose {chosen.field} is unknown",
        )
        elements.all_as_csv(lambda: csv_file(pd.DataFrame({"lead_id": leads})), f"without-{chosen.field}.csv")


def _name(one: FieldKnown) -> str:
    return elements.plain(one.field)


def _as_table(found: Sequence[FieldKnown]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                one.field,
                one.unknown,
                100 * one.share,
                one.undated,
                "required" if one.required else "",
                ", ".join(one.used_by),
            )
            for one in found
        ],
        columns=["Field", "Unknown", "Share", "No history", "Gate", "Criteria that look at it"],
    )
