"""Invented leads of an invented company, what they do, and what sales can see of them at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, Column, Instants, Mask, Real, Whole
from lib.core.leads.changes import NO_CHANGES
from lib.core.leads.history import History
from lib.core.time.clock import MICROSECONDS_PER_DAY, WINDOW_WEEKS, day_start
from lib.core.time.window import Window

ZONE = "Europe/Madrid"
END = date(2026, 11, 23)
WEEKS = 40
DAY = MICROSECONDS_PER_DAY
HOUR = DAY // 24
WEEK = 7 * DAY
AS_OF = day_start(END, ZoneInfo(ZONE))
START = AS_OF - WEEKS * WEEK
WINDOW = Window(END - timedelta(weeks=WINDOW_WEEKS), END, ZONE)

WHATS: Mapping[tuple[str, str], float] = {
    ("page_view", "/blog"): 2.0,
    ("page_view", "/pricing"): 0.8,
    ("webinar_attended", "live"): 0.6,
    ("form_submit", "demo"): 0.25,
    ("download", "datasheet"): 0.5,
    ("email_click", "news"): 1.2,
    ("video_watch", "tour"): 0.35,
    ("unsubscribe", "news"): 0.06,
}
"""What a lead can do, and how often one of average interest does it."""

_SPAN = 1 << 46
"""Longer than any history here, in microseconds: a lead's instants then have numbers of their own."""

_EARLIEST = START - 60 * DAY


@dataclass(frozen=True, eq=False)
class People:
    """n leads: their history, the texts of their fields, each (n,), and what no field holds: a trait, and a way each.

    `trait` (n,) hangs together with fields; `own` (n,), a standard normal, with nothing.
    """

    history: History
    texts: Mapping[str, npt.NDArray[Any]]
    trait: Mask
    own: Real

    def keys(self, kind: str, subject: str | None) -> Whole:
        """One ascending number for each matching activity, made of its lead and its instant."""
        h = self.history
        wanted = [
            n
            for n, what in enumerate(zip(h.what_kind.to_pylist(), h.what_subject.to_pylist(), strict=True))
            if what[0] == kind and subject in (None, what[1])
        ]
        rows = np.flatnonzero(np.isin(h.activity_what, wanted))
        lead = np.searchsorted(h.activity_start, rows, side="right") - 1
        return key_of(lead, h.activity_at[rows])


def key_of(lead: Whole, at: Instants) -> Whole:
    """The number that a lead's activity at an instant has."""
    return np.asarray(lead * _SPAN + np.clip(at - _EARLIEST, 0, _SPAN - 1))


