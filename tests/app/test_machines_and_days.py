"""What machines did to a draft, and days as they are configured: asked of one database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.app import outlook, soundness
from lib.app.snapshot import Snapshot, take
from lib.config.folder import Config, read_folder
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition, Per
from lib.core.exchange.machines import Scanned
from lib.core.time.clock import parse_instant
from lib.core.time.window import Window
from lib.store.database import Database, open_database
from lib.store.exchange.imports import import_files
from tests.conftest import ROOT
from tests.grants import BY_TEST

CONFIG = read_folder(ROOT / "config")
NOW = parse_instant("2026-03-08T12:00:00Z", ZoneInfo("UTC"))
MARCH = Window(date(2026, 3, 2), date(2026, 3, 9), "Europe/Madrid")

LEADS = "lead_id,created_at,email\nbot,2026-03-01,bot@bank.example\nhuman,2026-03-01,h@shop.example\n"
CLICKS = """lead_id,occurred_at,kind,subject
bot,2026-03-03T09:00:00Z,email_click,link 1
bot,2026-03-03T09:00:01Z,email_click,link 2
bot,2026-03-03T09:00:02Z,email_click,link 3
human,2026-03-03T22:30:00Z,email_click,link 1
human,2026-03-03T23:10:00Z,email_click,link 2
"""


def clicked(points: int, **how: object) -> Definition:
    match = replace(ActivityMatch(ActivityCondition(("email_click",))), **how)
    return Definition("clicks", 8, (Criterion("click", "Clicked", Category.ACTIONS, points, match),))


@pytest.fixture
def clicks(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "clicks.duckdb", first_definition=CONFIG.definition_text, clock=NOW)
    for kind, rows in (("lead", LEADS), ("activity", CLICKS)):
        file = tmp_path / f"{kind}.csv"
        file.write_text(rows, encoding="utf-8")
        import_files(database, [file], zone=ZoneInfo("Europe/Madrid"), now=NOW, kind=kind, by=BY_TEST)
    yield database
    database.close()


def snapshot_of(database: Database, config: Config = CONFIG, before: Snapshot | None = None) -> Snapshot:
    return take(database, config, NOW, before=before)


def test_what_machines_are_worth_is_what_is_left_without_them(clicks: Database) -> None:
    snapshot, draft = snapshot_of(clicks), clicked(4)

    people = outlook.volume_by_people(snapshot, draft, MARCH)

    assert outlook.preview(snapshot, draft, MARCH).volume(8).mqls == 2
    assert people is not None
    assert people.mqls == 1
    assert soundness.scanned(snapshot) == (Scanned("bank.example", 3, 1, 1),)


def test_a_draft_that_counts_no_machine_leans_on_none(clicks: Database) -> None:
    snapshot = snapshot_of(clicks)
    visits = replace(clicked(4), criteria=CONFIG.definition.criteria[:1])

    assert outlook.volume_by_people(snapshot, clicked(4, human=True), MARCH) is None
    assert outlook.volume_by_people(snapshot, visits, MARCH) is None


def test_another_configured_zone_has_other_days_and_the_leads_are_not_read_again(clicks: Database) -> None:
    in_utc = replace(CONFIG, policy=replace(CONFIG.policy, time_zone="UTC"))
    once_a_day = clicked(6, limit=1, per=Per.DAY)

    madrid = snapshot_of(clicks)
    utc = snapshot_of(clicks, in_utc, madrid)

    # What somebody clicked at 23:10 UTC was clicked on the next day in Madrid.
    assert len(madrid.leads.index.hits(once_a_day).at) == 3
    assert len(utc.leads.index.hits(once_a_day).at) == 2
    assert utc.leads.history.activity_at is madrid.leads.history.activity_at
    assert snapshot_of(clicks, CONFIG, madrid).leads is madrid.leads
