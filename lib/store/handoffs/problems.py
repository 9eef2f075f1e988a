"""What is wrong with the data: kept, told, and never silently counted."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from lib.core.arrays import UNKNOWN
from lib.core.folding import fold
from lib.core.funnel.money import UNSAID, Money
from lib.core.handoffs.cycles.derived import Of, Wrong
from lib.core.handoffs.problems import Problem, ProblemKind
from lib.core.time.clock import from_microseconds, instant_text, to_microseconds
from lib.store.composing import sql
from lib.store.database import Database
from lib.store.handoffs.cycles import derived
from lib.store.statements import statement

_KIND_OF_ROW = {
    "row": ProblemKind.REJECTED_ROW,
    "orphan": ProblemKind.ORPHAN,
    "value": ProblemKind.UNKNOWN_VALUE,
}


WRONG = {
    Wrong.ORPHAN: ProblemKind.ORPHAN,
    Wrong.REPEAT: ProblemKind.REPEAT,
    Wrong.CONTRADICTION: ProblemKind.CONTRADICTION,
    Wrong.TIE: ProblemKind.TIE,
    Wrong.REOPENED: ProblemKind.REOPENED,
    Wrong.UNKNOWN_REASON: ProblemKind.UNKNOWN_REASON,
}


def load_problems(
    database: Database, as_of: int, reasons: Collection[str], *, money: Money = UNSAID
) -> tuple[Problem, ...]:
    """Every problem as of an instant (microseconds): rows of files first, then events by kind and instant.

    `reasons` are the known codes to reject for; amounts in a currency that `money` does not add are a problem. An
    event later than `as_of` is itself one.
    """
    instant = from_microseconds(as_of).replace(tzinfo=None)
    with database.read() as cursor:
        rows = cursor.execute(statement("handoffs/problems_of_rows")).fetchall()
        found = [*_of_cycles(cursor, instant, reasons), *_besides(cursor, instant, money)]
    found.sort(key=lambda row: tuple(str(part) for part in (row[0], row[3], row[1], row[2])))
    return (*(_of_row(row) for row in rows), *(_of_event(event) for event in found))


def _of_cycles(
    cursor: duckdb.DuckDBPyConnection, instant: datetime, reasons: Collection[str]
) -> Iterator[tuple[object, ...]]:
    """What the derivation of cycles finds wrong: the problem, the event, its hand-over and what it says."""
    given = {"as_of": instant, "reasons": list(map(fold, reasons))}
    cursor.register("suspect", cursor.sql(statement("handoffs/suspects"), params=given).to_arrow_table())
    of_suspects = cursor.sql("from handoff_event semi join suspect using (lead_id)").to_arrow_table()
    cursor.register("event_of_suspect", of_suspects)
    events, found = derived(cursor, sql("'event_of_suspect'"), instant, reasons)
    mql_at, reason = found.of(Of.MQL_AT), found.of(Of.REASON)
    wrong = np.flatnonzero(found.wrong)
    shown = events.select(["lead_id", "event_id", "at", "kind"]).take(pa.array(wrong)).to_pylist()
    for row, event in zip(wrong.tolist(), shown, strict=True):
        at, cycle = from_microseconds(event["at"]).replace(tzinfo=None), found.cycle[row]
        handed_over = None if cycle == UNKNOWN else from_microseconds(int(mql_at[cycle])).replace(tzinfo=None)
        for kind in Wrong:
            if found.wrong[row] & kind:
                said = None
                if kind is Wrong.UNKNOWN_REASON and reason[cycle] != UNKNOWN:
                    said = events["reason"][int(reason[cycle])].as_py()
                yield WRONG[kind], event["lead_id"], event["event_id"], at, event["kind"], handed_over, said
    cursor.unregister("event_of_suspect")
    cursor.unregister("suspect")


def _besides(cursor: duckdb.DuckDBPyConnection, instant: datetime, money: Money) -> list[tuple[object, ...]]:
    """What is wrong with an event whatever cycle it belongs to."""
    rows: pa.Table = cursor.sql(statement("handoffs/currencies"), params={"as_of": instant}).to_arrow_table()
    counts = {row["currency"]: row["amounts"] for row in rows.to_pylist()}
    given = {"as_of": instant, "currencies": list(money.added(counts))}
    return cursor.execute(statement("handoffs/problems_besides"), given).fetchall()


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
        case ProblemKind.TIE:
            return f"{event} says otherwise than another of its kind at the same instant, which counts."
        case ProblemKind.REOPENED:
            return f"{event} ends what was handed over at {handed_over} otherwise than before; the last one counts."
        case ProblemKind.CONTRADICTION:
            return f"{event} contradicts what sales decided before on the hand-over of {handed_over}; that stands."
        case ProblemKind.UNKNOWN_REASON if said is None:
            return f"{event} rejects without a reason."
        case ProblemKind.UNKNOWN_REASON:
            return f"{event} rejects for '{said}', which is no reason in reasons.yaml."
        case ProblemKind.CURRENCY:
            return f"{event} has its amount in {said}, for which there is no rate; it is left out of sums."
        case ProblemKind.FUTURE:
            return f"{event} is later than the instant looked at, and counts for nothing yet."
    raise ValueError(problem)
