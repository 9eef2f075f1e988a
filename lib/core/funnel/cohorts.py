"""The funnel: cohorts and conversion, rejections, goals, costs, and which differences in them are real.

Everything here is about hand-offs as of one instant (`Handoffs.as_of`). Leads are
grouped by a `Column` of shape (h,): any text a hand-off has, None where blank. What
was drawn below the line is in neither team's figures: pass `Handoffs.mqls()`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Column, Instants, Mask
from lib.core.handoffs.handoffs import Handoffs, past
from lib.core.statistics.rates import (
    Rate,
    rates,
)
from lib.core.time.clock import MICROSECONDS_PER_DAY
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

HORIZONS_DAYS = (30, 60, 90)
"""Within so many days of the hand-over an SQL is looked for."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The hand-offs of one period, or of one group in it, and what became of them.

    `period` is its first day, `group` None for the blank one (and where nothing
    is grouped). `sql_within` and `mature` are by HORIZONS_DAYS. `acceptance` is accepted ÷ handed over,
    `of_decided` accepted ÷ decided, `efficiency` SQL ÷ handed over.
    """

    period: date
    partial: bool
    group: str | None
    handoffs: int
    accepted: int
    rejected: int
    open: int
    closed: int
    open_past_due: int
    sql: int
    won: int
    lost: int
    won_amount: float
    acceptance: Rate
    of_decided: Rate
    past_due: Rate
    sql_within: tuple[Rate, ...]
    efficiency: Rate
    mature: tuple[bool, ...]


def cohorts(handoffs: Handoffs, window: Window, by: By, group: Column | None = None) -> tuple[Cohort, ...]:
    """The cohorts of a window by period; with a `group` (h,), those groups of each period that have any hand-off.

    Groups are in the order of the column's values, the blank one last.
    """
    split = periods(window, by, handoffs.as_of)
    groups = 1 if group is None else len(group.values) + 1
    cell = split.of(handoffs.mql_at)
    counted = cell >= 0
    if group is not None:
        # The blank group comes last: -1 from the end.
        cell = cell * groups + group.codes % groups

    def count(mask: Mask, weights: npt.NDArray[np.float64] | None = None) -> npt.NDArray[Any]:
        rows = np.flatnonzero(mask & counted)
        return np.bincount(cell[rows], None if weights is None else weights[rows], minlength=len(split) * groups)

    won = handoffs.won_at != NEVER
    sql = handoffs.sql_at != NEVER
    took = np.where(sql, handoffs.sql_at, 0) - handoffs.mql_at
    sums = {
        "handoffs": count(np.ones(len(handoffs), dtype=np.bool_)),
        "accepted": count(handoffs.accepted),
        "rejected": count(handoffs.rejected),
        "open": count(handoffs.open),
        "closed": count(handoffs.closed),
        "open_past_due": count(handoffs.past_due),
        "sql": count(sql),
        "won": count(won),
        "lost": count(handoffs.lost_at != NEVER),
    }
    within = [count(sql & (took <= days * MICROSECONDS_PER_DAY)) for days in HORIZONS_DAYS]
    amounts = count(won & ~np.isnan(handoffs.amount), handoffs.amount)
    shown = np.arange(len(split)) if group is None else np.flatnonzero(sums["handoffs"])
    of_cell = {name: counts[shown].astype(np.int64) for name, counts in sums.items()}
    total, decided = of_cell["handoffs"], of_cell["accepted"] + of_cell["rejected"]
    acceptance = rates(of_cell["accepted"], total, decided)
    of_decided = rates(of_cell["accepted"], decided)
    past_due = rates(of_cell["open_past_due"], total, decided)
    efficiency = rates(of_cell["sql"], total, decided)
    converted = [rates(counts[shown].astype(np.int64), total, decided) for counts in within]
    names = [None] if group is None else [*group.values.to_pylist(), None]
    matured = [
        tuple(bool(end + days * MICROSECONDS_PER_DAY <= handoffs.as_of) for days in HORIZONS_DAYS) for end in split.ends
    ]
    return tuple(
        Cohort(
            period=split.first_days[place // groups],
            partial=split.partial[place // groups],
            group=names[place % groups],
            **{name: int(counts[n]) for name, counts in of_cell.items()},
            won_amount=round(float(amounts[place]), 4),
            acceptance=acceptance[n],
            of_decided=of_decided[n],
            past_due=past_due[n],
            sql_within=tuple(one[n] for one in converted),
            efficiency=efficiency[n],
            mature=matured[place // groups],
        )
        for n, place in enumerate(shown.tolist())
    )


@dataclass(frozen=True, slots=True)
class Pulse:
    """What happened in one period, whenever its leads were handed over: it mixes populations.

    Each is the number of hand-offs that reached the step in the period; `decided` = `sal` + `rejected`.
    """

    period: date
    partial: bool
    mql: int
    decided: int
    sal: int
    rejected: int
    sql: int
    won: int
    lost: int


def period_conversion(handoffs: Handoffs, window: Window, by: By) -> tuple[Pulse, ...]:
    """The events of each period of a window; also the series for spark-lines."""
    split = periods(window, by, handoffs.as_of)

    def count(instants: Instants) -> list[int]:
        number = split.of(instants)
        counts: list[int] = np.bincount(number[number >= 0], minlength=len(split)).tolist()
        return counts

    sal = count(handoffs.decided_at[handoffs.accepted])
    rejected = count(handoffs.decided_at[handoffs.rejected])
    mql, sql, won, lost = (
        count(instants) for instants in (handoffs.mql_at, handoffs.sql_at, handoffs.won_at, handoffs.lost_at)
    )
    return tuple(
        Pulse(day, cut, mql[n], sal[n] + rejected[n], sal[n], rejected[n], sql[n], won[n], lost[n])
        for n, (day, cut) in enumerate(zip(split.first_days, split.partial, strict=True))
    )


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step of the funnel: how many reached it, as a share of the step before and of all leads."""

    name: str
    count: int
    of_previous: Rate
    of_leads: Rate


