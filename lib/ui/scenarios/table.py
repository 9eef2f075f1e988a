"""What the Scenarios page asks: a look-up for each definition that has been looked at, and the table of several."""

import io
from collections.abc import Sequence

import pandas as pd

from lib.app import outlook
from lib.app.snapshot import Snapshot
from lib.core.consequences.expected import Expected, Method
from lib.core.consequences.in_words import amount_in_words
from lib.core.consequences.scenario import Scenario
from lib.core.time.window import Window
from lib.ui.frame import elements
from lib.ui.frame.csv_file import csv_file
from lib.ui.now.drafts import shared

AGREED = "Agreed definition"

NO_FIGURE = {
    Method.MODEL: "no lead is like those decided on",
    Method.TOO_FEW: "too few decisions",
    Method.REFUSED: "sales goes by something else",
    Method.UNANSWERED: "too many unanswered",
    Method.NOBODY: "no lead",
}
"""Why none is given, in a cell; Tune says it in full."""


def offered(snapshot: Snapshot) -> list[str]:
    """The drafts to choose from."""
    return shared().offered(snapshot.definition)


def scenarios(snapshot: Snapshot, names: Sequence[str], window: Window) -> tuple[Scenario, ...]:
    """The agreed definition, then each draft of these names that there is."""
    drafts = [(name, newest.definition) for name in names if (newest := shared().newest(name)) is not None]
    every = [(None, snapshot.definition), *drafts]
    return tuple(outlook.scenario(snapshot, name, definition, window) for name, definition in every)


def table(rows: Sequence[Scenario], currency: str | None) -> pd.DataFrame:
    """One row a scenario, as the page shows it; amounts are in the currency."""
    return pd.DataFrame(
        {
            "name": [one.name or AGREED for one in rows],
            "threshold": [one.definition.threshold for one in rows],
            "mqls": [elements.rate(one.mqls_per_week) for one in rows],
            "again": [elements.rate(one.volume.again / one.weeks) for one in rows],
            "gained": ["–" if one.name is None else f"{one.volume.gained:,}" for one in rows],
            "lost": ["–" if one.name is None else f"{one.volume.lost:,}" for one in rows],
            "accepted": [_accepted(one.expected) for one in rows],
            "not_observed": [one.expected.not_observed for one in rows],
            "sqls": ["no figure" if one.sql.said is None else f"{one.sql.reached:,.0f}" for one in rows],
            "worth": [amount_in_words(one.amount, currency) for one in rows],
            "load": ["unknown" if one.load.share is None else elements.percent(one.load.share) for one in rows],
            "in_time": [_in_time(one) for one in rows],
        }
    )


def _accepted(expected: Expected) -> str:
    promised = expected.promised
    if promised is None:
        return f"no figure: {NO_FIGURE[expected.method]}"
    return f"{elements.percent(promised.share)} ± {100 * promised.margin:.0f}"


def _in_time(one: Scenario) -> str:
    return "unknown" if one.answering.attainment is None else elements.percent(one.answering.attainment)


def csv(rows: Sequence[Scenario]) -> io.BytesIO:
    """The same in numbers, with intervals and the differences in words."""
    return csv_file(
        pd.DataFrame(
            [
                {
                    "name": one.name or AGREED,
                    "threshold": one.definition.threshold,
                    "mqls_per_week": one.mqls_per_week,
                    "qualified": one.volume.qualified,
                    "again": one.volume.again,
                    "gained": one.volume.gained,
                    "lost": one.volume.lost,
                    "accepted_share": one.expected.share,
                    "low95": one.expected.low95,
                    "high95": one.expected.high95,
                    "accepted_today": None if one.expected.today is None else one.expected.today.share,
                    "method": one.expected.method.value,
                    "not_observed": one.expected.not_observed,
                    "sqls_expected": None if one.sql.said is None else one.sql.reached,
                    "worth_expected": one.amount.expected,
                    "worth_low95": one.amount.low95,
                    "worth_high95": one.amount.high95,
                    "share_of_capacity": one.load.share,
                    "decided_in_time": one.answering.attainment,
                    "backlog_growth_per_week": one.answering.growth_per_week,
                    "differences": "; ".join(one.differences),
                }
                for one in rows
            ]
        )
    )
