"""What is wrong with the data, as tables: by kind and cause first, the cases of one kind on request."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.arrays import NEVER
from lib.core.handoffs.problems import Problem, ProblemGroup, ProblemKind
from lib.ui.data import soundness
from lib.ui.frame import elements, lead_tables
from lib.ui.frame.csv_file import csv_file

CASES_SHOWN = 200


def by_cause(groups: Sequence[ProblemGroup], key: str) -> None:
    """Each kind and cause with its count, an example and the remedy."""
    rows = pd.DataFrame(
        {
            "kind": [one.kind.value for one in groups],
            "cause": [one.cause for one in groups],
            "count": [one.count for one in groups],
            "example": [one.example.sentence for one in groups],
            "remedy": [one.remedy.replace("`", "") for one in groups],
        }
    )
    st.dataframe(
        rows,
        hide_index=True,
        key=f"{key}-groups",
        placeholder="",
        column_config={
            "kind": st.column_config.TextColumn("Kind", width="small"),
            "cause": st.column_config.TextColumn("What is wrong", width="large"),
            "count": st.column_config.NumberColumn("Times", format="localized", width="small"),
            "example": st.column_config.TextColumn("For example", width="medium"),
            "remedy": st.column_config.TextColumn("Mend", width="medium"),
        },
        alt="; ".join(f"{one.kind}: {one.cause}, {one.count:,}" for one in groups[:10]),
    )
    elements.all_as_csv(lambda: csv_file(rows), f"{key}-by-cause.csv")


def cases(snapshot: Snapshot, kind: ProblemKind, number: int, key: str) -> None:
    """The first of the `number` cases of one kind, each with its lead's page; all of them as a file."""
    shown = _rows(soundness.first_problems(snapshot, kind, CASES_SHOWN))
    st.dataframe(
        shown,
        hide_index=True,
        height=min(36 * (len(shown) + 1), 360),
        key=f"{key}-rows",
        placeholder="",
        column_config={
            "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", width="small"),
            "kind": "Kind",
            "occurred": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
            "sentence": st.column_config.TextColumn("What is wrong", width="large"),
            "event_id": "Event",
        },
        column_order=("page", "kind", "occurred", "sentence", "event_id"),
        alt=f"{count(len(shown), 'case')} of {number:,}: what is wrong with the data, row by row",
    )
    if number > len(shown):
        st.caption(f"The first {len(shown):,} of {number:,}; all of them are in the CSV.")
    elements.all_as_csv(
        lambda: lead_tables.csv(_rows(soundness.every_problem(snapshot, kind))),
        f"{key}.csv",
    )


def _rows(problems: Sequence[Problem]) -> pd.DataFrame:
    at = np.array([NEVER if one.occurred_at is None else one.occurred_at for one in problems], dtype=np.int64)
    return pd.DataFrame(
        {
            "page": [None if one.lead_id is None else lead_tables.lead_page(one.lead_id) for one in problems],
            "lead_id": [one.lead_id for one in problems],
            "kind": [one.kind.value for one in problems],
            "cause": [one.cause for one in problems],
            "occurred": lead_tables.local(at),
            "sentence": [one.sentence for one in problems],
            "event_id": [one.event_id for one in problems],
        }
    )
