"""Events as statements of facts: what an import adds, corrects or takes away of what stands.

The newest import of a fact counts, or the statement its source dated last (docs/decisions/0030).
"""

import duckdb

from lib.core.handoffs.events import IMPLYING
from lib.store.composing import Sql, all_of, any_of, listed, named, names, same, sql, whole
from lib.store.database import insert
from lib.store.exchange.gone import settle_gone
from lib.store.exchange.replaced import clear_rejected
from lib.store.exchange.writing import WrittenRows
from lib.store.statements import statement

EVENTS = "handoff_event"

SAID_BESIDE: dict[str, Sql] = {
    "by_day": sql("boolean"),
    "day_ends_at": sql("timestamp"),
    "fact": sql("varchar"),
    "stated_at": sql("timestamp"),
}
"""What is kept of an event besides what its file's columns say of it."""

WRITTEN = ("event_id", "lead_id", "occurred_at", "kind", "actor", "reason", "amount", "detail", *SAID_BESIDE)

_IN_BATCH: dict[str, Sql] = {
    "actor": sql("varchar"),
    "reason": sql("varchar"),
    "amount": sql("decimal(18, 4)"),
    "detail": sql("json"),
    **SAID_BESIDE,
    "dated": sql("boolean"),
    "gone": sql("boolean"),
    "by_alias": sql("boolean"),
}


def begin_facts(cursor: duckdb.DuckDBPyConnection) -> None:
    """Makes what the statements of one import are compared in: every one of them counts, whatever file it stands in."""
    cursor.execute("create or replace temp table said_in_this_import (event_id varchar)")
    cursor.execute("create or replace temp table lead_of_facts (lead_id varchar)")
    cursor.execute(statement("exchange/rule_of"))


def forget_cycles(cursor: duckdb.DuckDBPyConnection) -> None:
    """Has the cycles derived anew of the leads of which an event was moved aside."""
    cursor.execute("create or replace temp table lead_of_events as select distinct lead_id from lead_of_facts")
    cursor.execute(statement("exchange/forget_cycles_of_events"))


def complete_batch(cursor: duckdb.DuckDBPyConnection) -> None:
    """Gives `batch` every column of an event that its file lacks, unknown."""
    for column, kind in _IN_BATCH.items():
        cursor.execute(sql("alter table batch add column if not exists {name} {kind}", name=named(column), kind=kind))


def tell_facts(cursor: duckdb.DuckDBPyConnection) -> None:
    """Gives the rows of a complete `batch` what tells which others, and which standing events, state the same fact."""
    cursor.execute("alter table batch add column if not exists merged_from varchar")
    cursor.execute(statement("exchange/batch_of_facts"))
    cursor.execute("drop table batch")
    cursor.execute("alter table of_facts rename to batch")


