"""The tables that warehouse loaders write of three real systems, and the headings of their own exports."""

import csv
import re
from pathlib import Path

import pytest

from lib.config.folder import SHIPPED, read_folder
from lib.store.exchange.imports import check_files
from lib.store.exchange.rows.feeds import recognise, recognise_headings
from tests.cli.conftest import ROOT, Run

EXPORTS = ROOT / ".." / "shared" / "data" / "crm-exports"
SYSTEMS = ("hubspot", "salesforce", "marketo")
FILES = {system: sorted((EXPORTS / system).glob("*.csv")) for system in SYSTEMS}

pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="the CRM exports are not at hand")

SOURCES = read_folder(SHIPPED).sources


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_file_is_recognised_and_every_heading_explained(system: str) -> None:
    recognised = check_files(FILES[system], source=SOURCES[system])

    assert [one.file.path for one in recognised] == FILES[system]
    assert {one.file.name: feed.ignored for one in recognised for feed in one.feeds if feed.ignored} == {}
    assert all(one.feeds or one.unused for one in recognised)


@pytest.mark.parametrize("path", [path for files in FILES.values() for path in files], ids=lambda path: path.name)
def test_a_file_is_told_from_those_of_the_other_systems(path: Path) -> None:
    (best, *_) = recognise(path, SOURCES)

    assert best.source == path.parent.name
    assert best.unknown == ()


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_not_loaded_waits_for_a_lead_and_a_second_import_changes_nothing(
    run: Run, tmp_path: Path, system: str
) -> None:
    how = ("import", *FILES[system], "--source", system, "--db", tmp_path / "h.duckdb", "--json")

    first, again = run(*how).json, run(*how).json

    assert first["tables"]["lead"]["new"] == {"hubspot": 22, "salesforce": 1, "marketo": 100}[system]
    assert all(re.fullmatch(r"no lead is called '.*' yet", row["reason"]) for row in first["rejected_rows"])
    assert {(count["new"], count["changed"]) for count in again["tables"].values()} == {(0, 0)}
    assert again["rejected"] == first["rejected"]


def test_salesforces_only_lead_was_converted_on_the_day_it_says(run: Run, tmp_path: Path) -> None:
    files = FILES["salesforce"]

    told = run("import", *files, "--source", "salesforce", "--db", tmp_path / "h.duckdb", "--dry-run", "--json").json

    lead = next(file for file in told["preview"] if file["file"] == "sf_lead_data.csv")
    by_table = {table["table"]: table for table in lead["tables"] if table["rows"]}
    assert by_table["lead"]["rows"][0]["values"]["company"] == "Z"
    assert by_table["handoff_event"]["rows"][0]["values"]["kind"] == "sql"
    assert by_table["handoff_event"]["rows"][0]["values"]["occurred_at"] == "2019-11-11T17:23:34Z"


def test_the_headings_of_salesforces_own_export_are_all_known() -> None:
    text = (EXPORTS / "salesforce" / "native-headers.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^(\w+)\.csv: ([^\n(]+)", text, re.MULTILINE))

    for name, what in (("Lead", "Leads"), ("CampaignMember", "Campaign members")):
        (headings,) = csv.reader([listed[name].strip()])
        (best, *_) = recognise_headings(tuple(headings), SOURCES)
        assert (best.source, best.file.what, best.unknown) == ("salesforce", what, ())


def test_the_headings_of_hubspots_own_export_are_all_known() -> None:
    text = (EXPORTS / "hubspot" / "native-headers.md").read_text(encoding="utf-8")
    labelled = re.findall(r"(?:Lifecycle: |; )([^=;]+)=(\w+)", text)
    labels = ["Contact ID", "Email", "First Name", *(label for label, _ in labelled)]
    names = ["hs_object_id", "email", *(name for _, name in labelled)]
    assert len(labelled) > 15

    for headings in (labels, names):
        (best, *_) = recognise_headings(tuple(headings), SOURCES)
        assert (best.source, best.file.what, best.unknown) == ("hubspot", "Contacts", ())