@dataclass(frozen=True, eq=False)
class Seen:
    """r leads as sales sees them, each at an instant of its own; all shapes (r,).

    `points` is the score they are shown with, `queue` how many were handed over on that day.
    """

    people: People
    rows: Whole
    at: Instants
    points: Real
    queue: Real

    def field(self, name: str, *values: str) -> Mask:
        """Has the field one of these texts?"""
        return np.asarray(np.isin(self.people.texts[name][self.rows], values))

    @property
    def trait(self) -> Mask:
        return self.people.trait[self.rows]

    @property
    def own(self) -> Real:
        return self.people.own[self.rows]

    def times(self, kind: str, subject: str | None = None) -> Whole:
        """How often a lead has done it by then."""
        keys = self.people.keys(kind, subject)
        until = np.searchsorted(keys, key_of(self.rows, self.at), side="right")
        return np.asarray(until - np.searchsorted(keys, self.rows * _SPAN))

    def did(self, kind: str, subject: str | None = None) -> Mask:
        return np.asarray(self.times(kind, subject) > 0)

    def lately(self, kind: str, days: float) -> Mask:
        """Has a lead done it within so many days before?"""
        keys = self.people.keys(kind, None)
        until = np.searchsorted(keys, key_of(self.rows, self.at), side="right")
        since = np.searchsorted(keys, key_of(self.rows, self.at - round(days * DAY)))
        return np.asarray(until > since)

    def ever_busy(self, kind: str, count: int, days: int) -> Mask:
        """Has a lead by then done it so often within so many days?"""
        keys = self.people.keys(kind, None)
        first, last = keys[: len(keys) - count + 1], keys[count - 1 :]
        busy = last[(last - first <= days * DAY) & (first // _SPAN == last // _SPAN)]
        until = np.searchsorted(busy, key_of(self.rows, self.at), side="right")
        return np.asarray(until > np.searchsorted(busy, self.rows * _SPAN))


def invent(rng: np.random.Generator, leads: int) -> People:
    """So many leads, created over the weeks up to the instant looked at, with what they did until then."""
    created_at = np.sort(_created(rng, leads))
    decides = rng.random(leads) < 0.3
    texts = {
        "title": np.where(decides, "Director", _chosen(rng, leads, {"Manager": 0.4, "Engineer": 0.5, "Student": 0.1})),
        "employees": _chosen(rng, leads, {"20": 0.35, "800": 0.4, "9000": 0.17, "": 0.08}),
        "industry": _chosen(rng, leads, {"Food": 0.2, "Chemicals": 0.15, "Retail": 0.35, "Public": 0.3}),
        "country": _chosen(rng, leads, {"ES": 0.45, "PT": 0.15, "FR": 0.25, "IT": 0.15}),
        "channel": _chosen(rng, leads, {"inbound": 0.5, "event": 0.3, "partner": 0.2}),
        "email": _chosen(rng, leads, {"a@firm.example": 0.8, "a@gmail.com": 0.2}),
        "extra.agency": _chosen(rng, leads, {"yes": 0.1, "": 0.9}),
    }
    # Who decides is more likely to have the trait, who comes from a partner less.
    trait = rng.random(leads) < np.where(decides, 0.7, 0.25)
    # Those with a say do a little less; most of what one does hangs together.
    interest = rng.gamma(1.6, 1 / 1.6, leads) * np.where(decides, 0.85, 1.05)
    history = history_with(created_at, texts, *_activities(rng, created_at, interest))
    return People(history, texts, trait, rng.normal(size=leads))


def history_with(
    created_at: Instants, texts: Mapping[str, npt.NDArray[Any]], lead: Whole, at: Instants, what: Whole
) -> History:
    """The history of leads in this order and their activities in any; an empty text is unknown."""
    order = np.lexsort((at, lead))
    return History(
        lead_id=pa.array([f"{n:06}" for n in range(len(created_at))], pa.string()),
        created_at=np.array(created_at, dtype=np.int64),
        fields={name: Column.of(pa.array([one or None for one in column])) for name, column in texts.items()},
        changes=NO_CHANGES,
        activity_start=np.searchsorted(lead[order], np.arange(len(created_at) + 1)).astype(np.int64),
        activity_at=at[order].astype(np.int64),
        activity_what=what[order].astype(np.int32),
        activity_amount=np.full(len(order), np.nan),
        what_kind=pa.array([kind for kind, _ in WHATS], pa.string()),
        what_subject=pa.array([subject for _, subject in WHATS], pa.string()),
        watched_since=np.full(len(created_at), NEVER, dtype=np.int64),
        zone=ZONE,
    )


def _created(rng: np.random.Generator, leads: int) -> Instants:
    """Fewer at weekends, more on the days of a fair; in working hours mostly."""
    days = np.arange(WEEKS * 7)
    weight = np.where(days % 7 >= 5, 0.35, 1.0) * np.where(rng.random(len(days)) < 0.05, 4.0, 1.0)
    day = rng.choice(days, leads, p=weight / weight.sum())
    of_day = np.clip(rng.normal(13.0, 3.5, leads), 0.0, 23.9)
    return np.asarray(START + day * DAY + (of_day * HOUR).astype(np.int64))


def _chosen(rng: np.random.Generator, leads: int, shares: Mapping[str, float]) -> npt.NDArray[Any]:
    return rng.choice(np.array(list(shares)), leads, p=list(shares.values()))


def _activities(rng: np.random.Generator, created_at: Instants, interest: Real) -> tuple[Whole, Instants, Whole]:
    """Lead, instant and kind of everything done up to the instant looked at, the first visits before one is known."""
    per_kind = [rng.poisson(rate * interest) for rate in WHATS.values()]
    lead = np.concatenate([np.repeat(np.arange(len(created_at)), count) for count in per_kind])
    what = np.repeat(np.arange(len(WHATS)), [count.sum() for count in per_kind])
    first_day = rng.random(len(lead)) < 0.25
    after = np.where(first_day, rng.exponential(0.02, len(lead)), rng.exponential(18.0, len(lead)))
    after = np.where(rng.random(len(lead)) < 0.08, -rng.uniform(0.0, 7.0, len(lead)), after)
    at = created_at[lead] + (after * DAY).astype(np.int64)
    known = at < AS_OF
    return lead[known], at[known], what[known]
