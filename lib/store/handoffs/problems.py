"""What is wrong with the data: kept, told, and never silently counted."""

from collections.abc import Collection, Sequence
from datetime import datetime

from lib.core.folding import fold
from lib.core.handoffs.cycles import ProblemKind
from lib.core.handoffs.problems import Problem
from lib.core.time.clock import from_microseconds, instant_text, to_microseconds
from lib.store.database import Database
from lib.store.handoffs.handoffs import cycles_are_kept
from lib.store.statements import statement

_KIND_OF_ROW = {
    "row": ProblemKind.REJECTED_ROW,
    "orphan": ProblemKind.ORPHAN,
    "value": ProblemKind.UNKNOWN_VALUE,
}


def load_problems(database: Database, as_of: int, reasons: Collection[str]) -> tuple[Problem, ...]:
    """Every problem as of an instant (microseconds): rows of files first, then events by kind and instant.

    `reasons` are the known codes to reject for. An event later than `as_of` is
    itself a problem.
    """
    instant = from_microseconds(as_of).replace(tzinfo=None)
    with database.read() as cursor:
        given = {
            "as_of": instant,
            "reasons": list(map(fold, reasons)),
            "kept": cycles_are_kept(cursor, instant),
        }
        rows = cursor.execute(statement("handoffs/problems_of_rows")).fetchall()
        events = cursor.execute(statement("handoffs/problems_of_events"), given).fetchall()
    return (*(_of_row(row) for row in rows), *(_of_event(event) for event in events))


def _of_row(row: Sequence[object]) -> Problem:
    kind, file, line, reason, count, lead_id, key, occurred_at = row
    times = f" ({count:,} rows)" if isinstance(count, int) and count > 1 else ""
    return Problem(
        kind=_KIND_OF_ROW[str(kind)],
        lead_id=_text(lead_id),
        event_id=_text(key),
        occurred_at=to_microseconds(occurred_at) if isinstance(occurred_at, datetime) else None,
        sentence=f"{file}, line {line}: {reason}{times}.",
    )


def _of_event(event: Sequence[object]) -> Problem:
    problem, lead_id, event_id, occurred_at, kind, mql_at, said = event
    assert isinstance(occurred_at, datetime)  # noqa: S101  (for mypy)
    at = to_microseconds(occurred_at)
    handed_over = instant_text(to_microseconds(mql_at)) if isinstance(mql_at, datetime) else ""
    return Problem(
        kind=ProblemKind(str(problem)),
        lead_id=_text(lead_id),
        event_id=_text(event_id),
        occurred_at=at,
        sentence=_sentence(ProblemKind(str(problem)), str(kind), instant_text(at), handed_over, _text(said)),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _sentence(problem: ProblemKind, kind: str, at: str, handed_over: str, said: str | None) -> str:
    event = f"'{kind}' at {at}"
    match problem:
        case ProblemKind.ORPHAN if kind == "retracted":
            return f"{event} takes back event '{said or ''}', which this lead does not have."
        case ProblemKind.ORPHAN:
            return f"{event} comes before the lead was handed over, and belongs to no hand-off."
        case ProblemKind.REPEAT if kind == "mql":
            return f"{event} repeats the hand-over of {handed_over}, which is still under way, and counts for nothing."
        case ProblemKind.REPEAT:
            return f"{event} is not the first of its kind since the hand-over of {handed_over}; the first one counts."
        case ProblemKind.CONTRADICTION:
            return f"{event} contradicts what sales decided before on the hand-over of {handed_over}; that stands."
        case ProblemKind.UNKNOWN_REASON if said is None:
            return f"{event} rejects without a reason."
        case ProblemKind.UNKNOWN_REASON:
            return f"{event} rejects for '{said}', which is no reason in reasons.yaml."
        case ProblemKind.CURRENCY:
            return f"{event} has its amount in {said}, unlike most; it is left out of sums."
        case ProblemKind.FUTURE:
            return f"{event} is later than the instant looked at, and counts for nothing yet."
    raise ValueError(problem)
