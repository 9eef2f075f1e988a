"""The imports there were, what each brought, and the rows it could not take."""

import pandas as pd
import streamlit as st

from lib.charts.language import count
from lib.core.exchange.runs import ImportRun
from lib.ui.data import importing, undo
from lib.ui.data import runs as data_runs
from lib.ui.frame import elements

RUNS_SHOWN = 50


def show() -> None:
    """The newest imports, and one of them closer."""
    runs = data_runs.import_runs()
    if not runs:
        elements.nothing_yet("Nothing has been imported yet", "What you import is listed here, and can be taken back.")
        return
    st.dataframe(
        _as_table(runs[:RUNS_SHOWN]),
        hide_index=True,
        placeholder="",
        column_config={
            "Imported": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            **{name: st.column_config.NumberColumn(format="localized") for name in ("New", "Changed", "Kept aside")},
        },
        alt=f"{count(len(runs), 'import')}, the newest first",
    )
    undo.show(next((run for run in runs if run.undoable), runs[0]))
    chosen = st.selectbox("Look closer at", runs[:RUNS_SHOWN], format_func=_words, key="closer", width=420)
    if chosen.undone_at is not None:
        st.caption("This import was taken back, and what it kept aside with it.")
    else:
        importing.rejected(chosen.run)


def _words(run: ImportRun) -> str:
    return f"{run.run}: {elements.moment(run.imported_at)}, {', '.join(run.files)}"


def _as_table(runs: list[ImportRun]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                run.run,
                elements.local(run.imported_at),
                ", ".join(run.files),
                run.what,
                ", ".join(importing.TABLE_WORDS.get(name, name) for name in run.tables),
                sum(table.new for table in run.tables.values()),
                sum(table.changed for table in run.tables.values()),
                run.rejected,
                f"{elements.moment(run.undone_at)}, by {run.undone_by}" if run.undone_at else None,
            )
            for run in runs
        ],
        columns=["Import", "Imported", "Files", "Read as", "Tables", "New", "Changed", "Kept aside", "Taken back"],
    )
