"""What is wrong with the data: kept, told, and never silently counted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from lib.core.arrays import UNKNOWN
from lib.core.folding import fold
from lib.core.funnel.money import UNSAID, Money
from lib.core.handoffs.cycles.derived import Derived, Of, Wrong
from lib.core.handoffs.problems import REMEDIES, Problem, ProblemGroup, ProblemKind, Troubled, of_change, of_event
from lib.core.leads.problems import Changed
from lib.core.time.clock import from_microseconds, instant_text, to_microseconds
from lib.store.composing import sql
from lib.store.database import Database
from lib.store.handoffs.cycles import derived
from lib.store.statements import statement

EVERY = 2**62
"""More problems than there can be."""


WRONG = {
    Wrong.ORPHAN: ProblemKind.ORPHAN,
    Wrong.REPEAT: ProblemKind.REPEAT,
    Wrong.CONTRADICTION: ProblemKind.CONTRADICTION,
    Wrong.TIE: ProblemKind.TIE,
    Wrong.REOPENED: ProblemKind.REOPENED,
    Wrong.UNKNOWN_REASON: ProblemKind.UNKNOWN_REASON,
}


def load_problems(
    database: Database,
    as_of: int,
    reasons: Collection[str],
    kind: ProblemKind | None = None,
    most: int = EVERY,
    *,
    money: Money = UNSAID,
) -> tuple[Problem, ...]:
    """The first problems as of an instant (microseconds): rows of files first, then events and changes of fields.

    `reasons` are the known codes to reject for; `kind` None is any. An event later than `as_of` is itself a problem,
    and so is an amount in a currency that sums by `money` do not hold.
    """
    rows = _found(database, "handoffs/problem_cases", as_of, reasons, kind, money, most=most)
    return tuple(_problem(row) for row in rows)


def problem_groups(
    database: Database,
    as_of: int,
    reasons: Collection[str],
    kind: ProblemKind | None = None,
    *,
    money: Money = UNSAID,
) -> tuple[ProblemGroup, ...]:
    """The problems as of an instant by kind and cause, what is most frequent first; given as to `load_problems`."""
    rows = _found(database, "handoffs/problem_groups", as_of, reasons, kind, money)
    return tuple(ProblemGroup(row[-1], _problem(row[:-1])) for row in rows)


def _found(
    database: Database,
    query: str,
    as_of: int,
    reasons: Collection[str],
    kind: ProblemKind | None,
    money: Money,
    **more: int,
) -> list[tuple[Any, ...]]:
    instant = from_microseconds(as_of).replace(tzinfo=None)
    problems = statement(
        "handoffs/problems",
        rows=statement("handoffs/problems_of_rows"),
        events=statement("handoffs/problems_of_events"),
        changes=statement("leads/problems_of_changes"),
    )
    with database.read() as cursor:
        cursor.register("problem_of_cycle", _of_cycles(cursor, instant, reasons))
        given = {"as_of": instant, "currencies": _in_sums(cursor, instant, money)}
        given |= {"kind": None if kind is None else kind.value, **more}
        return cursor.execute(statement(query, problems=problems), given).fetchall()


def _of_cycles(cursor: duckdb.DuckDBPyConnection, instant: datetime, reasons: Collection[str]) -> pa.Table:
    """What the derivation of cycles finds wrong: the problem, the event, when its hand-off was, and what is said."""
    given = {"as_of": instant, "reasons": list(map(fold, reasons))}
    cursor.register("suspect", cursor.sql(statement("handoffs/suspects"), params=given).to_arrow_table())
    of_suspects = cursor.sql("from handoff_event semi join suspect using (lead_id)").to_arrow_table()
    cursor.register("event_of_suspect", of_suspects)
    events, found = derived(cursor, sql("'event_of_suspect'"), instant, reasons)
    return pa.concat_tables(_of_kind(events, found, wrong) for wrong in Wrong)


def _of_kind(events: pa.Table, found: Derived, wrong: Wrong) -> pa.Table:
    rows = np.flatnonzero(found.wrong & wrong)
    cycle = found.cycle[rows]
    none = cycle < 0
    mql_at, reason = (np.append(found.of(what), UNKNOWN)[np.where(none, -1, cycle)] for what in (Of.MQL_AT, Of.REASON))
    # Only the reason that nobody knows says more than the event.
    unsaid = np.ones(len(rows), dtype=np.bool_) if wrong is not Wrong.UNKNOWN_REASON else reason == UNKNOWN
    shown = events.take(pa.array(rows))
    return pa.table(
        {
            "problem": pa.array([WRONG[wrong].value] * len(rows), pa.string()),
            "lead_id": shown["lead_id"],
            "event_id": shown["event_id"],
            "occurred_at": shown["at"].cast(pa.timestamp("us")),
            "kind": shown["kind"],
            "mql_at": pa.array(mql_at, mask=none).cast(pa.timestamp("us")),
            "said": events["reason"].take(pa.array(reason, mask=unsaid)),
        }
    )


def _in_sums(cursor: duckdb.DuckDBPyConnection, instant: datetime, money: Money) -> list[str]:
    """The currencies whose amounts sums hold."""
    rows = cursor.execute(statement("handoffs/currencies"), {"as_of": instant}).fetchall()
    return list(money.added(dict(rows)))


def _problem(row: Sequence[Any]) -> Problem:
    problem, lead_id, event_id, occurred_at, step, mql_at, said, cause, _run, file, line, _table, rows, *change = row
    kind, at = ProblemKind(problem), _microseconds(occurred_at)
    changed_field, value, old_value, before = change
    if changed_field is not None:
        assert at is not None  # noqa: S101  (for mypy)
        return of_change(kind, lead_id, at, Changed(changed_field, instant_text(at), value, old_value, before))
    if step is not None:
        assert at is not None  # noqa: S101  (for mypy)
        return of_event(kind, lead_id, event_id, Troubled(step, at, _microseconds(mql_at), said))
    times = f" ({rows:,} rows)" if rows > 1 else ""
    return Problem(kind, lead_id, event_id, at, f"{file}, line {line}: {said}{times}.", cause, REMEDIES[kind])


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at)
