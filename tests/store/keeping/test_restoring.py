"""A backup brings its data and nothing else, and what goes for it is said."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from lib.core.agreement.audit import Head
from lib.core.errors import DatabaseRefused, Refused
from lib.store import migrating
from lib.store.agreement.audit import chain_head, load_entries, verify
from lib.store.agreement.drafts import save_draft
from lib.store.backups import backup, restore
from lib.store.database import Database, open_database
from lib.store.keeping.heads import beside
from lib.store.keeping.restoring import Lost
from tests.grants import ANYTHING, BY_TEST
from tests.store.conftest import NOW, Import, Write

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(db: Database, tmp_path: Path) -> Path:
    """A backup with a draft, a lead and an event."""
    save_draft(db, "mine", "text", NOW, by=BY_TEST)
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('a', timestamp '2026-01-01')")
        event = "('1', 'a', timestamp '2026-01-02', 'won')"
        cursor.execute(f"insert into handoff_event (event_id, lead_id, occurred_at, kind) values {event}")
    made = tmp_path / "b.duckdb"
    backup(db, made)
    return made


def catalog(path: Path) -> dict[str, list[str]]:
    """What a file has: tables with their columns, views, macros, triggers, as they are written down."""
    with duckdb.connect(str(path)) as read:
        queries = {
            "tables": "select sql from duckdb_tables() order by all",
            "views": "select sql from duckdb_views() where not internal order by all",
            "macros": "select macro_definition from duckdb_functions() where not internal order by all",
            "triggers": "select trigger_name || table_name from duckdb_triggers() order by all",
            "types": "select type_name from duckdb_types() where not internal order by all",
            "sequences": "select sequence_name from duckdb_sequences() order by all",
        }
        return {what: [row[0] for row in read.execute(query).fetchall()] for what, query in queries.items()}


def test_a_backup_brings_no_code_no_table_and_no_column_of_its_own(db: Database, file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nsecret\n")
    with duckdb.connect(str(file)) as hostile:
        for trap in (
            f"create view spy as from read_csv('{secret}')",
            "drop view handoff",
            f"create view handoff as select a as handoff_id from read_csv('{secret}')",
            f"create or replace macro folded(text) as (select first(a) from read_csv('{secret}'))",
            f"create macro hash(row) as (select first(a) from read_csv('{secret}'))",
            f"create macro epoch_us(at) as (select first(a) from read_csv('{secret}'))",
            "create table loot (a varchar)",
            "alter table lead add column note varchar default 'x'",
            f"create trigger t after insert on lead for each statement insert into loot from read_csv('{secret}')",
            "create type mood as enum ('x')",
            "create sequence s",
        ):
            hostile.execute(trap)
    expected = catalog(db.path) if db.close() is None else {}

    restored = restore(file, db.path, NOW, by=BY_TEST)

    assert restored.left_out == ("column lead.note", "table loot")
    assert catalog(db.path) == expected
    again = open_database(db.path, first_definition=None, clock=NOW)
    with again.cursor() as cursor:
        assert cursor.execute("select lead_id from lead").fetchall() == [("a",)]
        assert cursor.execute("select folded('É')").fetchall() == [("é",)]
        assert cursor.execute("from handoff").fetchall() == []
    assert verify(again) == 2
    again.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("drop view handoff; drop table kept_cycle; create view kept_cycle as from lead", "has no table 'kept_cycle'"),
        ("alter table rep drop column team", "has no column 'rep.team'"),
        ("alter table rep drop column team; alter table rep add column team varchar", ""),
        (
            "drop table spend; create table spend (month date, channel varchar, source varchar, run integer, x int, "
            "amount decimal(18, 4) generated always as (x))",
            "has no column 'spend.amount'",
        ),
        ("delete from migration where number = 2", "does not say which version it is"),
        ("delete from migration", "does not say which version it is"),
        ("alter table goal alter target type varchar; insert into goal values ('2026-01-01', 'mql', 'x', 1)", "'goal'"),
        ("drop table goal; create table goal (month date, metric varchar, target integer, run integer); "
         "insert into goal values ('2026-01-01', 'mql', null, 1)", "holds rows in table 'goal' that no database has"),
    ],
)  # fmt: skip
def test_a_backup_that_is_not_shaped_as_one_of_its_version_is_refused(
    db: Database, file: Path, change: str, said: str
) -> None:
    db.close()
    with duckdb.connect(str(file)) as changed:
        changed.execute(change)
    before = {path.name: path.read_bytes() for path in db.path.parent.iterdir()}

    if not said:
        assert restore(file, db.path, NOW, by=BY_TEST).left_out == ()
        return
    with pytest.raises(DatabaseRefused) as refused:
        restore(file, db.path, NOW, by=BY_TEST)

    assert str(refused.value).startswith(str(file))
    assert said in str(refused.value)
    assert {path.name: path.read_bytes() for path in db.path.parent.iterdir()} == before


def test_a_database_opened_where_it_lies_reaches_no_other_file(db: Database, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nsecret\n")
    db.close()
    with duckdb.connect(str(db.path)) as planted:
        planted.execute(f"create macro spied() as table from read_csv('{secret}')")
        planted.execute(f"create view spy as from read_csv('{secret}')")
    opened = open_database(db.path, first_definition=None, clock=NOW)
    for asked in (
        "from spied()",
        "from spy",
        f"from read_text('{secret}')",
        f"from '{secret}'",
        f"copy lead to '{tmp_path / 'lead.csv'}'",
        f"attach '{tmp_path / 'other.duckdb'}' as other",
        "from glob('/etc/*')",
        "install spatial",
    ):
        with pytest.raises(duckdb.PermissionException, match="disabled by configuration"), opened.cursor() as cursor:
            cursor.execute(asked).fetchall()
    opened.close()


@pytest.mark.parametrize(
    "setting",
    ["enable_external_access = true", "lock_configuration = false", "memory_limit = '9GB'", "TimeZone = 'Asia/Tokyo'"],
)
def test_no_setting_changes_once_a_database_is_open(db: Database, setting: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="locked"), db.cursor() as cursor:
        cursor.execute(f"set {setting}")


# What came back and what went.


def test_what_a_restore_drops_is_said_and_noted(db: Database, file: Path, load: Import, write: Write) -> None:
    back = chain_head(db)
    save_draft(db, "mine", "later", NOW, by=BY_TEST)
    load(
        write("e.csv", "event_id,lead_id,occurred_at,kind\n2,a,2026-01-02,mql\n3,a,2026-01-03,won\n"),
        kind="handoff_event",
    )
    there = chain_head(db)
    db.close()

    restored = restore(file, db.path, NOW, by=BY_TEST)

    assert (restored.head, restored.there, restored.lost) == (back, there, Lost(common=1, entries=2, events=2))
    again = open_database(db.path, first_definition=None, clock=NOW)
    (entry,) = load_entries(again, "restored")
    again.close()
    noted = json.loads(entry.detail)
    assert entry.before == back.sha256
    assert {name: noted[name] for name in ("entry", "sha256", "replaced_entry", "replaced_sha256")} == {
        "entry": 1,
        "sha256": back.sha256,
        "replaced_entry": 3,
        "replaced_sha256": there.sha256,
    }
    assert (noted["file"], noted["lost_entries"], noted["lost_events"]) == ("b.duckdb", 2, 2)


def test_of_another_chain_it_is_said_where_they_part(db: Database, file: Path, tmp_path: Path) -> None:
    other = open_database(tmp_path / "other.duckdb", first_definition="another", clock=NOW)
    save_draft(other, "a", "1", NOW, by=BY_TEST)
    save_draft(other, "a", "2", NOW, by=BY_TEST)
    there = chain_head(other)
    other.close()

    restored = restore(file, other.path, NOW, by=BY_TEST)

    assert (restored.there, restored.lost) == (there, Lost(common=0, entries=2, events=0))


def test_of_what_cannot_be_read_nothing_is_said(db: Database, file: Path) -> None:
    db.close()
    db.path.write_bytes(b"x" * 20_000)

    restored = restore(file, db.path, NOW, by=BY_TEST)

    assert (restored.there, restored.lost) == (None, None)
    assert restored.replaced is not None


# The head beside a backup.


def test_beside_a_backup_lies_the_head_of_its_chain(db: Database, file: Path) -> None:
    head = chain_head(db)

    assert json.loads(beside(file).read_text()) == {"entry": 1, "sha256": head.sha256}


def test_a_backup_whose_chain_ends_elsewhere_than_was_said_is_refused(db: Database, file: Path, tmp_path: Path) -> None:
    said, older = beside(file), file
    save_draft(db, "mine", "later", NOW, by=BY_TEST)
    newer = tmp_path / "newer.duckdb"
    backup(db, newer)
    db.close()
    shutil.copyfile(older, newer)

    with pytest.raises(DatabaseRefused, match=r"ends its audit chain at entry 1, .* says entry 2"):
        restore(newer, db.path, NOW, by=BY_TEST)

    said.unlink()
    assert restore(older, db.path, NOW, by=BY_TEST).head.number == 1


@pytest.mark.parametrize("said", ["", "{}", "[1]", '{"entry": "x", "sha256": ""}', "\xff"])
def test_a_file_beside_a_backup_that_says_nothing_is_refused(db: Database, file: Path, said: str) -> None:
    db.close()
    beside(file).write_bytes(said.encode("latin-1"))

    with pytest.raises(DatabaseRefused, match="does not say where the backup's audit chain ends"):
        restore(file, db.path, NOW, by=BY_TEST)


# Older versions.


def test_a_backup_of_an_earlier_version_brings_its_data_into_today_s_tables(tmp_path: Path, db: Database) -> None:
    db.close()
    made_then = ROOT / "tests" / "databases" / "0.1.0.duckdb"
    with duckdb.connect(str(made_then), read_only=True) as then:
        tables = ("lead", "activity", "handoff_event", "rep", "audit_entry", "proposal", "signature", "import_run")
        rows = {table: then.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables}

    restored = restore(made_then, db.path, NOW, by=BY_TEST)

    again = open_database(db.path, first_definition=None, clock=NOW)
    with again.cursor() as cursor:
        now = {table: cursor.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables}
    assert now == {**rows, "audit_entry": rows["audit_entry"] + 1}
    assert restored.head == Head(38, load_entries(again)[37].sha256)
    assert verify(again) == 39
    again.close()


def test_a_backup_that_an_upgrade_stumbles_over_is_not_put_back(
    db: Database, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    db.close()
    before = db.path.read_bytes()
    migrations = tmp_path / "migrations"
    shutil.copytree(migrating.MIGRATIONS, migrations)
    number = len(list(migrations.iterdir())) + 1
    (migrations / f"{number:04}_fails.sql").write_text("delete from rep; select error('no');")
    monkeypatch.setattr(migrating, "MIGRATIONS", migrations)

    with pytest.raises(Refused, match=f"could not be brought from version {number - 1} to {number}"):
        restore(file, db.path, NOW, by=BY_TEST)

    assert db.path.read_bytes() == before
    assert not list(tmp_path.glob("*restoring*"))
