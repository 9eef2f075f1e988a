"""A file nobody knows: a person says which heading fills which column, and that is kept as a mapping."""

import re
from pathlib import Path

import streamlit as st

from lib.app.arrivals import Arrival
from lib.core.errors import Refused
from lib.core.exchange.mapping_guess import likely_columns, likely_tables
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from lib.core.exchange.tables import TABLES, ImportColumn
from lib.ui.data import tray
from lib.ui.frame import elements

NO_HEADING = "—"

ALWAYS = "always "

ACTIVITY_KINDS = (
    "page_view",
    "form_submit",
    "email_open",
    "email_click",
    "download",
    "webinar_registered",
    "webinar_attended",
    "event_attended",
    "conversation",
    "unsubscribe",
)

TABLES_IN_WORDS = {
    "lead": "Leads: one row a person",
    "lead_change": "Changes of fields: one row a change of one field of a person",
    "activity": "Activities: one row a thing a lead did",
    "handoff_event": "Hand-off events: one row an answer or step",
    "rep": "Reps: one row a person who answers",
    "goal": "Goals: one row a month and metric",
    "spend": "Spend: one row a month and channel",
}

DATE_FORMATS: dict[str, tuple[str, ...]] = {
    "2026-03-31 (year first)": (),
    "31/03/2026 (day first)": ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    "03/31/2026 (month first)": ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y"),
    "31.03.2026": ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    "31/03/26 (day first)": ("%d/%m/%y %H:%M:%S", "%d/%m/%y %H:%M", "%d/%m/%y"),
    "03/31/26 (month first)": ("%m/%d/%y %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%y"),
    "1774915200 (seconds since 1970)": ("epoch",),
    "1774915200000 (milliseconds)": ("epoch_ms",),
    "46112 (a spreadsheet's number)": ("serial",),
}
"""Day first and month first cannot be told apart by looking: a person says which."""

DECIMALS = {"As each column tells": None, "1234.5 (point)": ".", "1234,5 (comma)": ","}

COLUMNS_A_ROW = 4


def saved(path: Path) -> int:
    """How often this visitor has saved a mapping for the file."""
    return int(st.session_state.get(_count(path), 0))


def by_hand(arrival: Arrival) -> None:
    """The file's first rows, and boxes for every column, filled with the likeliest headings."""
    key = f"map:{arrival.file.path}"
    _first_rows(arrival)
    headings = [heading for heading in arrival.file.headings if heading]
    likely = likely_tables(headings)
    name = st.selectbox(
        "Each row of the file is one of",
        list(likely),
        format_func=TABLES_IN_WORDS.__getitem__,
        key=f"{key}:table",
        width=420,
    )
    table = TABLES[name]
    guesses = likely_columns(headings, table)
    with st.form(f"{key}:{name}", border=False):
        boxes = [column for column in table.columns if column.name != table.rest and not column.by_reading]
        for start in range(0, len(boxes), COLUMNS_A_ROW):
            row = st.columns(COLUMNS_A_ROW)
            for place, column in zip(row, boxes[start : start + COLUMNS_A_ROW], strict=False):
                guess = guesses.get(column.name)
                options = [NO_HEADING, *headings, *_always(name, column)]
                place.selectbox(
                    f"{column.name.replace('_', ' ')}{_needed(name, column)}",
                    options,
                    index=options.index(guess.heading) if guess else 0,
                    key=f"{key}:{name}:{column.name}",
                    format_func=str,
                )
        dates, decimals, called, save = st.columns(4, vertical_alignment="bottom")
        dates.selectbox("Dates are written", list(DATE_FORMATS), key=f"{key}:dates")
        decimals.selectbox("Numbers are written", list(DECIMALS), key=f"{key}:decimals")
        called.text_input(
            "Name of the mapping",
            value=_name_from(arrival.file.name),
            key=f"{key}:name",
            help="Kept as `sources/<name>.yaml` in the configuration; such files are known by it from then on.",
        )
        save.form_submit_button(
            "Save the mapping",
            icon=":material/save:",
            on_click=_save,
            args=(arrival, key, name),
            width="stretch",
        )
    if table.rest is not None:
        st.caption(f"Headings that fill no column are kept too, under their own names, in `{table.rest}`.")
    refused = st.session_state.pop(f"{key}:refused", None)
    if refused is not None:
        elements.fault_box(refused, "The mapping was not saved.")


def _first_rows(arrival: Arrival) -> None:
    try:
        rows = tray.as_written(arrival)
    except Refused as refused:
        elements.fault_box(refused, "This file cannot be read; take it away to import the others.")
        return
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        alt=f"The first {len(rows)} rows of {arrival.file.name} as they are written there",
    )


def _count(path: Path) -> str:
    return f"saved:{path}"


def _needed(table: str, column: ImportColumn) -> str:
    if column.in_file:
        return " (needed)"
    return " (needed for new ones)" if (table, column.name) == ("lead", "created_at") else ""


def _always(table: str, column: ImportColumn) -> list[str]:
    """What a column may be in every row, where a file says it by being there."""
    if column.one_of:
        return [ALWAYS + word for word in column.one_of]
    return [ALWAYS + kind for kind in ACTIVITY_KINDS] if (table, column.name) == ("activity", "kind") else []


def _save(arrival: Arrival, key: str, name: str) -> None:
    """Keep what the boxes say; the file is then known by it."""
    chosen = {column.name: st.session_state.get(f"{key}:{name}:{column.name}") for column in TABLES[name].columns}
    source = _source(
        name,
        {column: text for column, text in chosen.items() if text not in (None, NO_HEADING)},
        st.session_state[f"{key}:name"].strip(),
        DATE_FORMATS[st.session_state[f"{key}:dates"]],
        DECIMALS[st.session_state[f"{key}:decimals"]],
        arrival,
    )
    try:
        tray.save_mapping(st.session_state[f"{key}:name"].strip(), source)
    except Refused as refused:
        st.session_state[f"{key}:refused"] = refused
        return
    st.session_state[_count(arrival.file.path)] = saved(arrival.file.path) + 1


def _source(
    table: str, chosen: dict[str, str], name: str, date_formats: tuple[str, ...], decimal: str | None, arrival: Arrival
) -> Source:
    headings = set(arrival.file.headings)
    # A heading may itself begin with the word.
    constants = {
        column: text.removeprefix(ALWAYS)
        for column, text in chosen.items()
        if text.startswith(ALWAYS) and text not in headings
    }
    columns = {column: (text,) for column, text in chosen.items() if column not in constants}
    mapping = TableMapping(table, columns, constants, others=TABLES[table].rest is not None)
    read = tuple(dict.fromkeys(text for (text,) in columns.values()))
    file = FileMapping(
        headings=(read,),
        tables=(mapping,),
        what=TABLES_IN_WORDS[table].split(":")[0],
        date_formats=date_formats,
        decimal=decimal,
    )
    return Source(name, (file,))


def _name_from(file_name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file_name.split(".")[0].lower()).strip("-")[:40] or "our-files"
