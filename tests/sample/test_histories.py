"""The invented leads have histories, and these change nothing of what became of anybody."""

import numpy as np
import pandas as pd
import pytest

from lib.core.replay.hits import find_hits
from lib.core.replay.replay import replay
from tests.sample.conftest import END, Year, shipped_definition, tables_of


@pytest.fixture(scope="module")
def changes(year: Year) -> pd.DataFrame:
    """Every change with its lead's row as it is now."""
    frame = year.tables["lead_change"].to_pandas()
    return frame.merge(year.tables["lead"].to_pandas(), on="lead_id")


def test_titles_come_late_and_companies_grow(changes: pd.DataFrame) -> None:
    of = {str(field): rows for field, rows in changes.groupby("field")}

    assert set(of) == {"title", "employees"}
    assert of["title"]["old_value"].isna().all()
    assert (of["employees"]["old_value"].astype(int) < of["employees"]["value"].astype(int)).all()
    assert all(len(rows) > 500 for rows in of.values())


def test_every_field_is_now_what_its_last_change_made_of_it(changes: pd.DataFrame) -> None:
    now = np.where(changes["field"] == "title", changes["title"], changes["employees"].astype("Int64").astype("string"))

    assert (changes["value"].to_numpy() == now).all()


def test_a_change_lies_between_its_leads_creation_and_the_end(changes: pd.DataFrame) -> None:
    assert (changes["changed_at"] > changes["created_at"]).all()
    assert changes["changed_at"].max() <= pd.Timestamp(END, unit="us")


def test_the_replay_by_what_was_known_finds_the_hand_overs_that_were(year: Year) -> None:
    definition = shipped_definition()
    handed = year.cycles.take(year.cycles.cycle == 1)

    qualified_at = replay(find_hits(year.history, definition), definition, as_of=END).qualified_at

    row = {lead_id: n for n, lead_id in enumerate(year.history.lead_id.to_pylist())}
    at = qualified_at[[row[lead_id] for lead_id in handed.lead_id.to_pylist()]]
    assert ((handed.mql_at > at) & (handed.mql_at - at < 10 * 60_000_000)).all()


def test_the_same_seed_invents_the_same_histories() -> None:
    assert tables_of(3_000)["lead_change"].equals(tables_of(3_000)["lead_change"])
