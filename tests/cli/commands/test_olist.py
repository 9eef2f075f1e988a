"""The real funnel of Olist through the command line, where its files are at hand."""

import csv
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from lib.__main__ import main
from lib.store.database import open_database
from tests.cli.conftest import ROOT, Ran, Run

OLIST = ROOT / ".." / "shared" / "data" / "olist"
LEADS, DEALS = OLIST / "olist_marketing_qualified_leads_dataset.csv", OLIST / "olist_closed_deals_dataset.csv"

pytestmark = pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist files are not at hand")

MONTHS = [date(2017 + (5 + n) // 12, (5 + n) % 12 + 1, 1) for n in range(13)]
LEADS_BY_MONTH = [4, 239, 386, 312, 416, 445, 200, 1141, 1028, 1174, 1352, 1303]
"""Leads by month of first contact, June 2017 to May 2018, as in the README beside the files."""


@pytest.fixture(scope="module")
def olist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("olist") / "olist.duckdb"
    config = str(ROOT / "config")
    assert main(["import", str(LEADS), str(DEALS), "--source", "olist", "--db", str(db), "--config", config]) == 0
    return db


@pytest.fixture
def preview(run: Run, olist: Path, tmp_path: Path) -> Callable[..., Ran]:
    """The preview of a definition of channel criteria between two days, as JSON; customers are looked at too."""

    def previewed(threshold: int, criteria: dict[str, str], start: date, end: date) -> Ran:
        definition = tmp_path / "draft.yaml"
        lines = [f"    - {{id: {name}, label: {name}, {rest}}}" for name, rest in criteria.items()]
        definition.write_text(
            "\n".join(
                ["name: Draft", f"mql: {{threshold: {threshold}, customers: true}}", "channel:", "  criteria:", *lines]
            )
        )
        return run("preview", "--definition", definition, "--db", olist, "--from", start, "--to", end, "--json")

    return previewed


def test_the_two_files_import_twice_and_change_nothing_the_second_time(run: Run, tmp_path: Path) -> None:
    how = ("import", LEADS, DEALS, "--source", "olist", "--db", tmp_path / "olist.duckdb", "--json")

    first, again = run(*how).json, run(*how).json

    assert first["tables"]["handoff_event"] == {"read": 8842, "new": 8842, "changed": 0, "same": 0}
    assert first["tables"]["lead"]["new"] == 8000
    assert (first["rejected"], again["rejected"]) == (0, 0)
    assert again["tables"]["handoff_event"] == {"read": 8842, "new": 0, "changed": 0, "same": 8842}
    assert (again["tables"]["lead"]["new"], again["tables"]["lead"]["changed"]) == (0, 0)


def test_there_are_8000_hand_overs_and_842_wins_one_of_them_before_its_hand_over(olist: Path) -> None:
    database = open_database(olist, first_definition="", clock=0)

    with database.cursor() as cursor:
        kinds = cursor.execute("select kind, count(*) from handoff_event group by kind order by kind").fetchall()
        early = cursor.execute(
            "select count(*) from handoff_event won join handoff_event mql using (lead_id) "
            "where won.kind = 'won' and mql.kind = 'mql' and won.occurred_at < mql.occurred_at"
        ).fetchall()
    database.close()

    assert kinds == [("mql", 8000), ("won", 842)]
    assert early == [(1,)]


def test_leads_with_a_landing_page_are_those_of_each_month_of_first_contact(preview: Callable[..., Ran]) -> None:
    landed = {"landed": "points: 10, when: {field: landing_page, known: true}"}

    monthly = [preview(10, landed, start, end).json["qualified"] for start, end in pairwise(MONTHS)]

    assert monthly == LEADS_BY_MONTH


def test_who_was_won_before_the_first_contact_is_a_customer_and_handed_over_by_no_definition(
    run: Run, olist: Path, tmp_path: Path
) -> None:
    definition = tmp_path / "draft.yaml"
    criterion = "{id: landed, label: Landed, points: 10, when: {field: landing_page, known: true}}"
    days = ("--from", MONTHS[0], "--to", MONTHS[-1], "--json")

    def qualified(mql: str) -> int:
        definition.write_text(f"mql: {{{mql}}}\nchannel:\n  criteria:\n    - {criterion}\n")
        return int(run("preview", "--definition", definition, "--db", olist, *days).json["qualified"])

    assert qualified("threshold: 10, customers: true") == sum(LEADS_BY_MONTH) == 8000
    assert qualified("threshold: 10") == 7999


def test_sources_are_told_apart_by_their_points_at_every_threshold(preview: Callable[..., Ran]) -> None:
    by_source = {
        "organic": "points: 40, when: {field: source, is: organic_search}",
        "paid": "points: 30, when: {field: source, is: paid_search}",
        "other": "points: 20, when: {field: source, starts_with: other}",
        "blank": "points: 10, when: {field: source, known: false}",
        "rest": "points: 5, when: {field: source, known: true}",
    }

    printed = preview(5, by_source, MONTHS[0], MONTHS[-1]).json

    at = {one["threshold"]: one["qualified"] for one in printed["by_threshold"]}
    assert max(at) == 45
    assert at[45] == at[36] == 2296
    assert at[35] - at[36] == 1586
    assert at[25] - at[26] == 150 + 65
    assert at[10] - at[11] == 60
    assert at[5] == printed["qualified"] == 8000


def test_a_source_and_a_landing_page_together_count_what_the_file_says(preview: Callable[..., Ran]) -> None:
    with LEADS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    pages = [row["landing_page_id"] for row in rows]
    favourite = max(sorted(set(pages)), key=pages.count)
    both = {
        "page": f"points: 7, when: {{field: landing_page, is: '{favourite}'}}",
        "paid": "points: 5, when: {field: source, is: paid_search}",
    }

    whole = preview(12, both, MONTHS[0], MONTHS[-1]).json["qualified"]
    march = preview(12, both, date(2018, 3, 1), date(2018, 4, 1)).json["qualified"]

    paid = [
        row["first_contact_date"]
        for row in rows
        if row["landing_page_id"] == favourite and row["origin"] == "paid_search"
    ]
    assert whole == len(paid) > 0
    assert march == sum(day.startswith("2018-03") for day in paid) > 0
