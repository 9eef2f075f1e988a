"""Files come in: dropped, recognised or mapped by hand, rehearsed, loaded; and what became of their rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from lib.app import arrivals
from lib.app.arrivals import Arrival, Way
from lib.charts.language import count
from lib.core.errors import Refused
from lib.core.exchange.previews import PreviewedTable
from lib.core.exchange.runs import ImportResult, Rejected, TableCount
from lib.ui.data import mapping, runs, undo, worth_knowing
from lib.ui.data import tray as data_tray
from lib.ui.data.tray import Looked, Tray
from lib.ui.frame import elements, jobs, visitor
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import present

MOST_MEGABYTES = 200
"""As `maxUploadSize` in .streamlit/config.toml: a dropped file is held in memory until it is loaded."""

TYPES = [".csv", ".tsv", ".txt", ".gz", ".parquet", ".pq", ".jsonl", ".ndjson", ".json"]

TABLE_WORDS = {
    "lead": "Leads",
    "lead_change": "Changes of fields",
    "lead_alias": "Other ids of leads",
    "lead_merge": "Leads merged at their source",
    "queue": "Queues",
    "rep": "Reps",
    "goal": "Goals",
    "spend": "Spend",
    "activity": "Activities",
    "handoff_event": "Hand-off events",
}

REJECTED_SHOWN = 200

KEPT_ASIDE = ["File", "Line", "Why"]

BY_HAND = "by hand"

REHEARSAL, IMPORT = "rehearsal", "import"

NOTHING = "Nothing was imported."


@dataclass
class Bringing:
    """One visitor's files on their way in; `batch` makes the next drop zone an empty one."""

    tray: Tray = field(default_factory=Tray)
    batch: int = 0
    rehearsed: object = None
    imported: int | None = None


def show() -> None:
    """The whole way in."""
    bringing = _bringing()
    if jobs.watch(IMPORT, NOTHING):
        _done(bringing, jobs.of(IMPORT))
    running = _is_running(IMPORT)
    looked = [] if running else _dropped(bringing)
    if not looked:
        return
    chosen = [_file(number, one) for number, one in enumerate(looked)]
    ready = [one for one in chosen if one is not None]
    if len(ready) < len(chosen):
        st.caption(":material/pending: Files are imported together: say how each is read, or take it away above.")
        return
    _rehearsed(bringing, ready)


def _bringing() -> Bringing:
    bringing: Bringing = st.session_state.setdefault("bringing", Bringing())
    return bringing


def _is_running(key: str) -> bool:
    job = jobs.of(key)
    return job is not None and job.is_running and not job.was_cancelled


def _dropped(bringing: Bringing) -> list[Looked]:
    """The files in the drop zone, each looked at."""
    uploads = st.file_uploader(
        "Drop your files",
        type=TYPES,
        accept_multiple_files=True,
        key=f"drop:{bringing.batch}",
        max_upload_size=MOST_MEGABYTES,
        help="CSV (any delimiter and usual encoding, also .csv.gz), Parquet or JSON lines, several at once: exports of "
        f"your systems, or files whose headings are our column names. Up to {MOST_MEGABYTES} MB each; larger ones load "
        "with `python -m lib import`.",
    )
    if not uploads:
        st.caption(
            "Files with our column names and exports of mapped systems are known by their headings; anything else is "
            "mapped by hand once. Nothing changes before you press Import, and the last import can be taken back."
        )
        return []
    with st.spinner("Looking at the files", show_time=True):
        paths = bringing.tray.hold([(upload.file_id, upload.name, upload) for upload in uploads])
        return [data_tray.look(path) for path in paths]


def _file(number: int, looked: Looked) -> tuple[Arrival, Way] | None:
    """One file: what it was recognised as, and how it is to be read; None until somebody says."""
    with st.container(border=True):
        if looked.arrival is None:
            st.markdown(f":material/description: **{elements.plain(looked.path.name)}**")
            if looked.refused is not None:
                elements.fault_box(looked.refused, "This file cannot be read; take it away to import the others.")
            return None
        ways = {way.name if way.source is not None else f"as {way.name}": way for way in looked.arrival.ways}
        chosen = st.selectbox(
            f"{elements.plain(looked.path.name)}, read as",
            [*ways, BY_HAND],
            format_func=lambda name: _way_words(ways.get(name)),
            # A browser says its old choice again after a mapping is saved; a new box has none.
            key=f"way:{looked.path}:{mapping.saved(looked.path)}",
            width=520,
        )
        way = ways.get(chosen)
        if way is None:
            if not ways:
                st.markdown("Nobody knows these headings yet. Say once what they mean; the mapping is kept.")
            mapping.by_hand(looked.arrival)
            return None
        _told(way)
        return looked.arrival, way


def _way_words(way: Way | None) -> str:
    if way is None:
        return "Map the columns by hand"
    if way.source is None:
        return f"{TABLE_WORDS[way.name]}, by our own column names"
    return f"{way.source.name}{f': {way.what}' if way.what else ''} (sources/{way.name}.yaml)"


