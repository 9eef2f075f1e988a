"""Imports: typed, all or nothing, the same again when repeated; what cannot be meant is kept with its line."""

import codecs
import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet
import pytest

from lib.core.errors import FileRefused, Refused
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from lib.core.exchange.runs import RejectedRow, TableCount
from lib.store.database import Database, opened
from lib.store.exchange import writing
from lib.store.exchange.imports import import_files
from tests.grants import ANYTHING, BY_TEST
from tests.store.conftest import FIRST_DEFINITION, MADRID, NOW, Import, Rows, Write

at = datetime.fromisoformat

LEADS = "lead_id,created_at,first_name,employees,cost\na,2026-03-01T09:00:00Z,Ann,250,1.50\nb,2026-03-02,Bo,,\n"


def test_leads_are_loaded_with_the_types_of_their_columns(load: Import, write: Write, rows: Rows) -> None:
    result = load(write("leads.csv", LEADS), kind="lead")

    assert result.tables == {"lead": TableCount(read=2, new=2, changed=0, same=0)}
    assert rows("select lead_id, created_at, first_name, employees, cost from lead order by lead_id") == [
        ("a", at("2026-03-01 09:00:00"), "Ann", 250, Decimal("1.5")),
        ("b", at("2026-03-01 23:00:00"), "Bo", None, None),
    ]


def test_an_import_repeated_changes_nothing_and_says_so(load: Import, write: Write, rows: Rows) -> None:
    files = [write("leads.csv", LEADS), write("more.csv", LEADS.replace("Ann", "Anne") + "c,nonsense,,,\n")]
    load(*files, kind="lead")
    before = rows("from lead order by all"), rows("select * exclude (run) from rejected_row order by all")

    again = load(*files, kind="lead")

    assert again.tables == {"lead": TableCount(read=5, new=0, changed=0, same=4, rejected=1)}
    assert again.rejected == 1
    assert (rows("from lead order by all"), rows("select * exclude (run) from rejected_row order by all")) == before


