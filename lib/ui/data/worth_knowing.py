"""What became of an import's rows besides new and changed: one table, and as a file."""

import pandas as pd
import streamlit as st

from lib.charts.language import count
from lib.core.exchange.runs import CHANGES, CORRECTS, ImportResult
from lib.ui.frame import elements
from lib.ui.frame.csv_file import csv_file

COLUMNS = ["Said", "Rows", "What", "File", "Line"]

LEFT_UNKNOWN, REMARK = "Left unknown", "How it was read"

VALUES = {
    CORRECTS: ("Corrected", "is read otherwise than before, and always was so"),
    CHANGES: ("Changed", "is another one than before; each change is kept with its date"),
}
"""By what an import does to values that stood otherwise: how such are called, and what is said of a field's."""

FATES = {
    "deleted": ("Taken away", "gone at their source, and taken away here"),
    "merged": ("Merged", "leads that their source merged into another"),
    "older": ("Older", "older than what their source has said since, and left out"),
    "twice": ("Said twice", "said again by a later row of their file otherwise, which counts"),
}
"""By the field of an import's result: how rows are called that something special became of, and what that is."""

MOST_HEIGHT_PX = 250


def values(outcome: ImportResult) -> None:
    """What becomes of values of leads that stood otherwise: corrected, or changed."""
    told = [
        f"It {elements.plain(counted.as_text(what))}"
        for what, counted in ((CORRECTS, outcome.corrects), (CHANGES, outcome.changes))
        if counted.values
    ]
    if told:
        st.markdown(
            f":material/history: {'. '.join(told)}.",
            help="What a mapping, or this version, reads otherwise than before always was so: it is corrected, and the "
            "past with it. Anything else has changed: until then the lead was as it was, and what scored then still "
            "did.",
        )


def show(outcome: ImportResult, *, rehearsed: bool) -> None:
    """The one table; nothing where everything was read as it stands."""
    rows = as_table(outcome)
    if rows.empty:
        return
    named = sum(value.rows for value in outcome.left_out)
    st.markdown(
        "**Worth knowing**",
        help="Values that are not of their column's type are unknown in rows that load; rows may take something away "
        "or be older than what is known. A mapping's `values` translates what is left unknown.",
    )
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        height=min(36 * (len(rows) + 1), MOST_HEIGHT_PX),
        column_config={
            "Rows": st.column_config.NumberColumn(format="localized", help="Of how many rows that is so."),
            "Line": st.column_config.NumberColumn(help="The first line where that is so."),
        },
        alt="; ".join(str(one) for one in rows["Said"].head(10)),
    )
    if more := outcome.unknown_values - named:
        where = "" if rehearsed else "; they are in the table below"
        left = f"{count(more, 'value')} {'is' if more == 1 else 'are'} unknown"
        st.caption(f"These are the most frequent. Besides, {left}{where}.")
    elements.all_as_csv(lambda: csv_file(rows), f"worth-knowing-{outcome.run or 'rehearsal'}.csv")


def as_table(outcome: ImportResult) -> pd.DataFrame:
    """A row a thing worth knowing: what was taken away, merged or older, what values of leads became by field, what is
    left unknown, then remarks.
    """
    fates = [
        (said, rows, name, None, None) for field, (name, said) in FATES.items() if (rows := getattr(outcome, field))
    ]
    values = [
        (f"{field} {said}", number, name, None, None)
        for what, (name, said) in VALUES.items()
        for field, number in getattr(outcome, what).by_field
    ]
    unknown = [(one.reason, one.rows, LEFT_UNKNOWN, one.file, one.line) for one in outcome.left_out]
    remarks = [(remark, None, REMARK, None, None) for remark in outcome.remarks]
    rows = pd.DataFrame([*fates, *values, *unknown, *remarks], columns=COLUMNS)
    return rows.astype({"Rows": "Int64", "Line": "Int64"})
