"""What is wrong with the data: kept, told, and never silently counted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from lib.core.handoffs.cycles import ProblemKind
from lib.core.handoffs.problems import REMEDIES, Problem, ProblemGroup, Troubled, of_event
from lib.core.time.clock import from_microseconds, to_microseconds
from lib.store.database import Database
from lib.store.handoffs.handoffs import cycles_are_kept
from lib.store.statements import statement

EVERY = 2**62
"""More problems than there can be."""


def load_problems(
    database: Database, as_of: int, reasons: Collection[str], kind: ProblemKind | None = None, most: int = EVERY
) -> tuple[Problem, ...]:
    """The first problems as of an instant (microseconds): rows of files first, then events by kind and instant.

    `reasons` are the known codes to reject for; `kind` None is any. An event later than `as_of` is
    itself a problem.
    """
    return tuple(_problem(row) for row in _found(database, "handoffs/problem_cases", as_of, reasons, kind, most=most))


def problem_groups(
    database: Database, as_of: int, reasons: Collection[str], kind: ProblemKind | None = None
) -> tuple[ProblemGroup, ...]:
    """The problems as of an instant by kind and cause, what is most frequent first; given as to `load_problems`."""
    rows = _found(database, "handoffs/problem_groups", as_of, reasons, kind)
    return tuple(ProblemGroup(row[-1], _problem(row[:-1])) for row in rows)


def _found(
    database: Database, asked: str, as_of: int, reasons: Collection[str], kind: ProblemKind | None, **more: int
) -> list[tuple[Any, ...]]:
    instant = from_microseconds(as_of).replace(tzinfo=None)
    problems = statement(
        "handoffs/problems",
        rows=statement("handoffs/problems_of_rows"),
        events=statement("handoffs/problems_of_events"),
    )
    with database.read() as cursor:
        given = {"as_of": instant, "reasons": list(reasons), "kept": cycles_are_kept(cursor, instant)}
        given |= {"kind": None if kind is None else kind.value, **more}
        return cursor.execute(statement(asked, problems=problems), given).fetchall()


def _problem(row: Sequence[Any]) -> Problem:
    problem, lead_id, event_id, occurred_at, step, mql_at, said, cause, _run, file, line, _table, rows = row
    kind, at = ProblemKind(problem), _microseconds(occurred_at)
    if step is not None:
        assert at is not None  # noqa: S101  (for mypy)
        return of_event(kind, lead_id, event_id, Troubled(step, at, _microseconds(mql_at), said))
    times = f" ({rows:,} rows)" if rows > 1 else ""
    return Problem(kind, lead_id, event_id, at, f"{file}, line {line}: {said}{times}.", cause, REMEDIES[kind])


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at)
