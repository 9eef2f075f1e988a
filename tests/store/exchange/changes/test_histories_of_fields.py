"""Histories of fields by our own columns: what they become, what is rejected, waits or is said twice, and undoing."""

from datetime import datetime

import pytest

from lib.core.errors import FileRefused
from lib.core.exchange.runs import TableCount
from lib.store.database import Database
from lib.store.exchange.imports import import_files
from lib.store.exchange.runs import rejected_rows
from lib.store.exchange.undoing import undo_last_import
from lib.store.leads.duplicates import merge_leads, unmerge_leads
from tests.grants import BY_TEST, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write
from tests.store.exchange.test_undoing import state

at = datetime.fromisoformat

LEADS = "lead_id,created_at\na,2026-03-01\nb,2026-03-01\n"
HEADINGS = "lead_id,field,old_value,value,changed_at\n"
CHANGES = (
    "select lead_id, field, old_value, value, strftime(changed_at, '%m-%d'), dated_by from lead_change order by all"
)


def test_a_history_says_what_a_field_was_and_since_when(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    result = load(write("history.csv", HEADINGS + "a,title,Clerk,CEO,2026-03-05T09:00:00Z\n"), kind="lead_change")

    assert result.tables == {"lead_change": TableCount(read=1, new=1, changed=0, same=0)}
    assert rows("select * from lead_change") == [
        ("a", "title", "Clerk", "CEO", at("2026-03-05 09:00"), "source", 2),
    ]


def test_a_change_replaces_the_one_of_its_lead_field_and_instant(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("history.csv", HEADINGS + "a,title,,Chief,2026-03-05\na,title,,CEO,2026-03-06\n"), kind="lead_change")

    # Without the column, what was there before stays as it is.
    again = write("again.csv", "lead_id,field,value,changed_at\na,title,Boss,2026-03-05\na,title,CEO,2026-03-06\n")
    result = load(again, kind="lead_change")

    assert result.tables["lead_change"] == TableCount(read=2, new=0, changed=1, same=1)
    assert rows("select value from lead_change order by changed_at") == [("Boss",), ("CEO",)]
    assert load(again, kind="lead_change").tables["lead_change"] == TableCount(read=2, new=0, changed=0, same=2)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("First Name", "first_name"),
        ("LANDING-PAGE", "landing_page"),
        ("extra.Plan B", "extra.Plan B"),
        ("Extra. Plan", "extra.Plan"),
    ],
)
def test_names_of_fields_are_known_however_they_are_spelt(
    load: Import, write: Write, rows: Rows, name: str, field: str
) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    load(write("history.csv", f"{HEADINGS}a,{name},,x,2026-03-05\n"), kind="lead_change")

    assert rows("select field from lead_change") == [(field,)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("titel", "field 'titel' is no field of a lead. Did you mean 'title'?"),
        ("created_at", "field 'created_at' is no field of a lead"),
        ("lead_id", "field 'lead_id' is no field of a lead"),
        ("extra.", "field 'extra.' is no field of a lead"),
        ("", "field is blank"),
    ],
)
def test_what_is_no_field_is_rejected_with_what_may_have_been_meant(
    load: Import, write: Write, rows: Rows, name: str, reason: str
) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    result = load(
        write("history.csv", f"{HEADINGS}a,{name},,x,2026-03-05\na,title,,x,2026-03-05\n"), kind="lead_change"
    )

    assert [row.reason for row in result.rejected_rows] == [reason]
    assert result.tables["lead_change"] == TableCount(read=2, new=1, changed=0, same=0, rejected=1)


