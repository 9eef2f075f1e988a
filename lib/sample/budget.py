"""What marketing planned and spent: goals by month, spend by month, channel and source."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from lib.sample.draw import Stream, stream
from lib.sample.people import People
from lib.sample.rhythm import DAYS, GROWTH, MONTH_SHARE, Rhythm

GOALS = {"mql": 0.34, "sal": 0.185, "sql": 0.095}
"""How many of each a year plans for, for every lead."""

FIXED_COST = {"newsletter": 3.0, "organic_search": 6.0, "webinar": 14.0, "referral": 4.0, "website_chat": 5.0}
"""What the team spends a lead on sources that have no price a lead."""


def invent_goals(leads: int, rhythm: Rhythm, zone: ZoneInfo) -> pa.Table:
    """A target for each metric in each month the year touches, planned with season and growth."""
    months = _months(rhythm.first_day, rhythm.first_day + timedelta(days=DAYS - 1))
    plan = [
        (month, metric, leads * a_lead / 12 * MONTH_SHARE[month.month - 1] * (1 + GROWTH * (n / len(months) - 0.4)))
        for n, month in enumerate(months)
        for metric, a_lead in GOALS.items()
    ]
    return pa.table(
        {
            "month": pa.array([month for month, _, _ in plan], pa.date32()),
            "metric": pa.array([metric for _, metric, _ in plan], pa.string()),
            # Round numbers, as plans are.
            "target": pa.array([max(5, 5 * round(target / 5)) for _, _, target in plan], pa.int32()),
        }
    )


def invent_spend(people: People, seed: int, zone: ZoneInfo) -> pa.Table:
    """What was spent by month, channel and source, a bit more or less than its leads' cost."""
    rng = stream(seed, Stream.BUDGET)
    created = people.table["created_at"].cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us", tz=zone.key))
    spent = pd.DataFrame(
        {
            "month": created.to_pandas().dt.tz_localize(None).dt.to_period("M"),
            "channel": people.table["channel"].to_pandas(),
            "source": people.table["source"].to_pandas(),
            "cost": people.table["cost"].cast(pa.float64()).to_pandas(),
        }
    ).dropna(subset="source")
    spent["cost"] = spent["cost"].fillna(spent["source"].map(FIXED_COST)).fillna(0.0)
    by_source = spent.groupby(["month", "channel", "source"], as_index=False, observed=True)["cost"].sum()
    amount = np.round(by_source["cost"].to_numpy() * rng.uniform(0.92, 1.15, len(by_source)), 2)
    return pa.table(
        {
            "month": pa.array([month.to_timestamp().date() for month in by_source["month"]], pa.date32()),
            "channel": pa.array(by_source["channel"], pa.string()),
            "source": pa.array(by_source["source"], pa.string()),
            "amount": pa.array(amount).cast(pa.decimal128(18, 4)),
        }
    )


def _months(first: date, last: date) -> list[date]:
    """The first day of each month from that of `first` to that of `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]
