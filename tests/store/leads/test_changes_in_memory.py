"""What is known of when fields changed, as the core takes it: of all leads, of one, of some fields."""

import numpy as np

from lib.core.arrays import NEVER
from lib.core.leads.history import Change, lead_at
from lib.core.time.clock import parse_instant
from lib.store.database import Database
from lib.store.leads.changes import changes_of
from lib.store.leads.history import load_fields, load_history
from tests.grants import ANYTHING
from tests.store.conftest import MADRID, NOW, Import, Write

LEADS = "lead_id,created_at,title,employees,plan\nb,2026-03-01,Director,250,gold\na,2026-03-02,Clerk,,\n"
CHANGES = (
    "lead_id,field,old_value,value,changed_at\n"
    "b,title,Clerk,Manager,2026-02-01T00:00:00Z\n"
    "b,title,,Director,2026-03-05T00:00:00Z\n"
    "b,extra.plan,,gold,2026-03-05T00:00:00Z\n"
    'b,employees,20,"250",2026-03-06T00:00:00Z\n'
)


def at(text: str) -> int:
    return parse_instant(text, MADRID)


def imported(load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("changes.csv", CHANGES), kind="lead_change")


def test_the_history_of_every_lead_has_its_changes(db: Database, load: Import, write: Write) -> None:
    imported(load, write)

    history = load_history(db)

    (a, b) = (lead_at(history, row) for row in range(2))
    assert a.changes == ()
    created = at("2026-03-01T00:00:00+01:00")
    assert sorted(b.changes, key=lambda one: (one.field, one.at)) == [
        Change("employees", created, "20", "20"),
        Change("employees", at("2026-03-06T00:00:00Z"), "250"),
        Change("extra.plan", created, None, None),
        Change("extra.plan", at("2026-03-05T00:00:00Z"), "gold"),
        Change("title", created, "Manager", "Manager"),
        Change("title", at("2026-03-05T00:00:00Z"), "Director"),
    ]


def test_of_one_lead_and_of_some_fields_it_is_the_same(db: Database, load: Import, write: Write) -> None:
    imported(load, write)
    whole = load_history(db)

    one, some = load_history(db, "b"), load_fields(db, ["title"])

    assert lead_at(one, 0) == lead_at(whole, 1)
    assert set(some.changes.fields) == {"title"}
    then = np.full(2, at("2026-03-04T00:00:00Z"))
    assert some.column_at("title", np.arange(2), then).texts().to_pylist() == ["Clerk", "Manager"]


def test_a_lead_is_watched_from_when_on_an_import_brought_it(db: Database, load: Import, write: Write) -> None:
    imported(load, write)
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('c', timestamp '2026-03-01')")

    assert load_history(db).watched_since.tolist() == [NOW, NOW, NEVER]


def test_one_leads_changes_are_listed_the_newest_first_each_with_what_was_before(
    db: Database, load: Import, write: Write
) -> None:
    imported(load, write)

    told = changes_of(db, "b")

    assert [(one.field, one.before, one.value, one.by_import) for one in told] == [
        ("employees", "20", "250", False),
        ("extra.plan", None, "gold", False),
        ("title", "Manager", "Director", False),
        ("title", "Clerk", "Manager", False),
    ]
