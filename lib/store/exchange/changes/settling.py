"""What an import's rows and histories of leads come to: changes recorded, corrected or dropped, rows that follow them.

The end is the same whatever the order in which rows and histories came (docs/decisions/0037).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from lib.core.exchange.field_names import CHANGING
from lib.core.exchange.runs import ValueCount
from lib.core.exchange.tables import TABLES
from lib.store.composing import Sql, in_turn, listed, named, quoted, sql, whole
from lib.store.database import holds, insert
from lib.store.exchange.replaced import replaced
from lib.store.exchange.rows.staging import SQL_TYPES
from lib.store.statements import statement


@dataclass(frozen=True)
class Settled:
    """How many values of leads were corrected and changed, by field; how many follow a newer change, of how many leads;
    of how many leads the rows are kept beside since they do; how many recorded changes gave way to a history."""

    corrects: ValueCount = field(default_factory=ValueCount)
    changes: ValueCount = field(default_factory=ValueCount)
    followed: tuple[int, int] = (0, 0)
    kept: int = 0
    gave_way: int = 0

    def in_words(self) -> list[str]:
        """What became of values and changes besides, where there are any."""
        values, leads = self.followed
        told = f"{values:,} {'value' if values == 1 else 'values'} of {leads:,} {'lead' if leads == 1 else 'leads'}"
        words = [f"{told} {'is' if values == 1 else 'are'} what a newer change says, not what the row does"]
        given = f"{self.gave_way:,} {'change' if self.gave_way == 1 else 'changes'} that imports had recorded"
        ways = [f"{given} {'gives' if self.gave_way == 1 else 'give'} way to what is known by now"]
        return words * (values > 0) + ways * (self.gave_way > 0)


def settle_changes(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> Settled:
    """Brings the changes of fields and the rows of leads together, of what this import says something of."""
    cursor.execute(statement("exchange/changes/leads_before"))
    cursor.execute(statement("exchange/changes/fields_changed", columns=_columns_before_and_after()))
    cursor.execute(statement("exchange/changes/pairs", value=_value_of_pair()))
    if not holds(cursor, "pair"):
        return Settled()
    cursor.execute(statement("exchange/changes/situations"))
    cursor.execute(statement("exchange/changes/points"))
    cursor.execute(statement("exchange/changes/recorded_now"))
    cursor.execute(statement("exchange/changes/ends"))
    _correct(cursor, keep=keep)
    _record(cursor, run, keep=keep)
    kept = _follow(cursor, keep=keep)
    return _counted(cursor, kept)


def _columns_before_and_after() -> Sql:
    """SQL for each column of a lead as texts, as it was and as it is."""
    return listed(
        sql(
            "{field: {name}, was: lead_before.{column}::varchar, becomes: lead_now.{column}::varchar}",
            name=quoted(name),
            column=named(name),
        )
        for name in CHANGING
    )


def _value_of_pair() -> Sql:
    """SQL for what a lead's row holds in a field that is named beside it."""
    cases = in_turn(
        sql("when {name} then lead_now.{column}::varchar", name=quoted(name), column=named(name)) for name in CHANGING
    )
    return sql("case touched.field {cases} else extra_value(lead_now.extra, substr(touched.field, 7)) end", cases=cases)


def _correct(cursor: duckdb.DuckDBPyConnection, *, keep: bool) -> None:
    """Gives last changes the value that is read now, where the same is read otherwise than before."""
    rows = statement("exchange/changes/corrected_changes")
    if keep:
        insert(cursor, replaced("lead_change"), statement("exchange/changes/changes_kept", rows=rows))
    cursor.execute(statement("exchange/changes/correct_changes"))


def _record(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> None:
    """Has those changes recorded that follow from what is known."""
    rows = statement("exchange/changes/recorded_going")
    going = sql("select rowid as change_row, * from lead_change where rowid in ({rows})", rows=rows)
    cursor.execute(sql("create or replace temp table going as {going}", going=going))
    cursor.execute(statement("exchange/changes/recorded_coming"))
    if holds(cursor, "going"):
        keys = statement("exchange/changes/keys_going")
        if keep:
            changes = statement("exchange/changes/changes_kept", rows=sql("select change_row from going"))
            insert(cursor, replaced("lead_change"), changes)
            marks = sql(
                "select * from recorded_change where run <> {run} and rowid in ({keys})", run=whole(run), keys=keys
            )
            insert(cursor, replaced("recorded_change"), marks)
        cursor.execute(sql("delete from recorded_change where rowid in ({keys})", keys=keys))
        cursor.execute("delete from lead_change where rowid in (select change_row from going)")
    insert(cursor, named("lead_change"), statement("exchange/changes/changes_coming"), {"run": run})
    marks = sql("select lead_id, field, changed_at, $run from coming")
    insert(cursor, named("recorded_change"), marks, {"run": run})


def _follow(cursor: duckdb.DuckDBPyConnection, *, keep: bool) -> int:
    """Gives rows what their last changes say; how many rows are kept as they were."""
    cursor.execute(statement("exchange/changes/followed"))
    if not holds(cursor, "followed"):
        return 0
    kept = 0
    for table in ("lead", "merged_lead"):
        if keep:
            as_they_were = statement("exchange/changes/leads_kept", table=named(table), replaced=replaced(table))
            kept += insert(cursor, replaced(table), as_they_were)
        columns = listed(_followed(table, name) for name in CHANGING)
        cursor.execute(statement("exchange/changes/follow_changes", table=named(table), columns=columns))
    return kept


def _followed(table: str, name: str) -> Sql:
    """SQL that gives a column the value that the last change says, where there is one."""
    kind = SQL_TYPES[TABLES["lead"].column(name).type]
    said = sql("followed.fields[{name}]", name=quoted(name))
    value = sql(
        "if(map_contains(followed.fields, {name}), try_cast({said} as {kind}), {stands})",
        name=quoted(name),
        said=said,
        kind=kind,
        stands=named(table, name),
    )
    return sql("{column} = {value}", column=named(name), value=value)


def _counted(cursor: duckdb.DuckDBPyConnection, kept: int) -> Settled:
    counts: Mapping[str, dict[str, int]] = {"corrects": {}, "changes": {}}
    for what, name, number in cursor.execute(statement("exchange/changes/values_counted")).fetchall():
        counts[what][name] = number
    leads = cursor.execute(statement("exchange/changes/leads_counted")).fetchall()[0]
    return Settled(
        corrects=ValueCount.of(counts["corrects"], leads[0]),
        changes=ValueCount.of(counts["changes"], leads[1]),
        followed=(int(leads[2]), int(leads[3])),
        gave_way=int(leads[4]),
        kept=kept,
    )
