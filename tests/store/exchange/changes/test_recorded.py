"""What imports of leads change is recorded; what they only read otherwise is corrected, and was always so."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from lib.config.folder import SHIPPED, read_folder
from lib.config.sources import read_source
from lib.core.exchange import readings
from lib.core.exchange.field_names import CHANGING
from lib.core.exchange.mappings import Source
from lib.core.exchange.runs import ImportResult, ValueCount
from lib.store.database import Database
from lib.store.exchange.events import receive
from lib.store.exchange.imports import check_files, import_files, load
from lib.store.exchange.undoing import undo_last_import
from lib.store.leads.duplicates import merge_leads, unmerge_leads
from tests.grants import BY_TEST, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Tamper, Write
from tests.store.exchange.test_undoing import state

at = datetime.fromisoformat

DAY = 86_400_000_000

CHANGES = (
    "select lead_id, field, old_value, value, strftime(changed_at, '%m-%d %H'), dated_by from lead_change order by all"
)
LEADS = "lead_id,created_at,title,Plan\na,2026-03-01,Clerk,\nb,2026-03-01,,gold\n"


@pytest.fixture
def later(db: Database) -> Import:
    """Imports a day after the other, each time."""
    days = iter(range(100))

    def loaded(*files: Path, **how: object) -> ImportResult:
        return import_files(db, files, zone=MADRID, now=NOW + next(days) * DAY, by=BY_TEST, **how)  # type: ignore[arg-type]

    return loaded


def test_an_import_that_changes_a_value_records_it_as_of_the_import(later: Import, write: Write, rows: Rows) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    assert rows(CHANGES) == []

    result = later(write("leads.csv", LEADS.replace("Clerk", "CEO").replace("gold", "")), kind="lead")

    assert rows(CHANGES) == [
        ("a", "title", "Clerk", "CEO", "06-02 00", "import"),
        ("b", "extra.Plan", "gold", None, "06-02 00", "import"),
    ]
    assert rows("select distinct run from lead_change") == [(2,)]
    assert (result.changes, result.corrects) == (ValueCount((("extra.Plan", 1), ("title", 1)), 2), ValueCount())
    assert "changes 2 values of 2 leads: extra.Plan 1, title 1" in result.as_text().splitlines()
    assert result.as_json()["changes"] == {"values": 2, "leads": 2, "by_field": {"extra.Plan": 1, "title": 1}}


def test_every_field_of_a_lead_is_compared_as_it_is_stored(later: Import, write: Write, rows: Rows) -> None:
    def lead(text: str, number: str) -> str:
        cells = [number if name in ("employees", "cost") else text for name in CHANGING]
        return f"lead_id,created_at,{','.join(CHANGING)}\na,2026-03-01,{','.join(cells)}\n"

    later(write("leads.csv", lead("x", "1")), kind="lead")
    result = later(write("leads.csv", lead("y", "1250")), kind="lead")

    assert result.changes.values == len(CHANGING)
    found = {name: (old, value) for name, old, value in rows("select field, old_value, value from lead_change")}
    numbers = {"employees": ("1", "1250"), "cost": ("1.0000", "1250.0000")}
    assert found == dict.fromkeys(CHANGING, ("x", "y")) | numbers


def test_a_lead_that_is_new_has_changed_nothing_and_the_same_again_neither(
    later: Import, write: Write, rows: Rows
) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    again = later(write("leads.csv", LEADS + "c,2026-03-02,CEO,free\n"), kind="lead")

    assert rows(CHANGES) == []
    assert (again.changes, again.corrects) == (ValueCount(), ValueCount())


CRM = """\
name: CRM
files:
- headings: [Person, Joined]
  tables:
  - table: lead
    columns: {lead_id: Person, created_at: Joined, title: Job, channel: Origin, stated_at: Modified}
    values: {channel: {Web: inbound}}
    rest: [Plan]