def test_numbers_are_written_as_their_fields_cast_to_text(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    history = (
        'a,employees,"1,000","1,250,000",2026-03-05\n'
        'a,cost,"€1,000.50","(3.5)",2026-03-05\n'
        'a,title,"1,000",1.500,2026-03-05\n'
        "b,employees,200.0,201-500,2026-03-05\n"
        "b,cost,N/A,-,2026-03-05\n"
    )

    result = load(write("history.csv", HEADINGS + history), kind="lead_change")

    assert rows("select lead_id, field, old_value, value from lead_change order by all") == [
        ("a", "cost", "1000.5000", "-3.5000"),
        ("a", "employees", "1000", "1250000"),
        ("a", "title", "1,000", "1.500"),
        ("b", "cost", None, None),
        ("b", "employees", "200", None),
    ]
    assert [(value.reason, value.rows) for value in result.left_out] == [
        ("employees '201-500' is not a whole number, and unknown", 1)
    ]


def test_numbers_that_may_be_a_thousand_times_more_are_asked_and_other_fields_texts_are_not(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("titles.csv", HEADINGS + "a,title,,1.500,2026-03-05\n"), kind="lead_change")
    history = write("history.csv", HEADINGS + "a,employees,,1.500,2026-03-05\n")

    with pytest.raises(FileRefused, match=r"employees '1.500' may be 1.5 or 1,500"):
        load(history, kind="lead_change")


def test_who_dates_a_change_may_be_said_and_nothing_else_may(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    headings = "lead_id,field,value,changed_at,dated_by\n"

    result = load(
        write(
            "history.csv",
            f"{headings}a,title,x,2026-03-05,Import\na,title,y,2026-03-06,\na,title,z,2026-03-07,guess\n",
        ),
        kind="lead_change",
    )

    assert rows("select value, dated_by from lead_change order by changed_at") == [("x", "import"), ("y", "source")]
    assert [row.reason for row in result.rejected_rows] == ["dated_by 'guess' is not one of source, import"]


def test_a_change_whose_lead_is_not_there_yet_waits_and_is_loaded_when_it_comes(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    history = write("history.csv", HEADINGS + "c,employees,100,200,2026-03-05T09:00:00Z\n")
    first = load(history, kind="lead_change")
    assert [row.reason for row in first.rejected_rows] == ["no lead is called 'c' yet"]
    before = state(db)

    result = load(write("leads.csv", "lead_id,created_at,employees\nc,2026-03-01,200\n"), kind="lead")

    assert result.tables["lead_change"] == TableCount(read=0, new=1, changed=0, same=0, waited=1)
    assert rows(CHANGES) == [("c", "employees", "100", "200", "03-05", "source")]
    assert rows("from rejected_row") == []
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before


def test_what_was_said_since_counts_before_what_waited(load: Import, write: Write, rows: Rows) -> None:
    load(write("early.csv", HEADINGS + "c,title,,Clerk,2026-03-05\n"), kind="lead_change")
    late = write("late.csv", HEADINGS + "c,title,,,2026-03-05\n")
    load(late, kind="lead_change")

    load(write("leads.csv", "lead_id,created_at\nc,2026-03-01\n"), kind="lead")

    assert rows("select value from lead_change") == [(None,)]


def test_of_two_rows_of_one_key_the_last_counts_and_the_other_is_said(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    history = (
        HEADINGS + "a,title,,Chief,2026-03-05\na,title,,Boss,2026-03-05\nb,title,,x,2026-03-05\nb,title,,x,2026-03-05\n"
    )

    result = load(write("history.csv", history), kind="lead_change")

    assert rows("select lead_id, value from lead_change order by all") == [("a", "Boss"), ("b", "x")]
    assert result.tables["lead_change"] == TableCount(read=4, new=2, changed=0, same=2)
    assert (result.rejected, result.twice) == (0, 1)
    (said,) = rejected_rows(db, result.run)
    assert (said.kind, said.line) == ("twice", 2)
    assert said.reason == "'title' of lead 'a' is said twice for one instant, and the other value counts"
    assert "said again by a later row of their file otherwise, which counts: 1" in result.as_text()

    load(write("history.csv", history), kind="lead_change")
    assert rows("select count(*) from rejected_row") == [(1,)]
    load(write("mended.csv", HEADINGS + "a,title,,Boss,2026-03-05\n"), kind="lead_change")
    assert rows("select count(*) from rejected_row") == [(0,)]


def test_what_a_value_was_left_unknown_for_is_no_problem_once_it_is_read(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("history.csv", HEADINGS + "a,employees,,many,2026-03-05\n"), kind="lead_change")
    assert rows("select kind from rejected_row") == [("value",)]

    load(write("history.csv", HEADINGS + "a,employees,,1000,2026-03-05\n"), kind="lead_change")

    assert rows("select kind from rejected_row") == []


def test_a_history_taken_back_leaves_everything_as_it_was(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("history.csv", HEADINGS + "a,title,,Chief,2026-03-05\n"), kind="lead_change")
    before = state(db)

    load(write("later.csv", HEADINGS + "a,title,,Boss,2026-03-05\nb,title,x,y,2026-03-06\n"), kind="lead_change")
    undone = undo_last_import(db, NOW, by=BY_TEST)

    assert state(db) == before
    assert (undone.removed["lead_change"], undone.restored["lead_change"]) == (1, 1)


def test_the_changes_of_a_lead_merged_into_another_stay_its_own(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("history.csv", HEADINGS + "a,title,,Chief,2026-03-05\nb,title,,Clerk,2026-03-05\n"), kind="lead_change")
    before = state(db)

    merge_leads(db, "a", "b", NOW, somebody("Ana"))
    later = write("later.csv", HEADINGS + "b,title,Clerk,Boss,2026-03-06\n")
    result = import_files(db, [later], kind="lead_change", zone=MADRID, now=NOW + 1, by=BY_TEST)

    assert result.tables["lead_change"].new == 1
    assert rows("select value from lead_change semi join lead using (lead_id)") == [("Chief",)]
    assert rows("select value from lead_change where lead_id = 'b' order by changed_at") == [("Clerk",), ("Boss",)]
    undo_last_import(db, NOW, by=BY_TEST)
    unmerge_leads(db, "b", NOW, somebody("Ana"))
    assert state(db) == before


def test_a_history_without_a_column_it_needs_is_refused(load: Import, write: Write) -> None:
    with pytest.raises(FileRefused, match="has no column 'changed_at'"):
        load(write("history.csv", "lead_id,field,value\na,title,x\n"), kind="lead_change")


def test_more_changes_than_a_row_group_load_and_load_again(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    lines = (
        f"a,extra.n{n % 7},,{n},2026-03-05T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.{n}Z\n"
        for n in range(86_000)
    )
    history = write("history.csv", HEADINGS + "".join(lines))

    assert load(history, kind="lead_change").tables["lead_change"].new == 86_000
    assert load(history, kind="lead_change").tables["lead_change"] == TableCount(86_000, 0, 0, 86_000)
    assert rows("select count(*) from lead_change") == [(86_000,)]
