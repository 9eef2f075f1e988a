"""Leads with traits and visits, handed over and answered by a chance that the test knows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from bench.tools import exact
from lib.core.arrays import NEVER, Column
from lib.core.consequences.expected import Consequences
from lib.core.consequences.foreseen import foreseen
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    TextTest,
)
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.time.window import Window

DAY = 86_400_000_000
HOUR = DAY // 24
DAYS = 168
AS_OF = (DAYS + 2) * DAY
WINDOW = Window(date(1970, 1, 1), date(1970, 1, 1) + timedelta(days=DAYS), "UTC")
"""24 weeks, in which all leads are created."""

TRAITS = ("a", "b", "c")


def trait(name: str, points: int = 10) -> Criterion:
    condition = FieldCondition(f"extra.{name}", (TextTest("is", ("yes",)),))
    return Criterion(name, name, Category.PROFILE, points, FieldMatch("one", (condition,)))


VISIT = Criterion("visit", "visit", Category.ACTIONS, 5, ActivityMatch(ActivityCondition(("page_view",))))
AGREED = Definition("agreed", 5, (*(trait(name) for name in TRAITS), VISIT))
"""10 points for each trait and 5 for each visit."""


@dataclass(frozen=True, eq=False)
class Invented:
    """n leads by when they came: which traits each has (n, 3), how often it visited (n,) at its first instant."""

    leads: list[Lead]
    has: np.ndarray
    visits: np.ndarray
    created_at: np.ndarray


def invent(seed: int, count: int, *, share: float = 0.5) -> Invented:
    rng = np.random.default_rng(seed)
    has = rng.random((count, len(TRAITS))) < share
    visits = rng.integers(0, 5, count)
    created_at = np.sort(rng.integers(0, DAYS * DAY, count))
    leads = [
        Lead(
            f"{n:05}",
            int(created_at[n]),
            {f"extra.{name}": "yes" for name, there in zip(TRAITS, has[n], strict=True) if there},
            tuple(Activity(int(created_at[n]), "page_view", activity_id=f"{k}") for k in range(int(visits[n]))),
        )
        for n in range(count)
    ]
    return Invented(leads, has, visits, created_at)


def handed_over(
    of: Invented,
    rows: np.ndarray,
    came: np.ndarray,
    *,
    as_of: int = AS_OF,
    after: int = HOUR,
    took: int = HOUR,
    score: np.ndarray | None = None,
    owner: np.ndarray | None = None,
    drawn: np.ndarray | None = None,
    is_open: np.ndarray | None = None,
    won: np.ndarray | None = None,
    amount: float = 1_000.0,
) -> Handoffs:
    """Hand-offs of some leads (rows,) an hour after they came, each accepted or not (rows,) an hour later."""
    at = of.created_at[rows] + after
    order = np.lexsort((rows, at))
    rows, came, at, count = rows[order], came[order], at[order], len(rows)
    never = np.full(count, NEVER, dtype=np.int64)
    blank = Column.of(pa.array([None] * count, pa.string()))
    waiting = np.zeros(count, dtype=np.bool_) if is_open is None else is_open[order]
    wins = np.zeros(count, dtype=np.bool_) if won is None else won[order]
    decision = np.where(waiting, Decision.OPEN, np.where(came, Decision.ACCEPTED, Decision.REJECTED))
    return exact.handoffs(
        as_of=as_of,
        lead_id=pa.array([of.leads[n].lead_id for n in rows], pa.string()),
        cycle=np.ones(count, dtype=np.int32),
        mql_at=at,
        assigned_at=never,
        first_touch_at=never,
        decided_at=np.where(waiting, NEVER, at + took),
        decision=decision.astype(np.int8),
        reason=blank,
        sql_at=np.where(came, at + DAY, NEVER),
        opportunity_at=never,
        won_at=np.where(wins, at + 2 * DAY, NEVER),
        lost_at=never,
        amount=np.where(wins, amount, np.nan),
        owner=blank if owner is None else Column.of(pa.array([f"rep-{n}" for n in owner[order]], pa.string())),
        channel=blank,
        source=blank,
        score=np.full(count, np.nan) if score is None else score[order].astype(np.float64),
        definition_version=np.ones(count, dtype=np.int32),
        lead_created_at=of.created_at[rows],
        due_at=never,
        below_line=np.zeros(count, dtype=np.bool_) if drawn is None else drawn[order],
    )


def told(
    of: Invented, handoffs: Handoffs, draft: Definition = AGREED, window: Window = WINDOW, agreed: Definition = AGREED
) -> Consequences:
    thresholds, nobody = {1: agreed.threshold}, no_customers(len(of.leads))
    return foreseen(HitIndex(history_of(of.leads)), agreed, draft, handoffs, window, thresholds, nobody)


def answered(of: Invented, seed: int, chance: Callable[[Invented], np.ndarray], **more: object) -> Handoffs:
    """Every lead with a trait or a visit handed over, and accepted by its chance (n,)."""
    rows = np.flatnonzero(of.has.any(axis=1) | (of.visits > 0))
    came = np.random.default_rng(seed).random(len(rows)) < chance(of)[rows]
    return handed_over(of, rows, came, **more)  # type: ignore[arg-type]


def additive(of: Invented) -> np.ndarray:
    """The chance of a world without a surprise: each trait and each visit speaks for itself."""
    odds = -0.8 + of.has @ np.array([0.9, 0.0, -0.7]) + 0.25 * np.minimum(of.visits, 4)
    return np.asarray(1 / (1 + np.exp(-odds)))


def with_points(**points: int) -> Definition:
    made = AGREED
    for name, worth in points.items():
        made = made.with_points(name, worth)
    return made


def switched_off(definition: Definition, name: str) -> Definition:
    return definition.with_criterion(replace(definition.criterion(name), off=True))