def funnel(handoffs: Handoffs, window: Window, leads_created: int) -> tuple[FunnelStep, ...]:
    """The cohort of leads created in the window: handed over, accepted, SQL, won, at any time up to the instant.

    One population throughout: a lead counts once in each step that any of its cycles reached.
    No fewer leads were created than handed over: under a filter on the owner `leads_created`
    counts the leads' own, and a hand-off may be assigned to somebody else.
    """
    of_window = periods(window, By.WINDOW, handoffs.as_of).of(handoffs.lead_created_at) >= 0
    lead = handoffs.lead_id.dictionary_encode().indices.to_numpy()

    def leads(mask: Mask) -> int:
        return len(np.unique(lead[mask & of_window]))

    handed_over = leads(np.ones(len(handoffs), dtype=np.bool_))
    counts = [
        max(leads_created, handed_over),
        handed_over,
        leads(handoffs.accepted),
        leads(handoffs.sql_at != NEVER),
        leads(handoffs.won_at != NEVER),
    ]
    before = rates(counts, [counts[0], *counts[:-1]])
    whole = rates(counts, [counts[0]] * len(counts))
    return tuple(
        FunnelStep(name, count, of_previous, of_leads)
        for name, count, of_previous, of_leads in zip(
            ("lead", "mql", "sal", "sql", "won"), counts, before, whole, strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """Hand-offs not decided at an instant, and how many of them longer than promised."""

    open: int
    past_due: int


def waiting(handoffs: Handoffs, at: int | None = None) -> WaitingCount:
    """Who waited at an instant up to `as_of` (default that one), whenever handed over."""
    instant = handoffs.as_of if at is None else at
    still_open = (handoffs.mql_at <= instant) & (handoffs.decided_at > instant) & (handoffs.closed_at > instant)
    return WaitingCount(int(still_open.sum()), int((still_open & past(handoffs.due_at, instant)).sum()))