def _told(way: Way) -> None:
    by = ", ".join(elements.plain(heading) for heading in way.told_by)
    unread = ""
    if way.unread:
        headings = ", ".join(elements.plain(heading) for heading in way.unread[:8])
        more = len(way.unread) - 8
        unread = f" Nothing is read from {headings}{f' and {more:,} more' if more > 0 else ''}."
    st.caption(f"Recognised by the headings {by}.{unread}")


def _rehearsed(bringing: Bringing, chosen: Sequence[tuple[Arrival, Way]]) -> None:
    """What the files would change, found out in the background; and the button that does it."""
    try:
        found = arrivals.recognised(chosen)
    except Refused as refused:
        elements.fault_box(refused, NOTHING)
        return
    deployment = present.deployment()
    signature = (tuple(found), deployment.database.state.data)
    if bringing.rehearsed != signature:
        bringing.rehearsed = signature
        tray = bringing.tray
        jobs.start(
            REHEARSAL,
            "Rehearsing",
            lambda tell: _holding(tray, arrivals.rehearse(deployment, chosen, data_tray.ROWS_SHOWN, tell)),
        )
    if not jobs.watch(REHEARSAL, "Nothing was imported; change a file to try again."):
        return
    rehearsal: arrivals.Rehearsal = jobs.of(REHEARSAL).result()  # type: ignore[union-attr]
    outcome = rehearsal.outcome
    st.markdown(f"#### {_sentence(outcome, rehearsed=True)}")
    if outcome.tables:
        _counts(outcome.tables)
    worth_knowing.values(outcome)
    st.button(
        "Import",
        type="primary",
        icon=":material/download_done:",
        on_click=_start,
        args=(bringing, tuple(chosen)),
        disabled=not outcome.tables,
    )
    worth_knowing.show(outcome, rehearsed=True)
    if outcome.rejected:
        _would_reject(outcome)
    for previewed in rehearsal.files:
        if previewed.unused is not None:
            st.caption(f"{elements.plain(previewed.file)} is not used. {elements.plain(previewed.unused)}")
        for table in previewed.tables:
            _as_it_would_become(previewed.file, table)


def _as_it_would_become(file: str, table: PreviewedTable) -> None:
    """The first rows of a file in one of the tables it feeds, or that none of them says anything about it."""
    name = f"{elements.plain(file)} → {TABLE_WORDS[table.table]}"
    only = f" Taken are rows where {elements.plain(table.only)}." if table.only else ""
    if not table.rows:
        st.caption(f"{name}: none of the first {count(table.looked_at, 'row')}.{only}")
        return
    rows = data_tray.first_rows(table)
    st.markdown(f"**{name}**, the first rows as they would become")
    if only:
        st.caption(only.strip())
    st.dataframe(
        rows.dropna(axis="columns", how="all"),
        hide_index=True,
        placeholder="",
        alt=f"The first {len(rows)} rows of {file} as {TABLE_WORDS[table.table]}",
    )


def _holding(tray: Tray, value: Any) -> Any:
    """The value; the tray stays until then, even when its visitor has left."""
    return value if tray else None


def _start(bringing: Bringing, chosen: Sequence[tuple[Arrival, Way]]) -> None:
    tray = bringing.tray
    jobs.forget(REHEARSAL)
    deployment, by = present.deployment(), visitor.grant()
    jobs.start(
        IMPORT,
        "Importing",
        lambda tell: _holding(tray, arrivals.bring_in(deployment, chosen, by, tell)),
        changes_the_data=True,
    )
    bringing.rehearsed = None


def _done(bringing: Bringing, job: Any) -> None:
    """What the import did; the drop zone is emptied once it has."""
    outcome: ImportResult = job.result()
    if bringing.imported != outcome.run:
        bringing.imported = outcome.run
        bringing.tray.empty()
        bringing.tray = Tray()
        bringing.batch += 1
        bringing.rehearsed = None
    run = next((one for one in runs.import_runs() if one.run == outcome.run), None)
    if run is not None and run.undone_at is not None:
        undo.show(run)
        return
    with st.container(border=True):
        st.markdown(f"#### :material/check_circle: {_sentence(outcome, rehearsed=False)}")
        st.caption(", ".join(elements.plain(name) for name in outcome.files))
        if outcome.tables:
            _counts(outcome.tables)
        worth_knowing.values(outcome)
        for file, headings in outcome.ignored:
            told = ", ".join(elements.plain(one) for one in headings)
            st.caption(f"{elements.plain(file)}: nothing was read from {told}.")
        for file, why in outcome.unused:
            st.caption(f"{elements.plain(file)} was not used. {elements.plain(why)}")
        worth_knowing.show(outcome, rehearsed=False)
        if outcome.rejected or outcome.unknown_values or outcome.twice:
            rejected(outcome.run)
        if run is not None:
            undo.show(run)


