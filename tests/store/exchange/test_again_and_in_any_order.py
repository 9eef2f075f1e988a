"""Files imported again bring nothing new; what is dated counts whatever the order; and a value that returns is back."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.config.sources import read_source
from lib.core.errors import FileRefused
from lib.core.exchange.mappings import Source
from lib.core.exchange.tables import TABLES
from lib.store.database import Database
from lib.store.exchange.imports import check_files, load
from lib.store.exchange.rows.feeds import Recognised
from lib.store.exchange.undoing import undo_last_import
from lib.store.leads.duplicates import merge_leads, unmerge_leads
from tests.grants import BY_TEST, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write
from tests.store.exchange.test_counts import empty
from tests.store.exchange.test_facts import PEOPLE, SHOP, STANDS, deal
from tests.store.exchange.test_undoing import state

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared/data"

FOLDERS = [
    *sorted(folder for folder in (ROOT / "tests/cases").iterdir() if any(folder.glob("*.csv"))),
    *(DATA / name for name in ("olist", "crm-exports/hubspot", "crm-exports/salesforce", "crm-exports/marketo")),
]

MINUTE = 60_000_000


def sources(folder: Path) -> list[Source]:
    own = sorted(folder.glob("config/sources/*.yaml"))
    shipped = sorted((ROOT / "config/sources").glob("*.yaml"))
    return [read_source(path.read_text(encoding="utf-8"), path.name) for path in (*own, *shipped)]


def ways_in(database: Database, path: Path, known: list[Source]) -> tuple[Recognised, ...]:
    """The file as the first source or kind takes it that does; nothing where none does."""
    for how in [*({"source": source} for source in known), *({"kind": kind} for kind in TABLES)]:
        for decimal in (None, ","):
            try:
                found = check_files([path], decimal=decimal, **how)  # type: ignore[arg-type]
                load(database, found, "tried", zone=MADRID, now=NOW, dry_run=True, by=BY_TEST)
            except FileRefused:
                continue
            return found
    return ()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_imported_again_brings_nothing_new_and_changes_nothing(db: Database, folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not here")
    known = sources(folder)
    recognised = [one for path in sorted(folder.glob("*.csv")) for one in ways_in(db, path, known)]
    assert recognised

    for turn in range(2):
        result = load(db, recognised, "every", zone=MADRID, now=NOW + turn * MINUTE, by=BY_TEST)
        for name, one in result.tables.items():
            assert one.read + one.waited == one.new + one.changed + one.same + one.rejected, name

    assert {name: one for name, one in result.tables.items() if one.new or one.changed} == {}


@given(exports=st.permutations([(1000, 10), (1500, 12), (1000, 14), (2000, 16)]))
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_dated_exports_in_any_order_say_what_the_newest_says(
    db: Database, load: Import, write: Write, rows: Rows, exports: list[tuple[int, int]]
) -> None:
    empty(db)
    load(write("people.csv", PEOPLE), source=SHOP)
    for amount, day in exports:
        load(write("deals.csv", deal(amount, modified=f"2026-05-{day}T10:00:00Z")), source=SHOP)

    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 2000)]


def test_of_one_import_every_statement_stands_and_importing_it_again_moves_none_aside(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    april = write("april.csv", deal(1000).replace(",Whose", ",Colour,Whose").replace(",p", ",red,p"))
    exports = april, write("may.csv", deal(1500).replace(",Whose\n", "\n").replace(",p\n", "\n"))
    load(*exports, source=SHOP)
    before = state(db)

    again = load(*exports, source=SHOP).tables["handoff_event"]

    assert [amount for *_, amount in rows(STANDS)] == [1000, 1500]
    assert (again.new, again.changed) == (0, 0)
    assert {**state(db), "corrected_event": []} == before


STEPS = st.lists(st.sampled_from(["A", "B", "undo"]), min_size=1, max_size=6)
AMOUNTS = {"A": 1000, "B": 1500}


@given(steps=STEPS)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_that_come_return_and_are_taken_back_end_as_the_last_of_them(
    db: Database, load: Import, write: Write, rows: Rows, steps: list[str]
) -> None:
    empty(db)
    load(write("people.csv", PEOPLE.replace("Created,", "Created,Name,").replace("-01,", "-01,N,")), source=SHOP)
    stands: str | None = None
    before: str | None = None
    can_undo = False
    for step in [*steps, "A"]:
        if step == "undo":
            if can_undo:
                undo_last_import(db, NOW, by=BY_TEST)
                stands, can_undo = before, False
        else:
            named = write("people.csv", f"Person,Created,Name\np,2026-03-01,{step}\n")
            load(named, write("deals.csv", deal(AMOUNTS[step])), source=SHOP)
            before, stands, can_undo = stands, step, True
        assert rows("select first_name from lead where lead_id = 'p'") == [(stands or "N",)]
        assert [amount for *_, amount in rows(STANDS)] == ([AMOUNTS[stands]] if stands else [])


@given(rounds=st.lists(st.sampled_from([("p", "q"), ("q", "p")]), min_size=1, max_size=3))
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_leads_merged_and_parted_again_are_as_they_were(
    db: Database, load: Import, write: Write, rounds: list[tuple[str, str]]
) -> None:
    empty(db)
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("deals.csv", deal(1000)), source=SHOP)
    before = state(db)
    for kept, gone in rounds:
        merge_leads(db, kept, gone, NOW, somebody("Ana"))
        assert state(db)["lead"] != before["lead"]
        unmerge_leads(db, gone, NOW, somebody("Ana"))

        assert state(db) == before
