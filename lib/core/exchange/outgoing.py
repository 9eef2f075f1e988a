"""What goes back to the systems it came from: scores, MQLs and decisions, under their names for them."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from lib.core import arrays
from lib.core.arrays import UNKNOWN, Column, Instants
from lib.core.definition.criteria import Definition
from lib.core.exchange.mappings import EXPORTS, LEAD_PREFIX, Export
from lib.core.exchange.spreadsheet import write_csv
from lib.core.folding import fold
from lib.core.handoffs.handoffs import Decision, Handoffs, Implied
from lib.core.leads.history import History
from lib.core.replay import hits as replay_hits
from lib.core.replay import replay
from lib.core.time import clock

Format = str

FORMATS: Mapping[str, Format] = {".csv": "csv", ".parquet": "parquet", ".jsonl": "json", ".ndjson": "json"}
"""The format of a file by the ending of its name."""

DECIMALS = 6

CHUNK_ROWS = 50_000


def score_table(history: History, definition: Definition, as_of: int) -> pa.Table:
    """Every lead known at `as_of` and its score then, one row a lead: the columns of `EXPORTS["scores"]`."""
    hits = replay_hits.find_hits(history, definition)
    replayed = replay.replay(hits, definition, as_of=as_of)
    scores = replay.scores(hits, definition, as_of)
    known = np.flatnonzero(history.created_at <= as_of)
    qualified_at = replayed.qualified_at[known]
    never = qualified_at == arrays.NEVER
    return pa.table(
        {
            "lead_id": history.lead_id.take(known),
            "score": scores.score[known].astype(np.int64),
            # Adding nothing turns a minus nothing into nothing.
            **{
                category: np.round(getattr(scores, category)[known], DECIMALS) + 0.0
                for category in ("profile", "channel", "actions", "undesirables")
            },
            "disqualified": np.asarray(scores.disqualified[known], dtype=bool),
            "qualified_at": _instants(qualified_at),
            "score_at_qualification": pa.array(replayed.score_at_qualification[known].astype(np.int64), mask=never),
        }
    )


def mql_table(handoffs: Handoffs) -> pa.Table:
    """Everything handed over by the instant of the `handoffs`, one row a cycle: the columns of `EXPORTS["mqls"]`."""
    return _columns("mqls", handoffs, np.arange(len(handoffs)))


def decision_table(handoffs: Handoffs) -> pa.Table:
    """What sales has decided by then, one row a decided cycle: the columns of `EXPORTS["decisions"]`.

    `implied` names what nobody stated (`decision`, `sql`): a later step, a win say, implies it.
    """
    return _columns("decisions", handoffs, np.flatnonzero(handoffs.decision != Decision.OPEN))


def stated(decisions: pa.Table) -> pa.Table:
    """The decisions, and SQLs, that somebody stated: no other system is told of the others as if somebody had."""
    told = decisions.filter(pc.invert(pc.match_substring(decisions["implied"], "decision")))
    nobody_said = pc.match_substring(told["implied"], "sql")
    sql_at = pc.if_else(nobody_said, pa.scalar(None, told["sql_at"].type), told["sql_at"])
    return told.set_column(told.column_names.index("sql_at"), "sql_at", sql_at)


def field_of(history: History, lead_ids: pa.ChunkedArray, field: str) -> pa.Array:
    """A field of each of some leads: an instant for `created_at`, else as text; null where unknown."""
    rows = pc.index_in(lead_ids.combine_chunks(), value_set=history.lead_id)
    if field == "created_at":
        return pa.array(history.created_at, pa.timestamp("us", "UTC")).take(rows)
    column = history.column(field)
    written = pa.DictionaryArray.from_arrays(pa.array(column.codes, mask=column.codes == UNKNOWN), column.values)
    return written.cast(pa.string()).take(rows)


def as_written(table: pa.Table, export: Export, lead: Callable[[str], pa.Array]) -> pa.Table:
    """The table in a system's own headings and words; `lead` gives a column of the lead for each row."""
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for heading, ours in export.columns.items():
        column = lead(ours.removeprefix(LEAD_PREFIX)) if ours.startswith(LEAD_PREFIX) else table[ours]
        if pa.types.is_timestamp(column.type) and (export.date_format or export.time_zone):
            column = pa.array([_local(at, export) for at in column.to_pylist()], pa.string())
        if ours in export.values:
            words = export.values[ours]
            column = pa.array([_word(value, words) for value in column.to_pylist()], pa.string())
        columns[heading] = column
    for heading, text in export.constants.items():
        columns[heading] = pa.array([text] * len(table), pa.string())
    return pa.table(columns)


