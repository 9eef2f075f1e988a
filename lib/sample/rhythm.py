"""When things happen: the year's and the week's rhythm where a lead lives, and the hours reps work."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import Instants, Real, Whole
from lib.core.time.clock import MICROSECONDS, MICROSECONDS_PER_DAY, day_of, day_start
from lib.sample.draw import chosen
from lib.sample.vocabulary import COUNTRIES

DAYS = 365
"""How long the invented past is."""

DAYS_AROUND = 120
"""How far before and after it a journey may reach; what lies after the end is cut off."""

WEEKDAY_SHARE = (1.05, 1.2, 1.15, 1.1, 0.85, 0.16, 0.14)
MONTH_SHARE = (0.95, 1.05, 1.08, 1.0, 1.03, 1.0, 0.88, 0.68, 1.02, 1.08, 1.08, 0.78)
GROWTH = 0.15
"""How many more leads the last day brings than the first."""

HOUR_SHARE = (1, 1, 1, 1, 1, 2, 6, 18, 45, 80, 90, 85, 60, 45, 55, 75, 78, 65, 40, 28, 25, 22, 14, 5)


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Days numbered from 0, the first of the invented year, to 364, the one the end falls in.

    `midnight` (days,) is 00:00 UTC of each day from −DAYS_AROUND on, `ahead`
    (countries, days) what the country's clocks are ahead of UTC; microseconds.
    """

    first_day: date
    end: int
    midnight: Instants
    ahead: Instants

    @classmethod
    def up_to(cls, end: int, zone: ZoneInfo) -> "Rhythm":
        """The year up to `end` (microseconds UTC), whose last day is one in `zone`."""
        first_day = day_of(end - 1, zone) - timedelta(days=DAYS - 1)
        days = [first_day + timedelta(days=n) for n in range(-DAYS_AROUND, DAYS + DAYS_AROUND)]
        midnight = np.array([day_start(day, ZoneInfo("UTC")) for day in days], dtype=np.int64)
        of_zone = {country.time_zone: _ahead(days, ZoneInfo(country.time_zone)) for country in COUNTRIES}
        return cls(first_day, end, midnight, np.array([of_zone[country.time_zone] for country in COUNTRIES]))

    def creation_days(self, rng: np.random.Generator, count: int) -> Whole:
        """Days on which leads appear: by weekday and season, slightly more each month, no two days alike."""
        days = [self.first_day + timedelta(days=n) for n in range(DAYS)]
        share = np.array([WEEKDAY_SHARE[day.weekday()] * MONTH_SHARE[day.month - 1] for day in days])
        share *= np.linspace(1.0, 1.0 + GROWTH, DAYS) * rng.gamma(40.0, 1 / 40.0, DAYS)
        return chosen(rng, share, count)

    def to_a_working_day(self, rng: np.random.Generator, day: Whole) -> Whole:
        """The days, most of those on a weekend moved to the Monday after."""
        weekday = (self.first_day.weekday() + day) % 7
        moved = (weekday >= 5) & (rng.random(len(day)) < 0.88)
        return np.asarray(np.where(moved, day + 7 - weekday, day))

    def instants(self, country: Whole, day: Whole, second: Real) -> Instants:
        """The instants at which a country's clocks show that second of that day, in whole seconds."""
        place = (day + DAYS_AROUND).clip(0, len(self.midnight) - 1)
        return np.asarray(
            self.midnight[place] + np.floor(second).astype(np.int64) * MICROSECONDS - self.ahead[country, place]
        )


def _ahead(days: list[date], zone: ZoneInfo) -> list[int]:
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=zone) for day in days]
    return [(noon.utcoffset() or timedelta()) // timedelta(microseconds=1) for noon in noons]


def seconds_of_day(rng: np.random.Generator, count: int) -> Real:
    """Times of day when people look at business pages, in seconds."""
    return (chosen(rng, HOUR_SHARE, count) + rng.random(count)) * 3600.0


def in_office_hours(second: Real) -> Real:
    """The times of day drawn together to between 9 and 18 o'clock, in seconds."""
    return np.asarray(9 * 3600.0 + second * 9 / 24)


@dataclass(frozen=True, eq=False)
class Office:
    """A team's working hours, Monday to Friday, 9 to 18 by its own clocks.

    `opens` and `worked` (days,) are each working day's opening instant and the
    working time before it, in microseconds.
    """

    opens: Instants
    worked: Instants

    @classmethod
    def around(cls, rhythm: Rhythm, zone: ZoneInfo) -> "Office":
        first = rhythm.first_day - timedelta(days=7)
        days = [first + timedelta(days=n) for n in range(DAYS + 2 * DAYS_AROUND)]
        working = [day for day in days if day.weekday() < 5]
        opens = [datetime(day.year, day.month, day.day, 9, tzinfo=zone).astimezone(UTC) for day in working]
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return cls(
            np.array([(opening - epoch) // timedelta(microseconds=1) for opening in opens], dtype=np.int64),
            np.arange(len(working), dtype=np.int64) * WORKING_DAY,
        )

    def after(self, at: Instants, working_hours: Real) -> Instants:
        """The instants by which that much working time has passed since `at`, to the second."""
        day = (np.searchsorted(self.opens, at, side="right") - 1).clip(0)
        into = (at - self.opens[day]).clip(0, WORKING_DAY)
        done = self.worked[day] + into + np.floor(working_hours * 3600).astype(np.int64) * MICROSECONDS
        last = (done // WORKING_DAY).clip(max=len(self.opens) - 1)
        return np.asarray(self.opens[last] + done - self.worked[last])


WORKING_DAY = 9 * MICROSECONDS_PER_DAY // 24
