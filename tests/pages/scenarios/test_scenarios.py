"""Scenarios: up to four drafts beside the agreed definition, in one table, one chart and in words."""

import csv
import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.app import outlook
from lib.core.definition.criteria import Definition
from lib.core.time.window import Window
from lib.ui.frame.elements import rate
from lib.ui.now import present
from lib.ui.now.drafts import shared
from lib.ui.scenarios import table as scenarios_table
from tests.conftest import OpenPage
from tests.grants import somebody
from tests.pages.conftest import press

SCENARIOS = "decide/scenarios.py"


@pytest.fixture
def drafts(app_on: object, database_copy: Path) -> Path:
    """Two drafts: fewer points for webinars, and a lower threshold."""
    app_on(database_copy)  # type: ignore[operator]
    agreed = present.snapshot().definition
    shared().begin(agreed.with_points("webinar_registered", 0), somebody("Marta"), "m", "less webinar")
    shared().begin(agreed.with_threshold(50), somebody("Tom"), "t", "lower")
    return database_copy


def agreed() -> Definition:
    return present.snapshot().definition


def texts(at: AppTest) -> str:
    said = "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning])
    return said.replace("\\", "")


def test_each_draft_stands_beside_the_agreed_definition_with_what_it_changes_in_words(
    open_page: OpenPage, drafts: Path
) -> None:
    at = open_page(SCENARIOS, drafts)

    table = at.dataframe[0].value
    assert table["name"].tolist() == [scenarios_table.AGREED, "less webinar", "lower"]
    assert "Registered for a webinar: 15 → 0 points" in texts(at)
    assert "Threshold: 60 → 50" in texts(at)
    window = state_window(at)
    for name, definition in (("less webinar", agreed().with_points("webinar_registered", 0)), ("lower", agreed())):
        threshold = 50 if name == "lower" else 60
        volume = outlook.preview(present.snapshot(), definition, window).volume(threshold)
        row = table[table["name"] == name].iloc[0]
        assert (row["gained"], row["lost"]) == (f"{volume.gained:,}", f"{volume.lost:,}")
        assert (row["mqls"], row["again"]) == (
            rate(volume.mqls / window.length_weeks),
            rate(volume.again / window.length_weeks),
        )


def state_window(at: AppTest) -> Window:
    window: Window = at.session_state["window"]
    return window


def test_the_address_says_which_drafts_and_an_unknown_one_is_told(open_page: OpenPage, drafts: Path) -> None:
    at = open_page(SCENARIOS, drafts, drafts="lower")

    assert at.dataframe[0].value["name"].tolist() == [scenarios_table.AGREED, "lower"]

    at = open_page(SCENARIOS, drafts, drafts="gone")

    assert "There is no draft called “gone”" in texts(at)


def test_what_the_decisions_do_not_tell_apart_is_not_called_better(open_page: OpenPage, drafts: Path) -> None:
    at = open_page(SCENARIOS, drafts)

    headline = next(one for one in texts(at).replace("*", "").splitlines() if one.startswith("####"))
    shares = {
        name: outlook.scenario(present.snapshot(), name, definition, state_window(at)).expected
        for name, definition in (
            ("less webinar", agreed().with_points("webinar_registered", 0)),
            ("lower", agreed().with_threshold(50)),
            ("agreed", agreed()),
        )
    }
    lower, as_agreed = shares["lower"], shares["agreed"]
    assert (lower.high95 or 0) > (as_agreed.low95 or 0)
    assert "Sales would accept the greatest share of “less webinar” (" in headline
    assert "more of the agreed definition" not in headline
    assert headline.count("“lower” brings most") == 1


def test_an_address_opens_a_renamed_draft_and_says_who_deleted_another(open_page: OpenPage, drafts: Path) -> None:
    shared().rename("lower", "lowest", somebody("Tom"), "t")
    shared().delete("less webinar", somebody("Marta"))

    at = open_page(SCENARIOS, drafts, drafts=["lower", "less webinar"])

    assert at.dataframe[0].value["name"].tolist() == [scenarios_table.AGREED, "lowest"]
    assert "The draft “less webinar” was deleted by Marta" in texts(at)


def test_without_a_draft_it_says_where_one_begins(open_page: OpenPage, database_copy: Path) -> None:
    at = open_page(SCENARIOS, database_copy)

    assert "There is no draft yet" in texts(at)
    assert not at.exception


def test_a_draft_is_opened_on_tune(open_page: OpenPage, drafts: Path) -> None:
    at = open_page(SCENARIOS, drafts)

    press(at, "open:lower")

    assert at.session_state["tuning"].name == "lower"


def test_everything_is_in_the_csv_with_intervals(open_page: OpenPage, drafts: Path) -> None:
    at = open_page(SCENARIOS, drafts)

    written = scenarios_table.csv(scenarios_table.scenarios(present.snapshot(), ["lower"], state_window(at)))
    rows = list(csv.DictReader(io.StringIO(written.read().decode())))

    assert [row["name"] for row in rows] == [scenarios_table.AGREED, "lower"]
    assert rows[1]["differences"] == "Threshold: 60 → 50"
    assert float(rows[1]["mqls_per_week"]) >= float(rows[0]["mqls_per_week"])