def _sentence(outcome: ImportResult, *, rehearsed: bool) -> str:
    def were(number: int) -> str:
        return "would be" if rehearsed else "was" if number == 1 else "were"

    new = sum(table.new for table in outcome.tables.values())
    changed = sum(table.changed for table in outcome.tables.values())
    same = sum(table.same for table in outcome.tables.values())
    aside = f"**{outcome.rejected:,}** {were(outcome.rejected)} kept aside" if outcome.rejected else ""
    return (
        f"**{new:,}** {'row' if new == 1 else 'rows'} {were(new)} new, **{changed:,}** changed, "
        f"**{same:,}** unchanged; {aside or f'none {were(0 if rehearsed else 1)} rejected'}."
    )


def _would_reject(outcome: ImportResult) -> None:
    """The rows a rehearsal keeps aside, and why."""
    shown = len(outcome.rejected_rows)
    more = f" The first {shown:,} of {outcome.rejected:,}." if shown < outcome.rejected else ""
    st.markdown("**Would be kept aside, for you to mend or until their lead comes**")
    st.dataframe(
        pd.DataFrame([(row.file, row.line, row.reason) for row in outcome.rejected_rows], columns=KEPT_ASIDE),
        hide_index=True,
        height=min(36 * (shown + 1), 220),
        alt=f"{count(shown, 'row')} that would be kept aside, with the reason of each",
    )
    if more:
        st.caption(more.strip())


def _counts(tables: dict[str, TableCount]) -> None:
    rows = pd.DataFrame(
        [(TABLE_WORDS[name], one.read, one.new, one.changed, one.same) for name, one in tables.items()],
        columns=["Table", "Rows read", "New", "Changed", "Unchanged"],
    )
    st.dataframe(
        rows,
        hide_index=True,
        width="content",
        column_config={
            "Rows read": st.column_config.NumberColumn(format="localized", help="Rows of the files for this table."),
            "New": st.column_config.NumberColumn(format="localized", help="No row had this key."),
            "Changed": st.column_config.NumberColumn(
                format="localized", help="A row of this key held something else; now it holds what the file says."
            ),
            "Unchanged": st.column_config.NumberColumn(
                format="localized", help="There already, just so, or replaced by a later row of the same file."
            ),
        },
        alt="Rows by table: " + "; ".join(f"{name} {one.new} new" for name, one in tables.items()),
    )


KIND_WORDS = {
    "row": "Cannot be used",
    "orphan": "Waits for its lead",
    "twice": "Said otherwise by another row",
    "value": "Value read as unknown",
}


def rejected(run: int) -> None:
    """What an import did not take and why, to look at, to mend and to drop again."""
    found = runs.rejected(run)
    if not found:
        st.caption(
            "Nothing of this import is kept aside: every row was taken, has come since, or was rejected again by a "
            "later import, which shows it."
        )
        return
    of = {kind: sum(one.rows for one in found if one.kind == kind) for kind in KIND_WORDS}
    words = [f"{count(of['row'], 'row')} could not be used"] if of["row"] else []
    words += [f"{count(of['orphan'], 'row')} wait{'s' if of['orphan'] == 1 else ''} for a lead to come"] * (
        of["orphan"] > 0
    )
    words += [f"{count(of['twice'], 'row')} said otherwise by another row"] if of["twice"] else []
    words += [f"{count(of['value'], 'value')} left unknown"] if of["value"] else []
    st.markdown(f"**Kept aside: {', '.join(words)}.**")
    st.caption(
        "Mend the rows in their own file and drop it under Bring in again; what was loaded already stays as it is. "
        "What waits for its lead is tried again by itself after every import."
    )
    st.dataframe(
        _as_table(found[:REJECTED_SHOWN]),
        hide_index=True,
        placeholder="",
        height=min(36 * (min(len(found), REJECTED_SHOWN) + 1), 320),
        alt=f"{count(len(found), 'row')} kept aside, with the reason of each",
    )
    with st.container(horizontal=True):
        for file, text in runs.to_mend(run).items():
            st.download_button(
                f"{elements.plain(file)}: rows to mend",
                text,
                f"to mend {file.split('.')[0]}.csv",
                "text/csv",
                key=f"mend:{run}:{file}",
                icon=":material/build:",
                on_click="ignore",
                help="These rows under the file's own headings: correct them and drop the file here again.",
            )
        elements.all_as_csv(lambda: csv_file(_as_table(found)), f"kept-aside-{run}.csv")


def _as_table(rows: Sequence[Rejected]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                one.file,
                one.line,
                TABLE_WORDS.get(one.table, one.table),
                KIND_WORDS[one.kind],
                one.reason,
                one.rows,
                one.text or _row_text(one),
            )
            for one in rows
        ],
        columns=["File", "Line", "Table", "What", "Why", "Rows", "Row"],
    )


def _row_text(one: Rejected) -> str:
    return ", ".join(f"{heading}: {text}" for heading, text in (one.row or {}).items() if text)