def write_table(table: pa.Table, form: Format, into: BinaryIO) -> None:
    """The table as `csv`, `json` (one object a line) or `parquet`, to a binary stream."""
    if form == "parquet":
        pyarrow.parquet.write_table(table, into)
        return
    text = io.TextIOWrapper(into, encoding="utf-8", newline="", write_through=True)
    if form == "csv":
        write_csv(text, table.column_names, csv_texts(table))
    else:
        for columns in _chunks(table):
            for values in zip(*columns, strict=True):
                row = {name: _json_value(value) for name, value in zip(table.column_names, values, strict=True)}
                text.write(json.dumps(row, ensure_ascii=False) + "\n")
    text.flush()
    # The stream is the caller's to close.
    text.detach()


def csv_texts(table: pa.Table) -> Iterator[tuple[str, ...]]:
    """The rows as a CSV file has them: instants in UTC, fractions with six decimals, blank where unknown."""
    for columns in _chunks(table):
        yield from zip(*([_csv_text(value) for value in column] for column in columns), strict=True)


def _columns(kind: str, handoffs: Handoffs, rows: npt.NDArray[np.int64]) -> pa.Table:
    ids = handoffs.lead_id.take(rows)
    decision = handoffs.decision[rows]
    words = np.array(["", Decision.ACCEPTED.name.lower(), Decision.REJECTED.name.lower()])
    score, version = handoffs.score[rows], handoffs.definition_version[rows]
    made: dict[str, Callable[[], Any]] = {
        "handoff_id": lambda: pa.array(
            [
                f"{lead_id}:{cycle}"
                for lead_id, cycle in zip(ids.to_pylist(), handoffs.cycle[rows].tolist(), strict=True)
            ]
        ),
        "lead_id": lambda: ids,
        "mql_at": lambda: _instants(handoffs.mql_at[rows]),
        "score": lambda: pa.array(np.nan_to_num(np.floor(score)).astype(np.int64), mask=np.isnan(score)),
        "definition_version": lambda: pa.array(version.astype(np.int64), mask=version == UNKNOWN),
        "owner": lambda: _texts(handoffs.owner, rows),
        "assigned_at": lambda: _instants(handoffs.assigned_at[rows]),
        "state": lambda: pa.array(
            np.where(handoffs.closed[rows], "closed", np.where(decision == Decision.OPEN, "open", words[decision]))
        ),
        "below_line": lambda: handoffs.below_line[rows],
        "decided_at": lambda: _instants(handoffs.decided_at[rows]),
        "decision": lambda: pa.array(words[decision]),
        "implied": lambda: _implied(handoffs.implied[rows]),
        "reason": lambda: _texts(handoffs.reason, rows),
        "sql_at": lambda: _instants(handoffs.sql_at[rows]),
    }
    return pa.table({name: made[name]() for name in EXPORTS[kind]})


def _implied(steps: npt.NDArray[np.int8]) -> pa.Array:
    """The implied steps by name, `decision, sql` say; the empty text where somebody stated all."""
    named = [", ".join(one.name.lower() for one in Implied if one.name and bits & one) for bits in range(8)]
    return pa.array(named, pa.string()).take(pa.array(steps.astype(np.int64)))


def _instants(at: Instants) -> pa.Array:
    return pa.array(at, mask=at == arrays.NEVER).cast(pa.timestamp("us", "UTC"))


def _texts(column: Column, rows: npt.NDArray[np.int64]) -> pa.Array:
    codes = column.codes[rows]
    return column.values.cast(pa.string()).take(pa.array(codes, mask=codes == UNKNOWN))


def _chunks(table: pa.Table) -> Iterator[list[list[Any]]]:
    """The columns as Python values, some rows at a time."""
    for start in range(0, len(table), CHUNK_ROWS):
        yield [_values(column) for column in table.slice(start, CHUNK_ROWS).columns]


def _values(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        # As whole numbers: making a date of each is ten times the work.
        return [None if at is None else clock.instant_text(at) for at in column.cast(pa.int64()).to_pylist()]
    return list(column.to_pylist())


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.{DECIMALS}f}"
    return str(value)


def _json_value(value: Any) -> Any:
    return str(value) if not isinstance(value, str | int | float | bool | None) else value


def _local(at: datetime | None, export: Export) -> str | None:
    if at is None:
        return None
    local = at.astimezone(ZoneInfo(export.time_zone or "UTC"))
    return local.strftime(export.date_format) if export.date_format else local.isoformat(timespec="seconds")


def _word(value: Any, words: Mapping[str, str]) -> str | None:
    """Their word for one of our texts; `else` is every one that is not named, which stays without it."""
    if value is None:
        return None
    text = _csv_text(value)
    known = {fold(ours): theirs for ours, theirs in words.items()}
    return known.get(fold(text), known.get("else", text)) or None
