"""What an import counts adds up: every row read is new, changed, the same or rejected, and undoing undoes as many."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lib.config.sources import read_source
from lib.core.exchange.runs import ImportResult, TableCount
from lib.store.database import Database
from lib.store.exchange.imports import check_files
from lib.store.exchange.imports import load as load_recognised
from lib.store.exchange.undoing import undo_last_import
from tests.grants import ANYTHING, BY_TEST
from tests.store.conftest import MADRID, NOW, Import, Rows, Write
from tests.store.exchange.test_undoing import STATE, state

FIRM = read_source(
    """
name: Firm
files:
- what: People
  headings: [Person, Created]
  tables:
  - table: lead
    columns: {lead_id: Person, created_at: Created, first_name: Name}
    gone: {Deleted: "x"}
  - table: handoff_event
    columns: {lead_id: Person, occurred_at: Became MQL}
    constants: {kind: mql}
    when_known: Became MQL
  - table: lead_merge
    columns: {kept: Person, gone: Merged}
    when_known: Merged
- what: Deals
  headings: [Deal, Stage]
  tables:
  - table: lead_alias
    id_of: deal
    columns: {lead_id: Whose, alias: Deal}
    when_known: Whose
  - table: handoff_event
    id_of: deal
    columns: {lead_id: Deal, kind: Stage, occurred_at: Closed, amount: Amount, stated_at: Modified}
    gone: {Deleted: "x"}
- what: Meetings
  headings: [Meeting, Of deal]
  tables:
  - table: activity
    id_of: deal
    columns: {lead_id: Of deal, activity_id: Meeting, occurred_at: At}
    constants: {kind: meeting}
    gone: {Deleted: "x"}
