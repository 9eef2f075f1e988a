"""A month's forecast is right on every weekday: a day's share of it is what such days bring."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lib.core.arrays import Instants
from lib.core.funnel.goals import GoalProgress, goal_progress
from lib.core.funnel.rhythm import rhythm
from lib.core.statistics.rates import Verdict
from lib.core.time.clock import day_start
from tests.core.funnel.test_funnel import handed, handoffs

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3_600_000_000
WEEKDAYS = (30, 24, 20, 20, 16, 4, 2)
"""What a Monday, a Tuesday … brings."""

FEAST = date(2026, 11, 9)
"""A Monday nobody works on."""


def expected_on(day: date) -> int:
    return WEEKDAYS[6 if day == FEAST else day.weekday()]


def world(as_of: int, seed: int | None = None) -> Instants:
    """May to November; by chance with a seed, else exactly what each day is to bring, all within office hours."""
    random = None if seed is None else np.random.default_rng(seed)
    found: list[np.ndarray] = []
    for n in range(214):
        day = date(2026, 5, 1) + timedelta(days=n)
        number = expected_on(day) if random is None else random.poisson(expected_on(day))
        at = np.linspace(9, 17, number, endpoint=False) if random is None else random.uniform(9, 17, number)
        found.append(day_start(day, MADRID) + (at * HOUR).astype(np.int64))
    every = np.sort(np.concatenate(found))
    return every[every <= as_of]


def forecast(as_of: int, seed: int | None = None) -> float | None:
    return progress_at(as_of, seed).expected


def progress_at(as_of: int, seed: int | None = None, target: float = 500.0) -> GoalProgress:
    some = handoffs(*[handed("2026-05-01")] * 1, as_of=as_of)
    at = world(as_of, seed)
    every = some.take(np.zeros(len(at), dtype=np.int64))
    object.__setattr__(every, "mql_at", at)
    progress = goal_progress(every, "mql", {date(2026, 11, 1): target}, MADRID, {FEAST})
    assert progress is not None
    return progress


NOVEMBER = sum(expected_on(date(2026, 11, day)) for day in range(1, 31))


@pytest.mark.parametrize("day", range(3, 30))
@pytest.mark.parametrize("hour", [0, 13, 23])
def test_where_every_day_brings_what_it_always_does_the_forecast_is_right_at_any_hour(day: int, hour: int) -> None:
    at = day_start(date(2026, 11, day), MADRID) + hour * HOUR

    found = forecast(at)

    assert found == pytest.approx(NOVEMBER, rel=0.025)


@pytest.mark.slow
@pytest.mark.parametrize("day", range(9, 16))
def test_by_chance_the_forecast_is_unbiased_on_every_weekday(day: int) -> None:
    at = day_start(date(2026, 11, day), MADRID) + 8 * HOUR

    found = [forecast(at, seed) for seed in range(150)]

    assert np.mean([one for one in found if one is not None]) == pytest.approx(NOVEMBER, rel=0.025)


@pytest.mark.slow
@pytest.mark.parametrize("day", [6, 13, 24])
def test_the_forecasts_interval_holds_the_month_in_93_of_100_or_more(day: int) -> None:
    at = day_start(date(2026, 11, day), MADRID) + 8 * HOUR
    ends = day_start(date(2026, 12, 1), MADRID)

    inside = []
    for seed in range(300):
        progress, came = progress_at(at, seed), progress_at(ends - 1, seed).reached
        assert progress.expected is not None
        assert progress.margin is not None
        inside.append(abs(came - progress.expected) <= progress.margin)

    assert np.mean(inside) >= 0.93


def test_a_goal_is_on_its_way_or_falls_short_only_where_the_whole_interval_says_so() -> None:
    at = day_start(date(2026, 11, 16), MADRID)

    said = [progress_at(at, target=target).verdict for target in (300.0, float(NOVEMBER), 700.0)]

    assert said == [Verdict.HIGHER, Verdict.NOISE, Verdict.LOWER]


def test_a_month_in_which_less_than_an_average_day_has_passed_has_no_forecast() -> None:
    # The first is a Sunday, on which next to nothing comes.
    assert forecast(day_start(date(2026, 11, 1), MADRID) + 20 * HOUR) is None
    assert forecast(day_start(date(2026, 11, 2), MADRID) + 20 * HOUR) is not None


def test_a_holiday_counts_as_a_sunday_and_spoils_no_monday() -> None:
    at = day_start(date(2026, 11, 16), MADRID)

    found = rhythm(world(at), at, MADRID, {FEAST})

    assert found.of(FEAST) == found.of(date(2026, 11, 8))
    assert found.of(date(2026, 11, 16)) / found.of(date(2026, 11, 17)) == pytest.approx(30 / 24)


def test_an_average_week_has_seven_days() -> None:
    at = day_start(date(2026, 11, 16), MADRID)

    found = rhythm(world(at), at, MADRID, {FEAST})

    assert found.days(day_start(date(2026, 10, 5), MADRID), day_start(date(2026, 10, 12), MADRID)) == pytest.approx(7)


def test_with_less_than_eight_weeks_all_days_are_alike() -> None:
    begins, seven, eight = (day_start(date(2026, *day), MADRID) for day in ((5, 4), (6, 22), (6, 29)))
    every = world(eight)
    every = every[every >= begins]

    assert set(rhythm(every[every <= seven], seven, MADRID, ()).weekdays) == {1.0}
    # The first hand-off came in the first Monday's morning, so its week is no whole one.
    later = eight + 7 * 24 * HOUR
    assert len(set(rhythm(every, later, MADRID, ()).weekdays)) > 1
