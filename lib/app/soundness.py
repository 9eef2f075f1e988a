"""How new and how sound the data is, what is wrong with it, what was imported: remembered while it stays the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from lib.app.deployment import Stored
from lib.app.remembered import Aside, remembered
from lib.app.snapshot import Snapshot
from lib.core.errors import Fault
from lib.core.exchange import machines
from lib.core.exchange.machines import Scanned
from lib.core.exchange.runs import ImportRun, Rejected
from lib.core.exchange.soundness import (
    Ended,
    FieldKnown,
    Finding,
    Fresh,
    Missing,
    Suspicious,
    fields_known,
    is_unknown,
    missing,
)
from lib.core.funnel.money import Money
from lib.core.handoffs.problems import Problem, ProblemGroup, ProblemKind
from lib.core.time import clock
from lib.store.exchange import runs, soundness, undoing
from lib.store.handoffs import problems

WEEKS_LOOKED_BACK = 26


@dataclass(frozen=True)
class Days:
    """What came of a table each day from `first` on, what is missing though it usually comes, and the kinds of which
    nothing came any more while others did."""

    first: date
    rows: tuple[int, ...]
    missing: Missing
    ended_kinds: Mapping[str, Ended]


# What the agreed definition relies on.


@remembered(2)
def fields(snapshot: Snapshot) -> tuple[FieldKnown, ...]:
    """What is unknown of the fields the agreed definition relies on."""
    return fields_known(snapshot.leads.history, snapshot.definition, snapshot.as_of)


def leads_without(snapshot: Snapshot, field: str) -> list[str]:
    """The leads of which a field is unknown, by id."""
    history = snapshot.leads.history
    rows = np.flatnonzero(is_unknown(history.column(field)) & (history.created_at <= snapshot.as_of))
    return [str(lead_id) for lead_id in history.lead_id.take(pa.array(rows)).to_pylist()]


@remembered(2)
def scanned(snapshot: Snapshot) -> tuple[Scanned, ...]:
    """From which e-mail domains clicks and opens come that a machine made."""
    return machines.scanned(snapshot.leads.history, snapshot.leads.index.by_machine, snapshot.as_of)


# What is wrong.


@remembered(2)
def problem_groups(
    stored: Stored, as_of: int, reasons: tuple[str, ...], money: Aside[Money]
) -> tuple[ProblemGroup, ...]:
    """What is wrong with the data as of an instant, by kind and cause; `reasons` are the known codes to reject for."""
    return problems.problem_groups(stored.database, as_of, reasons, money=money.given)


@remembered(8)
def first_problems(
    stored: Stored, as_of: int, reasons: tuple[str, ...], problem: ProblemKind, most: int, money: Aside[Money]
) -> tuple[Problem, ...]:
    """The first cases of one kind."""
    return problems.load_problems(stored.database, as_of, reasons, problem, most, money=money.given)


def every_problem(
    stored: Stored, as_of: int, reasons: tuple[str, ...], problem: ProblemKind, money: Aside[Money]
) -> tuple[Problem, ...]:
    """All of them: what somebody downloads, and too many to remember."""
    return problems.load_problems(stored.database, as_of, reasons, problem, money=money.given)


@remembered(2)
def findings(stored: Stored, as_of: int) -> dict[Finding, int]:
    """How many rows cannot be right as they stand, by what is wrong."""
    return soundness.suspicious_counts(stored.database, as_of)


@remembered(8)
def rows_of(stored: Stored, as_of: int, finding: Finding, most: int) -> list[Suspicious]:
    """The newest rows of one finding."""
    return soundness.suspicious_rows(stored.database, as_of, finding, most)


# How new it is.


@remembered(2)
def freshness(stored: Stored) -> list[Fresh]:
    """How new everything is, by table and what brought it."""
    return soundness.freshness(stored.database)


@remembered(2)
def days(stored: Stored, as_of: int, zone: ZoneInfo) -> Mapping[str, Days]:
    """The last 26 weeks by table, whole days only."""
    # Today is not over: that nothing came yet says nothing.
    today = clock.day_of(as_of, zone)
    start, end = (clock.day_start(day, zone) for day in (today - timedelta(weeks=WEEKS_LOOKED_BACK), today))
    found = soundness.rows_by_day(stored.database, start, end, zone)
    told: dict[str, Days] = {}
    for (table, kind), (first, rows) in found.items():
        if kind is None:
            of_table = missing(first, rows)
            kinds = {} if of_table.ended else _ended_kinds(found, table)
            told[table] = Days(first, tuple(rows), of_table, kinds)
    return told


def _ended_kinds(found: Mapping[tuple[str, str | None], tuple[date, list[int]]], table: str) -> dict[str, Ended]:
    ends = {kind: missing(*series).ended for (of, kind), series in found.items() if of == table and kind is not None}
    return {kind: ended for kind, ended in sorted(ends.items()) if ended is not None}


# Imports that were made.


@remembered(2)
def import_runs(stored: Stored) -> list[ImportRun]:
    """The newest imports, the last first."""
    return runs.import_runs(stored.database)


@remembered(4)
def rejected(stored: Stored, run: int) -> list[Rejected]:
    """What an import did not take."""
    return runs.rejected_rows(stored.database, run)


@remembered(4)
def to_mend(stored: Stored, run: int) -> dict[str, str]:
    """By file, the rows that can be mended, as CSV."""
    return runs.rows_to_mend(rejected(stored, run))


@remembered(2)
def why_no_undo(stored: Stored) -> Fault | None:
    """Why the last import cannot be taken back, None where it can."""
    return undoing.why_not(stored.database)
