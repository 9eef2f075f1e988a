"""What the Data page asks about how new and how sound the data is, remembered for as long as it stays the same."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa

from lib.core.definition.criteria import Definition
from lib.core.exchange.soundness import FieldKnown, Finding, Fresh, Gap, Suspicious, fields_known, gaps, is_unknown
from lib.core.handoffs.cycles import ProblemKind
from lib.core.handoffs.problems import Problem
from lib.core.time import clock
from lib.store.database import Database
from lib.store.exchange import soundness
from lib.ui.now import asked

WEEKS_LOOKED_BACK = 26


@dataclass(frozen=True)
class Days:
    """What came of a table each day from `first` on, and the days on which it did not though it usually does."""

    first: date
    rows: tuple[int, ...]
    gaps: tuple[Gap, ...]


def fields() -> tuple[FieldKnown, ...]:
    """What is unknown of the fields the agreed definition relies on."""
    return _fields(asked.database(), asked.database().generation, asked.agreed_definition(), asked.as_of())


@lru_cache(maxsize=2)
def _fields(database: Database, generation: int, definition: Definition, at: int) -> tuple[FieldKnown, ...]:
    return fields_known(asked.history(), definition, at)


def leads_without(field: str) -> list[str]:
    """The leads of which a field is unknown, by id."""
    history = asked.history()
    rows = np.flatnonzero(is_unknown(history.column(field)) & (history.created_at <= asked.as_of()))
    return [str(lead_id) for lead_id in history.lead_id.take(pa.array(rows)).to_pylist()]


def findings() -> dict[Finding, int]:
    """How many rows cannot be right as they stand, by what is wrong."""
    return _findings(asked.database(), asked.database().generation, asked.as_of())


@lru_cache(maxsize=2)
def _findings(database: Database, generation: int, at: int) -> dict[Finding, int]:
    return soundness.suspicious_counts(database, at)


def rows_of(finding: Finding, most: int) -> list[Suspicious]:
    """The newest rows of one finding."""
    return _rows_of(asked.database(), asked.database().generation, asked.as_of(), finding, most)


@lru_cache(maxsize=8)
def _rows_of(database: Database, generation: int, at: int, finding: Finding, most: int) -> list[Suspicious]:
    return soundness.suspicious_rows(database, at, finding, most)


def problems_by_kind() -> Mapping[ProblemKind, int]:
    """How many problems there are of each kind."""
    return Counter(problem.kind for problem in asked.problems())


def problems_of(kind: ProblemKind) -> list[Problem]:
    """The problems of one kind."""
    return [problem for problem in asked.problems() if problem.kind is kind]


def freshness() -> list[Fresh]:
    """How new everything is, by table and what brought it."""
    return _freshness(asked.database(), asked.database().generation)


@lru_cache(maxsize=2)
def _freshness(database: Database, generation: int) -> list[Fresh]:
    return soundness.freshness(database)


def days() -> Mapping[str, Days]:
    """The last 26 weeks by table, whole days only."""
    return _days(asked.database(), asked.database().generation, asked.as_of())


@lru_cache(maxsize=2)
def _days(database: Database, generation: int, at: int) -> Mapping[str, Days]:
    # Today is not over: that nothing came yet says nothing.
    today = clock.day_of(at, asked.zone())
    start, end = (clock.day_start(day, asked.zone()) for day in (today - timedelta(weeks=WEEKS_LOOKED_BACK), today))
    found = soundness.rows_by_day(database, start, end, asked.zone())
    return {table: Days(first, tuple(rows), gaps(first, rows)) for table, (first, rows) in found.items()}
