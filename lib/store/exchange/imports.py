"""Import: files into the database, all or nothing, the same again when repeated."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.errors import Fault, FileRefused
from lib.core.exchange.mappings import Source
from lib.core.exchange.reading import SALESFORCE
from lib.core.exchange.runs import ImportResult, LeftOut, RejectedRow, TableCount
from lib.core.exchange.tables import FED, MERGE, QUEUE, ImportTable
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import note
from lib.store.composing import all_rows, named, sql
from lib.store.database import Database, holds
from lib.store.exchange.changes.readings import note_readings
from lib.store.exchange.changes.saying import begin_saying
from lib.store.exchange.changes.settling import settle_changes
from lib.store.exchange.dating import begin_dating, date_again, date_by_import, dated_in_words
from lib.store.exchange.facts import begin_facts, decide_kinds, forget_cycles
from lib.store.exchange.files.data_file import Progress
from lib.store.exchange.files.files import look_at
from lib.store.exchange.files.notation import tell_notation, tell_whole_notation
from lib.store.exchange.gone import begin_gone, merge_declared, withdraw_gone
from lib.store.exchange.merging import merge, retry_orphans
from lib.store.exchange.rejected.noting import note_malformed, note_unmeant
from lib.store.exchange.rejected.settling import forget_repeated, settle, sought
from lib.store.exchange.replaced import REPLACED, begin, forget_as_it_was
from lib.store.exchange.rows.feeds import Feed, Recognised, feed_by_kind, feeds_by_source, headings_known
from lib.store.exchange.rows.staging import LookedTooBriefly, open_staging, stage
from lib.store.exchange.writing import MERGED_LEAD, WrittenRows, by_what_was_there
from lib.store.handoffs.cycles import keep_cycles
from lib.store.handoffs.queues import forget_all_cycles
from lib.store.leads.erasing.leaving_out import forget_words_of_erased, said_in_words
from lib.store.statements import statement

REJECTED_ROWS_SHOWN = 100
LEFT_OUT_SHOWN = 20

EVERY_ROW_REJECTED = (
    "Nothing was loaded. Is it the right file, and --as or --source what it holds? How its dates and numbers are "
    "written can be said by --date-format and --decimal, or in the mapping."
)

EVENTS = "events"
"""What an import is called that brings events sent one by one."""


def check_files(
    files: Sequence[Path],
    *,
    kind: str | None = None,
    source: Source | None = None,
    date_formats: tuple[str, ...] = (),
    decimal: str | None = None,
) -> tuple[Recognised, ...]:
    """What each file would fill, of which nothing is read but its start.

    Give a `kind` (a name in `TABLES`) or a `source`; `date_formats` (strptime
    patterns, or `NUMBERED_DATES`) and `decimal` (the sign before a fraction) take the place of what the source says.
    Raises FileRefused with a
    fault for every file that is not what its name says, cannot be read, lacks
    a key column, or is none of the source's.
    """
    if (kind is None) == (source is None):
        raise ValueError("an import is by kind or by source")
    known = headings_known(kind, source)
    recognised: list[Recognised] = []
    faults: list[Fault] = []
    for path in dict.fromkeys(files):
        try:
            file = look_at(path, known)
            by_kind = () if source else (feed_by_kind(file, kind or ""),)
            recognised.append(feeds_by_source(file, source) if source else Recognised(file, by_kind))
        except FileRefused as refused:
            faults += refused.faults
    if faults:
        raise FileRefused(faults)
    return tuple(
        replace(
            one,
            feeds=tuple(
                replace(feed, date_formats=date_formats or feed.date_formats, decimal=decimal or feed.decimal)
                for feed in one.feeds
            ),
        )
        for one in recognised
    )


HISTORY = ("lead", "lead_change", "activity")
"""The tables whose rows every score is made of."""


def import_files(
    db: Database,
    files: Sequence[Path],
    *,
    kind: str | None = None,
    source: Source | None = None,
    zone: ZoneInfo,
    now: int,
    by: Grant,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Loads the files by `kind` or by `source`, in one transaction; with `dry_run`, says what would happen.

    `zone` is the reporting time zone, in which a date alone is meant; `now`
    (microseconds) is noted as the time of the run, and what lies ahead of it is held aside. Leads are loaded before
    what refers to them, whatever the order of the files. Raises FileRefused
    with nothing changed; a single bad row is rejected and the rest loads.
    """
    recognised = check_files(files, kind=kind, source=source)
    what = kind or (source.name if source else "")
    return load(db, recognised, what, zone=zone, now=now, by=by, dry_run=dry_run, progress=progress)