"""


def crm(*changed: tuple[str, str]) -> Source:
    text = CRM
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    return read_source(text, "crm.yaml")


def people(*lines: str) -> str:
    return "Person,Joined,Job,Origin,Plan,Modified\n" + "".join(line + "\n" for line in lines)


def test_what_a_source_changes_is_dated_by_when_it_wrote_the_row(later: Import, write: Write, rows: Rows) -> None:
    later(write("people.csv", people("a,2026-03-01,,Web,gold,2026-03-02T09:00Z")), source=crm())
    result = later(write("people.csv", people("a,2026-03-01,CEO,Web,,2026-03-20T09:00Z")), source=crm())

    assert rows(CHANGES) == [
        ("a", "extra.Plan", "gold", None, "03-20 09", "source"),
        ("a", "title", None, "CEO", "03-20 09", "source"),
    ]
    assert result.changes.values == 2


@pytest.mark.parametrize("modified", ["", "never", "2062-03-01", "2026-03-02T09:00Z"])
def test_what_no_date_of_the_source_can_date_is_dated_by_the_import(
    later: Import, write: Write, rows: Rows, modified: str
) -> None:
    later(write("people.csv", people("a,2026-03-01,Clerk,Web,,2026-03-02T09:00Z")), source=crm())
    later(write("people.csv", people(f"a,2026-03-01,CEO,Web,,{modified}")), source=crm())

    assert rows(CHANGES) == [("a", "title", "Clerk", "CEO", "06-02 00", "import")]
    assert rows("select title from lead") == [("CEO",)]


def test_another_source_that_fills_a_blank_changes_it(later: Import, write: Write, rows: Rows) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    result = later(
        write("people.csv", people("b,2026-03-01,CEO,,,2026-03-20T09:00Z")), source=crm(("    rest: [Plan]\n", ""))
    )

    assert rows(CHANGES) == [("b", "title", None, "CEO", "03-20 09", "source")]
    assert result.changes.as_text("changes") == "changes 1 value of 1 lead: title 1"


def test_a_file_with_another_column_changes_what_it_fills(later: Import, write: Write, rows: Rows) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    later(write("titles.csv", "lead_id,title,company\nb,CEO,Acme\n"), kind="lead")

    assert rows(CHANGES) == [
        ("b", "company", None, "Acme", "06-02 00", "import"),
        ("b", "title", None, "CEO", "06-02 00", "import"),
    ]


def test_another_mapping_corrects_what_it_reads_otherwise_and_changes_the_rest(
    later: Import, write: Write, rows: Rows
) -> None:
    lines = [f"{n},2026-03-01,Clerk,Fair,,2026-03-02T09:00Z" for n in range(3)]
    later(write("people.csv", people(*lines)), source=crm())

    # One title has changed besides.
    lines[0] = "0,2026-03-01,CEO,Fair,,2026-03-20T09:00Z"
    result = later(write("people.csv", people(*lines)), source=crm(("{Web: inbound}", "{Web: inbound, Fair: event}")))

    assert rows(CHANGES) == [("0", "title", "Clerk", "CEO", "03-20 09", "source")]
    assert rows("select distinct channel from lead") == [("event",)]
    assert result.corrects == ValueCount((("channel", 3),), 3)
    assert result.changes == ValueCount((("title", 1),), 1)
    assert [line for line in result.as_text().splitlines() if "value" in line] == [
        "corrects 3 values of 3 leads: channel 3",
        "changes 1 value of 1 lead: title 1",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        ("title: Job", "title: [Role, Job]"),
        ("title: Job", "title: Role"),
        ("- headings: [Person, Joined]\n", "- headings: [Person, Joined]\n  blank: Clerk\n"),
        ("title: Job", 'title: "{Job} {Role}"'),
        ("values: {", "values: {title: {Clerk: Chief}, "),
    ],
)
def test_whatever_a_mapping_says_of_a_field_is_how_it_is_read(
    later: Import, write: Write, rows: Rows, changed: tuple[str, str]
) -> None:
    file = write("people.csv", people("a,2026-03-01,Clerk,,,").replace("Plan", "Role").replace(",,,\n", ",,Boss,\n"))
    plain = ("    rest: [Plan]\n", "")
    later(file, source=crm(plain))

    result = later(file, source=crm(plain, changed))

    assert rows("select title from lead") != [("Clerk",)]
    assert (rows(CHANGES), result.corrects.values, result.changes.values) == ([], 1, 0)


def test_a_lead_that_was_not_read_the_other_way_yet_is_corrected_when_it_is(
    later: Import, write: Write, rows: Rows
) -> None:
    lines = [f"{n},2026-03-01,Clerk,Fair,," for n in range(2)]
    fairs = crm(("{Web: inbound}", "{Web: inbound, Fair: event}"))
    later(write("people.csv", people(*lines)), source=crm())
    later(write("some.csv", people(lines[0])), source=fairs)

    rest = later(write("people.csv", people(*lines)), source=fairs)
    again = later(write("people.csv", people(*[line.replace("Fair", "Web") for line in lines])), source=fairs)

    assert (rest.corrects.values, rest.changes.values) == (1, 0)
    assert (again.corrects.values, again.changes.values) == (0, 2)


def test_another_sign_before_fractions_corrects_numbers_alone(db: Database, write: Write, rows: Rows) -> None:
    def brought(title: str, decimal: str, number: int) -> ImportResult:
        file = write("leads.csv", f"lead_id,created_at,title,employees\na,2026-03-01,{title},1.500\n")
        found = check_files([file], kind="lead", decimal=decimal)
        return load(db, found, "lead", zone=MADRID, now=NOW + number * DAY, by=BY_TEST)

    brought("Clerk", ".", 0)
    result = brought("CEO", ",", 1)

    assert rows("select employees from lead") == [(1500,)]
    assert (result.corrects.by_field, result.changes.by_field) == ((("employees", 1),), (("title", 1),))


def test_the_first_import_after_an_upgrade_of_how_texts_are_read_corrects(
    later: Import, write: Write, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(write("people.csv", people("a,2026-03-01,Clerk,Web,,")), source=crm())
    monkeypatch.setattr(readings, "READING_OF_TEXTS", 2)

    result = later(write("people.csv", people("a,2026-03-01,clerk,Web,,")), source=crm())

    assert (result.corrects.values, result.changes.values, rows(CHANGES)) == (1, 0, [])


FORGET = (
    "delete from lead_said; delete from reading; delete from reading_field; update import_run set notes_said = null"
)


def test_the_first_import_over_what_an_earlier_version_brought_corrects(
    later: Import, write: Write, rows: Rows, tamper: Tamper
) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    tamper(FORGET)

    first = later(write("leads.csv", LEADS.replace("Clerk", "CEO")), kind="lead")
    then = later(write("leads.csv", LEADS.replace("Clerk", "Boss")), kind="lead")
    other = later(write("people.csv", people("b,2026-03-01,Chief,Web,,")), source=crm(("    rest: [Plan]\n", "")))

    assert (first.corrects.values, first.changes.values) == (1, 0)
    assert (then.corrects.values, then.changes.values) == (0, 1)
    # That source had never come before.
    assert (other.corrects.values, other.changes.values) == (0, 2)
    assert rows("select field, old_value, value from lead_change order by all") == [
        ("channel", None, "inbound"),
        ("title", "CEO", "Boss"),
        ("title", None, "Chief"),
    ]


def test_a_correction_rewrites_the_last_change_and_undoing_it_brings_back_what_was(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    later(write("people.csv", people("a,2026-03-01,,Web,,2026-03-02T09:00Z")), source=crm())
    later(write("people.csv", people("a,2026-03-01,,Fair,,2026-03-20T09:00Z")), source=crm())
    before = state(db)
    assert rows(CHANGES) == [("a", "channel", "inbound", "Fair", "03-20 09", "source")]

    fairs = crm(("{Web: inbound}", "{Web: inbound, Fair: event}"))
    later(write("people.csv", people("a,2026-03-01,,Fair,,2026-03-20T09:00Z")), source=fairs)

    assert rows(CHANGES) == [("a", "channel", "inbound", "event", "03-20 09", "source")]
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before


def test_an_older_row_of_a_source_leaves_the_newer_one_and_says_what_was_before(
    later: Import, write: Write, rows: Rows
) -> None:
    later(write("may.csv", people("a,2026-03-01,CEO,Web,,2026-05-20T09:00Z")), source=crm())
    result = later(write("april.csv", people("a,2026-03-01,Clerk,Web,,2026-04-20T09:00Z")), source=crm())

    assert rows("select title from lead") == [("CEO",)]
    assert rows(CHANGES) == [("a", "title", "Clerk", "CEO", "05-20 09", "source")]
    one = result.tables["lead"]
    assert (one.read, one.changed, one.same) == (1, 0, 1)
    assert result.remarks == ("1 value of 1 lead is what a newer change says, not what the row does",)


HISTORY = "lead_id,field,old_value,value,changed_at\n"


@pytest.mark.parametrize("first", ["row", "history", "both"])
@pytest.mark.parametrize(
    ("changed", "title", "changes"),
    [
        # The row says what the history says.
        ("2026-03-10T09:00Z", "CEO", [("Clerk", "CEO", "03-10 09")]),
        # The history is newer than the row.
        ("2026-03-25T09:00Z", "Boss", [("Clerk", "Boss", "03-25 09")]),
        # The row is newer than the history.
        ("2026-03-10T09:00Z", "CEO", [("Clerk", "Boss", "03-10 09"), ("Boss", "CEO", "03-20 09")]),
        # Both are of one instant, and say otherwise.
        ("2026-03-20T09:00Z", "CEO", [("Clerk", "Boss", "03-20 09"), ("Boss", "CEO", "03-20 09")]),
    ],
)
def test_rows_and_histories_come_to_one_end(
    later: Import, write: Write, rows: Rows, first: str, changed: str, title: str, changes: list[tuple[str, str, str]]
) -> None:
    row = write("people.csv", people("a,2026-03-01,CEO,Web,,2026-03-20T09:00Z"))
    mapped = CRM + (
        "- headings: [lead_id, field]\n  tables:\n  - table: lead_change\n"
        "    columns: {lead_id: lead_id, field: field, old_value: old_value, value: value, changed_at: changed_at}\n"
    )
    source = read_source(mapped, "crm.yaml")
    history = write("history.csv", f"{HISTORY}a,Job,Clerk,{changes[0][1]},{changed}\n")

    for files in {"row": [[row], [history]], "history": [[history], [row]], "both": [[history, row]]}[first]:
        later(*files, source=source)

    assert rows("select title from lead") == [(title,)]
    found = rows("select old_value, value, strftime(changed_at, '%m-%d %H') from lead_change order by changed_at")
    assert found == changes


def test_a_row_without_a_date_is_as_new_as_its_import(later: Import, write: Write, rows: Rows) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    later(
        write("history.csv", HISTORY + "a,title,,Boss,2026-05-01\nb,title,,CEO,2026-06-01T12:00Z\n"), kind="lead_change"
    )

    assert rows(CHANGES) == [
        ("a", "title", "Boss", "Clerk", "06-01 00", "import"),
        ("a", "title", None, "Boss", "04-30 22", "source"),
        ("b", "title", None, "CEO", "06-01 12", "source"),
    ]
    assert rows("select lead_id, title from lead order by all") == [("a", "Clerk"), ("b", "CEO")]


def test_a_field_that_no_file_of_leads_speaks_of_is_what_its_history_says(
    later: Import, write: Write, rows: Rows
) -> None:
    later(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    result = later(
        write(
            "history.csv",
            HISTORY + "a,employees,,1000,2026-04-01\na,extra.Plan,,gold,2026-04-01\na,cost,,2.5,2026-04-01\n",
        ),
        kind="lead_change",
    )

    assert rows("select employees, cost::varchar, extra::varchar from lead") == [(1000, "2.5000", '{"Plan":"gold"}')]
    assert rows("select count(*) from lead_change") == [(3,)]
    assert result.remarks == ("3 values of 1 lead are what a newer change says, not what the row does",)


def test_a_change_in_the_future_moves_no_row_yet(later: Import, write: Write, rows: Rows) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    later(write("history.csv", HISTORY + "a,title,Clerk,CEO,2026-06-02T00:04:00Z\n"), kind="lead_change")

    assert rows("select title from lead where lead_id = 'a'") == [("Clerk",)]
    assert rows("select value from lead_change") == [("CEO",)]


def test_what_imports_recorded_gives_way_to_a_history_that_goes_further(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    later(write("people.csv", people("a,2026-03-01,Clerk,,,2026-03-02T09:00Z")), source=crm())
    later(write("people.csv", people("a,2026-03-01,CEO,,,2026-03-20T09:00Z")), source=crm())
    before = state(db)

    later(
        write("history.csv", HISTORY + "a,title,Clerk,CEO,2026-03-12T09:00Z\na,title,CEO,Boss,2026-03-22T09:00Z\n"),
        kind="lead_change",
    )

    assert rows("select value, strftime(changed_at, '%d') from lead_change order by changed_at") == [
        ("CEO", "12"),
        ("Boss", "22"),
    ]
    assert rows("select title from lead") == [("Boss",)]
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before


def test_rows_of_one_import_that_their_source_wrote_at_different_times_are_a_history(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    lines = [
        "a,2026-03-01,CEO,Web,,2026-03-20T09:00Z",
        "a,2026-03-01,Clerk,Web,,2026-03-02T09:00Z",
        "a,2026-03-01,Boss,Web,,2026-03-10T09:00Z",
    ]

    result = later(write("people.csv", people(*lines)), source=crm())

    assert rows("select title from lead") == [("CEO",)]
    assert rows(CHANGES) == [
        ("a", "title", "Boss", "CEO", "03-20 09", "source"),
        ("a", "title", "Clerk", "Boss", "03-10 09", "source"),
    ]
    one = result.tables["lead"]
    assert (one.read, one.new, one.same) == (3, 1, 2)
    assert later(write("people.csv", people(*lines)), source=crm()).changes == ValueCount()
    assert rows("select count(*) from lead_change") == [(2,)]


def test_a_source_that_repeats_what_another_has_changed_since_changes_nothing_back(
    later: Import, write: Write, rows: Rows
) -> None:
    plain = crm(("    rest: [Plan]\n", ""))
    row = write("people.csv", people("a,2026-03-01,Clerk,,,2026-03-02T09:00Z"))
    later(row, source=plain)
    later(write("titles.csv", "lead_id,title\na,CEO\n"), kind="lead")

    later(row, source=plain)

    assert rows("select title from lead") == [("CEO",)]
    assert rows("select value from lead_change") == [("CEO",)]


def test_a_rehearsal_says_what_would_change_and_records_nothing(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    before = state(db)

    result = later(write("leads.csv", LEADS.replace("Clerk", "CEO")), kind="lead", dry_run=True)

    assert result.changes.values == 1
    assert state(db) == before
    assert rows("select count(*) from reading") == [(1,)]


def test_the_changes_of_a_lead_that_is_part_of_another_are_recorded_as_its_own(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    later(write("leads.csv", LEADS), kind="lead")
    before = state(db)
    merge_leads(db, "a", "b", NOW, somebody("Ana"))

    later(write("leads.csv", LEADS.replace(",,gold", ",Boss,free")), kind="lead")

    assert rows(CHANGES) == [
        ("b", "extra.Plan", "gold", "free", "06-02 00", "import"),
        ("b", "title", None, "Boss", "06-02 00", "import"),
    ]
    assert rows("select lead_id, title from lead") == [("a", "Clerk")]
    undo_last_import(db, NOW, by=BY_TEST)
    unmerge_leads(db, "b", NOW, somebody("Ana"))
    assert state(db) == before


def test_a_lead_that_an_import_changes_and_merges_keeps_its_change(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    merging = crm(
        ("    rest: [Plan]\n", "  - table: lead_merge\n    columns: {kept: Plan, gone: Person}\n    when_known: Plan\n")
    )
    later(write("people.csv", people("a,2026-03-01,Clerk,,,", "b,2026-03-01,CEO,,,")), source=merging)
    before = state(db)

    later(write("people.csv", people("a,2026-03-01,Boss,,b,", "b,2026-03-01,CEO,,,")), source=merging)

    assert rows("select lead_id from lead") == [("b",)]
    assert rows("select lead_id, value from lead_change") == [("a", "Boss")]
    undo_last_import(db, NOW + 2 * DAY, by=BY_TEST)
    assert state(db) == before


def test_changes_that_waited_come_with_the_lead_that_an_event_dates(
    db: Database, later: Import, write: Write, rows: Rows
) -> None:
    dated = crm(("created_at: Joined, ", ""), ("    values", "    undated: first_event\n    values"))
    later(write("people.csv", people("a,,CEO,,,2026-03-20T09:00Z")), source=dated)
    later(write("history.csv", HISTORY + "a,title,Intern,Clerk,2026-03-10T09:00Z\n"), kind="lead_change")
    assert rows("select count(*) from rejected_row") == [(2,)]

    event = {"event_id": "x", "lead_id": "a", "occurred_at": "2026-03-04T09:00:00Z", "kind": "mql"}
    receive(db, [event], zone=MADRID, now=NOW + 9 * DAY, by=somebody("crm"))

    assert rows("select title from lead") == [("CEO",)]
    assert rows("select value, strftime(changed_at, '%d'), dated_by from lead_change order by changed_at") == [
        ("Clerk", "10", "source"),
        ("CEO", "20", "source"),
    ]


def test_a_wide_lead_is_compared_key_by_key(later: Import, write: Write, rows: Rows) -> None:
    headings = ["lead_id", "created_at", *(f"k{n}" for n in range(900)), 'a/b~"c']

    def leads(*changed: int) -> str:
        lines: Iterable[list[str]] = [
            ["a", "2026-03-01", *("y" if n in changed else "x" for n in range(900)), "z" if changed else "w"]
        ]
        return "\n".join(",".join(one) for one in [[*headings[:-1], '"a/b~""c"'], *lines]) + "\n"

    later(write("wide.csv", leads()), kind="lead")
    result = later(write("wide.csv", leads(7, 800)), kind="lead")

    assert rows("select field, old_value, value from lead_change order by all") == [
        ('extra.a/b~"c', "w", "z"),
        ("extra.k7", "x", "y"),
        ("extra.k800", "x", "y"),
    ]
    assert result.changes.values == 3


def test_json_keys_that_a_file_brings_by_itself_are_compared_too(later: Import, write: Write, rows: Rows) -> None:
    def lead(extra: str) -> str:
        return '{"lead_id": "a", "created_at": "2026-03-01", "extra": ' + extra + "}\n"

    later(write("leads.jsonl", lead('{"n": 1, "of": {"x": 1}}')), kind="lead")
    later(write("leads.jsonl", lead('{"n": 2, "of": {"x": 2}, "new": true}')), kind="lead")

    assert rows("select field, old_value, value from lead_change order by all") == [
        ("extra.n", "1", "2"),
        ("extra.new", None, "true"),
        ("extra.of", '{"x":1}', '{"x":2}'),
    ]


def test_the_shipped_mappings_say_when_a_row_was_written(later: Import, write: Write, rows: Rows) -> None:
    sources = read_folder(SHIPPED).sources
    files = {
        "hubspot": "Record ID,Email,Create Date,Job Title,Last Modified Date\n1,a@x.com,2026-03-01,{},{}\n",
        "salesforce": "Id,LastName,Company,LeadSource,Status,CreatedDate,Title,LastModifiedDate\n"
        "2,Doe,A,Web,New,2026-03-01,{},{}\n",
        "marketo": "Id,Email Address,Created At,Job Title,Updated At\n3,c@x.com,2026-03-01,{},{}\n",
        "generic": "Lead ID,Email,Created,Job title,Last modified\n4,d@x.com,2026-03-01,{},{}\n",
    }
    for title, modified in (("Clerk", "2026-03-02T09:00Z"), ("CEO", "2026-03-20T09:00Z")):
        for name, text in files.items():
            later(write(f"{name}.csv", text.format(title, modified)), source=sources[name])

    assert rows("select lead_id, field, value, strftime(changed_at, '%d'), dated_by from lead_change order by all") == [
        (lead, "title", "CEO", "20", "source") for lead in "1234"
    ]


def test_a_row_whose_date_is_none_loads_all_the_same(later: Import, write: Write, rows: Rows) -> None:
    result = later(write("people.csv", people("a,2026-03-01,CEO,Web,,never")), source=crm())

    assert rows("select title from lead") == [("CEO",)]
    assert [value.reason for value in result.left_out] == ["stated_at 'never' is not a date up to now, and unknown"]