def test_headings_are_matched_trimmed_and_whatever_their_case(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", " Lead_ID ,CREATED_AT\na,2026-03-01\n"), kind="lead")

    assert rows("select lead_id, extra from lead") == [("a", None)]


def test_columns_a_file_has_replace_even_by_nothing_and_the_others_stay(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    result = load(write("later.csv", "lead_id,first_name,title\na,,CEO\n"), kind="lead")

    assert result.tables["lead"] == TableCount(read=1, new=0, changed=1, same=0)
    assert rows("select first_name, title, employees from lead where lead_id = 'a'") == [(None, "CEO", 250)]


def test_other_columns_of_a_lead_file_go_to_extra_and_a_blank_one_leaves_it(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", 'lead_id,created_at,Plan,extra\na,2026-03-01,gold,"{""seats"": 5}"\n'), kind="lead")
    load(write("later.csv", "lead_id,Plan,extra.region\na,,north\n"), kind="lead")

    assert [json.loads(extra) for (extra,) in rows("select extra from lead")] == [{"seats": 5, "region": "north"}]


def test_the_last_of_two_rows_with_one_key_wins(load: Import, write: Write, rows: Rows) -> None:
    result = load(write("leads.csv", LEADS + "a,,Zoe,,\n"), kind="lead")

    assert result.tables["lead"] == TableCount(read=3, new=2, changed=0, same=1)
    assert rows("select first_name, created_at from lead where lead_id = 'a'") == [("Zoe", at("2026-03-01 09:00:00"))]


def test_the_last_file_wins_too(load: Import, write: Write, rows: Rows) -> None:
    load(write("1.csv", LEADS), write("2.csv", LEADS.replace("Ann", "Zoe")), kind="lead")

    assert rows("select first_name from lead where lead_id = 'a'") == [("Zoe",)]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-01T09:00:00Z", at("2026-03-01 09:00:00")),
        ("2026-03-01 09:00", at("2026-03-01 09:00:00")),
        ("2026-03-01 09:00:00.123456", at("2026-03-01 09:00:00.123456")),
        ("2026-03-01T09:00:00+02:00", at("2026-03-01 07:00:00")),
        ("2026-03-01T09:00:00-0530", at("2026-03-01 14:30:00")),
        ("2026-03-01", at("2026-02-28 23:00:00")),
        ("2026-03-29", at("2026-03-28 23:00:00")),
        ("2026-03-30", at("2026-03-29 22:00:00")),
    ],
)
def test_instants_are_utc_and_a_date_alone_is_a_day_of_the_reporting_zone(
    load: Import, write: Write, rows: Rows, written: str, instant: datetime
) -> None:
    load(write("leads.csv", f"lead_id,created_at\na,{written}\n"), kind="lead")

    assert rows("select created_at from lead") == [(instant,)]


def test_a_midnight_that_comes_twice_is_the_first_of_the_two(db: Database, write: Write, rows: Rows) -> None:
    path = write("leads.csv", "lead_id,created_at\na,2025-11-02\n")

    import_files(db, [path], kind="lead", zone=ZoneInfo("America/Havana"), now=NOW, by=BY_TEST)

    assert rows("select created_at from lead") == [(at("2025-11-02 04:00:00"),)]


@pytest.mark.parametrize("written", ["31/31/2026", "2026-02-30", "infinity", "2026-03-01 25:00", "yesterday", "2026"])
def test_a_row_whose_date_is_none_is_rejected_with_its_line(
    load: Import, write: Write, rows: Rows, written: str
) -> None:
    result = load(write("leads.csv", f'lead_id,created_at\n"a\n",2026-03-01\nb,{written}\n'), kind="lead")

    reason = f"created_at '{written}' is not a date"
    assert result.rejected_rows == (RejectedRow("leads.csv", 4, reason),)
    assert rows("select lead_id from lead") == [("a",)]
    assert [json.loads(row) for (row,) in rows("select row from rejected_row")] == [
        {"lead_id": "b", "created_at": written}
    ]


@pytest.mark.parametrize(
    ("written", "employees"), [("250", 250), ("+2.5e2", 250), ("200.0", 200), ("201-500", None), ("1_000", None)]
)
def test_a_value_not_of_its_columns_type_is_unknown_and_reported(
    load: Import, write: Write, rows: Rows, written: str, employees: int | None
) -> None:
    result = load(write("leads.csv", f"lead_id,created_at,employees\na,2026-03-01,{written}\n"), kind="lead")

    assert rows("select employees from lead") == [(employees,)]
    assert result.rejected == 0
    assert result.unknown_values == (employees is None)
    reported = [(2, f"employees '{written}' is not a whole number, and unknown")] if employees is None else []
    assert rows("select line, reason from rejected_row where kind = 'value'") == reported


def test_a_text_that_is_no_json_object_is_unknown_beside_other_columns(load: Import, write: Write, rows: Rows) -> None:
    result = load(write("leads.csv", "lead_id,created_at,plan,extra\na,2026-03-01,gold,nonsense\n"), kind="lead")

    assert result.unknown_values == 1
    assert rows("select extra from lead") == [('{"plan":"gold"}',)]


def test_an_empty_detail_is_no_fault(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    result = load(write("e.csv", "lead_id,occurred_at,kind,detail\na,2026-03-01,mql,{}\n"), kind="handoff_event")

    assert result.unknown_values == 0
    assert rows("select detail from handoff_event") == [(None,)]


def test_a_lead_without_a_date_waits_until_it_is_known(load: Import, write: Write, rows: Rows) -> None:
    owners = write("owners.csv", "lead_id,owner,first_name\na,r1,Old\n")
    assert load(owners, kind="lead").rejected == 1

    load(write("leads.csv", LEADS), kind="lead")

    assert rows("select owner, first_name from lead where lead_id = 'a'") == [("r1", "Ann")]
    assert rows("from rejected_row") == []


def test_activities_of_an_unknown_lead_are_rejected_and_loaded_once_it_is_known(
    load: Import, write: Write, rows: Rows
) -> None:
    activities = write("a.csv", "lead_id,occurred_at,kind\na,2026-03-01 10:00,page_view\nz,2026-03-01,page_view\n")
    first = load(activities, kind="activity")
    assert first.tables["activity"] == TableCount(read=2, new=0, changed=0, same=0, rejected=2)
    assert first.rejected_rows[0] == RejectedRow("a.csv", 2, "no lead is called 'a' yet")
    assert "rows rejected: 2 (waiting for their lead, and loaded once it comes: 2)" in first.as_text()

    then = load(write("leads.csv", LEADS), kind="lead")

    assert then.tables["activity"] == TableCount(read=0, new=1, changed=0, same=0, waited=1)
    assert rows("select lead_id, occurred_at from activity") == [("a", at("2026-03-01 10:00:00"))]
    assert rows("select line from rejected_row") == [(3,)]
    assert load(activities, kind="activity").tables["activity"] == TableCount(2, 0, 0, same=1, rejected=1)


def test_an_orphan_imported_twice_waits_once(load: Import, write: Write, rows: Rows) -> None:
    activities = write("a.csv", "lead_id,occurred_at,kind\na,2026-03-01 10:00,page_view\n")

    load(activities, kind="activity")
    load(activities, kind="activity")

    assert rows("select count(*) from rejected_row") == [(1,)]


def test_more_orphans_than_a_row_group_are_all_counted_and_all_loaded(load: Import, write: Write, rows: Rows) -> None:
    many = 130_000
    lines = "".join(f"a,2026-03-01 10:00,x,{number}\n" for number in range(many))

    first = load(write("a.csv", "lead_id,occurred_at,kind,amount\n" + lines), kind="activity")
    then = load(write("leads.csv", LEADS), kind="lead")

    assert first.rejected == many
    assert then.tables["activity"].new == many
    assert rows("select count(*), count(distinct activity_id) from activity") == [(many, many)]


def test_leads_load_before_their_activities_in_one_import(load: Import, write: Write) -> None:
    source = Source(
        "x",
        (
            FileMapping(
                (("id", "at"),),
                (TableMapping("activity", {"lead_id": ("id",), "occurred_at": ("at",)}, {"kind": "k"}),),
            ),
            FileMapping((("id", "born"),), (TableMapping("lead", {"lead_id": ("id",), "created_at": ("born",)}),)),
        ),
    )
    result = load(
        write("acts.csv", "id,at\na,2026-03-01\n"), write("leads.csv", "id,born\na,2026-03-01\n"), source=source
    )

    assert result.rejected == 0
    assert result.tables["activity"].new == 1


def test_equal_rows_without_id_are_told_apart_by_their_ordinal(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    line = "a,2026-03-01 10:00,page_view,/pricing\n"
    twice = write("a.csv", "lead_id,occurred_at,kind,subject\n" + line * 2)

    assert load(twice, kind="activity").tables["activity"].new == 2
    assert load(twice, kind="activity").tables["activity"].same == 2
    thrice = write("b.csv", "lead_id,occurred_at,kind,subject\n" + line * 3)
    assert load(thrice, kind="activity").tables["activity"] == TableCount(read=3, new=1, changed=0, same=2)
    assert rows("select count(distinct activity_id), min(length(activity_id)) from activity") == [(3, 32)]


def test_an_id_by_hash_depends_on_the_values_not_on_how_they_are_written(load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("a.csv", "lead_id,occurred_at,kind,amount\na,2026-03-01 10:00,x,5\n"), kind="activity")

    again = load(write("b.csv", "kind;amount;occurred_at;lead_id\nx;5.0;2026-03-01T11:00+01:00;a\n"), kind="activity")

    assert again.tables["activity"].same == 1


def test_activities_replace_by_id(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("a.csv", "activity_id,lead_id,occurred_at,kind,amount\n1,a,2026-03-01,x,5\n"), kind="activity")

    load(write("a.csv", "activity_id,lead_id,occurred_at,kind,amount\n1,b,2026-03-02,y,\n"), kind="activity")

    assert rows("select * exclude (run, merged_from) from activity") == [
        ("1", "b", at("2026-03-01 23:00:00"), "y", None, None)
    ]


def test_an_event_whose_id_exists_with_other_content_is_corrected(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    heading = "event_id,lead_id,occurred_at,kind,score\n"
    events = write("e.csv", heading + "1,a,2026-03-01 10:00,MQL,70\n1,a,2026-03-01 10:00,mql,70\n")
    assert load(events, kind="handoff_event").tables["handoff_event"] == TableCount(2, 1, 0, 1)

    other = load(write("f.csv", heading + "1,a,2026-03-01 10:00,mql,71\n"), kind="handoff_event")

    assert other.tables["handoff_event"] == TableCount(1, 0, 1, 0)
    assert rows("select kind, detail from handoff_event") == [("mql", '{"score":"71"}')]


def test_an_event_whose_id_somebody_else_s_has_with_other_content_is_rejected(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    with db.write(*ANYTHING) as cursor:
        cursor.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind) values ('1', 'a', '2026-01-01', 'mql')"
        )

    other = load(
        write("f.csv", "event_id,lead_id,occurred_at,kind\n1,a,2026-03-01 10:00,mql\n2,a,2026-03-01 10:00,won\n"),
        kind="handoff_event",
    )

    assert other.rejected_rows == (RejectedRow("f.csv", 2, "event_id '1' exists with other content"),)
    assert rows("select kind from handoff_event order by kind") == [("mql",), ("won",)]


def test_two_contents_under_one_id_in_one_file_load_the_first(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    content = "event_id,lead_id,occurred_at,kind\n1,a,2026-03-01,mql\n1,a,2026-03-01,won\n"

    result = load(write("e.csv", content), kind="handoff_event")

    assert [row.line for row in result.rejected_rows] == [3]
    assert rows("select kind from handoff_event") == [("mql",)]


def test_an_unknown_kind_of_event_is_rejected(load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    result = load(
        write("e.csv", "lead_id,occurred_at,kind\na,2026-03-01,sold\na,2026-03-01,mql\n"), kind="handoff_event"
    )

    assert result.rejected_rows[0].reason.startswith("kind 'sold' is not one of mql, assigned, first_touch")


def test_a_file_of_which_every_row_is_rejected_is_refused_and_nothing_changes(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    good = write("more.csv", "lead_id,created_at\nz,2026-03-01\n")

    bad = write("bad.csv", "lead_id,created_at\nx,never\ny,never\n")

    with pytest.raises(FileRefused) as refused:
        import_files(db, [good, bad], kind="lead", zone=MADRID, now=NOW, by=BY_TEST)

    (fault,) = refused.value.faults
    assert str(fault).startswith("bad.csv: every row of it is rejected, the first, line 2, since created_at 'never'")
    assert "--date-format" in str(fault)
    assert rows("select count(*) from lead where lead_id in ('x', 'y', 'z')") == [(0,)]
    assert rows("select count(*) from rejected_row") == [(0,)]
    assert rows("select count(*) from import_run") == [(1,)]


def test_a_file_without_rows_is_no_file_of_rejected_ones(load: Import, write: Write) -> None:
    assert load(write("leads.csv", "lead_id,created_at\n"), kind="lead").rejected == 0


def test_goals_spend_and_reps_replace_by_key(load: Import, write: Write, rows: Rows) -> None:
    for amount in ("10", "12.25"):
        load(write("g.csv", f"month,metric,target\n2026-03,MQL,{amount[:2]}\n"), kind="goal")
        load(write("s.csv", f"month,channel,amount\n2026-03-01,,{amount}\n2026-03,event,{amount}\n"), kind="spend")
        load(write("r.csv", f"rep_id,name,capacity_per_day\nr1,Ann,{amount}\n"), kind="rep")

    assert rows("select * exclude (run) from goal") == [(date(2026, 3, 1), "mql", 12)]
    assert rows("select * exclude (run) from spend order by channel nulls first") == [
        (date(2026, 3, 1), None, None, Decimal("12.25")),
        (date(2026, 3, 1), "event", None, Decimal("12.25")),
    ]
    assert rows("select rep_id, name, capacity_per_day from rep") == [("r1", "Ann", 12.25)]


def test_headings_that_nothing_is_read_from_are_said(load: Import, write: Write) -> None:
    result = load(write("r.csv", "rep_id,shoe_size\nr1,44\n"), kind="rep")

    assert result.ignored == (("r.csv", ("shoe_size",)),)


def test_the_same_rows_load_from_every_format(load: Import, write: Write, tmp_path: Path, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    table = pa.table({"lead_id": ["a"], "created_at": [at("2026-03-01 09:00:00")], "employees": [250.0]})
    pyarrow.parquet.write_table(table, tmp_path / "leads.parquet")
    files = [
        write("u16.csv", codecs.BOM_UTF16_BE + LEADS.encode("utf-16-be")),
        write("semicolon.csv.gz", gzip.compress(LEADS.replace(",", ";").encode())),
        write("lines.jsonl", '{"lead_id": "a", "created_at": "2026-03-01T09:00:00Z", "employees": 250}\n'),
        tmp_path / "leads.parquet",
    ]

    counts = [load(file, kind="lead").tables["lead"] for file in files]

    assert [count.same for count in counts] == [2, 2, 1, 1]


def test_a_file_without_a_key_column_is_refused_whole_naming_what_it_has(
    load: Import, write: Write, rows: Rows
) -> None:
    good = write("leads.csv", LEADS)
    bad = write("other.csv", "leadid,created_at\na,2026-03-01\n")

    with pytest.raises(FileRefused) as refused:
        load(good, bad, kind="lead")

    expected = "other.csv: has no column 'lead_id'; its headings are leadid, created_at. Did you mean 'leadid'?"
    assert str(refused.value) == expected
    assert rows("from lead") == []


def test_every_refused_file_has_its_own_fault(load: Import, write: Write) -> None:
    with pytest.raises(FileRefused) as refused:
        load(write("1.csv", "x\n"), write("2.parquet", "x"), write("3.csv", ""), kind="lead")

    assert len(refused.value.faults) == 3


def test_a_file_that_breaks_off_halfway_leaves_everything_as_it_was(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    before = db.state.data

    with pytest.raises(FileRefused) as refused:
        load(write("1.csv", LEADS), write("2.csv", LEADS + 'c,"2026-03-01\nd,,,,\n'), kind="lead")

    assert "2.csv: line 4 opens a quote that is never closed" in str(refused.value)
    assert rows("from lead") == []
    assert rows("from import_run") == []
    assert db.state.data == before


def test_a_first_import_that_is_refused_leaves_no_file(tmp_path: Path, write: Write) -> None:
    path = write("leads.csv", LEADS + 'c,"2026-03-01\n')

    with pytest.raises(Refused), opened(tmp_path / "h.duckdb", first_definition=FIRST_DEFINITION, clock=NOW) as db:
        import_files(db, [path], kind="lead", zone=MADRID, now=NOW, by=BY_TEST)

    assert [file.name for file in tmp_path.iterdir()] == ["leads.csv"]


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(load: Import, write: Write, rows: Rows) -> None:
    path = write("leads.csv", LEADS)

    rehearsed = load(path, kind="lead", dry_run=True)

    assert rows("from lead") == rows("from import_run") == rows("from rejected_row") == []
    assert load(path, kind="lead") == rehearsed


def test_progress_ends_at_the_whole(load: Import, write: Write) -> None:
    steps: list[tuple[str, float]] = []

    load(write("leads.csv", LEADS), kind="lead", progress=lambda step, share: steps.append((step, share)))

    assert [step for step, _ in steps] == ["Reading leads.csv", "Merging lead", "Done"]
    assert steps[-1][1] == 1.0


def test_the_hundred_first_rejected_rows_are_shown_and_all_are_counted(load: Import, write: Write) -> None:
    result = load(write("leads.csv", "lead_id,created_at\n" + "a,never\n" * 130 + "a,2026-03-01\n"), kind="lead")

    assert result.rejected == 130
    assert [row.line for row in result.rejected_rows] == list(range(2, 102))


def test_a_result_reads_as_one_line_a_table_and_then_what_was_left_out(load: Import, write: Write) -> None:
    result = load(write("leads.csv", LEADS + "c,never,Cy,,\nd,2026-03-01,Di,many,\n"), kind="lead")

    assert result.as_text().splitlines() == [
        "lead: 4 read, 3 new, 0 changed, 0 the same",
        "values not of their column's type, left unknown: 1",
        "  employees 'many' is not a whole number, and unknown: 1 row (leads.csv, line 5)",
        "rows rejected: 1",
        "  leads.csv, line 4: created_at 'never' is not a date",
    ]
    assert result.as_json() == {
        "files": ["leads.csv"],
        "tables": {"lead": {"read": 4, "new": 3, "changed": 0, "same": 0}},
        "rejected": 1,
        "rejected_by_table": {"lead": 1},
        "waited": {},
        "rejected_rows": [{"file": "leads.csv", "line": 4, "reason": "created_at 'never' is not a date"}],
        "deleted": 0,
        "merged": 0,
        "older": 0,
        "twice": 0,
        "left_out": [
            {
                "file": "leads.csv",
                "line": 5,
                "reason": "employees 'many' is not a whole number, and unknown",
                "rows": 1,
            }
        ],
        "remarks": [],
        "corrects": {"values": 0, "leads": 0, "by_field": {}},
        "changes": {"values": 0, "leads": 0, "by_field": {}},
    }


def test_a_mapping_renames_fills_translates_and_passes_over(load: Import, write: Write, rows: Rows) -> None:
    mapping = FileMapping(
        headings=(("Record ID",),),
        time_zone="America/New_York",
        date_formats=("%m/%d/%Y %H:%M", "%m/%d/%Y"),
        tables=(
            TableMapping(
                "lead",
                {"lead_id": ("Record ID",), "created_at": ("Created",), "channel": ("Via",)},
                constants={"source": "CRM"},
                values={"channel": {"Offline Sources": "event"}},
                rest=("Region",),
            ),
            TableMapping(
                "handoff_event",
                {"lead_id": ("Record ID",), "occurred_at": ("Handed over",)},
                constants={"kind": "mql"},
                when_known=("Handed over",),
            ),
        ),
    )
    content = (
        "Record ID,Created,Via,Region,Handed over\n1,3/1/2026,offline sources,EU,3/1/2026 10:00\n2,3/1/2026,web,,\n"
    )

    result = load(write("crm.csv", content), source=Source("crm", (mapping,)))

    assert result.rejected == 0
    assert rows("select lead_id, created_at, channel, source, extra from lead order by lead_id") == [
        ("1", at("2026-03-01 05:00:00"), "event", "CRM", '{"Region":"EU"}'),
        ("2", at("2026-03-01 05:00:00"), "web", "CRM", None),
    ]
    assert rows("select lead_id, occurred_at, kind from handoff_event") == [("1", at("2026-03-01 15:00:00"), "mql")]


def test_a_file_of_another_system_is_refused(load: Import, write: Write) -> None:
    mapping = FileMapping((("mql_id", "origin"),), (TableMapping("lead", {"lead_id": ("mql_id",)}),))

    with pytest.raises(FileRefused) as refused:
        load(write("x.csv", "mql_nr,origin\n1,a\n"), source=Source("olist", (mapping,)))

    message = "x.csv: is no file of the source 'olist' (no column 'mql_id'); its headings are mql_nr, origin."
    assert str(refused.value) == f"{message} Did you mean 'mql_nr'?"


def test_an_import_of_events_alone_leaves_what_was_computed_from_leads_and_activities(
    db: Database, write: Write, load: Import
) -> None:
    load(write("l.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    before, history_before = db.state.data, db.state.history

    load(write("e.csv", "event_id,lead_id,occurred_at,kind\n1,a,2026-03-02,mql\n"), kind="handoff_event")
    assert (db.state.data > before, db.state.history) == (True, history_before)

    load(write("a.csv", "activity_id,lead_id,occurred_at,kind\n1,a,2026-03-02,visit\n"), kind="activity")
    assert db.state.history > history_before


def test_an_activity_that_waited_for_its_lead_is_new_history(db: Database, write: Write, load: Import) -> None:
    load(write("a.csv", "activity_id,lead_id,occurred_at,kind\n1,a,2026-03-02,visit\n"), kind="activity")
    before = db.state.history

    load(write("l.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")

    assert db.state.history > before


def test_a_file_of_ten_thousand_columns_loads_each_under_its_name_where_they_are_asked_for(
    load: Import, write: Write, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDSHAKE_MOST_COLUMNS", "10000")
    others = [f"Custom field {n}" for n in range(9_998)]
    line = ",".join(str(n) if n % 2 else "" for n in range(9_998))
    path = write("wide.csv", ",".join(["lead_id", "created_at", *others]) + f"\na,2026-03-01,{line}\nb,never,{line}\n")

    result = load(path, kind="lead")

    assert [(row.line, row.reason) for row in result.rejected_rows] == [(3, "created_at 'never' is not a date")]
    assert rows("select extra ->> 'Custom field 9997', extra ->> 'Custom field 2' from lead") == [("9997", None)]
    assert rows("select row ->> 'created_at', row ->> 'Custom field 9997' from rejected_row") == [("never", "9997")]
    assert load(path, kind="lead").tables["lead"] == TableCount(2, 0, 0, same=1, rejected=1)


@pytest.mark.parametrize("most_bytes", [1, 20, 10_000_000])
def test_leads_are_merged_a_part_at_a_time_to_the_same_end(
    load: Import, write: Write, rows: Rows, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(writing, "MOST_MERGED_BYTES", most_bytes)
    load(
        write("l.csv", "lead_id,created_at,Plan,Tier\na,2026-03-01,gold,1\nb,2026-03-01,,2\nc,2026-03-01,,\n"),
        kind="lead",
    )

    again = load(
        write("m.csv", "lead_id,created_at,Plan\nc,2026-03-01,red\na,2026-03-01,\nd,,x\nd,2026-03-01,\n"), kind="lead"
    )

    assert again.tables["lead"] == TableCount(read=4, new=1, changed=2, same=1)
    assert rows("select lead_id, extra::varchar from lead order by lead_id") == [
        ("a", '{"Tier":"1"}'),
        ("b", '{"Tier":"2"}'),
        ("c", '{"Plan":"red"}'),
        ("d", None),
    ]


def test_a_wide_file_is_read_by_a_mapping_like_any_other(load: Import, write: Write, rows: Rows) -> None:
    table = TableMapping(
        "lead",
        {"lead_id": ("ids",), "created_at": ("born",)},
        rest=("plan",),
        others=True,
        unless={"gone": ("yes",)},
        each={"ids": ";"},
    )
    mapping = FileMapping((("ids", "born"),), (table,), names={"plan": ("Plan A", "Plan B")}, blank=("-",))
    others = [f"f{n}" for n in range(600)]
    path = write(
        "wide.csv",
        ",".join(["ids", "born", "gone", "Plan A", "Plan B", *others])
        + "\na;b,2026-03-01,,-,gold"
        + ",x" * 599
        + ",-\nc,2026-03-01,yes,,"
        + ",x" * 600
        + "\n",
    )

    load(path, source=Source("crm", (mapping,)))

    assert rows("select lead_id, extra ->> 'plan', extra ->> 'f0', extra ->> 'f599' from lead order by lead_id") == [
        ("a", "gold", "x", None),
        ("b", "gold", "x", None),
    ]