""",
    "firm.yaml",
)

PEOPLE = st.sampled_from("abcd")
DAYS = st.sampled_from(["2026-03-01", "2026-03-02T10:00:00Z", "", "nonsense"])
GOOD = st.sampled_from(["2026-03-01", "2026-03-05T10:00:00Z"])
NAMES = st.sampled_from(["Ann", "Bo", ""])
MARK = st.sampled_from(["", "", "x"])
WHOSE = st.sampled_from(["a", "b", ""])
DEALS = st.sampled_from(["1", "2"])
KINDS = st.sampled_from(["mql", "accepted", "won", "huh"])


def line(*cells: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*cells).map(",".join)


FILES: dict[str, tuple[str, str, st.SearchStrategy[str]]] = {
    "leads": ("lead", "lead_id,created_at,first_name,Plan,stated_at", line(PEOPLE, DAYS, NAMES, NAMES, DAYS)),
    "more leads": ("lead", "lead_id,first_name,employees", line(PEOPLE, NAMES, st.sampled_from(["1", "x", ""]))),
    "changes": (
        "lead_change",
        "lead_id,field,value,changed_at",
        line(PEOPLE, st.sampled_from(["first_name", "employees", "nme"]), NAMES, DAYS),
    ),
    "activities": ("activity", "activity_id,lead_id,occurred_at,kind", line(WHOSE, PEOPLE, DAYS, NAMES)),
    "clicks": ("activity", "lead_id,occurred_at,kind,subject", line(PEOPLE, GOOD, NAMES, NAMES)),
    "events": ("handoff_event", "event_id,lead_id,occurred_at,kind", line(WHOSE, PEOPLE, DAYS, KINDS)),
    "answers": ("handoff_event", "lead_id,occurred_at,kind,reason", line(PEOPLE, GOOD, KINDS, NAMES)),
    "reps": ("rep", "rep_id,name", line(PEOPLE, NAMES)),
    "teams": ("rep", "rep_id,name,team", line(PEOPLE, NAMES, NAMES)),
    "spend": ("spend", "month,channel,amount", line(st.just("2026-03"), NAMES, st.sampled_from(["1", "2", "x"]))),
    "people": (
        "",
        "Person,Created,Name,Became MQL,Deleted,Merged",
        line(PEOPLE, DAYS, NAMES, st.sampled_from(["", "2026-03-02T09:00:00Z", "never"]), MARK, WHOSE),
    ),
    "deals": (
        "",
        "Deal,Stage,Closed,Amount,Whose,Modified,Deleted",
        line(DEALS, KINDS, GOOD, st.sampled_from(["1", "2"]), WHOSE, st.sampled_from(["", "2026-04-01"]), MARK),
    ),
    "meetings": ("", "Meeting,Of deal,At,Deleted", line(st.sampled_from(["m", "n", ""]), DEALS, GOOD, MARK)),
}

GOOD_LINES = {
    "leads": "a,2026-03-01,Ann,gold,",
    "more leads": "a,Anne,",
    "changes": "a,first_name,Anne,2026-03-02",
    "activities": "a,a,2026-03-01,view",
    "clicks": "a,2026-03-01,view,x",
    "events": "a,a,2026-03-01,mql",
    "answers": "a,2026-03-01,mql,",
    "reps": "a,Ann",
    "teams": "a,Ann,x",
    "spend": "2026-03,x,1",
    "people": "a,2026-03-01,Ann,,,",
    "deals": "1,won,2026-03-05,1,a,,",
    "meetings": "m,1,2026-03-05,",
}

LATER = count(NOW, 1_000_000)
"""Imports follow each other."""

Files = list[tuple[str, list[str]]]


@st.composite
def imports(draw: Callable[..., object]) -> Files:
    """The files of one import: what each holds, and its rows; some have a cell too many."""
    kinds = draw(st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=4))
    return [(kind, [GOOD_LINES[kind], *draw(st.lists(FILES[kind][2], max_size=6))]) for kind in kinds]  # type: ignore[attr-defined,misc]


def bring(database: Database, folder: Path, files: Files) -> ImportResult:
    recognised = []
    for number, (what, lines) in enumerate(files):
        kind, headings, _ = FILES[what]
        path = folder / f"{number} {what}.csv"
        path.write_text("\n".join([headings, *lines]) + "\n")
        recognised += check_files([path], kind=kind) if kind else check_files([path], source=FIRM)
    return load_recognised(database, recognised, "several", zone=MADRID, now=next(LATER), by=BY_TEST)


def empty(database: Database) -> None:
    with database.write(*ANYTHING) as cursor:
        for name, table in cursor.execute("select trigger_name, table_name from duckdb_triggers()").fetchall():
            cursor.execute(f"drop trigger {name} on {table}")
        for table in (*STATE, "lead_merge", "lead_unmerge"):
            cursor.execute(f"delete from {table}")


def adds_up(count: TableCount) -> bool:
    return count.read + count.waited == count.new + count.changed + count.same + count.rejected


A_LEAD_THAT_WAITED: tuple[Files, Files] = (
    [("more leads", ["a,Anne,", "c,Ann,", "c,Ann,1"]), ("people", ["a,2026-03-01,Ann,,,"])],
    [("people", ["a,2026-03-01,Ann,,,", "c,2026-03-01,,,,"])],
)
GONE_BEFORE_ITS_LEAD_CAME: tuple[Files, Files] = (
    [("activities", ["a,a,2026-03-01,view"])],
    [
        ("deals", ["1,won,2026-03-05,1,a,,"]),
        ("answers", ["a,2026-03-01,mql,"]),
        ("deals", ["1,won,2026-03-05,1,a,,", "1,accepted,2026-03-01,1,a,,x"]),
    ],
)

TWO_ROWS_THAT_WAIT: tuple[Files, Files] = (
    [("activities", ["a,a,2026-03-01,view"])],
    [
        ("more leads", ["a,Anne,", "a,Ann,1"]),
        ("activities", ["a,a,2026-03-01,view"]),
        ("activities", ["a,a,2026-03-01,view"]),
        ("people", ["a,2026-03-01,Ann,,,"]),
    ],
)


@given(earlier=imports(), later=imports())
@example(*A_LEAD_THAT_WAITED)
@example(*TWO_ROWS_THAT_WAIT)
@example(*GONE_BEFORE_ITS_LEAD_CAME)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_read_is_new_changed_the_same_or_rejected_and_nothing_is_new_or_changed_again(
    db: Database, tmp_path: Path, earlier: Files, later: Files
) -> None:
    empty(db)
    results = [bring(db, tmp_path, files) for files in (earlier, later, later)]

    for result in results:
        assert all(adds_up(one) for one in result.tables.values()), result.tables
        assert sum(one.rejected for one in result.tables.values()) == result.rejected
    assert not any((one.new, one.changed) != (0, 0) for one in results[-1].tables.values()), results[-1].tables


@given(earlier=imports(), later=imports())
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_takes_back_as_many_rows_as_were_new_or_changed(
    db: Database, tmp_path: Path, earlier: Files, later: Files
) -> None:
    empty(db)
    bring(db, tmp_path, earlier)
    before = state(db)
    tables = bring(db, tmp_path, later).tables

    undone = undo_last_import(db, NOW, by=BY_TEST)

    assert state(db) == before
    for name in {*tables} & {"rep", "goal", "spend", "activity", "lead_alias"}:
        assert (undone.removed.get(name, 0), undone.restored.get(name, 0)) == (tables[name].new, tables[name].changed)


def test_a_lead_of_two_files_is_new_once_and_what_the_second_adds_is_no_change(load: Import, write: Write) -> None:
    files = (
        write("leads.csv", "lead_id,created_at,first_name\na,2026-03-01,Ann\nb,2026-03-01,Bo\nb,2026-03-01,Bob\n"),
        write("owners.csv", "lead_id,owner\na,r1\nb,r2\nc,r3\n"),
    )

    assert load(*files, kind="lead").tables["lead"] == TableCount(read=6, new=2, changed=0, same=3, rejected=1)
    assert load(*files, kind="lead").tables["lead"] == TableCount(read=6, new=0, changed=0, same=5, rejected=1)


def test_what_one_import_changes_and_changes_back_is_the_same(db: Database, load: Import, write: Write) -> None:
    files = (
        write("1.csv", "lead_id,created_at,first_name\na,2026-03-01,Ann\n"),
        write("2.csv", "lead_id,first_name\na,Anne\n"),
    )
    load(*files, kind="lead")

    assert load(*files, kind="lead").tables["lead"] == TableCount(read=2, new=0, changed=0, same=2)
    assert undo_last_import(db, NOW, by=BY_TEST).restored == {}


def test_what_had_waited_is_counted_beside_what_was_read(load: Import, write: Write) -> None:
    load(write("clicks.csv", "lead_id,occurred_at,kind\na,2026-03-02,click\na,2026-03-03,click\n"), kind="activity")

    result = load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")

    assert result.tables["activity"] == TableCount(read=0, new=2, changed=0, same=0, waited=2)
    assert result.as_json()["waited"] == {"activity": 2}
    assert "had waited for their lead since earlier imports, and are loaded: 2" in result.as_text()


def test_of_two_exports_in_one_import_the_later_says_what_is_gone(load: Import, write: Write, rows: Rows) -> None:
    people = write("people.csv", "Person,Created\na,2026-03-01\n")
    heading = "Deal,Stage,Closed,Amount,Whose,Modified,Deleted\n"
    april = write("april.csv", heading + "1,won,2026-03-05,1,a,,\n2,won,2026-03-05,1,a,,x\n")
    may = write("may.csv", heading + "1,won,2026-03-05,1,a,,x\n2,won,2026-03-05,1,a,,\n")

    result = load(people, april, may, source=FIRM)

    assert rows("select fact from handoff_event") == [("Firm: deal 2",)]
    assert result.tables["handoff_event"] == TableCount(read=4, new=1, changed=0, same=3)


def test_what_waited_of_a_lead_and_is_said_anew_waits_no_more(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("sizes.csv", "lead_id,employees\na,5\n"), kind="lead")
    before = state(db)
    files = write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), write("later.csv", "lead_id,employees\na,\n")

    load(*files, kind="lead")

    assert rows("select employees from lead") == [(None,)]
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before


def test_an_import_that_merges_a_known_lead_into_one_it_brings_can_be_taken_back(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("people.csv", "Person,Created,Became MQL\na,2026-03-01,2026-03-02T09:00:00Z\n"), source=FIRM)
    before = state(db)
    load(write("later.csv", "Person,Created,Merged\nb,2026-03-04,a\n"), source=FIRM)
    assert rows("select lead_id from lead") == [("b",)]

    undo_last_import(db, NOW, by=BY_TEST)

    assert state(db) == before


def test_what_an_import_merged_and_then_changed_is_taken_back_to_the_lead_it_was_of(
    db: Database, load: Import, write: Write
) -> None:
    people = "Person,Created,Became MQL\na,2026-03-01,\n"
    meetings, deals = "Meeting,Of deal,At\nm,1,2026-03-0{}\n", "Deal,Stage,Closed,Amount,Whose\n1,won,2026-03-05,{},a\n"

    def firm(people: str, day: int, amount: int) -> None:
        files = (people, meetings.format(day), deals.format(amount))
        load(*(write(f"{number}.csv", text) for number, text in enumerate(files)), source=FIRM)

    firm(people, 2, 10)
    before = state(db)
    firm("Person,Created,Merged\nb,2026-03-04,a\n", 3, 20)

    undo_last_import(db, NOW, by=BY_TEST)

    assert state(db) == before


def test_an_import_that_gives_an_activity_to_a_lead_it_brings_can_be_taken_back(
    db: Database, load: Import, write: Write
) -> None:
    clicks = "activity_id,lead_id,occurred_at,kind\n1,{},2026-03-02,click\n"
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    load(write("clicks.csv", clicks.format("a")), kind="activity")
    before = state(db)
    files = (write("leads.csv", "lead_id,created_at\nb,2026-03-01\n"), write("clicks.csv", clicks.format("b")))
    recognised = [*check_files(files[:1], kind="lead"), *check_files(files[1:], kind="activity")]
    load_recognised(db, recognised, "both", zone=MADRID, now=NOW, by=BY_TEST)

    undo_last_import(db, NOW, by=BY_TEST)

    assert state(db) == before
