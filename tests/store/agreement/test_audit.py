"""The audit chain in the database: written with the change, guarded, and checked against what it is about."""

import duckdb
import pytest

from lib.core.agreement.audit import AuditBroken
from lib.store.agreement.audit import load_entries, note, verify
from lib.store.agreement.drafts import delete_draft, save_draft
from lib.store.database import Database, open_database
from tests.grants import ANYTHING, BY_TEST, somebody
from tests.store.conftest import FIRST_DEFINITION, NOW, Import, Tamper, Write


@pytest.fixture
def edited(db: Database) -> Database:
    """A draft edited three times, and deleted."""
    for n, text in enumerate(("a", "b", "c")):
        save_draft(db, "less webinar", text, NOW + n, somebody("Ana"))
    delete_draft(db, "less webinar", NOW + 3, somebody("Tom"))
    return db


def faults(db: Database) -> list[str]:
    with pytest.raises(AuditBroken) as broken:
        verify(db)
    return [str(fault) for fault in broken.value.faults]


def test_a_new_database_holds(db: Database) -> None:
    assert verify(db) == 0


def test_every_edit_of_a_draft_is_an_entry(edited: Database) -> None:
    entries = load_entries(edited)

    assert [(entry.number, entry.at, entry.who, entry.what) for entry in entries] == [
        (1, NOW, "Ana", "edited"),
        (2, NOW + 1, "Ana", "edited"),
        (3, NOW + 2, "Ana", "edited"),
        (4, NOW + 3, "Tom", "edited"),
    ]
    assert verify(edited) == 4


def test_the_chain_hangs_on_the_first_definition(edited: Database) -> None:
    with edited.cursor() as cursor:
        ((first,),) = cursor.execute("select sha256 from proposal").fetchall()

    assert load_entries(edited)[0].before == first


def test_a_change_that_fails_leaves_no_entry(db: Database) -> None:
    def failing() -> None:
        with db.write(*ANYTHING) as cursor:
            note(cursor, NOW, BY_TEST, "imported", {"rows": 3})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing()

    assert load_entries(db) == []


@pytest.mark.parametrize("table", ["audit_entry", "proposal", "signature", "withdrawal", "draft_edit"])
@pytest.mark.parametrize("change", ["update {} set who = 'Eve'", "delete from {}", "truncate {}"])
def test_what_is_only_ever_added_to_refuses_every_other_change(edited: Database, table: str, change: str) -> None:
    sql = change.format(table).replace("set who", "set text" if table == "proposal" else "set who")

    with pytest.raises(duckdb.InvalidInputException, match="only ever added to"), edited.write(*ANYTHING) as cursor:
        cursor.execute(sql)

    assert verify(edited) == 4


def test_a_copied_database_is_guarded_as_soon_as_it_is_opened(edited: Database) -> None:
    copy = edited.path.with_name("copy.duckdb")
    edited.copy_to(copy)

    restored = open_database(copy, first_definition=FIRST_DEFINITION, clock=NOW)

    with pytest.raises(duckdb.InvalidInputException, match="only ever added to"), restored.write(*ANYTHING) as cursor:
        cursor.execute("delete from audit_entry")
    assert verify(restored) == 4
    restored.close()


def test_an_altered_entry_is_named(edited: Database, tamper: Tamper) -> None:
    tamper("update audit_entry set who = 'Eve' where number = 2")

    first, *_ = faults(edited)

    assert first.startswith("audit entry 2: (edited, Eve, 2026-06-01T00:00:00.000001Z) was altered")


def test_the_first_removed_entry_is_named(edited: Database, tamper: Tamper) -> None:
    tamper("delete from audit_entry where number in (2, 3)")

    first, *_ = faults(edited)

    assert first.startswith("audit entry 2: is missing")


def test_entries_removed_from_the_end_are_missed_by_their_records(edited: Database, tamper: Tamper) -> None:
    tamper("delete from audit_entry where number = 4")

    (only,) = faults(edited)

    assert only.startswith("'edited' by Tom at ")
    assert "without an audit entry" in only


def test_an_altered_draft_shows(edited: Database, tamper: Tamper) -> None:
    tamper("update draft_edit set text = 'x' where revision = 1")

    assert len(faults(edited)) == 2


def test_a_removed_edit_shows(edited: Database, tamper: Tamper) -> None:
    tamper("delete from draft_edit where revision = 2")

    (only,) = faults(edited)

    assert "has an audit entry and is not in the database" in only


def test_another_first_definition_breaks_the_chain_at_its_beginning(edited: Database, tamper: Tamper) -> None:
    tamper("update proposal set text = 'name: forged', sha256 = sha256('name: forged')")

    (only,) = faults(edited)

    assert only.startswith("audit entry 1:")


def test_kept_cycles_that_are_not_those_of_the_events_show(db: Database, write: Write, load: Import) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    load(write("events.csv", "event_id,lead_id,occurred_at,kind\nm,a,2026-03-02,mql\n"), kind="handoff_event")
    assert verify(db) == 2

    with db.write(*ANYTHING) as cursor:
        cursor.execute("update kept_cycle set mql_at = timestamp '2026-03-03'")

    (only,) = faults(db)
    assert only.startswith("lead a: the kept cycles are not those of the events")


def test_an_import_is_an_entry_with_what_it_loaded(db: Database, write: Write, load: Import) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\nb,2026-03-01\n"), kind="lead")
    load(write("leads.csv", "lead_id,created_at\nc,2026-03-01\n"), kind="lead", dry_run=True)

    (entry,) = load_entries(db)
    assert (entry.what, entry.at) == ("imported", NOW)
    assert entry.detail == '{"by":{"proof":"claimed"},"files":"leads.csv","lead":2,"run":1}'


def test_a_database_from_before_the_audit_keeps_its_drafts_and_holds(db: Database) -> None:
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into draft_edit values ('old', 0, now()::timestamp, 'somebody', 'text')")

    assert verify(db) == 0
