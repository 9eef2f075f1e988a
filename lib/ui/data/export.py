"""Data goes out: scores, MQLs and decisions in a system's own ids and headings, or ours, as a file to download."""

import io
from dataclasses import dataclass

import streamlit as st

from lib.app import upkeep
from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.core.exchange.mappings import EXPORTS
from lib.core.exchange.outgoing import write_table
from lib.ui.data import tray
from lib.ui.frame import elements, jobs
from lib.ui.now import present

EXPORT = "export"

WHAT_WORDS = {
    "scores": "Scores: every lead and its score now",
    "mqls": "MQLs: everything handed over, and where it stands",
    "decisions": "Decisions: what sales accepted or rejected, and why",
}

ENDINGS = {"CSV": ("csv", ".csv", "text/csv"), "Parquet": ("parquet", ".parquet", "application/octet-stream"),
           "JSON lines": ("json", ".jsonl", "application/jsonl")}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What is to be exported, in whose words (None: ours), and as what."""

    what: str
    source: str | None
    ending: str


@dataclass(frozen=True)
class ExportFile:
    """A file ready to be downloaded."""

    asked: Wanted
    content: bytes
    rows: int


def show(snapshot: Snapshot) -> None:
    """The whole part."""
    if not snapshot.leads.history.leads:
        elements.nothing_yet("There is no data yet", "What can be taken out will be here. " + elements.HOW_TO_IMPORT)
        return
    elements.section(
        "What do you want to take along?",
        "take-out",
        "As of now, under the agreed definition. In a system's words: its own ids, headings and values, as its mapping "
        "says under `export`, ready to be imported there. A cell that a spreadsheet would take for a formula is made "
        "safe.",
        snapshot,
    )
    sources = tray.sources()[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.selectbox("What", list(EXPORTS), format_func=WHAT_WORDS.__getitem__, key="export-what", width=420)
        writing = [name for name, source in sorted(sources.items()) if what in source.export]
        source = st.selectbox(
            "In whose words",
            [None, *writing],
            format_func=lambda name: "Ours" if name is None else sources[name].name,
            key="export-source",
            width=200,
        )
        ending = st.segmented_control("As", list(ENDINGS), default="CSV", required=True, key="export-as")
        asked = Wanted(what, source, ending)
        st.button("Prepare the file", icon=":material/outbox:", on_click=_start, args=(asked,))
    if jobs.watch(EXPORT, "No file was written."):
        _ready(jobs.of(EXPORT).result())  # type: ignore[union-attr]


def _start(asked: Wanted) -> None:
    snapshot = present.snapshot()
    source = None if asked.source is None else tray.sources()[0][asked.source]

    def work(tell: jobs.Progress) -> ExportFile:
        tell("Computing", 0.1)
        table = upkeep.export(snapshot, asked.what, snapshot.definition, source)
        tell("Writing", 0.7)
        written = io.BytesIO()
        write_table(table, ENDINGS[asked.ending][0], written)
        return ExportFile(asked, written.getvalue(), table.num_rows)

    jobs.start(EXPORT, "Preparing the file", work)


def _ready(file: ExportFile) -> None:
    _, ending, kind = ENDINGS[file.asked.ending]
    name = f"{file.asked.what}{f'-{file.asked.source}' if file.asked.source else ''}{ending}"
    st.download_button(
        f"Download {elements.plain(name)}, {count(file.rows, 'row')}",
        file.content,
        name,
        kind,
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
