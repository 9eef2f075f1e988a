"""What public reports and real exports showed, small: what a source corrected, merged or wrote twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lib.config.sources import read_source
from lib.core.exchange.mappings import Source
from lib.core.exchange.runs import ImportResult
from lib.store.database import Database
from lib.store.exchange.undoing import undo_last_import
from lib.store.leads.duplicates import unmerge_leads
from tests.grants import BY_TEST, somebody
from tests.store.conftest import NOW, Import, Rows
from tests.store.exchange.test_undoing import state

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests/cases"

Bring = Callable[..., ImportResult]


def shipped(name: str) -> Source:
    return read_source((ROOT / f"config/sources/{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


@pytest.fixture
def bring(load: Import) -> Bring:
    """Imports files of a case by a shipped mapping."""

    def brought(case: str, source: str, *files: str) -> ImportResult:
        return load(*(CASES / case / file for file in files), source=shipped(source))

    return brought


WON = "select count(*), sum(amount)::integer from handoff_event where kind = 'won'"


@pytest.mark.parametrize("later", ["deals_may.csv", "deals_may_moved.csv"])
def test_deals_whose_amounts_were_corrected_count_once(bring: Bring, rows: Rows, later: str) -> None:
    bring("03-corrected-deal", "hubspot", "contacts.csv")
    bring("03-corrected-deal", "hubspot", "deals_april.csv")
    result = bring("03-corrected-deal", "hubspot", later)

    assert rows(WON) == [(6, 9000)]
    assert result.tables["handoff_event"].changed == 6
    assert bring("03-corrected-deal", "hubspot", later).tables["handoff_event"].same == 12


def test_deals_lost_and_won_then_are_both_known(bring: Bring, rows: Rows) -> None:
    bring("03-corrected-deal", "hubspot", "contacts.csv")
    bring("03-corrected-deal", "hubspot", "deals_lost.csv")
    bring("03-corrected-deal", "hubspot", "deals_may_moved.csv")

    assert rows(WON) == [(6, 9000)]
    assert rows("select count(*) from handoff_event where kind = 'lost'") == [(6,)]


def test_contacts_merged_at_their_source_are_one_lead_and_can_be_parted(db: Database, bring: Bring, rows: Rows) -> None:
    bring("09-merged-contacts", "hubspot", "march.csv")
    before = state(db)

    result = bring("09-merged-contacts", "hubspot", "may.csv")

    assert rows("select lead_id from lead") == [("201",)]
    assert rows("select count(*) from handoff") == [(1,)]
    assert result.merged == 1
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    bring("09-merged-contacts", "hubspot", "may.csv")
    assert bring("09-merged-contacts", "hubspot", "may.csv").merged == 0
    unmerge_leads(db, "202", NOW, somebody("Ana"))
    bring("09-merged-contacts", "hubspot", "may.csv")
    assert rows("select lead_id from lead order by lead_id") == [("201",), ("202",)]


def test_contacts_that_a_loader_leaves_unmarked_are_merged_by_what_the_winner_says(bring: Bring, rows: Rows) -> None:
    bring("09-merged-contacts", "hubspot", "contacts.csv", "forms.csv", "events.csv")

    assert rows("select lead_id from lead order by lead_id") == [("201",), ("301",)]
    assert rows("select count(*) from handoff") == [(2,)]
    assert rows("select lead_id, kind, count(*) from activity group by all order by all") == [
        ("201", "email_click", 1),
        ("201", "form_submit", 1),
        ("301", "email_click", 1),
        ("301", "form_submit", 1),
    ]


def test_an_owner_written_by_name_and_by_id_is_one(bring: Bring, rows: Rows) -> None:
    bring("33-owner-rows-by-name-and-id", "salesforce", "lead.csv", "history.csv")

    owners = "select actor, count(*) from handoff_event where kind = 'assigned' group by actor"
    assert rows(owners) == [("005000000000001AAA", 6)]


def test_a_lead_deleted_at_its_source_is_withdrawn_until_it_is_back(
    db: Database, load: Import, rows: Rows, tmp_path: Path
) -> None:
    heading = "Id,LastName,Company,LeadSource,Status,CreatedDate,MQL_Date__c,IsDeleted,LastModifiedDate\n"
    row = "00Q1,Alder,Quince,Web,MQL,2026-03-02T08:00:00Z,2026-03-03T09:00:00Z,{},{}\n"

    def leads(gone: str, modified: str) -> ImportResult:
        path = tmp_path / "leads.csv"
        path.write_text(heading + row.format(gone, modified))
        return load(path, source=shipped("salesforce"))

    withdrawn = "select occurred_at::varchar, detail from handoff_event where kind = 'withdrawn'"
    leads("false", "2026-03-04T09:00:00Z")
    before = state(db)
    result = leads("true", "2026-03-20T09:00:00Z")

    assert rows(withdrawn) == [("2026-03-20 09:00:00", '{"deleted":true}')]
    assert (result.deleted, result.rejected) == (1, 0)
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    leads("true", "2026-03-20T09:00:00Z")
    assert leads("true", "2026-03-20T09:00:00Z").deleted == 0
    leads("false", "2026-03-04T09:00:00Z")
    assert len(rows(withdrawn)) == 1
    leads("false", "2026-03-21T09:00:00Z")
    assert rows(withdrawn) == []