def load(
    db: Database,
    recognised: Sequence[Recognised],
    what: str,
    *,
    zone: ZoneInfo,
    now: int,
    by: Grant,
    dry_run: bool = False,
    undoable: bool = True,
    progress: Progress | None = None,
) -> ImportResult:
    """The same for files each recognised by itself; `what` they are together, and who loads them, is noted.

    One that is not `undoable` only adds rows, and leaves the import before it to be taken back.
    """
    how = _How(what, zone=zone, now=now, by=by, dry_run=dry_run, undoable=undoable, progress=progress)
    try:
        return _load(db, tell_notation(recognised), how)
    except LookedTooBriefly:
        return _load(db, tell_whole_notation(recognised), how)


@dataclass(frozen=True)
class _How:
    """What `load` is asked besides the files."""

    what: str
    zone: ZoneInfo
    now: int
    by: Grant
    dry_run: bool
    undoable: bool
    progress: Progress | None


def _load(db: Database, recognised: Sequence[Recognised], how: _How) -> ImportResult:
    """The files loaded whose notation is told."""
    zone, now, dry_run, undoable, progress = how.zone, how.now, how.dry_run, how.undoable, how.progress
    feeds = [feed for one in recognised for feed in one.feeds]
    numbers = {one.file.path: number for number, one in enumerate(recognised, start=1)}
    merged: dict[str, WrittenRows] = {}
    writing = (
        db.rehearse()
        if dry_run
        else db.write(how.by, Right.IMPORT, history=lambda: not merged.keys().isdisjoint(HISTORY))
    )
    with writing as cursor:
        (run,) = cursor.execute("select coalesce(max(run), 0) + 1 from import_run").fetchall()[0]
        if undoable:
            begin(cursor)
        open_staging(cursor)
        if any(feed.ids == SALESFORCE for feed in feeds):
            short = _find_short_ids(cursor)
            feeds = [replace(feed, short_ids=short) for feed in feeds]
        begin_facts(cursor)
        begin_gone(cursor)
        begin_dating(cursor)
        begin_saying(cursor, run, now, undoable=undoable)
        feeds = note_readings(cursor, feeds, how.what)
        cursor.execute("create temp table file_name (file_number integer, file varchar)")
        cursor.executemany("insert into file_name values (?, ?)", [[n, path.name] for path, n in numbers.items()])
        read: dict[str, int] = {}
        malformed_of: set[Path] = set()
        meant: dict[Path, int] = {}
        by_import = 0
        times = Counter[str]()
        earlier = holds(cursor, "rejected_row")
        for table, filled, group in _batches(feeds):
            staged: list[str] = []
            for feed in group:
                staged.append(f"staged_{len(staged)}")
                found = stage(
                    cursor, feed, staged[-1], numbers[feed.file.path], zone, now, progress, sought=sought(cursor, feed)
                )
                read[table.name] = read.get(table.name, 0) + found.staged
                if feed.file.path not in malformed_of:
                    # It is not known which table they are of: they count for the first that the file feeds.
                    note_malformed(cursor, run, feed, found.malformed)
                    read[table.name] += len(found.malformed)
                    malformed_of.add(feed.file.path)
                note_unmeant(cursor, run, feed, staged[-1])
                if earlier:
                    settle(cursor, feed, staged[-1], run, keep=undoable)
                meant[feed.file.path] = meant.get(feed.file.path, 0) + _meant(cursor, staged[-1])
                if table.key[0] == "activity_id":
                    _number_equal_rows(cursor, staged[-1], table.key[0])
            if progress:
                progress(f"Merging {table.name}", 0.0)
            _gather(cursor, staged)
            if any(feed.undated for feed in group):
                by_import += date_by_import(cursor, now)
            if table.name == MERGE.name:
                written = merge_declared(cursor, run, now)
            else:
                written = merge(cursor, table, filled, run, keep=undoable)
            merged[table.name] = merged.get(table.name, WrittenRows()) + written
            times[table.name] += 1
            cursor.execute("drop table batch")
        if undoable:
            _refuse_where_nothing_is_meant(cursor, run, meant)
        for name, loaded in retry_orphans(cursor, run, keep=undoable).items():
            merged[name] = merged.get(name, WrittenRows()) + loaded
            times[name] += 1
        date_again(cursor, run, keep=undoable)
        became = decide_kinds(cursor, run)
        if merged.get(QUEUE.name, WrittenRows()).new:
            forget_all_cycles(cursor)
        if undoable:
            for name in REPLACED:
                if times[name] > 1:
                    merged[name] = by_what_was_there(cursor, FED[name], run, merged[name])
        settled = settle_changes(cursor, run, keep=undoable)
        if undoable and "lead" in merged and any(settled.followed):
            merged["lead"] = _after_settling(cursor, merged["lead"], settled.kept)
        withdrawn = withdraw_gone(cursor, run, now)
        if withdrawn.rows:
            merged["lead"] = merged["lead"] + withdrawn
        forget_cycles(cursor)
        keep_cycles(cursor)
        erased = forget_words_of_erased(cursor, run)
        forget_repeated(cursor, run, keep=undoable)
        done = [*dated_in_words(cursor, by_import), *_kinds_in_words(became), *settled.in_words()]
        done += said_in_words(erased)
        result = replace(
            _result(cursor, run, recognised, numbers, read, merged, done),
            corrects=settled.corrects,
            changes=settled.changes,
        )
        _note_run(cursor, run, now, how.what, result, undoable=undoable)
        loaded_rows = {name: count.new + count.changed for name, count in result.tables.items()}
        note(cursor, now, how.by, "imported", {"run": run, "files": ", ".join(result.files), **loaded_rows})
    if progress:
        progress("Done", 1.0)
    return result


