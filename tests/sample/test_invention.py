"""Invented data is the same for the same seed and end, whole, and never later than its end."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lib.config.definition import read_definition
from lib.core.exchange.tables import TABLES
from lib.core.handoffs.events import EVENT_KINDS
from lib.core.time.clock import MICROSECONDS_PER_DAY
from lib.sample.invention import invent
from tests.sample.conftest import END, ZONE, Year, shipped_definition, tables_of

OF_A_SOURCE = {"stated_at", "by_day", "day_ends_at"}
"""What is said of a foreign row alone: when its source stated it, and that it has a day and no hour."""

ROOT = Path(__file__).parents[2]


def fingerprint(tables: dict[str, pa.Table]) -> str:
    return hashlib.sha256(repr([(name, table.to_pylist()) for name, table in tables.items()]).encode()).hexdigest()


def instants(table: pa.Table, column: str) -> np.ndarray:
    return table[column].cast(pa.int64()).to_numpy()


def test_the_same_seed_and_end_invent_the_same_tables() -> None:
    first, second = tables_of(800, seed=7), tables_of(800, seed=7)

    assert all(first[name].equals(second[name]) for name in list(TABLES))


def test_another_process_invents_the_same_tables() -> None:
    script = "from tests.sample.test_invention import fingerprint, tables_of; print(fingerprint(tables_of(300)))"

    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert elsewhere.stdout.strip() == fingerprint(tables_of(300))


@pytest.mark.parametrize("name", ["lead", "activity", "handoff_event", "rep", "spend"])
def test_another_seed_invents_other_data(name: str) -> None:
    assert not tables_of(800, seed=7)[name].equals(tables_of(800, seed=8)[name])


def test_another_end_moves_the_year() -> None:
    later = tables_of(800, end=END + 40 * MICROSECONDS_PER_DAY)

    assert instants(later["lead"], "created_at").max() > END


def test_tables_have_the_columns_of_the_design(year: Year) -> None:
    assert set(year.tables) == set(TABLES)
    for name, table in year.tables.items():
        assert table.column_names == [one for one in TABLES[name].names if one not in OF_A_SOURCE]


def test_the_store_holds_every_row(year: Year) -> None:
    assert year.history.leads == 20_000
    assert year.history.activities == year.tables["activity"].num_rows


@pytest.mark.parametrize("end", [END, END + MICROSECONDS_PER_DAY * 5 // 12, END - 200 * MICROSECONDS_PER_DAY])
@pytest.mark.parametrize(
    ("name", "column"), [("lead", "created_at"), ("activity", "occurred_at"), ("handoff_event", "occurred_at")]
)
def test_nothing_is_later_than_the_end(name: str, column: str, end: int) -> None:
    table = tables_of(2_000, end=end)[name]

    assert instants(table, column).max() <= end


def test_leads_appear_over_twelve_months(year: Year) -> None:
    created = instants(year.tables["lead"], "created_at")

    assert created.min() > END - 366 * MICROSECONDS_PER_DAY
    assert created.min() < END - 364 * MICROSECONDS_PER_DAY
    assert created.max() > END - 3 * MICROSECONDS_PER_DAY


@pytest.mark.parametrize("name", list(TABLES))
def test_keys_are_unique(year: Year, name: str) -> None:
    keys = year.tables[name].select(TABLES[name].key).to_pandas()

    assert not keys.duplicated().any()


@pytest.mark.parametrize("name", ["activity", "handoff_event"])
def test_everything_done_was_done_by_a_lead_there_is(year: Year, name: str) -> None:
    known = set(year.tables["lead"]["lead_id"].to_pylist())

    assert set(year.tables[name]["lead_id"].unique().to_pylist()) <= known


def test_owners_and_actors_are_reps_and_marketing_hands_over(year: Year, events: pd.DataFrame) -> None:
    reps = set(year.tables["rep"]["rep_id"].to_pylist())

    assert set(year.tables["lead"]["owner"].drop_null().to_pylist()) <= reps
    assert set(events[events["kind"] != "mql"]["actor"]) == reps
    assert set(events[events["kind"] == "mql"]["actor"]) == {"marketing"}


def test_event_kinds_are_known_and_every_important_one_occurs(events: pd.DataFrame) -> None:
    assert set(events["kind"]) == set(EVENT_KINDS) - {"retracted", "withdrawn"}


def test_goals_and_spend_cover_every_month(year: Year) -> None:
    months = {month.isoformat()[:7] for month in year.tables["spend"]["month"].to_pylist()}
    goals = year.tables["goal"].to_pandas()

    assert len(months) == 13
    assert (goals.groupby("month")["metric"].agg(set) == {"mql", "sal", "sql"}).all()
    assert {month.isoformat()[:7] for month in goals["month"]} == months


def test_a_single_lead_is_enough() -> None:
    tables = tables_of(1)

    assert tables["lead"].num_rows == 1


@pytest.mark.parametrize(("leads", "seed"), [(0, 1), (-3, 1), (10, -1)])
def test_no_leads_and_negative_seeds_are_refused(leads: int, seed: int) -> None:
    with pytest.raises(ValueError, match="not"):
        tables_of(leads, seed=seed)


def test_where_nobody_qualifies_nobody_is_handed_over() -> None:
    unreachable = shipped_definition().with_threshold(10_000)

    tables = invent(500, 1, END, unreachable, ZONE)

    assert tables["handoff_event"].num_rows == 0


def test_a_definition_may_look_at_any_column() -> None:
    conditions = (
        "{field: extra.language, is: es}",
        "{field: extra.nothing, known: false}",
        "{field: created_at, starts_with: '202'}",
        "{field: cost, known: false}",
    )
    criterion = f"{{id: a, points: 5, when: {{all: [{', '.join(conditions)}]}}}}"
    definition = read_definition(f"{{mql: {{threshold: 5}}, profile: {{criteria: [{criterion}]}}}}", "d.yaml")

    tables = invent(500, 1, END, definition, ZoneInfo("UTC"))

    spanish = {
        row["lead_id"]
        for row in tables["lead"].select(["lead_id", "extra", "cost"]).to_pylist()
        if '"es"' in row["extra"] and row["cost"] is None
    }
    assert spanish == set(tables["handoff_event"]["lead_id"].to_pylist()) != set()
