"""The invented sales team: about a dozen reps in two time zones, two of them slow."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.core.arrays import Real, Whole
from lib.sample.draw import Stream, stream
from lib.sample.vocabulary import COUNTRIES, FIRST_NAMES, LAST_NAMES

TEAM_ZONES = {"Europe": "Europe/Madrid", "Americas": "America/New_York"}
TEAM_CALENDARS = {"Europe": "default", "Americas": "new_york"}
"""A team's working calendar, by its name in sla.yaml."""

REPS = 12
LEADS_A_DOZEN = 20_000
"""A dozen reps answer so many leads a year; more leads have more reps."""

PLACES = ("Europe", "Europe", "Americas")
"""The teams in turn."""

SLOW = (4, 8)
"""Which of each dozen are slow."""


@dataclass(frozen=True, eq=False)
class Reps:
    """r reps: the table, their ids, and what they are like.

    `team` (r,) indexes TEAM_ZONES, `capacity` (r,) is hand-offs a day,
    `slowness` (r,) multiplies working time until an answer.
    """

    table: pa.Table
    ids: pa.Array
    team: Whole
    capacity: Whole
    slowness: Real

    def drawn(self, rng: np.random.Generator, country: Whole) -> Whole:
        """A rep for each lead, of the team that answers in its country."""
        teams = list(TEAM_ZONES)
        wanted = np.array([teams.index(market.team) for market in COUNTRIES])[country]
        members = [np.flatnonzero(self.team == team) for team in range(len(teams))]
        drawn = rng.random(len(country))
        rep = np.zeros(len(country), dtype=np.int64)
        for team, of_team in enumerate(members):
            rep = np.where(wanted == team, of_team[(drawn * len(of_team)).astype(np.int64)], rep)
        return rep


def invent_reps(leads: int, seed: int) -> Reps:
    """The reps that so many leads a year need."""
    rng = stream(seed, Stream.REPS)
    count = max(REPS, REPS * leads // LEADS_A_DOZEN)
    places = [PLACES[n % len(PLACES)] for n in range(count)]
    spoken = [
        ("es", "de", "fr", "en", "pt", "pl")[n % 6] if team == "Europe" else "en" for n, team in enumerate(places)
    ]
    names = [
        f"{rng.choice(FIRST_NAMES[language][-(n % 2)].split())} {rng.choice(LAST_NAMES[language][-(n % 2)].split())}"
        for n, language in enumerate(spoken)
    ]
    ids = pa.array([f"rep-{n + 1:02}" for n in range(count)], pa.string())
    slow = np.isin(np.arange(count) % REPS, SLOW)
    capacity = np.where(slow, 2, rng.integers(3, 5, count))
    table = pa.table(
        {
            "rep_id": ids,
            "name": pa.array(names, pa.string()),
            "team": pa.array(places, pa.string()),
            "calendar": pa.array([TEAM_CALENDARS[team] for team in places], pa.string()),
            "capacity_per_day": pa.array(capacity.astype(np.float64)),
        }
    )
    return Reps(
        table=table,
        ids=ids,
        team=np.array([list(TEAM_ZONES).index(team) for team in places], dtype=np.int64),
        capacity=capacity,
        slowness=np.where(slow, 6.0, 1.0) * rng.uniform(0.8, 1.25, count),
    )