def take_gone(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> WrittenRows:
    """Takes the rows of `batch` that say of an event that it is gone, and moves it aside; one that waits waits no more.

    A row whose event is not there, or was written by its source since, changes nothing. Of several rows about one
    fact those count that are dated, or else said, last.
    """
    replaced_rows = settle_gone(cursor, sql("(fact, whose)"), named("stated_at"))
    cursor.execute(statement("exchange/gone_facts"))
    said: int = cursor.execute(statement("exchange/take_gone_rows")).fetchall()[0][0]
    if not said:
        return replaced_rows
    cursor.execute(statement("exchange/gone_events", run=whole(run)))
    (deleted,) = cursor.execute("select count(distinct gone_row) from gone_now").fetchall()[0]
    waiting = sql("kind = 'orphan' and table_name = 'handoff_event' and row ->> 'fact' in (select fact from gone_fact)")
    # Of this import, those that an earlier batch of it brought.
    ours = sql("select count(*) from rejected_row where run = {run} and {waiting}", run=whole(run), waiting=waiting)
    (before,) = cursor.execute(ours).fetchall()[0]
    clear_rejected(cursor, run, waiting, keep=keep)
    return replaced_rows + WrittenRows(changed=deleted, same=said - deleted + int(before), deleted=deleted)


def replace_waiting(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> None:
    """Of events that wait for their lead, what this import says otherwise waits no more."""
    clear_rejected(
        cursor, run, sql("rowid in ({replaced})", replaced=statement("exchange/replaced_waiting")), keep=keep
    )


def state_facts(
    cursor: duckdb.DuckDBPyConnection, filled: tuple[str, ...], row: Sql, run: int, *, waited: bool
) -> WrittenRows:
    """Writes the events of `batch`, whose facts are told, beside what stands, which they repeat, correct or add to.

    `filled` are the columns their file has, `row` a row of `batch` as JSON. With `waited`, they are of earlier
    imports, and whatever was said of the same facts since stands. Those whose id is taken by another content
    become rejected rows of this run.
    """
    cursor.execute(statement("exchange/owners_by_id"))
    older = _removed(cursor, "exchange/older_of_batch")
    repeated = (
        older + _removed(cursor, "exchange/owners_written_twice") + _removed(cursor, "exchange/repeated_statements")
    )
    repeated += _keep_first_of_id(cursor, filled, row, run)
    into = sql("handoff_event ({columns}, run)", columns=names((*WRITTEN, "merged_from")))
    values = listed(named("batch", name) for name in (*WRITTEN, "merged_from"))
    if cursor.execute("select 1 from handoff_event where fact is null and run <> ? limit 1", [run]).fetchall():
        cursor.execute(statement("exchange/adopt_events", run=whole(run)))
    _put_back_said_again(cursor, run)
    cursor.execute(statement("exchange/events_met", same_by_id=_same_content(filled, "event")))
    cursor.execute(statement("exchange/fate_of_events"), {"run": run, "waited": waited})
    insert(cursor, named("rejected_row"), statement("exchange/taken_ids", row=row), {"run": run})
    for column in ("actor", "reason", "amount", "detail"):
        if column not in filled:
            # Of an event under an id of its own, what the file does not speak of stays.
            cursor.execute(statement("exchange/keep_unspoken", column=named(column)))
    cursor.execute(statement("exchange/correct_events", run=whole(run)))
    new, changed, same_rows, late = cursor.execute(statement("exchange/counts_of_events")).fetchall()[0]
    insert(cursor, into, statement("exchange/added_events", values=values), {"run": run})
    for table in ("event_met", "event_fate", "corrected_now"):
        cursor.execute(sql("drop table {table}", table=named(table)))
    return WrittenRows(int(new), int(changed), int(same_rows) + repeated, older=int(late) + older)


def _put_back_said_again(cursor: duckdb.DuckDBPyConnection, run: int) -> None:
    """Puts the events back that another file of this import had moved aside and that this one says too."""
    if not cursor.execute("select 1 from corrected_event where corrected_by = ? limit 1", [run]).fetchall():
        return
    cursor.execute(statement("exchange/said_again", run=whole(run)))
    moved = sql("corrected_event where rowid in (select corrected_row from said_again)")
    back = sql("select * exclude (corrected_by, why) from {moved}", moved=moved)
    if insert(cursor, sql("handoff_event by name"), back):
        cursor.execute(sql("delete from {moved}", moved=moved))


def _removed(cursor: duckdb.DuckDBPyConnection, name: str) -> int:
    removed: int = cursor.execute(statement(name)).fetchall()[0][0]
    return removed


def _same_content(filled: tuple[str, ...], other: str) -> Sql:
    """SQL for whether an event under an id of its own says the same as another under it, of what its file speaks of."""
    spoken = [name for name in filled if name not in ("event_id", "fact", "stated_at", "day_ends_at", "by_day", "kind")]
    # Of what has a rule, the kind is no statement of its source.
    of_kind = any_of([sql("batch.rule is not null"), same(sql("batch.kind"), named(other, "kind"))])
    return all_of([of_kind, *(same(named("batch", name), named(other, name)) for name in spoken)])


def decide_kinds(cursor: duckdb.DuckDBPyConnection, run: int) -> dict[str, int]:
    """Gives each event of the leads this import touched the kind that its rule says; how many became which."""
    given = {"run": run, "steps": list(IMPLYING), "implying": [list(kinds) for kinds in IMPLYING.values()]}
    cursor.execute(statement("exchange/kinds_by_rule"), given)
    became = cursor.execute("select kind, count(*) from kind_by_rule group by kind order by kind").fetchall()
    if became:
        cursor.execute(statement("exchange/decide_kinds", run=whole(run)))
    return dict(became)


def _keep_first_of_id(cursor: duckdb.DuckDBPyConnection, filled: tuple[str, ...], row: Sql, run: int) -> int:
    """Rejects what one import says otherwise of an id it has spoken of before, and removes what it says again; how
    many of those."""
    if not cursor.execute("select 1 from batch where by_id group by event_id having count(*) > 1 limit 1").fetchall():
        return 0
    cursor.execute(statement("exchange/first_of_id"))
    otherwise = statement("exchange/second_content", row=row, same_by_id=_same_content(filled, "first_of_id"))
    insert(cursor, named("rejected_row"), otherwise, {"run": run})
    again = statement("exchange/again_in_batch", same_by_id=_same_content(filled, "first_of_id"))
    ((repeated,),) = cursor.execute(again).fetchall()
    cursor.execute("delete from batch where by_id and rowid not in (select batch_row from first_of_id)")
    return int(repeated)