def _after_settling(cursor: duckdb.DuckDBPyConnection, counted: WrittenRows, kept: int) -> WrittenRows:
    """The counts of leads: a row that settling brought back to what it held is the same. So many that files did not
    change are `kept` beside since."""
    changed = sum(forget_as_it_was(cursor, table) for table in (FED["lead"], MERGED_LEAD)) - kept
    return replace(counted, changed=changed, same=counted.same + counted.changed - changed)


def _find_short_ids(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Notes the ids that the database has in their short form: imports before knew no other; whether there are any."""
    cursor.execute(statement("exchange/short_ids"))
    return holds(cursor, "short_id")


def _meant(cursor: duckdb.DuckDBPyConnection, staged: str) -> int:
    """How many staged rows can be meant."""
    asked = sql("select count(*) from {staged} where fault is null", staged=named(staged))
    return int(cursor.execute(asked).fetchall()[0][0])


def _refuse_where_nothing_is_meant(cursor: duckdb.DuckDBPyConnection, run: int, meant: Mapping[Path, int]) -> None:
    """Refuses files of which every row is rejected: to have loaded nothing of one is no success."""
    faults = []
    for path, rows in meant.items():
        first = cursor.execute(statement("exchange/first_of_file"), {"run": run, "file": path.name}).fetchall()
        if not rows and first:
            line, reason = first[0]
            what = f"every row of it is rejected, the first, line {line}, since {reason}"
            faults.append(Fault(path.name, what, EVERY_ROW_REJECTED))
    if faults:
        raise FileRefused(faults)


def _number_equal_rows(cursor: duckdb.DuckDBPyConnection, staged: str, id_name: str) -> None:
    """Gives the second and later of a file's equal rows without id an id with their ordinal in it."""
    cursor.execute(statement("exchange/number_equal_rows", staged=named(staged), id=named(id_name)))


def _batches(feeds: Sequence[Feed]) -> Iterator[tuple[ImportTable, tuple[str, ...], list[Feed]]]:
    """The feeds in the order they are loaded, those merged together in one group.

    Files that fill the same columns are one batch, so that a key repeated in
    two of them counts once.
    """
    order = list(FED)
    by_table = sorted(feeds, key=lambda feed: order.index(feed.table.name))
    for (name, filled), group in groupby(by_table, key=lambda feed: (feed.table.name, feed.filled)):
        yield FED[name], filled, list(group)


def _gather(cursor: duckdb.DuckDBPyConnection, staged: list[str]) -> None:
    """One table `batch` of the rows that can be meant."""
    for name in staged:
        cursor.execute(sql("delete from {staged} where fault is not null", staged=named(name)))
    if len(staged) == 1:
        cursor.execute(sql("alter table {staged} rename to batch", staged=named(staged[0])))
        return
    rows = all_rows(sql("select * from {staged}", staged=named(name)) for name in staged)
    cursor.execute(sql("create temp table batch as {rows}", rows=rows))
    for name in staged:
        cursor.execute(sql("drop table {staged}", staged=named(name)))


def _result(
    cursor: duckdb.DuckDBPyConnection,
    run: int,
    recognised: Sequence[Recognised],
    numbers: dict[Path, int],
    read: dict[str, int],
    merged: dict[str, WrittenRows],
    done: Sequence[str],
) -> ImportResult:
    counts = cursor.execute(statement("exchange/rejected_counts"), {"run": run}).fetchall()
    rejected = {table: int(rows) for table, rows, *_ in counts}
    waiting, unknown, twice = (sum(int(one[at]) for one in counts) for at in (2, 3, 4))
    given = {"run": run, "files": [path.name for path in numbers], "shown": REJECTED_ROWS_SHOWN}
    rows = cursor.execute(statement("exchange/first_rejected"), given).fetchall()
    left_out = cursor.execute(statement("exchange/left_out"), {**given, "shown": LEFT_OUT_SHOWN}).fetchall()
    tables = {
        name: TableCount(
            read.get(name, 0) + loaded.shared,
            loaded.new,
            loaded.changed,
            loaded.same,
            rejected.get(name, 0),
            loaded.waited,
        )
        for name, loaded in sorted(merged.items(), key=lambda item: list(FED).index(item[0]))
    }
    ignored = {one.file.name: feed.ignored for one in recognised for feed in one.feeds if feed.ignored}
    return ImportResult(
        files=tuple(path.name for path in numbers),
        tables=tables,
        rejected=sum(rejected.values()),
        rejected_rows=tuple(RejectedRow(*row) for row in rows),
        unknown_values=unknown,
        ignored=tuple(ignored.items()),
        unused=tuple((one.file.name, one.unused) for one in recognised if one.unused is not None),
        run=run,
        waiting=waiting,
        deleted=sum(loaded.deleted for loaded in merged.values()),
        merged=merged.get(MERGE.name, WrittenRows()).new,
        older=sum(loaded.older for loaded in merged.values()),
        twice=twice,
        left_out=tuple(LeftOut(*value) for value in left_out),
        remarks=(*(remark for one in recognised for remark in (*one.file.remarks, *one.remarks)), *done),
    )


def _kinds_in_words(became: Mapping[str, int]) -> list[str]:
    """What events have become by what came before them."""
    told = ", ".join(f"{events:,} {kind}" for kind, events in became.items())
    return [f"by what came before them, events are now: {told}"] if told else []


def _note_run(
    cursor: duckdb.DuckDBPyConnection, run: int, now: int, what: str, result: ImportResult, *, undoable: bool
) -> None:
    tables = {name: asdict(count) for name, count in result.tables.items()}
    given = {
        "run": run,
        "imported_at": from_microseconds(now).replace(tzinfo=None),
        "what": what,
        "files": json.dumps(result.files),
        "tables": json.dumps(tables),
        "rejected": result.rejected,
        "unknown_values": result.unknown_values,
        "undoable": undoable,
    }
    cursor.execute(statement("exchange/add_import_run"), given)
